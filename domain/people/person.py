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
    """Somebody who works on requests. `password_hash` is argon2; a `password_temporary` was made by another and is
    changed at the first sign-in. A substitute acts with this member's roles too (`Substitution`).
    """

    username: str
    roles: frozenset[Role]
    full_name: str
    mobile: str | None
    password_hash: str
    active: bool
    created_at: datetime
    password_temporary: bool = False

    @property
    def version_token(self) -> VersionToken:
        """The version of what `staff_accounts.change_member` sets."""
        return VersionToken.from_values(self.full_name, self.mobile, *sorted(self.roles))


@dataclass(frozen=True, slots=True)
class Substitution:
    """From `first` to `last`, both included, `deputy` acts for `absent` too (user names); `made_by` is who said so, and
    `by_admin` whether that was an administrator then.
    """

    absent: str
    deputy: str
    first: date
    last: date
    made_by: str
    made_at: datetime
    by_admin: bool
