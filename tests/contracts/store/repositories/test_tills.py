"""The closings of counter offices' tills, on every engine, with two processes at once; their migration, both ways."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.actions.context import ActorContext
from domain.actions.offices.till_closing import close_till, load_till
from domain.offices.office import Office
from domain.offices.tills import HIGHEST_DECLARED_RIALS, TillClosing
from domain.values.actors import SYSTEM, Role
from domain.values.errors import Conflict
from domain.values.version_token import VersionToken
from store.offices.tills import SqlTillRepository
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_bill, a_payment
from tests.support.municipality import StandingClock, actor, build_desk

TODAY, DAY = date(2026, 11, 24), timedelta(days=1)
TABLE = "till_closings"


def a_closing(**changes: Any) -> TillClosing:
    """A day that was closed with a difference."""
    closing = TillClosing(
        "1001", 1, TODAY, HIGHEST_DECLARED_RIALS, 3, 7_000_000, "«دو بار»\nکشید", "staff:revenue", NOW
    )
    return replace(closing, **changes)


async def furnished(store: SqlStore, code: str = "1001") -> None:
    """An office, and a payment that it reported."""
    bill = a_bill(subject_kind="duty", subject_id=5)
    async with store.open_unit() as uow:
        await uow.offices.save(Office(code, "دفتر", f"office-{code}", (), (), True, {}, NOW))
        await uow.bills.add(bill)
        await uow.bills.add_payment(a_payment(bill, amount=500, reference=f"{code}/1", office=code))


async def test_closings_are_kept_whole_and_in_order(store: SqlStore) -> None:
    first, again = a_closing(), a_closing(number=3, declared=0, payments=0, amount=0, note="")
    later, other = a_closing(number=2, day=TODAY + DAY), a_closing(office="1002")
    async with store.open_unit() as uow:
        for one in (again, other, later, first):
            await uow.office_tills.add(one)
        assert await uow.office_tills.list_closings("1001", TODAY, TODAY + DAY) == [first, again]
        assert await uow.office_tills.list_closings("1001", TODAY, TODAY + 2 * DAY) == [first, later, again]
        assert await uow.office_tills.list_closings("1001", TODAY - DAY, TODAY) == []
        assert await uow.office_tills.list_closings("1002", TODAY, TODAY + DAY) == [other]
        assert [await uow.office_tills.last_closing_number(office) for office in ("1001", "1002", "9")] == [3, 1, 0]


async def test_a_number_is_one_closings(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        await uow.office_tills.add(a_closing())
    with pytest.raises(Conflict):
        async with store.open_unit() as uow:
            await uow.office_tills.add(a_closing(day=TODAY + DAY))
    async with store.open_unit(write=False) as uow:
        assert await uow.office_tills.list_closings("1001", TODAY, TODAY + 2 * DAY) == [a_closing()]


async def test_of_many_who_close_what_they_saw_one_does(store: SqlStore, other_store: SqlStore) -> None:
    await furnished(store)
    desk, revenue = build_desk(StandingClock()), actor(Role.REVENUE)

    async def close(number: int) -> TillClosing:
        async with (store if number % 2 else other_store).open_unit() as uow:
            return await close_till(
                ActorContext(desk, uow, revenue), "1001", TODAY, number, "شمردم", version=VersionToken.from_number(0)
            )

    ended = await asyncio.gather(*map(close, range(8)), return_exceptions=True)
    refused = [one for one in ended if isinstance(one, BaseException)]
    assert len(refused) == 7
    assert all(isinstance(one, Conflict) and one.reason == "till_changed" for one in refused)
    async with store.open_unit(write=False) as uow:
        (day,) = (await load_till(uow, "1001", TODAY, TODAY + DAY)).days
    assert [one for one in ended if isinstance(one, TillClosing)] == [day.effective_closing]


async def test_of_many_who_close_all_are_kept_and_the_last_stands(store: SqlStore, other_store: SqlStore) -> None:
    await furnished(store)
    desk = build_desk(StandingClock())

    async def close(number: int) -> TillClosing:
        async with (store if number % 2 else other_store).open_unit() as uow:
            return await close_till(ActorContext(desk, uow, SYSTEM), "1001", TODAY - number % 2 * DAY, number, "شمردم")

    made = await asyncio.gather(*map(close, range(8)))
    assert sorted(one.number for one in made) == [*range(1, 9)]
    async with store.open_unit(write=False) as uow:
        till = await load_till(uow, "1001", TODAY - DAY, TODAY + DAY)
    for day in till.days:
        mine = sorted((one for one in made if one.day == day.day), key=lambda one: one.number)
        assert (day.effective_closing, day.former_closings) == (mine[-1], tuple(mine[:-1]))
    assert [one.ledger_takings.amount for one in till.days] == [0, 500]


async def test_a_payment_that_comes_while_a_day_is_closed_is_not_lost(
    store: SqlStore, other_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await furnished(store)
    late, add = a_bill(subject_kind="duty", subject_id=6), SqlTillRepository.add
    coming: list[asyncio.Task[None]] = []

    async def report() -> None:
        async with other_store.open_unit() as uow:
            await uow.bills.add(late)
            await uow.bills.add_payment(a_payment(late, amount=70, reference="1001/2", office="1001"))

    async def slowly(tills: SqlTillRepository, closing: TillClosing) -> None:
        coming.append(asyncio.create_task(report()))
        await asyncio.wait(coming, timeout=1)  # on SQLite it comes after us
        await add(tills, closing)

    monkeypatch.setattr(SqlTillRepository, "add", slowly)
    async with store.open_unit() as uow:
        made = await close_till(ActorContext(build_desk(StandingClock()), uow, SYSTEM), "1001", TODAY, 500)
    await asyncio.gather(*coming)
    async with store.open_unit(write=False) as uow:
        (day,) = (await load_till(uow, "1001", TODAY, TODAY + DAY)).days
    assert (made.amount, day.ledger_takings.amount, day.has_changed) == (500, 570, True)
