"""A bill, or several that are paid together, as the pages show them where money for them is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from channels.admin.bills.bill_subject import BillSubjects, PaidBillView
from channels.admin.bills.bill_view import PAYMENT_METHODS
from channels.admin.frame import Visitor
from domain.actions.bills.merged_bills import load_paid_bills
from domain.actions.context import ActionContext
from domain.bills.bill import Bill, PaymentMethod
from domain.bills.merged_bill import MergedBill, derive_merged_state
from domain.values.text import group_digits


@dataclass(frozen=True, slots=True)
class PayableView:
    """Payable behind a pair of ids, in words."""

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
    bills: Sequence[PaidBillView]
    """The bills that it pays, with what they are for."""

    methods: ClassVar[tuple[PaymentMethod, ...]] = PAYMENT_METHODS
    """The ways by which money may be recorded to have come."""

    @property
    def slip_label_key(self) -> str:
        """The key of what recording money for it is called."""
        return "admin.bill.slip" if self.is_payable else "admin.bill.late"


async def build_payable_view(context: ActionContext, visitor: Visitor, payable: Bill | MergedBill) -> PayableView:
    """Return it as this visitor may see it."""
    subjects, paid_bills = BillSubjects(context.dependencies), await load_paid_bills(context.uow.bills, payable)
    state = derive_merged_state([bill.state for bill in paid_bills])
    return PayableView(
        bill_id=payable.bill_id,
        payment_id=payable.payment_id,
        amount=group_digits(payable.amount),
        state=context.dependencies.catalogue.text(f"admin.bill_states.{state}"),
        state_key=state.value,
        is_payable=state.is_payable,
        bills=await subjects.build_paid_bills(context.uow, visitor, [(bill, bill.amount) for bill in paid_bills]),
    )
