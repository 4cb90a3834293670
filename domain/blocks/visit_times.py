"""The hours at which an officer can still be booked, as they are offered to citizens.

Hours begin when visits do (`WorkingCalendar.work_hours.visits`) and follow each other by the length of a visit, on days
that are no holiday, from `visit_notice_hours` from now on and for `visit_days_ahead` days. An officer is not offered
while booked, nor on days of a declared absence.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.blocks.visits import officer_resource_code
from domain.fleet.resources import SLOT_LENGTH, slot_numbers
from domain.people.person import Substitution
from domain.settings.policy import Policy
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import WorkingCalendar, tehran_moment, to_tehran

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class VisitRules:
    """What decides which hours there are."""

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
        """How long a visit takes."""
        return timedelta(minutes=self.policy.visit_minutes)

    @property
    def last_day(self) -> date:
        """The last day that is offered."""
        return to_tehran(self.now).date() + timedelta(days=self.policy.visit_days_ahead)

    def list_starts(self) -> list[datetime]:
        """Return every moment at which a visit may begin, whoever makes it, in order."""
        return [start for start in self._iterate_starts() if start >= self.earliest_start]

    def _iterate_starts(self) -> Iterator[datetime]:
        opens_at, closes_at = self.calendar.work_hours.visits
        step = -(-self.visit_length // SLOT_LENGTH) * SLOT_LENGTH
        day = to_tehran(self.now).date()
        while day <= self.last_day:
            start, closing = tehran_moment(day, opens_at), tehran_moment(day, closes_at)
            while start + self.visit_length <= closing and not self.calendar.is_holiday(day):
                yield start
                start += step
            day += _ONE_DAY


async def list_free_visits(
    uow: UnitOfWork, rules: VisitRules, officers: Collection[str], request_id: int
) -> list[datetime]:
    """Return the moments at which a visit may begin and one of these officers (user names) is free, in order.

    What the request itself has booked counts as free.
    """
    starts = rules.list_starts()
    if not starts:
        return []
    taken_slots = await _list_taken_slots(uow, starts[0], starts[-1] + rules.visit_length, officers, request_id)
    absences = await uow.people.list_substitutions(to_tehran(rules.now).date())
    return [
        start
        for start in starts
        if any(_is_free(rules, start, taken_slots[officer], officer, absences) for officer in officers)
    ]


async def _list_taken_slots(
    uow: UnitOfWork, start: datetime, end: datetime, officers: Collection[str], request_id: int
) -> Mapping[str, set[int]]:
    """Return the half hours in which each officer is booked between two moments, for another request or none."""
    taken_slots: dict[str, set[int]] = {officer: set() for officer in officers}
    officers_by_code = {officer_resource_code(officer): officer for officer in officers}
    for booking, resource in await uow.fleet.list_between(start, end):
        if resource.code in officers_by_code and booking.request_id != request_id:
            taken_slots[officers_by_code[resource.code]].update(slot_numbers(booking.start, booking.end))
    return taken_slots


def _is_free(
    rules: VisitRules, start: datetime, taken_slots: set[int], officer: str, absences: Sequence[Substitution]
) -> bool:
    day = to_tehran(start).date()
    is_absent = any(entry.absent == officer and entry.first <= day <= entry.last for entry in absences)
    return not is_absent and taken_slots.isdisjoint(slot_numbers(start, start + rules.visit_length))
