"""Which buttons stand under what: those of the question that is asked, and none that would be refused."""

from dataclasses import replace

import pytest

from domain.chats import SentFile, Wrote
from domain.outgoing import MessageClass
from domain.policy import Policy
from tests.support.chats import Person, form_until_summary, labels
from tests.support.municipality import Municipality


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
    town.desk.engine = replace(town.desk.engine, policy=Policy(max_hours_per_machine=3))
    await anneh.press("ماشین‌آلات")
    assert labels(await anneh.press("لودر"))[:4] == ["۱", "۲", "۳", "قبلی"]


async def test_a_waiting_list_has_no_buttons_under_another_reply(anneh: Person) -> None:
    """«لغو» asks which; then a status is looked at, whose code is one tap away from ending it."""
    code = await anneh.town.reach("awaiting_payment")
    shown_code = f"\u200e{code[:3]} {code[3:6]} {code[6:]}"
    which = await anneh.says("لغو")
    assert labels(which) == [shown_code, "انصراف"]
    for status in (await anneh.says(f"پیگیری {code}"), await anneh.press("پیگیری", (await anneh.starts())[-1])):
        if status.key == "sms.which.track":
            assert labels(status) == [shown_code, "انصراف"]
            status = await anneh.press(shown_code, status)  # noqa: PLW2901
        assert status.key == "services.machinery.status.awaiting_payment"
        assert labels(status) == ["پرداخت", "پیگیری", "لغو درخواست", "منوی خدمات"]
    assert labels(await anneh.says("درخواست‌های من")) == ["منوی خدمات"]
    assert labels(await anneh.says("تعرفه لودر ۴ ساعت")) == ["منوی خدمات"]
    assert (await anneh.town.request(code)).state == "awaiting_payment"


async def test_a_choice_from_a_list_ends_nothing_unasked(anneh: Person) -> None:
    """One tap on one's own code ended it."""
    code = await anneh.town.reach("awaiting_payment")
    for pressed in (True, False):
        which = await anneh.says("لغو")
        asked = await (anneh.press(labels(which)[0], which) if pressed else anneh.says("۱"))
        assert (asked.key, labels(asked)) == ("sms.offer.cancel", ["بله", "خیر"])
        assert (await anneh.town.request(code)).state == "awaiting_payment"
        await anneh.press("خیر", asked)
    assert (await anneh.town.request(code)).state == "awaiting_payment"
    await anneh.says("لغو")
    await anneh.press("بله", await anneh.says("1"))
    assert (await anneh.town.request(code)).state == "cancelled"


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
    await anneh.does(Wrote(f"پیگیری {code}"))
    status, again = [one for one in await anneh.hears() if one.cls is MessageClass.REPLY]
    assert labels(status) == ["پرداخت", "پیگیری", "لغو درخواست", "منوی خدمات"]
    assert labels(again) == ["تأیید و ثبت", "اصلاح", "انصراف"]


async def test_three_forms_and_an_album_within_ten_minutes_meet_no_limit(anneh: Person) -> None:
    for _ in range(3):
        await anneh.starts()
        await form_until_summary(anneh)
        await anneh.press("اصلاح")
        for place in ("خیابان امام، روبه‌روی پارک", "خیابان امام، پشت پارک"):
            await anneh.says(place)
            await anneh.press("اصلاح")
        await anneh.says("پشت مدرسه")
        await anneh.press("تأیید و ثبت")
        for _ in range(10):
            await anneh.sends(b"\xff\xd8\xff")
    assert not anneh.town.rows("SELECT 1 FROM inbox WHERE state IN ('limited', 'failed')")
