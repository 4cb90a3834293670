"""Claims of attempts to pay and of transfers back to cards, renewed while their holder lives: a bank may think for two
minutes, and a worker that died holds its attempts for seconds.

A holder that cannot renew (the database is away, the machine sleeps) loses its claims, and another asks the bank too.
So nothing is safe by a claim alone. Every call about a payment may be made twice, and an answer is applied whoever
holds the claim by then. A transfer is asked for by who stored that it is sent, within a minute of that, and whoever
claims it later inquires: «never took it» is believed only when no such request can still arrive (`refund_machine.py`).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import DomainError

log = logging.getLogger(__name__)

CLAIM_LEASE = timedelta(seconds=15)
"""How long a claim outlives its holder: as long as the lease of the job that claims."""

RENEWAL_SECONDS = CLAIM_LEASE.total_seconds() / 3
"""How often claims are renewed while banks are asked; most calls end before the first time."""


class ClaimRepository(Protocol):
    """A repository whose rows are claimed."""

    async def renew_claims(self, row_ids: Collection[int], claim_token: str, lease: timedelta, /) -> int:
        """Let claims that are still held by this token last for `lease` from now on; return how many."""
        ...


ClaimSelection = Callable[[UnitOfWork], ClaimRepository]
"""Says which repository of a unit has the claims."""


@asynccontextmanager
async def keep_claims(
    store: Store, select_claims: ClaimSelection, row_ids: Sequence[int], claim_token: str
) -> AsyncIterator[None]:
    """Renew the claims of attempts until the block ends, those that were not given up in it."""
    has_ended = asyncio.Event()
    renewal = asyncio.create_task(_renew_claims(store, select_claims, row_ids, claim_token, has_ended))
    try:
        yield
    finally:
        has_ended.set()
        await renewal


async def _renew_claims(
    store: Store, select_claims: ClaimSelection, row_ids: Sequence[int], claim_token: str, has_ended: asyncio.Event
) -> None:
    is_held = True
    while is_held and not await _wait_for(has_ended, RENEWAL_SECONDS):
        try:
            async with store.open_unit() as uow:
                is_held = bool(await select_claims(uow).renew_claims(row_ids, claim_token, CLAIM_LEASE))
        except DomainError as error:  # tried again: what is claimed by another meanwhile is asked about twice
            log.warning("claims of %s attempts were not renewed: %s", len(row_ids), error.code)


async def _wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event; False when so many seconds were over first."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
