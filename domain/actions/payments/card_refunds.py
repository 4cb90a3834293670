"""Money that is due back goes to the card that paid, where the gateway that it came by can send it there.

The staff decide, by the rules of refunds to IBANs (`domain/actions/bills/refunds.py`): a second person above the limit
and for money that the same hand recorded. What they decided is stored with a number of its own, and sent by a job
(`card_refund_worker.py`). Meanwhile its refunds are due, and are sent no other way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.actions.bills.refunds import (
    needs_second_person,
    refuse_nothing_due,
    refuse_other_amount,
    refuse_unapproved,
    store_approval,
)
from domain.actions.bills.subjects import lock_bill
from domain.actions.context import ActionContext, ActorContext
from domain.actions.payments.attempt_changes import PaymentRepositories
from domain.actions.payments.card_refund_changes import add_refund_event
from domain.actions.payments.order_numbers import draw_order_number
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.bills.bill import Bill, Payment, PaymentOutcome, Refund, RefundState, RefundTarget
from domain.gateways.attempt import AttemptState, PaymentAttempt
from domain.gateways.capabilities import RefundScope
from domain.gateways.gateway import PaymentGateway
from domain.gateways.refund_attempt import RefundAttempt, RefundChange, get_refundable_amount
from domain.repositories import GatewayRepositories
from domain.values import bill_ids
from domain.values.errors import NotAllowedNow
from domain.values.reasons import NotAllowedReason


@dataclass(frozen=True, slots=True)
class CardTransfer:
    """Transfer that can go back to one card: refunds of a bill whose money one sale brought."""

    attempt: PaymentAttempt
    """The attempt to pay with that sale."""
    refunds: tuple[Refund, ...]
    """Refunds due, each whole."""

    @property
    def amount(self) -> int:
        """Rials that go back."""
        return sum(refund.amount for refund in self.refunds)


@dataclass(frozen=True, slots=True)
class _LockedRefunds:
    """A locked bill with what is due on it."""

    bill: Bill
    payments: Sequence[Payment]
    refunds: Sequence[Refund]
    transfers: Sequence[CardTransfer]

    @property
    def sendable_refunds(self) -> list[Refund]:
        """Amount that can go to cards."""
        return [refund for transfer in self.transfers for refund in transfer.refunds]


def list_refunding_gateways(gateways: Mapping[str, PaymentGateway]) -> frozenset[str]:
    """Return the gateways that send money of settled sales back to the paying card (`Dependencies`)."""
    return frozenset(name for name, gateway in gateways.items() if gateway.capabilities.refund is RefundScope.PARTIAL)


async def plan_card_transfers(
    context: ActionContext[GatewayRepositories], payments: Sequence[Payment], refunds: Sequence[Refund]
) -> list[CardTransfer]:
    """Return how what is due back on a bill with these payments can go to the cards that paid; none where it cannot.

    Never more than what is left of a sale: what is on its way counts as gone, and a discount of the bank's, which the
    payer did not pay, does not go to the card.
    """
    refunds_by_attempt: dict[int, list[Refund]] = {}
    for payment, refund in _match_refunds(payments, refunds):
        if (
            payment.attempt_id is not None
            and payment.gateway in context.dependencies.card_refund_gateways
            and refund.is_free
        ):
            refunds_by_attempt.setdefault(payment.attempt_id, []).append(refund)
    planned = [
        await _fit_into_sale(context.uow, attempt_id, sale_refunds)
        for attempt_id, sale_refunds in refunds_by_attempt.items()
    ]
    return [transfer for transfer in planned if transfer.refunds]


def _match_refunds(payments: Sequence[Payment], refunds: Sequence[Refund]) -> Iterator[tuple[Payment, Refund]]:
    """Yield each refund with the payment whose money it gives back.

    What was charged came by the payment that settled the bill. Each surplus has a refund over the same amount: which
    one is whose is a convention, for all of a bill are alike.
    """
    recorded = [payment for payment in payments if payment.is_recorded]
    settling = [payment for payment in recorded if payment.outcome is PaymentOutcome.SETTLED]
    surplus = [payment for payment in recorded if payment.outcome is PaymentOutcome.SURPLUS]
    valid_refunds = [refund for refund in refunds if refund.state is not RefundState.CANCELLED]
    for refund in valid_refunds:
        if not refund.is_of_surplus and settling:
            yield settling[0], refund
    yield from zip(surplus, (refund for refund in valid_refunds if refund.is_of_surplus), strict=False)


async def list_discounted_sales(
    context: ActionContext[GatewayRepositories], payments: Sequence[Payment]
) -> list[PaymentAttempt]:
    """Return the attempts of these payments whose cards paid less than their amount, and can be paid back."""
    attempt_ids = {
        payment.attempt_id
        for payment in payments
        if payment.attempt_id is not None and payment.gateway in context.dependencies.card_refund_gateways
    }
    attempts = [await context.uow.payment_attempts.get(attempt_id) for attempt_id in sorted(attempt_ids)]
    return [attempt for attempt in attempts if attempt.card_amount < attempt.amount]


async def _fit_into_sale(uow: GatewayRepositories, attempt_id: int, refunds: Sequence[Refund]) -> CardTransfer:
    """Return the refunds that fit into what is left of a sale."""
    attempt = await uow.payment_attempts.get(attempt_id)
    if attempt.state is not AttemptState.SETTLED:
        return CardTransfer(attempt, ())
    earlier_refunds = await uow.card_refunds.list_of_sale(attempt_id)
    left_amount, fitting = get_refundable_amount(attempt.card_amount, earlier_refunds), []
    for refund in refunds:
        if refund.amount <= left_amount:
            left_amount -= refund.amount
            fitting.append(refund)
    return CardTransfer(attempt, tuple(fitting))


async def send_to_card(
    context: ActorContext[PaymentRepositories], bill_id: str, amount: int | None = None
) -> list[RefundAttempt]:
    """Have what is due back on a bill sent to the cards that paid it, one attempt a sale; a job does it afterwards.

    What of it came in another way stays due. `amount` (rials) is what goes to cards, where that is stated
    (`AmountMismatch`). Other errors: `Forbidden`, `InvalidField("bill_id")`, `BillNotFound`, `AlreadyDone` once
    everything went back, `NotAllowedNow` where nothing is due, no card can be paid (`no_card`), all is on its way, or a
    second person has to approve first, and `InvalidField("iban")` where that one named an IBAN.
    """
    context = context.acting_as(require_right(Right.REFUNDS_PAY, context.actor, "refund"))
    locked = await _lock_refunds(context, bill_id)
    refuse_other_amount(locked.sendable_refunds, amount)
    if needs_second_person(context.dependencies.policy, locked.payments, locked.refunds, context.actor):
        refuse_unapproved(locked.sendable_refunds, RefundTarget(), context.actor)
    begun = [await _begin_transfer(context, locked.bill, transfer) for transfer in locked.transfers]
    facts = {"bill_id": locked.bill.bill_id, "refund": sum(refund.amount for refund in begun)}
    now = context.dependencies.clock.now()
    await context.uow.audit.add_entry(
        now, context.actor.label, "card_refund_requested", facts | RefundTarget().audit_facts
    )
    return begun


async def approve_card_refund(context: ActorContext[PaymentRepositories], bill_id: str, amount: int) -> Bill:
    """Agree, as a second person, that what is due back on a bill and can go to cards (`amount` rials) does.

    Errors as `approve_refund`, and `NotAllowedNow` where no card can be paid.
    """
    context = context.acting_as(require_right(Right.REFUNDS_APPROVE, context.actor, "refund"))
    locked = await _lock_refunds(context, bill_id)
    refuse_other_amount(locked.sendable_refunds, amount)
    await store_approval(context, locked.bill, locked.sendable_refunds, RefundTarget())
    return locked.bill


async def _lock_refunds(context: ActionContext[PaymentRepositories], bill_id: str) -> _LockedRefunds:
    """Lock a bill, then the sales that it was paid by: several bills may have been paid by one."""
    bill = await lock_bill(context.uow, await context.uow.bills.get_by_bill_id(bill_ids.parse_bill_id(bill_id)))
    payments, refunds = await context.uow.bills.list_payments(bill.id), await context.uow.bills.list_refunds(bill.id)
    for attempt_id in sorted({payment.attempt_id for payment in payments if payment.attempt_id is not None}):
        await context.uow.serialise(f"card-refund:{attempt_id}")
    transfers = await plan_card_transfers(context, payments, refunds)
    if not transfers:
        is_due = any(refund.is_free for refund in refunds)
        raise NotAllowedNow("bill_id", NotAllowedReason.NO_CARD) if is_due else refuse_nothing_due(refunds)
    return _LockedRefunds(bill, payments, refunds, transfers)


async def _begin_transfer(
    context: ActorContext[GatewayRepositories], bill: Bill, transfer: CardTransfer
) -> RefundAttempt:
    now, attempt = context.dependencies.clock.now(), transfer.attempt
    begun = RefundAttempt(
        id=context.dependencies.ids.new_id(),
        gateway=attempt.gateway,
        refund_number=await draw_order_number(context, attempt.gateway, now),
        attempt_id=attempt.id,
        sale=attempt.sale,
        bill_row_id=bill.id,
        amount=transfer.amount,
        requested_by=context.actor.label,
        created_at=now,
        next_step_at=now,
    )
    await context.uow.card_refunds.add(begun)
    await add_refund_event(context, RefundChange(begun, "requested"))
    for refund in transfer.refunds:
        refund.card_refund_id, refund.to_card, refund.iban = begun.id, True, None
        await context.uow.bills.save_refund(refund)
    return begun
