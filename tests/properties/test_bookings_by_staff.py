"""Several of the staff take steps at once that want the same machines, or the same officer: nobody gets half of them.

Who loses is told so and holds nothing; who tries again gets what is left. Through two stores over one database, on
every engine, with everything that a step does: guards, bookings, history, messages.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, count
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.fleet.resources import Booking, Resource, ResourceKind, slot_numbers
from domain.requests.request import ServiceRequest
from domain.services import SERVICES
from domain.values.actors import Role
from domain.values.errors import Conflict
from store.unit_of_work import SqlStore
from tests.support.effort import examples
from tests.support.municipality import TUESDAY_MORNING, Municipality, StandingClock, build_desk
from tests.support.scenarios.expert_unit import Experts

HALF_HOURS = st.integers(0, 12).map(lambda half: f"{8 + half // 2:02}:{30 * (half % 2):02}")
LENGTHS = st.integers(1, 8).map(lambda half: half / 2)
ITEMS = st.builds(
    lambda machine, hours, count: {"machine": machine, "hours": hours, "count": count},
    st.sampled_from(["loader", "grader"]),
    LENGTHS,
    st.integers(1, 2),
)
WORKS = st.lists(
    st.builds(
        lambda items, start: {"items": items, "start": start}, st.lists(ITEMS, min_size=1, max_size=2), HALF_HOURS
    ),
    min_size=2,
    max_size=6,
)
"""Wishes for two loaders and a grader, all on one day."""

VISITS = st.lists(st.tuples(st.sampled_from(["ahmadi", "bahrami"]), st.integers(0, 12)), min_size=2, max_size=6)
"""Officer, and the quarter of an hour after eight."""


@dataclass(slots=True)
class Offices:
    """Two offices of one municipality, with a store each."""

    towns: tuple[Municipality, Municipality]
    days: Any

    @classmethod
    async def open(cls, url: str) -> "Offices":
        """Open and furnish them."""
        clock = StandingClock()
        desk = build_desk(clock, services=SERVICES)
        stores = await SqlStore.connect(url), await SqlStore.connect(url)
        first, second = (Municipality(desk, store, clock, Path()) for store in stores)
        await first.furnish()
        await Experts(first).furnish()
        return cls((first, second), count(1))

    async def close(self) -> None:
        """Close both stores."""
        for town in self.towns:
            await town.store.close()

    def next_day(self) -> datetime:
        """Return a day on which nothing is booked yet."""
        return TUESDAY_MORNING + timedelta(days=next(self.days))

    async def at_once(
        self, codes: Sequence[str], action: str, by: Role, inputs: Sequence[dict[str, str]]
    ) -> list[bool]:
        """Take the same step of several requests at once, the offices by turns; tell which were taken."""
        pairs = enumerate(zip(codes, inputs, strict=True))
        steps = (self._taken(self.towns[number % 2], code, action, by, **given) for number, (code, given) in pairs)
        return await asyncio.gather(*steps)

    async def _taken(self, town: Municipality, code: str, action: str, by: Role, **inputs: str) -> bool:
        try:
            await town.do(code, action, by, **inputs)
        except Conflict as refused:
            return not town.desk.wording.render_error(refused)  # there are words for it
        return True

    async def bookings(self, codes: Sequence[str]) -> dict[str, list[tuple[Booking, Resource]]]:
        """Return what each request holds; no two hold one resource at one time, in bookings and in slots."""
        held = {code: await self.towns[0].bookings(code) for code in codes}
        every = [(one, resource) for of_code in held.values() for one, resource in of_code]
        for (first, mine), (second, yours) in combinations(every, 2):
            assert mine.id != yours.id or first.end <= second.start or second.end <= first.start
        return held

    async def untouched(self, before: ServiceRequest) -> None:
        """A request is as it was, with its history, and nothing is held for it."""
        assert await self.towns[0].request(before.code) == before
        assert len(await self.towns[0].history(before.code)) == before.head_seq
        assert await self.towns[0].bookings(before.code) == []

    async def free(self, kind: str, start: datetime, hours: float) -> int:
        """Return how many machines of a type are free for so long."""
        async with self.towns[0].store.open_unit(write=False) as uow:
            busy = await uow.fleet.list_busy_ids(start, start + timedelta(hours=hours))
            machines = await uow.fleet.list_resources(ResourceKind.MACHINE, bookable_only=True)
        return sum(one.type == kind and one.id not in busy for one in machines)

    async def machines_are_held_whole(self, works: Sequence[dict[str, Any]]) -> None:
        """Accept requests for machines at once."""
        day, town = self.next_day(), self.towns[0]
        made = [await town.submit(date=day.date().isoformat(), **work) for work in works]
        before = [await town.request(one.code) for one in made]
        codes = [one.code for one in made]
        taken = await self.at_once(codes, "accept", Role.CIVIL, [{}] * len(codes))
        for request, granted in zip(before, taken, strict=True):
            await (self.holds_all(request) if granted else self.untouched(request))
        await self.bookings(codes)
        for request, granted in zip(before, taken, strict=True):
            if not granted and not (await self.at_once([request.code], "accept", Role.CIVIL, [{}]))[0]:
                await self.untouched(request)
                await self.cannot_be_had(request)
        await self.bookings(codes)

    async def holds_all(self, request: ServiceRequest) -> None:
        """Every machine that is wanted is held for its hours."""
        held = await self.towns[0].bookings(request.code)
        items = request.fields["items"]
        wanted = [(item["machine"], timedelta(hours=item["hours"])) for item in items for _ in range(item["count"])]
        assert sorted((one.type, booking.end - booking.start) for booking, one in held) == sorted(wanted)
        assert (await self.towns[0].request(request.code)).state == "accepted"

    async def cannot_be_had(self, request: ServiceRequest) -> None:
        """Fewer machines are free than are wanted of one type."""
        start = datetime.fromisoformat(f"{request.fields['date']}T{request.fields['start']}:00+03:30")
        longest = max(item["hours"] for item in request.fields["items"])
        units: Counter[str] = Counter()
        for item in request.fields["items"]:
            units[item["machine"]] += item["count"]
        assert [machine for machine, wanted in units.items() if await self.free(machine, start, longest) < wanted]

    async def officers_are_sent_once(self, visits: Sequence[tuple[str, int]]) -> None:
        """Send officers to several places at once."""
        day, experts = self.next_day(), Experts(self.towns[0])
        before = [await experts.enter() for _ in visits]
        codes = [one.code for one in before]
        starts = [day.replace(hour=4, minute=30) + timedelta(minutes=15 * quarter) for _, quarter in visits]
        officers = [officer for officer, _ in visits]
        named = zip(officers, starts, strict=True)
        inputs = [{"officer": one, "visit": at.isoformat(), "outside_hours": "yes"} for one, at in named]
        taken = await self.at_once(codes, "assign", Role.MANAGER, inputs)
        held = await self.bookings(codes)
        for request, granted in zip(before, taken, strict=True):
            assert len(held[request.code]) == granted
            if not granted:
                await self.untouched(await self.towns[0].request(request.code))
        hours = [set(slot_numbers(at, at + timedelta(hours=1))) for at in starts]
        for granted, officer, hour in zip(taken, officers, hours, strict=True):
            others = [had for won, other, had in zip(taken, officers, hours, strict=True) if won and other == officer]
            assert granted or any(hour & had for had in others), "nobody loses to nobody"


def test_machines_are_held_whole_or_not_at_all(database_url: str) -> None:
    with asyncio.Runner() as runner:
        offices = runner.run(Offices.open(database_url))

        @examples(8)
        @given(WORKS)
        def accept(works: list[dict[str, Any]]) -> None:
            runner.run(offices.machines_are_held_whole(works))

        try:
            accept()
        finally:
            runner.run(offices.close())


def test_no_officer_is_sent_to_two_places_at_once(database_url: str) -> None:
    with asyncio.Runner() as runner:
        offices = runner.run(Offices.open(database_url))

        @examples(8)
        @given(VISITS)
        def assign(visits: list[tuple[str, int]]) -> None:
            runner.run(offices.officers_are_sent_once(visits))

        try:
            assign()
        finally:
            runner.run(offices.close())
