"""Guards and effects about money, for any service that charges: issue, expire, void, waive, refund, supplement.

The amount comes from `request.data["quote"]`, which a pricing effect of the service has put there. Zero makes no bill.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import ClassVar

from domain.bills.bill import Bill, BillKind, BillState, Refund, RefundState
from domain.blocks.billing import BillingContext, Subject, make_bill
from domain.language.service import Context, Effect, Guard
from domain.requests.request import ServiceRequest
from domain.settings.policy import Policy
from domain.tariffs.tariff import Quote
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import TEHRAN, tehran
from domain.values.errors import DomainError, MissingField, NotAllowedNow, PaymentUnknown

SUBJECT = "request"

BILL_FACTS = frozenset({"amount", "bill_id", "payment_id", "deadline"})
"""What messages are told of a bill (`issue`, `actions.notify.bill_facts`)."""


async def bills_of(uow: UnitOfWork, request: ServiceRequest) -> list[Bill]:
    """Return the request's bills, oldest first."""
    return await uow.bills.of_subject(SUBJECT, request.id)


def payment_deadline(ctx: Context) -> datetime:
    """Return the end of the last day on which the citizen may pay: midnight, Tehran, `payment_days` from today."""
    return last_moment_to_pay(ctx.now, ctx.policy)


def last_moment_to_pay(now: datetime, policy: Policy) -> datetime:
    """Return the deadline of a bill that is made, or opened again, now."""
    return tehran(now.astimezone(TEHRAN).date() + timedelta(days=policy.payment_days + 1), time(0))


def payment_gives_up(ctx: Context) -> datetime:
    """Return when an unpaid bill expires: its deadline and the settlement lag of the banks behind it."""
    return _stored_deadline(ctx) + ctx.policy.settlement_lag


def payment_last_day(ctx: Context) -> datetime:
    """Return the moment that a payment reminder is planned before."""
    return _stored_deadline(ctx)


def _stored_deadline(ctx: Context) -> datetime:
    stored = ctx.request.data.get("payment_deadline")
    return datetime.fromisoformat(stored) if stored else payment_deadline(ctx)


async def issue(ctx: Context, amount: int, kind: BillKind, explanation: dict[str, object]) -> Bill:
    """Store a bill of the request over `amount` rials with fresh Iranian ids, and put its ids among the facts."""
    deadline = payment_deadline(ctx)
    till, subject = BillingContext(ctx.ids, ctx.policy, ctx.now), Subject(SUBJECT, ctx.request.id)
    bill = await make_bill(ctx.uow, till, subject, amount, kind, explanation, deadline)
    ctx.request.data["payment_deadline"] = deadline.isoformat()
    ctx.facts |= {"amount": amount, "bill_id": bill.bill_id, "payment_id": bill.payment_id, "deadline": deadline}
    ctx.record |= {"bill_id": bill.bill_id, "amount": amount}
    return bill


@dataclass(frozen=True, slots=True)
class IssueBill(Effect):
    """Bill the quoted amount."""

    issues_bill: ClassVar[bool] = True

    async def apply(self, ctx: Context) -> None:
        """Issue the main bill from the stored quote."""
        quote = ctx.request.data["quote"]
        await issue(ctx, quote["total"], BillKind.MAIN, quote)


@dataclass(frozen=True, slots=True)
class HasCharge(Guard):
    """Whether the quote asks for money at all."""

    decides: ClassVar[tuple[str, bool] | None] = ("charge", True)

    async def holds(self, ctx: Context) -> bool:
        """Tell whether the quoted total is above zero."""
        return bool(ctx.request.data["quote"]["total"] > 0)


@dataclass(frozen=True, slots=True)
class FreeOfCharge(Guard):
    """Whether the quote came to nothing: no bill is made."""

    requires_free: ClassVar[bool] = True
    decides: ClassVar[tuple[str, bool] | None] = ("charge", False)

    async def holds(self, ctx: Context) -> bool:
        """Tell whether the quoted total is zero."""
        return bool(ctx.request.data["quote"]["total"] == 0)


@dataclass(frozen=True, slots=True)
class BillsSettled(Guard):
    """Every bill of the request is paid or waived, if there are any.

    Void ones do not count: one may have been made anew and paid. Where all are void nothing was paid, and it fails.
    """

    foreseeable: ClassVar[bool] = True
    requires_settled: ClassVar[bool] = True

    async def holds(self, ctx: Context) -> bool:
        """Look at the bills."""
        bills = await bills_of(ctx.uow, ctx.request)
        valid = [bill for bill in bills if bill.state is not BillState.VOID]
        return all(bill.state.settled for bill in valid) and bool(valid or not bills)

    def refusal(self, ctx: Context) -> DomainError:
        """Say that a bill is not paid."""
        return NotAllowedNow("action", detail="bill_open")


@dataclass(frozen=True, slots=True)
class NoPaymentUnresolved(Guard):
    """No bill is in the middle of a payment whose outcome the bank has not told."""

    foreseeable: ClassVar[bool] = True

    async def holds(self, ctx: Context) -> bool:
        """Look for bills in state paying."""
        return all(bill.state is not BillState.PAYING for bill in await bills_of(ctx.uow, ctx.request))

    def refusal(self, ctx: Context) -> DomainError:
        """Say that a payment is under way."""
        return PaymentUnknown("bill_id")


@dataclass(frozen=True, slots=True)
class CloseOpenBills(Effect):
    """Bring bills that are still payable to `state` (expired or void)."""

    voids: ClassVar[bool] = True
    state: BillState

    async def apply(self, ctx: Context) -> None:
        """Close them; a waiver keeps its reason."""
        for bill in await bills_of(ctx.uow, ctx.request):
            if bill.state.payable:
                bill.state, bill.settled_at = self.state, ctx.now
                bill.note = ctx.inputs.get("reason")
                await ctx.uow.bills.save(bill)


@dataclass(frozen=True, slots=True)
class WaiveBills(CloseOpenBills):
    """Let the citizen off what is still to be paid."""

    voids: ClassVar[bool] = False
    settles: ClassVar[bool] = True
    state: BillState = BillState.WAIVED


@dataclass(frozen=True, slots=True)
class PaymentReceived(Guard):
    """Whether something was paid that a cancellation must give back."""

    async def holds(self, ctx: Context) -> bool:
        """Look for paid bills; waived ones, and requests free of charge, give nothing back."""
        return any(bill.state is BillState.PAID for bill in await bills_of(ctx.uow, ctx.request))


@dataclass(frozen=True, slots=True)
class RefundAll(Effect):
    """Everything that was paid is due back (a cancellation after payment)."""

    refunds: ClassVar[bool] = True
    tells: ClassVar[frozenset[str]] = frozenset({"refund"})

    async def apply(self, ctx: Context) -> None:
        """Make a refund for each paid bill; the citizen is told all that is due, also what came twice before."""
        bills = await bills_of(ctx.uow, ctx.request)
        for bill in bills:
            if bill.state is BillState.PAID:
                await refund(ctx, bill, bill.amount, "cancelled")
        entries = [entry for bill in bills for entry in await ctx.uow.bills.refunds_of(bill.id)]
        ctx.facts["refund"] = sum(entry.amount for entry in entries if entry.state is RefundState.DUE)


async def refund(ctx: Context, bill: Bill, amount: int, reason: str) -> None:
    """Note that `amount` rials of a paid bill are due back, and say so among the facts."""
    entry = Refund(ctx.ids.new_id(), bill.id, amount, reason, RefundState.DUE, ctx.now, bill_was=bill.state)
    await ctx.uow.bills.add_refund(entry)
    bill.state = BillState.REFUND_DUE
    await ctx.uow.bills.save(bill)
    ctx.facts["refund"] = ctx.facts.get("refund", 0) + amount
    ctx.record["refund"] = ctx.facts["refund"]


def requoted(ctx: Context, units: list[float]) -> tuple[Quote, Quote]:
    """Return the stored quote, and the same prices for other units (one a line)."""
    old = Quote.from_json(ctx.request.data["quote"])
    return old, old.with_units(units)


@dataclass(frozen=True, slots=True)
class OverridePrice(Effect):
    """Replace the computed total by the amount that the revenue unit gave, which needs a reason."""

    overrides: ClassVar[str | None] = "amount"

    async def apply(self, ctx: Context) -> None:
        """Keep amount and reason in the quote; the bill refuses an amount that no payment id can carry.

        `MissingField("reason")` for an amount without one.
        """
        amount, reason = ctx.inputs.get("amount"), ctx.inputs.get("reason")
        if amount is None:
            return
        if not reason:
            raise MissingField("reason", detail="override_needs_reason")
        ctx.request.data["quote"] |= {"override": amount, "reason": reason, "total": amount}
