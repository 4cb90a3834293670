"""Idempotency keys: a call of counter software or a form of the staff that bears one acts once, come as it may."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RecordedOperation:
    """First operation under a key."""

    digest: str
    """Of all that it said."""
    operation: str
    """Name of the operation."""
    answer: str | None
    """Its answer, as it is given again; None before it was saved and once it was erased."""


class IdempotencyKeyRepository(Protocol):
    """The keys that were used, each under an owner of its own: an office by its code, or an actor by kind and name."""

    async def find(self, owner: str, key: str, now: datetime) -> RecordedOperation | None:
        """Return what came first under a key, without beginning anything; None when `begin` would find it new."""
        ...

    async def begin(
        self, owner: str, key: str, digest: str, operation: str, expires_at: datetime, now: datetime
    ) -> RecordedOperation | None:
        """Begin under a key. None: it is new, and ours until the unit ends; otherwise what came first.

        A unit that begins under the same key meanwhile waits, and sees the answer. A key whose time is over is new
        again.
        """
        ...

    async def save_answer(self, owner: str, key: str, answer: str) -> None:
        """Keep what came of what was begun in this unit."""
        ...

    async def delete_expired(self, now: datetime, limit: int) -> int:
        """Forget keys whose time is over, at most `limit` of them; return how many."""
        ...
