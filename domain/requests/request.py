"""A citizen's request and the phases that every channel shows alike."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken

JsonObject = dict[str, Any]
"""Content of a JSON column: strings, whole numbers, booleans, lists and objects of these."""


class Phase(StrEnum):
    """The phase of a request, in the seven words that are the same for every service and channel (services.md)."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    NEEDS_CITIZEN = "needs_citizen"
    NEEDS_PAYMENT = "needs_payment"
    DONE = "done"
    DECLINED = "declined"
    CANCELLED = "cancelled"

    is_final: bool
    """Whether a request in this phase stays as it is for ever."""

    def __init__(self, phase_name: str) -> None:
        self.is_final = phase_name in {"done", "declined", "cancelled"}


@dataclass(slots=True)
class ServiceRequest:
    """One request of one citizen for one municipal service."""

    id: int
    """Later ones have greater numbers."""
    code: TrackingCode
    """Tracking code, by which people follow it."""
    service: str
    """The service's key."""
    version: int
    """The version of the declaration that it follows."""
    state: str
    """Its service's own word for its state."""
    phase: Phase
    """The phase of that state."""
    channel: str
    """The key of the channel by which the request came. Its later steps may come by others: the history says which."""
    mobile: str | None
    """The citizen's number (+989…); None once it was erased, or was never said."""
    created_at: datetime
    """Time of submission, in UTC."""
    updated_at: datetime
    """Time of submission or of the last step, by whomever, in UTC. What moves no state (an assignment, a rating, a
    paper) leaves it alone, and so do texts: when the citizen wrote last is not kept here, but in the history (what
    became a step) and in the inbox (every text).
    """
    office: str | None = None
    """The code of the counter office that brought it; None: none did."""
    assignee: str | None = None
    """The user name of who takes care of it; None: nobody."""
    parent_id: int | None = None
    """Links a reopened request to the finished one."""
    awaits: str | None = None
    """The mobile of somebody else whose answer is awaited (a vehicle's owner); None: nobody's."""
    subject_key: str | None = None
    """Subject (a plate), so that all requests about it are found."""
    fields: JsonObject = field(default_factory=dict)
    """The form as submitted and corrected."""
    data: JsonObject = field(default_factory=dict)
    """Values kept by steps beside the form, by name; read and written by stored fields alone (`fields/stored.py`)."""
    revision: int = 0
    """Counts saves: saving an old revision is a `Conflict`."""
    head_seq: int = 0
    """The number of the last event of its history."""
    head_hash: str = ""
    """The hash of that event."""
    erased_at: datetime | None = None
    """Time of erasing its personal data: what is left are figures (`engine/personal_data.py`). None: it was not."""
    turn: str | None = None
    """Party whose turn it is (`State.turn`); None once it has ended."""
    due_at: datetime | None = None
    """Until when its unit is to act in the present state, by its SLA (`State.sla_minutes`) or as the request says
    (`State.reckon_due`), whichever comes first: queues are sorted by it. None: nothing says it.
    """
    kind: str | None = None
    """Kind within its service; None: there is one kind."""
    unverified_mobile: str | None = None
    """The number (+989…) that it was sent with and that nobody has proved yet: then it has no `mobile`."""
    lacks_papers: bool = False
    """Whether required papers are missing."""
    entered_at: datetime | None = None
    """Time of entering its state; None while its steps are not kept for the reports."""

    @property
    def version_token(self) -> VersionToken:
        """The version of the request: another one after every save."""
        return VersionToken.from_number(self.revision)


class TimerKind(StrEnum):
    """Reason for looking at a request when its time comes."""

    DEADLINE = "deadline"
    REMINDER = "reminder"
    SLA = "sla"


@dataclass(frozen=True, slots=True)
class Timer:
    """A moment at which the scheduler turns to a request."""

    request_id: int
    """The request."""
    kind: TimerKind
    """Reason for the scheduler's turning to it."""
    name: str
    """A transition, a reminder's message or a state, as `kind` says."""
    at: datetime
    """Due time, in UTC."""


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Filter of a list of requests; None means any."""

    service: str | None = None
    """The service's key."""
    state: str | None = None
    """One of its service's own words."""
    phase: Phase | None = None
    """One of the seven phases."""
    mobile: str | None = None
    """The mobile of the citizen (+989…)."""
    awaits: str | None = None
    """The mobile whose answer is awaited."""
    unverified_mobile: str | None = None
    """The mobile that it was sent with and that waits for its proof."""
    subject_key: str | None = None
    """Subject of the request (a plate)."""
    subject_keys: tuple[str, ...] | None = None
    """Subjects, one of which the request is about."""
    assignee: str | None = None
    """The user name of who takes care of it."""
    office: str | None = None
    """A counter office's code."""
    created_from: datetime | None = None
    """Made from this moment on."""
    created_to: datetime | None = None
    """Made before this moment."""
    open_only: bool = False
    """Whether those that have ended are left out."""
    before_id: int | None = None
    """Only requests with a smaller id; the newest come first."""
    limit: int = 50
    """Number of requests shown at most."""
