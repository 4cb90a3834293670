"""Money in suspense beside the settlement files that brought it: what is there twice, and what no file says."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.ledger.suspense import SuspenseReceipt, SuspenseState
from domain.repositories import LedgerRepositories
from domain.settlement.ports import SettlementRepository
from domain.settlement.settlement_file import KnownLine, LineOutcome
from domain.values.paging import Cursor

RECEIPTS_AT_ONCE = 200

_COUNTING = frozenset({LineOutcome.SETTLES, LineOutcome.CONFIRMS, LineOutcome.SURPLUS})


class SuspenseFault(StrEnum):
    """Fault of a receipt, or with a line that has none."""

    COUNTED_TWICE = "counted_twice"
    """The same payment is in suspense, and another line of it counts or is in suspense too."""
    OTHER_AMOUNT = "other_amount"
    """The line that brought it is over another amount, or is not booked."""
    NO_RECEIPT = "no_receipt"
    """A booked line says that its money is in suspense, and there is no receipt of it."""


@dataclass(frozen=True, slots=True)
class SuspenseDifference:
    """Difference between suspense and the files."""

    fault: SuspenseFault
    """Words about the problem."""
    reference: str
    """The bank's number, with whose it is."""
    held_amount: int
    """Amount in suspense, in rials; 0: nothing."""
    filed_amount: int
    """Amount in the files, in rials."""
    receipt_id: int | None
    """The receipt; None: there is none."""
    file_id: int
    """The file that brought the line."""
    line_number: int
    """Its place there."""


async def compare_suspense(uow: LedgerRepositories, limit: int) -> list[SuspenseDifference]:
    """Return where open receipts differ from the lines that brought them, and which lines lack their receipt."""
    differences: list[SuspenseDifference] = []
    cursor: Cursor | None = None
    while len(differences) < limit:
        receipts = await uow.suspense.list_in_state(SuspenseState.OPEN, RECEIPTS_AT_ONCE, cursor)
        page = receipts[:RECEIPTS_AT_ONCE]
        for receipt in page:
            differences += await _compare_receipt(uow.settlement, receipt)
        if len(receipts) <= RECEIPTS_AT_ONCE:
            break
        cursor = Cursor(page[-1].received_at, page[-1].id)
    return [*differences, *await _list_without_receipt(uow.settlement, limit)][:limit]


async def _compare_receipt(settlement: SettlementRepository, receipt: SuspenseReceipt) -> list[SuspenseDifference]:
    """Return what is wrong with one receipt that a line brought; one that no line brought is nobody's to compare."""
    if "file" not in receipt.facts or "line" not in receipt.facts:
        return []
    file_id, line_number = int(receipt.facts["file"]), int(receipt.facts["line"])
    source, _, _ = receipt.reference.partition("/")
    number = str(receipt.facts.get("reference", ""))
    known_lines = (await settlement.find_known_lines(source, {number})).get(number, [])
    own_line = next((one for one in known_lines if (one.file_id, one.line_number) == (file_id, line_number)), None)
    if own_line is None or not own_line.is_booked or own_line.amount != receipt.amount:
        filed_amount = own_line.amount if own_line else 0
        return [_differ(SuspenseFault.OTHER_AMOUNT, receipt, filed_amount, file_id, line_number)]
    twins = _list_twins(known_lines, own_line)
    return [_differ(SuspenseFault.COUNTED_TWICE, receipt, one.amount, one.file_id, one.line_number) for one in twins]


def _list_twins(known_lines: Sequence[KnownLine], own_line: KnownLine) -> list[KnownLine]:
    """Return other booked lines of the very payment whose money counts, or lies in suspense besides."""
    payment = (own_line.bill_id, own_line.payment_id)
    return [
        one
        for one in known_lines
        if one.is_booked
        and one is not own_line
        and (one.bill_id, one.payment_id) == payment
        and (one.outcome in _COUNTING or one.outcome.holds_money)
    ]


def _differ(
    fault: SuspenseFault, receipt: SuspenseReceipt, filed_amount: int, file_id: int, line_number: int
) -> SuspenseDifference:
    return SuspenseDifference(fault, receipt.reference, receipt.amount, filed_amount, receipt.id, file_id, line_number)


async def _list_without_receipt(settlement: SettlementRepository, limit: int) -> list[SuspenseDifference]:
    return [
        SuspenseDifference(
            SuspenseFault.NO_RECEIPT, line.money_reference, 0, line.amount, None, line.file_id, line.line_number
        )
        for line in await settlement.list_unheld_lines(limit)
    ]
