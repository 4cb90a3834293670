"""Reading of a messenger's updates: every sort of thing that a person can do in a chat, in both messengers."""

from collections.abc import Sequence

import pytest

from channels.telegram.files import fetch_file
from channels.telegram.link import BotClient
from channels.telegram.updates import IncomingUpdate, RemoteFile, parse_update
from domain.chats.chat import (
    BotBlocked,
    BotUnblocked,
    ButtonPressed,
    ChatBegun,
    ChatEvent,
    SentFile,
    SharedContact,
    SharedLocation,
    SpokenInGroup,
    TextEdited,
    TextWritten,
    UnreadableContent,
)
from domain.values.files import MAX_DOCUMENT_BYTES
from tests.channels.telegram.running_bot import Bot
from tests.fakes.bot_api import FakeBotApi, Fault
from tests.fakes.bot_messenger import Call
from tests.fakes.bot_people import UNREADABLE, Person

PAPER = b"%PDF-1.7 a paper"
BUTTONS = {"inline_keyboard": [[{"text": "لودر", "callback_data": "t:1"}]]}


@pytest.fixture
def link(bot: Bot) -> BotClient:
    return bot.link


@pytest.fixture
def reza(messenger: FakeBotApi) -> Person:
    person = Person(messenger, "رضا")
    person.starts()
    return person


def incoming(link: BotClient, messenger: FakeBotApi) -> Sequence[IncomingUpdate | None]:
    """Updates read of everything that the messenger has for the bot."""
    return [parse_update(update.json(), link.bot) for update in messenger.updates.pending]


def came(link: BotClient, messenger: FakeBotApi) -> list[ChatEvent | None]:
    """The same without who and where, and without the beginning of the chat."""
    return [one.chat_event if one else None for one in incoming(link, messenger)[1:]]


async def test_who_writes_where(link: BotClient, messenger: FakeBotApi, reza: Person) -> None:
    reza.says("سلام")
    for one, update in zip(incoming(link, messenger), messenger.updates.pending, strict=True):
        assert one
        assert (one.update_number, one.chat_id, one.sender_name) == (update.update_id, str(reza.id), "رضا")
    last = incoming(link, messenger)[-1]
    assert last
    received = last.to_received_update("telegram", "7412589630")
    assert (received.update_id, received.chat_event) == (f"7412589630:{last.update_number}", TextWritten("سلام"))


async def test_texts_commands_and_links(link: BotClient, messenger: FakeBotApi, reza: Person) -> None:
    reza.starts("track_123456786")
    for text in ("سلام ۱۲", "/track@pishkhan_bot 123456786", "/help", "/start@pishkhan_bot"):
        reza.says(text)
    assert came(link, messenger) == [
        ChatBegun("track_123456786"),
        TextWritten("سلام ۱۲"),
        TextWritten("/track@pishkhan_bot 123456786"),
        TextWritten("/help"),
        ChatBegun(""),
    ]


async def test_contacts_are_ones_own_or_not(link: BotClient, messenger: FakeBotApi, reza: Person) -> None:
    reza.shares_contact()
    reza.shares_contact(Person(messenger, "سارا", "989123334455"))
    reza.shares_card("09123334455", "سارا")
    assert came(link, messenger) == [
        SharedContact("989121234567", is_own=True),
        SharedContact("989123334455", is_own=False),
        SharedContact("09123334455", is_own=False),
    ]


async def test_a_press_names_itself_and_its_message(link: BotClient, messenger: FakeBotApi, reza: Person) -> None:
    await messenger.carry_out(Call("sendMessage", {"chat_id": reza.id, "text": "کدام؟", "reply_markup": BUTTONS}))
    press = reza.presses("لودر")
    one = incoming(link, messenger)[-1]
    assert one
    assert (one.chat_event, one.press, one.chat_id) == (
        ButtonPressed("t:1", str(reza.messages[0].message_id)),
        press,
        str(reza.id),
    )


async def test_files_are_named_with_their_size(link: BotClient, messenger: FakeBotApi, reza: Person) -> None:
    reza.sends_photo(b"\xff\xd8\xff full size", "سند من")
    reza.sends_file(PAPER, "سند.pdf", "application/pdf")
    _, photo, paper = incoming(link, messenger)
    assert photo
    assert paper
    assert photo.file
    assert paper.file
    assert (photo.file.file_name, photo.file.size_bytes) == ("photo.jpg", 13)
    assert (paper.file.file_name, paper.file.size_bytes) == ("سند.pdf", len(PAPER))
    assert photo.chat_event == SentFile("photo.jpg", None, caption="سند من")
    assert await fetch_file(link.bot, photo.file) == SentFile("photo.jpg", b"\xff\xd8\xff full size", caption="سند من")
    assert await fetch_file(link.bot, paper.file) == SentFile("سند.pdf", PAPER)


async def test_edits_and_what_a_desk_cannot_take(link: BotClient, messenger: FakeBotApi, reza: Person) -> None:
    said = reza.says("ماشین")
    reza.edits(said, "کارشناس")
    place = {name: value for name, value in said.content.items() if name != "text"}
    messenger.updates.add("message", reza.id, {**place, "dice": {"emoji": "🎲", "value": 3}})
    assert came(link, messenger) == [TextWritten("ماشین"), TextEdited(), UnreadableContent()]


async def test_a_place_is_a_point_or_has_a_name(link: BotClient, messenger: FakeBotApi, reza: Person) -> None:
    reza.shares_location(37.1, 54.1)
    reza.shares_venue("مسجد جامع", "خیابان امام", 37.1, 54.1)
    assert came(link, messenger) == [
        SharedLocation(37.1, 54.1),
        SharedLocation(37.1, 54.1, "مسجد جامع، خیابان امام"),
    ]


async def test_a_shared_place_that_moves_is_no_edit(link: BotClient, messenger: FakeBotApi, reza: Person) -> None:
    place = {name: value for name, value in reza.says("سلام").content.items() if name != "text"}
    moved = {**place, "edit_date": place["date"], "location": {"latitude": 37.1, "longitude": 54.1, "live_period": 900}}
    messenger.updates.add("edited_message", reza.id, moved)
    assert came(link, messenger) == [TextWritten("سلام"), None]


async def test_blocking_is_told_by_telegram(link: BotClient, messenger: FakeBotApi, reza: Person) -> None:
    reza.blocks()
    reza.starts()
    assert came(link, messenger) == [*([] if messenger.bale else [BotBlocked(), BotUnblocked()]), ChatBegun("")]


async def test_of_groups_nothing_is_taken_over_but_that_they_are_groups(
    link: BotClient, messenger: FakeBotApi, reza: Person
) -> None:
    reza.says_in_group("ماشین")
    one = incoming(link, messenger)[-1]
    assert one
    assert (one.chat_id, one.sender_name, one.chat_event) == ("-100200", "", SpokenInGroup())


async def test_what_was_forwarded_is_known_as_such(link: BotClient, messenger: FakeBotApi, reza: Person) -> None:
    reza.forwards("ماشین")
    assert came(link, messenger) == [TextWritten("ماشین", is_forwarded=True)]


@pytest.mark.parametrize("kind", UNREADABLE)
async def test_what_cannot_be_read_is_read_as_that(bot: Bot, messenger: FakeBotApi, reza: Person, kind: str) -> None:
    """A poll lacks a field that the library insists on, as what is newer than our library, or older, may."""
    one = bot.reception.read_update(reza.sends(kind).json())
    assert isinstance(one, IncomingUpdate)
    assert (one.chat_id, one.sender_name, one.chat_event) == (
        str(reza.id),
        "رضا",
        UnreadableContent(is_voice=kind == "voice"),
    )


async def test_a_file_that_is_too_large_is_not_fetched(link: BotClient, messenger: FakeBotApi) -> None:
    file = RemoteFile("x", "film.pdf", MAX_DOCUMENT_BYTES + 1)
    assert await fetch_file(link.bot, file) == SentFile("film.pdf", None, is_too_large=True)
    assert messenger.calls == []
    kept = messenger.keep(bytes(20 * 1024 * 1024 + 1), "film.pdf")
    untold = RemoteFile(kept.file_id, "film.pdf", None)
    assert await fetch_file(link.bot, untold) == SentFile("film.pdf", None, is_too_large=True)
    assert messenger.called("file") == []


@pytest.mark.parametrize("method", ["getFile", "file"])
@pytest.mark.parametrize("fault", [Fault("status", 502), Fault("cut_before")])
async def test_a_file_is_asked_for_again(link: BotClient, messenger: FakeBotApi, method: str, fault: Fault) -> None:
    file = RemoteFile(messenger.keep(PAPER, "سند.pdf").file_id, "سند.pdf", len(PAPER))
    messenger.fail_next(Fault(fault.kind, fault.value, method=method))
    assert await fetch_file(link.bot, file) == SentFile("سند.pdf", PAPER)


async def test_a_file_that_is_gone_is_not_asked_for_again(link: BotClient, messenger: FakeBotApi) -> None:
    assert await fetch_file(link.bot, RemoteFile("gone", "سند.pdf", 10)) == SentFile("سند.pdf", None)
    assert len(messenger.called("getFile")) == 1
