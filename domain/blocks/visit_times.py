"""The hours at which an officer can still be booked, as they are offered to citizens.

Hours begin when visits do (`WorkingCalendar.work_hours.visits`) and follow each other by the length of a visit, on days
that are no holiday, from `visit_notice_hours` from now on and for `visit_days_ahead` days. An officer is not offered
while booked, nor on days of a declared absence.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from domain.blocks.visit_rules import VisitRules
from domain.blocks.visits import officer_resource_code
from domain.fleet.taken_slots import load_taken_slots
from domain.people.person import Substitution
from domain.repositories import FleetRepositories, StaffRepositories
from domain.values.calendar import to_tehran


class CrewRepositories(FleetRepositories, StaffRepositories, Protocol):
    """Fleet, and the members of the staff who go out with it."""


async def list_free_visits(
    uow: CrewRepositories, rules: VisitRules, officers: Collection[str], request_id: int
) -> list[datetime]:
    """Return the moments at which a visit may begin and one of these officers (user names) is free, in order.

    What the request itself has booked counts as free.
    """
    starts = rules.list_starts()
    if not starts:
        return []
    taken_slots = await load_taken_slots(uow.fleet, starts[0], starts[-1] + rules.visit_length, request_id)
    absences = await uow.people.list_substitutions(to_tehran(rules.now).date())
    return [
        start
        for start in starts
        if any(
            taken_slots.is_free(officer_resource_code(officer), start, start + rules.visit_length)
            and not _is_absent(officer, start, absences)
            for officer in officers
        )
    ]


def _is_absent(officer: str, start: datetime, absences: Sequence[Substitution]) -> bool:
    day = to_tehran(start).date()
    return any(entry.absent == officer and entry.covers(day) for entry in absences)
