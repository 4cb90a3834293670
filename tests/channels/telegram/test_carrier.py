"""Messages out, over the network: what each answer of the messenger means, and that each text is shown as written."""

import pytest

from domain.actions.context import ActionContext
from domain.actions.messages.notify import Address, queue_reply
from domain.check.texts.bounds import bound_texts
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import AttachedPaper, Button, ReplyMarkup
from domain.messages.records import MessageClass, MessageState, OutboxMessage
from domain.services import SERVICES
from domain.values.errors import NotAllowedNow, Unavailable
from domain.values.reasons import NotAllowedReason
from domain.values.tracking_codes import parse_code
from tests.channels.telegram.running_bot import PDF, Bot, running_bot
from tests.fakes.bot_api import FakeBotApi, Fault, FaultKind
from tests.fakes.bot_people import Person
from tests.fakes.socks_proxy import SocksProxy
from tests.support.municipality import CITIZEN, Municipality

MARKED = "نشانی *خیابان_امام*، `پلاک` [۴](http://a.ir) \\* _۲_ ۱۰٪ (فوری)! #۱ ~الف~"


async def queued(bot: Bot, person: Person, text: str = "سلام", shown: ReplyMarkup | None = None) -> OutboxMessage:
    """Queue a message about a request for that person's chat."""
    address = Address(bot.link.account.channel, str(person.id), CITIZEN)
    async with bot.town.store.open_unit() as uow:
        return await queue_reply(
            ActionContext(bot.town.desk, uow),
            address,
            RenderedMessage("sms.help", MessageClass.NOTICE, text, markup=shown),
        )


async def state(bot: Bot) -> tuple[str, str | None, int]:
    """State, reason and tries of the last message."""
    message = (await bot.outbox())[-1]
    return str(message.state), message.reason, message.attempts


async def test_a_text_is_shown_as_it_was_written(bot: Bot, reza: Person) -> None:
    reza.starts()
    await queued(bot, reza, MARKED)
    await bot.deliver()
    assert [message.text for message in reza.messages] == [MARKED]
    [sent] = await bot.outbox()
    assert sent.state is MessageState.SENT
    assert sent.provider_id == f"{reza.id}:{reza.messages[0].message_id}"
    assert (sent.attempts, sent.cost) == (1, 0)


async def test_every_text_of_ours_is_shown_as_it_was_written(bot: Bot, reza: Person) -> None:
    catalogue = bound_texts(SERVICES, bot.town.desk.catalogue)
    texts = [
        catalogue.render_longest(key) for key in catalogue.list_keys("chat.") if not key.startswith("chat.buttons")
    ]
    texts += [catalogue.render_longest(key) for key in catalogue.list_keys("in_chat.")]
    reza.starts()
    for text in texts:
        await queued(bot, reza, text)
    await bot.deliver()
    assert sorted(message.text for message in reza.messages) == sorted(texts)


async def test_buttons_and_the_wish_for_the_number(bot: Bot, reza: Person) -> None:
    reza.starts()
    rows = ((Button("الف", "12345678:1"), Button("ب", "12345678:2")), (Button("منو", ":!menu"),))
    await queued(bot, reza, shown=ReplyMarkup(rows))
    await bot.deliver()
    assert reza.messages[-1].labels == ["الف", "ب", "منو"]
    assert reza.messages[-1].buttons["ب"]["callback_data"] == "12345678:2"
    await queued(bot, reza, shown=ReplyMarkup(contact_label="شماره من"))
    await bot.deliver()
    assert reza.messages[-1].buttons["شماره من"]["request_contact"] is True
    await queued(bot, reza, shown=ReplyMarkup(clears_keyboard=True))
    await bot.deliver()
    assert reza.messages[-1].markup == {"remove_keyboard": True}


async def test_a_paper_is_sent_as_a_file(bot: Bot, reza: Person) -> None:
    reza.starts()
    await queued(bot, reza, "نامه *شما*", ReplyMarkup(paper=AttachedPaper(parse_code("123456786"), "letter")))
    await bot.deliver()
    [message] = reza.messages
    assert message.document is not None
    assert (message.text, message.document.name, message.document.content) == (
        "نامه *شما*",
        "letter-123456786.pdf",
        PDF,
    )


async def test_a_paper_that_cannot_be_printed(bot: Bot, reza: Person) -> None:
    reza.starts()
    paper = ReplyMarkup(paper=AttachedPaper(parse_code("123456786"), "letter"))
    bot.unprinted.append(Unavailable("printer"))
    await queued(bot, reza, shown=paper)
    await bot.deliver()
    assert await state(bot) == ("queued", "printer", 1)
    bot.town.advance(seconds=20)
    bot.unprinted.append(NotAllowedNow("printout", NotAllowedReason.PAPER_VOID))
    await bot.deliver()
    assert await state(bot) == ("undelivered", "not_allowed_now", 2)
    assert bot.messenger.called("sendDocument") == []


@pytest.mark.parametrize(
    ("fault", "means"),
    [
        (Fault("status", 401, method="sendMessage"), ("queued", "token", 0)),
        (Fault("status", 403, method="sendMessage"), ("blocked", "blocked", 1)),
        (Fault("status", 429, retry_after=3, method="sendMessage"), ("queued", "flood", 0)),
        (Fault("status", 400, method="sendMessage"), ("undelivered", "bad_request", 1)),
        (Fault("status", 500, method="sendMessage"), ("queued", "status_500", 1)),
        (Fault("status", 502, method="sendMessage"), ("queued", "status_502", 0)),
        (Fault("status", 504, method="sendMessage"), ("queued", "timeout", 1)),
        (Fault("slow", 3, method="sendMessage"), ("queued", "timeout", 1)),
        (Fault("cut_before", method="sendMessage"), ("queued", "cut", 1)),
        (Fault("cut_after", method="sendMessage"), ("queued", "cut", 1)),
        (Fault("garbage", method="sendMessage"), ("queued", "unreadable", 1)),
    ],
    ids=lambda one: f"{one.kind}-{one.value}" if isinstance(one, Fault) else "",
)
async def test_what_an_answer_means(
    bot: Bot, reza: Person, fault: Fault, means: tuple[str, str, int], caplog: pytest.LogCaptureFixture
) -> None:
    reza.starts()
    bot.messenger.fail_next(fault)
    await queued(bot, reza)
    await bot.deliver()
    assert await state(bot) == means
    assert len(bot.messenger.called("sendMessage")) == 1
    assert bot.link.account.bot_token not in caplog.text


@pytest.mark.parametrize(("kind", "arrives"), [("cut_before", 1), ("cut_after", 2)])
async def test_without_an_answer_it_is_sent_again_once(bot: Bot, reza: Person, kind: FaultKind, arrives: int) -> None:
    reza.starts()
    bot.messenger.fail_next(Fault(kind, method="sendMessage"))
    await queued(bot, reza)
    await bot.deliver()
    bot.town.advance(seconds=11)
    await bot.deliver()
    assert await state(bot) == ("sent", None, 2)
    assert len(reza.messages) == arrives, "twice is harmless, never is not"


async def test_a_chat_that_is_gone_or_was_never_begun(bot: Bot, reza: Person) -> None:
    await queued(bot, reza)
    await bot.deliver()
    assert await state(bot) == ("blocked", "vanished", 1)
    reza.starts()
    reza.leaves()
    await queued(bot, reza)
    await bot.deliver()
    assert await state(bot) == ("blocked", "blocked", 1)
    assert [one.channel for one in await bot.town.sent(CITIZEN)].count("sms") == 2


async def test_nothing_is_sent_while_it_cannot_be_reached_and_no_try_is_spent(bot: Bot, reza: Person) -> None:
    reza.starts()
    await bot.messenger.stop()
    await queued(bot, reza)
    await bot.deliver()
    assert await state(bot) == ("queued", "unreachable", 0)
    await bot.messenger.start()
    bot.town.advance(seconds=2)
    await bot.deliver()
    assert await state(bot) == ("sent", None, 1)
    assert len(reza.messages) == 1


async def test_a_messenger_that_says_nothing_swallows_one_message_and_not_all(bot: Bot, reza: Person) -> None:
    reza.starts()
    for number in range(5):
        await queued(bot, reza, f"{number}")
    with bot.messenger.failing(Fault("slow", 30)):
        await bot.deliver()
        bot.town.advance(seconds=11)
        await bot.deliver()
    states = [str(message.state) for message in await bot.outbox()]
    assert states == ["queued"] * 5
    assert len(bot.messenger.called("sendMessage")) == 1
    assert len(bot.messenger.called("getMe")) == 1, "a harmless call is asked first"
    bot.town.advance(seconds=60)
    await bot.deliver()
    assert [message.text for message in reza.messages] == ["0", *"01234"], "what was taken without an answer came twice"


async def test_through_a_socks_proxy(town: Municipality) -> None:
    async with FakeBotApi() as messenger, SocksProxy() as proxy, running_bot(town, messenger, proxy=proxy.url) as bot:
        person = Person(messenger, "رضا")
        person.starts()
        await queued(bot, person)
        await bot.deliver()
        assert [message.text for message in person.messages] == ["سلام"]
        assert proxy.led
    async with FakeBotApi() as messenger, running_bot(town, messenger, proxy="socks5://127.0.0.1:1") as bot:
        person = Person(messenger, "رضا")
        person.starts()
        await queued(bot, person)
        await bot.deliver()
        assert (await state(bot))[:2] == ("queued", "unreachable")
        assert messenger.calls == []
