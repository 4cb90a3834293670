"""Days of the street-banner permit: their beginning and end in Tehran, what is announced before, what is too late."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.check.declared.sample_requests import NOW, build_sample_context
from domain.language.service import StepContext
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.calendar import WorkingCalendar, to_tehran
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason
from tests.support.scenarios.banner_permit import load_example_module

PERIODS = load_example_module("periods")
PERIOD = PERIODS.Period("from", "days")
TODAY = to_tehran(NOW).date()


def asked(first_day: date, days: int) -> StepContext:
    """A request for so many days."""
    values = {"from": first_day.isoformat(), "days": days}
    return build_sample_context(MACHINERY_WORK, "submitted", values, {})


def test_days_begin_and_end_at_the_midnights_of_tehran() -> None:
    three_days, one_day = asked(date(2026, 3, 30), 3), asked(date(2026, 3, 30), 1)
    assert PERIOD.last_day(three_days.request) == date(2026, 4, 1)
    assert PERIOD.beginning(three_days) == datetime(2026, 3, 29, 20, 30, tzinfo=UTC)
    assert PERIOD.end(three_days) == datetime(2026, 4, 1, 20, 30, tzinfo=UTC)
    assert PERIOD.last_day_beginning(one_day) == PERIOD.beginning(one_day)
    assert PERIOD.end(one_day) - PERIOD.beginning(one_day) == timedelta(days=1)


def test_the_day_before_is_an_afternoon_on_which_a_text_may_say_tomorrow() -> None:
    reminder = PERIODS.day_before_reminder("end_soon", PERIOD.last_day_beginning)
    event_at = reminder.reckon_event(asked(date(2026, 3, 30), 3))
    assert event_at is not None
    planned = WorkingCalendar().last_sending_time_before(event_at, lead_time=timedelta(hours=reminder.lead_hours))
    assert to_tehran(planned).strftime("%F %H") == "2026-03-31 16"


@pytest.mark.parametrize(("days_away", "may_be"), [(-1, False), (0, False), (1, True)])
async def test_what_has_begun_is_granted_no_more(days_away: int, may_be: bool) -> None:
    context = asked(TODAY + timedelta(days=days_away), 2)
    guard = PERIODS.NotBegunYet(PERIOD)
    assert await guard.is_satisfied(context) is may_be
    refusal = guard.build_refusal(context)
    assert isinstance(refusal, InvalidField)
    assert (refusal.field, refusal.reason) == ("from", InvalidReason.PAST)
