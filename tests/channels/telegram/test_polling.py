"""Updates asked for: each is acted on once and confirmed only when it is durable, whatever the messenger does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from channels.telegram.arrangement import LONGEST_PAUSE_SECONDS, RetryPauses
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import Unavailable
from tests.channels.telegram.running_bot import Bot, running_bot
from tests.fakes.bot_api import FakeBotApi, Fault
from tests.fakes.bot_people import Person
from tests.support.municipality import CITIZEN, ORDER, Municipality

PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF"


async def linked(reza: Person) -> None:
    """Begin, and share the own contact."""
    reza.starts()
    await reza.hears("شماره همراهتان")
    reza.presses("فرستادن شماره من")
    await reza.hears("تأیید شد")


async def test_from_start_to_a_request_by_buttons(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        await linked(reza)
        welcome = await reza.hears("یکی از گزینه‌ها")
        reza.presses("ماشین‌آلات", on=welcome)
        for question, answer in (("کدام ماشین", "لودر"), ("چند ساعت", "۴"), ("چه روزی", "۵"), ("چه ساعتی", "۰۸:۰۰")):
            asked = await reza.hears(question)
            press = reza.presses(answer, on=asked)
            assert await reza.told(press) == ""
        await reza.hears("نشانی محل کار")
        reza.says("خیابان *امام*، کوچه_۴")
        summary = await reza.hears("ثبت شود؟")
        assert "خیابان *امام*، کوچه_۴" in summary.text
        reza.presses("تأیید و ثبت", on=summary)
        await reza.hears("کد رهگیری")
    [request] = await bot.town.requests_of(CITIZEN)
    assert (request.channel, request.fields["place"]) == (bot.link.account.channel, "خیابان *امام*، کوچه_۴")
    assert bot.messenger.unanswered == []


async def test_commands_are_words(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        await linked(reza)
        for command, heard in (
            ("/list", "درخواستی ثبت نشده"),
            ("/menu", "یکی را بزنید"),
            ("/tariff@pishkhan_bot", "تعرفه چه کاری"),
        ):
            reza.says(command)
            await reza.hears(heard)
    named = [one["command"] for one in bot.messenger.profile.commands]
    assert named == ([] if bot.messenger.bale else ["menu", "list", "track", "pay", "tariff"])


async def test_a_photo_and_what_cannot_be_fetched(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        await linked(reza)
        reza.sends_photo(PHOTO)
        await reza.hears("درخواست بازی ندارید که مدرک بخواهد")
        with bot.messenger.failing(Fault("status", 500, method="getFile")):
            reza.sends_file(PHOTO, "a.jpg", "image/jpeg")
            await reza.hears("درخواست بازی ندارید که مدرک بخواهد")
    assert len(bot.messenger.called("getFile")) == 1 + 3


async def test_somebody_elses_contact_and_a_card_are_refused(bot: Bot, reza: Person) -> None:
    sara = Person(bot.messenger, "سارا", "989351112222")
    async with bot.polling():
        reza.starts()
        await reza.hears("شماره همراهتان")
        reza.shares_contact(sara)
        await reza.hears("خود شما نیست")
        reza.shares_card("09351112222", "سارا")
        await reza.hears("خود شما نیست")
    assert bot.town.rows("SELECT count(*) FROM chats WHERE mobile IS NOT NULL") == [(0,)]


async def test_what_was_edited_is_told(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        await linked(reza)
        update = reza.says("راهنما")
        await reza.hears("یکی را بزنید")
        reza.edits(update, ORDER)
        await reza.hears("ویرایش پیام")
    assert await bot.town.requests_of(CITIZEN) == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", 500),
        Fault("status", 502),
        Fault("status", 429, retry_after=1),
        Fault("status", 409),
        Fault("cut_before"),
        Fault("cut_after"),
        Fault("garbage"),
    ],
    ids=lambda one: f"{one.kind}-{one.value}",
)
async def test_after_a_fault_updates_are_asked_for_again(bot: Bot, reza: Person, fault: Fault) -> None:
    bot.messenger.fail_next(fault)
    async with bot.polling():
        reza.starts()
        await reza.hears("شماره همراهتان")
    bot.messenger.fail_next(Fault(fault.kind, fault.value, fault.retry_after, method="getUpdates"))
    async with bot.polling():
        reza.says(ORDER)
        await reza.hears("نخست شماره همراهتان")
    assert bot.town.rows("SELECT count(*) FROM inbox") == [(2,)]


async def test_a_webhook_that_was_left_is_taken_away(bot: Bot, reza: Person) -> None:
    await bot.link.bot.set_webhook("https://elsewhere.example.ir/x")
    async with bot.polling():
        reza.starts()
        await reza.hears("شماره همراهتان")
        await bot.link.bot.set_webhook("https://elsewhere.example.ir/y")
        reza.says("راهنما")
        await reza.hears("شماره همراهتان")
    assert bot.messenger.updates.webhook is None


async def test_an_outage_is_waited_out(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        reza.starts()
        await reza.hears("بدون تأیید شماره")  # the last of the answer: nothing is under way now
        await bot.messenger.stop()
        reza.says("راهنما")
        await bot.messenger.start()
        await reza.hears("بدون تأیید شماره")


class FailingAfter:
    """A store that finds no database for the updates of one chat, until it is mended."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.broken = False

    @asynccontextmanager
    async def open_unit(self, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """Open a unit, or tell that the database does not answer."""
        if self.broken:
            raise Unavailable("database")
        async with self._store.open_unit(write=write) as uow:
            yield uow


async def test_what_could_not_be_kept_is_asked_for_again_and_nothing_is_lost(town: Municipality) -> None:
    failing = FailingAfter(town.store)
    async with FakeBotApi() as messenger, running_bot(town, messenger, receiving=failing) as bot:
        reza = Person(messenger, "رضا")
        async with bot.polling():
            reza.starts()
            await reza.hears("شماره همراهتان")
            failing.broken = True
            update = reza.says("تعرفه لودر ۴ ساعت")
            polls = len(messenger.called("getUpdates"))
            await messenger.until(lambda: len(messenger.called("getUpdates")) > polls + 1, "another poll")
            assert update in messenger.updates.pending, "it is not confirmed"
            failing.broken = False
            await reza.hears("ریال")
            await messenger.until(lambda: not messenger.updates.pending, "the confirmation")
    assert town.rows("SELECT count(*) FROM inbox") == [(2,)]


async def test_an_update_that_nobody_can_read_holds_up_no_other(
    bot: Bot, reza: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async with bot.polling():
        reza.starts()
        await reza.hears("شماره همراهتان")
        bot.messenger.updates.add("message", reza.id, {"message_id": "x", "chat": "none"})
        bot.messenger.updates.add("callback_query", reza.id, {})
        reza.says("تعرفه لودر ۴ ساعت")
        await reza.hears("ریال")
    assert caplog.text.count("cannot be read") == 2


def test_pauses_double_to_a_minute_and_begin_anew() -> None:
    pauses = RetryPauses(lambda: 0.0)
    assert [pauses.next_pause() for _ in range(3)] == [0.5, 1.0, 2.0]
    assert [pauses.next_pause() for _ in range(20)][-1] == LONGEST_PAUSE_SECONDS / 2
    pauses.reset_failures()
    assert pauses.next_pause() == 0.5
