"""A line of a bank's file of bills, booked by the one way in for money; what does not fit is held in suspense, or left
out where it stands in a pasted list.
"""

from collections.abc import Iterable, Mapping, Sequence

from domain.actions.bills.merged_bills import load_paid_bills
from domain.actions.bills.pay_by_ids import announce_receipt, find_payable_by_ids, record_payment_by_ids
from domain.actions.bills.subjects import lock_bills
from domain.actions.context import ActorContext
from domain.actions.settlement.comparing import find_payment_of_line
from domain.actions.settlement.known_lines import correct_booked_lines, find_booked_line
from domain.actions.settlement.noting import hold_line, note_line
from domain.bills.bill import Bill, Payment, PaymentMethod, PaymentOutcome
from domain.bills.merged_bill import MergedBill
from domain.bills.pos_receipts import PosReceipt
from domain.ledger.accounts import MoneySource
from domain.settlement.differences import DifferenceKind
from domain.settlement.settlement_file import FileLine, LineOutcome
from domain.values.errors import BillNotFound, InvalidField

SOURCE = MoneySource(PaymentMethod.BANK_FILE)

_HELD_AS: Mapping[LineOutcome, DifferenceKind] = {
    LineOutcome.OTHER_NUMBER: DifferenceKind.OTHER_NUMBER,
    LineOutcome.NO_BILL: DifferenceKind.NO_BILL,
    LineOutcome.WRONG_AMOUNT: DifferenceKind.BILL_AMOUNT,
}
"""Difference that a line is to money that waits in suspense."""


class BillLineBooker:
    """Books lines in one unit of work, in the name of who had the file booked."""

    def __init__(self, context: ActorContext, *, only_fitting: bool) -> None:
        self.context = context
        self._only_fitting = only_fitting

    async def serialise_lines(self, lines: Sequence[FileLine]) -> None:
        """Hold the numbers of lines to the end of the unit: two files cannot book one of them at once."""
        for reference in sorted({line.money_reference for line in lines}):
            await self.context.uow.serialise(f"settlement:{reference}")

    async def book_line(self, line: FileLine) -> LineOutcome:
        """Do what a line says, as things stand now; return what it came to."""
        payable, known_outcome = (
            await self._find_payable(line),
            await find_booked_line(self.context.uow.settlement, line),
        )
        if known_outcome and not await self._corrects(line, payable, known_outcome):
            return known_outcome if known_outcome.is_quiet else await self._set_aside(line, known_outcome)
        if payable is None:
            return await self._set_aside(line, LineOutcome.NO_BILL)
        bills = await lock_bills(
            self.context.uow, [bill.id for bill in await load_paid_bills(self.context.uow.bills, payable)]
        )
        payments = [payment for bill in bills for payment in await self.context.uow.bills.list_payments(bill.id)]
        if find_payment_of_line(_list_of_payable(payments, payable), line.source, line.reference) is not None:
            return LineOutcome.CONFIRMS
        if payable.amount != line.amount:
            return await self._set_aside(line, LineOutcome.WRONG_AMOUNT)
        if self._only_fitting and not all(bill.state.is_payable for bill in bills):
            return await self._set_aside(line, LineOutcome.SURPLUS)
        return await self._record_line(line, payments)

    async def _corrects(self, line: FileLine, payable: Bill | MergedBill | None, known_outcome: LineOutcome) -> bool:
        """Whether a line is the bank's correction of lines with its number: over the amount of its bill, at last."""
        if known_outcome is not LineOutcome.OTHER_NUMBER or payable is None or payable.amount != line.amount:
            return False
        return await correct_booked_lines(self.context, SOURCE, line)

    async def _set_aside(self, line: FileLine, outcome: LineOutcome) -> LineOutcome:
        """Leave out what does not fit where only fitting lines are booked; else its money is held in suspense."""
        if self._only_fitting:
            line.outcome = outcome
            line.leave_out()
            return line.outcome
        await hold_line(self.context, SOURCE, line, _HELD_AS[outcome])
        return outcome

    async def _find_payable(self, line: FileLine) -> Bill | MergedBill | None:
        try:
            return await find_payable_by_ids(self.context.uow, line.bill_id, line.payment_id)
        except (BillNotFound, InvalidField):
            return None

    async def _record_line(self, line: FileLine, earlier_payments: Sequence[Payment]) -> LineOutcome:
        """Pay the bill with the moment that the bank says; nobody is asked whether surplus is meant."""
        recorded = await record_payment_by_ids(
            self.context,
            (line.bill_id, line.payment_id),
            line.amount,
            PaymentMethod.BANK_FILE,
            line.money_reference,
            receipt=PosReceipt(paid_at=line.paid_at),
            surplus=True,
        )
        await announce_receipt(self.context, recorded)
        if recorded.outcome is PaymentOutcome.SETTLED:
            return LineOutcome.SETTLES
        await self._note_slip(line, earlier_payments)
        return LineOutcome.SURPLUS

    async def _note_slip(self, line: FileLine, earlier_payments: Sequence[Payment]) -> None:
        """Note a line that may be one payment with a slip somebody typed or pasted, under two numbers: only a person
        can tell."""
        for payment in earlier_payments:
            if payment.is_recorded and payment.outcome is PaymentOutcome.SETTLED and await self._is_by_hand(payment):
                facts = {"slip": payment.reference}
                await note_line(self.context, line, DifferenceKind.SLIP_AND_FILE, facts)

    async def _is_by_hand(self, payment: Payment) -> bool:
        """Whether the bank's number of a payment came by a person's hands: as a slip, or in a pasted list."""
        if payment.method is not PaymentMethod.BANK_FILE:
            return payment.method is PaymentMethod.SLIP
        source, _, number = payment.reference.partition("/")
        known_lines = await self.context.uow.settlement.find_known_lines(source, {number})
        files = [
            await self.context.uow.settlement.get_file(one.file_id)
            for one in known_lines.get(number, ())
            if one.is_booked
        ]
        return any(file.is_pasted for file in files)


def _list_of_payable(payments: Iterable[Payment], payable: Bill | MergedBill) -> list[Payment]:
    """Return those of payments that came under the ids of a bill, or of a merged bill."""
    merged_bill_id = payable.id if isinstance(payable, MergedBill) else None
    return [payment for payment in payments if payment.merged_bill_id == merged_bill_id]
