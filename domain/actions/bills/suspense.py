"""Money that came and fits no bill of ours: held in suspense until the revenue unit matches it to a bill, or has it
transferred back. Nothing that came in is thrown away.

It is returned as refunds are (`refunds.py`): above the municipality's limit, and where the same hand recorded it, a
second person approves first, and the transfer has to go to the IBAN that this person named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from domain.actions.bills.merged_bills import load_paid_bills
from domain.actions.bills.pay_by_ids import RecordedReceipt, find_payable_by_ids, record_payment_by_ids
from domain.actions.context import ActorContext
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.bills.bill import PaymentMethod, acting_label, normalise_reference
from domain.ledger.accounts import MoneySource
from domain.ledger.suspense import SuspenseReceipt, SuspenseState
from domain.repositories import BillRepositories, LedgerRepositories
from domain.settings.policy import Policy
from domain.values.actors import Actor
from domain.values.errors import (
    AlreadyDone,
    Conflict,
    DuplicateRequest,
    InvalidField,
    MissingField,
    NotAllowedNow,
)
from domain.values.ibans import parse_iban
from domain.values.reasons import DuplicateReason, InvalidReason, NotAllowedReason
from domain.values.required_text import read_required_text
from domain.values.version_token import VersionToken, refuse_stale

LONGEST_REASON = 300
"""UTF-16 units of why a receipt is matched or returned."""


class BillLedgerRepositories(BillRepositories, LedgerRepositories, Protocol):
    """Bills, and the books in which their money stands."""


@dataclass(frozen=True, slots=True)
class ReturnTransfer:
    """A transfer back, as it was typed."""

    iban: str
    """Account that received the money."""
    reference: str
    """The bank's own number of the transfer."""
    reason: str
    """Reason for the return."""


@dataclass(frozen=True, slots=True)
class _Decision:
    """Decision on a receipt: by whom, when and why."""

    reason: str
    actor: Actor
    at: datetime

    def close_receipt(self, receipt: SuspenseReceipt, state: SuspenseState, **changes: Any) -> SuspenseReceipt:
        """Return the receipt as it is then."""
        return replace(
            receipt, state=state, reason=self.reason, decided_by=self.actor.label, decided_at=self.at, **changes
        )


async def hold_in_suspense(
    context: ActorContext[LedgerRepositories],
    source: MoneySource,
    amount: int,
    reference: str,
    facts: Mapping[str, str | int],
) -> SuspenseReceipt:
    """Keep `amount` rials that came by `source` and fit no bill, and post them; nobody is notified here.

    `facts` are what is known of it, by stable names (`attempt`, `bill_id` …), without anything secret. The same number
    of the same source again answers the same; over another amount it is `DuplicateRequest`. `MissingField` without a
    number, `InvalidField("amount")` for nothing.
    """
    number = _check_number(reference)
    if amount <= 0:
        raise InvalidField("amount")
    if known_receipt := await context.uow.suspense.find(source, number):
        if known_receipt.amount != amount:
            raise DuplicateRequest("reference", DuplicateReason.REFERENCE_USED)
        return known_receipt
    receipt = SuspenseReceipt(
        id=context.dependencies.ids.new_id(),
        method=source.method,
        gateway=source.gateway,
        amount=amount,
        reference=number,
        facts=dict(facts),
        state=SuspenseState.OPEN,
        received_at=context.dependencies.clock.now(),
        recorded_by=context.actor.label,
    )
    await context.uow.suspense.add(receipt)
    return receipt


async def withdraw_receipt(context: ActorContext[LedgerRepositories], receipt: SuspenseReceipt) -> SuspenseReceipt:
    """Take an open receipt out of suspense: the bank filed the same payment again over the right amount, so this money
    never was. `Conflict("receipt")` where somebody decided on it meanwhile.
    """
    now = context.dependencies.clock.now()
    facts = {"amount": receipt.amount, "reference": receipt.reference}
    await context.uow.audit.add_entry(now, context.actor.label, "suspense_corrected", facts)
    return await context.uow.suspense.save(
        replace(receipt, state=SuspenseState.CORRECTED, decided_by=context.actor.label, decided_at=now)
    )


async def match_receipt(
    context: ActorContext,
    receipt_id: int,
    bill_id_pair: tuple[str, str],
    reason: str,
    version: VersionToken | None = None,
    *,
    surplus: bool = False,
) -> RecordedReceipt:
    """Pay a bill with a receipt, by the rules of `record_payment`. The caller announces what came of it.

    Errors: `Forbidden`, `MissingField("reason")`, `NotFound("receipt")`, `AlreadyDone("receipt")`,
    `Conflict("receipt")` where it changed since `version`, and those of `record_payment`.
    """
    decider = require_right(Right.SUSPENSE_DECIDE, context.actor, "receipt")
    receipt = await context.uow.suspense.get(receipt_id, lock=True)
    _refuse_decided(receipt, version)
    decision = _Decision(
        read_required_text(reason, "reason", LONGEST_REASON), decider, context.dependencies.clock.now()
    )
    if await context.uow.bills.find_payment(receipt.method, receipt.reference) is not None:
        raise DuplicateRequest("reference", DuplicateReason.REFERENCE_USED)
    payable = await find_payable_by_ids(context.uow, *bill_id_pair)
    first_bill = (await load_paid_bills(context.uow.bills, payable))[0]
    matched = decision.close_receipt(replace(receipt, iban=None), SuspenseState.MATCHED, bill_id=first_bill.id)
    await context.uow.suspense.save(matched)
    bill_facts = {"bill_id": payable.bill_id, "amount": receipt.amount, "reference": receipt.reference}
    facts = {**bill_facts, "reason": decision.reason}
    await context.uow.audit.add_entry(decision.at, decision.actor.label, "suspense_matched", facts)
    money = (receipt.amount, receipt.method, receipt.reference)
    return await record_payment_by_ids(context, bill_id_pair, *money, surplus=surplus, gateway=receipt.gateway)


async def approve_return(
    context: ActorContext[LedgerRepositories], receipt_id: int, iban: str, version: VersionToken | None = None
) -> SuspenseReceipt:
    """Agree, as a second person, that a receipt is transferred to an IBAN.

    Errors: `Forbidden`, `InvalidField("iban")`, `NotFound("receipt")`, `AlreadyDone("receipt")`,
    `Conflict("receipt")`, and `NotAllowedNow("receipt")` for whoever recorded it.
    """
    approver = require_right(Right.SUSPENSE_APPROVE, context.actor, "receipt")
    receipt, now = await context.uow.suspense.get(receipt_id, lock=True), context.dependencies.clock.now()
    _refuse_decided(receipt, version)
    parsed_iban = parse_iban(iban)
    if receipt.recorder_label == acting_label(approver.label):
        raise NotAllowedNow("receipt", NotAllowedReason.OWN_PAYMENT)
    approved = replace(receipt, iban=parsed_iban, approved_by=approver.label, approved_at=now)
    facts = {"amount": receipt.amount, "reference": receipt.reference}
    await context.uow.audit.add_entry(now, approver.label, "suspense_approved", facts)
    return await context.uow.suspense.save(approved)


async def return_receipt(
    context: ActorContext[BillLedgerRepositories],
    receipt_id: int,
    transfer: ReturnTransfer,
    version: VersionToken | None = None,
) -> SuspenseReceipt:
    """Record that a receipt was transferred back; the same transfer again answers the same.

    Errors: `Forbidden`, `InvalidField("iban")`, also for another than was approved, `MissingField` (reference,
    reason), `NotFound("receipt")`, `AlreadyDone("receipt")`, `Conflict("receipt")`, `DuplicateRequest("reference")` for
    the number of another transfer, and `NotAllowedNow("iban")` where a second person has to approve first.
    """
    decider = require_right(Right.SUSPENSE_DECIDE, context.actor, "receipt")
    receipt = await context.uow.suspense.get(receipt_id, lock=True)
    if receipt.state is SuspenseState.RETURNED and _is_transfer_of(receipt, transfer):
        return receipt
    _refuse_decided(receipt, version)
    iban, number = parse_iban(transfer.iban), _check_number(transfer.reference)
    reason_text = read_required_text(transfer.reason, "reason", LONGEST_REASON)
    decision = _Decision(reason_text, decider, context.dependencies.clock.now())
    if await context.uow.suspense.find_transfer(number) or await context.uow.bills.find_payment(
        PaymentMethod.REFUND, number
    ):
        raise DuplicateRequest("reference", DuplicateReason.REFERENCE_USED)
    _refuse_unapproved(context.dependencies.policy, receipt, iban, decision.actor)
    returned = decision.close_receipt(receipt, SuspenseState.RETURNED, iban=iban, transfer_reference=number)
    facts = {"amount": receipt.amount, "reference": number, "iban": iban, "reason": decision.reason}
    await context.uow.audit.add_entry(decision.at, decision.actor.label, "suspense_returned", facts)
    return await context.uow.suspense.save(returned)


def needs_second_person(policy: Policy, receipt: SuspenseReceipt, actor: Actor) -> bool:
    """Return whether this person needs a second one to send a receipt back."""
    return receipt.amount > policy.refund_limit or receipt.recorder_label == acting_label(actor.label)


def is_approved_by_other(receipt: SuspenseReceipt, actor: Actor) -> bool:
    """Return whether somebody else than this person has agreed to the return."""
    return receipt.approved_by is not None and acting_label(receipt.approved_by) != acting_label(actor.label)


def _refuse_unapproved(policy: Policy, receipt: SuspenseReceipt, iban: str, decider: Actor) -> None:
    if not needs_second_person(policy, receipt, decider):
        return
    if not is_approved_by_other(receipt, decider):
        raise NotAllowedNow("iban", NotAllowedReason.SECOND_PERSON)
    if receipt.iban != iban:
        raise InvalidField("iban", InvalidReason.NOT_APPROVED)


def _is_transfer_of(receipt: SuspenseReceipt, transfer: ReturnTransfer) -> bool:
    """Return whether a receipt went back by this transfer."""
    transferred = (receipt.iban, receipt.transfer_reference)
    return transferred == (parse_iban(transfer.iban), normalise_reference(transfer.reference))


def _refuse_decided(receipt: SuspenseReceipt, version: VersionToken | None) -> None:
    """Refuse a receipt that somebody decided on or changed: that comes before faults of the form."""
    if receipt.state is not SuspenseState.OPEN:
        raise AlreadyDone("receipt")
    refuse_stale(version, receipt.version_token, Conflict("receipt"))


def _check_number(reference: str) -> str:
    number = normalise_reference(reference)
    if not number:
        raise MissingField("reference")
    return number
