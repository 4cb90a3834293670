"""The repository of the history and its seals, on every engine."""

from dataclasses import replace

import pytest

from domain.requests.history import (
    GENESIS_HASH,
    ChainHead,
    Seal,
    compute_event_hash,
    compute_personal_digest,
    find_chain_faults,
)
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store
from domain.values.errors import Conflict
from store.repositories import history as module
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_request, an_event


async def with_events(store: Store, count: int) -> ServiceRequest:
    """A request with that many events, its head at the last."""
    request = a_request(head_seq=count, head_hash=f"hash-{count}" if count else "")
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        for seq in range(1, count + 1):
            await uow.history.append(an_event(request, seq))
    return request


def head_of(request: ServiceRequest) -> ChainHead:
    """The end of its chain."""
    return ChainHead(request.id, request.code, request.head_seq, request.head_hash)


def a_seal(number: int, *heads: ChainHead) -> Seal:
    """A seal; hash and signature are only names here."""
    return Seal(number, NOW, heads, f"seal-{number - 1}" if number > 1 else GENESIS_HASH, f"seal-{number}", "signature")


async def test_events_come_back_as_they_went_in(store: SqlStore) -> None:
    request = await with_events(store, 0)
    erased = replace(an_event(request, 2), actor=None, note=None, payload=None, salt=None)
    events = [an_event(request, 1, note="چرا؟", from_state="new"), erased]
    async with store.open_unit() as uow:
        for event in reversed(events):
            await uow.history.append(event)
        assert await uow.history.list_of_request(request.id) == events


async def test_hashes_still_hold_after_a_round_trip(store: SqlStore) -> None:
    request = await with_events(store, 0)
    event = an_event(request, 1, payload={"مبلغ": 12, "items": [1, {"b": None, "a": "ی"}]})
    event = replace(event, digest=compute_personal_digest(event.actor, event.note, event.payload, str(event.salt)))
    event = replace(event, hash=compute_event_hash(event))
    async with store.open_unit() as uow:
        await uow.history.append(event)
        assert find_chain_faults(request.code, await uow.history.list_of_request(request.id), 1, event.hash) == []


async def test_one_number_is_one_event(store: SqlStore) -> None:
    request = await with_events(store, 1)
    with pytest.raises(Conflict):
        async with store.open_unit() as uow:
            await uow.history.append(an_event(request, 1))


async def test_all_chains_stream_in_order_page_by_page(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REQUESTS_A_PAGE", 2)
    requests = [await with_events(store, count) for count in (2, 0, 3, 1, 1)]
    async with store.open_unit(write=False) as uow:
        chains = [chain async for chain in uow.history.stream_chains()]
    assert [head for head, _ in chains] == [head_of(request) for request in requests]
    assert [[event.seq for event in events] for _, events in chains] == [[1, 2], [], [1, 2, 3], [1], [1]]


async def test_chains_of_some_requests_stream_alone(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REQUESTS_A_PAGE", 2)
    first, *_, fourth, _ = [await with_events(store, 1) for _ in range(5)]
    async with store.open_unit(write=False) as uow:
        some = [head.request_id async for head, _ in uow.history.stream_chains(first.id, fourth.id)]
        rest = [head.request_id async for head, _ in uow.history.stream_chains(fourth.id)]
        behind = [await uow.history.find_request_behind(first.id, number) for number in (1, 3, 4, 5)]
    assert some == [first.id + 1, first.id + 2, fourth.id]
    assert rest == [fourth.id + 1]
    assert behind == [first.id + 1, fourth.id, fourth.id + 1, None]


async def test_only_changed_heads_are_sealed_again(store: SqlStore) -> None:
    first, second = await with_events(store, 1), await with_events(store, 2)
    await with_events(store, 0)
    async with store.open_unit() as uow:
        assert await uow.history.list_unsealed_heads(1) == [head_of(first)]
        assert await uow.history.list_unsealed_heads(10) == [head_of(first), head_of(second)]
        await uow.history.add_seal(a_seal(1, head_of(first), head_of(second)))
        assert await uow.history.list_unsealed_heads(10) == []
        second.head_seq, second.head_hash = 3, "hash-3"
        await uow.requests.save(second)
        assert await uow.history.list_unsealed_heads(10) == [head_of(second)]


async def test_a_head_that_moved_on_while_it_was_sealed_stays_unsealed(store: SqlStore) -> None:
    request = await with_events(store, 1)
    old = head_of(request)
    async with store.open_unit() as uow:
        request.head_seq, request.head_hash = 2, "hash-2"
        await uow.requests.save(request)
        await uow.history.add_seal(a_seal(1, old))
        assert await uow.history.list_unsealed_heads(10) == [head_of(request)]


async def test_seals_stream_in_order(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEALS_A_PAGE", 2)
    request = await with_events(store, 1)
    seals = [a_seal(1), *(a_seal(number, head_of(request)) for number in range(2, 6))]
    async with store.open_unit() as uow:
        assert await uow.history.find_last_seal() is None
        for seal in seals:
            await uow.history.add_seal(seal)
    async with store.open_unit(write=False) as uow:
        assert [seal async for seal in uow.history.stream_seals()] == seals
        assert await uow.history.find_last_seal() == seals[-1]


async def test_a_number_is_sealed_once(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        await uow.history.add_seal(a_seal(1))
    with pytest.raises(Conflict):
        async with store.open_unit() as uow:
            await uow.history.add_seal(a_seal(1))
