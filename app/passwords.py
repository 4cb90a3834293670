"""Passwords of the staff: made, hashed with argon2id, and checked."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

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
