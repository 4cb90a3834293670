"""Outcome of each line of a settlement file, as the rows of a sheet."""

from collections.abc import AsyncIterator

from domain.actions.dependencies import Dependencies
from domain.language.wording import day_and_hour_text
from domain.messages.catalogue import Catalogue
from domain.settlement.settlement_file import FileLine, LineOutcome
from domain.unit_of_work import Store

RESULT_COLUMNS = (
    *("line", "outcome", "reason", "reference", "amount", "paid_at", "bill_id", "payment_id", "order_number"),
    *("sale_number", "channel"),
)
"""Columns of a row, in this order; the headings are under `settlement.columns`."""

LINES_AT_ONCE = 1_000

ResultRow = tuple[str | int | None, ...]


def build_result_headings(catalogue: Catalogue) -> list[str]:
    """Return the headings of the sheet."""
    return [catalogue.text(f"settlement.columns.{name}") for name in RESULT_COLUMNS]


def build_result_row(catalogue: Catalogue, line: FileLine) -> ResultRow:
    """Return what became of a line, in the order of `RESULT_COLUMNS`."""
    paid_at = None if line.paid_at is None else day_and_hour_text(line.paid_at)
    facts = (line.reference, line.amount or None, paid_at, line.bill_id, line.payment_id)
    return (
        line.line_number,
        catalogue.text(f"settlement.outcomes.{line.outcome}"),
        describe_reason(catalogue, line),
        *facts,
        *(line.order_number, line.sale_number, line.channel),
    )


def describe_reason(catalogue: Catalogue, line: FileLine) -> str:
    """Return the finer reason of what a line came to; empty where there is none."""
    if line.outcome is LineOutcome.FAULTY:
        return catalogue.text(f"settlement.faults.{line.detail}")
    if line.outcome is LineOutcome.LEFT_OUT:
        return catalogue.text(f"settlement.left_out.{line.detail}")
    if line.outcome is LineOutcome.REPEATED:
        return f"{catalogue.text('settlement.facts.line')} {line.detail}"
    return line.detail if line.outcome is LineOutcome.FAILED else ""


async def list_result_rows(dependencies: Dependencies, store: Store, file_id: int) -> AsyncIterator[ResultRow]:
    """Yield a row for each line of a file, in bounded memory."""
    last_line = 0
    while True:
        async with store.open_unit(write=False) as uow:
            lines = await uow.settlement.list_lines(file_id, last_line, LINES_AT_ONCE)
        if not lines:
            return
        for line in lines:
            yield build_result_row(dependencies.catalogue, line)
        last_line = lines[-1].line_number
