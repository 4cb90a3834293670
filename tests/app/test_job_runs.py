"""Records of the runs of jobs: late is what no process has run for its time, by a clock that nobody sets."""

from datetime import UTC, datetime, timedelta

import pytest

from app.job_runs import JobRuns
from domain.jobs.ports import HeldLease

AT = datetime(2026, 11, 27, tzinfo=UTC)
LATE = timedelta(seconds=90)


class Steady:
    """A steady clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        """Return what it shows."""
        return self.at


@pytest.fixture
def clock() -> Steady:
    return Steady()


@pytest.fixture
def runs(clock: Steady) -> JobRuns:
    """A relay and an import are looked out for."""
    found = JobRuns(clock)
    found.expect_job("relay", LATE, may_take_long=False, carries_messages=True)
    found.expect_job("imports", LATE, may_take_long=True, carries_messages=False)
    return found


def late(runs: JobRuns) -> set[str]:
    return {job.name for job in runs.list_states() if job.is_late}


def test_a_job_that_does_not_run_is_late(runs: JobRuns, clock: Steady) -> None:
    clock.at += 60
    runs.note_begun("relay")
    runs.note_ended("relay", succeeded=True)
    clock.at += 60
    assert late(runs) == {"imports"}
    runs.note_begun("relay")
    runs.note_ended("relay", succeeded=False)
    clock.at += 60
    assert late(runs) == {"relay", "imports"}
    [relay, _] = runs.list_states()
    assert (relay.seconds_ago, relay.failures, relay.carries_messages) == (120, 1, True)


def test_a_run_that_does_not_end_is_late_unless_it_is_long(runs: JobRuns, clock: Steady) -> None:
    runs.note_begun("relay")
    runs.note_begun("imports")
    clock.at += 100
    assert late(runs) == {"relay"}


@pytest.mark.parametrize("wrong", [timedelta(0), timedelta(days=-365), timedelta(days=365)])
def test_what_another_process_ran_counts_whatever_its_clock_shows(
    runs: JobRuns, clock: Steady, wrong: timedelta
) -> None:
    ran_at = AT + wrong
    for _ in range(5):
        clock.at += 60
        ran_at += timedelta(minutes=1)
        runs.read_leases([HeldLease("job:relay", ran_at, ran_at + timedelta(seconds=7)), HeldLease("other", None, AT)])
    assert late(runs) == {"imports"}
    clock.at += 100
    runs.read_leases([HeldLease("job:relay", ran_at, ran_at + timedelta(seconds=107))])  # no news
    assert late(runs) == {"relay", "imports"}


def test_what_is_late_is_logged_once_a_minute(runs: JobRuns, clock: Steady, caplog: pytest.LogCaptureFixture) -> None:
    runs.log_late_jobs()
    for _ in range(17):
        clock.at += 10
        runs.log_late_jobs()
    runs.note_ended("relay", succeeded=True)
    runs.note_ended("imports", succeeded=True)
    runs.log_late_jobs()
    told = [record.getMessage() for record in caplog.records if "relay" in record.getMessage()]
    assert told == ["job relay has not run for 100 s", "job relay has not run for 160 s", "job relay runs again"]
