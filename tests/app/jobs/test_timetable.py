"""Due times of jobs, whatever is done to the clock on the wall."""

from datetime import UTC, datetime, timedelta

import pytest

from app.jobs.timetable import ClockReading, JobTimes, NextTimeTrigger, run_daily, run_every

NOON = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
"""Twelve in Tehran."""

TEN = run_every(seconds=10)


def after(seconds: float, wall: timedelta | None = None) -> ClockReading:
    """The moment so many seconds after noon, when the clock on the wall shows what it does."""
    return ClockReading(NOON + (timedelta(seconds=seconds) if wall is None else wall), seconds)


def is_due(times: JobTimes, last_begun: ClockReading, now: ClockReading) -> bool:
    """Whether a job has to wait no longer."""
    return not times.find_delay(last_begun, now)


@pytest.mark.parametrize("step", [timedelta(hours=-3, minutes=-30), timedelta(days=-365), timedelta(seconds=-1)])
def test_an_interval_does_not_wait_for_a_clock_that_was_set_back(step: timedelta) -> None:
    assert not is_due(TEN, after(0), after(9, step))
    assert is_due(TEN, after(0), after(10, step))


@pytest.mark.parametrize("asleep", [timedelta(seconds=10), timedelta(minutes=1), timedelta(days=365)])
def test_a_machine_that_slept_finds_each_job_due_once(asleep: timedelta) -> None:
    """The steady clock does not count while a machine sleeps."""
    woken = after(1, asleep)
    for trigger in (TEN, run_daily(13)):
        assert is_due(trigger, after(0), woken) is (trigger is TEN or asleep > timedelta(days=1))
        assert not is_due(trigger, woken, woken)


def test_a_day_has_its_hour_once() -> None:
    one, morning = timedelta(hours=1), run_daily(13)
    assert not is_due(morning, after(0), after(0, one - timedelta(seconds=1)))
    assert is_due(morning, after(0), after(0, one))
    assert not is_due(morning, after(0, one), after(0, one + timedelta(hours=23)))
    assert not is_due(morning, after(0, one), after(0, timedelta(minutes=59)))  # set back by a minute: not again
    assert is_due(morning, after(0, one), after(0, one + timedelta(days=1)))


def test_what_was_done_under_a_date_to_come_is_done_again() -> None:
    year = timedelta(days=365)
    assert is_due(run_daily(13), after(0, year), after(10))


def test_a_job_is_late_when_it_has_missed_its_time_thrice() -> None:
    assert run_every(seconds=1).late_after == timedelta(seconds=90)
    assert run_every(minutes=10).late_after == timedelta(minutes=30)
    assert run_daily(3).late_after == timedelta(hours=25)


def test_apscheduler_hears_of_one_time_whatever_was_missed() -> None:
    slept, own_now = after(0, timedelta(days=365)), datetime(2026, 1, 1, tzinfo=UTC)
    for times, delay in ((TEN, timedelta(seconds=10)), (run_daily(13), timedelta(hours=1))):
        trigger = NextTimeTrigger(times, lambda: slept)
        assert trigger.get_next_fire_time(own_now - timedelta(days=365), own_now) == own_now + delay
