"""A person where one is wanted: phone and hours, what to dial, courtesies once, and when somebody looks at it."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.actions.staff.read_events import record_read_event
from domain.audit.read_events import ReadKind
from domain.messages.records import InboundState
from domain.settings.contact import Contact
from domain.values.actors import Role
from tests.support.chat_person import Person
from tests.support.municipality import CITIZEN, NEIGHBOUR, ORDER, Municipality

THURSDAY_EVENING = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)
FIRE = "sms.emergency.fire"


def set_contact(town: Municipality) -> None:
    """Give the municipality a phone and an address."""
    town.desk.contact = Contact("017-3411 2233", "گمیشان، خیابان امام")
    town.desk.catalogue.phone = town.desk.contact.dialled_phone


async def test_phone_hours_and_address_are_told_by_what_is_set(town: Municipality) -> None:
    bare = await town.say(CITIZEN, "ساعت کاری")
    assert bare.text.splitlines() == [
        "شهرداری اکنون باز است، تا ساعت ۱۴:۳۰.",
        "ساعت کاری: شنبه تا چهارشنبه ۷:۳۰ تا ۱۴:۳۰",
        "تا ما زنگ بزنیم: «تماس بگیرید»",
    ]
    set_contact(town)
    town.clock.at = THURSDAY_EVENING
    told = (await town.say(CITIZEN, "ببخشید شهرداری کجاست")).text.splitlines()
    assert told[:2] == ["شهرداری اکنون بسته است و شنبه ۷ آذر ساعت ۷:۳۰ باز می‌شود.", "تلفن: ۰۱۷۳۴۱۱۲۲۳۳"]
    assert told[-1] == "نشانی: گمیشان، خیابان امام"
    town.desk.contact = Contact(hours="هر روز ۸ تا ۲۰")
    assert "هر روز ۸ تا ۲۰" in (await town.say(CITIZEN, "تلفن")).text


async def test_an_emergency_is_told_what_to_dial_in_any_dialogue(town: Municipality) -> None:
    assert (await town.say(CITIZEN, "خونه آتیش گرفته کمک")).key == FIRE
    asked = await town.says("ماشین لودر ۴ ساعت فردا ساعت ۸")
    assert asked.key.endswith("place.prompt")
    heard = await town.say(CITIZEN, "خونه همسایه آتیش گرفته")
    assert (heard.key, heard.inbound.intent, asked.text in heard.text) == (FIRE, "emergency", True)
    ordered = await town.say(CITIZEN, "روبروی آتش‌نشانی")
    assert ordered.key == "services.machinery.summary"
    assert "روبروی آتش‌نشانی" in ordered.text


async def test_an_order_that_tells_an_emergency_is_done_all_the_same(town: Municipality) -> None:
    heard = await town.say(CITIZEN, "ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام، دیوار ریخته روی ماشین")
    assert heard.key == "services.machinery.notices.submit"
    assert heard.text.startswith("آوار و ریزش: همین حالا ۱۲۵")
    assert "کد رهگیری" in heard.text


@pytest.mark.parametrize(
    "text",
    ["سیل اومده لودر بفرستید", "لودر ۴ ساعت فردا ساعت ۸ خیابان امام سیل اومده", "یه گریدر میخوایم سیل خونه رو برد"],
)
async def test_an_order_in_its_own_words_beside_a_flood_is_kept(town: Municipality, text: str) -> None:
    heard = await town.say(CITIZEN, text)
    assert heard.text.startswith("سیل: همین حالا ۱۲۵")
    assert heard.inbound.intent == "machinery", "what is missing of the order is asked"


async def test_a_cry_for_help_is_answered_with_the_numbers_and_its_word_with_the_menu_too(town: Municipality) -> None:
    set_contact(town)
    for cry in ("کمک!!!", "کمک کنید", "کمک بچم زیر", "یا خدا کمک"):
        heard = await town.say(CITIZEN, cry)
        assert (heard.key, heard.inbound.intent) == ("sms.emergency.help", "emergency")
        assert all(number in heard.text for number in ("۱۱۵", "۱۲۵", "۱۱۲", "۰۱۷۳۴۱۱۲۲۳۳"))
    menu = await town.say(CITIZEN, "کمک")
    assert (menu.key, "۱۱۵" in menu.text.splitlines()[-1]) == ("sms.help", True)
    assert "۱۱۵" not in (await town.say(CITIZEN, "راهنما")).text


async def test_a_courtesy_is_answered_once(town: Municipality) -> None:
    set_contact(town)
    greeted = await town.say(CITIZEN, "سلام خسته نباشید")
    assert (greeted.key, "۰۱۷۳۴۱۱۲۲۳۳" in greeted.text) == ("sms.courtesy.greeting", True)
    assert (await town.say(CITIZEN, "ممنون")).key == "sms.courtesy.thanks"
    again = await town.say(CITIZEN, "مرسی دست شما درد نکنه")
    assert (again.reply, again.inbound.state, again.inbound.reason) == (None, InboundState.SILENT, "courtesy")
    town.advance(hours=2)
    assert (await town.say(CITIZEN, "ممنون")).key == "sms.courtesy.thanks"
    asked = await town.says("ماشین", mobile=NEIGHBOUR)
    thanked = await town.say(NEIGHBOUR, "خیلی ممنون")
    assert asked.text in thanked.text, "the question still waits"


async def test_after_hours_the_reply_says_when_it_is_looked_at(town: Municipality) -> None:
    ending = "اکنون ساعت اداری نیست؛ شنبه ۷ آذر ساعت ۷:۳۰ دیده می‌شود."
    assert "ساعت اداری" not in (await town.say(CITIZEN, ORDER)).text
    town.clock.at = THURSDAY_EVENING
    assert (await town.say(NEIGHBOUR, "ماشین لودر ۴ ساعت یکشنبه ساعت ۸ خیابان امام")).text.endswith(ending)
    assert (await town.say(CITIZEN, "نظر درباره ماشین‌آلات خوب است")).text.endswith(ending)


async def test_who_orders_for_a_day_that_is_over_before_anybody_looks_is_told(town: Municipality) -> None:
    town.clock.at = THURSDAY_EVENING
    for day, is_over in (("فردا", True), ("شنبه ساعت ۷", True), ("شنبه ساعت ۹", False)):
        hour = "" if "ساعت" in day else " ساعت ۸"
        heard = await town.say(CITIZEN, f"ماشین لودر ۴ ساعت {day}{hour} خیابان امام")
        heard = await town.say(CITIZEN, "بله") if heard.key == "services.machinery.summary" else heard
        assert ("پس از روزی که خواسته‌اید" in heard.text) is is_over, day


async def test_who_has_a_request_and_who_opened_it(town: Municipality) -> None:
    code = await town.order()
    held = await town.say(CITIZEN, "درخواستم دست کیه")
    assert held.key == "sms.holder.due"
    assert held.text.endswith(
        "از امروز ساعت ۱۰ نزد واحد عمران است. مهلت پاسخ: فردا ساعت ۱۰.\nهنوز کسی آن را باز نکرده است."
    )
    assert (await town.say(CITIZEN, code)).text.endswith("نزد واحد عمران، مهلت پاسخ: فردا ساعت ۱۰")
    async with town.store.open_unit() as uow:
        await record_read_event(uow.audit, town.clock.now(), "staff:civil", ReadKind.REQUEST, code)
    town.advance(days=3)
    seen = await town.say(CITIZEN, f"{code} چه کسی دید")
    assert seen.key == "sms.holder.late"
    assert seen.text.splitlines()[1:] == ["واحد عمران آن را دیده است، آخرین بار سه‌شنبه ۳ آذر ساعت ۱۰."]
    foreign = await town.say(NEIGHBOUR, f"{code} کی دیده")
    assert (foreign.key, "عمران" in foreign.text) == ("sms.status_of_other", False)
    await town.do(code, "reject", Role.CIVIL, reason="نشد")
    assert (await town.say(CITIZEN, f"{code} دست کیه")).key == "sms.holder.nobody"


async def test_a_chat_without_a_mobile_is_answered_too(town: Municipality) -> None:
    stranger = Person(town)
    assert (await stranger.says("آتیش گرفته خونمون")).key == FIRE
    assert (await stranger.says("سلام")).key == "sms.courtesy.greeting"
    assert (await stranger.says("آدرس شهرداری")).key == "sms.contact.open"
    town.advance(seconds=timedelta(hours=1).total_seconds())


async def test_whoever_does_not_want_the_one_open_request_is_asked_once(town: Municipality) -> None:
    assert (await town.say(CITIZEN, "لازم نیست")).key == "sms.refused"
    code = await town.order()
    asked = await town.say(CITIZEN, "دیگه لازم نیست")
    assert (asked.key, asked.codes) == ("sms.offer.cancel", [code])
    assert (await town.say(CITIZEN, "نه")).key == "sms.kept.cancel"
    assert (await town.request(code)).state == "submitted"


@pytest.mark.parametrize("text", ["سیل اومده", "دیوار ریخته روی ماشین", "آب اومده تو خونه‌ها سیل راه افتاده"])
async def test_where_machines_help_one_press_begins_the_order_and_files_nothing(town: Municipality, text: str) -> None:
    offer = town.desk.catalogue.render("sms.emergency_offer", {"service": "ماشین‌آلات"})
    assert (await town.say(CITIZEN, text)).text.endswith(offer)
    begun = await town.say(CITIZEN, "۱")
    assert begun.key == "services.machinery.fields.items.prompt"
    assert await town.requests_of() == []
    await town.say(CITIZEN, "انصراف")
    assert (await town.says("راهنما", text)).text.endswith(offer), "a menu waits for nothing"
    assert (await town.say(CITIZEN, "نه")).key == "sms.refused"
    assert offer not in (await town.say(CITIZEN, "خونه آتیش گرفته")).text
    asked = await town.says("ماشین گریدر ۳ ساعت پس‌فردا ساعت ۹")
    assert (await town.say(CITIZEN, text)).text.endswith(asked.text), "the order that is begun goes on"


@pytest.mark.parametrize("danger", ["خونه آتیش گرفته", "بچه افتاده تو چاه", "بابام سکته کرده", "سیل اومده"])
@pytest.mark.parametrize("kept_by", ["۱", None])
async def test_danger_where_a_text_was_asked_is_warned_of_and_kept_only_on_purpose(
    town: Municipality, danger: str, kept_by: str | None
) -> None:
    asked = await town.say(CITIZEN, "نظر")
    heard = await town.say(CITIZEN, danger)
    assert heard.key.startswith("sms.emergency.")
    assert heard.text.endswith(f"{asked.text} {town.desk.catalogue.text('sms.keep_text')}")
    assert town.rows("SELECT text FROM comments") == []
    kept = await town.say(CITIZEN, kept_by or danger)
    assert (kept.key, town.rows("SELECT text FROM comments")) == ("sms.comment_kept", [(danger,)])
    await town.says("نظر", danger, "کارتان خوب بود")
    assert town.rows("SELECT text FROM comments")[1:] == [("کارتان خوب بود",)]


async def test_who_asks_for_a_day_is_answered_about_that_day(town: Municipality) -> None:
    open_day = await town.say(CITIZEN, "فردا تعطیلین؟")
    assert (open_day.key, open_day.text) == ("sms.contact.open_on", "شهرداری فردا باز است، ۷:۳۰ تا ۱۴:۳۰.")
    closed_day = await town.say(CITIZEN, "جمعه بازین؟")
    assert (closed_day.key, "تعطیل است و شنبه ۷ آذر ساعت ۷:۳۰ باز می‌شود" in closed_day.text) == (
        "sms.contact.closed_on",
        True,
    )
    assert (await town.say(CITIZEN, "ساعت کاری")).key == "sms.contact.open"
