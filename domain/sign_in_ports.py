"""What signing in needs from outside, as protocols: passwords, and an order among attempts; `app/` implements them."""

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Passwords(Protocol):
    """Makes and checks passwords; slow by design, so never inside a unit of work."""

    def made(self) -> str:
        """Return a new random password."""
        ...

    async def matches(self, stored: str | None, password: str) -> bool:
        """Tell whether this is the password behind a stored hash; None matches none, and takes as long."""
        ...

    async def hashed(self, password: str) -> str:
        """Return the hash of a new password."""
        ...

    def refuse_weak(self, password: str, words: Collection[str]) -> None:
        """Refuse a password that nobody should choose (`InvalidField("new_password")`): too short or too long, common,
        or made of what others know; `words` are what they know of its owner.
        """
        ...


class AttemptQueue(Protocol):
    """Says whose attempt at signing in comes next, so that nobody keeps all others waiting."""

    def turn(self, source: str, *, known: bool) -> AbstractAsyncContextManager[None]:
        """Wait for a turn and have it until the block ends. Sources take turns, and those that are `known` here come
        before strangers; `TooManyRequests("busy")` where too many wait.
        """
        ...
