"""The audit, and verifications of the history."""

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
    """Time of the act, in UTC; of equal refusals, the first one."""
    actor: str
    """Actor, as a label (`staff:sara for ali`)."""
    what: str
    """Kind of act, as a stable code."""
    detail: dict[str, Any]
    """Facts that may be shown of it, by name."""
    times: int = 1
    """Number of refusals; 1 for everything else."""
    last_at: datetime | None = None
    """Time of the last of several refusals; None where there was one."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Filter of a list of facts; None means any."""

    actor: str | None = None
    """As a label; what was done for somebody absent is the actor's too."""
    what: str | None = None
    """The stable code of what was done."""
    made: MomentSpan | None = None
    """The span in which it was done."""
    before: int | None = None
    """Only facts with a smaller number; the newest come first."""
    limit: int = 50
    """Number of facts shown at most."""


@dataclass(slots=True)
class VerificationRecord:
    """A verification of the whole history, from the moment at which it was asked for."""

    id: int
    """Later ones have greater numbers."""
    asked_by: str
    """As a label; the scheduler's own too."""
    asked_at: datetime
    """Time of the order, in UTC."""
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
    """Number of faults, in all."""
    faults: list[dict[str, Any]] | None = None
    """The first of the faults, as JSON (`HistoryFault`)."""
