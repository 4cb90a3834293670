"""The relay of a messenger: order in each chat, floods, outages, and what goes by SMS instead, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from channels.relay.relay import LONGEST_DOWN_TIME, Relay, chat_route
from domain.actions.context import ActionContext
from domain.actions.messages.notify import Address, queue_message, queue_reply
from domain.chats.chat import Chat, ChatState
from domain.messages.carriers import SendResult, SendVerdict
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import AttachedPaper, ReplyMarkup
from domain.messages.records import MessageClass, MessageState, OutboxMessage
from domain.settings.policy import Policy
from domain.values.tracking_codes import parse_code
from tests.channels.relay.scripted_carrier import ScriptedCarrier
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality

CHAT, OTHER = "77", "88"
WAIT = SendResult(SendVerdict.RETRY, reason="flood", wait_seconds=7.0, is_uncounted=True, recipient_only=True)
FAULT = SendResult(SendVerdict.RETRY, reason="status_500")
BLOCKED = SendResult(SendVerdict.BLOCKED, reason="blocked")
UNKNOWN = SendResult(SendVerdict.UNKNOWN, reason="timeout")
UNREACHABLE = SendResult(SendVerdict.PROVIDER_DOWN, reason="unreachable", wait_seconds=2.0)


class Bot:
    """A relay over a scripted messenger, whose seconds are the municipality's clock."""

    def __init__(self, town: Municipality) -> None:
        self.town = town
        self.carrier = ScriptedCarrier()
        self.relay = Relay(town.desk, town.store, [self.carrier], self._seconds, chat_route("telegram"))

    def _seconds(self) -> float:
        return self.town.clock.now().timestamp()

    async def link(self, chat_id: str = CHAT, mobile: str = CITIZEN) -> None:
        """Let a chat be that mobile's, which wants its notices there."""
        now = self.town.clock.at
        async with self.town.store.open_unit() as uow:
            await uow.chats.save(Chat("telegram", chat_id, mobile, "آنه", ChatState.ACTIVE, now, now))
            await uow.chats.save_chosen_channel(mobile, "telegram", now)

    async def notify(self, *texts: str, mobile: str = CITIZEN, cls: MessageClass = MessageClass.NOTICE) -> None:
        """Queue notices."""
        for text in texts:
            async with self.town.store.open_unit() as uow:
                await queue_message(
                    ActionContext(self.town.desk, uow), mobile, RenderedMessage("sms.unknown", cls, text)
                )
            self.town.advance(seconds=0.001)

    async def messages(self, channel: str = "telegram") -> list[OutboxMessage]:
        """The outbox, oldest first."""
        async with self.town.store.open_unit(write=False) as uow:
            return [one for one in (await uow.outbox.list_recent(limit=5000))[::-1] if one.channel == channel]


@pytest.fixture
async def bot(town: Municipality) -> Bot:
    """A messenger with one linked chat."""
    made = Bot(town)
    await made.link()
    return made


async def test_what_is_held_keeps_its_order_and_spends_no_try(bot: Bot) -> None:
    bot.carrier.script[CHAT] = [WAIT]
    await bot.notify("یک", "دو")
    await bot.relay.send_due()
    assert bot.carrier.asked == [(CHAT, "یک")], "the second is not even tried"
    await bot.notify("سه")
    await bot.relay.send_due()
    assert bot.carrier.asked == [(CHAT, "یک")], "a newer one does not overtake"
    assert [message.attempts for message in await bot.messages()] == [0, 0, 0]
    bot.town.advance(seconds=7)
    await bot.relay.send_due()
    assert bot.carrier.texts(CHAT) == ["یک", "دو", "سه"]


async def test_a_fault_at_one_chat_holds_that_chat_alone(bot: Bot) -> None:
    await bot.link(OTHER, NEIGHBOUR)
    bot.carrier.script[CHAT] = [FAULT]
    await bot.notify("یک", "دو")
    await bot.notify("همسایه", mobile=NEIGHBOUR)
    await bot.relay.send_due()
    assert bot.carrier.taken == [(OTHER, "همسایه")]
    bot.town.advance(seconds=11)
    await bot.relay.send_due()
    assert bot.carrier.texts(CHAT) == ["یک", "دو"]


async def test_several_chats_told_to_wait_pause_the_line(bot: Bot) -> None:
    chats = {f"9{number}": f"+98912000000{number}" for number in range(3)}
    for chat_id, mobile in chats.items():
        await bot.link(chat_id, mobile)
        bot.carrier.script[chat_id] = [WAIT]
        await bot.notify("یک", mobile=mobile)
    await bot.relay.send_due()
    assert bot.relay.carrier_states[0].rate_bucket.take_parts(1) == pytest.approx(7, abs=0.1)


async def test_an_outage_spends_no_tries_and_asks_seldom(bot: Bot) -> None:
    bot.carrier.down = UNREACHABLE
    await bot.notify("یک", "دو")
    for _ in range(20 * 60):
        await bot.relay.send_due()
        bot.town.advance(seconds=1)
    assert 20 <= len(bot.carrier.asked) <= 30, "two seconds at first, then up to a minute"
    assert [(one.state, one.attempts) for one in await bot.messages()] == [(MessageState.QUEUED, 0)] * 2
    bot.carrier.down = None
    bot.town.advance(seconds=LONGEST_DOWN_TIME.total_seconds())
    await bot.relay.send_due()
    assert bot.carrier.texts(CHAT) == ["یک", "دو"]


async def test_an_outage_of_an_hour_with_a_thousand_notices(bot: Bot) -> None:
    """Those that waited an hour go by SMS, the younger ones into their chats in order; nothing is lost or doubled."""
    bot.carrier.down = UNREACHABLE
    chats = {f"{number}": f"+98913{number:07}" for number in range(100, 200)}
    for chat_id, mobile in chats.items():
        await bot.link(chat_id, mobile)
    async with bot.town.store.open_unit() as uow:
        for number in range(10):
            for mobile in chats.values():
                await queue_message(
                    ActionContext(bot.town.desk, uow),
                    mobile,
                    RenderedMessage("sms.unknown", MessageClass.NOTICE, f"{number}"),
                )
            bot.town.advance(minutes=10 if number == 4 else 0.001)
    for _ in range(51):
        await bot.relay.send_due()
        await bot.relay.expire_messages()
        bot.town.advance(minutes=1)
    bot.carrier.down = None
    bot.town.advance(minutes=1)
    await bot.relay.expire_messages()
    await bot.relay.send_due()
    by_sms = await bot.messages("sms")
    for chat_id, mobile in chats.items():
        assert [one.text for one in by_sms if one.recipient == mobile] == ["0", "1", "2", "3", "4"]
        assert bot.carrier.texts(chat_id) == ["5", "6", "7", "8", "9"]


async def test_without_patience_a_notice_waits_for_its_messenger(bot: Bot) -> None:
    bot.town.desk.engine = replace(bot.town.desk.engine, policy=Policy(messenger_patience=timedelta(0)))
    bot.carrier.down = UNREACHABLE
    await bot.notify("یک")
    bot.town.advance(hours=30)
    await bot.relay.expire_messages()
    assert await bot.messages("sms") == []
    [waiting] = await bot.messages()
    assert waiting.state is MessageState.QUEUED


async def test_a_chat_that_blocks_the_bot_gets_its_texts_by_sms_once(bot: Bot) -> None:
    bot.carrier.script[CHAT] = [BLOCKED, BLOCKED]
    await bot.notify("یک", "دو")
    await bot.relay.send_due()
    await bot.relay.send_due()
    await bot.relay.expire_messages()
    assert [message.state for message in await bot.messages()] == [MessageState.BLOCKED] * 2
    by_sms = await bot.messages("sms")
    assert [(one.recipient, one.text, one.state) for one in by_sms] == [
        (CITIZEN, "یک", MessageState.QUEUED),
        (CITIZEN, "دو", MessageState.QUEUED),
    ]
    await bot.notify("سه")
    assert [one.text for one in await bot.messages("sms")] == ["یک", "دو", "سه"], "it is known to be blocked now"


async def test_what_was_tried_too_often_goes_by_sms(bot: Bot) -> None:
    bot.carrier.script[CHAT] = [FAULT] * 8
    await bot.notify("یک")
    for _ in range(8):
        await bot.relay.send_due()
        bot.town.advance(minutes=15)
    [failed] = await bot.messages()
    assert (failed.state, failed.attempts) == (MessageState.UNDELIVERED, 8)
    assert [one.text for one in await bot.messages("sms")] == ["یک"]


async def test_an_unknown_outcome_is_sent_again_once_before_what_is_behind_it(bot: Bot) -> None:
    bot.carrier.script[CHAT] = [UNKNOWN]
    await bot.notify("یک", "دو")
    await bot.relay.send_due()
    assert bot.carrier.asked == [(CHAT, "یک")], "the second waits behind it"
    bot.town.advance(seconds=11)
    await bot.relay.send_due()
    assert bot.carrier.asked == [(CHAT, "یک"), (CHAT, "یک"), (CHAT, "دو")]
    assert [(one.state, one.resends) for one in await bot.messages()] == [
        (MessageState.SENT, 1),
        (MessageState.SENT, 0),
    ]
    assert await bot.messages("sms") == []


async def test_an_outcome_that_is_unknown_twice_is_left_to_the_staff(bot: Bot) -> None:
    bot.carrier.script[CHAT] = [UNKNOWN, UNKNOWN]
    await bot.notify("یک", "دو")
    for _ in range(5):
        await bot.relay.send_due()
        await bot.relay.reconcile_unknown()
        await bot.relay.expire_messages()
        bot.town.advance(hours=1)
    assert bot.carrier.asked == [(CHAT, "یک"), (CHAT, "یک"), (CHAT, "دو")]
    assert [message.state for message in await bot.messages()] == [MessageState.UNKNOWN, MessageState.SENT]
    assert await bot.messages("sms") == []


async def test_a_question_with_buttons_is_nothing_by_sms(bot: Bot) -> None:
    bot.carrier.script[CHAT] = [BLOCKED, BLOCKED]
    address = Address("telegram", CHAT, CITIZEN)
    async with bot.town.store.open_unit() as uow:
        context = ActionContext(bot.town.desk, uow)
        await queue_reply(context, address, RenderedMessage("sms.choose", MessageClass.REPLY, "کدام؟"))
        paper = ReplyMarkup(paper=AttachedPaper(parse_code("123456786"), "letter"))
        await queue_reply(
            context,
            address,
            RenderedMessage("sms.choose", MessageClass.REPLY, "نامه", markup=paper),
        )
    await bot.relay.send_due()
    assert await bot.messages("sms") == []


async def test_security_codes_always_go_by_sms(bot: Bot) -> None:
    await bot.notify("۱۲۳۴۵۶", cls=MessageClass.SECURITY)
    assert await bot.messages() == []
    assert [one.text for one in await bot.messages("sms")] == ["۱۲۳۴۵۶"]


async def test_opted_out_lines_get_no_reminders_in_their_chats(bot: Bot) -> None:
    await bot.notify("یادآوری", cls=MessageClass.REMINDER)
    async with bot.town.store.open_unit() as uow:
        await uow.lines.save_opt_out(CITIZEN, True, bot.town.clock.at)
    await bot.relay.send_due()
    [stopped] = await bot.messages()
    assert (stopped.state, stopped.reason, bot.carrier.asked) == (MessageState.EXPIRED, "opted_out", [])
