"""Sealing the history, and verifying all of it: every chain, every seal, and every request that a seal has seen."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from domain.actions.desk import Desk
from domain.requests.history import (
    GENESIS,
    ChainHead,
    Fault,
    HistoryEvent,
    Seal,
    Signer,
    chain_faults,
    make_seal,
    seal_faults,
)
from domain.unit_of_work import Store, UnitOfWork

HEADS_A_SEAL = 10_000

REQUESTS_AT_ONCE = 200_000
"""Requests whose newest sealed heads are held together while the history is verified: some 80 MB."""


@dataclass(slots=True)
class Verification:
    """The result of `history verify`: what is wrong, and how much was looked at; `unsealed` events came after the
    last seal.
    """

    faults: list[Fault] = field(default_factory=list)
    requests: int = 0
    events: int = 0
    seals: int = 0
    unsealed: int = 0


async def seal(desk: Desk, store: Store, signer: Signer) -> list[Seal]:
    """Seal all heads that changed since the last seal; return the new seals (none when nothing changed)."""
    made: list[Seal] = []
    while True:
        async with store.unit() as uow:
            await uow.serialise("seal")
            heads = await uow.history.unsealed_heads(HEADS_A_SEAL)
            if not heads:
                return made
            last = await uow.history.last_seal()
            number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
            made.append(make_seal(number, desk.clock.now(), heads, previous, signer))
            await uow.history.add_seal(made[-1])


async def verify(store: Store, signer: Signer) -> Verification:
    """Verify the whole history from the database alone and the key outside it, in bounded memory: the seals are read
    once more for every `REQUESTS_AT_ONCE` requests.
    """
    result = Verification()
    async with store.unit(write=False) as uow:
        await _verify_seals(uow, signer, result)
        after: int | None = 0
        while after is not None:
            until = await uow.history.request_behind(after, REQUESTS_AT_ONCE)
            await _verify_chains(uow, after, until, result)
            after = until
    return result


async def _verify_seals(uow: UnitOfWork, signer: Signer, result: Verification) -> None:
    previous = GENESIS
    seals: AsyncIterator[Seal] = uow.history.seals()
    async for one in seals:
        result.seals += 1
        result.faults.extend(seal_faults(result.seals, previous, one, signer))
        previous = one.hash


async def _verify_chains(uow: UnitOfWork, after: int, until: int | None, result: Verification) -> None:
    """Check the requests behind the id `after`, up to and with `until`; of these, what was sealed must be there."""
    sealed = await _newest_heads(uow, after, until)
    async for head, events in uow.history.chains(after, until):
        _verify_chain(head, events, sealed.pop(head.request_id, None), result)
    result.faults.extend(Fault("request_missing", head.code, head.seq) for head in sealed.values())


async def _newest_heads(uow: UnitOfWork, after: int, until: int | None) -> dict[int, ChainHead]:
    """Return the newest sealed head of each of these requests."""
    newest: dict[int, ChainHead] = {}
    seals: AsyncIterator[Seal] = uow.history.seals()
    async for one in seals:
        some = (head for head in one.heads if after < head.request_id <= (until or head.request_id))
        newest.update({head.request_id: head for head in some})
    return newest


def _verify_chain(head: ChainHead, events: list[HistoryEvent], sealed: ChainHead | None, result: Verification) -> None:
    result.requests += 1
    result.events += len(events)
    result.unsealed += max(0, len(events) - (sealed.seq if sealed else 0))
    result.faults.extend(chain_faults(head.code, events, head.seq, head.hash))
    if sealed is None:
        return
    if sealed.code != head.code:
        result.faults.append(Fault("code_changed", sealed.code))
    at_seal = events[sealed.seq - 1].hash if len(events) >= sealed.seq else None
    if at_seal != sealed.hash:
        result.faults.append(Fault("differs_from_seal", head.code, sealed.seq))
