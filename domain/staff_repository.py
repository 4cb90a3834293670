"""The repositories of the staff's sessions and second factors, as protocols; `store/` implements them."""

from datetime import datetime
from typing import Protocol

from domain.staff_sessions import SecondFactor, StaffSession


class StaffSessions(Protocol):
    """Who is signed in where."""

    async def add(self, session: StaffSession) -> None:
        """Store a new session."""
        ...

    async def get(self, digest: str) -> StaffSession | None:
        """Return a session, whether it still lives or not."""
        ...

    async def of(self, username: str) -> list[StaffSession]:
        """Return the sessions of a member of the staff, the one that was used last first."""
        ...

    async def seen(self, digest: str, at: datetime) -> None:
        """Store when it was used last, and nothing else: another tab may have proved it meanwhile."""
        ...

    async def proved(self, digest: str, at: datetime) -> None:
        """Store when it was proved last."""
        ...

    async def end(self, digest: str) -> bool:
        """Forget a session; False when it was gone."""
        ...

    async def end_others(self, username: str, but: str | None = None) -> int:
        """Forget the sessions of a member of the staff, but for one; return how many."""
        ...

    async def sweep(self, seen_before: datetime) -> int:
        """Forget the sessions that were not used since; return how many."""
        ...


class SecondFactors(Protocol):
    """The authenticators of the staff."""

    async def get(self, username: str, *, lock: bool = False) -> SecondFactor | None:
        """Return the authenticator of a member of the staff; `lock` keeps other writers off it until the unit ends."""
        ...

    async def all(self, *, lock: bool = False) -> list[SecondFactor]:
        """Return every authenticator, by user name; `lock` as above."""
        ...

    async def put(self, factor: SecondFactor) -> None:
        """Store a new or changed one (by user name)."""
        ...

    async def remove(self, username: str) -> bool:
        """Forget it; False when there was none."""
        ...
