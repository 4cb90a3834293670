"""A citizen's request and the phases that every channel shows alike."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.values.version_token import VersionToken

JsonObject = dict[str, Any]
"""What a JSON column holds: strings, whole numbers, booleans, lists and objects of these."""


ASKED_MOBILE_KEY = "asked"
"""Where a request's data keeps the mobile whose answer was asked for, also when it is no longer awaited."""


class Phase(StrEnum):
    """Where a request stands, in the seven words that are the same for every service and channel (services.md)."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    NEEDS_CITIZEN = "needs_citizen"
    NEEDS_PAYMENT = "needs_payment"
    DONE = "done"
    DECLINED = "declined"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether a request in this phase stays as it is for ever."""
        return self in _FINAL_PHASES


_FINAL_PHASES = frozenset({Phase.DONE, Phase.DECLINED, Phase.CANCELLED})


@dataclass(slots=True)
class ServiceRequest:
    """One request of one citizen for one municipal service.

    `code` is the nine-digit tracking code, `mobile` the citizen's number (+989…), `fields` the form as submitted and
    corrected, `data` what transitions add (question, quote, hours done …). `revision` counts saves: saving an old
    revision is a `Conflict`. `head_seq` and `head_hash` are the end of its history chain. `parent_id` links a reopened
    request to the finished one. `awaits` is the mobile of somebody else whose answer is awaited (a vehicle's owner).
    `erased_at` is when its personal data was erased (personal_data.py): what is left are figures.
    `office` is the code of the counter office that brought it.
    `subject_key` names what the request is about (a plate), so that all requests about it are found.
    `turn` is whose turn it is (`State.turn`), None once it has ended; `due_at` is when the SLA of the present state
    runs out, None without one. `kind` is what kind of its service it is; `lacks_papers`: required papers are missing.
    `entered_at` is when it came into its state; None while its steps are not kept for the reports
    (actions/recount.py).
    """

    id: int
    code: str
    service: str
    version: int
    state: str
    phase: Phase
    channel: str
    mobile: str | None
    created_at: datetime
    updated_at: datetime
    office: str | None = None
    assignee: str | None = None
    parent_id: int | None = None
    awaits: str | None = None
    subject_key: str | None = None
    fields: JsonObject = field(default_factory=dict)
    data: JsonObject = field(default_factory=dict)
    revision: int = 0
    head_seq: int = 0
    head_hash: str = ""
    erased_at: datetime | None = None
    turn: str | None = None
    due_at: datetime | None = None
    kind: str | None = None
    lacks_papers: bool = False
    entered_at: datetime | None = None

    @property
    def version_token(self) -> VersionToken:
        """The version of the request: another one after every save."""
        return VersionToken.from_number(self.revision)


class TimerKind(StrEnum):
    """Why a request wants to be looked at when its time comes."""

    DEADLINE = "deadline"
    REMINDER = "reminder"
    SLA = "sla"


@dataclass(frozen=True, slots=True)
class Timer:
    """A moment at which the scheduler turns to a request: `name` is a transition, a reminder's message or a state."""

    request_id: int
    kind: TimerKind
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests a list shows; None means any. `limit` rows after the id `before_id` (newest first).

    `office` is a counter office's code; they were made from `created_from` on and before `created_to`.
    """

    service: str | None = None
    state: str | None = None
    phase: Phase | None = None
    mobile: str | None = None
    awaits: str | None = None
    subject_key: str | None = None
    assignee: str | None = None
    office: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    open_only: bool = False
    before_id: int | None = None
    limit: int = 50
