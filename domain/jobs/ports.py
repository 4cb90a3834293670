"""Who may run a job now, as the store keeps it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class HeldLease:
    """A lease as everybody sees it: when a run under it last came to its end, and the database's time now."""

    name: str
    ran_at: datetime | None
    now: datetime


class Leases(Protocol):
    """Who may run a job now. Times are the database's."""

    async def acquire(self, name: str, token: str, period: timedelta, ran: timedelta | None = None) -> bool:
        """Take or renew the lease under `token`; False while another token holds it. One that lies further ahead than
        its period is nobody's: a clock that was ahead wrote it. `ran` ago a run under it came to its end.
        """
        ...

    async def all(self) -> list[HeldLease]:
        """Return every lease that was not given back."""
        ...

    async def release(self, name: str, token: str) -> None:
        """Give it back, if still held."""
        ...
