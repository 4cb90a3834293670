"""A line of a gateway's settlement that is of money which went back to a card: it confirms our refund, or says what
became of one whose end was not known. The money is gone, so that nothing of such a line waits in suspense.
"""

from domain.actions.bills.subjects import lock_bill
from domain.actions.dependencies import Dependencies
from domain.actions.payments.card_refund_changes import store_refund_change
from domain.actions.payments.changes import gateway_actor
from domain.actions.settlement.known_lines import find_booked_line
from domain.actions.settlement.noting import note_line
from domain.gateways.gateway import CardRefundAnswer, CardRefundState
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptState
from domain.gateways.refund_machine import RefundMachine
from domain.ledger.movements import enter_withdrawal
from domain.settlement.differences import DifferenceKind
from domain.settlement.lines import SettlementLine
from domain.settlement.settlement_file import FileLine, LineOutcome
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor

FILE_CODE = "settlement_file"
"""What stands in place of a bank's code."""


async def foresee_refund(uow: UnitOfWork, source: str, line: SettlementLine) -> LineOutcome:
    """Return what a line of a refund would come to."""
    return _judge_refund(await _find_refund(uow, source, line), line.amount)


async def book_refund_line(dependencies: Dependencies, uow: UnitOfWork, line: FileLine, actor: Actor) -> LineOutcome:
    """Do what a line of a refund says, as things stand now; return what it came to."""
    known_outcome, refund = await find_booked_line(uow, line), await _find_refund(uow, line.source, line.as_read())
    if known_outcome is LineOutcome.KNOWN:
        return known_outcome
    if refund is not None:
        await lock_bill(uow, await uow.bills.get(refund.bill_row_id))
        refund = await uow.card_refunds.get(refund.id, lock=True)
    outcome = _judge_refund(refund, line.amount)
    if refund is None or outcome is LineOutcome.NO_REFUND or known_outcome is LineOutcome.OTHER_NUMBER:
        facts = {"asked": refund.amount} if refund else {}
        await note_line(dependencies, uow, line, DifferenceKind.NO_REFUND, facts)
        return LineOutcome.NO_REFUND
    if await uow.card_refunds.is_filed(refund.id):
        return LineOutcome.KNOWN
    if outcome is LineOutcome.SETTLES:
        await _store_files_word(dependencies, uow, refund, line, actor)
    await _post_withdrawal(dependencies, uow, refund)
    line.card_refund_id = refund.id
    return outcome


async def _find_refund(uow: UnitOfWork, source: str, line: SettlementLine) -> RefundAttempt | None:
    """Return our refund with the numbers of a line: ours first, else the bank's."""
    if line.order_number is not None:
        return await uow.card_refunds.find_by_number(source, line.order_number)
    return await uow.card_refunds.find_by_reference(source, line.sale_number or "")


def _judge_refund(refund: RefundAttempt | None, amount: int) -> LineOutcome:
    if refund is None or refund.amount != amount or refund.state is RefundAttemptState.REFUSED:
        return LineOutcome.NO_REFUND
    return LineOutcome.CONFIRMS if refund.state is RefundAttemptState.DONE else LineOutcome.SETTLES


async def _store_files_word(
    dependencies: Dependencies, uow: UnitOfWork, refund: RefundAttempt, line: FileLine, actor: Actor
) -> None:
    answer = CardRefundAnswer(refund_state=CardRefundState.DONE, code=FILE_CODE, reference=line.sale_number)
    change = RefundMachine().apply_answer(refund, answer, dependencies.clock.now())
    details: dict[str, str | int] = {"file": line.file_id, "line": line.line_number, "booked_by": actor.label}
    await store_refund_change(dependencies, uow, change, gateway_actor(refund.gateway), details)


async def _post_withdrawal(dependencies: Dependencies, uow: UnitOfWork, refund: RefundAttempt) -> None:
    """Put what went back onto the clearing account again, and take it off the bank's."""
    for payment in await uow.bills.list_payments(refund.bill_row_id):
        if payment.card_refund_id == refund.id:
            await uow.ledger.add(enter_withdrawal(payment, dependencies.clock.now()))
