"""A bank's file of bills: examined without moving anything, then booked line by line."""

from datetime import timedelta

import pytest

from domain.actions.bills.lookup import BillNumber, list_bills_by_number
from domain.actions.bills.suspense import match_receipt
from domain.actions.context import ActorContext
from domain.actions.settlement.booking import book_file, confirm_file
from domain.actions.settlement.comparing import find_payment_of_line
from domain.actions.settlement.examining import drop_file, load_examined_file
from domain.bills.bill import BillState, PaymentMethod, PaymentOutcome, RefundState
from domain.ledger.suspense import SuspenseState
from domain.settlement.settlement_file import FileState, LineOutcome
from domain.values.actors import Role
from domain.values.errors import Conflict, Forbidden, InvalidField, NotAllowedNow
from domain.values.version_token import VersionToken
from store.bills.bills import SqlBillRepository
from tests.support.factories import a_bill, a_payment
from tests.support.municipality import FOUR_HOURS, actor
from tests.support.settlement_files import RevenueUnit, bill_line, write_bills

HOUR = timedelta(hours=1)


async def test_a_line_pays_its_bill_and_the_request_moves_on(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    (bill,) = await town.bills(code)
    paid_at = town.clock.now() - HOUR
    examined = await revenue.examine(write_bills(bill_line(bill, 778899, paid_at)))
    assert examined.file.state is FileState.EXAMINED
    assert {outcome: total.line_count for outcome, total in examined.totals.items()} == {LineOutcome.SETTLES: 1}
    assert (await town.bills(code))[0].state is BillState.OPEN, "a preview moves nothing"
    await revenue.confirm(examined.file.id)
    assert await book_file(town.desk, town.store, examined.file.id, revenue.actor) == 1
    assert (await town.request(code)).state == "paid"
    (payment,) = await town.payments(code)
    assert (payment.method, payment.reference, payment.amount) == (PaymentMethod.BANK_FILE, "bank/778899", FOUR_HOURS)
    assert (payment.paid_at, payment.outcome) == (paid_at, PaymentOutcome.SETTLED)
    assert (await town.keys())[-1] == "pay", "the citizen has the receipt"
    booked = await load_examined_file(town.store, examined.file.id)
    assert (booked.file.state, booked.file.decided_by) == (FileState.BOOKED, revenue.actor.identifier)
    assert await revenue.differences() == []


async def test_the_same_file_again_changes_nothing_and_says_so(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    content = write_bills(bill_line((await town.bills(code))[0], 1, town.clock.now()))
    first = await revenue.book(content)
    again = await revenue.examine(content, name="renamed.csv")
    assert again.is_same_file
    assert again.file.id == first.file.id
    with pytest.raises(NotAllowedNow, match="settlement_booked"):
        await revenue.confirm(first.file.id)
    assert len(await town.payments(code)) == 1


async def test_the_same_line_in_another_file_and_twice_in_one_counts_once(revenue: RevenueUnit) -> None:
    town, codes = revenue.town, [await revenue.town.reach("awaiting_payment") for _ in range(2)]
    bills = [(await town.bills(code))[0] for code in codes]
    line, other = (bill_line(bill, number, town.clock.now()) for number, bill in enumerate(bills, 1))
    assert await revenue.outcomes(await revenue.book(write_bills(line, line))) == ["settles", "repeated"]
    next_file = await revenue.book(write_bills(line, other))
    assert await revenue.outcomes(next_file) == ["known", "settles"]
    assert (await revenue.lines(next_file.file.id))[0].detail, "it names the file that brought it"
    assert [len(await town.payments(code)) for code in codes] == [1, 1]
    assert await revenue.differences() == []


async def test_two_files_examined_before_either_was_booked_count_a_line_once(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    line = bill_line((await town.bills(code))[0], 1, town.clock.now())
    files = [await revenue.examine(write_bills(*lines)) for lines in ([line], [line, line])]
    for examined in files:
        await revenue.confirm(examined.file.id)
    for examined in files:
        await book_file(town.desk, town.store, examined.file.id, revenue.actor)
    assert await revenue.outcomes(files[1]) == ["known", "repeated"]
    assert len(await town.payments(code)) == 1


@pytest.mark.parametrize("state", [BillState.PAID, BillState.WAIVED, BillState.VOID, BillState.EXPIRED])
async def test_money_for_a_bill_that_needs_none_is_surplus_and_nobody_is_asked(
    revenue: RevenueUnit, state: BillState
) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    await town.set_bill(code, state)
    booked = await revenue.book(write_bills(bill_line((await town.bills(code))[0], 5, town.clock.now())))
    assert await revenue.outcomes(booked) == ["surplus"]
    (payment,) = await town.payments(code)
    assert payment.outcome is PaymentOutcome.SURPLUS
    assert [refund.state for refund in await town.refunds(code)] == [RefundState.DUE]


async def test_a_bill_that_is_being_paid_online_is_paid_by_the_file(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    await town.set_bill(code, BillState.PAYING)
    booked = await revenue.book(write_bills(bill_line((await town.bills(code))[0], 5, town.clock.now())))
    assert await revenue.outcomes(booked) == ["settles"]
    assert (await town.request(code)).state == "paid"


async def test_two_payments_of_one_bill_in_one_file(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    bill = (await town.bills(code))[0]
    lines = [bill_line(bill, number, town.clock.now()) for number in (1, 2)]
    assert await revenue.outcomes(await revenue.examine(write_bills(*lines))) == ["settles", "surplus"]
    assert await revenue.outcomes(await revenue.book(write_bills(*lines, lines[0]))) == [
        "settles",
        "surplus",
        "repeated",
    ]


async def test_a_slip_with_the_same_number_is_the_same_payment(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    await town.pay(code, reference="778899")
    bill = (await town.bills(code))[0]
    booked = await revenue.book(write_bills(bill_line(bill, "000778899", town.clock.now())))
    assert await revenue.outcomes(booked) == ["confirms"]
    assert len(await town.payments(code)) == 1
    assert await town.refunds(code) == []


@pytest.mark.parametrize("typed", ["778899", "000778899", "bank/778899"])
async def test_money_of_a_file_is_found_by_the_banks_number(revenue: RevenueUnit, typed: str) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    (bill,) = await town.bills(code)
    await revenue.book(write_bills(bill_line(bill, "00778899", town.clock.now())))
    async with town.store.open_unit(write=False) as uow:
        (found,) = await list_bills_by_number(uow, typed, ["other", "bank"])
    assert (found.number, found.payable.bill_id) == (BillNumber.REFERENCE, bill.bill_id)


@pytest.mark.parametrize(
    ("kept", "brought"), [("bank/778899", "778899"), ("bank/00778899", "778899"), ("bank/0012/345", "12/345")]
)
def test_a_booked_payment_is_known_by_the_banks_number(kept: str, brought: str) -> None:
    booked = a_payment(a_bill(), method=PaymentMethod.BANK_FILE, reference=kept)
    assert find_payment_of_line([booked], "bank", brought) is booked
    assert find_payment_of_line([booked], "other", brought) is None


async def test_a_slip_with_another_number_is_somebodys_to_compare(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    await town.pay(code, reference="1")
    booked = await revenue.book(write_bills(bill_line((await town.bills(code))[0], 2, town.clock.now())))
    assert await revenue.outcomes(booked) == ["surplus"]
    (difference,) = await revenue.differences()
    assert (difference.kind, difference.party, difference.facts["slip"]) == ("slip_and_file", "revenue", "1")


async def test_money_that_fits_no_bill_waits_in_suspense_and_pays_its_bill_later(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    bill = (await town.bills(code))[0]
    unknown_ids = f"1234567,x,{FOUR_HOURS},70,1405/09/02,,\n"
    wrong_amount = bill_line(bill, 71, town.clock.now(), amount=FOUR_HOURS - 1000)
    booked = await revenue.book(write_bills(unknown_ids, wrong_amount))
    assert await revenue.outcomes(booked) == ["no_bill", "wrong_amount"]
    assert await revenue.difference_kinds() == ["bill_amount", "no_bill"]
    async with town.store.open_unit() as uow:
        receipts = await uow.suspense.list_in_state(SuspenseState.OPEN, 10)
        assert [(one.reference, one.amount) for one in receipts] == [
            ("bank/70", FOUR_HOURS),
            ("bank/71", FOUR_HOURS - 1000),
        ]
        ids = (bill.bill_id, bill.payment_id)
        await match_receipt(ActorContext(town.desk, uow, revenue.actor), receipts[0].id, ids, "همان قبض است")
    assert (await town.bills(code))[0].state is BillState.PAID
    again = await revenue.book(write_bills(unknown_ids, bill_line(bill, 72, town.clock.now())))
    assert await revenue.outcomes(again) == ["known", "surplus"]


async def test_a_number_of_another_payment_is_held_and_named(revenue: RevenueUnit) -> None:
    town, codes = revenue.town, [await revenue.town.reach("awaiting_payment") for _ in range(2)]
    bills = [(await town.bills(code))[0] for code in codes]
    await revenue.book(write_bills(bill_line(bills[0], 9, town.clock.now())))
    booked = await revenue.book(write_bills(bill_line(bills[1], 9, town.clock.now())))
    assert await revenue.outcomes(booked) == ["other_number"]
    assert await revenue.difference_kinds() == ["other_number"]
    async with town.store.open_unit(write=False) as uow:
        assert [one.amount for one in await uow.suspense.list_in_state(SuspenseState.OPEN, 10)] == [bills[1].amount]


async def test_faulty_lines_are_left_out_and_named_once_for_the_file(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    bill = (await town.bills(code))[0]
    booked = await revenue.book(write_bills("x\n", bill_line(bill, 1, town.clock.now()), "1,2,0,4,1405/01/01,,\n"))
    assert await revenue.outcomes(booked) == ["faulty", "settles", "faulty"]
    assert [line.detail for line in await revenue.lines(booked.file.id)] == ["too_few_columns", "", "amount"]
    (difference,) = await revenue.differences()
    assert (difference.kind, difference.party, difference.facts["count"]) == ("faulty_lines", "bank", 2)


async def test_a_truncated_file_is_refused_as_a_whole_and_may_be_brought_again(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    content = write_bills(*[bill_line((await town.bills(code))[0], n, town.clock.now()) for n in range(600)])
    for _ in range(2):
        with pytest.raises(InvalidField, match="settlement_cut"):
            await revenue.examine(content[:-9])
    async with town.store.open_unit(write=False) as uow:
        refused = await uow.settlement.list_files(10)
    assert [one.state for one in refused] == [FileState.REFUSED] * 2
    assert refused[0].problem is not None
    assert "{" not in refused[0].problem
    assert await revenue.lines(refused[0].id) == []
    examined = await revenue.examine(content)
    assert sum(total.line_count for total in examined.totals.values()) == 600


async def test_a_crash_between_two_lines_loses_nothing_and_doubles_nothing(
    revenue: RevenueUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, codes = revenue.town, [await revenue.town.reach("awaiting_payment") for _ in range(3)]
    bills = [(await town.bills(code))[0] for code in codes]
    examined = await revenue.examine(write_bills(*[bill_line(bill, bill.id, town.clock.now()) for bill in bills]))
    await revenue.confirm(examined.file.id)
    add_payment = SqlBillRepository.add_payment
    deaths = iter((False, True))

    async def die_at_second(self: SqlBillRepository, payment: object) -> None:
        await add_payment(self, payment)  # type: ignore[arg-type]
        if next(deaths):
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(SqlBillRepository, "add_payment", die_at_second)
        with pytest.raises(KeyboardInterrupt):
            await book_file(town.desk, town.store, examined.file.id, revenue.actor)
    assert [len(await town.payments(code)) for code in codes] == [1, 0, 0]
    assert await book_file(town.desk, town.store, examined.file.id, revenue.actor) == 2
    assert [len(await town.payments(code)) for code in codes] == [1, 1, 1]
    assert await revenue.outcomes(examined) == ["settles"] * 3


async def test_a_line_that_fails_keeps_no_other_waiting_and_is_tried_again(
    revenue: RevenueUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, codes = revenue.town, [await revenue.town.reach("awaiting_payment") for _ in range(2)]
    bills = [(await town.bills(code))[0] for code in codes]
    add_payment = SqlBillRepository.add_payment

    async def fail_for_first(self: SqlBillRepository, payment: object) -> None:
        await add_payment(self, payment)  # type: ignore[arg-type]
        if getattr(payment, "bill_id", None) == bills[0].id:
            raise ValueError("a fault of ours")

    with monkeypatch.context() as patched:
        patched.setattr(SqlBillRepository, "add_payment", fail_for_first)
        booked = await revenue.book(write_bills(*[bill_line(bill, bill.id, town.clock.now()) for bill in bills]))
    assert await revenue.outcomes(booked) == ["failed", "settles"]
    assert await revenue.difference_kinds() == ["failed_lines"]
    await revenue.confirm(booked.file.id)
    assert await book_file(town.desk, town.store, booked.file.id, revenue.actor) == 1
    assert await revenue.outcomes(booked) == ["settles", "settles"]


async def test_only_the_revenue_unit_brings_books_and_drops(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    content = write_bills(bill_line((await town.bills(code))[0], 1, town.clock.now()))
    examined = await revenue.examine(content)
    revenue.actor = actor(Role.MANAGER)
    with pytest.raises(Forbidden):
        await revenue.examine(content)
    with pytest.raises(Forbidden):
        await revenue.confirm(examined.file.id)
    with pytest.raises(Forbidden):
        await drop_file(town.desk, town.store, examined.file.id, revenue.actor)


async def test_a_dropped_file_is_forgotten_and_a_stale_page_books_nothing(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    content = write_bills(bill_line((await town.bills(code))[0], 1, town.clock.now()))
    examined = await revenue.examine(content)
    async with town.store.open_unit() as uow:
        with pytest.raises(Conflict):
            await confirm_file(
                ActorContext(town.desk, uow, revenue.actor), examined.file.id, VersionToken.from_number(99)
            )
    dropped = await drop_file(town.desk, town.store, examined.file.id, revenue.actor)
    assert dropped.state is FileState.DROPPED
    assert await revenue.lines(dropped.id) == []
    with pytest.raises(Conflict):
        await revenue.confirm(dropped.id)
    assert not (await revenue.examine(content)).is_same_file
