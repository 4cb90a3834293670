"""Payers who would otherwise hear nothing: a bill paid twice, money that the bank gives back, a bill that is held."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.actions.payments.begin import MOST_HELD, MOST_STARTS
from domain.actions.payments.pages import view_payment_page
from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptState
from domain.gateways.capabilities import InquiryKey
from domain.gateways.gateway import SaleState
from domain.values.errors import TooManyRequests
from tests.support.municipality import CITIZEN, Municipality
from tests.support.scripted_bank import SETTLES_BY_CALL, Payer, ScriptedBank, answer

VERIFIED, SETTLED = answer(SaleState.VERIFIED), answer(SaleState.SETTLED)


async def keys(town: Municipality) -> list[str]:
    """The keys of the texts to the payer."""
    return [text.key for text in await town.sent(CITIZEN)]


@pytest.mark.parametrize("second_way", ["slip", "online"])
async def test_who_pays_a_bill_twice_is_told_so_once(payer: Payer, second_way: str) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    first = await payer.leave(code)
    if second_way == "slip":
        await town.pay(code)
    else:
        second = await payer.leave(code)
        await payer.come_back(second, "77")
        payer.bank.script(VERIFIED, SETTLED)
        await payer.advance()
    await payer.come_back(first, "78")
    payer.bank.script(VERIFIED, SETTLED)
    await payer.advance()
    assert (await keys(town)).count("sms.paid_twice") == 1
    assert "دو بار پرداخت کردید" in (await town.sent(CITIZEN))[-1].text
    view = await view_payment_page(town.desk, town.store, await payer.link(code), "192.0.2.1")
    assert [refund.bill_was for refunds in view.refunds_by_bill.values() for refund in refunds] == [BillState.PAID]


async def test_money_for_a_bill_that_has_ended_is_told_otherwise(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.advance(hours=2)
    assert await payer.state(attempt) is AttemptState.FAILED
    await town.says(f"لغو {code}", "۱")
    await payer.come_back(attempt, "78")
    payer.bank.script(VERIFIED, SETTLED)
    await payer.advance()
    assert (await keys(town)).count("sms.paid_late") == 1


async def test_who_never_came_back_is_told_once_where_the_money_is(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    for _ in range(3):
        attempt = await payer.leave(code)
        await payer.advance(hours=1)
        assert await payer.state(attempt) is AttemptState.FAILED
    assert (await keys(town)).count("sms.payment_left") == 1
    view = await view_payment_page(town.desk, town.store, await payer.link(code), "192.0.2.1")
    assert view.came_back


async def test_who_paid_another_way_meanwhile_is_not_told_to_pay(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    await payer.leave(code)
    await town.pay(code)
    await payer.advance(hours=1)
    assert "sms.payment_left" not in await keys(town)


async def test_what_the_bank_gave_back_after_a_lost_callback_is_told(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    bank = ScriptedBank(capabilities=replace(SETTLES_BY_CALL, inquiry=InquiryKey.ORDER))
    payer.bank = bank
    attempt = await payer.leave(code)
    bank.script(answer(SaleState.REVERSED))
    await payer.advance(minutes=3)
    assert await payer.state(attempt) is AttemptState.REVERSED
    assert (await keys(town)).count("sms.payment_returned") == 1


async def test_a_bill_is_not_held_without_end_by_starts_that_come_to_nothing(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    begun_at = town.clock.at

    async def begin_again_and_again() -> None:
        for _ in range(MOST_STARTS + 1):
            await payer.leave(code)
            await payer.advance(minutes=40)

    with pytest.raises(TooManyRequests) as refused:
        await begin_again_and_again()
    assert refused.value.reason == "payment_starts"
    assert town.clock.at - begun_at <= MOST_HELD + timedelta(hours=1)
    assert (await town.bills(code))[0].state is BillState.OPEN, "it may be cancelled, and paid by its ids"
    town.clock.at = begun_at + timedelta(days=1, hours=1)
    await payer.leave(code)


async def test_who_cancels_while_a_payment_is_begun_is_told_until_when(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    await payer.leave(code)
    refused = (await town.says(f"لغو {code}")).text
    assert "اگر پرداخت نشود" in refused
    assert "آزاد می‌شود" in refused
