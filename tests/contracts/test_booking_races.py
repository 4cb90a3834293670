"""Of several who want the same sort of machine at the same moment, as many get one as there are."""

import asyncio
from pathlib import Path

from domain.errors import Conflict
from domain.people import Role
from domain.services.machinery import MACHINERY_WORK
from store.unit_of_work import SqlStore
from tests.support.municipality import Municipality, StandingClock, build_desk

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
    assert all(isinstance(end, Conflict) and end.detail == "no_free_machine" for end in refused)
    held = [resource.code for code in codes for _, resource in await towns[0].bookings(code)]
    assert sorted(held) == ["LD-1", "LD-2"]
