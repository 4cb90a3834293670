"""A payer leaves for the bank: which bills are paid, what is held, and what happens when the bank opens no session."""

from datetime import timedelta

import pytest

from domain.actions.context import ActionContext
from domain.actions.payments.links import load_payable_bills
from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptState
from domain.gateways.gateway import DeclineReason, PaymentPage, SaleState, StartRefusal
from domain.values.actors import Role
from domain.values.errors import (
    AlreadyPaid,
    BillExpired,
    NotAllowedNow,
    NotFound,
    PaymentUnknown,
    TooManyRequests,
    Unavailable,
)
from tests.domain.actions.payments.conftest import REVENUE_MOBILE
from tests.support.municipality import CITIZEN, FOUR_HOURS, NEIGHBOUR
from tests.support.scripted_bank import Death, Payer, answer, die

REFUSED = StartRefusal("21", DeclineReason.BANK)


async def test_a_link_leads_to_what_is_owed(payer: Payer) -> None:
    town = payer.town
    first, second = await town.reach("awaiting_payment"), await town.reach("awaiting_payment")
    token = await payer.link(second, first)
    assert token == await payer.link(first, second), "the same bills have the same link"
    assert token != await payer.link(first)
    await town.pay(first)
    async with town.store.open_unit(write=False) as uow:
        context = ActionContext(town.desk, uow)
        payable = await load_payable_bills(context, token)
        with pytest.raises(NotFound, match="payment_link"):
            await load_payable_bills(context, "0" * 12)
    assert [bill.state for bill in payable.bills] == [BillState.PAID, BillState.OPEN]
    assert (payable.amount, payable.titles[0], payable.payer_mobile) == (FOUR_HOURS, "کارکرد ماشین‌آلات", CITIZEN)


async def test_bills_are_held_and_the_bank_is_told_all_of_it(payer: Payer) -> None:
    town = payer.town
    first, second = await town.reach("awaiting_payment"), await town.reach("awaiting_payment")
    attempt = await payer.leave(first, second)
    (order,) = payer.bank.orders
    assert (attempt.state, attempt.reference, attempt.channel) == (
        AttemptState.SENT,
        f"Ref{order.order_number}",
        "portal",
    )
    assert (order.amount, order.payer_mobile, order.started_at) == (2 * FOUR_HOURS, CITIZEN, town.clock.at)
    assert order.description == "کارکرد ماشین‌آلات"
    assert order.order_number // 10_000 == 50903_000001, "the Jalali day, a sequence, then chance"
    for code in (first, second):
        assert [bill.state for bill in await town.bills(code)] == [BillState.PAYING]
    assert await payer.events(attempt) == ["created", "sent"]
    assert (await payer.leave(first)).order_number // 10_000 == 50903_000002


async def test_what_was_paid_meanwhile_is_left_out(payer: Payer) -> None:
    town = payer.town
    first, second = await town.reach("awaiting_payment"), await town.reach("awaiting_payment", mobile=NEIGHBOUR)
    await payer.link(first, second)
    await town.pay(first)
    attempt = await payer.leave(first, second)
    assert (len(attempt.shares), attempt.amount) == (1, FOUR_HOURS)


async def test_what_cannot_be_paid_is_refused(payer: Payer) -> None:
    town = payer.town
    paid, gone, late = [await town.reach("awaiting_payment") for _ in range(3)]
    await town.pay(paid)
    await town.do(gone, "cancel", Role.CIVIL)
    for code, error in ((paid, AlreadyPaid), (gone, NotAllowedNow)):
        with pytest.raises(error):
            await payer.leave(code)
    town.advance(days=8)
    await town.run_timers()
    with pytest.raises(BillExpired):
        await payer.leave(late)
    assert payer.bank.orders == []


async def test_a_bank_that_refuses_leaves_the_bill_open(payer: Payer) -> None:
    code = await payer.town.reach("awaiting_payment")
    payer.bank.start_results.append(REFUSED)
    with pytest.raises(Unavailable, match="gateway") as refused:
        await payer.leave(code)
    assert refused.value.params == {"decline": "bank"}
    assert [bill.state for bill in await payer.town.bills(code)] == [BillState.OPEN]
    attempt = await payer.leave(code)
    assert attempt.state is AttemptState.SENT


async def test_what_only_we_can_mend_with_the_bank_is_told_to_staff_but_not_for_each_payer(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    for _ in range(5):
        payer.bank.start_results.append(StartRefusal("421", DeclineReason.BANK, is_our_fault=True))
        with pytest.raises(Unavailable):
            await payer.leave(code)
    assert [message.key for message in await town.sent(REVENUE_MOBILE)] == ["staff.payment_alerts.our_fault"] * 3
    assert [bill.state for bill in await town.bills(code)] == [BillState.OPEN]


async def test_a_session_that_bears_the_name_of_another_sends_nobody_away(payer: Payer) -> None:
    code = await payer.town.reach("awaiting_payment")
    first = await payer.leave(code)
    payer.bank.start_results.append(PaymentPage(first.reference or "", "https://bank.example/pay", {}))
    with pytest.raises(Unavailable, match="gateway"):
        await payer.leave(code)
    assert [bill.state for bill in await payer.town.bills(code)] == [BillState.PAYING], "the first one holds it"


async def test_a_session_that_opens_too_late_sends_nobody_away(payer: Payer) -> None:
    code = await payer.town.reach("awaiting_payment")

    async def pass_time() -> None:
        assert await payer.advance(minutes=6) == 1

    payer.bank.meanwhile = pass_time
    with pytest.raises(Unavailable, match="gateway"):
        await payer.leave(code)
    assert [bill.state for bill in await payer.town.bills(code)] == [BillState.OPEN]


async def test_a_crash_before_the_session_is_stored_ends_by_itself(payer: Payer) -> None:
    code = await payer.town.reach("awaiting_payment")
    payer.bank.meanwhile = die
    with pytest.raises(Death):
        await payer.leave(code)
    assert [bill.state for bill in await payer.town.bills(code)] == [BillState.PAYING]
    assert await payer.advance(minutes=4) == 0
    assert await payer.advance(minutes=2) == 1
    assert [bill.state for bill in await payer.town.bills(code)] == [BillState.OPEN]


async def test_a_payer_may_begin_anew_but_not_once_it_is_said_to_be_paid(payer: Payer) -> None:
    code = await payer.town.reach("awaiting_payment")
    first, second = await payer.leave(code), await payer.leave(code)
    await payer.come_back(first)
    with pytest.raises(PaymentUnknown):
        await payer.leave(code)
    payer.bank.script(answer(SaleState.UNPAID))
    await payer.advance()
    assert (await payer.leave(code)).state is AttemptState.SENT
    assert second.session_ends_at == payer.town.clock.at + timedelta(minutes=15)


async def test_nobody_opens_sessions_without_end(payer: Payer) -> None:
    code = await payer.town.reach("awaiting_payment")
    for _ in range(10):
        await payer.leave(code)
    with pytest.raises(TooManyRequests):
        await payer.leave(code)
    await payer.advance(minutes=40)
    assert (await payer.leave(code)).state is AttemptState.SENT


async def test_a_gateway_takes_no_less_than_its_lowest_amount(payer: Payer) -> None:
    code = await payer.town.reach("awaiting_payment")
    payer.town.sql("UPDATE bills SET amount = 900")
    with pytest.raises(NotAllowedNow, match="amount"):
        await payer.leave(code)
    assert [bill.state for bill in await payer.town.bills(code)] == [BillState.OPEN]
