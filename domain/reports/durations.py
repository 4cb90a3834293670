"""Usual duration of a service, and of each step that its page lists: what a citizen may expect, in working days, out of
what was finished.

The figure is a percentile: of a hundred finished requests so many took as long or shorter. It is shown from some number
of requests on; a few would say something about these few alone.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from domain.reports.rows import StepRecord
from domain.requests.request import Phase
from domain.values.calendar import WorkingCalendar, to_tehran

USUAL_SHARE = 0.8
"""The share of the finished requests that took no longer."""

LEAST_FINISHED = 20
"""Finished requests from which on the figure is shown."""

COUNTED_PERIOD = timedelta(days=365)
"""Period of finished requests that are counted."""

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FinishedRequest:
    """A request that was done, as far as its length goes."""

    request_id: int
    """The request."""
    service: str
    """The service's key."""
    created_at: datetime
    """Time of making, in UTC."""
    finished_at: datetime
    """Time of the act, in UTC."""


@dataclass(frozen=True, slots=True)
class UsualDuration:
    """Usual duration of requests of a service."""

    service: str
    """The service's key; of a step of its page, `name_step`."""
    working_days: int
    """Within how many working days after the day of the request; 0: on that day, or before the next working day."""
    finished_count: int
    """The requests out of which this was reckoned."""
    reckoned_at: datetime
    """Time of the reckoning, in UTC."""

    @property
    def is_conclusive(self) -> bool:
        """Whether it was reckoned out of enough requests to be shown."""
        return self.finished_count >= LEAST_FINISHED


class WorkingDayCounter:
    """Counts the working days between days of a period: each day of it is asked of the calendar once."""

    def __init__(self, calendar: WorkingCalendar, first_day: date, last_day: date) -> None:
        day_count = max((last_day - first_day).days, 0) + 1
        self._first_day = first_day
        self._last_index = day_count - 1
        self._totals = list(
            accumulate(calendar.is_working_day(first_day + number * _ONE_DAY) for number in range(day_count))
        )

    def count_between(self, start: date, end: date) -> int:
        """Return the working days after `start` up to and with `end`; what lies outside of the period is not
        counted.
        """
        return max(self._total_until(end) - self._total_until(start), 0)

    def _total_until(self, day: date) -> int:
        return self._totals[min(max((day - self._first_day).days, 0), self._last_index)]


class DurationCount:
    """Counts lengths by service, a request at a time, in memory that does not grow with their number."""

    def __init__(self, day_counter: WorkingDayCounter) -> None:
        self._day_counter = day_counter
        self._counts_by_service: dict[str, Counter[int]] = {}

    def add_request(self, finished: FinishedRequest) -> None:
        """Count one more."""
        working_days = self._day_counter.count_between(
            to_tehran(finished.created_at).date(), to_tehran(finished.finished_at).date()
        )
        self._counts_by_service.setdefault(finished.service, Counter())[working_days] += 1

    def list_durations(self, now: datetime) -> list[UsualDuration]:
        """Return the usual length of each service of which something was counted."""
        return _list_usual(self._counts_by_service, now)


def name_step(service_key: str, number: int) -> str:
    """Return the name under which the usual duration of a step of a service's page is kept; they count from 0."""
    return f"{service_key}/{number}"


class StepDurationCount:
    """Counts how long finished requests were in each step of their service's page, a step record at a time, in their
    order. In memory are the requests that are open at that moment alone.
    """

    def __init__(self, day_counter: WorkingDayCounter, scenarios: Mapping[str, Sequence[Collection[str]]]) -> None:
        self._day_counter = day_counter
        self._numbers_by_state = {
            (service, state): number
            for service, scenario in scenarios.items()
            for number, states in enumerate(scenario)
            for state in states
        }
        self._open_requests: dict[int, Counter[str]] = {}
        self._counts_by_step: dict[str, Counter[int]] = {}

    def add_step(self, step_record: StepRecord) -> None:
        """Count one more; those of requests whose submission was not among them are passed over."""
        if step_record.state is None:
            self._open_requests[step_record.request_id] = Counter()
        days_by_step = self._open_requests.get(step_record.request_id)
        if days_by_step is None:
            return
        number = self._numbers_by_state.get((step_record.service, step_record.state or ""))
        if number is not None:
            entered_at = step_record.at - timedelta(seconds=step_record.seconds)
            days_by_step[name_step(step_record.service, number)] += self._day_counter.count_between(
                to_tehran(entered_at).date(), to_tehran(step_record.at).date()
            )
        if step_record.outcome:
            del self._open_requests[step_record.request_id]
            if step_record.outcome is Phase.DONE:
                for step_name, working_days in days_by_step.items():
                    self._counts_by_step.setdefault(step_name, Counter())[working_days] += 1

    def list_durations(self, now: datetime) -> list[UsualDuration]:
        """Return the usual length of each step that a finished request was in."""
        return _list_usual(self._counts_by_step, now)


def _list_usual(counts_by_name: Mapping[str, Counter[int]], now: datetime) -> list[UsualDuration]:
    return [
        UsualDuration(name, find_percentile(counts, USUAL_SHARE), counts.total(), now)
        for name, counts in sorted(counts_by_name.items())
    ]


def find_percentile(counts_by_value: Mapping[int, int], share: float) -> int:
    """Return the least value that at least this share (0–1) of all that was counted does not exceed; `ValueError`
    where nothing was.
    """
    total = sum(counts_by_value.values())
    reached = 0
    for value in sorted(counts_by_value):
        reached += counts_by_value[value]
        if reached >= share * total:
            return value
    raise ValueError("nothing was counted")
