"""A line of a bank's file of bills, booked: by the one way in for money, or held in suspense."""

from collections.abc import Iterable, Sequence

from domain.actions.bills.merged_bills import load_paid_bills
from domain.actions.bills.pay_by_ids import announce_receipt, find_payable_by_ids, record_payment_by_ids
from domain.actions.bills.subjects import lock_bills
from domain.actions.dependencies import Dependencies
from domain.actions.settlement.comparing import find_payment_of_line
from domain.actions.settlement.known_lines import find_booked_line
from domain.actions.settlement.noting import hold_line, note_line
from domain.bills.bill import Bill, Payment, PaymentMethod, PaymentOutcome
from domain.bills.merged_bill import MergedBill
from domain.bills.pos_receipts import PosReceipt
from domain.ledger.accounts import MoneySource
from domain.settlement.differences import DifferenceKind
from domain.settlement.settlement_file import FileLine, LineOutcome
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import BillNotFound, InvalidField

SOURCE = MoneySource(PaymentMethod.BANK_FILE)


class BillLineBooker:
    """Books lines in one unit of work, in the name of who had the file booked."""

    def __init__(self, dependencies: Dependencies, uow: UnitOfWork, actor: Actor, *, only_fitting: bool) -> None:
        self._dependencies = dependencies
        self._uow = uow
        self._actor = actor
        self._only_fitting = only_fitting

    async def serialise_lines(self, lines: Sequence[FileLine]) -> None:
        """Hold the numbers of lines to the end of the unit: two files cannot book one of them at once."""
        for reference in sorted({line.money_reference for line in lines}):
            await self._uow.serialise(f"settlement:{reference}")

    async def book_line(self, line: FileLine) -> LineOutcome:
        """Do what a line says, as things stand now; return what it came to."""
        if known_outcome := await find_booked_line(self._uow, line):
            if known_outcome is LineOutcome.OTHER_NUMBER:
                await self._hold(line, DifferenceKind.OTHER_NUMBER)
            return known_outcome
        payable = await self._find_payable(line)
        if payable is None:
            await self._hold(line, DifferenceKind.NO_BILL)
            return LineOutcome.NO_BILL
        payments = await self._lock_and_list_payments(payable)
        if find_payment_of_line(_list_of_payable(payments, payable), line.source, line.reference) is not None:
            return LineOutcome.CONFIRMS
        if payable.amount != line.amount:
            await self._hold(line, DifferenceKind.BILL_AMOUNT)
            return LineOutcome.WRONG_AMOUNT
        if self._only_fitting and await self._is_settled(payable):
            line.detail = LineOutcome.SURPLUS
            return LineOutcome.LEFT_OUT
        return await self._record_line(line, payments)

    async def _is_settled(self, payable: Bill | MergedBill) -> bool:
        """Whether no bill of it needs money any more: it was paid since the list was shown."""
        return not all(bill.state.is_payable for bill in await load_paid_bills(self._uow, payable))

    async def _find_payable(self, line: FileLine) -> Bill | MergedBill | None:
        try:
            return await find_payable_by_ids(self._uow, line.bill_id, line.payment_id)
        except (BillNotFound, InvalidField):
            return None

    async def _lock_and_list_payments(self, payable: Bill | MergedBill) -> list[Payment]:
        """Lock the bills that a line pays; return all that came for them, or went back."""
        bill_row_ids = [bill.id for bill in await load_paid_bills(self._uow, payable)]
        bills = await lock_bills(self._uow, bill_row_ids)
        return [payment for bill in bills for payment in await self._uow.bills.list_payments(bill.id)]

    async def _record_line(self, line: FileLine, earlier_payments: Sequence[Payment]) -> LineOutcome:
        """Pay the bill with the moment that the bank says; nobody is asked whether surplus is meant."""
        recorded = await record_payment_by_ids(
            self._dependencies,
            self._uow,
            (line.bill_id, line.payment_id),
            line.amount,
            PaymentMethod.BANK_FILE,
            line.money_reference,
            self._actor,
            receipt=PosReceipt(paid_at=line.paid_at),
            surplus=True,
        )
        await announce_receipt(self._dependencies, self._uow, recorded, self._actor)
        if recorded.outcome is PaymentOutcome.SETTLED:
            return LineOutcome.SETTLES
        await self._note_slip(line, earlier_payments)
        return LineOutcome.SURPLUS

    async def _note_slip(self, line: FileLine, earlier_payments: Sequence[Payment]) -> None:
        """A slip and a line under two numbers may be one payment: only a person can tell."""
        for payment in earlier_payments:
            is_slip = payment.is_recorded and payment.method is PaymentMethod.SLIP
            if is_slip and payment.outcome is PaymentOutcome.SETTLED:
                facts = {"slip": payment.reference}
                await note_line(self._dependencies, self._uow, line, DifferenceKind.SLIP_AND_FILE, facts)

    async def _hold(self, line: FileLine, kind: DifferenceKind) -> None:
        await hold_line(self._dependencies, self._uow, SOURCE, line, kind, self._actor)


def _list_of_payable(payments: Iterable[Payment], payable: Bill | MergedBill) -> list[Payment]:
    """Return those of payments that came under the ids of a bill, or of a merged bill."""
    merged_bill_id = payable.id if isinstance(payable, MergedBill) else None
    return [payment for payment in payments if payment.merged_bill_id == merged_bill_id]
