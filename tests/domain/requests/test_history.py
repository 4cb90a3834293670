"""The chain of events and the seals: what changes nothing verifies, anything else is found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from app.security.signing import Ed25519Signer
from domain.requests.history import (
    GENESIS_HASH,
    ChainHead,
    HistoryEvent,
    HistoryFault,
    Seal,
    compute_event_hash,
    compute_personal_digest,
    create_seal,
    encode_canonical,
    find_chain_faults,
    find_seal_faults,
)
from tests.support.tables import each_row

CODE = "123456786"
NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
SIGNER = Ed25519Signer("a secret outside of the database")
ACTOR = "citizen:+989121234567"
ERASED: dict[str, Any] = {"actor": None, "note": None, "payload": None, "salt": None}


def chain() -> list[HistoryEvent]:
    """Return a whole chain of three events of one request."""
    events: list[HistoryEvent] = []
    previous = GENESIS_HASH
    for seq in (1, 2, 3):
        payload, salt, at = {"hours": [4, 2.5], "place": "کوچه بهار"}, f"{seq:032x}", NOW + timedelta(minutes=seq)
        digest = compute_personal_digest(ACTOR, "دلیل", payload, salt)
        event = HistoryEvent(
            request_id=7,
            seq=seq,
            at=at,
            actor_kind="citizen",
            channel="sms",
            event=f"step-{seq}",
            from_state="a",
            to_state="b",
            actor=ACTOR,
            note="دلیل",
            payload=payload,
            salt=salt,
            digest=digest,
            previous=previous,
            hash="",
        )
        events.append(replace(event, hash=compute_event_hash(event)))
        previous = events[-1].hash
    return events


def faults(events: list[HistoryEvent]) -> set[str]:
    """Verify events against the head of the whole chain."""
    return {fault.kind for fault in find_chain_faults(CODE, events, 3, chain()[-1].hash)}


def second_changed(**changes: Any) -> list[HistoryEvent]:
    """Return the chain with its second event changed."""
    first, second, third = chain()
    return [first, replace(second, **changes), third]


def test_a_whole_chain_verifies() -> None:
    assert faults(chain()) == set()
    assert find_chain_faults(CODE, [], 0, "") == []


def test_the_same_moment_in_another_zone_is_the_same() -> None:
    tehran = timezone(timedelta(hours=3, minutes=30))
    assert faults([replace(event, at=event.at.astimezone(tehran)) for event in chain()]) == set()


@each_row(
    "change",
    [
        {"at": NOW},
        {"actor_kind": "staff"},
        {"channel": "cli"},
        {"event": "cancel"},
        {"from_state": None},
        {"to_state": "paid"},
        {"request_id": 8},
        {"digest": "0" * 64},
    ],
)
def test_an_edited_fact_is_found(change: dict[str, Any]) -> None:
    assert "event_edited" in faults(second_changed(**change))


@pytest.mark.parametrize(
    "change", [{"actor": "staff:civil"}, {"note": None}, {"payload": {}}, {"payload": None}, {"salt": "ff" * 16}]
)
def test_an_edited_personal_part_is_found(change: dict[str, Any]) -> None:
    assert faults(second_changed(**change)) == {"payload_edited"}


def test_an_edit_with_its_own_hash_breaks_the_chain_behind_it() -> None:
    first, second, third = chain()
    edited = replace(second, to_state="paid")
    assert faults([first, replace(edited, hash=compute_event_hash(edited)), third]) == {"chain_broken"}
    assert faults([first, second, replace(third, hash="")]) == {"event_edited", "head_differs"}


def test_an_erased_personal_part_still_verifies() -> None:
    events = second_changed(**ERASED)
    assert events[1].is_erased
    assert faults(events) == set()


@pytest.mark.parametrize("kept", [{"actor": "staff:civil"}, {"note": "دلیل دیگر"}, {"payload": {"hours": 9}}])
def test_what_claims_to_be_erased_says_nothing(kept: dict[str, Any]) -> None:
    assert faults(second_changed(**ERASED | kept)) == {"payload_edited"}


@pytest.mark.parametrize(
    ("order", "kinds"),
    [
        ((0, 2), {"event_missing_or_moved", "chain_broken", "head_differs"}),
        ((1, 2), {"event_missing_or_moved", "chain_broken", "head_differs"}),
        ((0, 1), {"head_differs"}),
        ((0, 2, 1), {"event_missing_or_moved", "chain_broken", "head_differs"}),
        ((0, 1, 2, 2), {"event_missing_or_moved", "chain_broken", "head_differs"}),
        ((), {"head_differs"}),
    ],
)
def test_missing_and_moved_events_are_found(order: tuple[int, ...], kinds: set[str]) -> None:
    whole = chain()
    assert faults([whole[at] for at in order]) == kinds


def test_a_fault_names_request_and_event() -> None:
    events = second_changed(to_state="paid")
    assert find_chain_faults(CODE, events, 3, events[-1].hash) == [HistoryFault("event_edited", CODE, 2)]


def test_json_has_one_spelling() -> None:
    assert encode_canonical({"b": "ی", "a": [1, 2.5]}) == '{"a":[1,2.5],"b":"ی"}'.encode()


# Seals


def sealed() -> list[Seal]:
    """Return two seals in a chain."""
    first = create_seal(1, NOW, [ChainHead(7, CODE, 3, "a" * 64)], GENESIS_HASH, SIGNER)
    return [first, create_seal(2, NOW, [ChainHead(7, CODE, 4, "b" * 64)], first.hash, SIGNER)]


def test_good_seals_verify() -> None:
    first, second = sealed()
    assert find_seal_faults(1, GENESIS_HASH, first, SIGNER) == []
    assert find_seal_faults(2, first.hash, second, SIGNER) == []


@each_row(
    ("change", "kind"),
    [
        (lambda seal: replace(seal, heads=(ChainHead(7, CODE, 4, "c" * 64),)), "seal_edited"),
        (lambda seal: replace(seal, at=NOW + timedelta(seconds=1)), "seal_edited"),
        (lambda seal: replace(seal, hash="0" * 64), "seal_edited"),
        (lambda seal: replace(seal, signature=sealed()[0].signature), "seal_forged"),
        (lambda seal: replace(seal, signature="no signature"), "seal_forged"),
        (lambda seal: create_seal(2, NOW, seal.heads, seal.previous, Ed25519Signer("another key")), "seal_forged"),
        (lambda seal: create_seal(2, NOW, seal.heads, GENESIS_HASH, SIGNER), "seal_missing_or_moved"),
        (lambda seal: create_seal(3, NOW, seal.heads, seal.previous, SIGNER), "seal_missing_or_moved"),
    ],
)
def test_changed_seals_are_found(change: Callable[[Seal], Seal], kind: str) -> None:
    first, second = sealed()
    assert [fault.kind for fault in find_seal_faults(2, first.hash, change(second), SIGNER)] == [kind]
