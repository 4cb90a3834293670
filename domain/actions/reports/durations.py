"""Reckoning at night how long each service usually takes, for the portal, which reads one row a service."""

from datetime import timedelta

from domain.actions.dependencies import Dependencies
from domain.reports.durations import COUNTED_PERIOD, DurationCount, FinishedRequest, WorkingDayCounter
from domain.reports.ports import ListPlace
from domain.unit_of_work import Store
from domain.values.calendar import to_tehran

PAGE_SIZE = 2_000
"""Finished requests that are read at once: some hundredths of a second in which nobody else is served."""

LONGEST_LENGTH = timedelta(days=3 * 365)
"""A request older than this when it was done counts as that old: its length is no longer anybody's expectation."""


async def reckon_usual_durations(dependencies: Dependencies, store: Store) -> int:
    """Reckon the lengths out of what was done in the last year, and keep them in place of the former ones; return how
    many requests were counted. What was reckoned today already (Tehran) is left: a start of the server costs nothing.
    """
    now = dependencies.clock.now()
    async with store.open_unit(write=False) as uow:
        if any(
            to_tehran(known.reckoned_at).date() == to_tehran(now).date() for known in await uow.durations.list_usual()
        ):
            return 0
    begin = now - COUNTED_PERIOD
    day_counter = WorkingDayCounter(
        dependencies.calendar, to_tehran(begin - LONGEST_LENGTH).date(), to_tehran(now).date()
    )
    duration_count, counted = DurationCount(day_counter), 0
    list_place: ListPlace = (begin, 0)
    while finished_requests := await _list_page(store, list_place):
        for finished in finished_requests:
            duration_count.add_request(finished)
        counted += len(finished_requests)
        list_place = finished_requests[-1].finished_at, finished_requests[-1].request_id
    async with store.open_unit() as uow:
        await uow.durations.replace_usual(duration_count.list_durations(now))
    return counted


async def _list_page(store: Store, after_place: ListPlace) -> list[FinishedRequest]:
    """Return the next ones, in a unit of their own: a long read would hold back what the database may forget."""
    async with store.open_unit(write=False) as uow:
        return await uow.durations.list_finished(after_place, PAGE_SIZE)
