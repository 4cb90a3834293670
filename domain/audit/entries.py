"""What the audit keeps, and verifications of the history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.values.calendar import MomentSpan


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A fact of the audit: who did what when (`actor` is a label, `what` a stable code), and what may be told of it.

    Refusals that are alike are one fact, which says how many `times`, and when the last of them was, if not the first.
    """

    id: int
    at: datetime
    actor: str
    what: str
    detail: dict[str, Any]
    times: int = 1
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which facts a list shows; None means any. `limit` rows after the number `before` (newest first).

    `actor` is a label; what was done for somebody absent is the actor's too.
    """

    actor: str | None = None
    what: str | None = None
    made: MomentSpan | None = None
    before: int | None = None
    limit: int = 50


@dataclass(slots=True)
class VerificationRecord:
    """A verification of the whole history. The counts, and the first of the faults, are None until it has ended."""

    id: int
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None = None
    requests: int | None = None
    events: int | None = None
    seals: int | None = None
    unsealed: int | None = None
    fault_count: int | None = None
    faults: list[dict[str, Any]] | None = None
