"""A line of a gateway's settlement that is of money which went back to a card: it confirms our refund, or says what
became of one whose end was not known. The money is gone, so that nothing of such a line waits in suspense.
"""

from datetime import datetime

from domain.actions.bills.subjects import lock_bill
from domain.actions.bills.suspense import BillLedgerRepositories
from domain.actions.context import ActionContext, ActorContext
from domain.actions.payments.attempt_changes import gateway_actor
from domain.actions.payments.card_refund_changes import store_refund_change
from domain.actions.payments.card_refund_denial import list_denied_refunds
from domain.actions.settlement.known_lines import find_booked_line
from domain.actions.settlement.noting import note_line
from domain.gateways.gateway import CardRefundAnswer, CardRefundState
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptState, RefundChange
from domain.gateways.refund_machine import RefundMachine
from domain.gateways.refund_ports import CardRefundRepository
from domain.ledger.movements import enter_withdrawal
from domain.repositories import GatewayRepositories
from domain.settlement.differences import DifferenceKind
from domain.settlement.lines import SettlementLine
from domain.settlement.settlement_file import FileLine, LineOutcome

_NOTED_AS = {
    LineOutcome.NO_REFUND: DifferenceKind.NO_REFUND,
    LineOutcome.REFUNDED_TWICE: DifferenceKind.REFUNDED_TWICE,
}
"""Outcomes of which nothing follows but a difference."""

FILE_CODE = "settlement_file"
"""Placeholder in place of a bank's code."""


async def foresee_refund(uow: GatewayRepositories, source: str, line: SettlementLine) -> LineOutcome:
    """Return what a line of a refund would come to."""
    return await _judge_refund(uow, await _find_refund(uow.card_refunds, source, line), line.amount)


async def book_refund_line(context: ActorContext, line: FileLine) -> LineOutcome:
    """Do what a line of a refund says, as things stand now; return what it came to."""
    known_outcome, refund = (
        await find_booked_line(context.uow.settlement, line),
        await _find_refund(context.uow.card_refunds, line.source, line.as_read()),
    )
    if known_outcome is LineOutcome.KNOWN:
        return known_outcome
    if refund is not None:
        await lock_bill(context.uow, await context.uow.bills.get(refund.bill_row_id))
        refund = await context.uow.card_refunds.get(refund.id, lock=True)
    outcome = await _judge_refund(context.uow, refund, line.amount)
    if refund is None or outcome in _NOTED_AS or known_outcome is LineOutcome.OTHER_NUMBER:
        noted_outcome = outcome if outcome in _NOTED_AS else LineOutcome.NO_REFUND
        facts = {"asked": refund.amount} if refund else {}
        await note_line(context, line, _NOTED_AS[noted_outcome], facts)
        return noted_outcome
    if await context.uow.card_refunds.is_filed(refund.id):
        return LineOutcome.KNOWN
    if outcome is LineOutcome.SETTLES:
        await _store_files_word(context, refund, line)
    await _post_withdrawal(context, refund)
    line.card_refund_id = refund.id
    return outcome


async def _find_refund(card_refunds: CardRefundRepository, source: str, line: SettlementLine) -> RefundAttempt | None:
    """Return our refund with the numbers of a line: ours first, else the bank's."""
    if line.order_number is not None:
        return await card_refunds.find_by_number(source, line.order_number)
    return await card_refunds.find_by_reference(source, line.sale_number or "")


async def _judge_refund(uow: GatewayRepositories, refund: RefundAttempt | None, amount: int) -> LineOutcome:
    """Return what a line is to our refund; one that was denied counts after all while its money is still there."""
    if refund is None or refund.amount != amount or refund.state is RefundAttemptState.REFUSED:
        return LineOutcome.NO_REFUND
    if refund.state is RefundAttemptState.DENIED and not await list_denied_refunds(uow, refund):
        return LineOutcome.REFUNDED_TWICE
    return LineOutcome.CONFIRMS if refund.state is RefundAttemptState.DONE else LineOutcome.SETTLES


async def _store_files_word(context: ActorContext, refund: RefundAttempt, line: FileLine) -> None:
    answer = CardRefundAnswer(refund_state=CardRefundState.DONE, code=FILE_CODE, reference=line.sale_number)
    change = await _apply_files_word(context.uow, refund, answer, context.dependencies.clock.now())
    details: dict[str, str | int] = {"file": line.file_id, "line": line.line_number, "booked_by": context.actor.label}
    await store_refund_change(context.acting_as(gateway_actor(refund.gateway)), change, details)


async def _apply_files_word(
    uow: GatewayRepositories, refund: RefundAttempt, answer: CardRefundAnswer, now: datetime
) -> RefundChange:
    """Return what the word does; a denied transfer carries its refunds again."""
    if refund.state is not RefundAttemptState.DENIED:
        return RefundMachine().apply_answer(refund, answer, now)
    for carried in await list_denied_refunds(uow, refund):
        carried.card_refund_id = refund.id
        await uow.bills.save_refund(carried)
    return RefundMachine().apply_late_proof(refund, answer, now)


async def _post_withdrawal(context: ActionContext[BillLedgerRepositories], refund: RefundAttempt) -> None:
    """Put what went back onto the clearing account again, and take it off the bank's."""
    for payment in await context.uow.bills.list_payments(refund.bill_row_id):
        if payment.card_refund_id == refund.id:
            await context.uow.ledger.add(enter_withdrawal(payment, context.dependencies.clock.now()))
