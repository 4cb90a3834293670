"""One update from a chat that has proved its mobile: read as what it is, done, and answered with words and buttons."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from domain.actions.conversations import commands
from domain.actions.conversations.chat_papers import ask_for_paper, print_paper, stop_waiting, take_file
from domain.actions.conversations.chat_view import question, shown_with
from domain.actions.conversations.commands import CommandReply, Talk
from domain.actions.conversations.converse import Reply, asked_again, converse, keep, running, talk_on
from domain.actions.conversations.driver_menu import menu_of_drivers, own_record, whole_menu
from domain.actions.desk import Desk
from domain.actions.messages.notify import SMS, Address
from domain.actions.requests.act import own_or_not_found
from domain.chats.chat import Began, Came, Edited, Pressed, SentFile, Wrote
from domain.conversation.buttons.answers import Answer, Verb, read_answer, turn_of
from domain.conversation.buttons.menus import back_to_menu, where_notices_go
from domain.conversation.command_fields import CODE, MENU, PAPERS
from domain.conversation.dialogue import CONFIRM
from domain.conversation.frames import Dialogue, Frame
from domain.messages.keyboards import ReplyMarkup
from domain.messages.ports import Stored
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.errors import DomainError, UnknownKind
from domain.values.text import shown

TRACK = "track_"
"""What the payload of a link to a request begins with."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message of an answer."""

    said: CommandReply
    shown: ReplyMarkup = field(default_factory=ReplyMarkup)


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """What an update came to: what was understood, what is said, and what the pressed button is told (`toast`)."""

    intent: str
    spoken: tuple[Spoken, ...] = ()
    toast: str | None = None


async def take(desk: Desk, uow: UnitOfWork, line: Address, came: Came, stored: Stored | None) -> ChatTurn:
    """Do what an update asks, inside the caller's unit of work. `stored` is the dialogue of this chat."""
    talk = talk_on(desk, uow, line)
    match came:
        case Wrote(text=text):
            return await _text(talk, line, text, stored)
        case Began(payload=payload):
            return await _began(talk, line, payload, stored)
        case Pressed(data=data):
            return await _pressed(talk, line, read_answer(data), stored)
        case SentFile():
            return await _file(talk, line, came, stored)
        case Edited():
            return ChatTurn("edited", (Spoken(talk.say("chat.edited")),))
    return ChatTurn("unreadable", (Spoken(talk.say("chat.unreadable"), ReplyMarkup(back_to_menu(talk.text))),))


async def greeting(talk: Talk) -> Spoken:
    """Return the welcome with the whole menu."""
    return Spoken(talk.say("chat.welcome"), ReplyMarkup(await whole_menu(talk)))


async def _text(talk: Talk, line: Address, text: str, stored: Stored | None, *, command: bool = False) -> ChatTurn:
    reply = await converse(talk.desk, talk.uow, line, text, stored, command=command)
    answer = Spoken(reply.said, await shown_with(talk, reply))
    return ChatTurn(reply.intent, (answer, *(() if reply.asks else await _waiting(talk, reply.dialogue))))


async def _waiting(talk: Talk, dialogue: Dialogue) -> tuple[Spoken, ...]:
    """Ask again what a form waits with, in a message of its own: its buttons stand under no other text.

    A list that was left is not shown again: what is done with a request has buttons of its own.
    """
    top = dialogue.top
    if top is None or top.asked in {None, CODE.name} or top.intent == MENU:
        return ()
    return await _again(talk, dialogue)


async def _began(talk: Talk, line: Address, payload: str, stored: Stored | None) -> ChatTurn:
    if payload.startswith(TRACK):
        return await _text(talk, line, tracked(payload), stored, command=True)
    return ChatTurn("start", (await greeting(talk),))


def tracked(payload: str) -> str:
    """Return a link's payload as the command that it stands for."""
    return f"پیگیری {payload.removeprefix(TRACK)}"


async def _pressed(talk: Talk, line: Address, answer: Answer, stored: Stored | None) -> ChatTurn:
    if answer.call:
        return await _called(talk, line, answer.call, stored)
    if not answer.turn:
        return await _text(talk, line, answer.text, stored, command=True)
    dialogue = running(talk.desk, stored)
    if answer.turn != turn_of(dialogue.as_json()):
        return await _stale(talk, line, dialogue, stored)
    if answer.page is None:
        return await _text(talk, line, answer.text, stored)
    if not answer.page:
        return ChatTurn("page")  # a cell of the calendar that means nothing
    return ChatTurn("page", await _kept_again(talk, line, dialogue, answer.page))


async def _stale(talk: Talk, line: Address, dialogue: Dialogue, stored: Stored | None) -> ChatTurn:
    """Say that a button's question is over, and show the one that waits now, if there is one."""
    over = stored is not None and stored[0].get("frames") and dialogue.top is None
    toast = talk.text("errors.expired_dialogue" if over else "chat.toasts.stale")
    return ChatTurn("stale", await _kept_again(talk, line, dialogue), toast)


async def _kept_again(talk: Talk, line: Address, dialogue: Dialogue, page: str | None = None) -> tuple[Spoken, ...]:
    before = dialogue.as_json()
    spoken = await _again(talk, dialogue, page)
    await keep(talk, line, dialogue, before)
    return spoken


async def _again(talk: Talk, dialogue: Dialogue, page: str | None = None) -> tuple[Spoken, ...]:
    reply = await asked_again(talk, dialogue)
    return (Spoken(reply.said, await shown_with(talk, reply, page)),) if reply else ()


async def _file(talk: Talk, line: Address, file: SentFile, stored: Stored | None) -> ChatTurn:
    dialogue = running(talk.desk, stored)
    before = dialogue.as_json()
    try:
        said, rows = await take_file(talk, dialogue, file)
    except DomainError as error:
        said, rows = talk.say_error(error), ()
    if file.caption:  # nothing that is sent is dropped without a word
        said = replace(said, text=f"{said.text}\n{talk.text('chat.caption')}")
    await keep(talk, line, dialogue, before)
    if dialogue.top is not None and dialogue.top.intent == PAPERS:
        return ChatTurn("file", (Spoken(said, ReplyMarkup((*rows, *question(talk, dialogue)))),))
    return ChatTurn(
        "file", (Spoken(said, ReplyMarkup(rows or back_to_menu(talk.text))), *await _waiting(talk, dialogue))
    )


async def _called(talk: Talk, line: Address, call: tuple[str, ...], stored: Stored | None) -> ChatTurn:
    """Do what only buttons can; an unknown verb is of a message of ours that is older than this code."""
    verb, what, more = (*call, "", "")[:3]
    dialogue = running(talk.desk, stored)
    before = dialogue.as_json()
    try:
        spoken = await _VERBS[Verb(verb)](talk, dialogue, what, more) if verb in {*Verb} else None
    except DomainError as error:
        spoken = Spoken(talk.say_error(error), ReplyMarkup(back_to_menu(talk.text)))
    await keep(talk, line, dialogue, before)
    if spoken is None:
        return ChatTurn("stale", toast=talk.text("chat.toasts.stale"))
    return ChatTurn(verb, (spoken, *(await _waiting(talk, dialogue) if verb == Verb.DONE else ())))


async def _menu(talk: Talk, dialogue: Dialogue, _what: str, _more: str) -> Spoken:
    return Spoken(talk.say("sms.help", menu=""), ReplyMarkup(await whole_menu(talk)))


async def _give_up(talk: Talk, dialogue: Dialogue, code: str, _more: str) -> Spoken:
    """Ask whether a request is really to be cancelled: a finger slips more easily than a text is written."""
    request = await talk.uow.requests.by_code(tracking_codes.parse(code))
    own_or_not_found(request, talk.actor)
    dialogue.frames = [one for one in dialogue.frames if one.intent != "cancel"]
    dialogue.frames.append(Frame("cancel", {"code": request.code}, asked=CONFIRM, one_shot=False))
    return Spoken(talk.say_about(request, "sms.offer.cancel"), ReplyMarkup(question(talk, dialogue)))


async def _papers(talk: Talk, dialogue: Dialogue, code: str, paper: str) -> Spoken:
    said, rows = await ask_for_paper(talk, dialogue, code, paper or None)
    return Spoken(said, ReplyMarkup(rows or question(talk, dialogue)))


async def _done(talk: Talk, dialogue: Dialogue, code: str, _more: str) -> Spoken:
    """Wait for no further file, and say where the request stands."""
    stop_waiting(dialogue)
    said = await commands.track_code(talk, {"code": code})
    return Spoken(said, await shown_with(talk, Reply(said, "track", dialogue)))


async def _print(talk: Talk, dialogue: Dialogue, code: str, kind: str) -> Spoken:
    return Spoken(*await print_paper(talk, code, kind))


async def _notices(talk: Talk, dialogue: Dialogue, wish: str, _more: str) -> Spoken:
    """Ask where notices shall go, or take the answer."""
    mobile, now = talk.actor.ident, talk.desk.clock.now()
    linked = dict.fromkeys(way.channel for way in await talk.uow.chats.ways_to(mobile, None))
    channels = (SMS, *linked)
    if not wish:
        rows = where_notices_go(talk.text, channels, await talk.uow.chats.chosen(mobile))
        return Spoken(talk.say("chat.notices"), ReplyMarkup((*rows, *back_to_menu(talk.text))))
    if wish not in {*channels, "each"}:
        raise UnknownKind("channel", detail="choice", given=shown(wish)[:30])
    await talk.uow.chats.choose(mobile, None if wish == "each" else wish, now)
    name = talk.text("chat.buttons.each" if wish == "each" else f"chat.channels.{wish}")
    return Spoken(talk.say("chat.notices_set", channel=name), ReplyMarkup(back_to_menu(talk.text)))


async def _driver(talk: Talk, dialogue: Dialogue, _what: str, _more: str) -> Spoken:
    said, rows = menu_of_drivers(talk)
    return Spoken(said, ReplyMarkup(rows))


async def _record(talk: Talk, dialogue: Dialogue, _what: str, _more: str) -> Spoken:
    return Spoken(await own_record(talk), ReplyMarkup(back_to_menu(talk.text)))


_VERBS: Mapping[Verb, Callable[[Talk, Dialogue, str, str], Awaitable[Spoken]]] = {
    Verb.MENU: _menu,
    Verb.GIVE_UP: _give_up,
    Verb.PAPERS: _papers,
    Verb.DONE: _done,
    Verb.PRINT: _print,
    Verb.NOTICES: _notices,
    Verb.DRIVER: _driver,
    Verb.RECORD: _record,
}
