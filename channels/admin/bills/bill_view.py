"""A bill as the pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from channels.admin.actors import describe_actor
from channels.admin.bills.account_view import AccountView, load_account_view
from channels.admin.bills.attempt_view import StaffAttemptView, load_attempt_views
from channels.admin.bills.card_money_view import CardMoneyView, load_card_money
from domain.actions.bills.changed_lines import ChangedLine, find_changed_line
from domain.actions.bills.merged_bills import load_parts
from domain.actions.bills.refunds import (
    has_recorded_payment,
    is_approved_by_other,
    may_need_second_person,
    needs_second_person,
)
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.bills.bill import Bill, Payment, PaymentMethod, PaymentOutcome, Refund, RefundState, Reversal
from domain.bills.merged_bill import derive_merged_state
from domain.bills.payment_claim import PaymentClaim, SlipPhoto
from domain.bills.ports import PaymentClaimRepository
from domain.language.wording import day_and_hour_text, deadline_day_text
from domain.messages.catalogue import Catalogue
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.calendar import jalali_text
from domain.values.text import group_digits, persian_digits

PAYMENT_METHODS = (PaymentMethod.SLIP, PaymentMethod.POS)
"""Payment methods that the revenue unit records by hand: paid in at a bank, or at the municipality's own terminal."""


@dataclass(frozen=True, slots=True)
class BillMovement:
    """Money that came in for a bill or went back, in words."""

    recorded_at: str
    """Day and hour in Tehran."""
    method_label: str
    """Way by which it came, and whether it was surplus; or that it went back."""
    amount: str
    """In rials, with Persian digits."""
    reference: str
    """The bank's or the POS terminal's own number."""
    recorded_by: str
    """Name of the person who recorded it."""
    iban: str | None
    """The IBAN that it went back to, while that is kept; None for money that came, or went to a card."""
    reversal_note: str | None
    """Time, person and reason of the finding that it was recorded wrongly; None where it was not."""
    payment_number: int | None
    """Names a payment that can be found to be recorded wrongly; None for any other."""
    is_of_merged_bill: bool
    """It came for a merged bill, with payments of other bills."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's word on what is due back on a bill, for one visitor."""

    is_required: bool
    """It is needed before this visitor may send the money back."""
    description: str | None
    """Giver and IBAN; None while nobody has."""
    may_approve: bool
    """This visitor may give it."""


@dataclass(frozen=True, slots=True)
class ClaimView:
    """An open claim of the citizen to have paid a bill, in words."""

    claimed_at: str
    """Day and hour in Tehran."""
    text: str
    """Words of the citizen."""
    amount: str
    """As claimed, else the bill's, in rials with Persian digits."""
    difference: str
    """Difference to the amount of the bill, in words; empty where there is none."""
    paid_at: str
    """Day and hour of the payment, as claimed; empty where none is."""
    reference: str
    """The bank's number; empty where none was given."""
    photos: Sequence[SlipPhoto]
    """Photos of the slip, oldest first."""


@dataclass(frozen=True, slots=True)
class MergedBillLink:
    """A merged bill that a bill is a part of."""

    bill_id: str
    """As banks take it (شناسه قبض); it names the page, too."""
    state: str
    """Name of its state."""


@dataclass(frozen=True, slots=True)
class BillView:
    """A bill, in words."""

    bill_id: str
    """As banks take it (شناسه قبض)."""
    payment_id: str
    """As banks take it (شناسه پرداخت)."""
    amount: str
    """In rials, with Persian digits."""
    state: str
    """Name of its state."""
    state_key: str
    """The state itself, for the style sheet."""
    is_payable: bool
    """Money that comes in settles it."""
    purpose: str
    """Purpose, in words."""
    deadline: str | None
    """The last day on which it may be paid, while it may; None where it has none."""
    slip_label_key: str
    """The key of what recording money for it is called: once it is not open, that is a surplus."""
    movements: Sequence[BillMovement]
    """Money that came in and went back, the oldest first."""
    refund_amount: str | None
    """Amount still to go back, in rials with Persian digits; None where nothing is."""
    approval: Approval
    """The state of the second person's approval of that."""
    card_money: CardMoneyView
    """Ways for that money, and transfers on their way to a card."""
    account: AccountView
    """The account that its citizen gave for it."""
    attempts: Sequence[StaffAttemptView]
    """The attempts to pay it online, oldest first; none for who may not see them."""
    claim: ClaimView | None
    """Claim of its citizen to have paid it, while it is not settled; None where there is none."""
    merged_bills: Sequence[MergedBillLink]
    """The merged bills that it is a part of, oldest first."""

    methods: ClassVar[tuple[PaymentMethod, ...]] = PAYMENT_METHODS
    """The ways by which money may be recorded to have come."""

    @property
    def is_reversible(self) -> bool:
        """Whether it has a payment that can be reversed, as far as the page knows."""
        return any(movement.payment_number for movement in self.movements)

    @property
    def may_refund(self) -> bool:
        """Whether the visitor may send back what is due on it."""
        return self.card_money.transferable_amount is not None and not self.approval.is_required


async def build_bill_view(context: ActorContext, bill: Bill, member_names: Mapping[str, str]) -> BillView:
    """Return a bill in words, as this visitor may deal with it; `member_names` is what members of the staff are called
    by user name.
    """
    refunds, payments = await context.uow.bills.list_refunds(bill.id), await context.uow.bills.list_payments(bill.id)
    reversals = await context.uow.bills.list_reversals(bill.id)
    catalogue, due_refunds = (
        context.dependencies.catalogue,
        [entry for entry in refunds if entry.state is RefundState.DUE],
    )
    due_amount = sum(entry.amount for entry in due_refunds)
    changed_line = await find_changed_line(context.dependencies.policy, context.uow, bill, payments, due_refunds)
    return BillView(
        bill_id=bill.bill_id,
        payment_id=bill.payment_id,
        amount=group_digits(bill.amount),
        state=catalogue.text(f"admin.bill_states.{bill.state}"),
        state_key=bill.state.value,
        is_payable=bill.state.is_payable,
        purpose=catalogue.text(f"admin.bill.purposes.{bill.kind}"),
        deadline=deadline_day_text(bill.deadline) if bill.deadline and bill.state.is_payable else None,
        slip_label_key=_find_slip_key(bill, payments),
        movements=_build_movements(catalogue, payments, refunds, reversals, member_names),
        refund_amount=group_digits(due_amount) if due_amount else None,
        approval=build_approval(context.dependencies, payments, due_refunds, member_names, context.actor, changed_line),
        card_money=await load_card_money(context, bill.id, payments, refunds, member_names),
        account=await load_account_view(context, bill, changed_line),
        attempts=await load_attempt_views(
            context.uow.payment_attempts, context.dependencies.catalogue, bill, member_names, context.actor
        ),
        claim=await load_claim_view(catalogue, context.uow.payment_claims, bill),
        merged_bills=await _list_merged_bills(context.uow, catalogue, bill),
    )


async def load_claim_view(catalogue: Catalogue, payment_claims: PaymentClaimRepository, bill: Bill) -> ClaimView | None:
    """Return the open claim about a bill, in words; None where none is open."""
    claim = await payment_claims.find_last(bill.id)
    if claim is None or not claim.is_open or bill.state.was_paid:
        return None
    return build_claim_view(catalogue, bill, claim, await payment_claims.list_photos([claim.id]))


def build_claim_view(catalogue: Catalogue, bill: Bill, claim: PaymentClaim, photos: Sequence[SlipPhoto]) -> ClaimView:
    """Return an open claim about a bill, in words."""
    return ClaimView(
        claimed_at=day_and_hour_text(claim.claimed_at),
        text=claim.text,
        amount=group_digits(claim.amount or bill.amount),
        difference=_describe_difference(catalogue, (claim.amount or bill.amount) - bill.amount),
        paid_at=" ".join(
            filter(
                None, (jalali_text(claim.paid_on) if claim.paid_on else "", persian_digits(claim.paid_at_hour or ""))
            )
        ),
        reference=claim.reference or "",
        photos=photos,
    )


def _describe_difference(catalogue: Catalogue, rials: int) -> str:
    """Return how much more or less than a bill is claimed."""
    if not rials:
        return ""
    return catalogue.render(f"admin.claims.{'more' if rials > 0 else 'less'}", {"amount": group_digits(abs(rials))})


def _find_slip_key(bill: Bill, payments: Sequence[Payment]) -> str:
    """Return the key of what recording money for a bill is called."""
    was_paid = any(entry.is_recorded and entry.outcome is PaymentOutcome.SETTLED for entry in payments)
    return f"admin.bill.{'slip' if bill.state.is_payable else 'again' if was_paid else 'late'}"


async def _list_merged_bills(uow: UnitOfWork, catalogue: Catalogue, bill: Bill) -> list[MergedBillLink]:
    links = []
    for merged_bill in await uow.merged_bills.list_of_bill(bill.id):
        state = derive_merged_state([part.state for part in await load_parts(uow.bills, merged_bill)])
        links.append(MergedBillLink(merged_bill.bill_id, catalogue.text(f"admin.bill_states.{state}")))
    return links


def build_approval(
    dependencies: Dependencies,
    payments: Sequence[Payment],
    due_refunds: Sequence[Refund],
    member_names: Mapping[str, str],
    actor: Actor,
    changed_line: ChangedLine | None,
) -> Approval:
    """Return the state of the second person's approval of what is due back on a bill, and not on its way to a card;
    what would go to an account of a changed number always needs one.
    """
    free_refunds = [refund for refund in due_refunds if refund.is_free]
    approved_refund = next((refund for refund in free_refunds if refund.approved_by), None)
    return Approval(
        (changed_line is not None or needs_second_person(dependencies.policy, payments, due_refunds, actor))
        and not is_approved_by_other(free_refunds, actor),
        _describe_approval(dependencies.catalogue, approved_refund, member_names) if approved_refund else None,
        approved_refund is None
        and bool(free_refunds)
        and (changed_line is not None or may_need_second_person(dependencies.policy, payments, due_refunds))
        and not has_recorded_payment(payments, actor),
    )


def _describe_approval(catalogue: Catalogue, refund: Refund, member_names: Mapping[str, str]) -> str:
    approver = describe_actor(catalogue, refund.approved_by, member_names)
    if refund.to_card:
        return catalogue.render("admin.bill.approved_card", {"who": approver})
    return catalogue.render("admin.bill.approved", {"who": approver, "iban": refund.iban or ""})


def _build_movements(
    catalogue: Catalogue,
    payments: Sequence[Payment],
    refunds: Sequence[Refund],
    reversals: Sequence[Reversal],
    member_names: Mapping[str, str],
) -> list[BillMovement]:
    reversal_of = {entry.payment_id: entry for entry in reversals}
    return [_build_movement(catalogue, one, refunds, reversal_of.get(one.id), member_names) for one in payments]


def _build_movement(
    catalogue: Catalogue,
    payment: Payment,
    refunds: Sequence[Refund],
    reversal: Reversal | None,
    member_names: Mapping[str, str],
) -> BillMovement:
    # A transfer gives back its refunds at once: they bear its moment.
    is_returned = payment.outcome is PaymentOutcome.RETURNED
    ibans = [refund.iban for refund in refunds if is_returned and refund.refunded_at == payment.at]
    return BillMovement(
        recorded_at=day_and_hour_text(payment.at),
        method_label=_describe_method(catalogue, payment),
        amount=group_digits(payment.amount),
        reference=payment.number,
        recorded_by=describe_actor(catalogue, payment.recorded_by, member_names),
        iban=next(filter(None, ibans), None),
        reversal_note=_describe_reversal(catalogue, reversal, member_names) if reversal else None,
        payment_number=payment.id if payment.is_recorded and payment.outcome is not PaymentOutcome.RETURNED else None,
        is_of_merged_bill=payment.merged_bill_id is not None,
    )


def _describe_reversal(catalogue: Catalogue, reversal: Reversal, member_names: Mapping[str, str]) -> str:
    facts = {"at": day_and_hour_text(reversal.at), "who": describe_actor(catalogue, reversal.reversed_by, member_names)}
    return catalogue.render("admin.bill.reversed", facts | {"reason": reversal.reason or "—"})


def _describe_method(catalogue: Catalogue, payment: Payment) -> str:
    if payment.outcome is PaymentOutcome.RETURNED:
        return catalogue.text("admin.bill.returned_to_card" if payment.gateway else "admin.bill.returned")
    is_own_terminal = payment.method is PaymentMethod.POS and payment.office is None
    method_label = catalogue.text(
        "admin.bill.own_terminal" if is_own_terminal else f"choices.payment_method.{payment.method}"
    )
    text_key = "admin.bill.surplus" if payment.outcome is PaymentOutcome.SURPLUS else "admin.bill.came"
    return catalogue.render(text_key, {"way": method_label})
