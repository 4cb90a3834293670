"""Lines of a settlement file compared with what is known: what each would come to, some hundred lines at a time.

It foresees: booking a line looks again, and decides (`booking.py`).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence

from domain.actions.settlement.known_lines import are_wrong_amounts
from domain.actions.settlement.refund_lines import foresee_refund
from domain.bills.bill import Payment, PaymentMethod
from domain.gateways.attempt import AttemptState
from domain.settlement.layouts import FileKind
from domain.settlement.lines import LineFault, SettlementLine
from domain.settlement.ports import AttemptFacts, BillFacts
from domain.settlement.settlement_file import FileLine, KnownLine, LineOutcome, SettlementFile
from domain.unit_of_work import UnitOfWork


async def compare_lines(
    uow: UnitOfWork, settlement_file: SettlementFile, read_lines: Sequence[SettlementLine | LineFault]
) -> list[FileLine]:
    """Return lines as they are to be stored, with what each would come to."""
    good_lines = [line for line in read_lines if isinstance(line, SettlementLine)]
    comparison = _make_comparison(uow, settlement_file)
    await comparison.look_up(good_lines)
    compared: list[FileLine] = []
    for line in read_lines:
        if isinstance(line, LineFault):
            compared.append(_store_fault(settlement_file, line))
        else:
            compared.append(await comparison.compare_line(line))
    for stored_line in compared if settlement_file.is_pasted else ():
        if stored_line.is_pending and not stored_line.outcome.fits:
            stored_line.leave_out()
    return compared


def _store_fault(settlement_file: SettlementFile, fault: LineFault) -> FileLine:
    return FileLine(
        file_id=settlement_file.id,
        line_number=fault.line_number,
        source=settlement_file.source,
        reference="",
        amount=0,
        paid_at=None,
        outcome=LineOutcome.FAULTY,
        is_pending=False,
        detail=fault.code.value,
    )


def _make_comparison(uow: UnitOfWork, settlement_file: SettlementFile) -> "LineComparison":
    is_of_bills = settlement_file.kind is FileKind.BILLS
    return BillComparison(uow, settlement_file) if is_of_bills else SaleComparison(uow, settlement_file)


class LineComparison(ABC):
    """Compares some lines of one file; what is the same for bills and sales is that a line counts once."""

    def __init__(self, uow: UnitOfWork, settlement_file: SettlementFile) -> None:
        self._uow = uow
        self._file = settlement_file
        self._known_lines: dict[str, list[KnownLine]] = {}

    async def look_up(self, lines: Sequence[SettlementLine]) -> None:
        """Load what the lines are compared with."""
        references = {line.reference for line in lines}
        known_lines = await self._uow.settlement.find_known_lines(self._file.source, references) if references else {}
        self._known_lines = {reference: list(known) for reference, known in known_lines.items()}
        await self._look_up_targets(lines)

    async def compare_line(self, line: SettlementLine) -> FileLine:
        """Return a line as it is to be stored."""
        earlier_lines = self._known_lines.setdefault(line.reference, [])
        stored_line = self._find_repetition(line, earlier_lines)
        if stored_line is None:
            stored_line = await self._compare_target(line)
        elif self._may_correct(line, earlier_lines, stored_line):
            corrected_line = await self._compare_target(line)
            stored_line = stored_line if corrected_line.outcome.holds_money else corrected_line
        known_line = KnownLine(
            self._file.id,
            line.line_number,
            False,
            line.bill_id,
            line.payment_id,
            line.amount,
            stored_line.outcome,
        )
        earlier_lines.append(known_line)
        return stored_line

    def _may_correct(self, line: SettlementLine, earlier_lines: Sequence[KnownLine], stored_line: FileLine) -> bool:
        """Tell whether a line that bears a known number is looked at as the bank's correction of wrong amounts."""
        is_other = stored_line.outcome is LineOutcome.OTHER_NUMBER
        counting_lines = [known for known in earlier_lines if known.is_booked or known.file_id == self._file.id]
        return is_other and are_wrong_amounts(counting_lines, line.bill_id, line.payment_id)

    def _find_repetition(self, line: SettlementLine, earlier_lines: Iterable[KnownLine]) -> FileLine | None:
        """Return the line as one that is known, or bears a number of another payment; None: neither."""
        counting_lines = [known for known in earlier_lines if known.is_booked or known.file_id == self._file.id]
        for known in counting_lines:
            if known.is_same_payment(line):
                is_here = known.file_id == self._file.id
                outcome = LineOutcome.REPEATED if is_here else LineOutcome.KNOWN
                repetition = self._store(line, outcome)
                repetition.detail = str(known.line_number if is_here else known.file_id)
                return repetition
        return self._store(line, LineOutcome.OTHER_NUMBER) if counting_lines else None

    def _store(self, line: SettlementLine, outcome: LineOutcome) -> FileLine:
        return FileLine.of_line(self._file.id, self._file.source, line, outcome)

    @abstractmethod
    async def _look_up_targets(self, lines: Sequence[SettlementLine]) -> None:
        """Load what the lines may be about."""

    @abstractmethod
    async def _compare_target(self, line: SettlementLine) -> FileLine:
        """Return a line that is new, with what it would do."""


class BillComparison(LineComparison):
    """Compares lines of a bank's file of bills."""

    _bills: Mapping[str, BillFacts]

    async def _look_up_targets(self, lines: Sequence[SettlementLine]) -> None:
        bill_ids = {line.bill_id for line in lines if line.bill_id}
        self._bills = await self._uow.settlement.find_bills(bill_ids) if bill_ids else {}
        self._settled_here: set[int] = set()

    async def _compare_target(self, line: SettlementLine) -> FileLine:
        bill = self._bills.get(line.bill_id)
        if bill is None or bill.payment_id != line.payment_id:
            return self._store(line, LineOutcome.NO_BILL)
        if bill.amount != line.amount:
            return self._store(line, LineOutcome.WRONG_AMOUNT)
        if bill.state.is_payable and self._settled_here.isdisjoint(bill.row_ids):
            self._settled_here.update(bill.row_ids)
            return self._store(line, LineOutcome.SETTLES)
        payments = [
            payment
            for row_id in bill.row_ids
            for payment in await self._uow.bills.list_payments(row_id)
            if payment.merged_bill_id == bill.merged_bill_id
        ]
        is_known = find_payment_of_line(payments, self._file.source, line.reference) is not None
        return self._store(line, LineOutcome.CONFIRMS if is_known else LineOutcome.SURPLUS)


def find_payment_of_line(payments: Iterable[Payment], source: str, reference: str) -> Payment | None:
    """Return the payment of a bill that a line brings once more: an earlier booking, or a bank slip with its number.

    Zeros before a number are not compared: people leave them out.
    """
    bare_number = reference.lstrip("0")
    for payment in payments:
        payment_source, _, number = payment.reference.partition("/")
        is_slip = payment.method is PaymentMethod.SLIP and payment.reference.lstrip("0") == bare_number
        is_of_bank = payment.method is PaymentMethod.BANK_FILE and payment_source == source
        if payment.is_recorded and (is_slip or (is_of_bank and number.lstrip("0") == bare_number)):
            return payment
    return None


class SaleComparison(LineComparison):
    """Compares lines of a gateway's settlement."""

    _by_order: Mapping[int, AttemptFacts]
    _by_sale: Mapping[str, AttemptFacts]

    async def _look_up_targets(self, lines: Sequence[SettlementLine]) -> None:
        order_numbers = {line.order_number for line in lines if line.order_number is not None}
        sale_numbers = {line.sale_number for line in lines if line.sale_number is not None}
        attempts = await self._uow.settlement.find_attempts(self._file.source, order_numbers, sale_numbers)
        self._by_order = {attempt.order_number: attempt for attempt in attempts}
        self._by_sale = {attempt.sale_number: attempt for attempt in attempts if attempt.sale_number is not None}

    async def list_confirming(self, lines: Sequence[FileLine]) -> list[FileLine]:
        """Return those of stored lines whose attempts are settled over their amounts, and that nothing else is of."""
        stored_lines = {line.line_number: line for line in lines}
        good_lines = [line.as_read() for line in lines if line.paid_at is not None and not line.is_refund]
        await self.look_up(good_lines)
        compared_lines = [(line, await self._compare_target(line)) for line in good_lines if self._is_alone(line)]
        plain = {
            one.attempt_id: stored_lines[line.line_number]
            for line, one in compared_lines
            if one.outcome is LineOutcome.CONFIRMS and one.attempt_id == stored_lines[line.line_number].attempt_id
        }
        filed_ids = await self._uow.settlement.list_filed({key for key in plain if key is not None})
        return [line for attempt_id, line in plain.items() if attempt_id not in filed_ids]

    def _is_alone(self, line: SettlementLine) -> bool:
        """Tell whether no other line that counts bears its number."""
        return not any(
            known.is_booked and (known.file_id, known.line_number) != (self._file.id, line.line_number)
            for known in self._known_lines.get(line.reference, ())
        )

    async def _compare_target(self, line: SettlementLine) -> FileLine:
        if line.is_refund:
            return self._store(line, await foresee_refund(self._uow, self._file.source, line))
        attempt = self._by_sale.get(line.sale_number or "") or self._by_order.get(line.order_number or 0)
        if attempt is None:
            return self._store(line, LineOutcome.NO_ATTEMPT)
        stored_line = self._store(line, _foresee_sale(attempt, line))
        stored_line.attempt_id = attempt.row_id
        return stored_line


def _foresee_sale(attempt: AttemptFacts, line: SettlementLine) -> LineOutcome:
    if attempt.order_number != (line.order_number or attempt.order_number) or attempt.sale_number not in {
        *(None, line.sale_number),
        *(() if line.sale_number else (attempt.sale_number,)),
    }:
        return LineOutcome.OTHER_NUMBER
    if attempt.amount != line.amount:
        return LineOutcome.WRONG_AMOUNT
    return LineOutcome.CONFIRMS if attempt.state == AttemptState.SETTLED else LineOutcome.SETTLES
