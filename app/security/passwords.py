"""Passwords of the staff: made, hashed with argon2id, and checked."""

import asyncio
import secrets
from collections.abc import Collection
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.security.password_strength import refuse_weak_password

PASSWORD_LENGTH = 16
"""Characters of a made password: 90 bits."""

# Nothing that a person reading it off a screen could take for something else (0 and O, 1, l and I).
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PASSWORD_HASHER = PasswordHasher()


def generate_password() -> str:
    """Return a new random password."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(PASSWORD_LENGTH))


def hash_password(password: str) -> str:
    """Return the argon2id hash with its salt and costs, as it is stored."""
    return PASSWORD_HASHER.hash(password)


def matches_hash(stored_hash: str, password: str) -> bool:
    """Return whether this is the password behind a stored hash; a hash that cannot be read matches none."""
    try:
        return PASSWORD_HASHER.verify(stored_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    """Return the hash of a password that nobody knows."""
    return hash_password(generate_password())


class Argon2Passwords:
    """Implements `domain.people.ports.Passwords`: 50 ms and 64 MiB a check, in a thread, one at a time in a process.

    `municipality_words` are words that everybody knows of it, such as its name: no password is made of them.
    """

    def __init__(self, municipality_words: Collection[str] = ()) -> None:
        self._turn_lock = asyncio.Lock()
        self._municipality_words = tuple(municipality_words)

    def generate_password(self) -> str:
        return generate_password()

    async def verify_password(self, stored_hash: str | None, password: str) -> bool:
        async with self._turn_lock:
            compared_hash = await asyncio.to_thread(_nobodys_hash) if stored_hash is None else stored_hash
            is_right = await asyncio.to_thread(matches_hash, compared_hash, password)
        return is_right and stored_hash is not None

    async def hash_password(self, password: str) -> str:
        async with self._turn_lock:
            return await asyncio.to_thread(hash_password, password)

    def refuse_weak(self, password: str, personal_words: Collection[str]) -> None:
        refuse_weak_password(password, [*self._municipality_words, *personal_words])
