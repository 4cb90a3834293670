"""The daily reconciliation names every difference and who must act, alerts of new ones alone, and sees what is gone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.actions.bills.suspense import match_receipt
from domain.actions.context import ActionContext, ActorContext
from domain.actions.settlement.reconciling import (
    close_difference,
    find_differences,
    load_reconciliation,
    reconcile_daily,
)
from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptState
from domain.gateways.gateway import SaleState
from domain.ledger.suspense import SuspenseState
from domain.values.actors import Role
from domain.values.errors import AlreadyDone, Forbidden, MissingField
from tests.domain.actions.settlement.conftest import REVENUE_MOBILE
from tests.support.municipality import FOUR_HOURS, Municipality, actor
from tests.support.scripted_bank import Payer, answer
from tests.support.settlement_files import SCRIPTED_LAYOUT, RevenueUnit, bill_line, sale_line, write_bills, write_sales

VERIFIED, SETTLED = answer(SaleState.VERIFIED), answer(SaleState.SETTLED)
LAST_EVENING = datetime(2027, 3, 20, 17, 5, tzinfo=UTC)
"""20:35 in Tehran on 1405/12/29, the evening before Nowruz."""


async def pay_online(payer: Payer, sale: str) -> str:
    """Pay a fresh bill at the bank; its code."""
    code = await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.come_back(attempt, sale)
    payer.bank.script(VERIFIED, SETTLED)
    await payer.advance()
    return code


async def reconcile(town: Municipality) -> int:
    """Run the job of the day."""
    return await reconcile_daily(town.desk, town.store)


async def test_a_settled_attempt_that_no_file_has_is_the_banks_to_explain_after_its_banking_days(
    revenue: RevenueUnit, payer: Payer
) -> None:
    town = payer.town
    await pay_online(payer, "5142")
    filed = await payer.leave(await town.reach("awaiting_payment"))
    content = write_sales(sale_line(filed, "5143", town.clock.now()))
    await revenue.book(content, SCRIPTED_LAYOUT)
    assert await find_differences(town.desk, town.store) == 0, "its banking days are not over"
    town.advance(days=7)
    await find_differences(town.desk, town.store)
    missing = {difference.kind.value: difference for difference in await revenue.differences()}
    assert sorted(missing) == ["file_missing", "not_in_file"]
    difference = missing["not_in_file"]
    assert (difference.party, difference.source, difference.amount) == ("bank", "bank", FOUR_HOURS)
    attempt_id = int(difference.facts["attempt"])
    async with town.store.open_unit(write=False) as uow:
        attempt = await uow.payment_attempts.get(attempt_id)
    await revenue.book(write_sales(sale_line(attempt, "5142", town.clock.now())), SCRIPTED_LAYOUT)
    await find_differences(town.desk, town.store)
    assert await revenue.differences() == [], "the file came"


async def test_nothing_is_missing_where_no_file_ever_came(revenue: RevenueUnit, payer: Payer) -> None:
    await pay_online(payer, "5142")
    payer.town.advance(days=30)
    await find_differences(payer.town.desk, payer.town.store)
    assert await revenue.differences() == []


async def test_an_unknown_attempt_and_a_file_that_nobody_books(revenue: RevenueUnit, payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    async with town.store.open_unit() as uow:
        stored = await uow.payment_attempts.get(attempt.id, lock=True)
        await uow.payment_attempts.save(replace(stored, state=AttemptState.UNKNOWN, next_step_at=None))
    content = write_sales(sale_line(attempt, "5142", town.clock.now()))
    await revenue.examine(content, SCRIPTED_LAYOUT)
    town.advance(days=6)
    await find_differences(town.desk, town.store)
    assert await revenue.difference_kinds() == ["file_waiting", "unknown_attempt"]
    examined = await revenue.book(content, SCRIPTED_LAYOUT)
    assert await revenue.outcomes(examined) == ["settles"]
    town.advance(minutes=1)
    await find_differences(town.desk, town.store)
    assert await revenue.difference_kinds() == ["file_missing"], "days after the last file none came"


async def test_what_is_in_suspense_is_gone_once_it_is_decided(revenue: RevenueUnit) -> None:
    town, code = revenue.town, await revenue.town.reach("awaiting_payment")
    bill = (await town.bills(code))[0]
    await revenue.book(write_bills(f"1234567,x,{FOUR_HOURS},70,1405/09/02,,\n"))
    async with town.store.open_unit() as uow:
        (receipt,) = await uow.suspense.list_in_state(SuspenseState.OPEN, 10)
        ids = (bill.bill_id, bill.payment_id)
        await match_receipt(ActorContext(town.desk, uow, revenue.actor), receipt.id, ids, "همان است")
    await find_differences(town.desk, town.store)
    assert await revenue.differences() == []


async def test_a_ledger_that_says_something_else_is_the_administrators(revenue: RevenueUnit) -> None:
    town = revenue.town
    await town.reach("awaiting_payment")
    town.sql("UPDATE ledger_entries SET amount = amount + 1000")
    await find_differences(town.desk, town.store)
    differences = await revenue.differences()
    assert {(one.kind.value, one.party.value, one.amount) for one in differences} == {("ledger", "administrator", 1000)}
    town.sql("UPDATE ledger_entries SET amount = amount - 1000")
    await find_differences(town.desk, town.store)
    assert await revenue.differences() == []


async def test_the_revenue_unit_is_texted_about_what_is_new_and_no_more(revenue: RevenueUnit) -> None:
    town = revenue.town
    assert await reconcile(town) == 0
    await revenue.book(write_bills("1234567,x,5000,70,1405/09/02,,\n", "1234567,x,5000,71,1405/09/02,,\n"))
    assert [await reconcile(town) for _ in range(2)] == [2, 0]
    (text,) = await town.sent(REVENUE_MOBILE)
    assert "۲" in text.text
    await revenue.book(write_bills("1234567,x,5000,72,1405/09/02,,\n"))
    assert await reconcile(town) == 1
    assert len(await town.sent(REVENUE_MOBILE)) == 2


async def test_a_difference_that_somebody_closed_stays_closed(revenue: RevenueUnit) -> None:
    town = revenue.town
    await revenue.book(write_bills("x\n", "1234567,x,5000,70,1405/09/02,,\n"))
    difference = next(one for one in await revenue.differences() if one.kind == "faulty_lines")
    async with town.store.open_unit() as uow:
        with pytest.raises(Forbidden):
            await close_difference(ActorContext(town.desk, uow, actor(Role.MANAGER)), difference.key, "دیده شد")
        context = ActorContext(town.desk, uow, revenue.actor)
        with pytest.raises(MissingField):
            await close_difference(context, difference.key, " ")
        closed = await close_difference(context, difference.key, "دیده شد")
        with pytest.raises(AlreadyDone):
            await close_difference(context, difference.key, "دیده شد")
        assert not await uow.payment_differences.add_new(difference)
    assert (closed.resolved_by, closed.note) == (revenue.actor.label, "دیده شد")
    assert await revenue.difference_kinds() == ["no_bill"]


async def test_a_day_shows_books_and_files_side_by_side(revenue: RevenueUnit, payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    await pay_online(payer, "5142")
    line = bill_line((await town.bills(code))[0], 5, town.clock.now())
    await revenue.book(write_bills(line, line, "1234567,x,5000,70,1405/09/03,,\n"))
    async with town.store.open_unit(write=False) as uow:
        context = ActionContext(town.desk, uow)
        today = await load_reconciliation(context, date(2026, 11, 24))
        yesterday = await load_reconciliation(context)
    (totals,) = today.totals
    assert (totals.source, totals.counted, totals.filed) == ("bank", 2, 2)
    assert (totals.counted_amount, totals.filed_amount) == (2 * FOUR_HOURS, FOUR_HOURS + 5000)
    assert not totals.is_even
    assert [one.kind for one in today.differences] == ["no_bill"]
    assert (yesterday.day, yesterday.totals) == (date(2026, 11, 23), ())


async def test_a_bill_paid_at_an_atm_on_the_evening_before_nowruz_waits_for_its_file(revenue: RevenueUnit) -> None:
    town = revenue.town
    town.clock.at = LAST_EVENING - timedelta(days=3, hours=11)
    code = (await town.submit(date="2027-04-10")).code
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "price", Role.REVENUE)
    (bill,) = await town.bills(code)
    assert bill.deadline is not None
    assert LAST_EVENING < bill.deadline < LAST_EVENING + timedelta(hours=12)
    for _ in range(5 * 24 + 3 * 24):
        town.advance(hours=1)
        await town.run_timers()
    assert town.clock.now() > LAST_EVENING + timedelta(days=4)
    assert (await town.bills(code))[0].state is BillState.OPEN, "the banks were closed"
    booked = await revenue.book(write_bills(bill_line(bill, 778899, LAST_EVENING)))
    assert await revenue.outcomes(booked) == ["settles"]
    assert (await town.request(code)).state == "paid"
    assert (await town.payments(code))[0].paid_at == LAST_EVENING
