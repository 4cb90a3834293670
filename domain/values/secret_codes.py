"""Codes of a few digits that are told to one person and kept as salted digests alone."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretCode:
    """A code as it is kept: nothing of it can be read back."""

    salt: str
    """Random salt."""
    digest: str
    """Digest of salt and digits."""

    def matches(self, digits: str) -> bool:
        """Return whether these ASCII digits are the code."""
        return hmac.compare_digest(_digest_digits(self.salt, digits), self.digest)


def draw_code(new_token: Callable[[], str], length: int) -> tuple[str, SecretCode]:
    """Return a new code of so many ASCII digits, and what is kept of it; `new_token` gives random hex digits."""
    salt, number = new_token(), int(new_token(), 16) % 10**length
    digits = f"{number:0{length}}"
    return digits, SecretCode(salt, _digest_digits(salt, digits))


def _digest_digits(salt: str, digits: str) -> str:
    return hashlib.sha256(f"{salt}:{digits}".encode()).hexdigest()
