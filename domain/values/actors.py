"""Acting clerk: roles, and the person or program behind a step, with its channel, its session and whom it
substitutes."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal


class Role(StrEnum):
    """Role of a person or process here; a person of the staff may have several roles (services.md, "People")."""

    CITIZEN = "citizen"
    CLERK = "clerk"
    SYSTEM = "system"
    TAXI_OFFICER = "taxi_officer"
    REVENUE = "revenue"
    CIVIL = "civil"
    EXPERT = "expert"
    SECRETARIAT = "secretariat"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMIN = "admin"


ActorKind = Literal["citizen", "clerk", "staff", "operator", "system"]
"""Whether a citizen, a clerk of a counter office, the staff, a machine's operator or the system acts."""

STAFF_ROLES: frozenset[Role] = frozenset(Role) - {Role.CITIZEN, Role.CLERK, Role.SYSTEM}
"""The roles that an administrator can give to a person of the staff."""


@dataclass(frozen=True, slots=True)
class ActingSession:
    """The session of the staff's site in which somebody acts: from where, and what it has proved."""

    inside: bool
    """Whether it is used from the organisation's own networks."""
    lacks_second_factor: bool = False
    """Whether it must show a second factor before it may do anything."""
    has_fresh_proof: bool = False
    """Whether who it is was proved lately enough for rights that need that."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Actor, as the history keeps it."""

    role_names: frozenset[Role]
    """All that the actor may act as, absent members' roles too."""
    kind: ActorKind
    """As what: the staff by roles, citizens, clerks and operators by what is theirs."""
    identifier: str
    """A mobile number (citizen), office and clerk (clerk), a user name (staff), a code of the fleet (operator) or a
    job's name (system).
    """
    channel: str
    """The key of the channel through which it came."""
    substitutes_for: frozenset[str] = frozenset()
    """The user names of absent members of the staff whose substitute this one is."""
    lent_roles: frozenset[tuple[str, Role]] = frozenset()
    """The roles that come from them alone: (user name, role)."""
    on_behalf_of: str | None = None
    """The one of them for whom this is done (`acting_in_role`); None: for oneself."""
    office_code: str | None = None
    """The code of a clerk's counter office; None for everybody else."""
    session: ActingSession | None = None
    """The session of the staff's site; None on every other way in, which has proved by itself who it is."""

    @property
    def label(self) -> str:
        """The actor as history events and logs name it: `kind:identifier`, and for whom (`staff:sara for ali`)."""
        return f"{self.kind}:{self.identifier}" + (f" for {self.on_behalf_of}" if self.on_behalf_of else "")

    def acting_in_role(self, roles: frozenset[Role], assignee: str | None = None) -> "Actor":
        """Return the actor in the place that it takes by one of these roles: its own, or an absent member's.

        What is assigned to an absent member is done for that one.
        """
        if assignee in self.substitutes_for:
            return replace(self, on_behalf_of=assignee)
        lent_role_names = {role for _, role in self.lent_roles}
        if roles & self.role_names - lent_role_names:
            return self
        lending_usernames = sorted(absent_username for absent_username, role in self.lent_roles if role in roles)
        return replace(self, on_behalf_of=lending_usernames[0]) if lending_usernames else self


SYSTEM = Actor(frozenset({Role.SYSTEM}), "system", "engine", "system")
"""Actor of automatic steps."""
