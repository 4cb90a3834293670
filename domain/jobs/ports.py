"""Ports of the leases of jobs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class HeldLease:
    """A lease as everybody sees it: when a run under it last came to its end, and the database's time now."""

    job_name: str
    ran_at: datetime | None
    database_now: datetime


class LeaseRepository(Protocol):
    """Leases for running jobs. Times are the database's."""

    async def acquire(
        self, job_name: str, holder_token: str, lease_period: timedelta, ran_ago: timedelta | None = None
    ) -> bool:
        """Take or renew the lease under `holder_token`; False while another token holds it. One that lies further ahead
        than its period is nobody's: a clock that was ahead wrote it. `ran_ago` ago a run under it came to its end.
        """
        ...

    async def list_held(self) -> list[HeldLease]:
        """Return every lease that was not given back."""
        ...

    async def release(self, job_name: str, holder_token: str) -> None:
        """Give it back, if still held."""
        ...
