"""Links to pay under in messages: under the own domain alone, beside the ids, where the part budget has room."""

import re
from dataclasses import replace

import pytest

from domain.actions.payments.links import find_link
from domain.messages.catalogue import Catalogue
from domain.messages.keyboards import Button, ReplyMarkup
from domain.messages.records import OutboxMessage
from domain.values.errors import NotFound
from domain.values.message_parts import count_parts
from tests.support.chat_person import Person, labels
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality

SHORT, LONG = "https://gomishan.ir", "https://pishkhan.shahrdari-gomishan.golestan.example.ir"
LINK = re.compile(r"\nhttps://\S+/pay/([a-z2-9]{12})$")


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
    assert count_parts(answer) <= 3
    async with town.store.open_unit(write=False) as uow:
        [bill_row_id] = (await find_link(uow, found[1])).bill_row_ids
        bill = await uow.bills.get(bill_row_id)
    assert bill.bill_id in answer
    assert found[0] in (await town.says(f"قبض {bill.bill_id}")).text


async def test_a_notice_has_the_link_where_its_two_parts_have_room(town: Municipality) -> None:
    await set_address(town, SHORT).reach("awaiting_payment")
    notice = next(message for message in await list_texts(town) if message.key.endswith(".bill"))
    assert LINK.search(notice.text)
    assert count_parts(notice.text) <= 2
    set_address(town, LONG)
    await town.reach("awaiting_payment", mobile=NEIGHBOUR, text="ماشین گریدر ۴ ساعت فردا ساعت ۸ خیابان امام")
    notice = next(message for message in await list_texts(town, NEIGHBOUR) if message.key.endswith(".bill"))
    assert not LINK.search(notice.text)
    assert "شناسه پرداخت" in notice.text


async def test_without_an_own_domain_there_is_no_link(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    assert "http" not in (await town.says(f"قبض {code}")).text
    assert all("http" not in message.text for message in await list_texts(town))


async def test_what_is_paid_has_no_link(town: Municipality) -> None:
    code = await set_address(town, SHORT).reach("paid")
    assert "http" not in (await town.says(f"قبض {code}")).text


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
    assert first == second
    async with town.store.open_unit(write=False) as uow:
        with pytest.raises(NotFound):
            await find_link(uow, "aaaaaaaaaaaa")


def test_the_longest_answers_have_room_for_a_link_of_a_long_domain() -> None:
    texts = Catalogue.load()
    for key in ("sms.pay", "sms.pay_bill"):
        assert count_parts(f"{texts.render_longest(key)}\n{LONG}/pay/abcdefghijkm") <= texts.part_budget(key) == 3


def test_a_button_opens_an_address_or_comes_back() -> None:
    button = Button("پرداخت", "", SHORT)
    assert ReplyMarkup.from_json(ReplyMarkup(((button,),)).as_json()) == ReplyMarkup(((button,),))
    for data, address in (("x", SHORT), ("", "")):
        with pytest.raises(ValueError, match="button"):
            Button("پرداخت", data, address)
