"""What the audit keeps, and verifications of the history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.values.calendar import MomentSpan


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A fact of the audit. Equal refusals are one fact."""

    id: int
    """Later facts have greater ones."""
    at: datetime
    """When it was done, in UTC; of equal refusals, the first one."""
    actor: str
    """Who did it, as a label (`staff:sara for ali`)."""
    what: str
    """What was done, as a stable code."""
    detail: dict[str, Any]
    """What may be shown of it, by name."""
    times: int = 1
    """How many refusals it counts; 1 for everything else."""
    last_at: datetime | None = None
    """When the last of several refusals was; None where there was one."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which facts a list shows; None means any."""

    actor: str | None = None
    """As a label; what was done for somebody absent is the actor's too."""
    what: str | None = None
    """The stable code of what was done."""
    made: MomentSpan | None = None
    """The span in which it was done."""
    before: int | None = None
    """Only facts with a smaller number; the newest come first."""
    limit: int = 50
    """How many facts are shown at most."""


@dataclass(slots=True)
class VerificationRecord:
    """A verification of the whole history, from the moment at which it was asked for."""

    id: int
    """Later ones have greater numbers."""
    asked_by: str
    """As a label; the scheduler's own too."""
    asked_at: datetime
    """When it was asked for, in UTC."""
    ended_at: datetime | None = None
    """None while it waits or runs; then all that follows is None too."""
    requests: int | None = None
    """Requests whose chains were looked at."""
    events: int | None = None
    """Events of those chains."""
    seals: int | None = None
    """Seals that were looked at."""
    unsealed: int | None = None
    """Events that came after the last seal, so that no signature covers them yet."""
    fault_count: int | None = None
    """What does not verify, in all."""
    faults: list[dict[str, Any]] | None = None
    """The first of the faults, as JSON (`HistoryFault`)."""
