"""Persons and staff members as the store keeps them (identifiers and roles: people.py)."""

from dataclasses import dataclass
from datetime import datetime

from domain.people import Role


@dataclass(slots=True)
class Person:
    """A citizen, known by a proved mobile number (+989…)."""

    mobile: str
    full_name: str | None
    national_code: str | None
    created_at: datetime


@dataclass(slots=True)
class StaffMember:
    """Somebody who works on requests. `password_hash` is argon2; a substitute acts with this member's roles too."""

    username: str
    roles: frozenset[Role]
    full_name: str
    mobile: str | None
    password_hash: str
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Rating:
    """The one answer after a request ended: 1–5 and, if given, free text."""

    request_id: int
    score: int
    text: str | None
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """A citizen's comment or suggestion about a request or a service, shown only once moderated."""

    id: int
    service: str | None
    request_id: int | None
    mobile: str | None
    text: str
    channel: str
    at: datetime
    published: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A stored file: `sha256` names the content, `media_type` was sniffed from it, `size` is in bytes."""

    id: int
    request_id: int
    field: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    at: datetime
