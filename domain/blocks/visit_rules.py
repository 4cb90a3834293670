"""Hours at which officers go out: what is offered to citizens and to the staff, and what a visit is booked by."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.fleet.resources import SLOT_LENGTH
from domain.settings.policy import Policy
from domain.values.calendar import YEAR_AHEAD, WorkingCalendar, hour_text, tehran_moment, to_tehran
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class VisitRules:
    """Rules of visiting hours, whoever is free."""

    now: datetime
    """The moment at which they are offered, in UTC."""
    policy: Policy
    """The municipality's rules in force."""
    calendar: WorkingCalendar
    """Working days and hours in force."""

    @property
    def earliest_start(self) -> datetime:
        """The first moment at which a visit may begin that a citizen chooses."""
        return self.now + timedelta(hours=self.policy.visit_notice_hours)

    @property
    def visit_length(self) -> timedelta:
        """Duration of a visit."""
        return timedelta(minutes=self.policy.visit_minutes)

    @property
    def last_day(self) -> date:
        """The last day that is offered to citizens."""
        return to_tehran(self.now).date() + timedelta(days=self.policy.visit_days_ahead)

    def find_fault(self, start: datetime, *, at_any_hour: bool = False) -> InvalidField | None:
        """Return why no visit can begin then; None where one can. `at_any_hour` leaves out days and hours."""
        if start < self.now:
            return InvalidField("visit", InvalidReason.PAST)
        if start > self.now + YEAR_AHEAD:
            return InvalidField("visit", InvalidReason.WORK_TOO_FAR)
        if at_any_hour or self.calendar.is_visiting_time(start, start + self.visit_length):
            return None
        opening_hour, closing_hour = (hour_text(hour) for hour in self.calendar.work_hours.visits)
        return InvalidField("visit", InvalidReason.VISIT_HOURS, opens=opening_hour, closes=closing_hour)

    def list_starts(self) -> list[datetime]:
        """Return every moment at which a visit may begin that a citizen chooses, whoever makes it, in order."""
        return [
            start for start in self._iterate_starts() if start >= self.earliest_start and self.find_fault(start) is None
        ]

    def _iterate_starts(self) -> Iterator[datetime]:
        opens_at, closes_at = self.calendar.work_hours.visits
        step = -(-self.visit_length // SLOT_LENGTH) * SLOT_LENGTH
        day = to_tehran(self.now).date()
        while day <= self.last_day:
            start, closing = tehran_moment(day, opens_at), tehran_moment(day, closes_at)
            while start < closing:
                yield start
                start += step
            day += _ONE_DAY
