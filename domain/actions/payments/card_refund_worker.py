"""The worker of transfers back to cards: claims what is due, stores that it is sent, asks the bank, applies the answer.

The bank is asked for a transfer at most once between two of its words: that it is sent is committed before, and who
comes to it after a crash or a time-out inquires. Unlike an answer about a payment, one whose claim was lost meanwhile
is not applied: somebody else inquires, who hears the same.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from domain.actions.bills.subjects import lock_bill
from domain.actions.claims import ClaimRepository
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.card_refund_changes import store_refund_change
from domain.actions.payments.claims import CLAIM_LEASE
from domain.actions.payments.gateway_worker import GatewaysByName, GatewayWorker, run_workers
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.gateways.gateway import CardRefundAnswer
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptState
from domain.gateways.refund_machine import RefundMachine
from domain.repositories import GatewayRepositories
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import Conflict, NotAllowedNow, Unavailable
from domain.values.reasons import ConflictReason, NotAllowedReason, UnavailableReason

AnswerFollowUp = Callable[[UnitOfWork, RefundAttempt], Awaitable[RefundAttempt]]
"""Further work in the unit that stores a bank's answer."""

_MACHINE = RefundMachine()


async def send_due_refunds(dependencies: Dependencies, store: Store, gateways: GatewaysByName) -> int:
    """Advance every transfer back to a card that is due; return how many steps were made."""
    return await run_workers([CardRefundWorker(dependencies, store, gateway) for gateway in gateways.values()])


async def ask_about_refund(
    dependencies: Dependencies, store: Store, gateways: GatewaysByName, card_refund_id: int, actor: Actor
) -> RefundAttempt:
    """Ask the bank now what became of a transfer, for revenue and manager; the audit records who did.

    Errors: `Forbidden("attempt")`, `NotFound("card_refund")`, `NotAllowedNow("card_refund")` for one that has ended,
    `Conflict("card_refund")` while the bank is being asked, and `Unavailable("gateway")` where its gateway is not
    configured any more.
    """
    label = require_right(Right.ATTEMPTS_ASK, actor, "attempt").label
    async with store.open_unit() as uow:
        refund = await uow.card_refunds.get(card_refund_id)
        facts = {"gateway": refund.gateway, "order_number": refund.refund_number}
        await uow.audit.add_entry(dependencies.clock.now(), label, "card_refund_inquired", facts)
    gateway = gateways.get(refund.gateway)
    if gateway is None:
        raise Unavailable("gateway", UnavailableReason.GATEWAY_NOT_USED)
    return await CardRefundWorker(dependencies, store, gateway, actor).advance_now(card_refund_id)


class CardRefundWorker(GatewayWorker[RefundAttempt]):
    """Advances the transfers at one gateway, one after another."""

    row_label = "transfer {} to a card"

    async def advance_now(self, card_refund_id: int) -> RefundAttempt:
        """Advance one, whether it is due or not."""
        refund, claim_token = await self._claim_one(card_refund_id)
        async with self._keep_claims([refund], claim_token):
            return await self._advance(refund, claim_token)

    async def inquire_now(self, card_refund_id: int, follow_up: AnswerFollowUp) -> RefundAttempt:
        """Inquire one, and never ask for it, whatever its state; `follow_up` comes after the answer in the same unit,
        and not at all where the claim was lost meanwhile.
        """
        refund, claim_token = await self._claim_one(card_refund_id)
        async with self._keep_claims([refund], claim_token):
            return await self._inquire(refund, claim_token, follow_up)

    async def _claim_one(self, card_refund_id: int) -> tuple[RefundAttempt, str]:
        claim_token = self._dependencies.ids.new_token()
        async with self._store.open_unit() as uow:
            claimed = await uow.card_refunds.claim(card_refund_id, claim_token, CLAIM_LEASE)
            if claimed is None and not (await uow.card_refunds.get(card_refund_id)).state.is_open:
                raise NotAllowedNow("card_refund", NotAllowedReason.REFUND_ENDED)
        if claimed is None:
            raise Conflict("card_refund", ConflictReason.BANK_ASKED_NOW)
        return claimed, claim_token

    def _select_claims(self, uow: GatewayRepositories) -> ClaimRepository:
        return uow.card_refunds

    async def _claim_due(self, uow: GatewayRepositories, now: datetime, claim_token: str) -> Sequence[RefundAttempt]:
        claimed = await uow.card_refunds.claim_due(self._gateway.name, now, claim_token, CLAIM_LEASE)
        return [] if claimed is None else [claimed]

    async def _advance(self, refund: RefundAttempt, claim_token: str) -> RefundAttempt:
        """Ask for a transfer that is due, or about any other one."""
        if refund.state is not RefundAttemptState.DUE:
            return await self._inquire(refund, claim_token)
        sent = await self._store_sent(refund)
        asked_at = self._dependencies.clock.now()
        if sent.state is not RefundAttemptState.SENT or not _MACHINE.may_still_send(sent, asked_at):
            return sent
        answer = await self._gateway.refund(sent.card_refund)
        return await self._store_answer(sent, answer, asked_at, claim_token, is_request=True)

    async def _inquire(
        self, refund: RefundAttempt, claim_token: str, follow_up: AnswerFollowUp | None = None
    ) -> RefundAttempt:
        asked_at = self._dependencies.clock.now()
        answer = await self._gateway.inquire_refund(refund.card_refund)
        return await self._store_answer(refund, answer, asked_at, claim_token, is_request=False, follow_up=follow_up)

    async def _store_sent(self, claimed: RefundAttempt) -> RefundAttempt:
        """Commit that a transfer is sent; return one that others moved on as it was: there is nothing to ask for."""
        async with self._store.open_unit() as uow:
            refund = await uow.card_refunds.get(claimed.id, lock=True)
            if refund.revision != claimed.revision:
                return claimed
            change = _MACHINE.begin_sending(refund, self._dependencies.clock.now())
            return await store_refund_change(ActorContext(self._dependencies, uow, self._actor), change)

    async def _store_answer(
        self,
        asked: RefundAttempt,
        answer: CardRefundAnswer,
        asked_at: datetime,
        claim_token: str,
        *,
        is_request: bool,
        follow_up: AnswerFollowUp | None = None,
    ) -> RefundAttempt:
        """Apply an answer, unless the claim was lost; the bill is locked first, as everywhere."""
        async with self._store.open_unit() as uow:
            await lock_bill(uow, await uow.bills.get(asked.bill_row_id))
            is_held = await uow.card_refunds.release_claim(asked.id, claim_token)
            refund = await uow.card_refunds.get(asked.id, lock=True)
            if not is_held:
                return refund
            apply_to = _MACHINE.apply_request_answer if is_request else _MACHINE.apply_answer
            details = {
                "call": "refund" if is_request else "inquire_refund",
                "answer": answer.refund_state.value if answer.refund_state else "none",
            }
            change = apply_to(refund, answer, asked_at)
            answered = await store_refund_change(ActorContext(self._dependencies, uow, self._actor), change, details)
            return await follow_up(uow, answered) if follow_up else answered
