"""The account of money that is due back: asked for once, given anywhere in a text, asked about once, and changeable."""

from datetime import timedelta

import pytest

from domain.actions.context import ActorContext
from domain.actions.refunds.accounts import ask_for_ibans, remind_of_iban
from domain.bills.bill import Bill
from domain.bills.refund_transfers import RefundAccount
from domain.values.actors import Role
from domain.values.errors import NotAllowedNow
from tests.support.chat_person import Person
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality, actor

IBAN, OTHER_IBAN = "IR910120000000100324200001", "IR580540105180021273113007"
WRONG_IBAN = "IR910120000000100324200002"


async def cancelled(town: Municipality, mobile: str = CITIZEN) -> Bill:
    """The bill of a paid request that its citizen cancelled, after the job that asks for accounts."""
    code = await town.reach("paid", mobile=mobile)
    await town.says(f"لغو {code}", "۱", mobile=mobile)
    await ask_for_ibans(town.desk, town.store)
    return (await town.bills(code))[0]


async def account(town: Municipality, bill: Bill) -> RefundAccount:
    """The account that the money of a bill goes to."""
    async with town.store.open_unit(write=False) as uow:
        found = await uow.refund_transfers.find_account(bill.id)
    assert found is not None
    return found


async def test_it_is_asked_for_once_and_kept_after_one_yes(town: Municipality) -> None:
    bill = await cancelled(town)
    question = (await town.sent())[-1]
    assert question.key == "sms.iban_asked"
    assert "۳۵٬۲۰۰٬۰۰۰ ریال بابت" in question.text
    assert await ask_for_ibans(town.desk, town.store) == 0
    asked = (await town.says(f"سلام آقای مهندس اینم شبای من {OTHER_IBAN} ممنون")).text
    assert "۳۵٬۲۰۰٬۰۰۰ ریال به بانک پارسیان، شبا با چهار رقم آخر ۳۰۰۷، واریز شود؟" in asked
    assert (await account(town, bill)).iban is None
    assert "شبا ثبت شد: بانک پارسیان" in (await town.says("بله")).text
    kept = await account(town, bill)
    assert (kept.iban, kept.mobile, kept.given_at) == (OTHER_IBAN, CITIZEN, town.clock.at)
    facts = town.rows("SELECT detail FROM audit WHERE what = 'refund_iban'")
    payloads = town.rows("SELECT payload FROM history WHERE event = 'refund_iban'")
    assert len(facts) == len(payloads) == 1
    assert "3007" in str(facts)
    assert "3007" in str(payloads)
    assert town.rows("SELECT payload FROM history WHERE payload LIKE ?", f"%{OTHER_IBAN}%") == []


async def test_it_may_be_changed_and_the_same_one_again_changes_nothing(town: Municipality) -> None:
    bill = await cancelled(town)
    await town.says(IBAN, "۱")
    given_at = (await account(town, bill)).given_at
    town.advance(hours=1)
    assert "شبا ثبت شد" in (await town.says(f"شبا {IBAN}", "آره")).text
    assert (await account(town, bill)).given_at == given_at
    assert "شبا ثبت نشد" in (await town.says(f"شبام عوض شد {OTHER_IBAN}", "نه")).text
    assert (await account(town, bill)).iban == IBAN
    await town.says(f"شبام عوض شد {OTHER_IBAN}", "بله")
    assert (await account(town, bill)).iban == OTHER_IBAN
    assert len(town.rows("SELECT detail FROM audit WHERE what = 'refund_iban'")) == 2


async def test_a_wrong_digit_is_said_and_the_next_number_is_taken(town: Municipality) -> None:
    bill = await cancelled(town)
    assert "یکی از رقم‌های شماره شبا اشتباه است" in (await town.says(f"شبا {WRONG_IBAN}")).text
    assert "واریز شود؟" in (await town.says("910120000000100324200001")).text
    assert "واریز شود؟" in (await town.says(OTHER_IBAN)).text, "another number is no yes"
    await town.says("1")
    assert (await account(town, bill)).iban == OTHER_IBAN


async def test_an_account_of_no_bank_is_said_to_be_so(town: Municipality) -> None:
    bill = await cancelled(town)
    assert "از بانکی نیست که می‌شناسیم" in (await town.says("شبا IR062960000000100324200001")).text
    await town.says("بله")
    assert (await account(town, bill)).iban is None


async def test_the_word_alone_asks_for_the_number_and_who_has_none_is_told_what_it_is(town: Municipality) -> None:
    await cancelled(town)
    assert "IR و ۲۴ رقم. در همراه‌بانک یا از شعبه" in (await town.says("شبا ندارم")).text
    assert "خودمان شبا می‌خواهیم" in (await town.says("شبا ندارم", mobile=NEIGHBOUR)).text
    assert "IR و ۲۴ رقم" in (await town.says("شماره شبا")).text
    assert "بانک ملت" in (await town.says("۹۱۰۱۲۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱")).text


@pytest.mark.parametrize(
    "text", ["6037 9912 3456 7893", "شبا ندارم، کارت دارم ۶۰۳۷۹۹۱۲۳۴۵۶۷۸۹۳", "به این کارت بریزید 6037-9912-3456-7893"]
)
async def test_a_card_is_no_account_and_nothing_of_it_is_kept_whole(town: Municipality, text: str) -> None:
    bill = await cancelled(town)
    reply = (await town.says(text)).text
    assert "شماره کارت است، نه شبا" in reply
    assert "IR و ۲۴ رقم. در همراه‌بانک یا از شعبه" in reply
    assert town.rows("SELECT text FROM inbox ORDER BY id DESC LIMIT 1")[0][0].endswith("603799******7893")
    assert "شبا ثبت شد" in (await town.says(OTHER_IBAN, "بله")).text
    assert (await account(town, bill)).iban == OTHER_IBAN


async def test_a_card_in_a_chat_is_masked_too(town: Municipality) -> None:
    person = await Person(town).linked()
    await cancelled(town)
    assert "شماره کارت است، نه شبا" in (await person.says("6037991234567893")).text
    await person.says("603799\u20661234567893")  # a mark of direction inside
    assert town.rows("SELECT text FROM inbox WHERE text LIKE '%1234567893%'") == []


async def test_who_notices_that_the_account_was_wrong_is_asked_again(town: Municipality) -> None:
    bill = await cancelled(town)
    await town.says(IBAN, "بله")
    assert "شماره شبای خودتان را بفرستید" in (await town.says("اعتراض به شبا")).text
    await town.says(OTHER_IBAN, "بله")
    assert (await account(town, bill)).iban == OTHER_IBAN


async def test_who_is_owed_nothing_is_told_so_and_nothing_is_kept(town: Municipality) -> None:
    await cancelled(town)
    for text in (f"شبا {IBAN}", "شبا"):
        assert "اکنون پولی در نوبت برگشت به شما نیست" in (await town.says(text, mobile=NEIGHBOUR)).text
    assert town.rows("SELECT bill_id FROM refund_accounts WHERE iban IS NOT NULL") == []


async def test_the_staff_remind_who_has_given_none(town: Municipality) -> None:
    bill = await cancelled(town)
    town.clock.at += timedelta(hours=1)
    for _ in range(2):
        async with town.store.open_unit() as uow:
            await remind_of_iban(ActorContext(town.desk, uow, actor(Role.REVENUE)), bill.id)
    assert [text.key for text in await town.sent()].count("sms.iban_reminded") == 1, "a second press is the same one"
    await town.says(IBAN, "بله")
    with pytest.raises(NotAllowedNow, match="iban_not_wanted"):
        async with town.store.open_unit() as uow:
            await remind_of_iban(ActorContext(town.desk, uow, actor(Role.REVENUE)), bill.id)


async def test_in_a_chat_it_is_asked_there_and_kept_by_a_button(town: Municipality) -> None:
    person = await Person(town).linked()
    bill = await cancelled(town)
    question = await person.says(f"سلام، این شبای خودمه: {OTHER_IBAN}")
    assert question.text.endswith("واریز شود؟ به نام خودتان است؟"), "buttons take the place of numbers"
    assert "شبا ثبت شد: بانک پارسیان" in (await person.presses("بله"))[-1].text
    assert (await account(town, bill)).iban == OTHER_IBAN
