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

GENESIS_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One step of one request."""

    request_id: int
    """The request in whose chain it is."""
    seq: int
    """Its number in the chain, from 1."""
    at: datetime
    """Time of the step, in UTC."""
    actor_kind: str
    """Kind of actor who took it: citizen, clerk, staff or system."""
    channel: str
    """The key of the channel that it came by."""
    event: str
    """The name of the step."""
    from_state: str | None
    """The state before it; None: the submission."""
    to_state: str
    """The state after it."""
    actor: str | None
    """As a label; None once erased."""
    note: str | None
    """Note about the step in words; None once erased, and where nothing was."""
    payload: dict[str, Any] | None
    """Facts that the history keeps of the step, as JSON; None once erased."""
    salt: str | None
    """Random, hexadecimal; None once erased."""
    digest: str
    """Salted digest of actor, note and payload; it stays when they are erased."""
    previous: str
    """The hash of the event before it; of the first one `GENESIS_HASH`."""
    hash: str
    """Over the previous one, the bare facts and the digest."""

    @property
    def is_erased(self) -> bool:
        """Whether the personal part is gone."""
        return self.salt is None


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The end of one request's chain."""

    request_id: int
    """The request whose chain it is."""
    code: str
    """The request's tracking code."""
    seq: int
    """The number of its last event."""
    hash: str
    """The hash of that event."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A signed statement that these chains had these ends at that time."""

    number: int
    """Counts the seals, from 1."""
    at: datetime
    """Time of making, in UTC."""
    heads: tuple[ChainHead, ...]
    """The chains that changed since the seal before it."""
    previous: str
    """The hash of the seal before it; of the first one `GENESIS_HASH`."""
    hash: str
    """Over all fields above."""
    signature: str
    """Ed25519, hexadecimal; of the hash."""


@dataclass(frozen=True, slots=True)
class HistoryFault:
    """Something that does not verify."""

    kind: str
    """The stable code of the fault."""
    subject: str
    """The request's code, or the seal's number."""
    seq: int | None = None
    """The event's number; None of a seal, and of the chain as a whole."""


class Signer(Protocol):
    """Signs and checks seals with a key that is not in the database."""

    def sign(self, message: bytes) -> str:
        """Return the signature as hexadecimal text."""
        ...

    def verify(self, message: bytes, signature: str) -> bool:
        """Return whether the signature is ours."""
        ...


_CANONICAL_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def encode_canonical(value: object) -> bytes:
    """Serialise JSON one way only: sorted keys, no spaces, UTF-8."""
    return _CANONICAL_ENCODER.encode(value).encode()


def compute_personal_digest(actor: str | None, note: str | None, payload: Mapping[str, Any] | None, salt: str) -> str:
    """Return the salted SHA-256 of an event's personal part."""
    personal_part = encode_canonical({"actor": actor, "note": note, "payload": payload})
    return hashlib.sha256(bytes.fromhex(salt) + personal_part).hexdigest()


def compute_event_hash(event: HistoryEvent) -> str:
    """Return the hash that this event must carry."""
    hashed_facts = [
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
    return hashlib.sha256(encode_canonical(hashed_facts)).hexdigest()


ERASED_ACTORS_KEY = "actors"
"""Stored key for the staff (or the system) who took the erased steps: seq (as text) → label."""


def collect_staff_actors(events: Iterable[HistoryEvent]) -> dict[str, str]:
    """Return whose names outlive an erasure: not citizens' or clerks', but those of who acted for the municipality.

    The event of the erasure keeps them, and so its digest proves them from then on.
    """
    return {
        str(event.seq): event.actor
        for event in events
        if event.actor and event.actor_kind in {"staff", "operator", "system"}
    }


def find_actor(event: HistoryEvent, events: Iterable[HistoryEvent]) -> str | None:
    """Return who took a step: as the event states, else as the erasure of its personal part kept it."""
    stored_actors = (
        later_event.payload.get(ERASED_ACTORS_KEY, {})
        for later_event in events
        if later_event.event == "erase" and later_event.payload
    )
    return event.actor or next(
        (label_by_seq[str(event.seq)] for label_by_seq in stored_actors if str(event.seq) in label_by_seq), None
    )


def find_event_faults(
    request_code: str, expected_seq: int, previous_hash: str, event: HistoryEvent
) -> list[HistoryFault]:
    """Return what is wrong with one event, given where the chain before it ended."""
    faults = []
    if event.seq != expected_seq:
        faults.append(HistoryFault("event_missing_or_moved", request_code, expected_seq))
    if event.previous != previous_hash:
        faults.append(HistoryFault("chain_broken", request_code, event.seq))
    if event.hash != compute_event_hash(event):
        faults.append(HistoryFault("event_edited", request_code, event.seq))
    if not _is_personal_part_intact(event):
        faults.append(HistoryFault("payload_edited", request_code, event.seq))
    return faults


def _is_personal_part_intact(event: HistoryEvent) -> bool:
    """Return whether the personal part is the one that was digested, or gone as a whole: no salt, no proof."""
    if event.salt is None:
        return event.actor is None and event.note is None and event.payload is None
    return event.digest == compute_personal_digest(event.actor, event.note, event.payload, event.salt)


def find_chain_faults(
    request_code: str, events: Sequence[HistoryEvent], head_seq: int, head_hash: str
) -> list[HistoryFault]:
    """Verify one request's chain against its own head; an empty list means whole."""
    faults: list[HistoryFault] = []
    previous_hash = GENESIS_HASH
    for expected_seq, event in enumerate(events, start=1):
        faults.extend(find_event_faults(request_code, expected_seq, previous_hash, event))
        previous_hash = event.hash
    if (len(events), previous_hash) != (head_seq, head_hash or GENESIS_HASH):
        faults.append(HistoryFault("head_differs", request_code, head_seq))
    return faults


def compute_seal_hash(
    seal_number: int, sealed_at: datetime, chain_heads: Iterable[ChainHead], previous_hash: str
) -> str:
    """Return the SHA-256 that a seal signs."""
    head_rows = [[head.request_id, head.code, head.seq, head.hash] for head in chain_heads]
    return hashlib.sha256(
        encode_canonical([seal_number, sealed_at.astimezone(UTC).isoformat(), head_rows, previous_hash])
    ).hexdigest()


def create_seal(
    seal_number: int, sealed_at: datetime, chain_heads: Sequence[ChainHead], previous_hash: str, signer: Signer
) -> Seal:
    """Seal these heads on top of the seal whose hash is `previous_hash` (GENESIS for the first)."""
    seal_digest = compute_seal_hash(seal_number, sealed_at, chain_heads, previous_hash)
    return Seal(
        seal_number, sealed_at, tuple(chain_heads), previous_hash, seal_digest, signer.sign(seal_digest.encode())
    )


def find_seal_faults(expected_number: int, previous_hash: str, seal: Seal, signer: Signer) -> list[HistoryFault]:
    """Return what is wrong with one seal, given where the chain of seals before it ended."""
    faults = []
    if seal.number != expected_number or seal.previous != previous_hash:
        faults.append(HistoryFault("seal_missing_or_moved", str(expected_number)))
    if seal.hash != compute_seal_hash(seal.number, seal.at, seal.heads, seal.previous):
        faults.append(HistoryFault("seal_edited", str(seal.number)))
    elif not signer.verify(seal.hash.encode(), seal.signature):
        faults.append(HistoryFault("seal_forged", str(seal.number)))
    return faults
