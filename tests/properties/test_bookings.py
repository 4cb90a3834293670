"""Bookings that want the same hours at once: what comes of them is what some order one after another would give.

Random requests with random intervals, not on the half hour either, through two stores over one database, on every
engine.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, permutations
from typing import Any, TypeVar

from hypothesis import given
from hypothesis import strategies as st

from domain.fleet.resources import Booking, Resource, slot_numbers
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store
from domain.values.errors import Conflict, Unavailable
from store.unit_of_work import SqlStore
from tests.properties.support.snapshots import BEGINNING, END
from tests.support.effort import examples
from tests.support.factories import a_booking, a_machine, a_request
from tests.support.municipality import TUESDAY_MORNING

T = TypeVar("T")
MACHINES = 3
MOST_ACTS = 5
"""Acts at once: a hundred and twenty orders are tried for each outcome."""

BOOKED, REFUSED, GAVE_UP = "booked", "refused", "gave up"

Wish = tuple[int, int, int]
"""Machine, first minute and number of minutes."""

Taken = Mapping[tuple[int, int], int]
"""(slot, machine) → the act that has it."""

WISHES = st.lists(
    st.tuples(st.integers(0, MACHINES - 1), st.integers(0, 239), st.integers(1, 150)), min_size=1, max_size=3
)


@dataclass(frozen=True, slots=True)
class Act:
    """A request that may hold something already (`holds`) wants to have `wants` instead."""

    holds: tuple[Wish, ...]
    wants: tuple[Wish, ...]


ACTS = st.lists(st.builds(Act, st.just(()) | WISHES.map(tuple), WISHES.map(tuple)), min_size=2, max_size=MOST_ACTS)


def span(wish: Wish, day: datetime) -> tuple[datetime, datetime]:
    """Return from when to when a wish wants its machine."""
    _, start, length = wish
    return day + timedelta(minutes=start), day + timedelta(minutes=start + length)


def touched(wishes: Sequence[Wish], day: datetime) -> list[tuple[int, int]]:
    """Return every (slot, machine) that wishes need, twice if they need it twice."""
    return [(slot, wish[0]) for wish in wishes for slot in slot_numbers(*span(wish, day))]


def take(taken: Taken, act: int, wishes: Sequence[Wish], day: datetime) -> Taken | None:
    """Return what is taken once this act has its wishes instead of what it had; None when it cannot have them all."""
    others = {place: owner for place, owner in taken.items() if owner != act}
    wanted = touched(wishes, day)
    if len(set(wanted)) < len(wanted) or others.keys() & set(wanted):
        return None
    return others | dict.fromkeys(wanted, act)


def one_after_another(begin: Taken, acts: Sequence[Act], order: Sequence[int], day: datetime) -> tuple[Taken, set[int]]:
    """Return what is taken, and whose wishes were granted, when acts are done in this order."""
    taken, granted = begin, set()
    for number in order:
        after = take(taken, number, acts[number].wants, day)
        if after is not None:
            taken = after
            granted.add(number)
    return taken, granted


@dataclass(slots=True)
class Yard:
    """Machines in a database, and two ways to it."""

    stores: tuple[Store, Store]
    machines: list[Resource]
    days: Any

    @classmethod
    async def open(cls, url: str) -> "Yard":
        """Open both stores and put the machines."""
        stores = await SqlStore.connect(url), await SqlStore.connect(url)
        machines = [a_machine(f"L{number}") for number in range(MACHINES)]
        async with stores[0].open_unit() as uow:
            for machine in machines:
                await uow.fleet.save_resource(machine)
        return cls(stores, machines, count(1))

    async def close(self) -> None:
        """Close both."""
        for store in self.stores:
            assert isinstance(store, SqlStore)
            await store.close()

    async def play(self, acts: Sequence[Act]) -> None:
        """Do all acts at once on a day of their own, and compare with every order."""
        day = TUESDAY_MORNING.replace(minute=0) + timedelta(days=next(self.days))
        requests = [a_request() for _ in acts]
        begin = await self._begin(requests, acts, day)
        at_once = [
            self._act(number, *one) for number, one in enumerate(zip(requests, acts, [day] * len(acts), strict=True))
        ]
        became = await asyncio.gather(*at_once)
        now = await self._taken(requests, day)
        assert became.count(GAVE_UP) == 0 or any(act.holds for act in acts), (
            "only who holds can be waited for in a ring"
        )
        tried = [number for number, end in enumerate(became) if end != GAVE_UP]
        orders = (one_after_another(begin, acts, order, day) for order in permutations(tried))
        granted = {number for number, end in enumerate(became) if end == BOOKED}
        assert (now, granted) in orders, (became, now)

    async def _begin(self, requests: Sequence[ServiceRequest], acts: Sequence[Act], day: datetime) -> Taken:
        taken: Taken = {}
        async with self.stores[0].open_unit() as uow:
            for number, (request, act) in enumerate(zip(requests, acts, strict=True)):
                await uow.requests.add(request)
                after = take(taken, number, act.holds, day)
                if act.holds and after is not None:
                    taken = after
                    await uow.fleet.book(self._bookings(request, act.holds, day))
        return taken

    async def _act(self, number: int, request: ServiceRequest, act: Act, day: datetime) -> str:
        try:
            async with self.stores[number % 2].open_unit() as uow:
                await uow.fleet.release_request(request.id)
                await asyncio.sleep(0)
                await uow.fleet.book(self._bookings(request, act.wants, day))
        except Conflict as refused:
            return REFUSED if refused.field == "machine" else str(refused)
        except Unavailable:
            return GAVE_UP
        return BOOKED

    def _bookings(self, request: ServiceRequest, wishes: Sequence[Wish], day: datetime) -> list[Booking]:
        spans = [(self.machines[wish[0]], *span(wish, day)) for wish in wishes]
        return [a_booking(request, machine, start=start, end=end) for machine, start, end in spans]

    async def _taken(self, requests: Sequence[ServiceRequest], day: datetime) -> Taken:
        """Read what is taken from the bookings, and see that the slots say the same."""
        owners: dict[int | None, int] = {request.id: number for number, request in enumerate(requests)}
        places = {machine.id: place for place, machine in enumerate(self.machines)}
        async with self.stores[0].open_unit(write=False) as uow:
            booked = [one for one in await uow.fleet.list_between(BEGINNING, END) if one[0].request_id in owners]
            found = [
                ((slot, places[resource.id]), owners[booking.request_id])
                for booking, resource in booked
                for slot in slot_numbers(booking.start, booking.end)
            ]
            for slot in slot_numbers(day, day + timedelta(hours=8)):
                start = datetime.fromtimestamp(slot * 1800, tz=day.tzinfo)
                busy = await uow.fleet.list_busy_ids(start, start + timedelta(minutes=1))
                assert {places[one] for one in busy} == {place for (at, place), _ in found if at == slot}
        assert len(dict(found)) == len(found), "a machine is booked twice"
        return dict(found)


def test_bookings_at_once_are_as_one_after_another(database_url: str) -> None:
    with asyncio.Runner() as runner:
        yard = runner.run(Yard.open(database_url))

        @examples(25)
        @given(ACTS)
        def play(acts: list[Act]) -> None:
            runner.run(yard.play(acts))

        try:
            play()
        finally:
            runner.run(yard.close())
