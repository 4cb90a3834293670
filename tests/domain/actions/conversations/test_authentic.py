"""«اصالت»: whether a text, a link or a paper is ours; what a number is about is told to whom it was sent to alone."""

from dataclasses import replace

import pytest

from domain.actions.context import ActionContext
from domain.actions.links.payment_links import ensure_payment_link
from domain.bills.bill import Bill
from domain.values.actors import Role
from domain.values.bill_ids import make_ids
from domain.values.text import persian_digits
from tests.support.chat_person import Person, labels
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality
from tests.support.scenarios.expert_unit import Experts

SITE = "https://gomishan.ir"
OURS = "این شماره از شهرداری گمیشان است. جزئیات آن فقط به همراهی گفته می‌شود که برایش فرستاده شده است."
OURS_IN_LATIN = (
    "In shomare az Shahrdari Gomishan ast. Joziat an faghat be hamrahi gofte mishavad ke barayash ferestade shode."
)
UNKNOWN, MISTYPED = "sms.authentic.unknown", "errors.code_mistyped"


def set_contact(town: Municipality, phone: str = "01735662222") -> Municipality:
    """Give the municipality a site and a phone."""
    town.desk.engine = replace(town.desk.engine, policy=replace(town.desk.policy, site_address=SITE))
    town.desk.catalogue.phone = phone
    return town


async def link_to(town: Municipality, *codes: str) -> str:
    """Return the token of the link to the newest bills of requests."""
    bills = [(await town.bills(code))[-1] for code in codes]
    async with town.store.open_unit() as uow:
        return (await ensure_payment_link(ActionContext(town.desk, uow), bills)).token


async def bill_of(town: Municipality, code: str) -> Bill:
    return (await town.bills(code))[-1]


def foreign_ids(bill: Bill) -> tuple[str, str]:
    """Return right ids that no bill of ours has."""
    ids = make_ids(99_999_998, "009", 6, bill.amount, 1405, 1)
    return ids.bill_id, ids.payment_id


async def test_of_an_own_bill_what_for_how_much_and_whether_it_is_open_is_told(town: Municipality) -> None:
    code = await set_contact(town).reach("awaiting_payment")
    bill = await bill_of(town, code)
    for text in (
        f"اصالت {bill.bill_id}",
        f"اصالت {bill.bill_id} {bill.payment_id}",
        f"این پیامک اصالت دارد؟ شهرداری: ۳۵٬۲۰۰٬۰۰۰ ریال\nشناسه قبض {bill.bill_id}\nشناسه پرداخت {bill.payment_id}",
        f"شناسه قبض: {bill.bill_id} جعلی است؟",
    ):
        heard = await town.say(CITIZEN, text)
        assert (heard.inbound.intent, heard.key) == ("authentic", "sms.authentic.single_open")
        assert "کارکرد ماشین‌آلات، ۳۵٬۲۰۰٬۰۰۰ ریال، هنوز پرداخت نشده" in heard.text
        assert not any(secret in heard.text for secret in (code, bill.payment_id, "خیابان امام", "0912"))
        other = await town.say(NEIGHBOUR, text)
        assert (other.inbound.intent, other.text) == ("authentic", OURS)
    await town.pay(code)
    assert (await town.say(CITIZEN, f"اصالت {bill.bill_id}")).key == "sms.authentic.single_closed"
    assert (await town.say(NEIGHBOUR, f"اصالت {bill.bill_id}")).text == OURS


async def test_of_an_own_tracking_code_service_and_state_are_told(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    told = "این کد رهگیری از شهرداری گمیشان است: کارکرد ماشین‌آلات، "
    told_in_latin = "In kod rahgiri az Shahrdari Gomishan ast: Karkard mashin-alat, "
    for text, own_beginning, ours in (
        (f"اصالت {code}", told, OURS),
        (f"{code} اصالت دارد", told, OURS),
        (f"authentic {code[:3]} {code[3:6]} {code[6:]}", told_in_latin, OURS_IN_LATIN),
    ):
        assert (await town.say(CITIZEN, text)).text.startswith(own_beginning)
        assert (await town.say(NEIGHBOUR, text)).text == ours


@pytest.mark.parametrize(
    "written",
    ["{number}", "نامه {number}", "{year} / {register} - {count}", "{count}/{register}/{year}", "{persian}",
     "شماره نامه: {number} است؟", "پاسخ درخواست 123456786 با شماره {number} در ۱۴۰۵/۰۹/۰۵ صادر شد."],
)  # fmt: skip
async def test_a_letter_is_found_by_its_number(experts: Experts, written: str) -> None:
    town, code = experts.town, await experts.reach("answered")
    number = str((await town.request(code)).data["letter_number"])
    year, register, count = number.split("/")
    words = {"number": number, "year": year, "register": register, "count": count, "persian": persian_digits(number)}
    own = await town.say(CITIZEN, f"اصالت {written.format(**words)}")
    assert (own.inbound.intent, own.key) == ("authentic", "sms.authentic.paper_valid")
    other = await town.say(NEIGHBOUR, f"اصالت {written.format(**words)}")
    assert other.key == "sms.authentic.letter_of_other"
    assert "۱۴۰۵" not in other.text


async def test_a_letter_of_the_secretariats_own_number_is_found_however_it_is_typed(experts: Experts) -> None:
    town, code = experts.town, await experts.reach("paid")
    await town.do(code, "issue", Role.SECRETARIAT, text="پاسخ", number="ش / ۴۴۱۲-الف")
    for written in ("نامه ش/4412-الف", "شماره نامه ش / ۴۴۱۲ - الف", "نامه با شماره ش/۴۴۱۲-الف درست است؟"):
        assert (await town.say(CITIZEN, f"اصالت {written}")).key == "sms.authentic.paper_valid", written
    for written in ("نامه ش/4413-الف", "1405/ک/999", "نامه ۴۴۱۲"):
        assert (await town.say(CITIZEN, f"اصالت {written}")).key == UNKNOWN, written


async def test_letters_are_not_guessed_through(experts: Experts) -> None:
    await experts.reach("answered")
    heard = [await experts.town.say(NEIGHBOUR, f"اصالت 1405/ک/{number}") for number in range(1, 13)]
    assert [one.key for one in heard[:2]] == ["sms.authentic.letter_of_other", UNKNOWN]
    assert heard[-1].key == "errors.too_many_requests"


@pytest.mark.parametrize(
    "written",
    ["{site}/pay/{token}", "gomishan.ir/pay/{token}", "/pay/{token}", "{token}", "«پیوند:{site}/pay/{token}»."],
)
async def test_of_a_link_its_bills_are_told(town: Municipality, written: str) -> None:
    code = await set_contact(town).reach("awaiting_payment")
    token = await link_to(town, code)
    heard = await town.say(NEIGHBOUR, f"اصالت {written.format(site=SITE, token=token)}")
    assert heard.key == "sms.authentic.single_open"
    assert "۳۵٬۲۰۰٬۰۰۰" in heard.text


async def test_of_a_link_to_several_bills_the_sum_of_what_is_open(town: Municipality) -> None:
    codes = [await set_contact(town).reach("awaiting_payment")]
    codes.append(await town.reach("awaiting_payment", text="ماشین لودر ۴ ساعت ۲۰ آذر ساعت ۸ خیابان ساحل"))
    token = await link_to(town, *codes)
    assert "۲ قبض پرداخت‌نشده، روی هم ۷۰٬۴۰۰٬۰۰۰ ریال" in (await town.say(NEIGHBOUR, f"اصالت {SITE}/pay/{token}")).text
    for code in codes:
        await town.pay(code)
    assert (await town.say(NEIGHBOUR, f"اصالت {SITE}/pay/{token}")).key == "sms.authentic.bills_closed"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.ir/pay/{token}", "evil.ir/pay/{token}", "https://gomishan.ir@evil.ir/pay/{token}",
        "https://gomishan.ir.evil.ir/pay/{token}", "https://évgomishan.ir/pay/{token}", "http://evil.ir/?{token}",
        "https://evil.ir\\@gomishan.ir/pay/{token}", "gomishan.ir/pay/{token} و evil.ir/x", "http://[evil/pay/{token}",
        "evil.ir?u=https://gomishan.ir/pay/{token}", "www.evil.ir",
    ],
)  # fmt: skip
async def test_a_genuine_token_at_another_site_is_not_ours(town: Municipality, address: str) -> None:
    code = await set_contact(town).reach("awaiting_payment")
    bill, token = await bill_of(town, code), await link_to(town, code)
    heard = await town.say(CITIZEN, f"این اصالت دارد؟ قبض {bill.bill_id} {address.format(token=token)}")
    assert heard.key == "sms.authentic.foreign_address"
    assert heard.text.endswith("آن را باز نکنید و پولی نپردازید.\nپرسش: ۰۱۷۳۵۶۶۲۲۲۲")


@pytest.mark.parametrize(
    "address", ["{token}", "{typed}", "{persian}", "gomishan.ir/verify/{token}", f"{SITE}/verify/{{token}}"]
)
async def test_of_a_paper_what_its_page_says(experts: Experts, address: str) -> None:
    town, code = set_contact(experts.town), await experts.reach("closed")
    token = (await town.request(code)).data["letter_token"]
    typed = " ".join(token[start : start + 4] for start in range(0, 32, 4)).upper()
    heard = await town.say(
        NEIGHBOUR, f"اصالت {address.format(token=token, typed=typed, persian=persian_digits(token))}"
    )
    assert heard.key == "sms.authentic.paper_valid"
    assert heard.text.startswith("این برگه از شهرداری گمیشان و معتبر است: ")


async def test_what_is_unknown_is_not_ours_and_nothing_is_to_be_paid(town: Municipality) -> None:
    bill_id, payment_id = foreign_ids(await bill_of(town, await town.reach("awaiting_payment")))
    warning = "این شماره از شهرداری گمیشان نیست. پولی نپردازید."
    codes = ("123456786", bill_id, f"{bill_id} {payment_id}", "abcdefghijkm", "a1" * 16, "/pay/short", "/verify/abc")
    for code in codes:
        heard = await town.say(CITIZEN, f"اصالت {code}")
        assert (heard.key, heard.text) == (UNKNOWN, warning)
    set_contact(town)
    assert (await town.say(CITIZEN, "اصالت 123456786")).text == f"{warning}\nپرسش: ۰۱۷۳۵۶۶۲۲۲۲"
    assert (await town.say(CITIZEN, f"اصالت {SITE}/services/taxi")).key == "sms.authentic.own_address"


async def test_wrong_check_digits_are_told_without_a_look_up(town: Municipality) -> None:
    bill = await bill_of(town, await town.reach("awaiting_payment"))
    wrong_id = bill.bill_id[:-1] + str((int(bill.bill_id[-1]) + 1) % 10)
    for _ in range(12):
        for text in ("اصالت 123456780", f"اصالت {wrong_id}"):
            heard = await town.say(NEIGHBOUR, text)
            assert (heard.key, heard.inbound.intent) == (MISTYPED, "authentic")
            assert "درست نوشته نشده است" in heard.text
            town.advance(minutes=5)
    _, other_payment_id = foreign_ids(bill)
    assert (await town.say(CITIZEN, f"اصالت {bill.bill_id} {other_payment_id}")).key != UNKNOWN
    other_amount = make_ids(int(bill.bill_id[:-5]), bill.bill_id[-5:-2], 6, bill.amount + 1000, 1405, 1)
    heard = await town.say(CITIZEN, f"اصالت {bill.bill_id} {other_amount.payment_id}")
    assert (heard.key, "نمی‌خواند" in heard.text) == (MISTYPED, True)


async def test_guessing_is_counted_with_that_of_tracking(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    bill, token = await bill_of(town, code), await link_to(town, code)
    questions = [f"اصالت {bill.bill_id}", f"اصالت {code}", code, "اصالت 123456786", "اصالت abcdefghijkm"] * 2
    for question in questions:
        assert (await town.say(NEIGHBOUR, question)).key != "errors.too_many_requests"
        town.advance(minutes=1)
    for question in (*questions[:3], "اصالت 123456786"):
        assert (await town.say(NEIGHBOUR, question)).key == "errors.too_many_requests"
    assert (await town.say(NEIGHBOUR, f"اصالت {token}")).key == "sms.authentic.single_open"
    for _ in range(12):
        assert (await town.say(CITIZEN, f"اصالت {bill.bill_id}")).key == "sms.authentic.single_open"
        town.advance(minutes=1)


async def test_the_word_alone_asks_for_the_text(town: Municipality) -> None:
    bill = await bill_of(town, await town.reach("awaiting_payment"))
    assert (await town.say(CITIZEN, "اصالت")).key == "ask.authentic"
    assert "در این متن کد، شناسه یا پیوندی نیست" in (await town.say(CITIZEN, "پیامکی آمده")).text
    heard = await town.say(CITIZEN, f"شهرداری: قبض {bill.bill_id} را بپردازید {bill.payment_id}")
    assert heard.key == "sms.authentic.single_open"


async def test_in_a_chat_the_menu_offers_it_and_a_text_answers(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    anneh = await Person(set_contact(town)).linked()
    menu = await anneh.says("منو")
    assert "اصالت پیام یا قبض" in labels(menu)
    answer = await anneh.says(f"اصالت {SITE}/pay/{await link_to(town, code)}")
    assert "هنوز پرداخت نشده" in answer.text
