"""Bills paid inside Bale: asked before, told after, believed by nobody but the bank, counted once, and never lost."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from domain.actions.payments.callbacks import receive_callback
from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptAlert, AttemptState
from domain.values.errors import Unavailable
from tests.channels.telegram.paying import PAY_LABEL, REACHED, BaleTown, bale_town
from tests.channels.telegram.running_bot import running_bot, serve_webhook
from tests.fakes.bot_api import FakeBotApi, Fault
from tests.fakes.bot_invoices import describe_payment
from tests.fakes.bot_people import Person
from tests.support.municipality import FOUR_HOURS, Municipality


async def test_a_bill_is_paid_in_the_chat_and_counted_once(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    press = await paying.ask_for_invoice(code)
    assert await paying.reza.told(press) == "صورت‌حساب همین‌جا فرستاده می‌شود."
    attempt = await paying.wait_for_state(AttemptState.SENT)
    [invoice] = paying.messenger.invoices.issued
    assert (invoice.payload, invoice.amount) == (str(attempt.order_number), FOUR_HOURS)
    assert (attempt.channel, invoice.chat_id) == ("bale", paying.reza.id)
    transaction = await paying.confirm()
    assert transaction.answer == ""
    for _ in range(2):
        payment = {"from": paying.reza.user, "chat": paying.reza.chat, "message_id": 1, "date": 0}
        payment["successful_payment"] = describe_payment(transaction)
        paying.messenger.updates.add("message", paying.reza.id, payment)
    await paying.settle_down()
    assert await paying.ask_bank() is AttemptState.SETTLED
    assert await paying.ask_bank(hours=2) is AttemptState.SETTLED
    assert (await paying.bill_state(code), paying.count_payments()) == (BillState.PAID, 1)
    assert paying.list_callbacks() == ["returned"] + ["callback_repeated"] * 3
    assert paying.town.rows("SELECT DISTINCT method, source_address FROM payment_callbacks") == [
        ("BOT", f"bale:{paying.reza.id}")
    ]
    assert (await paying.town.keys())[-1] == "pay", "the usual receipt"


async def test_the_button_is_offered_where_invoices_are_taken_alone(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    paying.reza.says(f"قبض {code}")
    answer = await paying.reza.hears("شناسه")
    assert answer.labels[:2] == [PAY_LABEL, "پرداخت اینترنتی"]
    async with FakeBotApi() as telegram, running_bot(paying.town, telegram) as bot, bot.polling():
        anneh = Person(telegram, "آنه")
        other = BaleTown(paying.town, telegram, bot, paying.gateway, anneh)
        await other.link()
        anneh.says(f"قبض {code}")
        assert PAY_LABEL not in (await anneh.hears("شناسه")).labels


async def test_a_payment_that_the_bot_never_hears_of_is_found(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    paying.messenger.invoices.tells_bot = False
    await paying.confirm()
    assert await paying.ask_bank() is AttemptState.SETTLED
    assert (await paying.bill_state(code), paying.count_payments()) == (BillState.PAID, 1)


async def test_what_is_pending_is_asked_about_until_it_is_known(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    paying.messenger.invoices.outcome = "pending"
    transaction = await paying.confirm()
    assert await paying.ask_bank() is AttemptState.RETURNED
    assert await paying.ask_bank(hours=1) is AttemptState.UNKNOWN
    assert await paying.ask_bank(days=1) is AttemptState.UNKNOWN
    transaction.status = "paid"
    assert await paying.ask_bank(hours=1) is AttemptState.SETTLED
    assert (await paying.bill_state(code), paying.count_payments()) == (BillState.PAID, 1)


async def test_who_could_not_pay_pays_the_same_invoice_again(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    paying.messenger.invoices.outcome = "failed"
    failed = await paying.confirm()
    assert await paying.ask_bank() is AttemptState.DECLINED
    paying.messenger.invoices.outcome = "paid"
    paid = await paying.confirm()
    assert (failed.answer, paid.answer) == ("", "")
    assert await paying.ask_bank() is AttemptState.SETTLED
    assert paying.count_payments() == 1


async def test_an_invoice_that_nobody_pays_ends_without_troubling_anybody(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    assert await paying.ask_bank(hours=1) is AttemptState.FAILED
    attempt = await paying.newest_attempt()
    assert attempt
    assert attempt.alert is None
    assert await paying.bill_state(code) is BillState.OPEN
    transaction = await paying.confirm()
    assert "مهلت" in (transaction.answer or "")
    assert await paying.ask_bank(days=1) is AttemptState.FAILED


# What is refused before it is taken


async def let_time_pass(paying: BaleTown, _code: str) -> None:
    """Let the invoice become old."""
    paying.town.advance(minutes=30)


async def pay_elsewhere(paying: BaleTown, code: str) -> None:
    """Pay the bill at the counter."""
    await paying.town.pay(code)


@pytest.mark.parametrize(
    ("happens", "amount", "reason"),
    [
        (None, FOUR_HOURS - 1_000, "مبلغ"),
        (let_time_pass, None, "مهلت"),
        (pay_elsewhere, None, "پیش‌تر پرداخت شده"),
    ],
)
async def test_what_cannot_be_paid_is_refused_before_it_is_taken(
    paying: BaleTown,
    happens: Callable[[BaleTown, str], Awaitable[None]] | None,
    amount: int | None,
    reason: str,
) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    if happens:
        await happens(paying, code)
    counted = paying.count_payments()
    transaction = await paying.confirm(amount=amount)
    assert reason in (transaction.answer or "")
    assert transaction.status == "rejected"
    await paying.ask_bank(hours=2)
    assert paying.count_payments() == counted
    assert len(paying.list_callbacks()) == 1, "a refused one is kept, too"


async def test_one_payment_is_taken_at_a_time(paying: BaleTown) -> None:
    """Two invoices of one bill, and two confirmations of one invoice: whoever is first, until it is known."""
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    first_invoice = paying.messenger.invoices.issued[-1]
    paying.town.advance(minutes=1)
    await paying.get_invoice(code)
    paying.messenger.invoices.outcome = "pending"
    first = await paying.confirm()
    assert first.answer == ""
    for invoice in (first_invoice, None):
        other = await paying.confirm(invoice)
        assert "پرداخت دیگری" in (other.answer or "")
    first.status = "paid"
    assert await paying.ask_bank(minutes=1) is AttemptState.SETTLED
    assert paying.count_payments() == 1
    assert paying.town.rows("SELECT count(*) FROM payment_attempts WHERE alert IS NOT NULL") == [(0,)]


async def test_an_order_that_nobody_knows_is_refused(paying: BaleTown) -> None:
    for payload in ("1", "0", "x", ""):
        query = {"id": f"77{payload}", "from": paying.reza.user, "currency": "IRR", "total_amount": 10_000}
        paying.messenger.updates.add("pre_checkout_query", paying.reza.id, query | {"invoice_payload": payload})
    await paying.messenger.until(lambda: len(paying.messenger.called("answerPreCheckoutQuery")) == 4, "the answers")
    answers = paying.messenger.called("answerPreCheckoutQuery")
    assert {call.fields["ok"] for call in answers} == {False}
    assert all("نمی‌شناسد" in call.fields["error_message"] for call in answers)
    await paying.settle_down()
    assert sorted(paying.list_callbacks()) == ["not_ours", *["unreadable"] * 3]


async def test_a_yes_is_stored_before_it_is_said(paying: BaleTown, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the database does not answer nothing is allowed; the messenger asks again."""
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    broken = [True]

    async def fail_at_first(*arguments: Any) -> Any:
        if broken:
            raise Unavailable("database")
        return await receive_callback(*arguments)

    monkeypatch.setattr("domain.actions.payments.checkouts.receive_callback", fail_at_first)
    transaction = paying.reza.confirms()
    polls = len(paying.messenger.called("getUpdates"))
    await paying.messenger.until(lambda: len(paying.messenger.called("getUpdates")) > polls + 1, "another poll")
    assert transaction.answer is None
    assert paying.messenger.updates.pending
    broken.clear()
    await paying.messenger.until(lambda: transaction.answer == "", "a yes")
    await paying.settle_down()
    assert await paying.ask_bank() is AttemptState.SETTLED


# What nobody can forge


async def say_paid(paying: BaleTown, **values: object) -> None:
    """Tell the bot that somebody paid, as only the messenger should."""
    payment = {"currency": "IRR", "total_amount": FOUR_HOURS, "provider_payment_charge_id": "1", **values}
    message = {"message_id": 1, "from": paying.reza.user, "chat": paying.reza.chat, "successful_payment": payment}
    paying.messenger.updates.add("message", paying.reza.id, message)
    await paying.settle_down()


async def test_a_payment_that_was_never_made_is_not_counted(paying: BaleTown, caplog: pytest.LogCaptureFixture) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    payload = paying.messenger.invoices.issued[-1].payload
    await say_paid(paying, invoice_payload=payload, telegram_payment_charge_id="5")
    await say_paid(paying, invoice_payload="123", telegram_payment_charge_id="6")
    await say_paid(paying, invoice_payload=payload)
    assert await paying.ask_bank() is AttemptState.RETURNED
    assert await paying.ask_bank(days=2) is AttemptState.UNKNOWN
    assert paying.count_payments() == 0
    assert sorted(paying.list_callbacks()) == ["callback_repeated", "not_ours", "returned"]
    assert "payment 6 names no attempt of ours" in caplog.text


async def test_another_amount_than_the_bills_waits_for_the_revenue_unit(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    transaction = await paying.confirm()
    transaction.amount -= 1_000
    assert await paying.ask_bank() is AttemptState.SETTLED
    attempt = await paying.newest_attempt()
    assert attempt
    assert attempt.alert is AttemptAlert.WRONG_AMOUNT
    assert (await paying.bill_state(code), paying.count_payments()) == (BillState.OPEN, 0)
    assert paying.town.rows("SELECT amount FROM suspense_receipts") == [(FOUR_HOURS - 1_000,)]


async def test_one_payment_pays_one_order(paying: BaleTown) -> None:
    """The payment of one bill is brought once more, made over to another bill of the same amount."""
    paid_code, other_code = await paying.town.reach(REACHED), await paying.town.reach(REACHED)
    await paying.get_invoice(paid_code)
    transaction = await paying.confirm()
    assert await paying.ask_bank() is AttemptState.SETTLED
    paying.town.advance(minutes=1)
    await paying.get_invoice(other_code)
    payload = paying.messenger.invoices.issued[-1].payload
    await say_paid(paying, invoice_payload=payload, telegram_payment_charge_id=transaction.transaction_id)
    await paying.ask_bank(minutes=5)
    assert (await paying.bill_state(paid_code), paying.count_payments()) == (BillState.PAID, 1)
    assert await paying.bill_state(other_code) is not BillState.PAID
    assert paying.list_callbacks()[-1] == "foreign_callback"


async def test_a_payment_that_comes_late_counts_once(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    paying.messenger.invoices.outcome, paying.messenger.invoices.tells_bot = "failed", False
    transaction = await paying.confirm()
    assert await paying.ask_bank() is AttemptState.DECLINED
    assert await paying.ask_bank(hours=3) is AttemptState.FAILED
    transaction.status = "paid"
    await say_paid(paying, **describe_payment(transaction))
    assert await paying.ask_bank() is AttemptState.SETTLED
    assert (await paying.bill_state(code), paying.count_payments()) == (BillState.PAID, 1)


# Limits, order and the other ways in


async def test_no_limit_of_a_chat_holds_up_money(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    engine = paying.town.desk.engine
    paying.town.desk.engine = replace(engine, policy=replace(engine.policy, chat_limit=8))
    for _ in range(9):
        paying.reza.says("فهرست")
    transaction = await paying.confirm()
    assert transaction.answer == ""
    await paying.settle_down()
    assert paying.town.rows("SELECT count(*) > 0 FROM inbox WHERE state = 'limited'") == [(True,)]
    assert await paying.ask_bank() is AttemptState.SETTLED


async def test_a_query_waits_for_no_file_of_its_chat(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    await paying.get_invoice(code)
    with paying.messenger.failing(Fault("slow", 3.0, method="getFile")):
        paying.reza.sends_photo(b"\xff\xd8\xff\xe0\x00\x10JFIF")
        await paying.messenger.until(lambda: bool(paying.messenger.called("getFile")), "a download")
        transaction = paying.reza.confirms()
        await paying.messenger.until(lambda: transaction.answer == "", "a yes")
        assert paying.messenger.updates.pending, "the photo is still on its way"


async def test_updates_are_posted_as_well(town: Municipality) -> None:
    async with bale_town(town) as paying:
        code = await town.reach(REACHED)
        await paying.get_invoice(code)
    async with FakeBotApi(bale=True) as messenger:
        gateway = paying.gateway
        async with running_bot(town, messenger, gateway=gateway) as bot, serve_webhook(bot):
            messenger.invoices.issued.append(paying.messenger.invoices.issued[-1])
            transaction = Person(messenger, "رضا").confirms()
            await messenger.until(lambda: transaction.answer == "", "a yes")
            await messenger.until(lambda: len(messenger.updates.deliveries) == 2, "both deliveries")
    assert paying.list_callbacks() == ["returned", "callback_repeated"]


async def test_without_the_gateway_nothing_is_allowed(town: Municipality, caplog: pytest.LogCaptureFixture) -> None:
    async with FakeBotApi(bale=True) as messenger, running_bot(town, messenger) as bot, bot.polling():
        reza = Person(messenger, "رضا")
        query = {"id": "5", "from": reza.user, "currency": "IRR", "total_amount": 10_000, "invoice_payload": "7"}
        messenger.updates.add("pre_checkout_query", reza.id, query)
        payment = {"invoice_payload": "7", "telegram_payment_charge_id": "880055"}
        messenger.updates.add("message", reza.id, {"message_id": 1, "from": reza.user, "successful_payment": payment})
        await messenger.until(lambda: not messenger.updates.pending, "the confirmation")
        [answered] = messenger.called("answerPreCheckoutQuery")
    assert answered.fields["ok"] is False
    assert "payment 880055 came" in caplog.text


async def test_a_press_is_one_invoice(paying: BaleTown) -> None:
    code = await paying.town.reach(REACHED)
    paying.reza.says(f"قبض {code}")
    answer = await paying.reza.hears("شناسه")
    presses = [paying.reza.presses(PAY_LABEL, on=answer) for _ in range(3)]
    for press in presses:
        await paying.reza.told(press)
    await paying.wait_for_state(AttemptState.SENT)
    assert len(paying.messenger.invoices.issued) == 1
