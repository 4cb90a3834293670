"""Views of many readers at once: each is counted, and stored when its reader goes on, in few commits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.actions.feedback.view_counting import ViewCounter
from domain.unit_of_work import UnitOfWork
from tests.support.municipality import Municipality

READERS = 200


class CountedStore:
    """A town's store that counts its units."""

    def __init__(self, town: Municipality) -> None:
        self._town = town
        self.units = 0

    @asynccontextmanager
    async def open_unit(self, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """A unit, counted."""
        self.units += 1
        async with self._town.store.open_unit(write=write) as uow:
            yield uow


async def read_count(town: Municipality, service: str) -> int:
    """Number of readings of a page."""
    async with town.store.open_unit(write=False) as uow:
        return (await uow.service_views.get_count(service)).own


async def test_every_view_is_counted_and_stored_when_its_reader_goes_on(town: Municipality) -> None:
    store = CountedStore(town)
    counter = ViewCounter(store)
    seen: list[int] = []

    async def read_page(number: int) -> None:
        await asyncio.sleep(0)
        await counter.count_view("machinery" if number % 4 else "expert")
        seen.append(await read_count(town, "machinery") + await read_count(town, "expert"))

    await asyncio.gather(*(read_page(number) for number in range(READERS)))
    assert (await read_count(town, "machinery"), await read_count(town, "expert")) == (150, 50)
    assert all(count >= place for place, count in enumerate(seen, 1))
    assert store.units < READERS / 10
    await counter.count_view("machinery")
    assert await read_count(town, "machinery") == 151


async def test_a_reader_who_goes_away_takes_nobody_s_view_along(town: Municipality) -> None:
    counter = ViewCounter(town.store)
    leaving, staying = (asyncio.create_task(counter.count_view("machinery")) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving, staying])
    assert leaving.cancelled()
    assert await read_count(town, "machinery") == 2
