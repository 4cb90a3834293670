"""Invoices offered in chats that take any; a press asks for one, once."""

from dataclasses import replace

import pytest

from domain.actions.context import ActorContext
from domain.actions.registries.charges import bill_and_notify
from domain.chats.chat import ButtonPressed
from domain.messages.keyboards import ReplyMarkup
from domain.messages.records import InboundState, OutboxMessage
from domain.registries.declarations import DUTY
from domain.values.actors import Role
from tests.support.chat_person import Person, data, labels
from tests.support.municipality import CITIZEN, Municipality, actor
from tests.support.scenarios.taxi_registries import OWNER_MOBILE, a_duty, furnish

PAY = "پرداخت در بله"
SITE = "https://gomishan.ir"


@pytest.fixture
def bale(town: Municipality) -> Municipality:
    """A town whose bills are paid in Bale, too."""
    policy = replace(town.desk.policy, site_address=SITE, invoice_channels=frozenset({"bale"}))
    town.desk.engine = replace(town.desk.engine, policy=policy)
    return town


async def settle_in_bale(town: Municipality, mobile: str, chat_id: str) -> Person:
    """Somebody who has notices sent to Bale."""
    person = await Person(town, chat_id, "bale", mobile=mobile).linked()
    async with town.store.open_unit() as uow:
        await uow.chats.save_chosen_channel(mobile, "bale", town.clock.at)
    return person


def find_link_token(message: OutboxMessage) -> str:
    """The link that the address of a message leads to."""
    addresses = [button.address for row in ReplyMarkup.from_json(message.content).rows for button in row]
    return next(address.rpartition("/")[2] for address in addresses if address)


async def test_a_notice_of_any_bill_can_be_paid_where_it_is_read(bale: Municipality) -> None:
    await furnish(bale)
    owner, citizen = await settle_in_bale(bale, OWNER_MOBILE, "78"), await settle_in_bale(bale, CITIZEN, "79")
    duty = await a_duty(bale)
    async with bale.store.open_unit() as uow:
        await bill_and_notify(ActorContext(bale.desk, uow, actor(Role.REVENUE)), DUTY, duty.id)
    await bale.reach("awaiting_payment")
    for person, words in ((owner, "duty.notices.billed"), (citizen, ".bill")):
        notice = next(message for message in await person.messages() if message.key.endswith(words))
        assert labels(notice)[:2] == [PAY, "پرداخت اینترنتی"]
        assert data(notice)[PAY] == f":!invoice {find_link_token(notice)}"


async def test_a_press_asks_for_one_invoice(bale: Municipality) -> None:
    code = await bale.reach("awaiting_payment")
    person = await Person(bale, channel="bale").linked()
    answer = await person.says(f"قبض {code}")
    press = ButtonPressed(data(answer)[PAY], str(answer.id))
    first = await person.does(press, "1:900001")
    assert (first.invoice_token, first.message.intent) == (find_link_token(answer), "invoice")
    assert first.toast == "صورت‌حساب همین‌جا فرستاده می‌شود."
    assert first.message.mobile == CITIZEN
    again, twice = await person.does(press, "1:900001"), await person.does(press, "1:900002")
    assert (again.invoice_token, twice.invoice_token) == ("", ""), "delivered again, and tapped twice"
    assert await person.hears() == [], "the invoice is the answer"


async def test_past_the_limit_of_a_chat_no_invoice_is_asked_for(bale: Municipality) -> None:
    person = await Person(bale, channel="bale").linked()
    bale.desk.engine = replace(bale.desk.engine, policy=replace(bale.desk.policy, chat_limit=1))
    limited = await person.does(ButtonPressed(":!invoice abcdefghijkm", "5"))
    assert (limited.message.state, limited.invoice_token) == (InboundState.LIMITED, "")


async def test_where_no_invoices_are_sent_the_button_is_over(bale: Municipality) -> None:
    person = await Person(bale, channel="telegram").linked()
    pressed = await person.does(ButtonPressed(":!invoice abcdefghijkm", "5"))
    assert (pressed.invoice_token, pressed.toast) == ("", bale.desk.catalogue.text("chat.toasts.stale"))
