"""A line of a gateway's settlement, booked: it moves its attempt through the attempt machine, or waits in suspense.

What a settlement file says is the bank's last word: an attempt that is unknown, failed or whatever becomes settled.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from domain.actions.bills.suspense import withdraw_receipt
from domain.actions.context import ActorContext
from domain.actions.payments.attempt_changes import gateway_actor, payment_reference, store_change
from domain.actions.payments.callbacks import is_foreign_sale, serialise_sale
from domain.actions.settlement.known_lines import correct_booked_lines, find_booked_line
from domain.actions.settlement.noting import hold_line, note_line
from domain.actions.settlement.refund_lines import FILE_CODE, book_refund_line
from domain.bills.bill import PaymentMethod
from domain.gateways.attempt import AttemptChange, AttemptEffect, AttemptState, PaymentAttempt
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.capabilities import GatewayCapabilities, InquiryKey, RepeatedVerify, Settlement
from domain.gateways.gateway import GatewayAnswer, SaleState
from domain.ledger.accounts import MoneySource
from domain.ledger.movements import enter_deposit
from domain.ledger.suspense import SuspenseState
from domain.settlement.differences import DifferenceKind
from domain.settlement.settlement_file import FileLine, LineOutcome

FILE_CAPABILITIES = GatewayCapabilities(
    session_lasts=timedelta(0),
    verify_within=None,
    inquiry=InquiryKey.NOTHING,
    repeated_verify=RepeatedVerify.SUCCEEDS,
    settlement=Settlement.WITH_VERIFY,
)
"""A file can be asked for nothing and takes nothing back: it says that money is ours."""


class SaleLineBooker:
    """Books lines in one unit of work."""

    def __init__(self, context: ActorContext) -> None:
        self.context = context
        self._machine = AttemptMachine(FILE_CAPABILITIES)

    async def serialise_lines(self, lines: Sequence[FileLine]) -> None:
        """Hold the numbers of lines to the end of the unit, before any attempt is locked."""
        for reference in sorted({line.money_reference for line in lines}):
            await self.context.uow.serialise(f"settlement:{reference}")
        for source, sale_number in sorted({(line.source, line.sale_number or "") for line in lines}):
            if sale_number:
                await serialise_sale(self.context.uow, source, sale_number)

    async def book_line(self, line: FileLine) -> LineOutcome:
        """Do what a line says, as things stand now; return what it came to."""
        if line.is_refund:
            return await book_refund_line(self.context, line)
        return await self._book_sale(line)

    async def _book_sale(self, line: FileLine) -> LineOutcome:
        known_outcome, attempt = (
            await find_booked_line(self.context.uow.settlement, line),
            await self._find_attempt(line),
        )
        if known_outcome and not await self._corrects(line, attempt, known_outcome):
            if known_outcome is LineOutcome.OTHER_NUMBER:
                await self._hold(line, DifferenceKind.OTHER_NUMBER)
            return known_outcome
        line.attempt_id = None
        if attempt is None:
            await self._hold(line, DifferenceKind.NO_ATTEMPT)
            return LineOutcome.NO_ATTEMPT
        if await self._names_other_sale(attempt, line):
            await self._hold(line, DifferenceKind.OTHER_NUMBER)
            return LineOutcome.OTHER_NUMBER
        is_filed = await self.context.uow.settlement.is_filed(attempt.id)
        line.attempt_id = attempt.id
        if attempt.state is not AttemptState.SETTLED:
            outcome = await self._settle(attempt, line)
        elif is_filed:
            line.attempt_id = None
            return LineOutcome.KNOWN
        else:
            outcome = await self._confirm(attempt, line)
        if outcome in {LineOutcome.SETTLES, LineOutcome.CONFIRMS}:
            await self._post_deposit(attempt)
        return outcome

    async def _corrects(self, line: FileLine, attempt: PaymentAttempt | None, known_outcome: LineOutcome) -> bool:
        """Whether a line is the bank's correction of lines with its number: over the amount of its attempt, at last."""
        if known_outcome is not LineOutcome.OTHER_NUMBER or attempt is None or attempt.amount != line.amount:
            return False
        source = MoneySource(PaymentMethod.GATEWAY, line.source)
        return await correct_booked_lines(self.context, source, line)

    async def _post_deposit(self, attempt: PaymentAttempt) -> None:
        """Take what the attempt paid off the clearing account: it lies in the bank."""
        for share in attempt.shares:
            for payment in await self.context.uow.bills.list_payments(share.bill_row_id):
                if payment.attempt_id == attempt.id:
                    await self.context.uow.ledger.add(enter_deposit(payment, self.context.dependencies.clock.now()))

    async def _find_attempt(self, line: FileLine) -> PaymentAttempt | None:
        attempts = self.context.uow.payment_attempts
        if line.sale_number is not None and (by_sale := await attempts.find_by_sale(line.source, line.sale_number)):
            return await attempts.get(by_sale.id, lock=True)
        if line.order_number is None:
            return None
        return await attempts.find_by_order(line.source, line.order_number, lock=True)

    async def _names_other_sale(self, attempt: PaymentAttempt, line: FileLine) -> bool:
        """Tell whether the numbers of a line are of two sales: one of them is the bank's mistake."""
        if line.order_number is not None and line.order_number != attempt.order_number:
            return True
        has_other_sale = line.sale_number is not None and attempt.sale_number not in {None, line.sale_number}
        return has_other_sale or await is_foreign_sale(self.context.uow.payment_attempts, attempt, line.sale_number)

    async def _confirm(self, attempt: PaymentAttempt, line: FileLine) -> LineOutcome:
        """The money counts already: as the bills' or, where the bank said another amount before, in suspense."""
        if line.amount == attempt.amount and attempt.has_wrong_amount:
            return await self._settle_corrected(attempt, line)
        if line.amount in {attempt.amount, attempt.bank_amount}:
            return LineOutcome.CONFIRMS
        facts = {"asked": attempt.amount}
        await note_line(self.context, line, DifferenceKind.SALE_AMOUNT, facts)
        return LineOutcome.WRONG_AMOUNT

    async def _settle_corrected(self, attempt: PaymentAttempt, line: FileLine) -> LineOutcome:
        """Pay the bills of an attempt over which the bank had said another amount: its file speaks last. What lies in
        suspense of it never was; where somebody decided on that, the line only confirms.
        """
        source = MoneySource(PaymentMethod.GATEWAY, line.source)
        receipt = await self.context.uow.suspense.find(source, payment_reference(attempt))
        if receipt is not None and receipt.state is SuspenseState.OPEN:
            receipt = await withdraw_receipt(self.context, receipt)
        if receipt is None or receipt.state is not SuspenseState.CORRECTED:
            return LineOutcome.CONFIRMS
        corrected = replace(attempt, bank_amount=line.amount, alert=None)
        effects = frozenset({AttemptEffect.COUNT_PAYMENT})
        details: dict[str, str | int] = {"file": line.file_id, "line": line.line_number}
        details["booked_by"] = self.context.actor.label
        change = AttemptChange(corrected, "amount_corrected", effects)
        await store_change(
            ActorContext(self.context.dependencies, self.context.uow, gateway_actor(attempt.gateway)), change, details
        )
        return LineOutcome.SETTLES

    async def _settle(self, attempt: PaymentAttempt, line: FileLine) -> LineOutcome:
        answer = GatewayAnswer(
            sale_state=SaleState.SETTLED,
            code=FILE_CODE,
            sale_number=line.sale_number,
            amount=line.amount,
        )
        change = self._machine.apply_answer(attempt, answer, self.context.dependencies.clock.now())
        actor, details = gateway_actor(attempt.gateway), {"file": line.file_id, "line": line.line_number}
        moved = await store_change(
            ActorContext(self.context.dependencies, self.context.uow, actor),
            change,
            {**details, "booked_by": self.context.actor.label},
        )
        if moved.state is not AttemptState.SETTLED:
            await self._hold(line, DifferenceKind.CONTRADICTS)
            return LineOutcome.CONTRADICTS
        if attempt.state is AttemptState.REVERSED:
            await note_line(self.context, line, DifferenceKind.CONTRADICTS)
        if moved.has_wrong_amount:
            facts = {"asked": attempt.amount}
            await note_line(self.context, line, DifferenceKind.SALE_AMOUNT, facts)
            return LineOutcome.WRONG_AMOUNT
        return LineOutcome.SETTLES

    async def _hold(self, line: FileLine, kind: DifferenceKind) -> None:
        source = MoneySource(PaymentMethod.GATEWAY, line.source)
        await hold_line(self.context, source, line, kind)
