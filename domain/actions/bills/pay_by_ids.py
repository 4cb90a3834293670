"""Money that came under a pair of ids: that of a bill, or of a merged bill, whose money is distributed to its parts.

Each part is paid by `record_payment`, with its own amount: it settles what is open, and what a part no longer takes is
surplus. No money lies between the receipt and the parts, so the ledger needs no account for merged bills.
"""

from dataclasses import dataclass

from domain.actions.bills.merged_bills import find_payable
from domain.actions.bills.pay import RecordedPayment, record_payment
from domain.actions.bills.subjects import lock_bills
from domain.actions.context import ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.bills.bill import Bill, BillState, PaymentMethod, PaymentOutcome
from domain.bills.merged_bill import MergedBill, MergedShare, derive_merged_state
from domain.bills.pos_receipts import PosReceipt
from domain.repositories import BillRepositories, BillSubjectRepositories
from domain.values import bill_ids
from domain.values.errors import AmountMismatch, BillNotFound


@dataclass(frozen=True, slots=True)
class RecordedReceipt:
    """Outcome of recording one receipt."""

    payments: tuple[RecordedPayment, ...]
    """One of a bill; of a merged bill one of each part, in the order of their rows."""
    merged_bill: MergedBill | None = None
    """The merged bill that was paid; None: a bill."""

    @property
    def outcome(self) -> PaymentOutcome:
        """Surplus where any of it is."""
        outcomes = {recorded.payment.outcome for recorded in self.payments}
        return PaymentOutcome.SURPLUS if PaymentOutcome.SURPLUS in outcomes else PaymentOutcome.SETTLED

    @property
    def amount(self) -> int:
        """All that came, in rials."""
        return sum(recorded.payment.amount for recorded in self.payments)

    @property
    def bill_state(self) -> BillState:
        """The state of what was paid, after that."""
        states = [recorded.bill.state for recorded in self.payments]
        return derive_merged_state(states) if self.merged_bill else states[0]


async def find_payable_by_ids(uow: BillRepositories, bill_id: str, payment_id: str) -> Bill | MergedBill:
    """Return what a pair of ids pays, in any digit script; `InvalidField` on a bad check digit, `BillNotFound`."""
    parsed_ids = bill_ids.parse_ids(bill_id, payment_id)
    payable = await find_payable(uow, parsed_ids.bill_id)
    if payable.payment_id != parsed_ids.payment_id:
        raise BillNotFound("payment_id")
    return payable


async def record_payment_by_ids(
    context: ActorContext,
    bill_id_pair: tuple[str, str],
    amount: int,
    method: PaymentMethod,
    reference: str,
    receipt: PosReceipt | None = None,
    *,
    surplus: bool = False,
    gateway: str | None = None,
) -> RecordedReceipt:
    """Record a payment of what these ids pay; the rules and errors are those of `record_payment`.

    Of a merged bill all is recorded or nothing: where one part refuses its payment, none has it. The caller announces
    what came of it (`announce_receipt`).
    """
    payable = await find_payable_by_ids(context.uow, *bill_id_pair)
    recorded = []
    for bill, share_amount, share in await _distribute(context.uow, payable, amount):
        ids, payment_details = (bill.bill_id, bill.payment_id), (share_amount, method, reference, receipt)
        recorded.append(
            await record_payment(context, ids, *payment_details, surplus=surplus, gateway=gateway, share=share)
        )
    return RecordedReceipt(tuple(recorded), payable if isinstance(payable, MergedBill) else None)


async def _distribute(
    uow: BillSubjectRepositories, payable: Bill | MergedBill, amount: int
) -> list[tuple[Bill, int, MergedShare | None]]:
    """Return which bill gets how much; the parts of a merged bill are locked, in the order of everybody."""
    if isinstance(payable, Bill):
        return [(payable, amount, None)]
    if amount != payable.amount:
        raise AmountMismatch("amount")
    parts = await lock_bills(uow, payable.part_row_ids)
    return [(part, part.amount, MergedShare(payable.id, position)) for position, part in enumerate(parts)]


async def announce_receipt(context: ActorContext, recorded_receipt: RecordedReceipt) -> None:
    """Announce the steps that requests took by what came in."""
    for recorded in recorded_receipt.payments:
        if recorded.outcome is not None:
            await announce_outcome(context, recorded.outcome)
