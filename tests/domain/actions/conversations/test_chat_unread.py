"""Updates of a chat are always answered, and a question that waits keeps its buttons; what was forwarded is asked."""

from datetime import timedelta

import pytest

from domain.chats.chat import ButtonPressed, ChatEvent, TextEdited, TextWritten, UnreadableContent
from domain.messages.records import OutboxMessage
from tests.support.chat_person import Person, data, form_until_summary, labels
from tests.support.municipality import ORDER, Municipality


@pytest.fixture
async def anneh(town: Municipality) -> Person:
    """A citizen whose mobile is proved."""
    return await Person(town).linked()


async def comes(person: Person, chat_event: ChatEvent) -> list[OutboxMessage]:
    """Let something come, and return what is answered."""
    await person.hears()
    await person.does(chat_event)
    return await person.hears()


@pytest.mark.parametrize(("chat_event", "key"), [(UnreadableContent(), "unreadable"), (TextEdited(), "edited")])
async def test_a_form_asks_again_with_its_buttons(anneh: Person, chat_event: ChatEvent, key: str) -> None:
    await anneh.press("ماشین‌آلات")
    hours = await anneh.press("لودر")
    told, again = await comes(anneh, chat_event)
    assert (told.key, labels(told)) == (f"chat.{key}", [])
    assert (again.text, labels(again)) == (hours.text, labels(hours))
    await anneh.press("۴", again)


async def test_a_voice_is_told_that_nobody_heard_it_and_the_question_waits(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    hours = await anneh.press("لودر")
    told, again = await comes(anneh, UnreadableContent(is_voice=True))
    assert (told.key, again.text) == ("chat.voice", hours.text)


async def test_a_second_voice_hears_more_than_the_first(anneh: Person) -> None:
    answers = [(await comes(anneh, UnreadableContent(is_voice=True)))[0] for _ in range(2)]
    assert [answer.key for answer in answers] == ["chat.voice", "chat.voice_again"]


async def test_a_list_that_waits_is_shown_again_too(anneh: Person) -> None:
    await anneh.town.reach("awaiting_payment")
    which = await anneh.says("لغو")
    _, again = await comes(anneh, UnreadableContent())
    assert (again.key, labels(again)) == (which.key, labels(which))


async def test_where_nothing_waits_the_menu_is_one_press_away(anneh: Person) -> None:
    [told] = await comes(anneh, UnreadableContent())
    assert labels(told) == ["منوی خدمات"]


async def test_a_stranger_is_answered_too(town: Municipality) -> None:
    [told] = await comes(Person(town), UnreadableContent())
    assert (told.key, told.content) == ("chat.unreadable", {"contact": "فرستادن شماره من"})


async def test_a_button_whose_time_is_over_is_answered_with_the_menu(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    hours = await anneh.press("لودر")
    anneh.town.clock.at += timedelta(hours=2)
    [told] = await comes(anneh, ButtonPressed(data(hours)["۴"], str(hours.id)))
    assert (told.key, labels(told)) == ("errors.expired_dialogue", ["منوی خدمات"])
    assert anneh.toast == told.text


async def test_a_forwarded_order_is_confirmed(anneh: Person) -> None:
    [asked] = await comes(anneh, TextWritten(ORDER, is_forwarded=True))
    assert (asked.key, labels(asked)[:2]) == ("services.machinery.summary", ["تأیید و ثبت", "انصراف"])
    assert await anneh.town.requests_of() == []
    await anneh.press("تأیید و ثبت", asked)
    assert len(await anneh.town.requests_of()) == 1


async def test_what_is_forwarded_reads_but_ends_and_stops_nothing(anneh: Person) -> None:
    code = await anneh.town.reach("awaiting_payment")
    [status] = await comes(anneh, TextWritten(f"پیگیری {code}", is_forwarded=True))
    assert status.key == "services.machinery.status.awaiting_payment"
    [asked] = await comes(anneh, TextWritten(f"لغو {code}", is_forwarded=True))
    assert asked.key == "sms.offer.cancel"
    await anneh.press("نه", asked)
    await comes(anneh, TextWritten("لغو11", is_forwarded=True))
    assert anneh.town.rows("SELECT count(*) FROM opt_outs") == [(0,)]
    assert (await anneh.town.request(code)).state == "awaiting_payment"


async def test_a_forwarded_word_answers_the_summary(anneh: Person) -> None:
    await form_until_summary(anneh)
    await comes(anneh, TextWritten("بله", is_forwarded=True))
    assert len(await anneh.town.requests_of()) == 1
