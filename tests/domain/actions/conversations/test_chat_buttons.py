"""Buttons under messages: those of the question that is asked, and none that would be refused."""

from dataclasses import replace

import pytest

from domain.chats.chat import SentFile, TextWritten
from domain.messages.records import MessageClass, OutboxMessage
from domain.settings.policy import Policy
from domain.values.tracking_codes import display_code
from tests.support.chat_person import Person, form_until_summary, labels
from tests.support.municipality import ORDER, Municipality


@pytest.fixture
async def anneh(town: Municipality) -> Person:
    """A citizen whose mobile is proved."""
    return await Person(town).linked()


async def test_hours_that_are_past_are_not_offered(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    await anneh.press("لودر")
    await anneh.press("۴")
    hours = await anneh.press("۳")  # today, a little after ten
    assert labels(hours)[0] == "۱۰:۳۰"
    assert labels(hours)[-2:] == ["قبلی", "انصراف"]
    tomorrow = await anneh.press("۴", await anneh.press("قبلی"))
    assert labels(tomorrow)[0] == "۰۶:۰۰"


async def test_no_day_and_no_hour_of_a_button_is_refused(anneh: Person) -> None:
    """Every hour that is offered for today, and the last day that is."""
    await anneh.press("ماشین‌آلات")
    await anneh.press("لودر")
    month = await anneh.press("۴")
    for _ in range(12):
        month = await anneh.press(next(one for one in labels(month) if one.startswith("«")), month)
    last = max(one for one in labels(month) if one.isdecimal())
    assert (labels(month)[0], last) == ("آذر ۱۴۰۶", "۴"), "366 days from today"
    hours = await anneh.press(last, month)
    assert labels(hours)[:2] == ["۰۶:۰۰", "۰۶:۳۰"]
    assert "۱۰:۳۰" not in labels(hours), "more than a year away"


async def test_no_more_hours_are_offered_than_a_machine_may_work(anneh: Person) -> None:
    town = anneh.town
    town.desk.engine = replace(town.desk.engine, policy=Policy(service_values={"max_hours_per_machine": 3}))
    await anneh.press("ماشین‌آلات")
    assert labels(await anneh.press("لودر"))[:4] == ["۱", "۲", "۳", "قبلی"]
    days = labels(await anneh.says("ماشین لودر ۱۰ ساعت"))
    assert [one for one in days if one.isdecimal()] != [], "what is wrong already makes no day wrong"


async def test_a_waiting_list_has_no_buttons_under_another_reply(anneh: Person) -> None:
    """«لغو» asks which; then a status is looked at, whose code is one tap away from ending it."""
    other, code = await anneh.town.order(), await anneh.town.reach("awaiting_payment")
    shown_code, shown_other = (f"\u200e{display_code(one)}" for one in (code, other))
    which = await anneh.says("لغو")
    assert labels(which) == [shown_code, shown_other, "انصراف"]
    for status in (await anneh.says(f"پیگیری {code}"), await anneh.press("پیگیری", (await anneh.starts())[-1])):
        if status.key == "sms.which.track":
            assert labels(status) == [shown_code, shown_other, "انصراف"]
            status = await anneh.press(shown_code, status)  # noqa: PLW2901
        assert status.key == "services.machinery.status.awaiting_payment"
        assert labels(status) == ["بارکد قبض", "پرداخت", "پیگیری", "لغو درخواست", "منوی خدمات"]
    listed = [f"{one}\u200f کارکرد ماشین‌آلات" for one in (shown_code, shown_other)]
    assert labels(await anneh.says("درخواست‌های من")) == [*listed, "منوی خدمات"]
    assert labels(await anneh.says("تعرفه لودر ۴ ساعت")) == ["منوی خدمات"]
    assert (await anneh.town.request(code)).state == "awaiting_payment"


async def test_a_choice_from_a_list_ends_nothing_unasked(anneh: Person) -> None:
    """One tap on one's own code ended it."""
    await anneh.town.order()
    code = await anneh.town.reach("awaiting_payment")
    for pressed in (True, False):
        which = await anneh.says("لغو")
        asked = await (anneh.press(labels(which)[0], which) if pressed else anneh.says("۱"))
        assert (asked.key, labels(asked)) == ("sms.offer.cancel", ["بله", "نه"])
        assert (await anneh.town.request(code)).state == "awaiting_payment"
        await anneh.press("نه", asked)
    assert (await anneh.town.request(code)).state == "awaiting_payment"
    await anneh.says("لغو")
    await anneh.press("بله", await anneh.says("1"))
    assert (await anneh.town.request(code)).state == "cancelled"


async def test_ending_is_asked_however_it_is_begun(anneh: Person) -> None:
    """One tap on one's own code ended it: out of a list, typed, or by the button under a status."""
    other, code = await anneh.town.order(), await anneh.town.reach("awaiting_payment")
    shown_code = f"\u200e{display_code(code)}"

    async def is_asked(asked: OutboxMessage) -> None:
        assert (asked.key, labels(asked)) == ("sms.offer.cancel", ["بله", "نه"])
        assert (await anneh.town.request(code)).state == "awaiting_payment"
        await anneh.press("نه", asked)

    await is_asked(await anneh.press(shown_code, await anneh.says("لغو")))
    await anneh.says("لغو")
    await is_asked(await anneh.says("۱"))
    await is_asked(await anneh.says(f"لغو {code}"))
    await is_asked(await anneh.press("لغو درخواست", await anneh.says(f"پیگیری {code}")))
    assert (await anneh.town.request(code)).state == "awaiting_payment"
    assert (await anneh.press("بله", await anneh.says(f"لغو {code}"))).key == "services.machinery.notices.cancel"
    assert (await anneh.town.request(code)).state == "cancelled"
    alone = await anneh.says("لغو")
    assert alone.key == "sms.offer.cancel"
    assert other in "".join(alone.text.split())
    assert "لودر ۴ ساعت" in alone.text


async def test_the_same_wish_once_more_is_asked_about(anneh: Person) -> None:
    """A person who did not see the reply says it again; who wants two says so."""
    first = await anneh.says(ORDER)
    asked = await anneh.says(ORDER)
    code = (await anneh.town.requests_of())[0].code
    assert (asked.key, labels(asked)) == ("sms.same", ["بله", "نه"])
    assert code in "".join(asked.text.split())
    assert (await anneh.press("نه", asked)).key == "sms.left"
    assert len(await anneh.town.requests_of()) == 1
    again = await anneh.press("بله", await anneh.says(ORDER))
    assert again.key == first.key
    assert len(await anneh.town.requests_of()) == 2


async def test_another_wish_is_not_asked_about(anneh: Person) -> None:
    for text in (ORDER, ORDER.replace("۴ ساعت", "۵ ساعت").replace("4", "5"), f"{ORDER}، پلاک ۷"):
        assert (await anneh.says(text)).key == "services.machinery.notices.submit"
    await anneh.says(ORDER)
    corrected = await anneh.says(ORDER.replace("لودر", "گریدر"))
    assert corrected.key == "services.machinery.summary", "what was asked about is another wish now"
    assert (await anneh.press("تأیید و ثبت")).key == "services.machinery.notices.submit"
    assert len(await anneh.town.requests_of()) == 4


async def test_the_same_form_by_buttons_once_more_is_asked_about(anneh: Person) -> None:
    for key in ("services.machinery.notices.submit", "sms.same"):
        await anneh.starts()
        await form_until_summary(anneh)
        assert (await anneh.press("تأیید و ثبت")).key == key
    assert (await anneh.press("بله")).key == "services.machinery.notices.submit"
    assert len(await anneh.town.requests_of()) == 2


async def test_what_ended_may_be_wished_again(anneh: Person) -> None:
    await anneh.says(ORDER)
    await anneh.press("بله", await anneh.press("لغو درخواست"))
    assert (await anneh.says(ORDER)).key == "services.machinery.notices.submit"


async def test_a_summary_has_no_buttons_under_what_is_said_of_a_file(anneh: Person) -> None:
    summary = await form_until_summary(anneh)
    await anneh.hears()
    await anneh.does(SentFile("a.jpg", b"\xff\xd8\xff"))
    told, again = await anneh.hears()
    assert (told.key, labels(told)) == ("chat.no_paper_wanted", ["منوی خدمات"])
    assert (again.text, labels(again)) == (summary.text, labels(summary))
    await anneh.press("تأیید و ثبت", again)
    assert len(await anneh.town.requests_of()) == 1


async def test_a_question_that_finds_no_room_behind_a_reply_is_asked_in_a_message_of_its_own(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    for answer in ("لودر", "۴", "۵", "۰۸:۰۰"):
        await anneh.press(answer)
    await anneh.says("خیابان امام، " + "ک" * 180)
    code = await anneh.town.reach("awaiting_payment")
    await anneh.hears()
    await anneh.does(TextWritten(f"پیگیری {code}"))
    status, again = [one for one in await anneh.hears() if one.cls is MessageClass.REPLY]
    assert labels(status) == ["بارکد قبض", "پرداخت", "پیگیری", "لغو درخواست", "منوی خدمات"]
    assert labels(again)[:2] == ["تأیید و ثبت", "انصراف"]


async def test_three_forms_and_an_album_within_ten_minutes_meet_no_limit(anneh: Person) -> None:
    for number in range(3):
        await anneh.starts()
        await form_until_summary(anneh)
        for answer in ("نشانی محل کار: خیابان امام، روبه‌روی پارک ✎", "نشانی محل کار: پشت پارک ✎"):
            await anneh.press(answer)
            await anneh.says("پشت پارک")
        await anneh.press("نشانی محل کار: پشت پارک ✎")
        await anneh.says(f"پشت مدرسه {number}")
        await anneh.press("تأیید و ثبت")
        for _ in range(10):
            await anneh.sends(b"\xff\xd8\xff")
    assert not anneh.town.rows("SELECT 1 FROM inbox WHERE state IN ('limited', 'failed')")
