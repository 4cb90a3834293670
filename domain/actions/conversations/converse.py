"""One text of a citizen, read in its dialogue and done: the reply is returned, the dialogue is kept for the next
text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from domain.actions.conversations import commands
from domain.actions.conversations.commands import CommandReply, Talk
from domain.actions.conversations.same_request import same_request
from domain.actions.desk import Desk
from domain.actions.messages.notify import Address
from domain.conversation.command_fields import MENU
from domain.conversation.dialogue import CONFIRM, Conversation
from domain.conversation.frames import SAID, Ask, Dialogue, Frame, Left, OptOut, Perform, Refused, Step, Unknown
from domain.fields.types import Day, FieldType, HourOfDay
from domain.messages.catalogue import JOINED_PARTS, joined
from domain.messages.ports import Stored
from domain.parsing.answers import read_number
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.errors import (
    DomainError,
    Doubt,
    ExpiredDialogue,
    InvalidField,
    MissingField,
    UnknownKind,
    Unsupported,
)
from domain.values.text import fold, persian_digits

REMEMBERED = timedelta(hours=24)
"""How long after its end a dialogue is still known, so that a late answer is told that it came too late."""


OFFERED, REFUSED = "offered", "refused"
"""What stands for the intent of a text that was answered with an offer, or that nothing is done for."""

LATE_ANSWERS = frozenset({"confirm", "deny"})
"""Intents of words that answer a summary, when they stand alone."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: the text with its key and request, what was understood, and where the dialogue stands now.

    `asks`: the text ends with the question that the dialogue waits with.
    """

    said: CommandReply
    intent: str
    dialogue: Dialogue = field(default_factory=Dialogue)
    asks: bool = False


@dataclass(frozen=True, slots=True)
class _Late:
    """A question whose time is over: the frame that asked it last, and when that was."""

    asked: Frame
    at: datetime

    def takes(self, number: int) -> bool:
        """Tell whether a bare number would have answered it."""
        most = 2 if self.asked.asked == CONFIRM else len(self.asked.options)
        return number <= most or not most

    def takes_text(self, text: str) -> bool:
        """Tell whether a text is a bare number that would have answered it."""
        try:
            return self.takes(read_number(text))
        except InvalidField:
            return False


async def converse(
    desk: Desk, uow: UnitOfWork, line: Address, text: str, stored: Stored | None, *, command: bool = False
) -> Reply:
    """Read one text from a line that has a proved mobile and do what it asks, inside the caller's unit of work.

    `stored` is the dialogue of this line, as `uow.dialogues.load` gives it. A `command` answers no question, whatever
    is asked: it is a button that stands for itself.
    """
    talk = talk_on(desk, uow, line)
    dialogue, late = _read(desk, stored)
    before = dialogue.as_json()
    reply = await _turn(talk, dialogue, text, late, command=command)
    if reply.said.then:
        dialogue.frames.append(reply.said.then)
    await keep(talk, line, dialogue, before)
    return replace(reply, dialogue=dialogue, asks=reply.asks or reply.said.then is not None)


def talk_on(desk: Desk, uow: UnitOfWork, line: Address) -> Talk:
    """Return a turn of a conversation on a line: the citizen is the one whose mobile it has."""
    mobile = line.mobile or line.recipient
    actor = Actor(frozenset({Role.CITIZEN}), "citizen", mobile, line.channel)
    return Talk(desk, uow, actor, Conversation(desk.grammar, desk.services, line.channel))


def running(desk: Desk, stored: Stored | None) -> Dialogue:
    """Return the dialogue that goes on now."""
    return _read(desk, stored)[0]


async def asked_again(talk: Talk, dialogue: Dialogue) -> Reply | None:
    """Return the question that a dialogue waits with; None when it waits for nothing."""
    frame = dialogue.top
    if frame is None or frame.asked is None or talk.conversation.outdated(frame):
        return None
    return replace(await _ask(talk, dialogue, Ask(frame)), dialogue=dialogue)


async def _turn(talk: Talk, dialogue: Dialogue, text: str, late: _Late | None, *, command: bool) -> Reply:
    read = talk.conversation.command if command else talk.conversation.read
    try:
        step = read(dialogue, text, talk.desk.clock.now())
    except DomainError as error:
        return Reply(talk.say_error(error), "track")
    if isinstance(step, Unknown):
        return await _unknown(talk, dialogue, step, text, late)
    if late and isinstance(step, OptOut) and late.takes_text(text):
        return Reply(talk.say_error(ExpiredDialogue(detail="number")), "unknown")
    if late and isinstance(step, Ask) and step.frame.intent in LATE_ANSWERS and not step.frame.slots:
        dialogue.frames.clear()
        return Reply(talk.say_error(ExpiredDialogue()), "unknown")
    reply = await _take(talk, dialogue, step)
    return _with_waiting_question(talk, dialogue, step, reply)


async def _take(talk: Talk, dialogue: Dialogue, step: Step) -> Reply:
    if isinstance(step, Ask | Perform):
        frame = step.frame
        try:
            step = await _filled(talk, dialogue, step)
        except DomainError as error:
            return await _wrong(talk, dialogue, frame, error)
    match step:
        case Ask():
            return await _ask(talk, dialogue, step)
        case Perform():
            return await _perform(talk, dialogue, step.frame)
        case OptOut():
            return Reply(await commands.opt_out(talk, stopped=step.stopped), "opt_out" if step.stopped else "opt_in")
        case Left() | Refused() | Unknown():
            return _nothing_done(talk, step)


def _nothing_done(talk: Talk, step: Left | Refused | Unknown) -> Reply:
    match step:
        case Left():
            return Reply(_left(talk, step), "exit")
        case Refused():
            return Reply(talk.say("sms.refused"), REFUSED)
        case Unknown():
            return Reply(talk.say("sms.unknown"), "unknown")


def _left(talk: Talk, step: Left) -> CommandReply:
    """Say what leaving comes to: of a request that was not ended after all, that it stands."""
    kept = f"sms.kept.{step.intent}"
    if kept in talk.desk.catalogue:
        return talk.say(kept)
    return talk.say("sms.left" if step.left else "sms.nothing_to_leave")


async def _filled(talk: Talk, dialogue: Dialogue, step: Ask | Perform) -> Step:
    """Add to a form what the registries know, so that it is not asked; offer what they leave open as a menu.

    What they know from the start counts as said: a form that is complete by it needs no summary.
    """
    frame = step.frame
    found = talk.conversation.keyword(frame.intent)
    if found is None or found[0].fill is None:
        return step
    known = await found[0].fill(talk.uow, talk.actor.ident, frame.said)
    before, said = set(frame.slots), frame.said
    frame.by_fill = [name for name in known.values if name not in said]
    frame.slots = {**known.values, **said}
    if isinstance(step, Ask) and set(frame.slots) != before and frame.asked != CONFIRM:
        frame.one_shot, frame.asked = frame.one_shot or not frame.filled, None
        step = talk.conversation.go_on(dialogue, step.problem)  # type: ignore[assignment]  # an Ask or a Perform
    frame.filled = True
    frame.options = list(known.choices.get(str(frame.asked), frame.options))
    return step


async def _perform(talk: Talk, dialogue: Dialogue, frame: Frame) -> Reply:
    """Do it; when a field turns out to be wrong only now, ask for that field again instead of losing the rest."""
    if frame.intent == "help" and "service" not in frame.slots:
        return await _menu(talk, dialogue, "sms.help", list(talk.conversation.main_menu()), "help")
    if frame.asked != CONFIRM and await commands.asked_first(talk, frame.intent, frame.slots):
        frame.plain = False
        dialogue.frames.append(frame)
        return await _take(talk, dialogue, talk.conversation.go_on(dialogue))
    if same := await same_request(talk, frame):
        frame.plain, frame.asked, frame.same_as = False, None, same.code
        dialogue.frames.append(frame)
        return await _take(talk, dialogue, talk.conversation.go_on(dialogue))
    try:
        return Reply(await _done(talk, frame), frame.intent)
    except (InvalidField, MissingField, UnknownKind) as error:
        return await _wrong(talk, dialogue, frame, error)
    except DomainError as error:
        return Reply(talk.say_error(error), frame.intent)


async def _wrong(talk: Talk, dialogue: Dialogue, frame: Frame, error: DomainError) -> Reply:
    """Ask again for the field that is wrong; when it is none that people are asked for, say so and leave the form."""
    again = talk.conversation.ask_again(dialogue, frame, error)
    if again:
        return await _ask(talk, dialogue, again)
    if dialogue.top is frame:
        dialogue.frames.pop()
    return Reply(talk.say_error(error), frame.intent)


async def _done(talk: Talk, frame: Frame) -> CommandReply:
    """Run the intent. What it wrote is undone when it fails, but for the counting of guesses by those that only
    look.
    """
    if not talk.conversation.offered(frame.intent):
        raise Unsupported(detail="service_by_sms")
    if frame.intent in commands.ONLY_LOOKING:
        return await commands.COMMANDS[frame.intent](talk, frame.slots)
    async with talk.uow.attempt():
        if talk.conversation.keyword(frame.intent):
            return await commands.submit_form(talk, frame)
        if found := talk.conversation.lookup(frame.intent):
            return await commands.answer(talk, found[0], found[1], frame.slots)
        return await commands.COMMANDS[frame.intent](talk, frame.slots)


async def _ask(talk: Talk, dialogue: Dialogue, step: Ask) -> Reply:
    frame = step.frame
    if frame.asked != CONFIRM:
        frame.same_as = None
    else:
        return Reply(_prefixed(talk, step, _summary(talk, frame)), frame.intent, asks=True)
    if frame.asked == "code":
        if frame.intent == "pay" and step.problem is None and (bills := await commands.all_bills(talk)):
            dialogue.frames.pop()
            return Reply(bills, frame.intent)
        offered = await commands.own_codes(talk, frame.intent)
        if not offered:
            dialogue.frames.pop()
            said = talk.say_error(step.problem) if step.problem else talk.say(f"sms.none_to.{frame.intent}")
            return Reply(said, frame.intent)
        if len(offered) == 1 and step.problem is None and frame.intent in commands.ONLY_ONE_IS_MEANT:
            frame.slots["code"] = offered[0].code
            return await _take(talk, dialogue, talk.conversation.go_on(dialogue))
        offer, number = commands.offer(talk, frame.intent, offered)
        frame.options = [one.code for one in offered[:number]]
        return Reply(_prefixed(talk, step, offer), frame.intent, asks=True)
    return Reply(_prefixed(talk, step, _question(talk, frame)), frame.intent, asks=True)


def _question(talk: Talk, frame: Frame) -> CommandReply:
    if frame.intent == MENU:
        return talk.say("sms.choose", menu=talk.numbered(frame.options, "intents"))
    found = talk.conversation.keyword(frame.intent) or talk.conversation.lookup(frame.intent)
    name = f"{frame.asked}_{frame.gap}" if frame.gap else f"{frame.asked}"
    key = f"services.{found[0].key}.fields.{name}.prompt" if found else f"ask.{name}"
    if frame.intent == "tariff":
        key = "ask.tariff"
    if frame.options and isinstance(_asked_type(talk, frame), Day | HourOfDay):
        kind = _asked_type(talk, frame)
        return talk.say("sms.which_value", menu=talk.menu([kind.name_of(one, talk.text) for one in frame.options]))
    if frame.options:
        chosen = f"{key.removesuffix('.prompt')}.choose"
        key = chosen if chosen in talk.desk.catalogue else key
        kind = _asked_type(talk, frame)
        return talk.say(key, menu=talk.menu([kind.name_of(one, talk.text) for one in frame.options]))
    return talk.say(key)


def _asked_type(talk: Talk, frame: Frame) -> FieldType:
    return next(one.type for one in talk.conversation.form(frame.intent) if one.name == frame.asked)


def _summary(talk: Talk, frame: Frame) -> CommandReply:
    found = talk.conversation.keyword(frame.intent)
    if frame.same_as:
        return talk.say("chat.same", code=talk.desk.wording.code(frame.same_as))
    if found is None:
        said = {name: persian_digits(str(value)) for name, value in frame.slots.items() if name != "code"}
        code = talk.desk.wording.code(frame.slots["code"]) if "code" in frame.slots else ""
        return talk.say(f"sms.offer.{frame.intent}", code=code, **said)
    return talk.say(f"services.{found[0].key}.summary", **talk.desk.wording.values(found[0].form, frame.slots))


def _prefixed(talk: Talk, step: Ask, question: CommandReply) -> CommandReply:
    """Say before a question why it is asked, at least in short; which of several readings is meant says it itself."""
    if isinstance(step.problem, Doubt) and step.frame.options:
        return question
    reasons = [talk.text("sms.restarted")] if step.restarted else []
    if step.problem is not None and not step.restarted:
        reasons = [talk.desk.wording.error(step.problem), talk.text(f"errors.{step.problem.code}")]
    ways = (*(f"{reason}\n{question.text}" for reason in reasons), question.text)
    return replace(question, text=joined(max(question.parts, JOINED_PARTS), *ways))


async def _unknown(talk: Talk, dialogue: Dialogue, step: Unknown, text: str, late: _Late | None) -> Reply:
    folded = fold(text)
    if folded in {"1", "2", "3", "4", "5"}:
        asked_later = late.at if late and late.takes(int(folded)) else None
        rated = await commands.rate_bare(talk, int(folded), asked_since=asked_later)
        if rated is not None:
            return Reply(rated, "rate")
    near = [intent for intent in step.near if talk.conversation.offered(intent)]
    if near:
        return await _menu(talk, dialogue, "sms.did_you_mean", near, OFFERED, text)
    if late:
        return Reply(talk.say_error(ExpiredDialogue()), "unknown")
    return Reply(talk.say("sms.unknown"), "unknown")


async def _menu(
    talk: Talk, dialogue: Dialogue, key: str, intents: list[str], intent: str, said: str | None = None
) -> Reply:
    """Offer what fits of these intents by number; what comes last is known to do without a menu.

    `said` is the text that they are offered for: what is chosen begins with what it holds.
    """
    offered = talk.fitting(key, intents)
    slots = {} if said is None else {SAID: said}
    dialogue.frames.append(Frame(MENU, slots, asked=MENU, options=offered, one_shot=False))
    return Reply(talk.say(key, menu=talk.numbered(offered, "intents")), intent, asks=True)


def _with_waiting_question(talk: Talk, dialogue: Dialogue, step: Step, reply: Reply) -> Reply:
    """After an interruption, say what the waiting dialogue still asks."""
    waiting = dialogue.top
    if waiting is None or waiting.intent == MENU or waiting.asked in {None, "code"} or reply.said.then:
        return reply
    if talk.conversation.outdated(waiting):
        return reply  # it restarts with the next text
    if reply.intent == waiting.intent or (isinstance(step, Ask) and step.frame is waiting):
        return reply
    question = _summary(talk, waiting) if waiting.asked == CONFIRM else _question(talk, waiting)
    said, waits = reply.said, (f"{talk.text('sms.waiting')} {question.text}", talk.text("sms.waiting_in_short"))
    text = joined(max(said.parts, JOINED_PARTS), *(f"{said.text}\n{one}" for one in waits), said.text)
    return replace(reply, said=replace(said, text=text), asks=text.endswith(question.text))


def _read(desk: Desk, stored: Stored | None) -> tuple[Dialogue, _Late | None]:
    """Return the dialogue that goes on, and the question of an earlier one that has just run out."""
    if stored is None:
        return Dialogue(), None
    state, expires_at = stored
    now = desk.clock.now()
    if now < expires_at:
        return Dialogue.from_json(state), None
    asked = Dialogue.from_json(state).top if now < expires_at + REMEMBERED and state.get("frames") else None
    return Dialogue(), _Late(asked, expires_at - _patience(desk)) if asked else None


def _patience(desk: Desk) -> timedelta:
    return timedelta(minutes=desk.policy.dialogue_minutes)


async def keep(talk: Talk, line: Address, dialogue: Dialogue, before: Mapping[str, Any]) -> None:
    """Keep a dialogue for the next text, in the place of what was stored `before`."""
    if dialogue.frames:
        until = talk.desk.clock.now() + _patience(talk.desk)
        await talk.uow.dialogues.store(line.channel, line.recipient, dialogue.as_json(), until)
    elif before["frames"]:
        await talk.uow.dialogues.drop(line.channel, line.recipient)
