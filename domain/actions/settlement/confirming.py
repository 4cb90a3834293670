"""Lines of a gateway's settlement that say again what counts already, some hundred at a time.

A settled attempt stays settled, so nothing is locked: where two files bring one sale at once, the ledger takes the
money off its clearing account once, and whoever comes second looks again.
"""

from collections.abc import Sequence

from domain.actions.dependencies import Dependencies
from domain.actions.settlement.comparing import SaleComparison
from domain.ledger.movements import enter_deposit
from domain.settlement.settlement_file import FileLine, LineOutcome, SettlementFile
from domain.unit_of_work import UnitOfWork


async def confirm_sales(
    dependencies: Dependencies, uow: UnitOfWork, settlement_file: SettlementFile, lines: Sequence[FileLine]
) -> int:
    """Book those of the lines that only confirm, and return how many; each of the others is one to be booked alone."""
    comparison = SaleComparison(uow, settlement_file)
    confirmed_lines = await comparison.list_confirming(lines)
    if not confirmed_lines:
        return 0
    attempt_ids = {line.attempt_id for line in confirmed_lines if line.attempt_id is not None}
    for payment in await uow.settlement.list_payments_of_attempts(attempt_ids):
        await uow.ledger.add(enter_deposit(payment, dependencies.clock.now()))
    await uow.settlement.mark_booked(
        settlement_file.id, [line.line_number for line in confirmed_lines], LineOutcome.CONFIRMS
    )
    return len(confirmed_lines)
