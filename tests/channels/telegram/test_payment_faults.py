"""Calls about payments inside Bale that fail: each is made again or refused, and no rial is lost by it."""

from typing import Any

import pytest

from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptAlert, AttemptState
from tests.channels.telegram.paying import PAY_LABEL, REACHED, BaleTown, bale_town
from tests.fakes.bot_api import Fault
from tests.support.municipality import FOUR_HOURS, Municipality


@pytest.mark.parametrize(
    "fault",
    [
        Fault("cut_after", method="inquireTransaction"),
        Fault("status", 401, method="inquireTransaction"),
        Fault("status", 404, method="inquireTransaction"),
        Fault("status", 429, retry_after=1, method="inquireTransaction"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.value:g}",
)
async def test_an_inquiry_without_an_answer_is_made_again(paying: BaleTown, fault: Fault) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    await paying.confirm()
    paying.messenger.fail_next(fault)
    assert await paying.ask_bank() is AttemptState.RETURNED
    assert await paying.ask_bank(minutes=1) is AttemptState.SETTLED
    assert (await paying.bill_state(code), paying.count_payments()) == (BillState.PAID, 1)


@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
async def test_an_answer_that_is_lost_is_given_again(paying: BaleTown, kind: Any) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    paying.messenger.fail_next(Fault(kind, method="answerPreCheckoutQuery"))
    transaction = await paying.confirm()
    assert transaction.answer == ""
    assert await paying.ask_bank() is AttemptState.SETTLED
    assert paying.count_payments() == 1


async def test_an_answer_that_never_arrives_takes_no_money(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    with paying.messenger.failing(Fault("status", 400, method="answerPreCheckoutQuery")):
        transaction = paying.reza.confirms()
        await paying.settle_down()
    assert await paying.ask_bank() is AttemptState.RETURNED
    transaction.status = "rejected"  # the messenger gave up
    assert await paying.ask_bank(minutes=1) is AttemptState.DECLINED
    assert paying.count_payments() == 0


@pytest.mark.parametrize(
    "fault",
    [Fault("status", 400, method="sendInvoice"), Fault("cut_after", method="sendInvoice")],
    ids=lambda fault: f"{fault.kind}-{fault.value:g}",
)
async def test_an_invoice_that_was_not_surely_sent_is_refused_and_told(paying: BaleTown, fault: Fault) -> None:
    """One that went out although nobody knows is not allowed to be paid."""
    code = await paying.town.reach(REACHED)
    paying.messenger.fail_next(fault)
    await paying.ask_for_invoice(code)
    await paying.reza.hears("صورت‌حساب فرستاده نشد", "نمی‌تواند پرداخت را انجام دهد")
    attempt = await paying.newest_attempt()
    assert attempt
    assert (attempt.state, await paying.bill_state(code)) == (AttemptState.FAILED, BillState.OPEN)
    assert attempt.alert is (AttemptAlert.OUR_FAULT if fault.kind == "status" else None)
    if paying.messenger.invoices.issued:
        assert "مهلت" in ((await paying.confirm()).answer or "")


async def test_why_no_invoice_comes_is_told(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    paying.reza.says(f"قبض {code}")
    answer = await paying.reza.hears("شناسه")
    await paying.town.pay(code)
    paying.reza.presses(PAY_LABEL, on=answer)
    await paying.reza.hears("صورت‌حساب فرستاده نشد", "پیش‌تر پرداخت شده")


@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"highest_amount": FOUR_HOURS - 1}, "سقف"), ({"lowest_amount": FOUR_HOURS + 1}, "این مبلغ")],
)
async def test_limits_of_the_wallet_are_told(town: Municipality, limits: dict[str, object], reason: str) -> None:
    async with bale_town(town, **limits) as paying:
        await paying.ask_for_invoice(await town.reach(REACHED))
        await paying.reza.hears("صورت‌حساب فرستاده نشد", reason)
        assert paying.messenger.called("sendInvoice") == []
