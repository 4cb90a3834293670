"""Of several who want the same sort of machine at the same moment, as many get one as there are."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest

from domain.actions.context import ActorContext
from domain.actions.registries.rows import put_rows
from domain.fleet.resources import Booking
from domain.registries.declarations import MACHINES, OPERATORS, Registry
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.actors import Role
from domain.values.errors import Conflict
from store.repositories.fleet import SqlFleetRepository
from store.unit_of_work import SqlStore
from tests.support.municipality import Municipality, StandingClock, actor, build_desk

WANTING, LOADERS = 6, 2


async def test_whoever_loses_a_race_gets_another_free_machine(store: SqlStore, other_store: SqlStore) -> None:
    clock = StandingClock()
    desk = build_desk(clock, services=(MACHINERY_WORK,))
    towns = [Municipality(desk, one, clock, Path()) for one in (store, other_store)]
    await towns[0].furnish()
    codes = [(await towns[0].submit()).code for _ in range(WANTING)]
    accepting = [towns[number % 2].do(code, "accept", Role.CIVIL) for number, code in enumerate(codes)]
    ends = await asyncio.gather(*accepting, return_exceptions=True)
    refused = [end for end in ends if isinstance(end, BaseException)]
    assert len(refused) == WANTING - LOADERS
    assert all(isinstance(end, Conflict) and end.reason == "no_free_machine" for end in refused)
    held = [resource.code for code in codes for _, resource in await towns[0].bookings(code)]
    assert sorted(held) == ["LD-1", "LD-2"]


def change_before_booking(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[], Coroutine[Any, Any, None]]
) -> list[asyncio.Task[None]]:
    """Begin a change just before the next booking; its task, as soon as it has begun."""
    changing: list[asyncio.Task[None]] = []
    book = SqlFleetRepository.book

    async def late(fleet: SqlFleetRepository, wanted: Sequence[Booking]) -> None:
        if not changing:
            changing.append(asyncio.create_task(change()))
            await asyncio.wait(changing, timeout=1)  # on SQLite it comes after us, and is told of the work
        await book(fleet, wanted)

    monkeypatch.setattr(SqlFleetRepository, "book", late)
    return changing


@pytest.mark.parametrize(
    ("action", "table", "change", "spared"),
    [
        ("accept", MACHINES, {"code": "LD-1", "status": "retired"}, True),
        ("accept", MACHINES, {"code": "LD-1", "type": "crane"}, True),
        ("accept", MACHINES, {"code": "LD-1", "title": "لودر یک"}, False),
        ("schedule", OPERATORS, {"code": "OP-1", "status": "retired"}, True),
    ],
)
async def test_what_another_unit_takes_away_before_it_is_booked_is_not_booked(
    store: SqlStore,
    other_store: SqlStore,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    table: Registry,
    change: dict[str, Any],
    spared: bool,
) -> None:
    clock = StandingClock()
    desk = build_desk(clock, services=(MACHINERY_WORK,))
    town = Municipality(desk, store, clock, Path())
    await town.furnish()
    request = await (town.order() if action == "accept" else town.reach("paid"))

    async def taken_away() -> None:
        async with other_store.open_unit() as uow:
            await put_rows(ActorContext(desk, uow, actor(Role.CIVIL)), table, [change])

    changing = change_before_booking(monkeypatch, taken_away)
    await town.do(request, action, Role.CIVIL)
    [refused] = await asyncio.gather(*changing, return_exceptions=True)
    assert refused is None or isinstance(refused, Conflict)
    codes = {one.code for _, one in await town.bookings(request)}
    assert (change["code"] in codes) == (not spared or refused is not None)
