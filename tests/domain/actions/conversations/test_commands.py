"""Answers to every command of a citizen, by text: following, paying, prices, comments, ratings, menus."""

import pytest

from domain.messages.records import InboundState
from domain.requests.request import Phase
from domain.values.actors import Role
from domain.values.text import persian_digits
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality


async def test_own_codes_are_followed_in_full(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    (bill,) = await town.bills(code)
    request = await town.request(code)
    for text in (code, f"پیگیری {code}", f"{code[:3]}-{code[3:6]}-{code[6:]}", f"وضعیت:{code}"):
        heard = await town.say(CITIZEN, text)
        assert heard.key == "services.machinery.status.awaiting_payment"
        assert (bill.payment_id in heard.text, heard.inbound.request_id) == (True, request.id)


async def test_of_other_peoples_codes_service_and_phase_are_told(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    (bill,) = await town.bills(code)
    for text in (code, f"قبض {code}"):
        heard = await town.say(NEIGHBOUR, text)
        assert heard.key == "sms.status_of_other"
        assert town.desk.catalogue.text("phases.needs_payment") in heard.text
        assert not any(secret in heard.text for secret in (bill.bill_id, "۳۵٬۲۰۰٬۰۰۰", "خیابان امام"))
    for text in (f"لغو {code}", f"پاسخ {code} متن", f"امتیاز {code} 5", f"نظر {code} خوب بود"):
        assert (await town.say(NEIGHBOUR, text)).key == "errors.not_found"
    assert (await town.request(code)).state == "awaiting_payment"


@pytest.mark.parametrize("words", ["", "پیگیری ", "لغو ", "قبض ", "پاسخ ", "امتیاز ", "نظر "])
async def test_a_mistyped_code_is_told(town: Municipality, words: str) -> None:
    heard = await town.say(CITIZEN, words + "123456780")
    assert town.desk.catalogue.text("errors.code_mistyped") in heard.text or words in {"قبض ", "نظر "}


async def test_own_requests_are_listed_newest_first(town: Municipality) -> None:
    assert (await town.say(CITIZEN, "درخواست‌ها")).key == "sms.no_requests"
    codes = [await town.order() for _ in range(6)]
    heard = await town.say(CITIZEN, "درخواست های من")
    shown = len(heard.codes)
    assert shown >= 3
    assert heard.codes == codes[::-1][:shown]
    assert heard.text.endswith(f"و {persian_digits(6 - shown)} درخواست دیگر؛ برای آن‌ها کد رهگیری را بفرستید.")
    assert (await town.say(NEIGHBOUR, "list")).key == "sms.no_requests"


async def test_paying_by_code_and_by_bill_id(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    (bill,) = await town.bills(code)
    for text in (f"قبض {code}", f"پرداخت {bill.bill_id}", f"قبض {bill.bill_id[:3]} {bill.bill_id[3:]}"):
        heard = await town.say(CITIZEN, text)
        assert heard.key == "sms.pay"
        assert all(part in heard.text for part in (bill.bill_id, bill.payment_id, "۳۵٬۲۰۰٬۰۰۰"))
    assert "۳۵٬۲۰۰٬۰۰۰" in (await town.say(NEIGHBOUR, f"قبض {bill.bill_id}")).text
    await town.pay(code)
    assert (await town.say(CITIZEN, f"قبض {code}")).key == "sms.nothing_to_pay"
    assert (await town.say(CITIZEN, f"قبض {bill.bill_id}")).key == "sms.nothing_to_pay"


async def test_tariffs(town: Municipality) -> None:
    heard = await town.say(CITIZEN, "تعرفه لودر ۴ ساعت")
    assert (heard.inbound.intent, "۳۵٬۲۰۰٬۰۰۰" in heard.text) == ("tariff", True)
    least = "لودر: هر ساعت ۸٬۸۰۰٬۰۰۰ ریال، دست‌کم ۲ ساعت (۱۷٬۶۰۰٬۰۰۰ ریال) با مالیات."
    assert (await town.say(CITIZEN, "تعرفه لودر")).text.startswith(least)
    raised = "لودر، ۱٫۵ ساعت: دست‌کم ۲ ساعت حساب می‌شود، ۱۷٬۶۰۰٬۰۰۰ ریال با مالیات."
    assert (await town.say(CITIZEN, "تعرفه لودر یک و نیم ساعت")).text.startswith(raised)
    assert (await town.say(CITIZEN, "تعرفه")).key == "ask.tariff"
    assert "۱۳٬۲۰۰٬۰۰۰" in (await town.say(CITIZEN, "گریدر ۳ ساعت")).text
    assert (await town.say(CITIZEN, "تعرفه جرثقیل ۲ ساعت")).key == "errors.not_found"


async def test_comments(town: Municipality) -> None:
    code = await town.order()
    for text in (f"نظر {code} خیلی خوب بود", "نظر برای خیابان امام", "نظر ماشین‌آلات گران است"):
        assert (await town.say(CITIZEN, text)).key == "sms.comment_kept"
    kept = town.rows("SELECT service, request_id, text, state FROM comments ORDER BY id")
    request = await town.request(code)
    assert kept == [
        ("machinery", request.id, "خیلی خوب بود", "pending"),
        (None, None, "برای خیابان امام", "pending"),
        ("machinery", None, "گران است", "pending"),
    ]
    assert (await town.say(CITIZEN, "نظر")).key == "ask.text"
    long = await town.say(CITIZEN, "ن" * 501)
    assert "۵۰۰" in long.text
    assert (await town.say(CITIZEN, "ن" * 500)).key == "sms.comment_kept"


async def test_rated_bare_and_corrected_by_code(town: Municipality) -> None:
    assert (await town.say(CITIZEN, "5")).key == "sms.unknown"
    code = await town.reach("completed")
    assert (await town.say(CITIZEN, "7")).key == "sms.unknown"
    assert (await town.say(CITIZEN, "۴")).key == "sms.rated"
    assert town.rows("SELECT score FROM ratings") == [(4,)]
    assert (await town.history(code))[-1].event == "rate"
    assert (await town.request(code)).state == "completed"
    assert (await town.say(CITIZEN, f"امتیاز {code} ۵")).key == "sms.rated"
    assert town.rows("SELECT score FROM ratings") == [(5,)]
    assert [event.event for event in await town.history(code)][-2:] == ["rate", "rate"]
    again = await town.say(CITIZEN, "5")
    assert again.text == town.desk.catalogue.text("details.already_done.rated")
    other = await town.reach("completed")
    assert (await town.say(CITIZEN, f"امتیاز {other} 3")).key == "sms.rated"


@pytest.mark.parametrize(
    ("question", "late", "key"),
    [
        (("ماشین", "لودر ۴ ساعت", "فردا", "۸", "خیابان امام"), "1", "errors.expired_dialogue"),  # the summary's yes
        (("ماشین", "لودر ۴ ساعت", "فردا", "۸", "خیابان امام"), "5", "sms.rated"),  # answers no summary
        (("راهنما",), "3", "errors.expired_dialogue"),
        (("ماشین", "لودر"), "4", "errors.expired_dialogue"),  # hours
    ],
)
async def test_a_late_answer_is_no_rating(town: Municipality, question: tuple[str, ...], late: str, key: str) -> None:
    await town.reach("completed")
    town.advance(minutes=1)
    await town.says(*question)
    town.advance(hours=1)
    assert (await town.say(CITIZEN, late)).key == key


async def test_a_rating_question_after_the_dialogue_is_answered_by_a_bare_number(town: Municipality) -> None:
    code = await town.reach("handed_over")
    await town.say(CITIZEN, "راهنما")
    town.advance(hours=1)
    await town.do(code, "complete", Role.CIVIL)
    assert (await town.say(CITIZEN, "4")).key == "sms.rated"


async def test_a_rating_comes_too_late_or_too_early(town: Municipality) -> None:
    code = await town.reach("scheduled")
    early = await town.say(CITIZEN, f"امتیاز {code} ۵")
    assert early.text == town.desk.catalogue.text("details.not_allowed_now.rate_later")
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    await town.do(code, "complete", Role.CIVIL)
    town.advance(days=8)
    assert (await town.say(CITIZEN, "5")).key == "sms.unknown"
    assert (await town.say(CITIZEN, "امتیاز")).key == "ask.score"
    assert (await town.say(CITIZEN, "6")).key == "ask.score"
    assert (await town.say(CITIZEN, "پنج")).key == "sms.rated"


async def test_which_request_is_meant_is_asked_by_number(town: Municipality) -> None:
    first, second = await town.order(), await town.order()
    heard = await town.say(CITIZEN, "لغو")
    assert heard.key == "sms.which.cancel"
    assert heard.codes == [second, first]
    wrong = await town.say(CITIZEN, "3")
    assert (wrong.key, wrong.inbound.state) == ("sms.which.cancel", InboundState.ANSWERED)
    assert wrong.text.startswith(town.desk.catalogue.text("details.invalid_field.menu"))
    assert (await town.say(CITIZEN, "قبلی")).key == "sms.which.cancel"
    assert (await town.say(CITIZEN, "2")).key == "services.machinery.notices.cancel"
    assert [one.state for one in await town.requests_of()] == ["submitted", "cancelled"]


async def test_the_menu_of_requests_says_how_many_more_there_are(town: Municipality) -> None:
    codes = [await town.order() for _ in range(7)]
    heard = await town.say(CITIZEN, "لغو")
    assert f"و {persian_digits(7 - len(heard.codes))} درخواست دیگر" in heard.text
    assert codes[0] not in heard.codes
    assert (await town.say(CITIZEN, codes[0])).key == "services.machinery.notices.cancel"
    assert (await town.request(codes[0])).state == "cancelled"


async def test_commands_offer_only_the_requests_that_can_be_meant(town: Municipality) -> None:
    code = await town.order()
    await town.do(code, "ask", Role.CIVIL, question="کدام پارک؟")
    for _ in range(5):
        await town.order()
    assert (await town.say(CITIZEN, "پاسخ پارک شهر")).key == "services.machinery.notices.answer"
    assert (await town.request(code)).state == "submitted"


@pytest.mark.parametrize("words", ["پیگیری", "قبض", "لغو", "پاسخ", "امتیاز", "تایید", "رد"])
async def test_without_a_request_there_is_nothing_to_choose(town: Municipality, words: str) -> None:
    heard = await town.say(CITIZEN, words)
    assert heard.key.startswith("sms.none_to.")
    assert (await town.say(CITIZEN, "1")).key == "sms.unknown"


@pytest.mark.parametrize("words", ["تایید", "رد"])
async def test_nothing_of_the_sender_waits_for_a_consent(town: Municipality, words: str) -> None:
    code = await town.order()
    assert (await town.say(CITIZEN, words)).key.startswith("sms.none_to.")
    heard = await town.say(CITIZEN, f"{words} {code}")
    assert heard.text == town.desk.catalogue.text("details.not_allowed_now.no_consent")


async def test_the_numbers_of_the_help_menu_work_as_the_next_message(town: Municipality) -> None:
    for word in ("راهنما", "؟", "0", "help"):
        assert (await town.say(CITIZEN, word)).key == "sms.help"
    assert (await town.say(CITIZEN, "1")).key == "services.machinery.fields.items.prompt"
    await town.says("انصراف", "راهنما")
    assert (await town.say(CITIZEN, "۲")).key == "sms.no_requests"
    for word in ("راهنما ماشین‌آلات", "راهنما تاکسی", "راهنما کارشناسی"):
        assert (await town.say(CITIZEN, word)).key.startswith("sms.about.")


async def test_a_menu_does_not_hold_what_chooses_nothing(town: Municipality) -> None:
    await town.say(CITIZEN, "راهنما")
    code = await town.order()
    assert (await town.request(code)).phase is Phase.RECEIVED
    await town.says("ماشین", "راهنما")
    assert (await town.say(CITIZEN, "لودر")).key == "services.machinery.fields.items_hours.prompt"
    await town.say(CITIZEN, "راهنما")
    assert (await town.say(CITIZEN, "8")).text.startswith(
        town.desk.catalogue.text("details.invalid_field.menu")
    ) is False


async def test_what_is_not_understood_is_offered_back_by_number_and_kept(town: Municipality) -> None:
    heard = await town.say(CITIZEN, "فردا لودر")
    assert heard.key == "sms.did_you_mean_one"
    assert (await town.say(CITIZEN, "1")).key == "services.machinery.fields.items_hours.prompt"


async def test_what_is_asked_for_without_a_keyword_is_begun(town: Municipality) -> None:
    heard = await town.say(CITIZEN, "سلام فردا لودر لازم داریم")
    assert heard.key == "services.machinery.fields.items_hours.prompt"


async def test_services_that_are_not_offered_say_so(town: Municipality) -> None:
    for text in ("مرخصی از فردا ۳ روز", "عوارض", "تخلف 12ت345-59 سیگار کشید", "کارشناسی ارزیابی"):
        heard = await town.say(CITIZEN, text)
        assert heard.text.startswith(town.desk.catalogue.text("details.unsupported.service_by_sms"))
