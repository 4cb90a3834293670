"""An examined file booked, once somebody said so: every line in a unit of its own, so that a crash loses nothing and
doubles nothing. What is left is booked by whoever goes on.

Lines that only confirm what counts already go through some hundred at a time.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.settlement.absences import end_absent_attempts
from domain.actions.settlement.bill_lines import BillLineBooker
from domain.actions.settlement.comparing import SaleComparison
from domain.actions.settlement.noting import note_file_differences
from domain.actions.settlement.sale_lines import SaleLineBooker
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.ledger.movements import enter_deposit
from domain.repositories import LedgerRepositories
from domain.settlement.coverage import is_whole_file
from domain.settlement.layouts import FileKind
from domain.settlement.settlement_file import FileLine, FileState, LineOutcome, SettlementFile
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.errors import Conflict, DomainError, NotAllowedNow, Unavailable
from domain.values.reasons import ConflictReason, NotAllowedReason
from domain.values.version_token import VersionToken, refuse_stale

log = logging.getLogger(__name__)

CONFIRMED_AT_ONCE = 200
MOST_CONFLICTS = 5
"""So often a line is tried again that somebody else came before."""


async def confirm_file(
    context: ActorContext[LedgerRepositories], file_id: int, version: VersionToken | None = None
) -> SettlementFile:
    """Let a file be booked as it was shown, in the name of who says so; of a booked one, the lines that failed.

    Errors: `Forbidden`, `NotFound("settlement_file")`, `Conflict("settlement_file")` where it is another one by now,
    `NotAllowedNow("settlement_file")` where there is nothing to book.
    """
    require_right(Right.SETTLEMENT_BOOK, context.actor, "settlement_file")
    stored_file = await context.uow.settlement.get_file(file_id, lock=True)
    refuse_stale(version, stored_file.version_token, Conflict("settlement_file", ConflictReason.SETTLEMENT_MOVED))
    if stored_file.state is FileState.BOOKED:
        if not await context.uow.settlement.retry_failed(file_id):
            raise NotAllowedNow("settlement_file", NotAllowedReason.SETTLEMENT_BOOKED)
    elif stored_file.state is not FileState.EXAMINED:
        raise Conflict("settlement_file", ConflictReason.SETTLEMENT_MOVED)
    stored_file.state, stored_file.decided_by = FileState.CONFIRMED, context.actor.identifier
    await context.uow.settlement.save_file(stored_file)
    facts = {"file": stored_file.name, "brought_by": stored_file.brought_by}
    await context.uow.audit.add_entry(
        context.dependencies.clock.now(), context.actor.label, "settlement_file_confirmed", facts
    )
    return stored_file


async def book_file(
    dependencies: Dependencies,
    store: Store,
    file_id: int,
    actor: Actor,
    report_progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Book what is left of a confirmed file, to its end; return how many lines were booked now.

    Whoever dies in the middle leaves a file from which anybody goes on. A line that cannot be booked through a fault
    of ours is noted as failed, and keeps no other waiting. `Unavailable` ends it: no line would fare better.
    """
    booked_count = 0
    while booked_now := await _book_next(dependencies, store, file_id, actor):
        booked_count += booked_now
        report_progress(booked_count)
    await _finish_file(dependencies, store, file_id, actor)
    return booked_count


async def _book_next(dependencies: Dependencies, store: Store, file_id: int, actor: Actor) -> int:
    """Book the next line, or the next ones that only confirm; return how many, 0 when none is left."""
    failure: Exception = Conflict("settlement_line")
    for group_size in (CONFIRMED_AT_ONCE, *[1] * MOST_CONFLICTS):
        try:
            async with store.open_unit() as uow:
                return await _book_group(ActorContext(dependencies, uow, actor), file_id, group_size)
        except Unavailable:
            raise
        except Conflict as conflict:
            failure = conflict  # somebody else moved bill or attempt: looked at again as it stands now
        except Exception as error:  # the edge of one line: whatever is wrong with it, the others have their turn
            log.exception("a line of settlement file %s was not booked", file_id)
            failure = error
            if group_size == 1:
                break
    return await _note_failure(store, file_id, failure)


async def _book_group(context: ActorContext, file_id: int, group_size: int) -> int:
    stored_file = await context.uow.settlement.get_file(file_id, lock=True)
    if stored_file.state is not FileState.CONFIRMED:
        return 0
    lines = await context.uow.settlement.list_pending(file_id, 1)
    if not lines:
        return 0
    is_of_bills = stored_file.kind is FileKind.BILLS
    if lines[0].outcome is LineOutcome.CONFIRMS and group_size > 1 and not is_of_bills:
        confirming_lines = _take_confirming(await context.uow.settlement.list_pending(file_id, group_size))
        if confirmed_count := await confirm_sales(context, stored_file, confirming_lines):
            return confirmed_count
    booker = BillLineBooker(context, only_fitting=stored_file.is_pasted) if is_of_bills else SaleLineBooker(context)
    await booker.serialise_lines(lines)
    for line in lines:
        line.outcome = await booker.book_line(line)
        line.is_pending = False
    await context.uow.settlement.save_lines(lines)
    return len(lines)


def _take_confirming(lines: list[FileLine]) -> list[FileLine]:
    """Return the lines at the beginning that move no money."""
    confirming_lines: list[FileLine] = []
    for line in lines:
        if line.outcome is not LineOutcome.CONFIRMS:
            break
        confirming_lines.append(line)
    return confirming_lines


async def _note_failure(store: Store, file_id: int, error: Exception) -> int:
    """Note that the next line failed, in a unit of its own: everything that it did was undone."""
    code = error.code if isinstance(error, DomainError) else "internal"
    async with store.open_unit() as uow:
        await uow.settlement.get_file(file_id, lock=True)
        (line,) = await uow.settlement.list_pending(file_id, 1)
        await uow.settlement.save_lines(
            [replace(line, outcome=LineOutcome.FAILED, is_pending=False, detail=str(error) or code)]
        )
    return 1


async def _finish_file(dependencies: Dependencies, store: Store, file_id: int, actor: Actor) -> None:
    """Note that nothing is left of a file, and what its lines that brought nothing are to somebody; then end what the
    files of its gateway say by their silence was not paid.
    """
    now = dependencies.clock.now()
    async with store.open_unit() as uow:
        stored_file = await uow.settlement.get_file(file_id, lock=True)
        if stored_file.state is not FileState.CONFIRMED or await uow.settlement.list_pending(file_id, 1):
            return
        totals = await uow.settlement.sum_outcomes(file_id)
        stored_file.state, stored_file.finished_at = FileState.BOOKED, now
        stored_file.is_whole = is_whole_file(stored_file, tuple(totals))
        await uow.settlement.save_file(stored_file)
        await note_file_differences(ActionContext(dependencies, uow), stored_file, totals)
        facts = {"file": stored_file.name, **{outcome.value: total.line_count for outcome, total in totals.items()}}
        await uow.audit.add_entry(now, actor.label, "settlement_file_booked", facts)
    if stored_file.is_whole and stored_file.kind is FileKind.GATEWAY:
        await end_absent_attempts(dependencies, store, stored_file.source)


async def confirm_sales(context: ActionContext, settlement_file: SettlementFile, lines: Sequence[FileLine]) -> int:
    """Book those of the lines that only confirm, and return how many; each of the others is one to be booked alone.

    A settled attempt stays settled, so nothing is locked: where two files bring one sale at once, the ledger takes the
    money off its clearing account once, and whoever comes second looks again.
    """
    comparison = SaleComparison(context.uow, settlement_file)
    confirmed_lines = await comparison.list_confirming(lines)
    if not confirmed_lines:
        return 0
    attempt_ids = {line.attempt_id for line in confirmed_lines if line.attempt_id is not None}
    for payment in await context.uow.settlement.list_payments_of_attempts(attempt_ids):
        await context.uow.ledger.add(enter_deposit(payment, context.dependencies.clock.now()))
    await context.uow.settlement.mark_booked(
        settlement_file.id, [line.line_number for line in confirmed_lines], LineOutcome.CONFIRMS
    )
    return len(confirmed_lines)
