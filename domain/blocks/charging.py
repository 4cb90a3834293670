"""Guards and effects about money, for any service that charges: issue, expire, void, waive, refund, supplement.

The amount comes from the `QUOTE` that a pricing effect of the service has kept. Zero makes no bill.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from domain.bills.bill import Bill, BillKind, BillState, Refund, RefundState
from domain.bills.ports import BillRepository
from domain.blocks.billing import BillingContext, ChargedSubject, create_bill
from domain.fields.stored import StoredFields, stored_moment
from domain.gateways.attempt import AttemptState
from domain.gateways.ports import PaymentAttemptRepository
from domain.language.service import Effect, Guard, MomentReckoner, StepContext
from domain.language.step_before import StepBefore
from domain.language.stored_quote import QUOTE
from domain.requests.request import ServiceRequest
from domain.settings.policy import Policy
from domain.tariffs.tariff import Quantity, Quote, compute_quote
from domain.values.calendar import TEHRAN_ZONE, tehran_moment, to_tehran
from domain.values.errors import DomainError, MissingField, NotAllowedNow, PaymentUnknown
from domain.values.reasons import MissingReason, NotAllowedReason, PaymentReason

REQUEST_SUBJECT = "request"

LEAST_TIME_TO_PAY = timedelta(hours=2)
"""A bill that would arrive with less left until its deadline is not sent: its payer is told so, and the unit."""

PAYMENT_DEADLINE = stored_moment("payment_deadline")
"""Until when the bill is to be paid."""

PAYMENT_LIMIT = stored_moment("payment_limit")
"""Until when its service takes money for the request at all (`IssueBill.reckon_limit`)."""

BILL_FACTS = frozenset({"amount", "bill_id", "payment_id", "deadline"})
"""The facts that messages get of a bill (`issue_request_bill`, `actions.messages.notify.payable_bill_facts`)."""


async def list_request_bills(bills: BillRepository, request: ServiceRequest) -> list[Bill]:
    """Return the request's bills, oldest first."""
    return await bills.list_of_subject(REQUEST_SUBJECT, request.id)


def compute_telling_moment(context: StepContext) -> datetime:
    """Return when the text of a bill that is made now may leave."""
    return context.calendar.next_sending_time(context.now, skip_holidays=False)


def compute_payment_deadline(context: StepContext) -> datetime:
    """Return the end of the last day on which the citizen may pay for this request, counted from when they can know of
    it: what is billed in quiet hours is told at their end.
    """
    return request_payment_deadline(context.request, compute_telling_moment(context), context.policy)


def payment_deadline_from(now: datetime, policy: Policy) -> datetime:
    """Return the deadline of a bill that is made now: midnight, Tehran, `payment_days` from today."""
    return tehran_moment(now.astimezone(TEHRAN_ZONE).date() + timedelta(days=policy.payment_days + 1), time(0))


def request_payment_deadline(request: ServiceRequest, now: datetime, policy: Policy) -> datetime:
    """Return the deadline of a request's bill that is made, or opened again, now: the municipality's, or the service's
    own limit where that comes first. One that is past already, when a bill is opened again, bounds nothing any more.
    """
    deadline = payment_deadline_from(now, policy)
    payment_limit = PAYMENT_LIMIT.find(request)
    return payment_limit if payment_limit and now < payment_limit < deadline else deadline


def compute_payment_expiry(context: StepContext) -> datetime:
    """Return when an unpaid bill expires: its deadline and the settlement lag of the banks behind it."""
    return context.calendar.add_banking_days(_read_payment_deadline(context), context.policy.settlement_banking_days)


def payment_due_at(context: StepContext) -> datetime:
    """Return the moment that a payment reminder is planned before."""
    return _read_payment_deadline(context)


def _read_payment_deadline(context: StepContext) -> datetime:
    return PAYMENT_DEADLINE.find(context.request) or compute_payment_deadline(context)


async def issue_request_bill(
    context: StepContext, amount: int, bill_kind: BillKind, explanation: dict[str, object]
) -> Bill:
    """Store a bill of the request over `amount` rials with fresh Iranian ids, and put its ids among the facts."""
    deadline = compute_payment_deadline(context)
    billing_context, subject = (
        BillingContext(context.ids, context.policy, context.now),
        ChargedSubject(REQUEST_SUBJECT, context.request.id, context.request.service),
    )
    bill = await create_bill(context.uow.bills, billing_context, subject, amount, bill_kind, explanation, deadline)
    PAYMENT_DEADLINE.write(context.request, deadline)
    context.facts |= {"amount": amount, "bill_id": bill.bill_id, "payment_id": bill.payment_id, "deadline": deadline}
    context.history_facts |= {"bill_id": bill.bill_id, "amount": amount}
    return bill


_HELD_UNTIL = "held_until"
_PAYER_IS_AWAY = frozenset({AttemptState.CREATED, AttemptState.SENT, AttemptState.DECLINED})
"""Condition that the payer has left for the bank, and nobody says that anything was paid."""


@dataclass(frozen=True, slots=True)
class NoPaymentUnresolved(Guard):
    """No bill is in the middle of a payment whose outcome the bank has not reported."""

    is_foreseeable: ClassVar[bool] = True

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look for bills in state paying; until when that is known goes to the refusal."""
        paying_bills = [
            bill
            for bill in await list_request_bills(context.uow.bills, context.request)
            if bill.state is BillState.PAYING
        ]
        if paying_bills and (until := await _find_end_of_waiting(context.uow.payment_attempts, paying_bills)):
            context.facts[_HELD_UNTIL] = until
        return not paying_bills

    def build_refusal(self, context: StepContext) -> DomainError:
        """Report that a payment is under way, and until when it is known what came of it."""
        if until := context.facts.pop(_HELD_UNTIL, None):
            return PaymentUnknown("bill_id", PaymentReason.PAYER_AT_BANK, until=until)
        return PaymentUnknown("bill_id")


async def _find_end_of_waiting(payment_attempts: PaymentAttemptRepository, bills: Sequence[Bill]) -> datetime | None:
    """Return when nothing more can come of the payments that were begun for bills; None while a payer or the bank says
    that one of them was paid.
    """
    attempts = [
        attempt for bill in bills for attempt in await payment_attempts.list_of_bill(bill.id) if attempt.state.is_open
    ]
    if not attempts or any(attempt.state not in _PAYER_IS_AWAY for attempt in attempts):
        return None
    return max(max(attempt.session_ends_at, attempt.next_step_at or attempt.session_ends_at) for attempt in attempts)


@dataclass(frozen=True, slots=True)
class IssueBill(Effect):
    """Bill the quoted amount."""

    is_undoable: ClassVar[bool] = True
    undo_guards: ClassVar[tuple[Guard, ...]] = (NoPaymentUnresolved(),)
    required_data: ClassVar[StoredFields] = (QUOTE,)
    issues_bill: ClassVar[bool] = True
    stores: ClassVar[StoredFields] = (PAYMENT_DEADLINE,)
    may_store = (PAYMENT_LIMIT,)
    reckon_limit: MomentReckoner | None = None
    """Reckons until when money is taken for the request at all, where its service has such a limit (the day on which
    begins what is paid for); the bill's deadline is then no later. None: the municipality's deadline alone.
    """

    async def apply_effect(self, context: StepContext) -> None:
        """Issue the main bill from the stored quote; `NotAllowedNow("action")` once the service's own limit is past, or
        will be before the citizen can know of the bill.
        """
        if payment_limit := self.reckon_limit(context) if self.reckon_limit else None:
            if payment_limit <= compute_telling_moment(context):
                raise NotAllowedNow("action", NotAllowedReason.TOO_LATE_TO_PAY)
            PAYMENT_LIMIT.write(context.request, payment_limit)
        quote = QUOTE.read(context.request)
        await issue_request_bill(context, quote.total, BillKind.MAIN, quote.as_json())

    async def undo(self, context: StepContext, before: StepBefore) -> dict[str, Any]:
        """Void the bill that the step made, while it can still be paid."""
        facts = {}
        for bill in await list_new_bills(context, before):
            bill.state, bill.settled_at = BillState.VOID, context.now
            await context.uow.bills.save(bill)
            facts["bill_id"] = bill.bill_id
        return facts


async def list_new_bills(context: StepContext, before: StepBefore) -> list[Bill]:
    """Return the bills that the step made and that can still be paid."""
    bills = await list_request_bills(context.uow.bills, context.request)
    return [bill for bill in bills if bill.created_at >= before.at and bill.state.is_payable]


@dataclass(frozen=True, slots=True)
class HasCharge(Guard):
    """Whether the quote asks for money at all."""

    required_data: ClassVar[StoredFields] = (QUOTE,)
    decided_question: ClassVar[tuple[str, bool] | None] = ("charge", True)

    async def is_satisfied(self, context: StepContext) -> bool:
        """Return whether the quoted total is above zero."""
        return QUOTE.read(context.request).total > 0


@dataclass(frozen=True, slots=True)
class FreeOfCharge(Guard):
    """Whether the quote came to nothing: no bill is made."""

    required_data: ClassVar[StoredFields] = (QUOTE,)
    decided_question: ClassVar[tuple[str, bool] | None] = ("charge", False)

    async def is_satisfied(self, context: StepContext) -> bool:
        """Return whether the quoted total is zero."""
        return QUOTE.read(context.request).total == 0


@dataclass(frozen=True, slots=True)
class BillsSettled(Guard):
    """Every bill of the request is paid or waived, if there are any.

    Void ones do not count: one may have been made again and paid. Where all are void nothing was paid, and it fails.
    """

    is_foreseeable: ClassVar[bool] = True

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at the bills."""
        bills = await list_request_bills(context.uow.bills, context.request)
        valid_bills = [bill for bill in bills if bill.state is not BillState.VOID]
        return all(bill.state.is_settled for bill in valid_bills) and bool(valid_bills or not bills)

    def build_refusal(self, context: StepContext) -> DomainError:
        """Report that a bill is not paid."""
        return NotAllowedNow("action", NotAllowedReason.BILL_OPEN)


@dataclass(frozen=True, slots=True)
class CloseOpenBills(Effect):
    """Bring bills that are still payable to `state` (expired or void)."""

    voids_bills: ClassVar[bool] = True
    state: BillState

    async def apply_effect(self, context: StepContext) -> None:
        """Close them; a waiver keeps its reason."""
        for bill in await list_request_bills(context.uow.bills, context.request):
            if bill.state.is_payable:
                bill.state, bill.settled_at = self.state, context.now
                bill.note = context.inputs.get("reason")
                await context.uow.bills.save(bill)


@dataclass(frozen=True, slots=True)
class WaiveBills(CloseOpenBills):
    """Let the citizen off what is still to be paid."""

    voids_bills: ClassVar[bool] = False
    settles_bills: ClassVar[bool] = True
    state: BillState = BillState.WAIVED


@dataclass(frozen=True, slots=True)
class PaymentReceived(Guard):
    """Whether something was paid that a cancellation must give back."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look for paid bills; waived ones, and requests free of charge, give nothing back."""
        return any(
            bill.state is BillState.PAID for bill in await list_request_bills(context.uow.bills, context.request)
        )


@dataclass(frozen=True, slots=True)
class RefundAll(Effect):
    """Everything that was paid is due back (a cancellation after payment)."""

    refunds_payments: ClassVar[bool] = True
    provides: ClassVar[frozenset[str]] = frozenset({"refund"})

    async def apply_effect(self, context: StepContext) -> None:
        """Make a refund for each paid bill; the citizen is notified of all that is due, also of what came twice
        before.
        """
        bills = await list_request_bills(context.uow.bills, context.request)
        for bill in bills:
            if bill.state is BillState.PAID:
                await add_due_refund(context, bill, bill.amount, "cancelled")
        all_refunds = [refund_entry for bill in bills for refund_entry in await context.uow.bills.list_refunds(bill.id)]
        context.facts["refund"] = sum(
            refund_entry.amount for refund_entry in all_refunds if refund_entry.state is RefundState.DUE
        )


async def add_due_refund(context: StepContext, bill: Bill, amount: int, reason: str) -> None:
    """Note that `amount` rials of a paid bill are due back, and add that to the facts."""
    new_refund = Refund(
        context.ids.new_id(), bill.id, amount, reason, RefundState.DUE, context.now, bill_was=bill.state
    )
    await context.uow.bills.add_refund(new_refund)
    bill.state = BillState.REFUND_DUE
    await context.uow.bills.save(bill)
    context.facts["refund"] = context.facts.get("refund", 0) + amount
    context.history_facts["refund"] = context.facts["refund"]


async def store_quote(context: StepContext, quantities: Sequence[Quantity]) -> None:
    """Quote quantities by the prices of the request's service in force today, and keep the explained quote.

    `NotFound("tariff")` when revenue has set no price, `InvalidField("units")` for a quantity that no quote can hold.
    """
    tariff_rows = await context.uow.tariffs.list_of_service(context.request.service)
    today, policy = to_tehran(context.now).date(), context.policy
    new_quote = compute_quote(tariff_rows, quantities, today, step=policy.rounding_step, mode=policy.rounding_mode)
    QUOTE.write(context.request, new_quote)


def requote_units(context: StepContext, units_by_line: list[float]) -> tuple[Quote, Quote]:
    """Return the stored quote, and the same prices for other units (one a line)."""
    old_quote = QUOTE.read(context.request)
    return old_quote, old_quote.with_units(units_by_line)


@dataclass(frozen=True, slots=True)
class OverridePrice(Effect):
    """Replace the computed total by the amount that the revenue unit gave, which needs a reason."""

    is_undoable: ClassVar[bool] = True
    required_data: ClassVar[StoredFields] = (QUOTE,)
    override_input: ClassVar[str | None] = "amount"
    stores: ClassVar[StoredFields] = (QUOTE,)

    async def apply_effect(self, context: StepContext) -> None:
        """Keep amount and reason in the quote; the bill refuses an amount that no payment id can carry.

        `MissingField("reason")` for an amount without one.
        """
        amount, reason = context.inputs.get("amount"), context.inputs.get("reason")
        if amount is None:
            return
        if not reason:
            raise MissingField("reason", MissingReason.OVERRIDE_NEEDS_REASON)
        QUOTE.write(context.request, replace(QUOTE.read(context.request), override=amount, reason=reason))
