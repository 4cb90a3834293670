"""Dialogues over the wire: what citizens text in the middle of things, and the answers (channels.md, "SMS")."""

import pytest

from domain.values import tracking_codes
from tests.e2e.support.machinery_story import PLACE, Story
from tests.e2e.support.office import Office
from tests.e2e.support.people import Desk, Phone
from tests.e2e.support.text_matching import CATALOGUE, read_facts, render_text, visible_text

SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session"), SQLITE]


def swapped(code: str) -> str:
    """The code with two neighbours exchanged, as fingers do."""
    at = next(at for at in range(8) if code[at] != code[at + 1] and (at or code[1] != "0"))
    return code[:at] + code[at + 1] + code[at] + code[at + 2 :]


async def test_another_persons_code_tells_service_and_phase_only(reza: Phone, sara: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("awaiting_payment")
    for text in (f"پیگیری {story.code}", story.code, f"قبض {story.code}"):
        told = await sara.says(text, "sms.status_of_other*")
        assert set(told) == {"code", "service", "phase"}
    told = await sara.says(f"قبض {story.bill['bill_id']}", "sms.bill_of_other")
    assert set(told) == {"service", "amount"}
    for text in (f"لغو {story.code}", f"پاسخ {story.code} بله", f"امتیاز {story.code} ۱"):
        await sara.says(text, "sms.no_such_request*")
    await story.stands("awaiting_payment", "open")


@pytest.mark.parametrize("written", ["پیگیری {}", "پيگيري:{}", "رهگیری {}", "{}", "پیگری {}"])
async def test_own_codes_are_read_however_they_are_written(reza: Phone, desk: Desk, written: str) -> None:
    story = await Story(reza, desk).reaches("submitted")
    for code in (
        story.code,
        tracking_codes.display_code(story.code),
        story.code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
    ):
        await story.says(written.format(code), "status.submitted")


async def test_a_code_behind_a_latin_word_is_answered_in_latin_letters(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted")
    await reza.texts(f"track {story.code}")
    heard = await reza.reads()
    assert story.code == "".join(character for character in heard if character.isdigit())[:9], heard
    assert heard.isascii()


async def test_a_mistyped_code_is_told_without_a_look_up(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted")
    mistyped = swapped(story.code)
    for text in (f"پیگیری {mistyped}", mistyped):
        await story.says(text, "errors.code_mistyped*")
    await story.says(f"لغو {mistyped}", "errors.code_mistyped", "sms.which.cancel*")
    await story.says("۱", "notices.cancel")


@pytest.mark.parametrize("keyword", ["قبض", "لغو", "پاسخ", "نظر", "امتیاز"])
async def test_a_mistyped_code_is_told_to_who_has_no_request(reza: Phone, keyword: str) -> None:
    await reza.texts(f"{keyword} {swapped(tracking_codes.make_code(81_234_567))} 3")
    assert (await reza.reads()).startswith(render_text("errors.code_mistyped"))


async def test_guessing_codes_is_stopped(reza: Phone, sara: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted")
    for payload in range(70_000_000, 70_000_010):
        await sara.says(tracking_codes.make_code(payload), "sms.no_such_request*")
    await sara.says(story.code, "details.too_many_requests.guessing")
    await story.says(story.code, "status.submitted")


async def test_an_expired_dialogue_is_told_to_begin_again(office: Office, reza: Phone) -> None:
    await reza.says("ماشین", "fields.items.prompt")
    await reza.says("لودر", "fields.items_hours.prompt")
    office.advance(minutes=31)
    await reza.says("چهار", "errors.expired_dialogue")
    await reza.says("ماشین", "fields.items.prompt")


async def test_a_dialogue_waits_while_something_else_is_asked(office: Office, reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted")
    await reza.says("ماشین کمپرسی ۳ ساعت", "fields.date.prompt")
    waiting = render_text("sms.waiting") + " " + render_text("fields.date.prompt")
    for text, key in ((f"پیگیری {story.code}", "status.submitted"), ("تعرفه لودر ۴ ساعت", "answers.price")):
        await reza.texts(text)
        heard = await reza.reads()
        reply, _, question = heard.rpartition("\n")
        assert question == waiting, heard
        assert read_facts(reply, key)
    await reza.says("فردا", "fields.start.prompt")
    await reza.says("۸", "fields.place.prompt")
    assert (await reza.says(PLACE, "summary"))["items"] == "کمپرسی ۳ ساعت"


async def test_a_dialogue_survives_a_restart_and_a_crash(office: Office, reza: Phone) -> None:
    await reza.says("ماشین", "fields.items.prompt")
    assert await office.close() == 0
    await office.open()
    await reza.says("لودر", "fields.items_hours.prompt")
    await reza.says("۴", "fields.date.prompt")
    await office.crash()
    office.advance(seconds=20)  # the dead process holds its leases no longer
    await office.open()
    await reza.says("فردا", "fields.start.prompt")


async def test_opting_out_in_the_middle_of_a_dialogue(reza: Phone) -> None:
    await reza.says("ماشین لودر ۴ ساعت فردا", "fields.start.prompt")
    await reza.texts("لغو۱۱")
    heard = await reza.reads()
    assert heard.startswith(render_text("sms.opted_out"))
    await reza.says("11", "fields.place.prompt")  # an hour
    summary = await reza.says(PLACE, "summary")
    assert summary["start"] == "۱۱"


async def test_a_bare_eleven_opts_out_when_no_number_is_asked(reza: Phone) -> None:
    await reza.says("11", "sms.opted_out")
    await reza.says("12", "sms.opted_in")
    await reza.says("لغو 11", "sms.opted_out")
    await reza.says("۱۲", "sms.opted_in")


async def test_the_numbers_of_the_help_menu_work_as_the_next_text(reza: Phone) -> None:
    menu = (await reza.says("راهنما", "sms.help"))["menu"]
    numbers = dict(entry.split(" ", 1) for entry in menu.split("\n"))
    machinery = next(number for number, name in numbers.items() if name == CATALOGUE.text("intents.machinery"))
    await reza.says(machinery, "fields.items.prompt")
    await reza.says("انصراف", "sms.left")
    await reza.says("0", "sms.help")
    mine = next(number for number, name in numbers.items() if name == CATALOGUE.text("intents.list"))
    await reza.says(mine, "sms.no_requests")


async def test_own_requests_are_listed(reza: Phone, desk: Desk) -> None:
    codes = [(await Story(reza, desk).reaches("submitted", hour=hour)).code for hour in ("۸", "۱۴")]
    await reza.texts("درخواست‌های من")
    title, *lines = (await reza.reads()).split("\n")
    assert title == render_text("sms.list")
    shown_codes = [visible_text(tracking_codes.display_code(code)) for code in codes[::-1]]
    assert all(code in line for code, line in zip(shown_codes, lines, strict=True))


async def test_cancelling_without_a_code_offers_the_open_ones(reza: Phone, desk: Desk) -> None:
    await reza.says("لغو", "sms.none_to.cancel")
    stories = [await Story(reza, desk).reaches("submitted", hour=hour) for hour in ("۸", "۱۴")]
    await reza.texts("لغو")
    title, *lines = (await reza.reads()).split("\n")
    assert title == render_text("sms.which.cancel")
    assert [line[:2] for line in lines] == ["۱)", "۲)"]
    second = next(story for story in stories if visible_text(tracking_codes.display_code(story.code)) in lines[1])
    await second.says("۲", "notices.cancel")
    assert sorted([await story.state() for story in stories]) == ["cancelled", "submitted"]
    assert await second.state() == "cancelled"


async def test_paying_by_code_and_by_bill_id(reza: Phone, desk: Desk) -> None:
    await reza.says("قبض", "sms.none_to.pay")
    story = await Story(reza, desk).reaches("awaiting_payment")
    for text in (
        f"قبض {story.code}",
        f"پرداخت {tracking_codes.display_code(story.code)}",
        f"قبض {story.bill['bill_id']}",
    ):
        assert story.bill.items() <= (await story.says(text, "sms.pay")).items()
    await story.is_paid()
    await story.says(f"قبض {story.code}", "sms.nothing_to_pay+receipt")
    await story.says("قبض 2050327604613", "errors.bill_not_found")


async def test_the_tariff_is_told(reza: Phone) -> None:
    told = await reza.says("تعرفه لودر ۴ ساعت", "answers.price")
    assert (told["machine"], told["hours"], told["amount"]) == ("لودر", "۴", "۴٬۴۰۰٬۰۰۰")
    await reza.says("تعرفه بولدوزر ۴ ساعت", "details.not_found.tariff")


async def test_comments_are_kept(reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted")
    await story.says(f"نظر {story.code} راننده خوش‌برخورد بود", "sms.comment_kept")
    await story.says("پیشنهاد برای خیابان امام سرعت‌گیر بگذارید", "sms.suggestion.kept")


async def test_a_rating_is_corrected(reza: Phone, desk: Desk) -> None:
    await reza.says("5", "sms.unknown")
    story = await Story(reza, desk).reaches("completed")
    await story.says("۷", "sms.unknown")
    await story.says("۵", "sms.rated")
    await story.says(f"امتیاز {story.code} ۴", "sms.rated")
    await story.says("۴", "details.already_done.rated")
    assert [event["event"] for event in (await story.shown())["history"]].count("rate") == 2


async def test_leaving_and_going_back(reza: Phone) -> None:
    await reza.says("انصراف", "sms.nothing_to_leave")
    await reza.says("ماشین", "fields.items.prompt")
    await reza.says("گریدر ۲ ساعت", "fields.date.prompt")
    await reza.says("شنبه", "fields.start.prompt")
    await reza.says("قبلی", "fields.date.prompt")
    await reza.says("صبح", "details.invalid_field.bad_date", "fields.date.prompt")
    await reza.says("فردا", "fields.start.prompt")
    await reza.says("۹", "fields.place.prompt")
    await reza.says(PLACE, "summary")
    await reza.says("رد", "sms.left")
    await reza.says("لیست", "sms.no_requests")
