"""Notes that the staff write to each other about a request, and whom they name in them.

A note is an event of the request's history: sealed, and erased with it. No citizen and no counter office is shown one.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.values.tracking_codes import TrackingCode

NOTE = "note"
"""The event of the history that is a note. No step of a service is called so."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody of the staff whom a note names."""

    request_id: int
    """The request that the note is about."""
    seq: int
    """The number of the note in the request's history."""
    username: str
    """User name of the person named."""
    at: datetime
    """Time of the note, in UTC."""
    read_at: datetime | None = None
    """Time when the person named opened the request, in UTC; None: not since."""


@dataclass(frozen=True, slots=True)
class MentionedNote:
    """A note that names somebody, as the list of theirs shows it."""

    mention: Mention
    """Person named, and whether they have read it."""
    author: str | None
    """Author, as a label; None once erased."""
    text: str | None
    """Text; None once erased."""
    code: TrackingCode
    """The tracking code of its request."""
    service: str
    """The key of that one's service."""
