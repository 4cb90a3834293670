"""How a messenger's updates are read: every sort of thing that a person can do in a chat, in both messengers."""

from collections.abc import Sequence

import pytest

from channels.telegram.account import Account
from channels.telegram.reading import read_update
from channels.telegram.receiving import Receiver
from channels.telegram.updates import KINDS
from domain.chats import (
    Began,
    Came,
    Edited,
    Pressed,
    Resumed,
    SentFile,
    SharedContact,
    Stopped,
    Unreadable,
    Wrote,
)
from domain.documents import MAX_BYTES
from tests.channels.telegram.acting import Acting
from tests.fakes.bot_api import FakeBotApi, Fault
from tests.fakes.bot_people import Person

PAPER = b"%PDF-1.7 a paper"
BUTTONS = {"inline_keyboard": [[{"text": "لودر", "callback_data": "t:1"}]]}


@pytest.fixture
def reza(messenger: FakeBotApi) -> Person:
    person = Person(messenger, "رضا")
    person.starts()
    return person


async def what_came(account: Account, acting: Acting | None = None) -> Sequence[Came]:
    """Poll once, take everything, and say what it was."""
    noting = acting or Acting()
    receiver = Receiver(account, noting.act)
    for update in await account.bot.get_updates(timeout=0, allowed_updates=KINDS):
        await receiver.take(update)
    return [one.came for one in noting.came]


async def test_texts_commands_and_links(account: Account, reza: Person) -> None:
    reza.starts("track_123456786")
    for text in ("سلام ۱۲", "/track@pishkhan_bot 123456786", "/help", "/start@pishkhan_bot"):
        reza.says(text)
    noting = Acting()
    assert await what_came(account, noting) == [
        Began(""), Began("track_123456786"), Wrote("سلام ۱۲"), Wrote("track 123456786"), Wrote("help"), Began(""),
    ]  # fmt: skip
    first = noting.came[0]
    assert (first.channel, first.chat_id, first.name) == (account.channel, str(reza.id), "رضا")
    assert len({one.update_id for one in noting.came}) == len(noting.came)
    assert all(one.update_id.startswith("7412589630:") for one in noting.came)


async def test_contacts_are_ones_own_or_not(account: Account, messenger: FakeBotApi, reza: Person) -> None:
    reza.shares_contact()
    reza.shares_contact(Person(messenger, "سارا", "989123334455"))
    reza.shares_card("09123334455", "سارا")
    assert (await what_came(account))[1:] == [
        SharedContact("989121234567", own=True), SharedContact("989123334455", own=False),
        SharedContact("09123334455", own=False),
    ]  # fmt: skip


async def test_a_press_is_answered(account: Account, messenger: FakeBotApi, reza: Person) -> None:
    sent = await account.bot.send_message(reza.id, "کدام؟", reply_markup=BUTTONS)  # type: ignore[arg-type]
    press = reza.presses("لودر")
    assert (await what_came(account, Acting(toast="ثبت شد")))[-1] == Pressed("t:1", str(sent.message_id))
    assert await reza.told(press) == "ثبت شد"
    assert messenger.unanswered == []


async def test_a_press_that_cannot_be_answered_is_acted_on(
    account: Account, messenger: FakeBotApi, reza: Person
) -> None:
    sent = await account.bot.send_message(reza.id, "کدام؟", reply_markup=BUTTONS)  # type: ignore[arg-type]
    reza.presses("لودر")
    with messenger.failing(Fault("status", 502, method="answerCallbackQuery")):
        assert (await what_came(account))[-1] == Pressed("t:1", str(sent.message_id))
        await messenger.until(lambda: bool(messenger.called("answerCallbackQuery")), "the answer")


async def test_photos_and_files_are_fetched(account: Account, reza: Person) -> None:
    reza.sends_photo(b"\xff\xd8\xff full size")
    reza.sends_file(PAPER, "سند.pdf", "application/pdf")
    assert (await what_came(account))[1:] == [
        SentFile("photo.jpg", b"\xff\xd8\xff full size"), SentFile("سند.pdf", PAPER),
    ]  # fmt: skip


async def test_a_file_that_is_too_large_is_not_fetched(account: Account, messenger: FakeBotApi, reza: Person) -> None:
    reza.sends_file(bytes(MAX_BYTES + 1), "film.pdf", "application/pdf")
    assert (await what_came(account))[1:] == [SentFile("film.pdf", None, too_large=True)]
    assert messenger.called("getFile") == messenger.called("file") == []


@pytest.mark.parametrize("method", ["getFile", "file"])
@pytest.mark.parametrize("fault", [Fault("status", 502), Fault("cut_before"), Fault("status", 404)])
async def test_a_file_that_cannot_be_had_is_told(
    account: Account, messenger: FakeBotApi, reza: Person, method: str, fault: Fault
) -> None:
    reza.sends_file(PAPER, "سند.pdf", "application/pdf")
    with messenger.failing(Fault(fault.kind, fault.value, method=method)):
        assert (await what_came(account))[1:] == [SentFile("سند.pdf", None)]


async def test_edits_and_what_a_desk_cannot_take(account: Account, messenger: FakeBotApi, reza: Person) -> None:
    reza.edits(reza.says("ماشین"), "کارشناس")
    place = {"location": {"latitude": 37.1, "longitude": 54.1}}
    messenger.updates.add("message", reza.id, {**reza.says("x").content, "text": "", **place})
    assert (await what_came(account))[1:] == [Wrote("ماشین"), Edited(), Wrote("x"), Unreadable()]


async def test_blocking_is_told_by_telegram(in_telegram: Account, telegram: FakeBotApi) -> None:
    person = Person(telegram, "رضا")
    person.starts()
    person.blocks()
    person.starts()
    assert await what_came(in_telegram) == [Began(""), Stopped(), Resumed(), Began("")]


async def test_groups_and_other_bots_are_not_answered(account: Account, messenger: FakeBotApi, reza: Person) -> None:
    said = reza.says("ماشین").content
    group = {"id": -100, "type": "group", "title": "g"}
    messenger.updates.add("message", -100, {**said, "chat": group})
    messenger.updates.add("message", reza.id, {**said, "from": messenger.bot})
    assert await what_came(account) == [Began(""), Wrote("ماشین")]


async def test_one_update_of_no_known_form_costs_only_itself(
    account: Account, messenger: FakeBotApi, reza: Person
) -> None:
    messenger.updates.add("message", reza.id, {"text": "no id, no chat"})
    messenger.updates.add("message_of_tomorrow", reza.id, {"x": 1})
    reza.says("سلام")
    assert await what_came(account) == [Began(""), Wrote("سلام")] or messenger.bale


def test_what_is_no_update_is_refused() -> None:
    for told in ({}, {"update_id": "1"}, {"message": {}}):
        with pytest.raises(ValueError, match="update_id"):
            read_update(told)
