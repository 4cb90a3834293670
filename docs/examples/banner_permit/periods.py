"""Days that a form says: from a first day on, so many of them. What such a request needs of its days, composed by
declarations: when it begins and ends by itself, and the reminder of the day before.

A reminder of the day before (`day_before_reminder`) belongs into each state in which a request can be on that day: what
lasts a single day is still waiting for it on the day before.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.language.service import Guard, MomentReckoner, Reminder, StepContext
from domain.requests.request import ServiceRequest
from domain.values.calendar import tehran_moment, to_tehran
from domain.values.errors import DomainError, InvalidField
from domain.values.reasons import InvalidReason

DAY_BEFORE_LEAD_HOURS = 8
"""Before the midnight at which a day begins: four in the afternoon of the day before it."""


def day_before_reminder(text_name: str, reckon_midnight: MomentReckoner) -> Reminder:
    """Return the reminder of the afternoon before a day, never of that day itself: its text may say «فردا».

    `reckon_midnight` reckons at which midnight the day begins.
    """
    return Reminder(text_name, reckon_midnight, lead_hours=DAY_BEFORE_LEAD_HOURS)


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a request, by the names of its form's fields."""

    first_field: str
    """The field of the first day."""
    days_field: str
    """The field of the number of days, the first one included."""

    def first_day(self, request: ServiceRequest) -> date:
        """Return the first day."""
        return date.fromisoformat(request.fields[self.first_field])

    def last_day(self, request: ServiceRequest) -> date:
        """Return the last day: of one day the first one itself."""
        return self.first_day(request) + timedelta(days=int(request.fields[self.days_field]) - 1)

    def beginning(self, context: StepContext) -> datetime:
        """Return the midnight before the first day."""
        return tehran_moment(self.first_day(context.request), time(0))

    def end(self, context: StepContext) -> datetime:
        """Return the midnight after the last day: when it is over by itself."""
        return tehran_moment(self.last_day(context.request) + timedelta(days=1), time(0))

    def last_day_beginning(self, context: StepContext) -> datetime:
        """Return the midnight before the last day: for one day, before all of it."""
        return tehran_moment(self.last_day(context.request), time(0))


@dataclass(frozen=True, slots=True)
class NotBegunYet(Guard):
    """The first day is still to come: what is only granted from tomorrow on can be paid and put up in time."""

    period: Period
    is_foreseeable = True

    async def is_satisfied(self, context: StepContext) -> bool:
        """Compare the first day with today."""
        return self.period.first_day(context.request) > to_tehran(context.now).date()

    def build_refusal(self, context: StepContext) -> DomainError:
        """Name the first day."""
        return InvalidField(self.period.first_field, InvalidReason.PAST)
