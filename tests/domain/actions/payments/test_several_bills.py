"""«قبض» of a citizen with several open bills: one link pays all of them, each as if it were alone."""

import re
from dataclasses import replace

import pytest

from domain.actions.context import ActionContext
from domain.actions.payments.begin import begin_payment
from domain.actions.payments.links import load_payable_bills
from domain.gateways.attempt import PaymentAttempt
from domain.gateways.gateway import SaleState
from domain.messages.keyboards import ReplyMarkup
from domain.values.message_parts import count_parts
from domain.values.text import group_digits
from domain.values.tracking_codes import display_code
from tests.support.chat_person import Person, labels
from tests.support.municipality import CITIZEN, FOUR_HOURS, Municipality
from tests.support.scripted_bank import Payer, answer

SITE = "https://gomishan.ir"
ORDERS = tuple(f"ماشین لودر ۴ ساعت {day} آذر ساعت ۸ خیابان ساحل" for day in ("۲۰", "۲۱", "۲۲"))


@pytest.fixture
async def codes(payer: Payer) -> list[str]:
    """Three requests of one citizen that wait for money, in a town whose texts carry links."""
    town = payer.town
    town.desk.engine = replace(town.desk.engine, policy=replace(town.desk.policy, site_address=SITE))
    return [await town.reach("awaiting_payment", text=order) for order in ORDERS]


async def ask_for_link(town: Municipality) -> str:
    """Return the token of the link in the answer to «قبض»."""
    heard = await town.say(CITIZEN, "قبض")
    assert heard.key == "sms.bills"
    assert count_parts(heard.text) <= 6
    found = re.search(rf"{SITE}/pay/([a-z2-9]{{12}})$", heard.text)
    assert found
    return found[1]


async def pay_link(payer: Payer, token: str) -> PaymentAttempt:
    """Leave for the bank by a link, pay there, and let the worker do the rest."""
    attempt, _ = await begin_payment(payer.town.desk, payer.town.store, payer.bank, token, "portal", f"{SITE}/callback")
    await payer.come_back(attempt)
    payer.bank.script(answer(SaleState.VERIFIED), answer(SaleState.SETTLED))
    await payer.advance()
    return attempt


async def test_the_answer_lists_each_with_its_ids_and_the_sum(payer: Payer, codes: list[str]) -> None:
    heard = await payer.town.say(CITIZEN, "قبض")
    bills = [(await payer.town.bills(code))[-1] for code in codes]
    for bill in bills:
        assert (
            f"کارکرد ماشین‌آلات: ۳۵٬۲۰۰٬۰۰۰ ریال، شناسه قبض {bill.bill_id}، شناسه پرداخت {bill.payment_id}" in heard.text
        )
    assert heard.text.startswith(
        f"قبض‌های شما، روی هم {group_digits(3 * FOUR_HOURS)} ریال ({group_digits(3 * FOUR_HOURS // 10)} تومان)، "
    )
    async with payer.town.store.open_unit(write=False) as uow:
        payable = await load_payable_bills(ActionContext(payer.town.desk, uow), heard.text.rpartition("/")[2])
    assert {bill.id for bill in payable.bills} == {bill.id for bill in bills}


async def test_paid_once_every_bill_is_paid_and_each_request_goes_on(payer: Payer, codes: list[str]) -> None:
    token = await ask_for_link(payer.town)
    sent_before = len(await payer.town.sent(CITIZEN))
    attempt = await pay_link(payer, token)
    assert attempt.amount == 3 * FOUR_HOURS
    for code in codes:
        assert (await payer.town.request(code)).state == "paid"
        assert [bill.state for bill in await payer.town.bills(code)] == ["paid"]
    notices = [message.text for message in (await payer.town.sent(CITIZEN))[sent_before:]]
    assert [sum(display_code(code) in notice for notice in notices) for code in codes] == [1, 1, 1]
    assert (await payer.town.say(CITIZEN, "قبض")).key == "sms.none_to.pay"


async def test_what_was_paid_at_an_atm_meanwhile_is_not_charged(payer: Payer, codes: list[str]) -> None:
    token = await ask_for_link(payer.town)
    await payer.town.pay(codes[1])
    attempt = await pay_link(payer, token)
    assert attempt.amount == 2 * FOUR_HOURS
    assert [(await payer.town.request(code)).state for code in codes] == ["paid"] * 3
    payments = await payer.town.payments(codes[1])
    assert len(payments) == 1


async def test_the_one_open_bill_is_answered_as_if_it_had_been_named(payer: Payer, codes: list[str]) -> None:
    for code in codes[1:]:
        await payer.town.pay(code)
    heard = await payer.town.say(CITIZEN, "قبض")
    assert heard.key == "sms.pay"
    assert (await payer.town.say(CITIZEN, f"قبض {codes[0]}")).text.endswith(heard.text)
    answered = await (await Person(payer.town).linked()).says("قبض")
    assert labels(answered)[0] == "پرداخت اینترنتی"


async def test_in_a_chat_one_button_pays_all(payer: Payer, codes: list[str]) -> None:
    answered = await (await Person(payer.town).linked()).says("قبض")
    assert labels(answered)[0] == "پرداخت اینترنتی"
    token = await ask_for_link(payer.town)
    assert ReplyMarkup.from_json(answered.content).rows[0][0].address == f"{SITE}/pay/{token}"
