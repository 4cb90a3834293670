"""Attempts at signing in: by what they are counted, how many there may be, and where an account is locked.

An attempt is counted before its password is compared, and the count is taken back when the password is right: who tries
a hundred at once gets no more than who tries them in a row. Inside the organisation, outside it, and known devices are
counted apart: whoever tries wrong passwords from outside locks nobody out inside, nor on a browser from which the
member has signed in before. What a session proves again is counted by that session alone.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain.values.addresses import network_for_address

ATTEMPT_WINDOW = timedelta(minutes=15)
"""Attempts are counted over this time, and what is locked stays so for the rest of it. Aligned to the epoch."""

MOST_PER_PAIR = 5
"""Wrong attempts at an account from one address; of a known device; of a session's proofs."""

MOST_PER_ACCOUNT, MOST_PER_ADDRESS = 30, 30
"""Wrong attempts at an account from everywhere inside, or outside; and from one address at any account."""

_KEY_PREFIX = "attempt"
_NAME_DIGITS = 24


class AttemptOrigin(StrEnum):
    """Whence an attempt comes."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    DEVICE = "device"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class ClientOrigin:
    """Origin of a call."""

    address: str
    """The network address of the caller."""
    browser_agent: str
    """The browser's own name."""
    inside: bool
    """Whether it is inside the organisation."""
    device_token: str = ""
    """The token of a known device, as its browser brought it; empty: it brought none."""

    @property
    def network(self) -> str:
        """The part of the address that one caller cannot change at will."""
        return network_for_address(self.address)


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """Keys by which an attempt is counted, and the limits."""

    limit_by_key: Mapping[str, int]
    """Key → how many attempts of it may be wrong in a window."""
    source: str
    """Attempts of one source wait for each other."""
    is_recognised: bool
    """Whether it goes before strangers: inside, a known device, a session."""


@dataclass(frozen=True, slots=True)
class AccountLock:
    """Lock of an account: from one address, known device or session, or from everywhere in a `origin`."""

    origin: AttemptOrigin
    source: str | None


def sign_in_limits(username: str, client_origin: ClientOrigin, known_device: str | None) -> AttemptLimits:
    """Return what a sign-in is counted by; `known_device` names the known device of this account that it comes from."""
    if known_device:
        return AttemptLimits(
            {_attempt_key(username, AttemptOrigin.DEVICE, known_device): MOST_PER_PAIR},
            f"device {known_device}",
            is_recognised=True,
        )
    origin, network = AttemptOrigin.INSIDE if client_origin.inside else AttemptOrigin.OUTSIDE, client_origin.network
    limit_by_key = {
        _attempt_key(username, origin, network): MOST_PER_PAIR,
        _attempt_key(username, origin, ""): MOST_PER_ACCOUNT,
        f"{_KEY_PREFIX}||{network}": MOST_PER_ADDRESS,
    }
    return AttemptLimits(limit_by_key, network, is_recognised=client_origin.inside)


def session_limits(username: str, session_digest: str) -> AttemptLimits:
    """Return what the fresh proofs of a session are counted by."""
    return AttemptLimits(
        {_attempt_key(username, AttemptOrigin.SESSION, session_digest): MOST_PER_PAIR},
        f"session {session_digest}",
        is_recognised=True,
    )


def attempt_key_prefix(username: str) -> str:
    """Return how every key of an account begins: a digest replaces the name, which may hold any sign."""
    username_digest = hashlib.sha256(username.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_KEY_PREFIX}|{username_digest[:_NAME_DIGITS]}|"


def find_locks(count_by_key: Mapping[str, int], username: str) -> list[AccountLock]:
    """Return where an account is locked, given the counts of its keys (each may end in the window's own number)."""
    return sorted(
        _iterate_locks(count_by_key, attempt_key_prefix(username)),
        key=lambda account_lock: (account_lock.origin, account_lock.source or ""),
    )


def _iterate_locks(count_by_key: Mapping[str, int], key_prefix: str) -> Iterable[AccountLock]:
    for key, count in count_by_key.items():
        origin, source = key.removeprefix(key_prefix).split("|")[:2]
        if count >= (MOST_PER_PAIR if source else MOST_PER_ACCOUNT):
            yield AccountLock(AttemptOrigin(origin), source or None)


def _attempt_key(username: str, origin: AttemptOrigin, source: str) -> str:
    return f"{attempt_key_prefix(username)}{origin}|{source}"
