"""Settlement files on every engine: files and lines as they are stored, booked by two processes at once, compared with
attempts; differences.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.actions.context import ActionContext
from domain.actions.settlement.booking import book_file
from domain.actions.settlement.reconciling import load_reconciliation, reconcile_daily
from domain.bills.bill import Bill, PaymentMethod
from domain.gateways.attempt import AttemptState, PaymentAttempt
from domain.settlement.differences import DifferenceKind, PaymentDifference
from domain.settlement.layouts import FileKind
from domain.settlement.settlement_file import FileLine, FileState, LineOutcome, SettlementFile
from domain.values.errors import Conflict, NotFound
from store.unit_of_work import SqlStore
from tests.support.factories import BIG, NOW, a_bill, a_payment, an_attempt, new_id
from tests.support.municipality import CountedIds, Municipality, StandingClock, build_desk
from tests.support.settlement_files import RevenueUnit, bill_line, write_bills

DAY = timedelta(days=1)


def a_file(**changes: object) -> SettlementFile:
    """Return a file that was just brought."""
    settlement_file = SettlementFile(
        new_id(), "d1", "bank.csv", BIG, "bills_csv", FileKind.BILLS, "bank", "sara", NOW, FileState.WAITING
    )
    for name, value in changes.items():
        setattr(settlement_file, name, value)
    return settlement_file


def a_line(settlement_file: SettlementFile, number: int, **changes: object) -> FileLine:
    """Return a line that is to be booked."""
    line = FileLine(
        settlement_file.id, number, "bank", f"r{number}", 1000 * number, NOW, LineOutcome.SETTLES, is_pending=True
    )
    for name, value in changes.items():
        setattr(line, name, value)
    return line


async def numbers(store: SqlStore, file_id: int) -> list[int]:
    """Return the lines of a file that are to be booked."""
    async with store.open_unit(write=False) as uow:
        return [line.line_number for line in await uow.settlement.list_pending(file_id, 10)]


async def test_a_file_and_its_lines_are_kept_whole(store: SqlStore) -> None:
    brought = a_file()
    lines = [a_line(brought, number, sale_number="s", order_number=BIG, attempt_id=7) for number in (1, 2, 3)]
    async with store.open_unit() as uow:
        await uow.settlement.add_file(brought, b"bytes")
        await uow.settlement.add_lines(lines)
        assert await uow.settlement.get_file(brought.id, lock=True) == brought
        assert await uow.settlement.get_content(brought.id) == b"bytes"
        assert (await uow.settlement.find_next_running()) == brought
        with pytest.raises(Conflict):
            await uow.settlement.add_file(a_file())
        assert await uow.settlement.list_lines(brought.id, 1, 10) == lines[1:]
        assert await uow.settlement.list_lines(brought.id, 0, 10, LineOutcome.KNOWN) == []
        booked = replace(lines[0], outcome=LineOutcome.FAILED, is_pending=False, detail="x")
        await uow.settlement.save_lines([booked])
        assert await uow.settlement.list_lines(brought.id, 0, 1) == [booked]
        totals = await uow.settlement.sum_outcomes(brought.id)
        assert {one: (total.line_count, total.amount) for one, total in totals.items()} == {
            LineOutcome.FAILED: (1, 1000),
            LineOutcome.SETTLES: (2, 5000),
        }
    assert await numbers(store, brought.id) == [2, 3]


async def test_lines_are_tried_again_and_deleted_and_a_refused_file_may_come_again(store: SqlStore) -> None:
    brought = a_file()
    async with store.open_unit() as uow:
        await uow.settlement.add_file(brought, b"bytes")
        failed = a_line(brought, 1, outcome=LineOutcome.FAILED, is_pending=False)
        await uow.settlement.add_lines([failed, a_line(brought, 2), a_line(brought, 3)])
        assert await uow.settlement.retry_failed(brought.id) == 1
        assert await uow.settlement.delete_lines(brought.id, 2) == 2
        await uow.settlement.delete_content(brought.id)
        brought.state, brought.problem = FileState.REFUSED, "cut"
        await uow.settlement.save_file(brought)
    assert await numbers(store, brought.id) == [3]
    async with store.open_unit() as uow:
        assert await uow.settlement.list_files(5) == [brought]
        assert brought.revision == 1
        assert await uow.settlement.find_same("d1") is None
        assert await uow.settlement.find_next_running() is None
        with pytest.raises(NotFound):
            await uow.settlement.get_content(brought.id)
        with pytest.raises(NotFound):
            await uow.settlement.get_file(1)
        await uow.settlement.add_file(a_file())


async def test_a_line_is_known_once_it_is_booked_in_a_file_that_is(store: SqlStore) -> None:
    brought = a_file(state=FileState.CONFIRMED)
    async with store.open_unit() as uow:
        await uow.settlement.add_file(brought)
        await uow.settlement.add_lines(
            [a_line(brought, 1, is_pending=False, bill_id="12"), a_line(brought, 2), a_line(brought, 3)]
        )
        known = await uow.settlement.find_known_lines("bank", {"r1", "r2", "r9"})
        assert await uow.settlement.find_known_lines("other", {"r1"}) == {}
    assert {reference: [one.is_booked for one in lines] for reference, lines in known.items()} == {
        "r1": [True],
        "r2": [False],
    }
    assert (known["r1"][0].bill_id, known["r1"][0].amount) == ("12", 1000)


def three_attempts(bill: Bill) -> list[PaymentAttempt]:
    """Return two settled ones, and one whose end is not known."""
    states = (AttemptState.SETTLED, AttemptState.SETTLED, AttemptState.UNKNOWN)
    return [
        an_attempt(
            bill,
            state=state,
            order_number=number,
            sale_number=f"s{number}",
            created_at=NOW,
            verified_at=NOW,
            finished_at=NOW if state is AttemptState.SETTLED else None,
        )
        for number, state in enumerate(states, 1)
    ]


async def test_attempts_that_no_line_is_of(store: SqlStore) -> None:
    bill = a_bill()
    attempts = three_attempts(bill)
    brought = a_file(state=FileState.BOOKED, source="sandbox", first_paid_at=NOW - DAY, last_paid_at=NOW)
    async with store.open_unit() as uow:
        await uow.bills.add(bill)
        for attempt in attempts:
            await uow.payment_attempts.add(attempt)
        await uow.settlement.add_file(brought)
        await uow.settlement.add_lines(
            [a_line(brought, 1, source="sandbox", attempt_id=attempts[0].id, is_pending=False, amount=bill.amount)]
        )
        found = await uow.settlement.find_attempts("sandbox", {1, 9}, {"s1", "s2"})
        unfiled = await uow.settlement.list_unfiled("sandbox", NOW - DAY, NOW + DAY, 10)
        unknown = await uow.settlement.list_unknown(NOW + DAY, 10)
        assert await uow.settlement.list_sources() == {"sandbox": (NOW - DAY, NOW)}
        filed = [await uow.settlement.is_filed(attempt.id) for attempt in attempts]
        totals = await uow.settlement.sum_day(NOW, NOW + DAY)
    assert sorted((one.order_number, one.sale_number, one.amount) for one in found) == [
        (1, "s1", bill.amount),
        (2, "s2", bill.amount),
    ]
    assert [(one.attempt_id, one.amount, one.since) for one in unfiled] == [(attempts[1].id, bill.amount, NOW)]
    assert [one.order_number for one in unknown] == [3]
    assert filed == [True, False, False]
    assert [(one.counted, one.counted_amount, one.filed, one.filed_amount) for one in totals] == [
        (2, 2 * bill.amount, 1, bill.amount)
    ]


async def test_what_attempts_paid_and_lines_marked_at_once(store: SqlStore) -> None:
    bill = a_bill()
    attempts, brought = three_attempts(bill), a_file(state=FileState.CONFIRMED)
    payment = a_payment(bill, method=PaymentMethod.GATEWAY, attempt_id=attempts[0].id, gateway="sandbox")
    async with store.open_unit() as uow:
        await uow.bills.add(bill)
        for attempt in attempts:
            await uow.payment_attempts.add(attempt)
        await uow.bills.add_payment(payment)
        await uow.bills.add_payment(a_payment(bill))
        await uow.settlement.add_file(brought)
        await uow.settlement.add_lines([a_line(brought, one, attempt_id=attempts[one].id) for one in (0, 1, 2)])
        keys = {attempt.id for attempt in attempts}
        assert await uow.settlement.list_payments_of_attempts(keys) == [payment]
        assert await uow.settlement.list_filed(keys) == set()
        await uow.settlement.mark_booked(brought.id, [0, 2], LineOutcome.CONFIRMS)
        assert await uow.settlement.list_filed(keys) == {attempts[0].id, attempts[2].id}
    assert await numbers(store, brought.id) == [1]


async def test_a_difference_is_found_once_and_again_after_it_was_gone(store: SqlStore) -> None:
    difference = PaymentDifference(
        "k1", DifferenceKind.NO_BILL, "bank", date(2026, 11, 24), BIG, {"line": 1, "name": "فایل"}, NOW
    )
    async with store.open_unit() as uow:
        repository = uow.payment_differences
        assert await repository.add_new(difference)
        assert not await repository.add_new(difference)
        assert await repository.get("k1", lock=True) == difference
        assert await repository.list_unalerted(5) == await repository.list_open(5) == [difference]
        assert await repository.list_open(5, date(2026, 11, 23)) == []
        assert await repository.list_open(5, date(2026, 11, 24), {DifferenceKind.LEDGER}) == []
        await repository.save(replace(difference, resolved_at=NOW, alerted_at=NOW))
        assert (await repository.count_open(), await repository.list_open(5)) == (0, [])
        assert await repository.add_new(difference), "it is there again"
        assert await repository.list_unalerted(5) == [difference]
        with pytest.raises(NotFound):
            await repository.get("k2")


async def book_beside(town: Municipality, other_store: SqlStore, file_ids: Sequence[int]) -> None:
    """Book files in two processes at once, the first file in both."""
    other_desk = build_desk(town.clock)
    other_desk = replace(other_desk, engine=replace(other_desk.engine, ids=_FarIds()))
    revenue = RevenueUnit(town)
    jobs = [(town.desk, town.store, file_ids[0]), *((other_desk, other_store, file_id) for file_id in file_ids)]
    await asyncio.gather(*(book_file(desk, one, file_id, revenue.actor) for desk, one, file_id in jobs))


async def test_two_processes_that_book_one_file_book_each_line_once(
    store: SqlStore, other_store: SqlStore, tmp_path: Path
) -> None:
    clock = StandingClock()
    town = Municipality(build_desk(clock), store, clock, tmp_path)
    await town.furnish()
    codes: Sequence[str] = [await town.reach("awaiting_payment") for _ in range(2)]
    lines = [bill_line((await town.bills(code))[0], code, clock.now()) for code in codes]
    revenue = RevenueUnit(town)
    first = await revenue.examine(write_bills(*lines, "1234567,x,5000,70,1405/09/03,,\n"))
    second = await revenue.examine(write_bills(*lines))
    for examined in (first, second):
        await revenue.confirm(examined.file.id)
    await book_beside(town, other_store, [first.file.id, second.file.id])
    assert [len(await town.payments(code)) for code in codes] == [1, 1]
    outcomes = [*await revenue.outcomes(first), *await revenue.outcomes(second)]
    assert sorted(outcomes) == ["known", "known", "no_bill", "settles", "settles"]
    async with store.open_unit(write=False) as uow:
        assert {one.state for one in await uow.settlement.list_files(5)} == {FileState.BOOKED}
        assert (await uow.suspense.count_open()) == (1, 5000)
        day = await load_reconciliation(ActionContext(town.desk, uow), clock.now().date())
    assert [(one.counted, one.filed) for one in day.totals] == [(2, 3)]
    assert await reconcile_daily(town.desk, store) == 1


class _FarIds(CountedIds):
    """Ids of another process."""

    def new_id(self) -> int:
        """Return one that the first process does not give."""
        return super().new_id() + 10**12
