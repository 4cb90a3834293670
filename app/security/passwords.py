"""Passwords of the staff: made, hashed with argon2id, and checked."""

import asyncio
import secrets
from collections.abc import Collection
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.security.password_strength import refuse_weak

LENGTH = 16
"""Characters of a made password: 90 bits."""

# Nothing that a person reading it off a screen could take for something else (0 and O, 1, l and I).
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_HASHER = PasswordHasher()


def generate() -> str:
    """Return a new random password."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))


def hashed(password: str) -> str:
    """Return the argon2id hash with its salt and costs, as it is stored."""
    return _HASHER.hash(password)


def matches(stored: str, password: str) -> bool:
    """Tell whether this is the password behind a stored hash; a hash that cannot be read matches none."""
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """Return the hash of a password that nobody knows."""
    return hashed(generate())


class Argon2Passwords:
    """Implements `domain.sign_in_ports.Passwords`: 50 ms and 64 MiB a check, in a thread, one at a time in a process.

    `house` are words that everybody knows of the house, such as its name: no password is made of them.
    """

    def __init__(self, house: Collection[str] = ()) -> None:
        self._turn = asyncio.Lock()
        self._house = tuple(house)

    def made(self) -> str:
        """Return a new random password."""
        return generate()

    async def matches(self, stored: str | None, password: str) -> bool:
        """Tell whether this is the password behind a stored hash; None matches none, and takes as long."""
        async with self._turn:
            known = await asyncio.to_thread(_nobodys) if stored is None else stored
            right = await asyncio.to_thread(matches, known, password)
        return right and stored is not None

    async def hashed(self, password: str) -> str:
        """Return the hash of a new password."""
        async with self._turn:
            return await asyncio.to_thread(hashed, password)

    def refuse_weak(self, password: str, words: Collection[str]) -> None:
        """Refuse a password that nobody should choose; `words` are what others know of its owner."""
        refuse_weak(password, [*self._house, *words])
