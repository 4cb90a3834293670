"""Person whose phone or chat the demonstration shows: one of its people, or any mobile."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.people.person import Person
from domain.values import identifiers
from domain.values.errors import InvalidField

MAX_OFFERED_CITIZENS = 3
"""Number of citizens offered at once; the others are behind one more touch."""


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """Person whose phone is open."""

    submitted_mobile: str
    """As it was typed."""
    mobile: str | None
    """The same as +989…; None where it is none."""
    problem_key: str | None = None
    """The key of what to say; None where nothing is wrong."""


class DemoPeople:
    """The people whose phones are offered: one or more."""

    def __init__(self, citizens: Sequence[Person]) -> None:
        self._citizens = tuple(citizens)

    def read_person(self, submitted_mobile: str) -> ShownPerson:
        """Return whose mobile was typed, the first of the people where none was."""
        if not submitted_mobile:
            return ShownPerson(identifiers.display_mobile(self._citizens[0].mobile), self._citizens[0].mobile)
        try:
            mobile = identifiers.parse_mobile(submitted_mobile)
        except InvalidField:
            return ShownPerson(submitted_mobile, None, "web.phone.bad_number")
        return ShownPerson(identifiers.display_mobile(mobile), mobile)

    def find_name(self, mobile: str) -> str:
        """Return what the person of a mobile is called; of nobody here, the number."""
        known_names = (citizen.full_name for citizen in self._citizens if citizen.mobile == mobile)
        return next(known_names, None) or identifiers.display_mobile(mobile)

    def describe_choice(self, person: ShownPerson) -> dict[str, object]:
        """Return what the template `people.html` shows: who is offered at once, and the others."""
        offered_citizens = [
            citizen
            for position, citizen in enumerate(self._citizens)
            if position < MAX_OFFERED_CITIZENS or citizen.mobile == person.mobile
        ]
        return {
            "person": person,
            "offered_citizens": offered_citizens,
            "other_citizens": [citizen for citizen in self._citizens if citizen not in offered_citizens],
        }
