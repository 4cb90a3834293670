"""Wanted time of a request's work, and the guard that it is still possible."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from domain.blocks.charging import compute_telling_moment
from domain.language.service import Guard, StepContext
from domain.requests.request import ServiceRequest
from domain.settings.policy import Policy
from domain.values.calendar import YEAR_AHEAD, tehran_moment
from domain.values.errors import DomainError, InvalidField
from domain.values.reasons import InvalidReason


def requested_start(request: ServiceRequest) -> datetime:
    """Return the moment at which the work is wanted."""
    return _combine_start(request.fields)


def day_of_work_begins(context: StepContext) -> datetime | None:
    """Return the midnight before the day of the work, before which it is to be paid; None on that day and later, and in
    the quiet hours before, after which alone the citizen learns of the bill: then the unit agrees on another time.
    """
    midnight = tehran_moment(date.fromisoformat(context.request.fields["date"]), time(0))
    return midnight if midnight > compute_telling_moment(context) else None


def _combine_start(form_values: Mapping[str, Any]) -> datetime:
    return tehran_moment(date.fromisoformat(form_values["date"]), time.fromisoformat(form_values["start"]))


def find_timing_fault(work_start: datetime, now: datetime) -> InvalidReason | None:
    """Return the reason of the error when work cannot begin then."""
    if work_start <= now:
        return InvalidReason.PAST
    return InvalidReason.WORK_TOO_FAR if work_start > now + YEAR_AHEAD else None


@dataclass(frozen=True, slots=True)
class RequestedInFuture(Guard):
    """The work is wanted at a time that is still to come, and within a year: «امروز ساعت ۸» at ten is a mistake, and so
    is another year.

    A request that takes up a finished one has its past time; the civil unit names another when it accepts.
    """

    required_fields = frozenset({"date", "start"})

    async def is_satisfied(self, context: StepContext) -> bool:
        """Compare the wanted day and hour with the clock."""
        return (
            context.request.parent_id is not None
            or find_timing_fault(requested_start(context.request), context.now) is None
        )

    def refuses_values(self, form_values: Mapping[str, Any], now: datetime, policy: Policy) -> bool:
        """Look at day and hour as far as they are known: of a day alone some moment must be left."""
        return _find_known_fault(form_values, now) is not None

    def build_refusal(self, context: StepContext) -> DomainError:
        """Name the day that is too far, else the hour: a past day is refused where it is read."""
        timing_fault = _find_known_fault(context.request.fields, context.now) or InvalidReason.PAST
        return InvalidField("start" if timing_fault is InvalidReason.PAST else "date", timing_fault)


def _find_known_fault(form_values: Mapping[str, Any], now: datetime) -> InvalidReason | None:
    """Return the reason of the error that the day and hour filled in so far lead to."""
    if "date" not in form_values:
        return None
    if "start" in form_values:
        return find_timing_fault(_combine_start(form_values), now)
    requested_day = date.fromisoformat(form_values["date"])
    if find_timing_fault(tehran_moment(requested_day, time.max), now) is InvalidReason.PAST:
        return InvalidReason.PAST
    return InvalidReason.WORK_TOO_FAR if tehran_moment(requested_day, time.min) > now + YEAR_AHEAD else None
