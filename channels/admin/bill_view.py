"""A bill as the pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from channels.admin.actors import actor_shown
from domain.bills import Bill, Payment, PaymentMethod, PaymentOutcome, Refund, RefundState
from domain.messages import Catalogue
from domain.ports import UnitOfWork
from domain.text import grouped
from domain.wording import day_and_hour

METHODS = (PaymentMethod.SLIP, PaymentMethod.POS)
"""How money comes that the revenue unit records by hand: paid in at a bank, or at the municipality's own terminal."""


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that came in for a bill or went back, in words: when, by which way, how much, the bank's reference, and who
    recorded it. `iban` is where it went back to, while that is kept.
    """

    at: str
    way: str
    amount: str
    reference: str
    who: str
    iban: str | None


@dataclass(frozen=True, slots=True)
class ShownBill:
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

    methods: ClassVar[tuple[PaymentMethod, ...]] = METHODS


async def shown_bill(uow: UnitOfWork, catalogue: Catalogue, bill: Bill, names: Mapping[str, str]) -> ShownBill:
    """Return a bill in words; `names` is what members of the staff are called by user name."""
    refunds, payments = await uow.bills.refunds_of(bill.id), await uow.bills.payments_of(bill.id)
    due = sum(one.amount for one in refunds if one.state is RefundState.DUE)
    paid = any(one.outcome is PaymentOutcome.SETTLED for one in payments)
    slip = "slip" if bill.state.payable else "again" if paid else "late"
    return ShownBill(
        bill.bill_id, bill.payment_id, grouped(bill.amount), catalogue.text(f"admin.bill_states.{bill.state}"),
        bill.state.value, bill.state.payable, f"admin.bill.{slip}",
        [_movement(catalogue, one, refunds, names) for one in payments], grouped(due) if due else None,
    )  # fmt: skip


def _movement(catalogue: Catalogue, one: Payment, refunds: Sequence[Refund], names: Mapping[str, str]) -> Movement:
    # A transfer gives back all that is due at once: its refunds bear its moment.
    ibans = [of.iban for of in refunds if one.outcome is PaymentOutcome.RETURNED and of.refunded_at == one.at]
    return Movement(
        day_and_hour(one.at), _way(catalogue, one), grouped(one.amount), one.reference,
        actor_shown(catalogue, one.recorded_by, names), next(filter(None, ibans), None),
    )  # fmt: skip


def _way(catalogue: Catalogue, one: Payment) -> str:
    if one.outcome is PaymentOutcome.RETURNED:
        return catalogue.text("admin.bill.returned")
    own = one.method is PaymentMethod.POS and one.office is None
    way = catalogue.text("admin.bill.own_terminal" if own else f"choices.payment_method.{one.method}")
    came = "admin.bill.surplus" if one.outcome is PaymentOutcome.SURPLUS else "admin.bill.came"
    return catalogue.render(came, {"way": way})
