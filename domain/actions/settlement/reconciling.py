"""The daily reconciliation of gateway, settlement files and ledger: it finds differences, names who must act, and
notes those that are gone. What a file brings to light is noted when the file is booked (`noting.py`).
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import list_role_mobiles, notify_staff
from domain.actions.settlement.absences import end_absent_attempts
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.gateways.attempt import AttemptState
from domain.gateways.refund_attempt import RefundAttempt
from domain.ledger.balances import LedgerDifference
from domain.ledger.suspense import SuspenseState
from domain.messages.catalogue import RenderedMessage
from domain.repositories import GatewayRepositories, LedgerRepositories
from domain.settlement.differences import DifferenceKind, PaymentDifference, SourceTotals
from domain.settlement.ports import UnfiledAttempt
from domain.settlement.settlement_file import FileState, LineOutcome
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Role
from domain.values.calendar import day_bounds, to_tehran
from domain.values.errors import AlreadyDone, NotFound
from domain.values.required_text import read_required_text
from domain.values.text import persian_digits

SEARCHED_BACK = timedelta(days=60)
"""Attempts begun earlier were looked at by earlier runs: what was found then stays noted until it is resolved."""

MOST_FOUND = 1_000
"""Differences of one sort that a run finds; the next run finds the others."""

WAITING_BEFORE_NOTED = timedelta(days=1)
LONGEST_NOTE = 300
"""UTF-16 units of why a difference was closed."""


@dataclass(frozen=True, slots=True)
class DayReconciliation:
    """A day as our books and the files have it, and what is still different."""

    day: date
    totals: tuple[SourceTotals, ...]
    """Sums of each bank and gateway on that day."""
    differences: tuple[PaymentDifference, ...]
    """Those that are open, of that day or of all."""


async def load_reconciliation(
    context: ActionContext[LedgerRepositories], day: date | None = None, limit: int = MOST_FOUND
) -> DayReconciliation:
    """Return a day with its differences; without one, yesterday with all that are open."""
    shown_day = day or to_tehran(context.dependencies.clock.now()).date() - timedelta(days=1)
    totals = await context.uow.settlement.sum_day(*day_bounds(shown_day))
    return DayReconciliation(
        shown_day, tuple(totals), tuple(await context.uow.payment_differences.list_open(limit, day))
    )


async def find_differences(dependencies: Dependencies, store: Store) -> int:
    """Look for what differs now, note what is new and what is gone; return how many are new."""
    search = _DifferenceSearch(dependencies)
    new_count = 0
    for find in search.searches:
        async with store.open_unit(write=False) as uow:
            found = list(await find(uow))
        async with store.open_unit() as uow:
            new_count += sum([await uow.payment_differences.add_new(difference) for difference in found])
    await _note_gone(dependencies, store)
    return new_count


async def reconcile_daily(dependencies: Dependencies, store: Store) -> int:
    """Find differences, and alert the revenue unit when there are any that it was not alerted of; return how many.

    First what the files have decided by their silence is ended, where a booking was cut off before it did so.
    """
    async with store.open_unit(write=False) as uow:
        sources = await uow.settlement.list_sources()
    for source in sources:
        await end_absent_attempts(dependencies, store, source)
    await find_differences(dependencies, store)
    now = dependencies.clock.now()
    async with store.open_unit() as uow:
        new_differences = await uow.payment_differences.list_unalerted(MOST_FOUND)
        for difference in new_differences:
            await uow.payment_differences.save(replace(difference, alerted_at=now))
        if new_differences:
            context = ActionContext(dependencies, uow)
            mobiles = await list_role_mobiles(context, Role.REVENUE)
            render_message = partial(_render_alert, dependencies, len(new_differences))
            await notify_staff(context, mobiles, render_message)
    return len(new_differences)


def _render_alert(dependencies: Dependencies, difference_count: int) -> RenderedMessage:
    facts = {"count": persian_digits(difference_count)}
    return dependencies.catalogue.render_message("staff.payment_differences", facts)


async def close_difference(context: ActorContext[LedgerRepositories], key: str, note: str) -> PaymentDifference:
    """Close a difference that somebody looked into, for good.

    Errors: `Forbidden`, `MissingField("note")`, `InvalidField("note")`, `NotFound("difference")`,
    `AlreadyDone("difference")`.
    """
    closer = require_right(Right.SETTLEMENT_BRING, context.actor, "difference")
    note_text = read_required_text(note, "note", LONGEST_NOTE)
    difference, now = await context.uow.payment_differences.get(key, lock=True), context.dependencies.clock.now()
    if difference.resolved_at is not None:
        raise AlreadyDone("difference")
    closed = replace(difference, resolved_at=now, resolved_by=closer.label, note=note_text)
    await context.uow.payment_differences.save(closed)
    await context.uow.audit.add_entry(now, closer.label, "difference_closed", {"difference": key, "reason": note_text})
    return closed


class _DifferenceSearch:
    """Looks for differences that no file brings to light."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._calendar = dependencies.calendar
        self._lag = dependencies.policy.settlement_banking_days
        self._now = dependencies.clock.now()
        self.searches: tuple[Callable[[UnitOfWork], Awaitable[Iterable[PaymentDifference]]], ...] = (
            self._find_unfiled,
            self._find_unknown,
            self._find_unfiled_refunds,
            self._find_unknown_refunds,
            self._find_waiting_files,
            self._find_missing_files,
            self._find_ledger_differences,
        )

    def _is_overdue(self, moment: datetime, further_days: int = 0) -> bool:
        """Tell whether the banking days since a moment are over."""
        return self._calendar.add_banking_days(moment, self._lag + further_days) <= self._now

    async def _find_unfiled(self, uow: LedgerRepositories) -> list[PaymentDifference]:
        """Attempts that were settled, and that no file has although one had to come."""
        found: list[PaymentDifference] = []
        for source, (first, _) in (await uow.settlement.list_sources()).items():
            start = max(day_bounds(to_tehran(first).date())[0], self._now - SEARCHED_BACK)
            attempts = await uow.settlement.list_unfiled(source, start, self._now, MOST_FOUND)
            found += [
                self._note_attempt(DifferenceKind.NOT_IN_FILE, attempt)
                for attempt in attempts
                if self._is_overdue(attempt.since)
            ]
        return found

    async def _find_unknown(self, uow: LedgerRepositories) -> list[PaymentDifference]:
        """Attempts whose end is not known after the banking days, or of which the bank has said nothing for hours."""
        attempts = await uow.settlement.list_unknown(self._now - WAITING_BEFORE_NOTED, MOST_FOUND)
        overdue = [attempt for attempt in attempts if self._is_overdue(attempt.since)]
        unresolved = await uow.settlement.list_unresolved(MOST_FOUND)
        by_id = {attempt.attempt_id: attempt for attempt in (*overdue, *unresolved)}
        return [self._note_attempt(DifferenceKind.UNKNOWN_ATTEMPT, attempt) for attempt in by_id.values()]

    def _note_attempt(self, kind: DifferenceKind, attempt: UnfiledAttempt) -> PaymentDifference:
        facts: dict[str, str | int] = {"attempt": attempt.attempt_id, "order_number": attempt.order_number}
        if attempt.sale_number is not None:
            facts["sale_number"] = attempt.sale_number
        return self._note(kind, attempt.attempt_id, attempt.gateway, attempt.since, attempt.amount, facts)

    async def _find_unfiled_refunds(self, uow: GatewayRepositories) -> list[PaymentDifference]:
        """Money that went back to cards, and that no file of a gateway whose files have such lines has."""
        refunds = await uow.card_refunds.list_unfiled(self._now - SEARCHED_BACK, MOST_FOUND)
        return self._note_refunds(DifferenceKind.REFUND_NOT_IN_FILE, refunds)

    async def _find_unknown_refunds(self, uow: GatewayRepositories) -> list[PaymentDifference]:
        refunds = await uow.card_refunds.list_open(MOST_FOUND, self._now - WAITING_BEFORE_NOTED)
        return self._note_refunds(DifferenceKind.UNKNOWN_REFUND, refunds)

    def _note_refunds(self, kind: DifferenceKind, refunds: Iterable[RefundAttempt]) -> list[PaymentDifference]:
        """Note those refunds whose banking days are over."""
        dated_refunds = [(refund, refund.finished_at or refund.created_at) for refund in refunds]
        return [
            self._note(
                kind,
                refund.id,
                refund.gateway,
                since,
                refund.amount,
                {"card_refund": refund.id, "order_number": refund.refund_number},
            )
            for refund, since in dated_refunds
            if self._is_overdue(since)
        ]

    async def _find_waiting_files(self, uow: LedgerRepositories) -> list[PaymentDifference]:
        waiting_files = await uow.settlement.list_unbooked(self._now - WAITING_BEFORE_NOTED)
        return [
            self._note(
                DifferenceKind.FILE_WAITING, one.id, one.source, one.brought_at, 0, {"file": one.id, "name": one.name}
            )
            for one in waiting_files
            if not one.is_pasted
        ]

    async def _find_missing_files(self, uow: LedgerRepositories) -> list[PaymentDifference]:
        """A day after the last one of a file has no file either, although its banking days are over."""
        sources = await uow.settlement.list_sources()
        return [
            self._note(DifferenceKind.FILE_MISSING, f"{source}:{to_tehran(last).date()}", source, last, 0, {})
            for source, (_, last) in sources.items()
            if self._is_overdue(last, 1)
        ]

    async def _find_ledger_differences(self, uow: LedgerRepositories) -> list[PaymentDifference]:
        return [
            self._note(
                DifferenceKind.LEDGER,
                _name_ledger_place(one),
                "",
                self._now,
                abs(one.ledger_amount - one.recorded_amount),
                {
                    "account": one.account_key.account.value,
                    "bill_id": one.bill_id or "",
                    "ledger": one.ledger_amount,
                    "recorded": one.recorded_amount,
                },
            )
            for one in await uow.ledger.list_differences(MOST_FOUND)
        ]

    def _note(
        self,
        kind: DifferenceKind,
        item: object,
        source: str,
        moment: datetime,
        amount: int,
        facts: Mapping[str, str | int],
    ) -> PaymentDifference:
        return PaymentDifference(
            key=f"{kind}:{item}",
            kind=kind,
            source=source,
            day=to_tehran(moment).date(),
            amount=amount,
            facts=facts,
            noted_at=self._now,
        )


def _name_ledger_place(difference: LedgerDifference) -> str:
    """Return what tells a difference of the ledger from others: its bill and account."""
    return f"{difference.bill_id or ''}:{difference.account_key.account}:{difference.account_key.subaccount}"


async def _note_gone(dependencies: Dependencies, store: Store) -> None:
    """Note which open differences are gone; those that only a person can judge stay until they are closed."""
    async with store.open_unit(write=False) as uow:
        open_differences = await uow.payment_differences.list_open(MOST_FOUND, kinds=_CHECKS)
        gone = [difference for difference in open_differences if await _CHECKS[difference.kind](uow, difference)]
        gone += await _list_gone_from_ledger(uow)
    now = dependencies.clock.now()
    async with store.open_unit() as uow:
        for difference in gone:
            await uow.payment_differences.save(replace(difference, resolved_at=now))


async def _list_gone_from_ledger(uow: LedgerRepositories) -> list[PaymentDifference]:
    noted = await uow.payment_differences.list_open(MOST_FOUND, kinds={DifferenceKind.LEDGER})
    present = await uow.ledger.list_differences(MOST_FOUND) if noted else []
    if len(present) >= MOST_FOUND:
        return []  # which ones are gone cannot be told
    present_keys = {f"{DifferenceKind.LEDGER}:{_name_ledger_place(difference)}" for difference in present}
    return [difference for difference in noted if difference.key not in present_keys]


async def _is_filed(uow: LedgerRepositories, difference: PaymentDifference) -> bool:
    return await uow.settlement.is_filed(int(difference.facts["attempt"]))


async def _is_amount_corrected(uow: LedgerRepositories, difference: PaymentDifference) -> bool:
    """Tell whether the bank has filed the sale over its right amount since."""
    attempt_id = difference.facts.get("attempt")
    return attempt_id is not None and await uow.settlement.is_filed(int(attempt_id))


async def _is_known(uow: GatewayRepositories, difference: PaymentDifference) -> bool:
    try:
        attempt = await uow.payment_attempts.get(int(difference.facts["attempt"]))
    except NotFound:
        return True  # erased with its people
    return attempt.state is not AttemptState.UNKNOWN and not attempt.is_unresolved


async def _is_refund_filed(uow: GatewayRepositories, difference: PaymentDifference) -> bool:
    return await uow.card_refunds.is_filed(int(difference.facts["card_refund"]))


async def _is_refund_known(uow: GatewayRepositories, difference: PaymentDifference) -> bool:
    return not (await uow.card_refunds.get(int(difference.facts["card_refund"]))).state.is_open


async def _is_decided(uow: LedgerRepositories, difference: PaymentDifference) -> bool:
    """Tell whether the receipt that holds the money was matched or returned."""
    receipt_id = difference.facts.get("receipt")
    return receipt_id is not None and (await uow.suspense.get(int(receipt_id))).state is not SuspenseState.OPEN


async def _is_file_decided(uow: LedgerRepositories, difference: PaymentDifference) -> bool:
    return (await uow.settlement.get_file(int(difference.facts["file"]))).state is not FileState.EXAMINED


async def _is_file_whole(uow: LedgerRepositories, difference: PaymentDifference) -> bool:
    return LineOutcome.FAILED not in await uow.settlement.sum_outcomes(int(difference.facts["file"]))


async def _has_file_come(uow: LedgerRepositories, difference: PaymentDifference) -> bool:
    _, last = (await uow.settlement.list_sources())[difference.source]
    return to_tehran(last).date() > difference.day


_CHECKS: Mapping[DifferenceKind, Callable[[UnitOfWork, PaymentDifference], Awaitable[bool]]] = {
    DifferenceKind.NOT_IN_FILE: _is_filed,
    DifferenceKind.SALE_AMOUNT: _is_amount_corrected,
    DifferenceKind.UNKNOWN_ATTEMPT: _is_known,
    DifferenceKind.REFUND_NOT_IN_FILE: _is_refund_filed,
    DifferenceKind.UNKNOWN_REFUND: _is_refund_known,
    DifferenceKind.NO_BILL: _is_decided,
    DifferenceKind.BILL_AMOUNT: _is_decided,
    DifferenceKind.OTHER_NUMBER: _is_decided,
    DifferenceKind.NO_ATTEMPT: _is_decided,
    DifferenceKind.CONTRADICTS: _is_decided,
    DifferenceKind.FILE_WAITING: _is_file_decided,
    DifferenceKind.FAILED_LINES: _is_file_whole,
    DifferenceKind.FILE_MISSING: _has_file_come,
}
"""Check of whether a difference is gone."""
