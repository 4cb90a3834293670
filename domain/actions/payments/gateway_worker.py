"""Work shared by all workers at a gateway: it claims what is due there, and advances it outside of any transaction.

Claims are renewed while their holder lives (`claims.py`). A fault with one row is logged: it waits for the end of its
claim, and delays no other.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import ClassVar, Generic, Protocol, TypeVar

from domain.actions.claims import ClaimRepository, keep_claims
from domain.actions.dependencies import Dependencies
from domain.actions.payments.attempt_changes import gateway_actor
from domain.actions.payments.claims import CLAIM_LEASE
from domain.gateways.gateway import PaymentGateway
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import Unavailable

log = logging.getLogger(__name__)

GatewaysByName = Mapping[str, PaymentGateway]

RUN_SECONDS = 10.0
"""After so long a run claims nothing more: one that comes to its end shows that what is due is advanced."""


class ClaimedRow(Protocol):
    """Claimed row: an attempt to pay, or a transfer back to a card."""

    @property
    def id(self) -> int:
        """The row's key."""
        ...

    @property
    def gateway(self) -> str:
        """The key of its gateway."""
        ...


RowT = TypeVar("RowT", bound=ClaimedRow)


class GatewayWorker(ABC, Generic[RowT]):
    """Advances what is due at one gateway."""

    row_label: ClassVar[str]
    """Name of a row in the log, with `{}` for its key."""

    def __init__(
        self, dependencies: Dependencies, store: Store, gateway: PaymentGateway, actor: Actor | None = None
    ) -> None:
        self._dependencies = dependencies
        self._store = store
        self._gateway = gateway
        self._actor = actor or gateway_actor(gateway.name)

    async def advance_due(self) -> int:
        """Advance what is due, as much at a time as is claimed at once, until nothing is or a run has been long enough;
        return how many steps were made.
        """
        step_count, loop = 0, asyncio.get_running_loop()
        ends_at = loop.time() + RUN_SECONDS
        while loop.time() < ends_at:
            batch, claim_token = await self._claim_batch()
            if not batch:
                break
            async with self._keep_claims(batch, claim_token):
                step_count += sum(await gather_all([self._advance_safely(row, claim_token) for row in batch]))
        return step_count

    @abstractmethod
    def _select_claims(self, uow: UnitOfWork) -> ClaimRepository:
        """Return the repository whose rows are claimed."""

    @abstractmethod
    async def _claim_due(self, uow: UnitOfWork, now: datetime, claim_token: str) -> Sequence[RowT]:
        """Claim what is advanced at once; empty where nothing is due."""

    @abstractmethod
    async def _advance(self, row: RowT, claim_token: str) -> object:
        """Make one step with a claimed row."""

    def _keep_claims(self, rows: Sequence[RowT], claim_token: str) -> AbstractAsyncContextManager[None]:
        return keep_claims(self._store, self._select_claims, [row.id for row in rows], claim_token, CLAIM_LEASE)

    async def _claim_batch(self) -> tuple[Sequence[RowT], str]:
        claim_token, now = self._dependencies.ids.new_token(), self._dependencies.clock.now()
        async with self._store.open_unit() as uow:
            return await self._claim_due(uow, now, claim_token), claim_token

    async def _advance_safely(self, row: RowT, claim_token: str) -> bool:
        """Make one step; False when a fault of ours was logged."""
        try:
            await self._advance(row, claim_token)
        except Unavailable:
            raise  # the database itself: no other row would fare better
        except Exception:  # the edge of one row: whatever is wrong with it, the others have their turn
            log.exception("%s at %s was not advanced", self.row_label.format(row.id), row.gateway)
            return False
        return True


async def run_workers(workers: Sequence[GatewayWorker[RowT]]) -> int:
    """Advance what is due at all gateways at once: a silent bank delays its own alone. Return how many steps were
    made.
    """
    return sum(await gather_all([worker.advance_due() for worker in workers]))


async def gather_all(steps: Sequence[Awaitable[int]]) -> list[int]:
    """Await all of them, and raise the first failure only then: what a bank was asked must not be cut off."""
    results = await asyncio.gather(*steps, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]
