"""«قبض یکجا»: one message with one pair of ids for all that a citizen owes."""

import re
from dataclasses import replace

import pytest

from domain.bills.bill import BillState
from domain.values.bill_ids import make_ids
from domain.values.message_parts import count_parts
from domain.values.text import group_digits
from tests.support.chat_person import Person, labels
from tests.support.municipality import CITIZEN, FOUR_HOURS, NEIGHBOUR, Municipality
from tests.support.scenarios.merged_bills import MergedTown, open_merged_town
from tests.support.scenarios.taxi_registries import OWNER_MOBILE, SECOND_PLATE, a_duty, furnish

SITE = "https://gomishan.ir"
HINT = "همه با یک شناسه: «قبض یکجا» را بفرستید"


@pytest.fixture
async def merged(town: Municipality) -> MergedTown:
    """Three requests of one citizen that wait for money, in a town whose texts carry links."""
    town.desk.engine = replace(town.desk.engine, policy=replace(town.desk.policy, site_address=SITE))
    return await open_merged_town(town)


@pytest.mark.parametrize(
    ("text", "bill_of_all", "bill_id", "payment_id", "until"),
    [
        *(
            (text, f"۳ قبض شما یکجا: {group_digits(3 * FOUR_HOURS)} ریال", "شناسه قبض", "شناسه پرداخت", "تا ")
            for text in ("قبض یکجا", "قبض همه", "پرداخت یک جا", "قبض همه را یکجا")
        ),
        ("ghabz yekja", f"3 ghabz shoma yekja: {3 * FOUR_HOURS:,} Rial", "Shenase ghabz", "Shenase pardakht", "Ta "),
    ],
)
async def test_one_message_has_one_pair(
    merged: MergedTown, text: str, bill_of_all: str, bill_id: str, payment_id: str, until: str
) -> None:
    heard = await merged.town.say(CITIZEN, text)
    merged_bill = await merged.merge()
    assert heard.key == "sms.pay_merged_until"
    lines = heard.text.splitlines()
    assert lines[:3] == [
        bill_of_all,
        f"{bill_id} {merged_bill.bill_id}",
        f"{payment_id} {merged_bill.payment_id}",
    ]
    assert lines[3].startswith(until)
    assert re.fullmatch(rf"{SITE}/pay/[a-z2-9]{{12}}", lines[4])
    assert count_parts(heard.text) <= 3
    assert (await merged.town.say(CITIZEN, text)).text.endswith(heard.text)


async def test_the_list_says_how(merged: MergedTown) -> None:
    heard = await merged.town.say(CITIZEN, "قبض")
    assert heard.text.splitlines()[-2] == HINT
    assert count_parts(heard.text) <= 6
    for code in merged.codes[1:]:
        await merged.town.pay(code)
    assert HINT not in (await merged.town.say(CITIZEN, "قبض")).text


async def test_of_one_bill_its_own_ids_and_of_none_none(merged: MergedTown) -> None:
    for code in merged.codes[1:]:
        await merged.town.pay(code)
    heard = await merged.town.say(CITIZEN, "قبض یکجا")
    assert (heard.key, (await merged.list_bills())[0].payment_id in heard.text) == ("sms.pay", True)
    assert (await merged.town.say(NEIGHBOUR, "قبض یکجا")).key == "sms.none_to.pay"


async def test_while_one_is_being_paid_nobody_gets_a_pair(merged: MergedTown) -> None:
    await merged.town.set_bill(merged.codes[0], BillState.PAYING)
    heard = await merged.town.say(CITIZEN, "قبض یکجا")
    assert "در حال پرداخت اینترنتی" in heard.text
    async with merged.town.store.open_unit(write=False) as uow:
        assert await uow.merged_bills.list_of_bill((await merged.list_bills())[1].id) == []


async def test_duties_that_never_expire_have_no_deadline(merged: MergedTown) -> None:
    await furnish(merged.town)
    for plate in ({}, {"vehicle": SECOND_PLATE}):
        await a_duty(merged.town, 1_000_000, **plate)
    heard = await merged.town.say(OWNER_MOBILE, "قبض یکجا")
    first_line = "۲ قبض شما یکجا: ۲٬۰۰۰٬۰۰۰ ریال (۲۰۰٬۰۰۰ تومان)"
    assert (heard.key, heard.text.splitlines()[0]) == ("sms.pay_merged", first_line)


async def test_its_bill_id_is_asked_for_like_any(merged: MergedTown) -> None:
    merged_bill, town = await merged.merge(), merged.town
    assert (await town.say(CITIZEN, f"قبض {merged_bill.bill_id}")).key == "sms.pay_merged_until"
    other = await town.say(NEIGHBOUR, f"قبض {merged_bill.bill_id}")
    assert (other.key, merged_bill.payment_id in other.text) == ("sms.bill_of_other", False)
    genuine = f"اصالت {merged_bill.bill_id}"
    assert (await town.say(CITIZEN, genuine)).key == "sms.authentic.single_open"
    assert (await town.say(NEIGHBOUR, genuine)).key == "sms.authentic.number_of_other"
    await town.pay(merged.codes[0])
    assert (await town.say(CITIZEN, f"قبض {merged_bill.bill_id}")).key == "sms.merged_closed"
    assert (await town.say(CITIZEN, genuine)).key == "sms.authentic.single_closed"
    await merged.pay(merged_bill, surplus=True)
    assert (await town.say(CITIZEN, f"قبض {merged_bill.bill_id}")).key == "sms.bill_settled"


async def test_a_wrong_payment_id_beside_it_is_no_bill_of_ours(merged: MergedTown) -> None:
    merged_bill, policy = await merged.merge(), merged.town.desk.policy
    codes = policy.company_code, policy.municipal_service_digit
    foreign_ids = make_ids(merged_bill.file_number, *codes, FOUR_HOURS, 1405, 9)
    assert foreign_ids.bill_id == merged_bill.bill_id
    heard = await merged.town.say(CITIZEN, f"اصالت {merged_bill.bill_id} {foreign_ids.payment_id}")
    assert heard.key == "errors.code_mistyped"
    ours = await merged.town.say(CITIZEN, f"اصالت {merged_bill.bill_id} {merged_bill.payment_id}")
    assert ours.key == "sms.authentic.single_open"


async def test_in_a_chat_a_button_does_it(merged: MergedTown) -> None:
    person = await Person(merged.town).linked()
    listed = await person.says("قبض")
    assert labels(listed)[:2] == ["پرداخت اینترنتی", "یک شناسه برای همه"]
    (answered,) = await person.presses("یک شناسه برای همه")
    assert (await merged.merge()).payment_id in answered.text
    assert "یک شناسه برای همه" not in labels(answered)
