"""Owner of a chat: proved by the own contact or by a code, and until then nothing personal is told."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.actions.context import ActionContext
from domain.actions.conversations.chats.proving import CODES_PER_ADDRESS, send_proof_code
from domain.actions.messages.verification_codes import CODE_LIFETIME, CODES_PER_MOBILE, MOST_TRIES
from domain.chats.chat import BotBlocked, BotUnblocked, SentFile, TextEdited, TextWritten, UnreadableContent
from domain.messages.records import InboundState, MessageClass
from domain.settings.policy import Policy
from domain.values.actors import Role
from domain.values.calendar import hour_text, to_tehran
from domain.values.rate_windows import current_window_end
from domain.values.text import ascii_digits
from tests.support.chat_person import Person, data, labels
from tests.support.municipality import CITIZEN, NEIGHBOUR, ORDER, Municipality
from tests.support.sent_messages import mark_queued_sent


@pytest.fixture
def anneh(town: Municipality) -> Person:
    """Somebody whom the bot does not know yet."""
    return Person(town)


async def code_of(town: Municipality, mobile: str = CITIZEN) -> str:
    """The code in the newest text to a mobile."""
    message = (await town.sent(mobile))[-1]
    assert (message.channel, message.cls, message.key) == ("sms", MessageClass.SECURITY, "sms.proof_code")
    found = re.search(r"[۰-۹]{6}", message.text)
    assert found
    return ascii_digits(found[0])


async def test_a_stranger_is_greeted_and_may_read(anneh: Person) -> None:
    door, public = await anneh.starts()
    assert door.content == {"contact": "فرستادن شماره من"}
    assert "شماره همراهتان" in door.text
    assert labels(public) == ["کارکرد ماشین‌آلات", "تعرفه"]
    assert (await anneh.press("کارکرد ماشین‌آلات")).key == "sms.about.machinery"
    assert (await anneh.press("تعرفه")).key == "ask.tariff"
    assert "ریال" in (await anneh.says("تعرفه لودر ۴ ساعت")).text


@pytest.mark.parametrize("text", [ORDER, "درخواست‌های من", "پیگیری", "لغو", "نظر ماشین خوب بود", "۵", "بله", "لغو۱۱"])
async def test_nothing_is_done_or_told_before_a_mobile_is_proved(anneh: Person, text: str) -> None:
    answer = await anneh.says(text)
    assert (answer.key, answer.mobile) == ("chat.prove_first", None)
    assert anneh.town.rows("SELECT count(*) FROM requests") == [(0,)]
    assert anneh.town.rows("SELECT count(*) FROM opt_outs") == [(0,)]


async def test_the_own_contact_proves_the_mobile_and_what_was_wanted_is_done(anneh: Person) -> None:
    await anneh.says(ORDER)
    proved, done = await anneh.shares()
    assert (proved.key, proved.content) == ("chat.proved", {"cleared": True})
    assert done.key == "services.machinery.notices.submit"
    [request] = await anneh.town.requests_of(CITIZEN)
    assert (request.channel, request.mobile) == ("telegram", CITIZEN)


async def test_a_link_to_a_request_waits_until_the_mobile_is_proved(anneh: Person) -> None:
    code = await anneh.town.order()
    [waits] = await anneh.starts(f"track_{code}")
    assert waits.key == "chat.prove_first"
    _, status = await anneh.shares()
    assert (status.key, status.request_id is not None) == ("services.machinery.status.submitted", True)
    [again] = await anneh.starts(f"track_{code}")
    assert again.text.startswith(status.text)


async def test_somebody_elses_contact_is_refused(anneh: Person) -> None:
    [refused] = await anneh.shares("989351112222", own=False)
    assert refused.key == "errors.mobile_not_verified"
    assert "خود شما نیست" in refused.text
    [foreign] = await anneh.shares("4915112345678")
    assert "تنها شماره همراه ایران" in foreign.text
    assert anneh.town.rows("SELECT mobile FROM chats") == [(None,)]


async def test_a_code_by_sms_proves_the_mobile(anneh: Person) -> None:
    sent = await anneh.says("۰۹۱۲ ۱۲۳ ۴۵۶۷")
    assert sent.key == "chat.code_sent"
    code = await code_of(anneh.town)
    assert (await anneh.says(str((int(code) + 1) % 10**6).zfill(6))).key == "errors.mobile_not_verified"
    await anneh.does(TextWritten(code))
    proved, welcome = await anneh.hears()
    assert (proved.key, welcome.key) == ("chat.proved", "chat.welcome")
    assert "درخواست‌های من" in labels(welcome)
    assert anneh.town.rows("SELECT mobile FROM chats") == [(CITIZEN,)]
    assert anneh.town.rows("SELECT count(*) FROM mobile_proofs") == [(0,)]
    assert (await anneh.says(code)).key == "sms.unknown", "it proves nothing twice"


async def test_a_code_holds_for_five_tries_and_five_minutes(anneh: Person) -> None:
    await anneh.says("09121234567")
    code = await code_of(anneh.town)
    wrong = [str((int(code) + number) % 10**6).zfill(6) for number in range(1, MOST_TRIES + 1)]
    for one in wrong[:-1]:
        assert "کد درست نیست" in (await anneh.says(one)).text
    assert "پنج بار" in (await anneh.says(wrong[-1])).text
    assert (await anneh.says(code)).key == "chat.prove_first"
    await anneh.says("09121234567")
    second = await code_of(anneh.town)
    anneh.town.advance(seconds=CODE_LIFETIME.total_seconds())
    assert "مهلت این کد" in (await anneh.says(second)).text


async def test_codes_are_limited_by_mobile_and_by_chat(anneh: Person) -> None:
    for _ in range(CODES_PER_MOBILE):
        assert (await anneh.says("09121234567")).key == "chat.code_sent"
    assert (await anneh.says("09121234567")).key == "errors.too_many_requests"
    other = Person(anneh.town, "78")
    assert (await other.says("09121234567")).key == "errors.too_many_requests"
    for number in range(CODES_PER_ADDRESS):
        assert (await other.says(f"0912000000{number}")).key == "chat.code_sent"
    assert (await other.says("09120000009")).key == "errors.too_many_requests"
    assert len(await anneh.town.sent(CITIZEN)) == CODES_PER_MOBILE
    await mark_queued_sent(anneh.town.store, anneh.town.clock.now())
    anneh.town.advance(hours=1)
    assert (await other.says("09121234567")).key == "chat.code_sent"


async def test_a_code_asked_for_by_one_chat_proves_nothing_in_another(anneh: Person) -> None:
    await anneh.says("09121234567")
    code = await code_of(anneh.town)
    thief = Person(anneh.town, "78")
    assert (await thief.says(code)).key == "chat.prove_first"


async def test_a_mobile_belongs_to_the_chat_that_proved_it_last(anneh: Person) -> None:
    await anneh.linked()
    later = await Person(anneh.town, "78").linked()
    told = await anneh.hears()
    assert told[-1].key == "chat.moved_away"
    assert anneh.town.rows("SELECT chat_id, mobile FROM chats ORDER BY chat_id") == [("77", None), ("78", CITIZEN)]
    assert (await anneh.says("درخواست‌های من")).key == "chat.prove_first"
    assert (await later.says("درخواست‌های من")).key == "sms.no_requests"


async def test_another_mobile_can_be_proved_in_the_same_chat(anneh: Person) -> None:
    await anneh.linked()
    await anneh.says(ORDER)
    await anneh.shares(NEIGHBOUR)
    assert (await anneh.says("درخواست‌های من")).key == "sms.no_requests"


async def test_one_citizen_in_two_messengers_and_by_sms_has_one_list(anneh: Person) -> None:
    await anneh.linked()
    in_bale = await Person(anneh.town, "9", "bale").linked()
    codes = [
        (await anneh.says(ORDER)).text,
        (await in_bale.says(f"{ORDER}، پلاک ۷")).text,
        (await anneh.town.say(CITIZEN, f"{ORDER}، پلاک ۹")).text,
    ]
    assert len(set(codes)) == 3
    for person in (anneh, in_bale):
        assert (await person.says("درخواست‌های من")).text.count("لودر ۴ ساعت") == 3
    assert [one.channel for one in await anneh.town.requests_of()] == ["sms", "bale", "telegram"]


async def test_an_update_is_acted_on_once_however_often_it_comes(anneh: Person) -> None:
    await anneh.linked()
    for _ in range(3):
        taken = await anneh.does(TextWritten(ORDER), "1:4711")
        assert taken.message.state in {InboundState.ANSWERED, InboundState.SILENT}
    assert len(await anneh.hears()) == 1
    assert len(await anneh.town.requests_of()) == 1


async def test_what_is_no_text_is_told_politely(anneh: Person) -> None:
    await anneh.linked()
    await anneh.hears()
    for came, key in ((TextEdited(), "chat.edited"), (UnreadableContent(), "chat.unreadable")):
        await anneh.does(came)
        assert [one.key for one in await anneh.hears()] == [key]


async def test_a_chat_that_stopped_the_bot_is_left_alone_until_it_comes_back(anneh: Person) -> None:
    await anneh.linked()
    code = await anneh.town.order()
    async with anneh.town.store.open_unit() as uow:
        await uow.chats.save_chosen_channel(CITIZEN, "telegram", anneh.town.clock.at)
    await anneh.hears()
    await anneh.does(BotBlocked())
    await anneh.town.do(code, "reject", Role.CIVIL, reason="زمین شیب دارد")
    assert await anneh.hears() == []
    assert (await anneh.town.sent())[-1].channel == "sms"
    await anneh.does(BotUnblocked())
    assert await anneh.hears() == []
    assert anneh.town.rows("SELECT state FROM chats") == [("active",)]


async def test_who_sends_too_much_is_told_until_when_and_nothing_is_dropped_without_a_word(anneh: Person) -> None:
    await anneh.linked()
    welcome = (await anneh.messages())[-1]
    await anneh.hears()
    town = anneh.town
    town.desk.engine = replace(town.desk.engine, policy=Policy(chat_limit=5))
    town.clock.at = current_window_end(town.clock.at, timedelta(minutes=10))  # 08:30 in Tehran
    for _ in range(5):
        await anneh.does(TextWritten("راهنما"))
    assert {one.key for one in await anneh.hears()} == {"sms.help"}
    for came in (TextWritten("راهنما"), SentFile("a.jpg", b"\xff\xd8\xff"), SentFile("b.jpg", b"\xff\xd8\xff")):
        assert (await anneh.does(came)).message.state is InboundState.LIMITED
    [told] = await anneh.hears()
    ends = hour_text(to_tehran(current_window_end(town.clock.at, timedelta(minutes=10))).time())
    assert (
        told.text == f"تعداد پیام‌های شما زیاد است. آنچه تا ساعت {ends} بفرستید خوانده نمی‌شود؛ پس از آن دوباره بفرستید."
    )
    for label in list(data(welcome))[:3]:
        assert await anneh.presses(label, welcome) == []
        assert anneh.toast == told.text, "each press"
    town.advance(seconds=10)
    await anneh.does(SentFile("c.jpg", b"\xff\xd8\xff"))
    assert [one.text for one in await anneh.hears()] == [told.text], "again, after a while"
    town.advance(minutes=10)
    assert (await anneh.says("راهنما")).key == "sms.help"


async def test_the_limit_of_a_chat_is_its_own(anneh: Person) -> None:
    await anneh.linked()
    in_bale = await Person(anneh.town, anneh.chat_id, "bale").linked()
    anneh.town.desk.engine = replace(anneh.town.desk.engine, policy=Policy(chat_limit=4))
    for _ in range(3):
        await anneh.does(TextWritten("راهنما"))
    assert (await in_bale.says("راهنما")).key == "sms.help", "another messenger's chat of the same number"


async def test_the_staff_cannot_read_a_code(anneh: Person) -> None:
    await anneh.says("09121234567")
    [message] = await anneh.town.sent(CITIZEN)
    assert await code_of(anneh.town) in ascii_digits(message.text)
    assert re.search(r"\d", message.staff_text) is None
    assert "•" * 6 in message.staff_text


async def test_codes_are_limited_in_all(anneh: Person) -> None:
    for number in range(anneh.town.desk.policy.codes_an_hour):
        async with anneh.town.store.open_unit() as uow:
            await send_proof_code(ActionContext(anneh.town.desk, uow), "telegram", f"{number}", f"+98913{number:07}")
    assert (await anneh.says("09121234567")).key == "errors.too_many_requests"


@pytest.mark.parametrize(
    "said",
    ["کد من {} است", "{0[0]} {0[1]}", "{0[0]}-{0[1]}", "کد تأیید شما: {}\nآن را به کسی نگویید.", "code: {}", "{}."],
)
async def test_a_code_is_read_out_of_any_text_and_the_wish_is_done(anneh: Person, said: str) -> None:
    await anneh.says(ORDER)
    await anneh.says("09121234567")
    code = await code_of(anneh.town)
    await anneh.does(TextWritten(said.format((code[:3], code[3:]) if "[0]" in said else code)))
    proved, done = await anneh.hears()
    assert (proved.key, done.key) == ("chat.proved", "services.machinery.notices.submit")


@pytest.mark.parametrize("slip", ["کد نیامد", "۱۲۳۴۵", "کد چی؟", "1234567", "سلام", "کد 12345 است"])
async def test_what_is_no_code_does_not_take_the_place_of_the_wish(anneh: Person, slip: str) -> None:
    await anneh.says(ORDER)
    await anneh.says("09121234567")
    assert (await anneh.says(slip)).key in {
        "chat.prove_first",
        "errors.mobile_not_verified",
        "sms.courtesy.greeting",
    }
    await anneh.does(TextWritten(await code_of(anneh.town)))
    assert (await anneh.hears())[-1].key == "services.machinery.notices.submit"


async def test_another_wish_takes_the_place_of_the_first_even_with_six_digits_in_it(anneh: Person) -> None:
    await anneh.says("درخواست‌های من")
    await anneh.says("09121234567")
    await anneh.says(f"{ORDER} پلاک 123456")
    await anneh.does(TextWritten(await code_of(anneh.town)))
    assert (await anneh.hears())[-1].key == "services.machinery.notices.submit"
