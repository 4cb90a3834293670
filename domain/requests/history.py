"""The history of a request: a chain of events over salted digests, and the signed seals that pin its ends.

Each event's hash covers the hash before it, the bare facts (who by kind, where, when, which step) and a salted digest
of the personal part (name of the actor, note, values). Personal part and salt can be erased after the retention time;
the digest stays, so the chain still verifies (services.md, "Personal data"). A seal signs the heads that changed
since the last seal and the seal before it; its key lives outside the database, so whoever rewrites rows cannot
rewrite seals.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One step of one request; `seq` counts from 1. `actor`, `note`, `payload` and `salt` are None once erased."""

    request_id: int
    seq: int
    at: datetime
    actor_kind: str
    channel: str
    event: str
    from_state: str | None
    to_state: str
    actor: str | None
    note: str | None
    payload: dict[str, Any] | None
    salt: str | None
    digest: str
    previous: str
    hash: str

    @property
    def erased(self) -> bool:
        """Whether the personal part is gone."""
        return self.salt is None


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The end of one request's chain."""

    request_id: int
    code: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Seal:
    """A signed statement that these chains stood so at that time; `number` counts from 1."""

    number: int
    at: datetime
    heads: tuple[ChainHead, ...]
    previous: str
    hash: str
    signature: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not verify: a stable `kind`, the request's code or the seal's number, the event's seq."""

    kind: str
    subject: str
    seq: int | None = None


class Signer(Protocol):
    """Signs and checks seals with a key that is not in the database."""

    def sign(self, message: bytes) -> str:
        """Return the signature as hexadecimal text."""
        ...

    def verify(self, message: bytes, signature: str) -> bool:
        """Tell whether the signature is ours."""
        ...


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def canonical(value: object) -> bytes:
    """Serialise JSON one way only: sorted keys, no spaces, UTF-8."""
    return _CANONICAL.encode(value).encode()


def personal_digest(actor: str | None, note: str | None, payload: Mapping[str, Any] | None, salt: str) -> str:
    """Return the salted SHA-256 of an event's personal part."""
    body = canonical({"actor": actor, "note": note, "payload": payload})
    return hashlib.sha256(bytes.fromhex(salt) + body).hexdigest()


def link(event: HistoryEvent) -> str:
    """Return the hash that this event must carry."""
    facts = [
        event.previous,
        event.request_id,
        event.seq,
        event.at.astimezone(UTC).isoformat(),
        event.actor_kind,
        event.channel,
        event.event,
        event.from_state,
        event.to_state,
        event.digest,
    ]
    return hashlib.sha256(canonical(facts)).hexdigest()


ERASED_ACTORS = "actors"
"""Where an erasure keeps who of the staff (or of the system) took the erased steps: seq (as text) → label."""


def staff_actors(events: Iterable[HistoryEvent]) -> dict[str, str]:
    """Return whose names outlive an erasure: not citizens' or clerks', but those of who acted for the municipality.

    The event of the erasure keeps them, and so its digest proves them from then on.
    """
    return {str(event.seq): event.actor for event in events if event.actor and event.actor_kind in {"staff", "system"}}


def actor_of(event: HistoryEvent, events: Iterable[HistoryEvent]) -> str | None:
    """Return who took a step: as the event says, else as the erasure of its personal part kept it."""
    kept = (one.payload.get(ERASED_ACTORS, {}) for one in events if one.event == "erase" and one.payload)
    return event.actor or next((actors[str(event.seq)] for actors in kept if str(event.seq) in actors), None)


def event_faults(code: str, expected_seq: int, previous: str, event: HistoryEvent) -> list[Fault]:
    """Return what is wrong with one event, given where the chain before it ended."""
    faults = []
    if event.seq != expected_seq:
        faults.append(Fault("event_missing_or_moved", code, expected_seq))
    if event.previous != previous:
        faults.append(Fault("chain_broken", code, event.seq))
    if event.hash != link(event):
        faults.append(Fault("event_edited", code, event.seq))
    if not _personal_part_holds(event):
        faults.append(Fault("payload_edited", code, event.seq))
    return faults


def _personal_part_holds(event: HistoryEvent) -> bool:
    """Tell whether the personal part is the one that was digested, or gone as a whole: no salt, no proof."""
    if event.salt is None:
        return event.actor is None and event.note is None and event.payload is None
    return event.digest == personal_digest(event.actor, event.note, event.payload, event.salt)


def chain_faults(code: str, events: Sequence[HistoryEvent], head_seq: int, head_hash: str) -> list[Fault]:
    """Verify one request's chain against its own head; an empty list means whole."""
    faults: list[Fault] = []
    previous = GENESIS
    for expected, event in enumerate(events, start=1):
        faults.extend(event_faults(code, expected, previous, event))
        previous = event.hash
    if (len(events), previous) != (head_seq, head_hash or GENESIS):
        faults.append(Fault("head_differs", code, head_seq))
    return faults


def seal_hash(number: int, at: datetime, heads: Iterable[ChainHead], previous: str) -> str:
    """Return the SHA-256 that a seal signs."""
    rows = [[head.request_id, head.code, head.seq, head.hash] for head in heads]
    return hashlib.sha256(canonical([number, at.astimezone(UTC).isoformat(), rows, previous])).hexdigest()


def make_seal(number: int, at: datetime, heads: Sequence[ChainHead], previous: str, signer: Signer) -> Seal:
    """Seal these heads on top of the seal whose hash is `previous` (GENESIS for the first)."""
    digest = seal_hash(number, at, heads, previous)
    return Seal(number, at, tuple(heads), previous, digest, signer.sign(digest.encode()))


def seal_faults(expected_number: int, previous: str, seal: Seal, signer: Signer) -> list[Fault]:
    """Return what is wrong with one seal, given where the chain of seals before it ended."""
    faults = []
    if seal.number != expected_number or seal.previous != previous:
        faults.append(Fault("seal_missing_or_moved", str(expected_number)))
    if seal.hash != seal_hash(seal.number, seal.at, seal.heads, seal.previous):
        faults.append(Fault("seal_edited", str(seal.number)))
    elif not signer.verify(seal.hash.encode(), seal.signature):
        faults.append(Fault("seal_forged", str(seal.number)))
    return faults
