"""A line of a bank's file of bills, booked: by the one way in for money, or held in suspense."""

from collections.abc import Sequence

from domain.actions.bills.pay import record_payment
from domain.actions.bills.subjects import lock_bill
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import announce_outcome
from domain.actions.settlement.comparing import find_payment_of_line
from domain.actions.settlement.known_lines import find_booked_line
from domain.actions.settlement.noting import hold_line, note_line
from domain.bills.bill import Bill, Payment, PaymentMethod, PaymentOutcome
from domain.bills.pos_receipts import PosReceipt
from domain.ledger.accounts import MoneySource
from domain.settlement.differences import DifferenceKind
from domain.settlement.settlement_file import FileLine, LineOutcome
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import BillNotFound

SOURCE = MoneySource(PaymentMethod.BANK_FILE)


class BillLineBooker:
    """Books lines in one unit of work, in the name of who had the file booked."""

    def __init__(self, dependencies: Dependencies, uow: UnitOfWork, actor: Actor) -> None:
        self._dependencies = dependencies
        self._uow = uow
        self._actor = actor

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
        bill = await self._find_bill(line)
        if bill is None:
            await self._hold(line, DifferenceKind.NO_BILL)
            return LineOutcome.NO_BILL
        bill = await lock_bill(self._uow, bill)
        payments = await self._uow.bills.list_payments(bill.id)
        if find_payment_of_line(payments, line.source, line.reference) is not None:
            return LineOutcome.CONFIRMS
        if bill.amount != line.amount:
            await self._hold(line, DifferenceKind.BILL_AMOUNT)
            return LineOutcome.WRONG_AMOUNT
        return await self._pay_bill(line, bill, payments)

    async def _find_bill(self, line: FileLine) -> Bill | None:
        try:
            bill = await self._uow.bills.get_by_bill_id(line.bill_id)
        except BillNotFound:
            return None
        return bill if bill.payment_id == line.payment_id else None

    async def _pay_bill(self, line: FileLine, bill: Bill, earlier_payments: Sequence[Payment]) -> LineOutcome:
        """Pay the bill with the moment that the bank says; nobody is asked whether surplus is meant."""
        recorded = await record_payment(
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
        if recorded.outcome is not None:
            await announce_outcome(self._dependencies, self._uow, recorded.outcome, self._actor)
        if recorded.payment.outcome is PaymentOutcome.SETTLED:
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
