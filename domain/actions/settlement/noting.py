"""Differences that booking a file brings to light, noted in the unit in which they are found."""

from collections.abc import Mapping

from domain.actions.bills.suspense import hold_in_suspense
from domain.actions.context import ActionContext, ActorContext
from domain.ledger.accounts import MoneySource
from domain.repositories import LedgerRepositories
from domain.settlement.differences import DifferenceKind, PaymentDifference
from domain.settlement.settlement_file import FileLine, LineOutcome, OutcomeTotal, SettlementFile
from domain.values.calendar import to_tehran

DifferenceFacts = Mapping[str, str | int]


async def hold_line(
    context: ActorContext[LedgerRepositories],
    source: MoneySource,
    line: FileLine,
    kind: DifferenceKind,
) -> None:
    """Put the money of a line into suspense, and note the difference: nothing that came is thrown away.

    Where its number is another payment's already, the receipt bears the line's own place beside it.
    """
    reference = line.money_reference
    if kind is DifferenceKind.OTHER_NUMBER:
        reference = f"{reference}/{line.file_id}-{line.line_number}"
    receipt = await hold_in_suspense(context, source, line.amount, reference, describe_line(line))
    await note_line(context, line, kind, {"receipt": receipt.id})


async def note_line(
    context: ActionContext[LedgerRepositories],
    line: FileLine,
    kind: DifferenceKind,
    facts: DifferenceFacts | None = None,
) -> None:
    """Note that a line differs from our books."""
    now = context.dependencies.clock.now()
    await context.uow.payment_differences.add_new(
        PaymentDifference(
            key=f"{kind}:{line.file_id}:{line.line_number}",
            kind=kind,
            source=line.source,
            day=to_tehran(line.paid_at or now).date(),
            amount=line.amount,
            facts=describe_line(line) | dict(facts or {}),
            noted_at=now,
        )
    )


def describe_line(line: FileLine) -> dict[str, str | int]:
    """Return what is known of a line, by stable names."""
    facts: dict[str, str | int | None] = {
        "file": line.file_id,
        "line": line.line_number,
        "reference": line.reference,
        "bill_id": line.bill_id or None,
        "payment_id": line.payment_id or None,
        "order_number": line.order_number,
        "sale_number": line.sale_number,
        "attempt": line.attempt_id,
    }
    return {name: value for name, value in facts.items() if value is not None}


_FILE_KINDS = {
    LineOutcome.FAULTY: DifferenceKind.FAULTY_LINES,
    LineOutcome.FAILED: DifferenceKind.FAILED_LINES,
}


async def note_file_differences(
    context: ActionContext[LedgerRepositories],
    settlement_file: SettlementFile,
    totals: Mapping[LineOutcome, OutcomeTotal],
) -> None:
    """Note, once for the file, that it has lines which could not be read, or not be booked.

    Of a pasted list the first is no difference: heads and sums are copied along, and who pasted it saw them.
    """
    now = context.dependencies.clock.now()
    for outcome, kind in _FILE_KINDS.items():
        is_expected = settlement_file.is_pasted and outcome is LineOutcome.FAULTY
        if (total := totals.get(outcome)) and not is_expected:
            await context.uow.payment_differences.add_new(
                PaymentDifference(
                    key=f"{kind}:{settlement_file.id}",
                    kind=kind,
                    source=settlement_file.source,
                    day=to_tehran(settlement_file.last_paid_at or now).date(),
                    amount=total.amount,
                    facts={"file": settlement_file.id, "name": settlement_file.name, "count": total.line_count},
                    noted_at=now,
                )
            )
