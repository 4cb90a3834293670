"""Claims on rows, renewed while their holder lives: work may take long, and who died holds its rows for seconds.

What may be done on the strength of a claim alone is said where claims are taken.
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

RENEWALS_A_LEASE = 3
"""Renewals of a claim within its lease while the work lasts; most of it ends before the first time."""


class ClaimRepository(Protocol):
    """A repository whose rows are claimed."""

    async def renew_claims(self, row_ids: Collection[int], claim_token: str, lease: timedelta, /) -> int:
        """Let claims that are still held by this token last for `lease` from now on; return how many."""
        ...


ClaimSelection = Callable[[UnitOfWork], ClaimRepository]
"""Says which repository of a unit has the claims."""


@asynccontextmanager
async def keep_claims(
    store: Store, select_claims: ClaimSelection, row_ids: Sequence[int], claim_token: str, lease: timedelta
) -> AsyncIterator[None]:
    """Renew claims until the block ends, those that were not given up in it."""
    has_ended = asyncio.Event()
    renewal = asyncio.create_task(_renew_claims(store, select_claims, row_ids, claim_token, lease, has_ended))
    try:
        yield
    finally:
        has_ended.set()
        await renewal


async def _renew_claims(
    store: Store,
    select_claims: ClaimSelection,
    row_ids: Sequence[int],
    claim_token: str,
    lease: timedelta,
    has_ended: asyncio.Event,
) -> None:
    is_held = True
    while is_held and not await _wait_for(has_ended, lease.total_seconds() / RENEWALS_A_LEASE):
        try:
            async with store.open_unit() as uow:
                is_held = bool(await select_claims(uow).renew_claims(row_ids, claim_token, lease))
        except DomainError as error:  # tried again: what is claimed by another meanwhile is asked about twice
            log.warning("claims of %s rows were not renewed: %s", len(row_ids), error.code)


async def _wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event; False when so many seconds were over first."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
