"""The days of a leave: those of `from` to `to`, both included, less those that an early end gave back
(`LAST_DAY`).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from domain.fields.stored import stored_day
from domain.language.service import Effect, StepContext
from domain.requests.request import Phase, ServiceRequest
from domain.services.taxi_leave.settings import COUNTS_FRIDAYS
from domain.values.calendar import tehran_moment, to_jalali

FRIDAY = 4

LAST_DAY = stored_day("last_day")
"""The last day that counts of a leave that was ended early."""


def first_day_of(form_values: Mapping[str, Any]) -> date:
    """Return the first day of a leave's form."""
    return date.fromisoformat(form_values["from"])


def last_day_of(form_values: Mapping[str, Any]) -> date:
    """Return the last day of a leave's form."""
    return date.fromisoformat(form_values["to"])


def leave_begins(context: StepContext) -> datetime:
    """Return the midnight, Tehran, with which the leave begins."""
    return tehran_moment(first_day_of(context.request.fields), time(0))


def leave_ends(context: StepContext) -> datetime:
    """Return the midnight, Tehran, after the last day."""
    return tehran_moment(last_day_of(context.request.fields) + timedelta(days=1), time(0))


def one_day_leave_ends(context: StepContext) -> datetime | None:
    """Return when a leave of a single day ends; None for a longer one, whose last day is announced while it runs."""
    form_values = context.request.fields
    return leave_ends(context) if first_day_of(form_values) == last_day_of(form_values) else None


def count_days(first_day: date, last_day: date, *, fridays: bool) -> Counter[int]:
    """Return how many days of a leave count in which Jalali year."""
    days = (first_day + timedelta(days=day_number) for day_number in range((last_day - first_day).days + 1))
    return Counter(to_jalali(day)[0] for day in days if fridays or day.weekday() != FRIDAY)


def taken_days(request: ServiceRequest) -> tuple[date, date] | None:
    """Return the first and last day that a leave takes, or took, of its vehicle's; None when it takes none."""
    if request.phase is Phase.CANCELLED or request.state == "rejected":
        return None
    first_day, last_day = first_day_of(request.fields), last_day_of(request.fields)
    ended_on = LAST_DAY.find(request)
    last_day = min(last_day, ended_on) if ended_on else last_day
    return (first_day, last_day) if first_day <= last_day else None


@dataclass(frozen=True, slots=True)
class CountDays(Effect):
    """Keep in the form how many of a leave's days count; its citizen may change them."""

    repeats_on_change = True

    async def apply_effect(self, context: StepContext) -> None:
        """Count from the first day to the last."""
        fields, fridays = context.request.fields, COUNTS_FRIDAYS.value_in(context.policy)
        fields["counted"] = count_days(first_day_of(fields), last_day_of(fields), fridays=fridays).total()
