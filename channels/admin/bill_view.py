"""A bill as the pages show it."""

from dataclasses import dataclass
from typing import ClassVar

from domain.bills import Bill, PaymentMethod, RefundState
from domain.messages import Catalogue
from domain.ports import UnitOfWork
from domain.text import grouped

METHODS = (PaymentMethod.SLIP, PaymentMethod.POS)
"""How money comes that the revenue unit records by hand: paid in at a bank, or at the municipality's own terminal."""


@dataclass(frozen=True, slots=True)
class ShownBill:
    """A bill: its two ids as banks take them, amount and state in words, and what is still to go back of it."""

    bill_id: str
    payment_id: str
    amount: str
    rials: int
    state: str
    key: str
    payable: bool
    refund: str | None

    methods: ClassVar[tuple[PaymentMethod, ...]] = METHODS


async def shown_bill(uow: UnitOfWork, catalogue: Catalogue, bill: Bill) -> ShownBill:
    """Return a bill in words."""
    due = sum(one.amount for one in await uow.bills.refunds_of(bill.id) if one.state is RefundState.DUE)
    return ShownBill(
        bill.bill_id, bill.payment_id, grouped(bill.amount), bill.amount,
        catalogue.text(f"admin.bill_states.{bill.state}"), bill.state.value, bill.state.payable,
        grouped(due) if due else None,
    )  # fmt: skip
