"""The worker of attempts: claims those that are due, asks their banks outside of any transaction, and applies what they
say.

Each step can be lost or repeated. A claim whose holder died ends by itself, then another asks again: every call that
is made here may be made twice. An answer is knowledge whoever holds the claim by now: it is applied to the
attempt's current state.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from domain.actions.claims import ClaimRepository
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.attempt_changes import store_change
from domain.actions.payments.callbacks import is_foreign_sale, serialise_sale
from domain.actions.payments.claims import CLAIM_LEASE
from domain.actions.payments.gateway_worker import GatewaysByName, GatewayWorker, run_workers
from domain.gateways.attempt import GatewayCall, PaymentAttempt
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.gateway import GatewayAnswer, PaymentGateway, SaleState
from domain.repositories import GatewayRepositories
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import Conflict, NotAllowedNow, Unavailable
from domain.values.reasons import ConflictReason, NotAllowedReason, UnavailableReason

CALLS_AT_ONCE = 8
"""Calls that one gateway is made at a time."""


async def advance_due_attempts(dependencies: Dependencies, store: Store, gateways: GatewaysByName) -> int:
    """Advance every attempt that is due; return how many steps were made."""
    return await run_workers([AttemptWorker(dependencies, store, gateway) for gateway in gateways.values()])


async def advance_attempt(
    dependencies: Dependencies, store: Store, gateways: GatewaysByName, attempt_id: int, actor: Actor | None = None
) -> PaymentAttempt:
    """Ask the bank now about an attempt, in whatever state, and return it with its new state.

    `actor` is who wants to know it, None for nobody in particular. Errors: `NotFound("attempt")`, `Conflict("attempt")`
    while the bank is being asked already, `Unavailable("gateway")` where its gateway is not configured any more, and
    `NotAllowedNow("attempt")` where the bank cannot be asked.
    """
    async with store.open_unit(write=False) as uow:
        gateway = gateways.get((await uow.payment_attempts.get(attempt_id)).gateway)
    if gateway is None:
        raise Unavailable("gateway", UnavailableReason.GATEWAY_NOT_USED)
    return await AttemptWorker(dependencies, store, gateway, actor).advance_now(attempt_id)


class AttemptWorker(GatewayWorker[PaymentAttempt]):
    """Advances the attempts at one gateway, a few at a time."""

    row_label = "attempt {}"

    def __init__(
        self, dependencies: Dependencies, store: Store, gateway: PaymentGateway, actor: Actor | None = None
    ) -> None:
        super().__init__(dependencies, store, gateway, actor)
        self._machine = AttemptMachine(gateway.capabilities)

    async def advance_now(self, attempt_id: int) -> PaymentAttempt:
        """Ask about one attempt, whether it is due or not."""
        claim_token = self._dependencies.ids.new_token()
        async with self._store.open_unit() as uow:
            attempt = await uow.payment_attempts.claim(attempt_id, claim_token, CLAIM_LEASE)
            if attempt is None:
                raise Conflict("attempt", ConflictReason.BANK_ASKED_NOW)
            call = self._plan_call(attempt) or self._machine.plan_question(attempt)
            if call is None:
                raise NotAllowedNow("attempt", NotAllowedReason.BANK_NOT_ASKABLE)
        async with self._keep_claims([attempt], claim_token):
            return await self._make_call(attempt, call, claim_token)

    def _select_claims(self, uow: GatewayRepositories) -> ClaimRepository:
        return uow.payment_attempts

    async def _claim_due(self, uow: GatewayRepositories, now: datetime, claim_token: str) -> Sequence[PaymentAttempt]:
        gateways = {self._gateway.name}
        return await uow.payment_attempts.claim_due(gateways, now, claim_token, CALLS_AT_ONCE, CLAIM_LEASE)

    async def _advance(self, attempt: PaymentAttempt, claim_token: str) -> None:
        call = self._plan_call(attempt)
        if call is None:
            await self._apply_time(attempt, claim_token)
        else:
            await self._make_call(attempt, call, claim_token)

    def _plan_call(self, attempt: PaymentAttempt) -> GatewayCall | None:
        return self._machine.plan_call(attempt, self._dependencies.clock.now())

    async def _make_call(self, attempt: PaymentAttempt, call: GatewayCall, claim_token: str) -> PaymentAttempt:
        asked_at = self._dependencies.clock.now()
        answer = await self._ask_bank(attempt, call)
        # It is about the sale that was asked about, whichever the attempt has by now.
        answer = replace(answer, sale_number=answer.sale_number or attempt.sale_number)
        async with self._store.open_unit() as uow:
            if answer.sale_number is not None:
                await serialise_sale(uow, attempt.gateway, answer.sale_number)
            await uow.payment_attempts.release_claim(attempt.id, claim_token)
            return await self._store_answer(uow, attempt, call, answer, asked_at)

    async def _ask_bank(self, attempt: PaymentAttempt, call: GatewayCall) -> GatewayAnswer:
        match call:
            case GatewayCall.VERIFY:
                return await self._gateway.verify(attempt.sale)
            case GatewayCall.SETTLE:
                return await self._gateway.settle(attempt.sale)
            case GatewayCall.INQUIRE:
                return await self._gateway.inquire(attempt.sale)
            case GatewayCall.REVERSE:
                return await self._gateway.reverse(attempt.sale)

    async def _store_answer(
        self, uow: UnitOfWork, asked: PaymentAttempt, call: GatewayCall, answer: GatewayAnswer, asked_at: datetime
    ) -> PaymentAttempt:
        """Apply an answer to the current state of the attempt, which may have changed while the bank was asked."""
        attempt = await uow.payment_attempts.get(asked.id, lock=True)
        if _has_moved_on(asked, attempt) and answer.sale_state in _ONLY_TRUE_WHEN_ASKED:
            return attempt
        change = self._machine.apply_answer(attempt, answer, asked_at)
        if await is_foreign_sale(uow.payment_attempts, attempt, change.attempt.sale_number):
            change = self._machine.apply_sale_conflict(attempt, self._dependencies.clock.now())
        details = {"call": call.value, "answer": answer.sale_state.value if answer.sale_state else "none"}
        return await store_change(ActorContext(self._dependencies, uow, self._actor), change, details)

    async def _apply_time(self, planned: PaymentAttempt, claim_token: str) -> None:
        async with self._store.open_unit() as uow:
            await uow.payment_attempts.release_claim(planned.id, claim_token)
            attempt = await uow.payment_attempts.get(planned.id, lock=True)
            if not _has_moved_on(planned, attempt):
                change = self._machine.apply_time(attempt, self._dependencies.clock.now())
                await store_change(ActorContext(self._dependencies, uow, self._actor), change)


_ONLY_TRUE_WHEN_ASKED = frozenset({None, SaleState.UNPAID})
"""Answers that say nothing of an attempt that moved on meanwhile: the payer may have paid since."""


def _has_moved_on(asked: PaymentAttempt, attempt: PaymentAttempt) -> bool:
    """Tell whether something happened to an attempt since the bank was asked about it."""
    return (attempt.state, attempt.returned_at, attempt.sale_number) != (
        asked.state,
        asked.returned_at,
        asked.sale_number,
    )
