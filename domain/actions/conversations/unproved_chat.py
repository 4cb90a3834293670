"""A chat that has proved no mobile yet: what services are and cost can be read; all else waits until one is proved.

What the person wanted is kept for a day, and done once the mobile is proved.
"""

from datetime import timedelta

from domain.actions.conversations import commands
from domain.actions.conversations.chat_turn import TRACK, ChatTurn, Spoken, greeting, take, tracked
from domain.actions.conversations.commands import CommandReply, Talk
from domain.actions.conversations.converse import talk_on
from domain.actions.conversations.proving import check_code, code_in, link, own_mobile, send_code
from domain.actions.desk import Desk
from domain.actions.messages.notify import Address
from domain.chats.chat import Began, Came, Chat, Edited, Pressed, SharedContact, Wrote
from domain.conversation.buttons.answers import read_answer
from domain.conversation.buttons.menus import PUBLIC, back_to_menu, public_menu
from domain.conversation.grammar import UNKNOWN
from domain.messages.keyboards import ReplyMarkup
from domain.messages.ports import Stored
from domain.unit_of_work import UnitOfWork
from domain.values import identifiers
from domain.values.errors import DomainError, InvalidField, MobileNotVerified
from domain.values.identifiers import mobile_shown
from domain.values.text import persian_digits

WAITS = timedelta(days=1)
AFTER = "after"
"""Where the chat's dialogue keeps what is to be done once the mobile is proved."""


async def at_door(desk: Desk, uow: UnitOfWork, chat: Chat, came: Came, stored: Stored | None) -> ChatTurn:
    """Answer an update, and prove the mobile where it does; inside the caller's unit of work."""
    talk = talk_on(desk, uow, Address(chat.channel, chat.chat_id))
    if isinstance(came, SharedContact):
        return await by_contact(talk, chat, came, stored)
    if isinstance(came, Edited):
        return ChatTurn("edited", (Spoken(talk.say("chat.edited")),))
    text = _text_of(came)
    if isinstance(came, Wrote) and (turn := await _by_code(talk, chat, text, stored)):
        return turn
    return await _public(talk, text) or await _later(talk, chat, text, stored)


async def by_contact(talk: Talk, chat: Chat, contact: SharedContact, stored: Stored | None) -> ChatTurn:
    """Prove the mobile of a shared contact: the messenger says whether it is the sender's own."""
    try:
        mobile = own_mobile(contact.phone, contact.own)
    except MobileNotVerified as error:
        shown = ReplyMarkup(back_to_menu(talk.text)) if chat.mobile else _sharing(talk)
        return ChatTurn("contact", (Spoken(talk.say_error(error), shown),))
    return await _proved(talk, chat, mobile, stored)


async def _by_code(talk: Talk, chat: Chat, text: str, stored: Stored | None) -> ChatTurn | None:
    """Send a code to a mobile that was written, or look at a code that was; None for any other text.

    A command is one even with six digits in it: it is not taken for the code.
    """
    try:
        mobile = identifiers.mobile(text)
    except InvalidField:
        mobile = None
    if mobile:
        return ChatTurn("mobile", (await _send(talk, chat, mobile),))
    code = code_in(text)
    if code is None or _is_command(talk, text) or not await talk.uow.mobile_proofs.of(chat.channel, chat.chat_id):
        return None
    found = await check_code(talk.desk, talk.uow, chat.channel, chat.chat_id, code)
    if isinstance(found, MobileNotVerified):
        return ChatTurn("code", (Spoken(talk.say_error(found)),))
    return await _proved(talk, chat, found, stored)


async def _send(talk: Talk, chat: Chat, mobile: str) -> Spoken:
    try:
        async with talk.uow.attempt():
            await send_code(talk.desk, talk.uow, chat.channel, chat.chat_id, mobile)
    except DomainError as error:
        return Spoken(talk.say_error(error), _sharing(talk))
    return Spoken(talk.say("chat.code_sent", mobile=_shown(mobile)))


async def _proved(talk: Talk, chat: Chat, mobile: str, stored: Stored | None) -> ChatTurn:
    """Link the chat, then do what was wanted before, or welcome."""
    after = _kept(talk, stored)
    await link(talk.desk, talk.uow, chat, mobile)
    await talk.uow.dialogues.drop(chat.channel, chat.chat_id)
    line = Address(chat.channel, chat.chat_id, mobile)
    proved = Spoken(talk.say("chat.proved", mobile=_shown(mobile)), ReplyMarkup(cleared=True))
    if after is None:
        return ChatTurn("proved", (proved, await greeting(talk_on(talk.desk, talk.uow, line))))
    turn = await take(talk.desk, talk.uow, line, Wrote(after), None)
    return ChatTurn(turn.intent, (proved, *turn.spoken))


async def _public(talk: Talk, text: str) -> ChatTurn | None:
    """Answer what anybody may ask: help, what a service is, prices; None for anything else."""
    parsed = talk.desk.grammar.parse(text, talk.desk.clock.now())
    if not text or (parsed.intent == "help" and "service" not in parsed.slots):
        return ChatTurn("help", (Spoken(_door(talk), _sharing(talk)), _may_read(talk)))
    if parsed.intent == "help":
        return ChatTurn("help", (Spoken(await commands.explain(talk, parsed.slots), _reading(talk)),))
    if parsed.intent not in PUBLIC:
        return None
    try:
        said = await commands.tariff(talk, parsed.slots) if parsed.slots else talk.say("ask.tariff")
    except DomainError as error:
        said = talk.say_error(error)
    return ChatTurn(parsed.intent, (Spoken(said, _reading(talk)),))


def _is_command(talk: Talk, text: str) -> bool:
    return talk.desk.grammar.parse(text, talk.desk.clock.now()).intent != UNKNOWN


async def _later(talk: Talk, chat: Chat, text: str, stored: Stored | None) -> ChatTurn:
    """Keep what is wanted for later; what calls no command does not take the place of what does."""
    kept = _kept(talk, stored)
    if kept is None or _is_command(talk, text) or not _is_command(talk, kept):
        until = talk.desk.clock.now() + WAITS
        await talk.uow.dialogues.store(chat.channel, chat.chat_id, {"frames": [], AFTER: text}, until)
    return ChatTurn("mobile_not_verified", (Spoken(talk.say("chat.prove_first", label=_label(talk)), _sharing(talk)),))


def _text_of(came: Came) -> str:
    """Return what an update says; empty for what only greets."""
    match came:
        case Wrote(text=text):
            return text
        case Began(payload=payload) if payload.startswith(TRACK):
            return tracked(payload)
        case Pressed(data=data):
            answer = read_answer(data)
            return "" if answer.turn or answer.call else answer.text
    return ""


def _kept(talk: Talk, stored: Stored | None) -> str | None:
    if stored is None or stored[1] <= talk.desk.clock.now():
        return None
    return stored[0].get(AFTER)


def _door(talk: Talk) -> CommandReply:
    return talk.say("chat.door", label=_label(talk))


def _sharing(talk: Talk) -> ReplyMarkup:
    return ReplyMarkup(contact=_label(talk))


def _label(talk: Talk) -> str:
    return talk.text("chat.share")


def _may_read(talk: Talk) -> Spoken:
    return Spoken(talk.say("chat.public"), _reading(talk))


def _reading(talk: Talk) -> ReplyMarkup:
    return ReplyMarkup(public_menu(talk.conversation, talk.text))


def _shown(mobile: str) -> str:
    return persian_digits(mobile_shown(mobile))
