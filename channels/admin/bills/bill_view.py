"""A bill as the pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from channels.admin.actors import actor_shown
from domain.actions.bills.refunds import alone_refused, approved, concerns_two, recorded_by
from domain.actions.desk import Desk
from domain.bills.bill import Bill, Payment, PaymentMethod, PaymentOutcome, Refund, RefundState, Reversal
from domain.language.wording import day_and_hour
from domain.messages.catalogue import Catalogue
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.text import grouped

METHODS = (PaymentMethod.SLIP, PaymentMethod.POS)
"""How money comes that the revenue unit records by hand: paid in at a bank, or at the municipality's own terminal."""


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that came in for a bill or went back, in words: when, by which way, how much, the bank's reference, and who
    recorded it. `iban` is where it went back to, while that is kept. `reversed` tells when, by whom and why it was
    found to be recorded wrongly; `payment` names one that can be found so.
    """

    at: str
    way: str
    amount: str
    reference: str
    who: str
    iban: str | None
    reversed: str | None
    payment: int | None


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's word on what is due back, for one visitor: `needed` before this one may send it back, `words`
    when it was given, and whether this one may give it (`open`).
    """

    needed: bool
    words: str | None
    open: bool


@dataclass(frozen=True, slots=True)
class BillView:
    """A bill: its two ids as banks take them, amount and state in words, what moved on it, what is still to go back.

    `slip` is the key of what recording money for it is called: of a bill that is not open any more it is a surplus.
    """

    bill_id: str
    payment_id: str
    amount: str
    state: str
    key: str
    payable: bool
    slip: str
    movements: Sequence[Movement]
    refund: str | None
    approval: Approval

    methods: ClassVar[tuple[PaymentMethod, ...]] = METHODS

    @property
    def reversible(self) -> bool:
        """Whether it has a payment that can be reversed, as far as the page knows."""
        return any(one.payment for one in self.movements)

    @property
    def payable_back(self) -> bool:
        """Whether the visitor may send back what is due on it."""
        return self.refund is not None and not self.approval.needed


async def shown_bill(uow: UnitOfWork, desk: Desk, bill: Bill, names: Mapping[str, str], actor: Actor) -> BillView:
    """Return a bill in words, as this visitor may deal with it; `names` is what members of the staff are called by user
    name.
    """
    refunds, payments = await uow.bills.refunds_of(bill.id), await uow.bills.payments_of(bill.id)
    reversals = {one.payment_id: one for one in await uow.bills.reversals_of(bill.id)}
    catalogue, waiting = desk.catalogue, [one for one in refunds if one.state is RefundState.DUE]
    due = sum(one.amount for one in waiting)
    paid = any(one.stands and one.outcome is PaymentOutcome.SETTLED for one in payments)
    slip = "slip" if bill.state.payable else "again" if paid else "late"
    return BillView(
        bill.bill_id, bill.payment_id, grouped(bill.amount), catalogue.text(f"admin.bill_states.{bill.state}"),
        bill.state.value, bill.state.payable, f"admin.bill.{slip}",
        [_movement(catalogue, one, refunds, reversals.get(one.id), names) for one in payments],
        grouped(due) if due else None, approval_of(desk, payments, waiting, names, actor),
    )  # fmt: skip


def approval_of(
    desk: Desk, payments: Sequence[Payment], due: Sequence[Refund], names: Mapping[str, str], actor: Actor
) -> Approval:
    """Return how it stands with the second person's word on what is due back on a bill."""
    given = next((one for one in due if one.approved_by), None)
    facts = {"who": actor_shown(desk.catalogue, given.approved_by, names), "iban": given.iban or ""} if given else {}
    return Approval(
        alone_refused(desk.policy, payments, due, actor) and not approved(due, actor),
        desk.catalogue.render("admin.bill.approved", facts) if given else None,
        given is None and concerns_two(desk.policy, payments, due) and not recorded_by(payments, actor),
    )


def _movement(
    catalogue: Catalogue, one: Payment, refunds: Sequence[Refund], gone: Reversal | None, names: Mapping[str, str]
) -> Movement:
    # A transfer gives back all that is due at once: its refunds bear its moment.
    ibans = [of.iban for of in refunds if one.outcome is PaymentOutcome.RETURNED and of.refunded_at == one.at]
    return Movement(
        day_and_hour(one.at), _way(catalogue, one), grouped(one.amount), one.reference,
        actor_shown(catalogue, one.recorded_by, names), next(filter(None, ibans), None),
        _reversed(catalogue, gone, names) if gone else None,
        one.id if one.stands and one.outcome is not PaymentOutcome.RETURNED else None,
    )  # fmt: skip


def _reversed(catalogue: Catalogue, one: Reversal, names: Mapping[str, str]) -> str:
    facts = {"at": day_and_hour(one.at), "who": actor_shown(catalogue, one.reversed_by, names)}
    return catalogue.render("admin.bill.reversed", facts | {"reason": one.reason or "—"})


def _way(catalogue: Catalogue, one: Payment) -> str:
    if one.outcome is PaymentOutcome.RETURNED:
        return catalogue.text("admin.bill.returned")
    own = one.method is PaymentMethod.POS and one.office is None
    way = catalogue.text("admin.bill.own_terminal" if own else f"choices.payment_method.{one.method}")
    came = "admin.bill.surplus" if one.outcome is PaymentOutcome.SURPLUS else "admin.bill.came"
    return catalogue.render(came, {"way": way})
