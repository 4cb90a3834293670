"""The fake Bot API itself, driven by python-telegram-bot: it takes and refuses what the messengers take and refuse."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, ReplyParameters
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import Application, ContextTypes, MessageHandler
from telegram.request import HTTPXRequest

from tests.fakes.bot_api import FakeBotApi, Fault
from tests.fakes.bot_people import Person
from tests.fakes.bot_text import shown_by_bale
from tests.fakes.socks_proxy import SocksProxy
from tests.support.tables import each_row

BUTTONS = InlineKeyboardMarkup(
    [[InlineKeyboardButton("بله", callback_data="t1:1"), InlineKeyboardButton("نه", callback_data="t1:2")]]
)


@pytest.fixture(params=["telegram", "bale"])
async def messenger(request: pytest.FixtureRequest) -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi(bale=request.param == "bale") as served:
        yield served


@pytest.fixture
async def telegram() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as served:
        yield served


@pytest.fixture
async def bale() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi(bale=True) as served:
        yield served


def library_bot(fake: FakeBotApi, token: str | None = None, seconds: float = 5.0) -> Bot:
    """The library's bot, not initialized yet."""
    requests = [HTTPXRequest(read_timeout=seconds) for _ in range(2)]
    return Bot(
        token or fake.token,
        base_url=fake.base_url,
        base_file_url=fake.base_file_url,
        request=requests[0],
        get_updates_request=requests[1],
    )


@asynccontextmanager
async def bot_of(fake: FakeBotApi, seconds: float = 5.0) -> AsyncIterator[Bot]:
    """The library's bot, initialized."""
    async with library_bot(fake, seconds=seconds) as bot:
        yield bot


@contextmanager
def fails(error: type[Exception], words: str) -> Iterator[None]:
    """The block fails with these words; the library writes the messenger's in small letters."""
    with pytest.raises(error) as raised:
        yield
    assert words.casefold() in str(raised.value).casefold()


def started(fake: FakeBotApi, name: str = "رضا") -> Person:
    """A person whom the bot may write to."""
    person = Person(fake, name)
    person.starts()
    return person


async def test_a_bot_learns_who_it_is_and_a_wrong_token_is_told(messenger: FakeBotApi) -> None:
    async with bot_of(messenger) as bot:
        assert (bot.id, bot.username) == (7412589630, "pishkhan_bot")
    with fails(InvalidToken, "was rejected by the server"):
        async with library_bot(messenger, "7412589630:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"):
            pytest.fail("a stranger was let in")


async def test_updates_wait_until_an_offset_confirms_them(messenger: FakeBotApi) -> None:
    person = started(messenger)
    person.says("سلام")
    async with bot_of(messenger) as bot:
        first = await bot.get_updates(timeout=0)
        assert [update.effective_message.text for update in first if update.effective_message] == ["/start", "سلام"]
        assert await bot.get_updates(offset=first[0].update_id + 1, timeout=0) == (first[1],)
        assert await bot.get_updates(timeout=0) == (first[1],)
        assert await bot.get_updates(offset=first[1].update_id + 1, timeout=0) == ()
        assert messenger.updates.pending == []


async def test_a_long_poll_ends_with_the_first_update(telegram: FakeBotApi) -> None:
    person = started(telegram)
    async with bot_of(telegram) as bot:
        [start] = await bot.get_updates(timeout=0)
        polling = asyncio.create_task(bot.get_updates(offset=start.update_id + 1, timeout=20))
        await telegram.until(lambda: len(telegram.called("getUpdates")) == 2, "the poll")
        assert not polling.done()
        person.says("سلام")
        [update] = await polling
        assert update.message
        assert update.message.from_user
        assert (update.message.text, update.message.from_user.first_name) == ("سلام", "رضا")


async def test_a_second_poller_ends_the_first_and_a_webhook_any(telegram: FakeBotApi) -> None:
    async with bot_of(telegram) as bot, bot_of(telegram) as other:
        polling = asyncio.create_task(bot.get_updates(timeout=20))
        await telegram.until(lambda: bool(telegram.called("getUpdates")), "the poll")
        second = asyncio.create_task(other.get_updates(timeout=20))
        with fails(Conflict, "terminated by other getUpdates"):
            await polling
        await bot.set_webhook("https://pishkhan.example.ir/telegram/x")
        with fails(Conflict, "webhook is active"):
            await second
        with fails(Conflict, "webhook is active"):
            await bot.get_updates(timeout=0)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("س" * 4096, ""),
        ("س" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        (" \n ", "text is empty"),
    ],
)
async def test_texts_have_a_limit(messenger: FakeBotApi, text: str, refusal: str) -> None:
    person = started(messenger)
    async with bot_of(messenger) as bot:
        if refusal:
            with fails(BadRequest, refusal):
                await bot.send_message(person.id, text)
        else:
            await bot.send_message(person.id, text)
        assert [message.text for message in person.messages] == ([] if refusal else [text])


@pytest.mark.parametrize(
    "rows",
    [
        [[("آری", "س" * 33)]],
        [[("آری", "")]],
        [[("", "x")]],
        [[("آری", "x")] * 9],
        [[("آری", "x")]] * 101,
    ],
)
async def test_keyboards_have_limits(telegram: FakeBotApi, rows: list[list[tuple[str, str]]]) -> None:
    person = started(telegram)
    keyboard = {"inline_keyboard": [[{"text": text, "callback_data": data} for text, data in row] for row in rows]}
    async with bot_of(telegram) as bot:
        with pytest.raises(BadRequest):
            await bot.do_api_request("sendmessage", {"chat_id": person.id, "text": "?", "reply_markup": keyboard})
    assert person.messages == []


async def test_a_press_carries_its_button_and_is_answered_once(telegram: FakeBotApi) -> None:
    person = started(telegram)
    async with bot_of(telegram) as bot:
        await bot.send_message(person.id, "کدام؟", reply_markup=BUTTONS)
        press = person.presses("نه")
        query = (await bot.get_updates(timeout=0))[-1].callback_query
        assert query
        assert isinstance(query.message, Message)
        assert (query.id, query.data, query.message.text) == (press, "t1:2", "کدام؟")
        assert telegram.unanswered == [press]
        await query.answer("ثبت شد")
        assert (await person.told(press), telegram.unanswered) == ("ثبت شد", [])
        with fails(BadRequest, "query is too old"):
            await query.answer("باز")


async def test_an_edit_changes_the_message(telegram: FakeBotApi) -> None:
    person = started(telegram)
    async with bot_of(telegram) as bot:
        sent = await bot.send_message(person.id, "کدام؟", reply_markup=BUTTONS)
        assert isinstance(await sent.edit_text("این"), Message)
        assert [(message.text, message.labels, message.edits) for message in person.messages] == [("این", [], 1)]
        with fails(BadRequest, "not modified"):
            await sent.edit_text("این")
        with fails(BadRequest, "message to edit not found"):
            await bot.edit_message_text("این", person.id, 1)


async def test_documents_go_out_and_come_in(messenger: FakeBotApi) -> None:
    person = started(messenger)
    paper, picture = b"%PDF-1.7 letter", b"\xff\xd8\xff photo"
    async with bot_of(messenger) as bot:
        sent = await bot.send_document(person.id, paper, caption="نامه", filename="letter.pdf")
        assert sent.document
        await bot.send_document(person.id, sent.document.file_id)
        shown = [(one.text, one.document and (one.document.name, one.document.content)) for one in person.messages]
        assert shown == [("نامه", ("letter.pdf", paper)), ("", ("letter.pdf", paper))]
        person.sends_photo(picture)
        person.sends_file(paper, "سند.pdf", "application/pdf")
        _, photo, document = [update.message for update in await bot.get_updates(timeout=0)]
        assert photo
        assert document
        assert document.document
        for file, content in ((photo.photo[-1], picture), (document.document, paper)):
            assert await (await file.get_file()).download_as_bytearray() == content
        assert (document.document.file_name, document.document.file_size) == ("سند.pdf", len(paper))
        person.sends_file(bytes(20 * 1024 * 1024 + 1), "film.pdf", "application/pdf")
        big = (await bot.get_updates(timeout=0))[-1].message
        assert big
        assert big.document
        with fails(BadRequest, "file is too big"):
            await big.document.get_file()


async def test_contacts_are_ones_own_or_anothers(messenger: FakeBotApi) -> None:
    person, other = started(messenger), Person(messenger, "سارا", "989123334455")
    async with bot_of(messenger) as bot:
        person.shares_contact()
        person.shares_contact(other)
        person.shares_card("09121111111", "علی")
        contacts = [update.message.contact for update in (await bot.get_updates(timeout=0))[1:] if update.message]
        told = [(contact.phone_number, contact.user_id) for contact in contacts if contact]
        assert told == [("989121234567", person.id), ("989123334455", other.id), ("09121111111", None)]


async def test_a_chat_that_is_unknown_blocked_or_gone_gets_nothing(telegram: FakeBotApi) -> None:
    person, stranger = started(telegram), Person(telegram, "سارا")
    async with bot_of(telegram) as bot:
        with fails(BadRequest, "chat not found"):
            await bot.send_message(stranger.id, "سلام")
        person.blocks()
        with fails(Forbidden, "blocked by the user"):
            await bot.send_message(person.id, "سلام")
        person.starts()
        await bot.send_message(person.id, "سلام")
        standings = [update.my_chat_member for update in await bot.get_updates(timeout=0)]
        assert [one.new_chat_member.status for one in standings if one] == ["kicked", "member"]
        person.leaves()
        with fails(Forbidden, "deactivated"):
            await bot.send_message(person.id, "سلام")
    assert [message.text for message in person.messages] == ["سلام"]


@pytest.mark.parametrize(
    ("fault", "error", "taken"),
    [
        (Fault("status", 401), InvalidToken, 0),
        (Fault("status", 403), Forbidden, 0),
        (Fault("status", 409), Conflict, 0),
        (Fault("status", 429, retry_after=7), RetryAfter, 0),
        (Fault("status", 500), NetworkError, 0),
        (Fault("status", 502), NetworkError, 0),
        (Fault("cut_before"), NetworkError, 0),
        (Fault("cut_after"), NetworkError, 1),
        (Fault("slow", 5), TimedOut, 1),
        (Fault("garbage"), TelegramError, 1),
    ],
)
async def test_faults_meet_the_next_call_only(
    messenger: FakeBotApi, fault: Fault, error: type[TelegramError], taken: int
) -> None:
    person = started(messenger)
    async with bot_of(messenger, seconds=0.3) as bot:
        messenger.fail_next(fault)
        with pytest.raises(error) as raised:
            await bot.send_message(person.id, "یک")
        if isinstance(raised.value, RetryAfter):
            assert raised.value.retry_after == 7
        await bot.send_message(person.id, "دو")
    assert [message.text for message in person.messages] == ["یک", "دو"][1 - taken :]


async def test_a_fault_can_be_of_one_method_or_one_chat_and_stay(telegram: FakeBotApi) -> None:
    reza, sara = started(telegram), started(telegram, "سارا")
    async with bot_of(telegram) as bot:
        with telegram.failing(Fault("status", 429, retry_after=1, method="sendMessage", chat=reza.id)):
            for _ in range(2):
                with pytest.raises(RetryAfter):
                    await bot.send_message(reza.id, "سلام")
            await bot.send_message(sara.id, "سلام")
            await bot.send_document(reza.id, b"%PDF")
        await bot.send_message(reza.id, "سلام")
    assert (len(reza.messages), len(sara.messages)) == (2, 1)


async def test_an_outage_refuses_connections_and_ends_on_the_same_port(messenger: FakeBotApi) -> None:
    person = started(messenger)
    async with bot_of(messenger) as bot:
        await messenger.stop()
        with fails(NetworkError, "ConnectError"):
            await bot.send_message(person.id, "سلام")
        await messenger.start()
        await bot.send_message(person.id, "سلام")
    assert len(person.messages) == 1


@each_row(
    ("written", "seen"),
    [
        ("بهای کار *بسیار* کم", "بهای کار بسیار کم"),
        ("a_b_c", "abc"),
        (r"a\_b\_c", "a_b_c"),
        ("۲ * ۳", "۲ * ۳"),
        ("[نشانی](https://pishkhan.example.ir/a)", "نشانی"),
        (r"\[نشانی](https://pishkhan.example.ir/a)", "[نشانی](https://pishkhan.example.ir/a)"),
        ("`کد`", "کد"),
        ("*a_b_*", "ab"),
    ],
)
def test_marks_are_swallowed_in_bale(written: str, seen: str) -> None:
    assert shown_by_bale(written) == seen


async def test_bale_has_its_ways(bale: FakeBotApi) -> None:
    person = started(bale)
    async with bot_of(bale) as bot:
        sent = await bot.send_message(person.id, "a_b_c", reply_markup=BUTTONS)
        assert (sent.text, person.messages[0].raw) == ("abc", "a_b_c")
        with fails(BadRequest, "reply_parameters"):
            await bot.send_message(person.id, "سلام", reply_parameters=ReplyParameters(sent.message_id))
        with fails(KeyError, "date"):
            await sent.edit_text("دیگر")
        assert (person.messages[0].text, person.messages[0].edits) == ("دیگر", 1)
        person.presses_data("t1:1", person.messages[0])
        person.blocks()
        updates: Any = await bot.do_api_request("getupdates", {"timeout": 0})
        assert [set(update) - {"update_id"} for update in updates] == [{"message"}, {"callback_query"}]
        assert set(updates[1]["callback_query"]) == {"id", "from", "message", "data"}
        with fails(TypeError, "chat_instance"):
            await bot.get_updates(timeout=0)


async def test_the_library_polls_and_answers_by_itself(telegram: FakeBotApi) -> None:
    async def echo(update: Any, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await update.message.reply_text(update.message.text)

    application = Application.builder().bot(library_bot(telegram)).build()
    application.add_handler(MessageHandler(None, echo))
    person = started(telegram)
    async with application:
        assert application.updater
        await application.updater.start_polling(timeout=20)
        await application.start()
        await person.hears("/start")
        person.says("سلام")
        await person.hears("سلام")
        await application.updater.stop()
        await application.stop()
    assert telegram.updates.pending == []


async def test_only_addresses_behind_tls_become_webhooks(messenger: FakeBotApi) -> None:
    async with bot_of(messenger) as bot, ClientSession() as session:
        with fails(BadRequest, "HTTPS URL must be provided"):
            await bot.set_webhook("http://127.0.0.1:1/telegram/x")
        await bot.set_webhook("https://pishkhan.example.ir/telegram/x", secret_token="s-1", max_connections=2)
        assert (await bot.get_webhook_info()).url == "https://pishkhan.example.ir/telegram/x"
        await bot.delete_webhook()
        assert (await bot.get_webhook_info()).url == ""
        async with session.get(f"{messenger.base_url}{messenger.token}/noSuchMethod") as answer:
            assert answer.status == 404


async def test_a_proxy_leads_to_it(telegram: FakeBotApi) -> None:
    person = started(telegram)
    async with SocksProxy() as proxy:
        request = HTTPXRequest(proxy=proxy.url)
        async with Bot(telegram.token, base_url=telegram.base_url, request=request) as bot:
            await bot.send_message(person.id, "سلام")
    assert [message.text for message in person.messages] == ["سلام"]
    assert {f"http://{host}:{port}/bot" for host, port in proxy.led} == {telegram.base_url}
