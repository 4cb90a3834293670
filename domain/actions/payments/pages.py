"""Pages of paying: the bills of a link with what became of them, and what is known of one attempt.

It shows what is stored and asks no bank: reloading a page changes nothing. Unknown tokens are counted
(`domain/actions/token_guessing.py`).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from domain.actions.bills.merged_bills import may_merge
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.links import PayableBills, load_payable_bills
from domain.actions.token_guessing import count_miss, refuse_guessing
from domain.bills.bill import BillState, Payment, PaymentOutcome, Refund
from domain.bills.merged_bill import MergedBill
from domain.bills.ports import BillRepository
from domain.gateways.attempt import AttemptState, PaymentAttempt
from domain.gateways.gateway import DeclineReason
from domain.gateways.ports import PaymentAttemptRepository
from domain.repositories import GatewayRepositories
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import NotFound
from domain.values.row_ids import HIGHEST_ID

_MISS_COUNTER = "payment_link"

View = TypeVar("View")


class PayableState(StrEnum):
    """The common state of a link's bills (`payments.status` in the texts)."""

    PAYABLE = "payable"
    """Something is to be paid, and nobody is paying it."""
    BEGUN = "begun"
    """Somebody left for a bank and has not come back, or was declined: it can be paid anew."""
    UNKNOWN = "unknown"
    """Whether an attempt was paid is not known; it can be paid anew, and what is too much goes back."""
    CLAIMED = "claimed"
    """An attempt is said to be paid; the bank is being asked, and nothing can be paid meanwhile."""
    PAID = "paid"
    REFUND = "refund"
    WAIVED = "waived"
    EXPIRED = "expired"
    VOID = "void"

    @property
    def may_pay_online(self) -> bool:
        """Whether an attempt may begin."""
        return self in {PayableState.PAYABLE, PayableState.BEGUN, PayableState.UNKNOWN}

    @property
    def is_payable(self) -> bool:
        """Whether something is still to be paid."""
        return self.may_pay_online or self is PayableState.CLAIMED


class AttemptOutcome(StrEnum):
    """Known outcome of an attempt, as its payer reads it (`payments.result` in the texts)."""

    SETTLED = "settled"
    SURPLUS = "surplus"
    """The money came, and the bill had been settled, or had ended, before: it goes back."""
    SUSPENSE = "suspense"
    """The money came, over another amount than the bills: the revenue unit places it."""
    REVERSED = "reversed"
    DECLINED = "declined"
    FAILED = "failed"
    UNKNOWN = "unknown"


_STATES_BY_BILL: Mapping[BillState, PayableState] = {
    BillState.PAID: PayableState.PAID,
    BillState.REFUND_DUE: PayableState.REFUND,
    BillState.REFUNDED: PayableState.REFUND,
    BillState.EXPIRED: PayableState.EXPIRED,
    BillState.WAIVED: PayableState.WAIVED,
    BillState.VOID: PayableState.VOID,
}
"""The state of a page where nothing is payable any more: the first that is true of a bill."""

_STATES_BY_ATTEMPT: Mapping[AttemptState, PayableState] = {
    AttemptState.RETURNED: PayableState.CLAIMED,
    AttemptState.VERIFIED: PayableState.CLAIMED,
    AttemptState.UNKNOWN: PayableState.UNKNOWN,
    AttemptState.CREATED: PayableState.BEGUN,
    AttemptState.SENT: PayableState.BEGUN,
    AttemptState.DECLINED: PayableState.BEGUN,
}
"""The state of a page where something is payable: the first that is true of an attempt."""

_OUTCOMES: Mapping[AttemptState, AttemptOutcome] = {
    AttemptState.REVERSED: AttemptOutcome.REVERSED,
    AttemptState.DECLINED: AttemptOutcome.DECLINED,
    AttemptState.FAILED: AttemptOutcome.FAILED,
}


@dataclass(frozen=True, slots=True)
class PaymentReceipt:
    """Receipt of one or several bills paid at once."""

    payment: Payment
    """Payment of the first of them; what is not its amount is the same for all."""
    attempt: PaymentAttempt | None
    """The attempt that brought it; None: it did not come by a gateway."""
    amount: int
    """Rials of all of them."""
    bill_count: int
    """Number of bills, of those that the link leads to."""


@dataclass(frozen=True, slots=True)
class PaymentPageView:
    """Page of a payment link."""

    payable: PayableBills
    """The link and its bills."""
    state: PayableState
    """Their common state."""
    receipts: tuple[PaymentReceipt, ...]
    """The payments that settled them, in the order of the bills; waived ones have none."""
    refunds_by_bill: Mapping[int, Sequence[Refund]]
    """Refunds due or sent, by the bill's row."""
    merged_bill: MergedBill | None
    """The pair of ids under which all that is open is paid at once; None: it was not merged."""
    came_back: bool = False
    """An earlier attempt came to nothing whose money the bank gave back, or gives back if it took any."""

    @property
    def may_merge(self) -> bool:
        """Whether what is open can be merged now."""
        is_payable = self.state is PayableState.PAYABLE
        return is_payable and self.merged_bill is None and may_merge(self.payable.open_bills)


@dataclass(frozen=True, slots=True)
class AttemptView:
    """State of an attempt, for whoever came back from it."""

    payable: PayableBills
    """The link whose bills it pays."""
    attempt: PaymentAttempt
    """The attempt."""
    outcome: AttemptOutcome
    """Outcome shown to its payer."""
    reason: DeclineReason | None
    """Reason why the bank did not take the money; None: not said."""


async def view_payment_page(
    dependencies: Dependencies, store: Store, token: str, source_address: str
) -> PaymentPageView:
    """Return what a link's page shows; `NotFound("payment_link")`, `TooManyRequests("token")` for whoever guesses."""

    async def read_view(uow: GatewayRepositories, payable: PayableBills) -> PaymentPageView:
        refunds_by_bill = {bill.id: await uow.bills.list_refunds(bill.id) for bill in payable.bills}
        receipts = await _list_receipts(uow, payable)
        merged_bill = await uow.merged_bills.find_of_parts([bill.id for bill in payable.open_bills])
        state, came_back = (
            await _find_state(uow.payment_attempts, payable),
            await _has_come_back(uow.payment_attempts, payable),
        )
        return PaymentPageView(payable, state, receipts, refunds_by_bill, merged_bill, came_back)

    return await _look_up(dependencies, store, token, source_address, read_view)


async def view_attempt(
    dependencies: Dependencies, store: Store, token: str, attempt_id: int, source_address: str
) -> AttemptView:
    """Return what is known of an attempt at bills of a link; errors as above, and `NotFound("attempt")` where the link
    is not one of its bills.
    """

    async def read_view(uow: GatewayRepositories, payable: PayableBills) -> AttemptView:
        if attempt_id > HIGHEST_ID:
            raise NotFound("attempt")
        attempt = await uow.payment_attempts.get(attempt_id)
        if not {share.bill_row_id for share in attempt.shares} <= set(payable.link.bill_row_ids):
            raise NotFound("attempt")
        outcome = await _find_outcome(uow.bills, attempt)
        reason = await _find_reason(uow.payment_attempts, attempt) if outcome is AttemptOutcome.DECLINED else None
        return AttemptView(payable, attempt, outcome, reason)

    return await _look_up(dependencies, store, token, source_address, read_view)


async def find_link_token(store: Store, attempt: PaymentAttempt) -> str | None:
    """Return the token of the smallest link that leads to all bills of an attempt; None where there is none."""
    bill_row_ids = {share.bill_row_id for share in attempt.shares}
    async with store.open_unit(write=False) as uow:
        links = await uow.payment_links.list_of_bills(sorted(bill_row_ids))
    fitting_links = [link for link in links if bill_row_ids <= set(link.bill_row_ids)]
    smallest = min(fitting_links, key=lambda link: len(link.bill_row_ids), default=None)
    return smallest.token if smallest else None


async def _look_up(
    dependencies: Dependencies,
    store: Store,
    token: str,
    source_address: str,
    read_view: Callable[[UnitOfWork, PayableBills], Awaitable[View]],
) -> View:
    async with store.open_unit(write=False) as uow:
        context = ActionContext(dependencies, uow)
        try:
            payable = await load_payable_bills(context, token)
        except NotFound:
            await refuse_guessing(context, _MISS_COUNTER, source_address)
        else:
            return await read_view(uow, payable)
    await count_miss(dependencies, store, _MISS_COUNTER, source_address)
    raise NotFound("payment_link")


async def _find_state(payment_attempts: PaymentAttemptRepository, payable: PayableBills) -> PayableState:
    if not payable.open_bills:
        bill_states = {bill.state for bill in payable.bills}
        return next(state for bill_state, state in _STATES_BY_BILL.items() if bill_state in bill_states)
    attempts = [attempt for bill in payable.open_bills for attempt in await payment_attempts.list_of_bill(bill.id)]
    attempt_states = {attempt.state for attempt in attempts}
    return next(
        (state for attempt_state, state in _STATES_BY_ATTEMPT.items() if attempt_state in attempt_states),
        PayableState.PAYABLE,
    )


async def _has_come_back(payment_attempts: PaymentAttemptRepository, payable: PayableBills) -> bool:
    """Return whether the last attempt at a bill that is still open was given back, or left by a payer who was at the
    bank.
    """
    for bill in payable.open_bills:
        for attempt in (await payment_attempts.list_of_bill(bill.id))[-1:]:
            was_left = attempt.state is AttemptState.FAILED and attempt.returned_at is None and bool(attempt.reference)
            if was_left or attempt.state is AttemptState.REVERSED:
                return True
    return False


async def _list_receipts(uow: GatewayRepositories, payable: PayableBills) -> tuple[PaymentReceipt, ...]:
    """Return the payments of a link's bills; what one attempt, or one pair of ids, paid is one receipt."""
    payments_by_origin: dict[int, list[Payment]] = {}
    for bill in payable.bills:
        for payment in await uow.bills.list_payments(bill.id):
            if payment.is_recorded and payment.outcome is PaymentOutcome.SETTLED:
                payments_by_origin.setdefault(_find_origin(payment), []).append(payment)
    return tuple([await _build_receipt(uow.payment_attempts, payments) for payments in payments_by_origin.values()])


def _find_origin(payment: Payment) -> int:
    return payment.attempt_id or payment.merged_bill_id or payment.id


async def _build_receipt(payment_attempts: PaymentAttemptRepository, payments: Sequence[Payment]) -> PaymentReceipt:
    first_payment, amount = payments[0], sum(payment.amount for payment in payments)
    attempt = await payment_attempts.get(first_payment.attempt_id) if first_payment.attempt_id else None
    return PaymentReceipt(first_payment, attempt, amount, len(payments))


async def _find_outcome(bills: BillRepository, attempt: PaymentAttempt) -> AttemptOutcome:
    if attempt.state is not AttemptState.SETTLED:
        return _OUTCOMES.get(attempt.state, AttemptOutcome.UNKNOWN)
    if attempt.has_wrong_amount:
        return AttemptOutcome.SUSPENSE
    payments = [payment for share in attempt.shares for payment in await bills.list_payments(share.bill_row_id)]
    is_surplus = any(
        payment.attempt_id == attempt.id and payment.outcome is PaymentOutcome.SURPLUS for payment in payments
    )
    return AttemptOutcome.SURPLUS if is_surplus else AttemptOutcome.SETTLED


async def _find_reason(payment_attempts: PaymentAttemptRepository, attempt: PaymentAttempt) -> DeclineReason | None:
    """Return why it was declined last, as its history records it."""
    reasons = [event.details.get("reason") for event in await payment_attempts.list_events(attempt.id)]
    last_reason = next((reason for reason in reversed(reasons) if reason), None)
    return DeclineReason(last_reason) if last_reason in set(DeclineReason) else None
