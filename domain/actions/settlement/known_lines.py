"""Whether a line that is to be booked was booked before, by whatever file; and the bank's own correction of one."""

from collections.abc import Sequence

from domain.actions.bills.suspense import withdraw_receipt
from domain.actions.context import ActorContext
from domain.ledger.accounts import MoneySource
from domain.ledger.suspense import SuspenseState
from domain.repositories import LedgerRepositories
from domain.settlement.ports import SettlementRepository
from domain.settlement.settlement_file import FileLine, KnownLine, LineOutcome


async def find_booked_line(settlement: SettlementRepository, line: FileLine) -> LineOutcome | None:
    """Return `KNOWN` or `OTHER_NUMBER` where another line with its number was booked; None: there is none.

    It is asked while the number is held (`serialise_lines`), so that two files cannot both find none.
    """
    booked_lines = await _list_booked(settlement, line)
    if not booked_lines:
        return None
    payment = (line.bill_id, line.payment_id, line.amount)
    is_same = any((known.bill_id, known.payment_id, known.amount) == payment for known in booked_lines)
    return LineOutcome.KNOWN if is_same else LineOutcome.OTHER_NUMBER


async def _list_booked(settlement: SettlementRepository, line: FileLine) -> list[KnownLine]:
    known_lines = await settlement.find_known_lines(line.source, {line.reference})
    return [
        known
        for known in known_lines.get(line.reference, ())
        if known.is_booked and (known.file_id, known.line_number) != (line.file_id, line.line_number)
    ]


def are_wrong_amounts(known_lines: Sequence[KnownLine], bill_id: str, payment_id: str) -> bool:
    """Return whether lines with one number were all of one payment, over amounts that were nobody's: the next one, over
    the right amount, is the bank's correction of them and no further money.
    """
    return (
        any(known.outcome is LineOutcome.WRONG_AMOUNT for known in known_lines)
        and all(known.may_be_corrected for known in known_lines)
        and all((known.bill_id, known.payment_id) == (bill_id, payment_id) for known in known_lines)
    )


async def correct_booked_lines(context: ActorContext[LedgerRepositories], source: MoneySource, line: FileLine) -> bool:
    """Take out of suspense what earlier lines with the number of this one brought over wrong amounts, where this one,
    over the right amount, corrects them; return whether it does. What somebody decided on already stays.
    """
    booked_lines = await _list_booked(context.uow.settlement, line)
    if not are_wrong_amounts(booked_lines, line.bill_id, line.payment_id):
        return False
    receipts = [
        receipt
        for known in booked_lines
        for reference in (line.money_reference, f"{line.money_reference}/{known.file_id}-{known.line_number}")
        if (receipt := await context.uow.suspense.find(source, reference))
    ]
    if any(receipt.state in {SuspenseState.MATCHED, SuspenseState.RETURNED} for receipt in receipts):
        return False
    for receipt in {receipt.id: receipt for receipt in receipts if receipt.state is SuspenseState.OPEN}.values():
        await withdraw_receipt(context, receipt)
    return True
