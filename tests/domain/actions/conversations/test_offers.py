"""Offers for texts that are not understood or doubted: offers keep what was said and are no loop, and late numbers do
nothing."""

import pytest

from domain.messages.records import InboundState
from tests.support.municipality import CITIZEN, Municipality
from tests.support.scenarios.expert_unit import Experts
from tests.support.scenarios.taxi_organisation import TaxiOrganisation
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE, OWNER_MOBILE


async def test_an_offer_keeps_what_was_said(town: Municipality) -> None:
    assert (await town.say(CITIZEN, "لودر ۴ ساعت فردا")).key == "sms.did_you_mean_one"
    assert (await town.say(CITIZEN, "1")).key == "services.machinery.fields.start.prompt"
    await town.say(CITIZEN, "۸")
    assert (await town.say(CITIZEN, "خیابان امام")).key == "services.machinery.summary"
    assert (await town.say(CITIZEN, "بله")).key == "services.machinery.notices.submit"


async def test_what_alone_is_near_is_asked_about_with_a_yes_and_never_an_answer_to_nothing(town: Municipality) -> None:
    assert (await town.say(CITIZEN, "لودر ۴ ساعت فردا")).text == "منظورتان «ماشین‌آلات» است؟ ۱ بله، ۲ نه"
    assert (await town.say(CITIZEN, "۲")).key == "sms.refused"
    assert (await town.say(CITIZEN, "رد کردن")).key == "sms.none_to.confirm"
    assert (await town.say(CITIZEN, "نه")).key == "sms.none_to.confirm"


async def test_a_receipt_says_what_is_left_to_the_expert(town: Municipality) -> None:
    await town.says("لودر میخوام", "نمی‌دانم", "فردا", "نمی‌دانم", "خیابان امام")
    assert "ساعت کار، ساعت آغاز: با برآورد کارشناس" in (await town.say(CITIZEN, "بله")).text


async def test_a_length_behind_an_offer_of_a_machine_is_taken(town: Municipality) -> None:
    assert (await town.say(CITIZEN, "یه گریدر")).key == "sms.did_you_mean_one"
    assert (await town.say(CITIZEN, "۳")).key == "services.machinery.fields.date.prompt"
    assert "۳ ساعت" in (await town.says("فردا", "۸", "خیابان امام")).text


async def test_who_does_not_want_it_any_more_or_waits_is_answered_about_the_request(town: Municipality) -> None:
    code = await town.order()
    assert (await town.say(CITIZEN, "چرا هنوز کسی نیومده")).key == "services.machinery.status.submitted"
    for unwanted in (f"پشیمون شدم {code} رو نمیخوام", "همسایه لودر آورد دیگه لازم نیست بیاین"):
        assert (await town.say(CITIZEN, unwanted)).key == "sms.offer.cancel"
        await town.say(CITIZEN, "نه")
    assert (await town.request(code)).state == "submitted"


async def test_a_text_that_can_be_nothing_else_needs_no_offer(town: Municipality) -> None:
    wish = "سلام، ما فردا ساعت ۸ لودر ۴ ساعت احتیاج داریم خیابان امام"
    assert (await town.say(CITIZEN, wish)).key == "services.machinery.summary"


async def test_a_leave_that_is_only_likely_begins_for_drivers_and_owners_alone(taxis: TaxiOrganisation) -> None:
    text = "فردا تا شنبه نمیام سر کار"
    stranger = await taxis.town.say(CITIZEN, text)
    assert (stranger.key, "مرخصی" in stranger.text) == ("sms.did_you_mean_one", True)
    assert (await taxis.town.say(DRIVER_MOBILE, text)).key.startswith("services.taxi_leave.")


async def test_a_leave_that_is_called_begins_for_any_line(taxis: TaxiOrganisation) -> None:
    assert (await taxis.town.say(CITIZEN, "مرخصی")).key.startswith("services.taxi_leave.")


@pytest.mark.parametrize(
    "text", ["نظر کارشناس میخوام درباره خونم", "نظر کارشناسی می‌خوام برا خونم", "نظر کارشناسی برای ترک دیوار"]
)
async def test_the_opinion_of_an_expert_is_no_comment(experts: Experts, text: str) -> None:
    assert (await experts.town.say(CITIZEN, text)).key.startswith("services.expert.")
    assert (await experts.town.say(OWNER_MOBILE, "نظر: کارشناس شما خوش‌برخورد بود")).key == "sms.comment_kept"


async def test_an_ending_that_others_told_of_is_asked_about(town: Municipality) -> None:
    code = await town.order()
    assert ((asked := await town.say(CITIZEN, f"گفتید {code} را لغو کنیم")).key, asked.codes) == (
        "sms.offer.cancel",
        [code],
    )
    assert (await town.request(code)).state == "submitted"


async def test_who_asks_how_to_cancel_is_told_and_nothing_is_cancelled(town: Municipality) -> None:
    code = await town.order()
    assert (await town.say(CITIZEN, "سلام چطور می‌تونم لغو کنم؟")).key == "sms.about.cancel"
    assert (await town.request(code)).state == "submitted"


@pytest.mark.parametrize("text", ["سلام مهندس، این کد من چی شد {code}", "Fwd: کد رهگیری: {code}\nبا تشکر، احمدی"])
async def test_a_code_in_a_sentence_is_followed(town: Municipality, text: str) -> None:
    code = await town.order()
    assert code[:3] in (await town.say(CITIZEN, text.format(code=code))).text


async def test_offers_are_no_loop_but_the_same_words_again_and_again_are(town: Municipality) -> None:
    wishes = (
        "فردا لودر بیاید",
        "جرثقیل بیاورید",
        "گریدر برای کوچه",
        "بولدوزر برای زمین",
        "غلتک برای راه",
        "تانکر بیاید",
    )
    for wish in wishes:
        assert (await town.say(CITIZEN, wish)).key == "sms.did_you_mean_one", wish
    heard = [await town.say(CITIZEN, wishes[-1]) for _ in range(6)]
    assert (heard[-1].inbound.state, heard[-1].inbound.reason) == (InboundState.SILENT, "loop")


@pytest.mark.parametrize("number", ["11", "۱۱", "12", "۱۲."])
async def test_a_number_of_a_menu_that_has_expired_does_not_opt_out(town: Municipality, number: str) -> None:
    menu = await town.say(CITIZEN, "راهنما")
    assert "۱" in menu.text
    await town.says("ماشین", "لودر ۴ ساعت", "فردا")  # what hour it begins is asked: 11 and 12 would have answered
    town.advance(hours=1)
    late = await town.say(CITIZEN, number)
    assert (late.key, "لغو۱۱" in late.text) == ("errors.expired_dialogue", True)
    assert town.rows("SELECT count(*) FROM opt_outs") == [(0,)]
    assert (await town.say(CITIZEN, "لغو ۱۱ دیگه پیام ندین")).key == "sms.opted_out"


async def test_a_number_that_answered_nothing_opts_out(town: Municipality) -> None:
    await town.say(CITIZEN, "سلام")
    assert (await town.say(CITIZEN, "11")).key == "sms.opted_out"


async def test_the_receipt_of_an_order_repeats_the_place(town: Municipality) -> None:
    heard = await town.say(CITIZEN, "ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام جنب پارک")
    assert heard.text.count("\nخیابان امام جنب پارک\n") == 1


async def test_which_hour_is_meant_is_asked_by_number(town: Municipality) -> None:
    asked = await town.say(CITIZEN, "ماشین لودر ۴ ساعت فردا ساعت ۳ خیابان امام")
    assert (asked.key, asked.text.partition("\n")[2]) == ("sms.which_value", "۱ ساعت ۱۵\n۲ ساعت ۳ بامداد")
    assert "ساعت ۱۵" in (await town.say(CITIZEN, "۱")).text


async def test_which_day_is_meant_is_asked_by_number(town: Municipality) -> None:
    asked = await town.say(CITIZEN, "ماشین لودر ۴ ساعت تاریخ ۵/۹ ساعت ۸ خیابان امام")
    assert asked.key == "sms.which_value"
    assert "۵ آذر ۱۴۰۵\n۲ شنبه ۹ مرداد ۱۴۰۶" in asked.text
    assert "۵ آذر" in (await town.say(CITIZEN, "۱")).text


async def test_a_machine_that_is_not_there_is_told(town: Municipality) -> None:
    told = await town.say(CITIZEN, "ماشین تراکتور ۴ ساعت فردا ساعت ۸ خیابان امام")
    assert (told.key, "ماشین «تراکتور» را نداریم." in told.text) == ("services.machinery.fields.items.prompt", True)


@pytest.mark.parametrize("answer", ["ساعت ۸", "یک روز"])
async def test_what_is_no_length_is_asked_again_with_its_reason(town: Municipality, answer: str) -> None:
    await town.says("ماشین", "لودر")
    again = await town.say(CITIZEN, answer)
    assert (again.key, "۴ ساعت" in again.text or "۸ ساعت" in again.text) == (
        "services.machinery.fields.items_hours.prompt",
        True,
    )


@pytest.mark.parametrize(
    "text",
    [
        "لودر رو نگه دارید گریدر رو لغو کنید",
        "گریدر لغو بشه ولی لودر بمونه",
        "فقط گریدر رو کنسل کنید",
        "{kept} رو نگه دارید {ended} رو لغو کنید",
        "{ended} رو لغو کنید {kept} بمونه",
    ],
)
async def test_what_is_to_be_kept_is_never_asked_about(town: Municipality, text: str) -> None:
    kept = await town.order()
    ended = (await town.say(CITIZEN, "ماشین گریدر ۲ ساعت شنبه ساعت ۹ خیابان معلم")).code
    asked = await town.say(CITIZEN, text.format(kept=kept, ended=ended))
    assert (asked.key, asked.codes) == ("sms.offer.cancel", [ended])
    assert "گریدر ۲ ساعت، شنبه ۷ آذر، ساعت\xa0۹" in asked.text
    await town.say(CITIZEN, "بله")
    assert [(await town.request(code)).state for code in (kept, ended)] == ["submitted", "cancelled"]


@pytest.mark.parametrize(
    "text",
    [
        "کسی حق نداره {code} رو کنسل کنه",
        "نذارید لودر لغو بشه",
        "لودر رو نگه دارید گریدر رو لغو کنید",
        "sms ibermäň indi",
        "maňa mundan beýläk habar ibermäň",
    ],
)
async def test_who_keeps_or_forbids_ends_nothing_by_a_natural_yes(town: Municipality, text: str) -> None:
    code = await town.order()
    await town.say(CITIZEN, text.format(code=code))
    await town.say(CITIZEN, "بله")
    assert (await town.request(code)).state == "submitted"


async def test_a_service_that_is_not_offered_is_told_so_and_nothing_is_asked(town: Municipality) -> None:
    for text in ("تماس بگیرید", "میشه با 09351112222 تماس بگیرید؟", "میشه مرخصی تاکسی بگیرم؟"):
        assert (await town.say(CITIZEN, text)).key in {"errors.unsupported", "sms.unknown"}, text
    assert (await town.say(CITIZEN, "میشه تماس بگیرید؟")).key == "errors.unsupported"
