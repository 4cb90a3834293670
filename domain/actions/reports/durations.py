"""Reckoning at night how long each service, and each step of its page, usually takes; the portal reads a row each."""

from datetime import datetime, timedelta

from domain.actions.dependencies import Dependencies
from domain.reports.durations import (
    COUNTED_PERIOD,
    DurationCount,
    FinishedRequest,
    StepDurationCount,
    UsualDuration,
    WorkingDayCounter,
)
from domain.reports.ports import ListPlace, StepPlace
from domain.reports.rows import StepRecord
from domain.unit_of_work import Store
from domain.values.calendar import to_tehran

PAGE_SIZE = 2_000
"""Finished requests, or steps, that are read at once: some hundredths of a second in which nobody else is served."""

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
    step_durations = await _reckon_steps(dependencies, store, day_counter, now)
    async with store.open_unit() as uow:
        await uow.durations.replace_usual([*duration_count.list_durations(now), *step_durations])
    return counted


async def _reckon_steps(
    dependencies: Dependencies, store: Store, day_counter: WorkingDayCounter, now: datetime
) -> list[UsualDuration]:
    """Return how long the steps of the services' pages usually take, of what was begun and done in the last year."""
    step_count = StepDurationCount(
        day_counter, {service.key: service.scenario for service in dependencies.services.values()}
    )
    place: StepPlace = (now - COUNTED_PERIOD, 0, 0)
    while step_records := await _list_steps(store, place):
        for step_record in step_records:
            step_count.add_step(step_record)
        place = step_records[-1].at, step_records[-1].request_id, step_records[-1].seq
    return step_count.list_durations(now)


async def _list_steps(store: Store, after_place: StepPlace) -> list[StepRecord]:
    async with store.open_unit(write=False) as uow:
        return await uow.durations.list_steps(after_place, PAGE_SIZE)


async def _list_page(store: Store, after_place: ListPlace) -> list[FinishedRequest]:
    """Return the next ones, in a unit of their own: a long read would hold back what the database may forget."""
    async with store.open_unit(write=False) as uow:
        return await uow.durations.list_finished(after_place, PAGE_SIZE)
