"""Sealing the history, and verifying all of it: every chain, every seal, and every request that a seal has seen."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from domain.actions.dependencies import Dependencies
from domain.requests.history import (
    GENESIS_HASH,
    ChainHead,
    HistoryEvent,
    HistoryFault,
    Seal,
    Signer,
    create_seal,
    find_chain_faults,
    find_seal_faults,
)
from domain.requests.ports import HistoryRepository
from domain.unit_of_work import Store

HEADS_PER_SEAL = 10_000

REQUESTS_AT_ONCE = 200_000
"""Requests whose newest sealed heads are held together while the history is verified: some 80 MB."""


@dataclass(slots=True)
class Verification:
    """The result of `history verify`."""

    faults: list[HistoryFault] = field(default_factory=list)
    """Words about the problem."""
    requests: int = 0
    """Number of chains examined."""
    events: int = 0
    """Number of their events."""
    seals: int = 0
    """Number of seals examined."""
    unsealed: int = 0
    """Events that came after the last seal."""


async def seal_history(dependencies: Dependencies, store: Store, signer: Signer) -> list[Seal]:
    """Seal all heads that changed since the last seal; return the new seals (none when nothing changed)."""
    new_seals: list[Seal] = []
    while True:
        async with store.open_unit() as uow:
            await uow.serialise("seal")
            unsealed_heads = await uow.history.list_unsealed_heads(HEADS_PER_SEAL)
            if not unsealed_heads:
                return new_seals
            last_seal = await uow.history.find_last_seal()
            seal_number, previous_hash = (last_seal.number + 1, last_seal.hash) if last_seal else (1, GENESIS_HASH)
            new_seals.append(create_seal(seal_number, dependencies.clock.now(), unsealed_heads, previous_hash, signer))
            await uow.history.add_seal(new_seals[-1])


async def verify_history(store: Store, signer: Signer) -> Verification:
    """Verify the whole history from the database alone and the key outside it, in bounded memory: the seals are read
    once more for every `REQUESTS_AT_ONCE` requests.
    """
    verification = Verification()
    async with store.open_unit(write=False) as uow:
        await _verify_seals(uow.history, signer, verification)
        after_id: int | None = 0
        while after_id is not None:
            until_id = await uow.history.find_request_behind(after_id, REQUESTS_AT_ONCE)
            await _verify_chains(uow.history, after_id, until_id, verification)
            after_id = until_id
    return verification


async def _verify_seals(history: HistoryRepository, signer: Signer, verification: Verification) -> None:
    previous_hash = GENESIS_HASH
    stored_seals: AsyncIterator[Seal] = history.stream_seals()
    async for stored_seal in stored_seals:
        verification.seals += 1
        verification.faults.extend(find_seal_faults(verification.seals, previous_hash, stored_seal, signer))
        previous_hash = stored_seal.hash


async def _verify_chains(
    history: HistoryRepository, after_id: int, until_id: int | None, verification: Verification
) -> None:
    """Check the requests behind the id `after_id`, up to and with `until_id`; of these, what was sealed must be
    there.
    """
    sealed_heads = await _load_newest_heads(history, after_id, until_id)
    async for chain_head, events in history.stream_chains(after_id, until_id):
        _verify_chain(chain_head, events, sealed_heads.pop(chain_head.request_id, None), verification)
    verification.faults.extend(
        HistoryFault("request_missing", chain_head.code, chain_head.seq) for chain_head in sealed_heads.values()
    )


async def _load_newest_heads(history: HistoryRepository, after_id: int, until_id: int | None) -> dict[int, ChainHead]:
    """Return the newest sealed head of each of these requests."""
    newest_heads: dict[int, ChainHead] = {}
    stored_seals: AsyncIterator[Seal] = history.stream_seals()
    async for stored_seal in stored_seals:
        range_heads = (
            chain_head
            for chain_head in stored_seal.heads
            if after_id < chain_head.request_id <= (until_id or chain_head.request_id)
        )
        newest_heads.update({chain_head.request_id: chain_head for chain_head in range_heads})
    return newest_heads


def _verify_chain(
    chain_head: ChainHead, events: list[HistoryEvent], sealed_head: ChainHead | None, verification: Verification
) -> None:
    verification.requests += 1
    verification.events += len(events)
    verification.unsealed += max(0, len(events) - (sealed_head.seq if sealed_head else 0))
    verification.faults.extend(find_chain_faults(chain_head.code, events, chain_head.seq, chain_head.hash))
    if sealed_head is None:
        return
    if sealed_head.code != chain_head.code:
        verification.faults.append(HistoryFault("code_changed", sealed_head.code))
    hash_at_seal = events[sealed_head.seq - 1].hash if len(events) >= sealed_head.seq else None
    if hash_at_seal != sealed_head.hash:
        verification.faults.append(HistoryFault("differs_from_seal", chain_head.code, sealed_head.seq))
