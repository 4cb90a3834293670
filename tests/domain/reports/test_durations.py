"""Usual lengths: working days between days, and the least value that four fifths do not exceed."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.reports.durations import (
    LEAST_FINISHED,
    DurationCount,
    FinishedRequest,
    StepDurationCount,
    UsualDuration,
    WorkingDayCounter,
    find_percentile,
    name_step,
)
from domain.reports.rows import StepRecord
from domain.requests.request import Phase
from domain.services import SERVICES
from domain.values.calendar import TEHRAN_ZONE, WorkingCalendar

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
COUNTER = WorkingDayCounter(WorkingCalendar(), FIRST, LAST)
DAYS = st.dates(FIRST, LAST)


@given(DAYS, DAYS)
def test_days_are_counted_as_the_calendar_has_them(start: date, end: date) -> None:
    calendar = WorkingCalendar()
    walked = [start + timedelta(days=number) for number in range(1, (end - start).days + 1)]
    assert COUNTER.count_between(start, end) == sum(calendar.is_working_day(day) for day in walked)


def test_what_lies_outside_is_not_counted() -> None:
    assert COUNTER.count_between(FIRST - timedelta(days=400), FIRST) == 0
    whole = COUNTER.count_between(FIRST, LAST)
    assert COUNTER.count_between(FIRST - timedelta(days=400), LAST + timedelta(days=400)) == whole


@given(st.lists(st.integers(0, 60), min_size=1))
def test_four_fifths_take_no_longer_and_a_shorter_length_would_not_do(lengths: list[int]) -> None:
    found = find_percentile(Counter(lengths), 0.8)
    assert sum(length <= found for length in lengths) >= 0.8 * len(lengths)
    assert sum(length < found for length in lengths) < 0.8 * len(lengths)


def test_nothing_has_no_usual_length() -> None:
    with pytest.raises(ValueError, match="nothing"):
        find_percentile({}, 0.8)


def test_each_service_has_its_own() -> None:
    now = datetime(2026, 12, 1, 10, tzinfo=TEHRAN_ZONE)
    made = datetime(2026, 11, 28, 23, tzinfo=TEHRAN_ZONE)  # a Saturday
    count = DurationCount(COUNTER)
    for number in range(10):
        ended = made + timedelta(days=2 if number < 8 else 4)
        count.add_request(FinishedRequest(number, "machinery", made, ended))
    count.add_request(FinishedRequest(99, "expert", made, made))
    assert count.list_durations(now) == [
        UsualDuration("expert", 0, 1, now),
        UsualDuration("machinery", 2, 10, now),
    ]


def test_few_requests_say_nothing() -> None:
    now = datetime(2026, 12, 1, 10, tzinfo=TEHRAN_ZONE)
    assert [UsualDuration("a", 1, many, now).is_conclusive for many in (0, LEAST_FINISHED - 1, LEAST_FINISHED)] == [
        False,
        False,
        True,
    ]


def a_step(
    request_id: int, at: datetime, state: str | None, *, seconds: int = 0, outcome: Phase | None = None
) -> StepRecord:
    """The end of a stay in a state."""
    return StepRecord(
        at=at, request_id=request_id, seq=1, service="machinery", kind=None, channel="sms", office=None, officer=None,
        state=state, seconds=seconds, worked=0, late=None, outcome=outcome, remote=False,
    )  # fmt: skip


def test_a_step_of_the_page_takes_what_its_states_took_in_requests_that_were_done() -> None:
    made, day = datetime(2026, 11, 28, 9, tzinfo=TEHRAN_ZONE), timedelta(days=1)  # a Saturday
    count = StepDurationCount(COUNTER, {"machinery": ((), ("submitted", "answered"), ("paid",))})
    for request_id, outcome in ((1, Phase.DONE), (2, Phase.DONE), (3, Phase.CANCELLED), (4, None)):
        count.add_step(a_step(request_id, made, None))
        count.add_step(a_step(request_id, made + day, "submitted", seconds=86_400))
        count.add_step(a_step(request_id, made + 2 * day, "needs_info", seconds=86_400))
        count.add_step(a_step(request_id, made + 4 * day, "answered", seconds=2 * 86_400))
        if outcome:
            count.add_step(a_step(request_id, made + 4 * day, "paid", seconds=60, outcome=outcome))
        count.add_step(a_step(request_id, made + 9 * day, "paid", seconds=86_400, outcome=outcome))
    count.add_step(a_step(5, made + 9 * day, "paid", seconds=5 * 86_400, outcome=Phase.DONE))  # was begun before
    now = made + 10 * day
    assert count.list_durations(now) == [
        UsualDuration(name_step("machinery", 1), 3, 2, now),
        UsualDuration(name_step("machinery", 2), 0, 2, now),
    ]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.key)
def test_a_scenario_has_the_steps_that_the_page_lists(service: Service) -> None:
    assert len(service.scenario) in {0, len(Catalogue.load().text_lines(f"services.{service.key}.steps"))}
