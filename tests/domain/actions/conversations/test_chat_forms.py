"""Forms, menus and requests by buttons: each answer once, stale buttons told, the way back and out at every step."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.actions.conversations.chats import receive_update
from domain.chats.chat import ButtonPressed, ReceivedUpdate, TextWritten
from domain.messages.records import InboundState, OutboxMessage
from domain.settings.policy import Policy
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Role
from domain.values.calendar import to_jalali
from domain.values.errors import Conflict, NotAllowedNow
from store.messages.inbox import SqlInboxRepository
from tests.support.chat_person import Person, data, form_until_summary, labels
from tests.support.municipality import CITIZEN, ORDER, Municipality

STARS = [("⭐" * score) for score in range(5, 0, -1)]


@pytest.fixture
async def anneh(town: Municipality) -> Person:
    """A citizen whose mobile is proved."""
    return await Person(town).linked()


async def test_a_request_by_buttons_alone(anneh: Person) -> None:
    summary = await form_until_summary(anneh)
    assert summary.text.endswith("ثبت شود؟")
    assert labels(summary)[:2] == ["تأیید و ثبت", "انصراف"]
    done = await anneh.press("تأیید و ثبت")
    assert done.key == "services.machinery.notices.submit"
    assert labels(done) == ["پیگیری", "تغییر درخواست", "لغو درخواست", "منوی خدمات"]
    [request] = await anneh.town.requests_of()
    assert request.fields == {
        "items": [{"machine": "loader", "count": 1, "hours": 4}],
        "date": "2026-11-26",
        "start": "08:00",
        "place": "خیابان امام، روبه‌روی پارک",
    }
    assert (request.channel, request.code in "".join(done.text.split())) == ("telegram", True)


async def test_buttons_and_typing_are_one_way(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    await anneh.says("لودر ۴ ساعت")
    await anneh.press("۵")
    await anneh.says("۷:۳۰")
    summary = await anneh.says("خیابان امام")
    assert summary.key == "services.machinery.summary"
    await anneh.says("بله")
    assert len(await anneh.town.requests_of()) == 1


async def test_a_double_tap_submits_once_and_is_told(anneh: Person) -> None:
    summary = await form_until_summary(anneh)
    assert len(await anneh.presses("تأیید و ثبت", summary)) == 1
    assert await anneh.presses("تأیید و ثبت", summary) == []
    assert anneh.toast == "پیش‌تر دریافت شد."
    assert len(await anneh.town.requests_of()) == 1


async def test_a_button_of_an_old_message_is_told_and_the_question_shown_again(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    machines = (await anneh.messages())[-1]
    hours = await anneh.press("لودر", machines)
    anneh.town.advance(seconds=60)
    again = await anneh.press("گریدر", machines)
    assert anneh.toast == "این دکمه برای پرسش قبلی است."
    assert (again.key, labels(again)) == (hours.key, labels(hours))
    await anneh.press("۴")
    assert "لودر" in (await form_rest(anneh)).text


@dataclass(slots=True)
class LosingOnce:
    """A store whose first unit that writes is not kept: by default because somebody else was quicker."""

    kept: Store
    lost: bool = False
    why: Exception = field(default_factory=lambda: Conflict("request"))

    @asynccontextmanager
    async def open_unit(self, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """Open a unit."""
        async with self.kept.open_unit(write=write) as uow:
            yield uow
            if not self.lost:
                self.lost = True
                raise self.why


async def test_a_button_is_not_told_what_was_undone(anneh: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    await anneh.press("ماشین‌آلات")
    machines = (await anneh.messages())[-1]
    await anneh.press("لودر", machines)
    anneh.town.advance(seconds=60)
    counted, store = SqlInboxRepository.add_counted, LosingOnce(anneh.town.store)

    async def broken_behind(*arguments: Any) -> Any:
        if store.lost:
            raise NotAllowedNow("action")
        return await counted(*arguments)

    monkeypatch.setattr(SqlInboxRepository, "add_counted", broken_behind)
    press = ButtonPressed(data(machines)["گریدر"], str(machines.id))
    update = ReceivedUpdate("telegram", "1:once", anneh.chat_id, "آنه", press)
    taken = await receive_update.receive_update(anneh.town.desk, store, update)
    assert (taken.message.state, taken.toast) == (InboundState.FAILED, None)


async def test_a_button_is_pressed_again_after_our_own_fault(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    machines = (await anneh.messages())[-1]
    town, store = anneh.town, LosingOnce(anneh.town.store, why=KeyError("a fault of ours"))
    update = ReceivedUpdate(
        "telegram", "1:lost", anneh.chat_id, "آنه", ButtonPressed(data(machines)["لودر"], str(machines.id))
    )
    taken = await receive_update.receive_update(town.desk, store, update)
    assert taken.message.state is InboundState.FAILED
    hours = await anneh.press("لودر", machines)
    assert (anneh.toast, labels(hours)[0]) == (None, "۱")


async def test_a_button_that_was_pressed_too_soon_is_pressed_again(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    machines = (await anneh.messages())[-1]
    window, town = anneh.town.desk.policy.inbound_window.total_seconds(), anneh.town
    town.desk.engine = replace(town.desk.engine, policy=Policy(chat_limit=5))
    for number in range(town.desk.policy.chat_limit):
        await anneh.does(TextWritten(f"چیزی {number}"))
    town.clock.at = datetime.fromtimestamp((town.clock.at.timestamp() // window + 1) * window - 2, UTC)
    pressed = await anneh.does(ButtonPressed(data(machines)["لودر"], str(machines.id)))
    assert pressed.message.state is InboundState.LIMITED
    assert "خوانده نمی‌شود" in str(pressed.toast)
    hours = await anneh.press("لودر", machines)
    assert (anneh.toast, labels(hours)[0]) == (None, "۱")


async def form_rest(person: Person) -> OutboxMessage:
    """Answer what is asked after the hours."""
    await person.press("۵")
    await person.press("۰۸:۰۰")
    return await person.says("خیابان امام")


async def test_a_button_of_a_form_that_ended_does_nothing(anneh: Person) -> None:
    summary = await form_until_summary(anneh)
    await anneh.press("انصراف", summary)
    anneh.town.advance(minutes=5)
    assert await anneh.presses("تأیید و ثبت", summary) == []
    assert anneh.toast == "این دکمه برای پرسش قبلی است."
    assert await anneh.town.requests_of() == []


async def test_a_button_of_a_form_that_expired_says_so(anneh: Person) -> None:
    summary = await form_until_summary(anneh)
    anneh.town.advance(minutes=31)
    assert (await anneh.press("تأیید و ثبت", summary)).key == "errors.expired_dialogue"
    assert "مهلت آن پرسش" in str(anneh.toast)
    assert await anneh.town.requests_of() == []


async def test_one_answer_of_a_summary_is_changed_or_stays(anneh: Person) -> None:
    summary = await form_until_summary(anneh)
    assert labels(summary)[2:] == [
        "ماشین و ساعت کار: لودر ۴ ساعت ✎",
        "روز: پنج‌شنبه ۵ آذر ۱۴۰۵ ✎",
        "ساعت آغاز: ۸ ✎",
        "نشانی محل کار: خیابان امام، روبه‌روی پارک ✎",
    ]
    asked = await anneh.press(labels(summary)[4])
    assert (asked.key, "ساعت آغاز تاکنون: ۸" in asked.text) == ("services.machinery.fields.start.prompt", True)
    assert (await anneh.press("همان بماند")).text == summary.text
    await anneh.press("ساعت آغاز: ۸ ✎")
    assert (await anneh.says("نه همون بمونه")).text == summary.text
    asked = await anneh.press("ساعت آغاز: ۸ ✎")
    later = await anneh.press("۰۹:۳۰", asked)
    assert later.text == summary.text.replace("ساعت ۸", "ساعت ۹:۳۰")
    await anneh.presses("ساعت آغاز: ۸ ✎", summary)
    assert anneh.toast == "این دکمه برای پرسش قبلی است."
    wrong = await anneh.press("نشانی محل کار: خیابان امام، روبه‌روی پارک ✎")
    assert "همان بماند" in labels(wrong)
    assert (await anneh.says("کوچه ۱۲")).key == "services.machinery.summary"
    await anneh.press("تأیید و ثبت")
    [request] = await anneh.town.requests_of()
    assert (request.fields["start"], request.fields["place"]) == ("09:30", "کوچه ۱۲")


async def test_back_asks_again(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    await anneh.press("لودر")
    assert (await anneh.press("قبلی")).key == "services.machinery.fields.items.prompt"
    await anneh.press("گریدر")
    await anneh.press("۳")
    await form_rest(anneh)
    assert (await anneh.says("قبلی")).key == "services.machinery.fields.place.prompt"
    assert "گریدر" in (await anneh.says("پشت مدرسه")).text


async def test_a_menu_button_amid_a_form_interrupts_it_and_is_no_answer(anneh: Person) -> None:
    """The place is free text: a command that was typed there would be the place."""
    await anneh.press("ماشین‌آلات")
    await anneh.press("لودر")
    await anneh.press("۴")
    await anneh.press("۵")
    await anneh.press("۰۸:۰۰")
    answer = await anneh.press("درخواست‌های من")
    assert answer.key == "sms.no_requests"
    assert "نشانی محل کار" in answer.text
    assert labels(answer) == ["📍 فرستادن جا روی نقشه", "قبلی", "انصراف"]
    assert (await anneh.says("خیابان امام")).key == "services.machinery.summary"


async def test_months_are_leafed_and_the_past_stands_empty(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    await anneh.press("لودر")
    month = await anneh.press("۴")
    assert labels(month)[0] == "آذر ۱۴۰۵"
    assert "۲" not in labels(month), "the third is today"
    assert {"۳", "۳۰"} <= set(labels(month))
    assert not any("»" in label for label in labels(month)), "nothing before this month"
    following = await anneh.press("« دی")
    assert (labels(following)[0], "۱" in labels(following)) == ("دی ۱۴۰۵", True)
    assert (await anneh.presses("دی ۱۴۰۵", following)) == []
    back = await anneh.press("آذر »", following)
    assert labels(back) == labels(month)
    await anneh.press("« دی", back)
    await anneh.press("۱۵")
    await anneh.press("۰۸:۰۰")
    await anneh.says("خیابان امام")
    await anneh.press("تأیید و ثبت")
    [request] = await anneh.town.requests_of()
    assert to_jalali(date.fromisoformat(request.fields["date"])) == (1405, 10, 15)


async def test_what_buttons_carry_is_short_and_rows_are_not_wide(anneh: Person) -> None:
    await form_until_summary(anneh)
    for message in await anneh.messages():
        rows = (message.content or {}).get("buttons", [])
        assert all(1 <= len(button[1].encode()) <= 64 for row in rows for button in row)
        assert all(1 <= len(row) <= 8 for row in rows)
        assert sum(map(len, rows)) <= 100


async def test_unknown_words_get_what_may_be_meant_as_buttons(anneh: Person) -> None:
    offered = await anneh.says("خیابان ما جرثقیل")
    assert (offered.key, labels(offered)[0]) == ("sms.did_you_mean_one", "ماشین‌آلات")
    assert (await anneh.press("ماشین‌آلات", offered)).key == "services.machinery.fields.items_hours.prompt"
    unknown = await Person(anneh.town, "79", mobile="+989121234599").linked()
    assert labels(await unknown.says("بلبلا")) == ["منوی خدمات"]


async def test_tracking_paying_cancelling_by_buttons(anneh: Person) -> None:
    code = await anneh.town.reach("awaiting_payment")
    bill = await anneh.press("پیگیری", (await anneh.starts())[-1])
    assert bill.key == "services.machinery.status.awaiting_payment"
    assert labels(bill) == ["بارکد قبض", "پرداخت", "پیگیری", "لغو درخواست", "منوی خدمات"]
    [of_request] = await anneh.town.bills(code)
    paying = await anneh.press("پرداخت", bill)
    assert of_request.bill_id in paying.text
    assert of_request.payment_id in paying.text
    asked = await anneh.press("لغو درخواست", bill)
    assert (asked.key, labels(asked)) == ("sms.offer.cancel", ["بله", "نه"])
    assert (await anneh.town.request(code)).state == "awaiting_payment", "a slip of the finger cancels nothing"
    await anneh.press("نه")
    assert (await anneh.town.request(code)).state == "awaiting_payment"
    await anneh.press("لغو درخواست", bill)
    assert (await anneh.press("بله")).key == "services.machinery.notices.cancel"
    assert (await anneh.town.request(code)).state == "cancelled"


async def test_notices_come_into_the_chat_that_asked_with_what_can_be_done(anneh: Person) -> None:
    await anneh.says(ORDER)
    code = (await anneh.town.requests_of())[0].code
    await anneh.town.do(code, "ask", Role.CIVIL, question="زمین هموار است؟")
    [question] = await anneh.hears()
    assert (question.key, labels(question)) == (
        "services.machinery.notices.ask",
        ["پاسخ به پرسش", "پیگیری", "تغییر درخواست", "لغو درخواست"],
    )
    assert (await anneh.press("پاسخ به پرسش", question)).key == "chat.ask_answer"
    assert (await anneh.says("بله، هموار است")).key == "services.machinery.notices.answer"
    assert (await anneh.town.request(code)).data["answers"][0]["answer"] == "بله، هموار است"
    for action, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await anneh.town.do(code, action, role)
    assert [one.key.rpartition(".")[2] for one in await anneh.hears()] == ["accept", "bill"]
    assert await anneh.town.sent(CITIZEN) != []
    assert {one.channel for one in await anneh.town.sent(CITIZEN)} == {"telegram"}


async def test_a_request_is_rated_by_stars_and_the_last_press_counts(anneh: Person) -> None:
    await anneh.says(ORDER)
    [request] = await anneh.town.requests_of()
    await to_the_end(anneh, request.code)
    done = (await anneh.hears())[-1]
    papers = ["فرم تحویل ماشین‌آلات سنگین", "رسید پرداخت"]
    assert (done.key, labels(done)) == ("services.machinery.notices.complete", [*papers, *STARS])
    assert (await anneh.press(STARS[0], done)).key == "sms.rated"
    anneh.town.advance(minutes=1)
    assert (await anneh.press(STARS[0], done)).key == "errors.already_done"
    assert (await anneh.press(STARS[4], done)).key == "sms.rated_low"
    assert anneh.town.rows("SELECT score, channel FROM ratings") == [(1, "telegram")]


async def test_a_low_rating_offers_to_take_it_up_again(anneh: Person) -> None:
    await anneh.says(ORDER)
    [request] = await anneh.town.requests_of()
    await to_the_end(anneh, request.code)
    low = await anneh.press(STARS[4])
    assert (low.key, labels(low)) == ("sms.rated_low", ["بله", "نه"])
    assert (await anneh.press("بله", low)).key == "sms.reopened"
    assert len(await anneh.town.requests_of()) == 2


async def to_the_end(person: Person, code: str) -> None:
    """Let the staff do all of it."""
    town = person.town
    for action, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await town.do(code, action, role)
    await town.pay(code)
    await town.do(code, "schedule", Role.CIVIL)
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    await town.do(code, "complete", Role.CIVIL)


async def test_where_notices_go_is_the_persons_choice(anneh: Person) -> None:
    asked = await anneh.press("جای پیام‌ها", (await anneh.starts())[-1])
    assert labels(asked) == ["✔ همان‌جا که درخواست داده‌ام", "پیامک", "تلگرام", "منوی خدمات"]
    assert (await anneh.press("پیامک", asked)).key == "chat.notices_set"
    await anneh.says(ORDER)
    [request] = await anneh.town.requests_of()
    await anneh.hears()
    await anneh.town.do(request.code, "accept", Role.CIVIL)
    assert await anneh.hears() == []
    assert (await anneh.town.sent())[-1].channel == "sms"
    marked = await anneh.press("جای پیام‌ها", (await anneh.starts())[-1])
    assert "✔ پیامک" in labels(marked)
    await anneh.press("تلگرام", marked)
    by_text = await anneh.town.order()
    await anneh.hears()
    await anneh.town.do(by_text, "accept", Role.CIVIL)
    assert [one.key.rpartition(".")[2] for one in await anneh.hears()] == ["accept"]


async def test_a_button_that_nobody_made_is_no_fault(anneh: Person) -> None:
    await anneh.hears()
    verbs = (":!", ":!cancel", ":!print 1 2 3 4", ":!unknown x", ":!papers 1", ":!notices fax", ":!menu 1 2")
    for made_up in ("", ":", "x", "12345678:1", *verbs):
        taken = await anneh.does(ButtonPressed(made_up, "1"))
        assert taken.message.state is not InboundState.FAILED, made_up
        anneh.town.advance(minutes=1)


async def test_another_persons_request_is_not_there_for_any_button(anneh: Person) -> None:
    code = await anneh.town.reach("handed_over", mobile="+989350000001")
    for verb in (f"!cancel {code}", f"!papers {code}", f"!print {code} delivery_form", f"!print {code} receipt"):
        await anneh.hears()
        await anneh.does(ButtonPressed(f":{verb}", "1"))
        [answer] = await anneh.hears()
        assert answer.key == "errors.not_found", verb


async def test_a_form_begun_here_goes_on_after_a_restart_and_ends_after_its_time(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    hours = await anneh.press("لودر")
    assert anneh.town.rows("SELECT channel, address FROM dialogues") == [("telegram", "77")]
    anneh.town.advance(minutes=31)
    assert (await anneh.press("۴", hours)).key == "errors.expired_dialogue"
    assert (await anneh.says("لودر ۴ ساعت")).key in {"errors.expired_dialogue", "sms.did_you_mean_one"}
