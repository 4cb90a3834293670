"""Persons and staff members as the store keeps them (identifiers and roles: people.py)."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.values.actors import Role
from domain.values.version_token import VersionToken


@dataclass(slots=True)
class Person:
    """A citizen, known by a proved mobile number (+989…)."""

    mobile: str
    full_name: str | None
    national_code: str | None
    created_at: datetime


@dataclass(slots=True)
class StaffMember:
    """Somebody who works on requests. A substitute acts with this member's roles too (`Substitution`)."""

    username: str
    """User name for signing in."""
    roles: frozenset[Role]
    """Roles of the member; a substitute's lent roles are not among them."""
    full_name: str
    """The name that colleagues and papers show."""
    mobile: str | None
    """Mobile for notices of the unit (+989…); None: nowhere."""
    password_hash: str
    """The argon2 hash of the password."""
    active: bool
    """Whether the member may sign in."""
    created_at: datetime
    """Time of storing, in UTC."""
    password_temporary: bool = False
    """Whether another made the password: then it is changed at the first sign-in."""

    @property
    def version_token(self) -> VersionToken:
        """The version of what `staff_accounts.change_member` sets."""
        return VersionToken.from_values(self.full_name, self.mobile, *sorted(self.roles))


@dataclass(frozen=True, slots=True)
class Substitution:
    """Substitution for an absent member of the staff."""

    absent: str
    """The absent member's user name."""
    deputy: str
    """The user name of who acts."""
    first: date
    """The first day (Tehran) of the absence."""
    last: date
    """The last day of it, included."""
    made_by: str
    """Person who arranged it, as a label."""
    made_at: datetime
    """Time of making, in UTC."""
    by_admin: bool
    """Whether it was an administrator who arranged it."""

    def covers(self, day: date) -> bool:
        """Return whether the member is absent on a day."""
        return self.first <= day <= self.last
