"""A desk that listens, by text: answers changed, left open, asked for too often; sent requests changed; open questions
answered without their code.
"""

import pytest

from domain.values.actors import Role
from tests.support.municipality import CITIZEN, FOUR_HOURS, NEIGHBOUR, Municipality


async def test_an_order_of_somebody_who_is_not_sure_and_changes_their_mind(town: Municipality) -> None:
    asked = await town.says("ماشین", "لودر", "نمی‌دانم")
    assert asked.text.startswith("ساعت کار: با برآورد کارشناس\n")
    assert (await town.says("هر وقت شد", "۸", "۶ ساعت")).text.startswith("ماشین و ساعت کار: لودر ۶ ساعت\n")
    summary = await town.says("کوچه بهار", "نه اشتباه شد", "۴", "میدان معلم", "مدتش را بکن ۴ ساعت")
    assert summary.key == "services.machinery.summary"
    assert "کارکرد ماشین‌آلات، برآورد هزینه ۳۵٬۲۰۰٬۰۰۰ ریال" in summary.text, FOUR_HOURS
    assert "روز: با برآورد کارشناس" in summary.text
    code = (await town.say(CITIZEN, "بله")).code
    fields = (await town.request(code)).fields
    assert (fields["place"], fields["items"][0]["hours"]) == ("میدان معلم", 4)
    assert fields["description"] == "روز: با برآورد کارشناس", "the unit reads what it has to settle"


async def test_the_third_time_a_question_is_asked_in_other_words_with_a_way_out(town: Municipality) -> None:
    await town.says("ماشین", "لودر")
    questions = [(await town.say(CITIZEN, text)).text.splitlines()[1:] for text in ("چی", "چی چی", "زیاد", "خیلی")]
    assert "چند ساعت" in questions[0][0]
    assert "«نمی‌دانم»" in questions[1][0]
    assert all("«انصراف»" in question[-1] for question in questions[1:])
    assert len({tuple(question) for question in questions}) > 2


async def test_a_sent_request_is_changed_where_it_is_said_plainly(town: Municipality) -> None:
    code = await town.order()
    changed = await town.say(CITIZEN, f"تغییر {code} ساعت ۱۰")
    assert (changed.key, changed.code) == ("sms.request_changed", code)
    assert (await town.request(code)).fields["start"] == "10:00"
    event = (await town.history(code))[-1]
    assert (event.event, event.payload) == ("change", {"changes": {"start": {"before": "08:00", "after": "10:00"}}})


@pytest.mark.parametrize(
    ("texts", "field", "value"),
    [
        (("آدرسش رو عوض کن", "خیابان ولیعصر"), "place", "خیابان ولیعصر"),
        (("تغییر", "۴", "شنبه"), "date", "2026-11-28"),
        (("ساعتش را بکن ۳", "۱"), "start", "15:00"),
        (("تاریخ رو اشتباه دادم", "دیروز", "یکشنبه"), "date", "2026-11-29"),
        (("عوض کنید به پنجشنبه",), "date", "2026-11-26"),
        (("مدتش رو بکنید ۶ ساعت",), "items", [{"machine": "loader", "count": 1, "hours": 6}]),
    ],
)
async def test_any_other_change_is_asked_once_with_the_old_value(
    town: Municipality, texts: tuple[str, ...], field: str, value: object
) -> None:
    code = await town.order()
    before = (await town.request(code)).fields
    asked = await town.says(*texts)
    assert (asked.key, asked.codes, "به جای" in asked.text) == ("sms.offer.change", [code], True)
    assert (await town.request(code)).fields == before
    assert (await town.say(CITIZEN, "بله")).key == "sms.request_changed"
    assert (await town.request(code)).fields == before | {field: value}


async def test_a_change_that_is_not_wanted_or_too_late_changes_nothing(town: Municipality) -> None:
    assert (await town.say(CITIZEN, "تغییر")).key == "sms.none_to.change"
    code = await town.order()
    before = (await town.request(code)).fields
    assert (await town.says("آدرس را عوض کن", "کوچه دیگر", "نه")).text == town.desk.catalogue.text("sms.kept.change")
    assert (await town.say(NEIGHBOUR, f"تغییر {code} ساعت ۹")).key == "errors.not_found"
    await town.do(code, "accept", Role.CIVIL)
    assert (await town.say(CITIZEN, f"تغییر {code} ساعت ۹")).key == "errors.not_allowed_now"
    assert (await town.request(code)).fields == before


async def test_which_request_is_changed_is_asked_where_there_are_several(town: Municipality) -> None:
    codes = [await town.order(), await town.order("ماشین گریدر ۲ ساعت شنبه ساعت ۹ میدان شهرداری")]
    asked = await town.say(CITIZEN, "آدرسش رو عوض کن")
    assert (asked.key, asked.codes) == ("sms.which.change", codes[::-1])
    assert (await town.says("۲", "خیابان شهدا", "۱")).key == "sms.request_changed"
    assert (await town.request(codes[0])).fields["place"] == "خیابان شهدا"


async def test_a_plain_text_answers_what_the_staff_asked(town: Municipality) -> None:
    code = await town.order()
    await town.do(code, "ask", Role.CIVIL, question="کدام سمت خیابان؟")
    assert (await town.say(CITIZEN, "ممنون")).key == "sms.courtesy.thanks"
    assert (await town.say(CITIZEN, "سمت راست، روبروی نانوایی")).key == "services.machinery.notices.answer"
    await town.do(code, "ask", Role.CIVIL, question="راه باز است؟")
    for unclear in ("بله", "یعنی چی؟", "لودر می‌خواهم"):
        asked = await town.say(CITIZEN, unclear)
        assert (asked.key, f"«{unclear}»" in asked.text) == ("sms.offer.reply", True)
        assert (await town.request(code)).state == "needs_info"
        assert (await town.say(CITIZEN, "نه")).text == town.desk.catalogue.text("sms.kept.reply")
    await town.say(CITIZEN, "بله")
    assert (await town.say(CITIZEN, "۱")).key == "services.machinery.notices.answer"


@pytest.mark.parametrize(
    ("words", "score"), [("خیلی خوب بود", "۵"), ("پنج", "۵"), ("خوب بود ممنون", "۴"), ("سه از پنج", "۳")]
)
async def test_a_rating_is_understood_in_words(town: Municipality, words: str, score: str) -> None:
    code = await town.reach("completed")
    rated = await town.say(CITIZEN, words)
    assert (rated.key, rated.codes[0], score in rated.text) == ("sms.rated", code, True)


async def test_words_of_praise_mean_nothing_where_nothing_was_asked(town: Municipality) -> None:
    await town.order()
    assert (await town.say(CITIZEN, "عالی")).key == "sms.unknown_after_request"
