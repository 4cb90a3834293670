"""Notes of a service for the staff beside what they look at: on the page of a registry's row that its requests are
about, and on the page of a request that is to be decided."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.requests.request import ServiceRequest
from domain.settings.policy import Policy
from domain.unit_of_work import UnitOfWork
from domain.values.tracking_codes import TrackingCode


@dataclass(frozen=True, slots=True)
class NamedRequest:
    """A request that a note leads to, and the text `services.<service>.notes.<text_name>` that it is called by."""

    code: TrackingCode
    text_name: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StaffNote:
    """One line: the text `services.<service>.notes.<text_name>`, and the requests to which it leads."""

    text_name: str
    facts: Mapping[str, str] = field(default_factory=dict)
    requests: Sequence[NamedRequest] = ()


@dataclass(frozen=True, slots=True)
class NoteSource:
    """Sources of notes, besides whom they are about."""

    uow: UnitOfWork
    policy: Policy
    now: datetime


RowNotesFinder = Callable[[NoteSource, Collection[str]], Awaitable[Mapping[str, Sequence[StaffNote]]]]
"""Returns what is to be said of the rows of a registry with these keys (plates), by key; all of them in few queries."""

ReviewNotesFinder = Callable[[NoteSource, ServiceRequest], Awaitable[Sequence[StaffNote]]]
"""Returns what who decides about a request should know of others."""


@dataclass(frozen=True, slots=True)
class StaffNotes:
    """The notes of a service."""

    text_names: tuple[str, ...] = ()
    """Every text that they use."""
    registry: str = ""
    """The registry on whose rows' pages some stand; empty: on none."""
    find_row_notes: RowNotesFinder | None = None
    """Finds those; None: there are none."""
    find_review_notes: ReviewNotesFinder | None = None
    """Finds those of a request that has not ended; None: there are none."""
