"""Links to pay under in messages: under the own domain alone, beside the ids, where the part budget has room."""

import re
from dataclasses import replace

import pytest

from domain.actions.payments.links import find_link
from domain.check.texts.bounds import bound_texts
from domain.messages.catalogue import Catalogue
from domain.messages.keyboards import Button, ReplyMarkup
from domain.messages.records import OutboxMessage
from domain.registries.declarations import DUTY
from domain.services import SERVICES
from domain.values.actors import Role
from domain.values.errors import NotFound
from domain.values.message_parts import count_parts
from tests.support.chat_person import Person, labels
from tests.support.municipality import CITIZEN, Municipality
from tests.support.scenarios.taxi_organisation import TaxiOrganisation
from tests.support.scenarios.taxi_registries import OWNER_MOBILE, a_duty

SHORT, LONG = "https://gomishan.ir", "https://pishkhan.shahrdari-gomishan.golestan.example.ir"
LINK = re.compile(r"\nhttps://\S+/pay/([a-z2-9]{12})$")
RECEIPT = re.compile(r"\nرسید: (https://\S+/pay/([a-z2-9]{12}))$")
RECEIPT_TEXTS = (
    "services.machinery.notices.pay",
    "services.expert.notices.pay",
    "registries.duty.notices.paid",
    "registries.violation.notices.paid",
)


def set_address(town: Municipality, address: str) -> Municipality:
    """Let messages carry links to this address."""
    town.desk.engine = replace(town.desk.engine, policy=replace(town.desk.policy, site_address=address))
    return town


async def list_texts(town: Municipality, mobile: str = CITIZEN) -> list[OutboxMessage]:
    async with town.store.open_unit(write=False) as uow:
        return (await uow.outbox.list_recent(recipient=mobile, limit=100))[::-1]


@pytest.mark.parametrize("address", [SHORT, LONG])
async def test_the_word_for_bills_answers_with_ids_and_link(town: Municipality, address: str) -> None:
    code = await set_address(town, address).reach("awaiting_payment")
    answer = (await town.says(f"قبض {code}")).text
    found = LINK.search(answer)
    assert found
    assert "شناسه قبض" in answer
    assert count_parts(answer) <= (3 if address == SHORT else 4)
    async with town.store.open_unit(write=False) as uow:
        [bill_row_id] = (await find_link(uow.payment_links, found[1])).bill_row_ids
        bill = await uow.bills.get(bill_row_id)
    assert bill.bill_id in answer
    assert found[0] in (await town.says(f"قبض {bill.bill_id}")).text


async def test_a_bill_has_the_link_to_pay_it_and_a_receipt_its_own(town: Municipality) -> None:
    await set_address(town, SHORT).reach("paid")
    bill, receipt = [message for message in await list_texts(town) if message.key.endswith((".bill", ".pay"))]
    assert LINK.search(bill.text)
    assert "شناسه پرداخت" in bill.text
    assert count_parts(bill.text) <= 3
    assert f"رسید: {SHORT}/pay/" in receipt.text
    assert count_parts(receipt.text) <= 2


async def test_without_an_own_domain_there_is_no_link(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    assert "http" not in (await town.says(f"قبض {code}")).text
    assert all("http" not in message.text for message in await list_texts(town))


async def choose_chat(town: Municipality, mobile: str = CITIZEN) -> Person:
    """Somebody who wants notices in a chat."""
    person = await Person(town, mobile=mobile).linked()
    async with town.store.open_unit() as uow:
        await uow.chats.save_chosen_channel(mobile, person.channel, town.clock.at)
    return person


async def find_linked_bills(town: Municipality, token: str) -> set[int]:
    """Return the rows of the bills that a link leads to."""
    async with town.store.open_unit(write=False) as uow:
        return set((await find_link(uow.payment_links, token)).bill_row_ids)


async def test_a_receipt_has_the_link_to_its_page(town: Municipality) -> None:
    code = await set_address(town, SHORT).reach("paid")
    receipt = next(message for message in await list_texts(town) if message.key.endswith(".pay"))
    found = RECEIPT.search(receipt.text)
    assert found
    assert count_parts(receipt.text) <= 2
    assert await find_linked_bills(town, found[2]) == {bill.id for bill in await town.bills(code)}
    assert (await town.says(f"قبض {code}")).text.endswith(found[0])
    assert (await town.says(f"قبض {(await town.bills(code))[0].bill_id}")).text.endswith(found[0])


async def test_a_receipt_without_room_for_it_is_brought_by_the_word_for_bills(town: Municipality) -> None:
    code = await set_address(town, LONG).reach("paid")
    receipt = next(message for message in await list_texts(town) if message.key.endswith(".pay"))
    assert "http" not in receipt.text
    for text in (f"قبض {code}", "قبض"):
        answer = (await town.says(text)).text
        assert RECEIPT.search(answer), text
        assert count_parts(answer) <= 3


async def test_nothing_to_pay_brings_the_receipt_of_what_was_paid_last(town: Municipality) -> None:
    assert "http" not in (await set_address(town, SHORT).say(CITIZEN, "قبض")).text
    await town.reach("paid")
    town.advance(minutes=5)
    code = await town.reach("paid", text="ماشین گریدر ۴ ساعت فردا ساعت ۸ خیابان امام")
    heard = await town.say(CITIZEN, "قبض")
    found = RECEIPT.search(heard.text)
    assert (heard.key, bool(found)) == ("sms.none_to.pay", True)
    assert found
    assert await find_linked_bills(town, found[2]) == {bill.id for bill in await town.bills(code)}


async def test_a_waived_bill_has_no_receipt(town: Municipality) -> None:
    code = await set_address(town, SHORT).reach("awaiting_payment")
    await town.do(code, "waive", Role.REVENUE, reason="کمک به مدرسه")
    assert "http" not in (await town.says(f"قبض {code}")).text
    assert all("رسید:" not in message.text for message in await list_texts(town))


@pytest.mark.parametrize("address", [SHORT, LONG])
async def test_in_a_chat_the_receipt_is_a_button(town: Municipality, address: str) -> None:
    anneh = await choose_chat(set_address(town, address))
    code = await town.reach("paid")
    receipt = (await anneh.hears())[-1]
    assert receipt.key == "services.machinery.notices.pay"
    for message in (receipt, await anneh.says(f"قبض {code}"), await anneh.says(code)):
        assert labels(message)[0] == "رسید در سایت"
        button = ReplyMarkup.from_json(message.content).rows[0][0]
        assert button.address.startswith(f"{address}/pay/")


async def test_the_receipt_of_a_duty_is_a_button_too(taxis: TaxiOrganisation) -> None:
    town = set_address(taxis.town, SHORT)
    owner = await choose_chat(town, OWNER_MOBILE)
    row = await a_duty(town)
    assert labels(await owner.says("قبض"))[0] == "پرداخت اینترنتی"
    async with town.store.open_unit(write=False) as uow:
        [bill] = await uow.bills.list_of_subject(DUTY.key, row.id)
    await town.pay("", bill=bill, by=Role.REVENUE)
    [receipt] = await owner.hears()
    assert (receipt.key, labels(receipt)) == ("registries.duty.notices.paid", ["رسید در سایت"])
    found = RECEIPT.search(receipt.text)
    assert found
    assert await find_linked_bills(town, found[2]) == {bill.id}
    answer = await owner.says("قبض")
    assert (answer.key, labels(answer)[0], found[0] in answer.text) == ("sms.none_to.pay", "رسید در سایت", True)


@pytest.mark.parametrize("key", RECEIPT_TEXTS)
def test_the_longest_receipt_has_room_for_a_link_of_a_short_domain(key: str) -> None:
    texts = bound_texts(SERVICES, Catalogue.load())
    receipt = f"{texts.render_longest(key)}\nرسید: {SHORT}/pay/abcdefghijkm"
    assert count_parts(receipt) <= texts.part_budget(key) == 2


async def test_a_chat_opens_the_page_by_a_button(town: Municipality) -> None:
    anneh = await Person(set_address(town, LONG)).linked()
    code = await town.reach("awaiting_payment")
    answer = await anneh.says(f"قبض {code}")
    assert labels(answer)[0] == "پرداخت اینترنتی"
    button = ReplyMarkup.from_json(answer.content).rows[0][0]
    assert button.address.startswith(f"{LONG}/pay/")
    assert button.callback_data == ""
    set_address(town, "http://127.0.0.1:8080")
    assert "پرداخت اینترنتی" not in labels(await anneh.says(f"قبض {code}"))


async def test_a_bill_has_one_link_and_no_link_leads_nowhere(town: Municipality) -> None:
    code = await set_address(town, SHORT).reach("awaiting_payment")
    first, second = [(await town.says(f"قبض {code}")).text for _ in range(2)]
    assert second.endswith(first)
    async with town.store.open_unit(write=False) as uow:
        with pytest.raises(NotFound):
            await find_link(uow.payment_links, "aaaaaaaaaaaa")


def test_the_longest_answers_have_room_for_a_link_of_a_long_domain() -> None:
    texts = bound_texts(SERVICES, Catalogue.load())
    for key, budget in (("sms.pay", 4), ("sms.pay_bill", 3)):
        assert count_parts(f"{texts.render_longest(key)}\n{LONG}/pay/abcdefghijkm") <= texts.part_budget(key) == budget
    for key in ("sms.nothing_to_pay", "sms.bill_settled", "sms.none_to.pay"):
        receipt = f"{texts.render_longest(key)}\nرسید: {LONG}/pay/abcdefghijkm"
        assert count_parts(receipt) <= texts.part_budget(key) == 3


def test_a_button_opens_an_address_or_comes_back() -> None:
    button = Button("پرداخت", "", SHORT)
    assert ReplyMarkup.from_json(ReplyMarkup(((button,),)).as_json()) == ReplyMarkup(((button,),))
    for data, address in (("x", SHORT), ("", "")):
        with pytest.raises(ValueError, match="button"):
            Button("پرداخت", data, address)
