"""Usual lengths: working days between days, and the least value that four fifths do not exceed."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.reports.durations import (
    LEAST_FINISHED,
    DurationCount,
    FinishedRequest,
    UsualDuration,
    WorkingDayCounter,
    find_percentile,
)
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
