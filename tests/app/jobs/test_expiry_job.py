"""The job of expiries: in the table at nine in the morning of Tehran, and run when a process starts late."""

import asyncio
from datetime import UTC, datetime

import pytest

from app.jobs.scheduler import JOBS, Job, Scheduler
from app.jobs.timetable import ClockReading, run_daily
from app.parts import ServerParts
from domain.messages.records import MessageState
from tests.support.municipality import Municipality
from tests.support.patience import patient
from tests.support.scenarios.taxi_registries import DRIVER_CODE, DRIVER_MOBILE, furnish, give

EXPIRIES = next(job for job in JOBS if job.name == "expiries")


@pytest.mark.parametrize(("hour", "minute", "due"), [(5, 29, False), (5, 30, True), (23, 0, True)])
def test_it_is_due_at_nine_in_tehran(hour: int, minute: int, due: bool) -> None:
    last = ClockReading(datetime(2026, 11, 24, 6, 30, tzinfo=UTC), 0.0)
    now = ClockReading(datetime(2026, 11, 25, hour, minute, tzinfo=UTC), 90_000.0)
    assert (not EXPIRIES.times.find_delay(last, now)) is due
    assert EXPIRIES.times.find_delay(now, now)
    assert EXPIRIES.runs_at_start


async def test_a_process_that_starts_late_makes_the_run_up(town: Municipality, parts: ServerParts) -> None:
    await furnish(town)
    await give(town, "driver", {"national_code": DRIVER_CODE, "licence_expiry": "2026-11-30"})
    ended = asyncio.Event()

    async def remind(given: ServerParts) -> object:
        done = await EXPIRIES.action(given)
        ended.set()
        return done

    scheduler = Scheduler(
        parts, (Job("expiries", run_daily(9), remind, runs_at_start=True), Job("other", run_daily(9), remind))
    )
    scheduler.start()
    await asyncio.wait_for(ended.wait(), patient(5))
    await scheduler.stop(1.0)
    [message] = await town.sent(DRIVER_MOBILE)
    assert message.state is MessageState.QUEUED
    assert town.rows("SELECT count(*) FROM registry_reminders") == [(1,)]
