"""Attempts at signing in: by what they are counted, how many there may be, and where an account is locked.

An attempt is counted before its password is compared, and the count is taken back when the password is right: who tries
a hundred at once gets no more than who tries them in a row. Inside the organisation, outside it, and known devices are
counted apart: whoever tries wrong passwords from outside locks nobody out inside, nor on a browser from which the
member has signed in before. What a session proves anew is counted by that session alone.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain.values.addresses import network_of

WINDOW = timedelta(minutes=15)
"""Attempts are counted over this time, and what is locked stays so for the rest of it. Aligned to the epoch."""

MOST_OF_PAIR = 5
"""Wrong attempts at an account from one address; of a known device; of a session's proofs."""

MOST_OF_ACCOUNT, MOST_OF_ADDRESS = 30, 30
"""Wrong attempts at an account from everywhere inside, or outside; and from one address at any account."""

_PREFIX = "attempt"
_NAME_DIGITS = 24


class Place(StrEnum):
    """Whence an attempt comes."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    DEVICE = "device"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class ClientOrigin:
    """Where a call comes from: its address, its browser's own name, whether that is inside the organisation, and the
    token of a known device, as its browser brought it.
    """

    address: str
    agent: str
    inside: bool
    device: str = ""

    @property
    def network(self) -> str:
        """The part of the address that one caller cannot change at will."""
        return network_of(self.address)


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """What an attempt is counted by: key → how many of it may be wrong in a window. Attempts of one `source` wait for
    each other, those that are `known` (inside, a known device, a session) before strangers.
    """

    most: Mapping[str, int]
    source: str
    known: bool


@dataclass(frozen=True, slots=True)
class Lock:
    """Where an account is locked: from one address, known device or session, or from everywhere in a `place`."""

    place: Place
    source: str | None


def limits_at_door(username: str, caller: ClientOrigin, device: str | None) -> AttemptLimits:
    """Return what a sign-in is counted by; `device` names the known device of this account that it comes from."""
    if device:
        return AttemptLimits({_key(username, Place.DEVICE, device): MOST_OF_PAIR}, f"device {device}", known=True)
    place, network = Place.INSIDE if caller.inside else Place.OUTSIDE, caller.network
    most = {
        _key(username, place, network): MOST_OF_PAIR,
        _key(username, place, ""): MOST_OF_ACCOUNT,
        f"{_PREFIX}||{network}": MOST_OF_ADDRESS,
    }
    return AttemptLimits(most, network, known=caller.inside)


def limits_of_session(username: str, digest: str) -> AttemptLimits:
    """Return what the fresh proofs of a session are counted by."""
    return AttemptLimits({_key(username, Place.SESSION, digest): MOST_OF_PAIR}, f"session {digest}", known=True)


def prefix_of(username: str) -> str:
    """Return how every key of an account begins: a digest stands for the name, which may hold any sign."""
    digest = hashlib.sha256(username.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_PREFIX}|{digest[:_NAME_DIGITS]}|"


def locks_in(counts: Mapping[str, int], username: str) -> list[Lock]:
    """Return where an account is locked, given the counts of its keys (each may end in the window's own number)."""
    return sorted(_locks(counts, prefix_of(username)), key=lambda one: (one.place, one.source or ""))


def _locks(counts: Mapping[str, int], prefix: str) -> Iterable[Lock]:
    for key, count in counts.items():
        place, source = key.removeprefix(prefix).split("|")[:2]
        if count >= (MOST_OF_PAIR if source else MOST_OF_ACCOUNT):
            yield Lock(Place(place), source or None)


def _key(username: str, place: Place, source: str) -> str:
    return f"{prefix_of(username)}{place}|{source}"
