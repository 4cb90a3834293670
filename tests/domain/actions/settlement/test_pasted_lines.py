"""A pasted list booked: only what fits moves money, and nothing that does not becomes anybody's task."""

import pytest

from app.jobs.settlement_jobs import run_settlement_files
from domain.actions.settlement import examining
from domain.actions.settlement.booking import book_file
from domain.actions.settlement.examining import bring_file, examine_file, load_examined_file
from domain.actions.settlement.reconciling import find_differences
from domain.bills.bill import Bill, BillState, PaymentOutcome
from domain.ledger.suspense import SuspenseState
from domain.settlement.settlement_file import ExaminedFile, FileState
from tests.support.settlement_files import RevenueUnit, bill_line, paste, pasted_line, write_bills


async def examine(revenue: RevenueUnit, *lines: str) -> ExaminedFile:
    """Paste a list and see what it would do."""
    return await examine_file(revenue.town.desk, revenue.town.store, paste(*lines), revenue.actor)


async def book(revenue: RevenueUnit, examined: ExaminedFile) -> list[str]:
    """Have a list booked; what its lines came to, with what those would have been that were left out."""
    await revenue.confirm(examined.file.id)
    await book_file(revenue.town.desk, revenue.town.store, examined.file.id, revenue.actor)
    return [f"{line.outcome} {line.detail}".strip() for line in await revenue.lines(examined.file.id)]


async def open_bill(revenue: RevenueUnit) -> tuple[str, Bill]:
    """Return a request that waits for money, and its bill."""
    code = await revenue.town.reach("awaiting_payment")
    return code, (await revenue.town.bills(code))[0]


async def test_what_ceased_to_fit_since_it_was_shown_is_left_out_and_holds_no_money(revenue: RevenueUnit) -> None:
    (_, first), (code, second) = await open_bill(revenue), await open_bill(revenue)
    lists = [
        await examine(revenue, pasted_line(bill, "44556677", revenue.town.clock.now())) for bill in (first, second)
    ]
    assert [await book(revenue, one) for one in lists] == [["settles"], ["left_out other_number"]]
    late = await examine(revenue, pasted_line(second, "99887766", revenue.town.clock.now()))
    await revenue.town.set_bill(code, BillState.VOID)
    assert await book(revenue, late) == ["left_out surplus"]
    async with revenue.town.store.open_unit(write=False) as uow:
        assert await uow.suspense.list_in_state(SuspenseState.OPEN, 10) == []
    assert await revenue.differences() == []


async def test_the_banks_file_brings_a_pasted_payment_again_with_zeros_before_its_number(revenue: RevenueUnit) -> None:
    code, bill = await open_bill(revenue)
    await book(revenue, await examine(revenue, pasted_line(bill, "778899", revenue.town.clock.now())))
    booked = await revenue.book(write_bills(bill_line(bill, "000000778899", revenue.town.clock.now())))
    assert await revenue.outcomes(booked) == ["known"]
    assert [one.outcome for one in await revenue.town.payments(code)] == [PaymentOutcome.SETTLED]
    assert await revenue.differences() == []


async def test_the_banks_file_with_another_number_for_a_pasted_payment_is_somebodys_to_compare(
    revenue: RevenueUnit,
) -> None:
    _, bill = await open_bill(revenue)
    await book(revenue, await examine(revenue, pasted_line(bill, "778899", revenue.town.clock.now())))
    booked = await revenue.book(write_bills(bill_line(bill, "555111", revenue.town.clock.now())))
    assert await revenue.outcomes(booked) == ["surplus"]
    (difference,) = await revenue.differences()
    assert (difference.kind, difference.facts["slip"]) == ("slip_and_file", "bank/778899")


async def test_neither_its_faults_nor_its_waiting_is_a_difference(revenue: RevenueUnit) -> None:
    _, bill = await open_bill(revenue)
    await examine(revenue, pasted_line(bill, "112233", revenue.town.clock.now()))
    faulty = await examine(revenue, "جمع 3000000", pasted_line(bill, "445566", revenue.town.clock.now()))
    assert await book(revenue, faulty) == ["faulty ids", "settles"]
    revenue.town.advance(days=2)
    await find_differences(revenue.town.desk, revenue.town.store)
    assert not {"faulty_lines", "file_waiting"} & set(await revenue.difference_kinds())


async def test_an_examination_that_was_cut_off_is_taken_up_again(
    revenue: RevenueUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, (_, bill) = revenue.town, await open_bill(revenue)
    line = pasted_line(bill, "445566", revenue.town.clock.now())
    brought = await bring_file(town.desk, town.store, paste(line), revenue.actor)

    async def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(examining, "compare_lines", die)
        with pytest.raises(KeyboardInterrupt):
            await run_settlement_files(town.desk, town.store)
    await run_settlement_files(town.desk, town.store)
    assert (await load_examined_file(town.store, brought.file.id)).file.state is FileState.EXAMINED
    assert await revenue.outcomes(brought) == ["settles"]
