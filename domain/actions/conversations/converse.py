"""One text of a citizen, read in its dialogue and done: the reply is returned, the dialogue is kept for the next
text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from domain.actions.conversations import commands
from domain.actions.conversations.questions import prefix_reason, render_question, render_summary
from domain.actions.conversations.same_request import find_same_request
from domain.actions.conversations.turn_context import CommandReply, TurnContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import Address
from domain.conversation.command_fields import MENU_INTENT, asks_own_request
from domain.conversation.dialogue import CONFIRM_STEP, Conversation
from domain.conversation.frames import OFFER, Ask, Dialogue, Frame, Left, OptOut, Perform, Reaction, Refused, Unknown
from domain.messages.catalogue import JOINED_PART_BUDGET, join_fitting
from domain.messages.ports import StoredDialogue
from domain.parsing.answers import read_number
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.errors import DomainError, ExpiredDialogue, InvalidField, MissingField, UnknownKind, Unsupported
from domain.values.reasons import ExpiredDialogueReason, UnsupportedReason
from domain.values.text import fold_text

REMEMBER_EXPIRED_FOR = timedelta(hours=24)
"""How long after its end a dialogue is still known, so that a late answer gets the reply that it came too late."""


OFFERED_INTENT, REFUSED_INTENT = "offered", "refused"
"""The intent of a text that was answered with an offer, or that nothing is done for."""

LATE_ANSWER_INTENTS = frozenset({"confirm", "deny"})
"""Intents of words that answer a summary, when they are alone."""


@dataclass(frozen=True, slots=True)
class ConversationReply:
    """What a citizen's text came to."""

    message: CommandReply
    """The text that goes back."""
    intent: str
    """What was understood."""
    dialogue: Dialogue = field(default_factory=Dialogue)
    """The present state of the dialogue."""
    asks_question: bool = False
    """The text ends with the question that the dialogue waits with."""


@dataclass(frozen=True, slots=True)
class _LateQuestion:
    """A question whose time is over: the frame that asked it last, and when that was."""

    frame: Frame
    asked_at: datetime

    def accepts_number(self, number: int) -> bool:
        """Return whether a bare number would have answered it."""
        highest_number = 2 if self.frame.asked == CONFIRM_STEP else len(self.frame.options)
        return number <= highest_number or not highest_number

    def accepts_text(self, text: str) -> bool:
        """Return whether a text is a bare number that would have answered it."""
        try:
            return self.accepts_number(read_number(text))
        except InvalidField:
            return False


async def converse(
    dependencies: Dependencies,
    uow: UnitOfWork,
    address: Address,
    text: str,
    stored_dialogue: StoredDialogue | None,
    *,
    command: bool = False,
) -> ConversationReply:
    """Read one text from a line that has a proved mobile and do what it asks, inside the caller's unit of work.

    `stored_dialogue` is the dialogue of this line, as `uow.dialogues.load` gives it. A `command` answers no question,
    whatever is asked: it is a button that belongs to no question.
    """
    turn = build_context(dependencies, uow, address)
    dialogue, late = _read_dialogue(dependencies, stored_dialogue)
    state_before = dialogue.as_json()
    reply = await _take_turn(turn, dialogue, text, late, is_command=command)
    if reply.message.follow_up:
        dialogue.frames.append(reply.message.follow_up)
    await store_dialogue(turn, address, dialogue, state_before)
    return replace(reply, dialogue=dialogue, asks_question=reply.asks_question or reply.message.follow_up is not None)


def build_context(dependencies: Dependencies, uow: UnitOfWork, address: Address) -> TurnContext:
    """Return a turn of a conversation on a line: the citizen is the one whose mobile it has."""
    mobile = address.mobile or address.recipient
    actor = Actor(frozenset({Role.CITIZEN}), "citizen", mobile, address.channel)
    return TurnContext(
        dependencies, uow, actor, Conversation(dependencies.grammar, dependencies.services, address.channel)
    )


def current_dialogue(dependencies: Dependencies, stored_dialogue: StoredDialogue | None) -> Dialogue:
    """Return the dialogue that goes on now."""
    return _read_dialogue(dependencies, stored_dialogue)[0]


async def repeat_question(turn: TurnContext, dialogue: Dialogue) -> ConversationReply | None:
    """Return the question that a dialogue waits with; None when it waits for nothing."""
    frame = dialogue.top
    if frame is None or frame.asked is None or turn.conversation.is_outdated(frame):
        return None
    return replace(await _ask_question(turn, dialogue, Ask(frame)), dialogue=dialogue)


async def _take_turn(
    turn: TurnContext, dialogue: Dialogue, text: str, late: _LateQuestion | None, *, is_command: bool
) -> ConversationReply:
    read_step = turn.conversation.read_command if is_command else turn.conversation.read_text
    try:
        step = read_step(dialogue, text, turn.dependencies.clock.now())
    except DomainError as error:
        intent = turn.dependencies.grammar.parse_message(text, turn.dependencies.clock.now()).intent
        return ConversationReply(turn.render_error(error), intent)
    if isinstance(step, Unknown):
        return await _answer_unknown(turn, dialogue, step, text, late)
    if late and isinstance(step, OptOut) and late.accepts_text(text):
        return ConversationReply(turn.render_error(ExpiredDialogue(reason=ExpiredDialogueReason.NUMBER)), "unknown")
    if late and isinstance(step, Ask) and step.frame.intent in LATE_ANSWER_INTENTS and not step.frame.slots:
        dialogue.frames.clear()
        return ConversationReply(turn.render_error(ExpiredDialogue()), "unknown")
    reply = await _take_step(turn, dialogue, step)
    return _append_waiting_question(turn, dialogue, step, reply)


async def _take_step(turn: TurnContext, dialogue: Dialogue, step: Reaction) -> ConversationReply:
    if isinstance(step, Ask | Perform):
        frame = step.frame
        try:
            step = await _fill_from_registries(turn, dialogue, step)
        except DomainError as error:
            return await _ask_wrong_field(turn, dialogue, frame, error)
    match step:
        case Ask():
            return await _ask_question(turn, dialogue, step)
        case Perform():
            return await _perform_intent(turn, dialogue, step.frame)
        case OptOut():
            return ConversationReply(
                await commands.set_opt_out(turn, stopped=step.is_stopped), "opt_out" if step.is_stopped else "opt_in"
            )
        case Left() | Refused() | Unknown():
            return _reply_nothing_done(turn, step)


def _reply_nothing_done(turn: TurnContext, step: Left | Refused | Unknown) -> ConversationReply:
    match step:
        case Left():
            return ConversationReply(_describe_leaving(turn, step), "exit")
        case Refused():
            return ConversationReply(turn.render("sms.refused"), REFUSED_INTENT)
        case Unknown():
            return ConversationReply(turn.render("sms.unknown"), "unknown")


def _describe_leaving(turn: TurnContext, step: Left) -> CommandReply:
    """Return the reply to leaving: of a request that was not ended after all, that it remains."""
    unchanged_key = f"sms.kept.{step.intent}"
    if unchanged_key in turn.dependencies.catalogue:
        return turn.render(unchanged_key)
    return turn.render("sms.left" if step.left else "sms.nothing_to_leave")


async def _fill_from_registries(turn: TurnContext, dialogue: Dialogue, step: Ask | Perform) -> Reaction:
    """Add to a form what the registries know, so that it is not asked; offer what they leave open as a menu.

    What they know from the start counts as said: a form that is complete by it needs no summary.
    """
    frame = step.frame
    keyword = turn.conversation.find_keyword(frame.intent)
    if keyword is None or keyword[0].fill_form is None:
        return step
    registry_fill = await keyword[0].fill_form(turn.uow, turn.actor.identifier, frame.stated_slots)
    names_before, stated_slots = set(frame.slots), frame.stated_slots
    frame.by_fill = [name for name in registry_fill.found_values if name not in stated_slots]
    frame.slots = {**registry_fill.found_values, **stated_slots}
    if isinstance(step, Ask) and set(frame.slots) != names_before and frame.asked != CONFIRM_STEP:
        frame.one_shot, frame.asked = frame.one_shot or not frame.filled, None
        step = turn.conversation.ask_next(dialogue, step.problem)  # type: ignore[assignment]  # an Ask or a Perform
    frame.filled = True
    frame.options = list(registry_fill.remaining_choices.get(str(frame.asked), frame.options))
    return step


async def _perform_intent(turn: TurnContext, dialogue: Dialogue, frame: Frame) -> ConversationReply:
    """Do it; when a field turns out to be wrong only now, ask for that field again instead of losing the rest."""
    if frame.intent == "help" and "service" not in frame.slots:
        return await _offer_menu(turn, dialogue, "sms.help", list(turn.conversation.main_menu_intents()), "help")
    if frame.asked != CONFIRM_STEP and await commands.needs_confirmation(turn, frame.intent, frame.slots):
        frame.plain = False
        dialogue.frames.append(frame)
        return await _take_step(turn, dialogue, turn.conversation.ask_next(dialogue))
    if duplicate := await find_same_request(turn, frame):
        frame.plain, frame.asked, frame.same_as = False, None, duplicate.code
        dialogue.frames.append(frame)
        return await _take_step(turn, dialogue, turn.conversation.ask_next(dialogue))
    try:
        return ConversationReply(await _run_intent(turn, frame), frame.intent)
    except (InvalidField, MissingField, UnknownKind) as error:
        return await _ask_wrong_field(turn, dialogue, frame, error)
    except DomainError as error:
        return ConversationReply(turn.render_error(error), frame.intent)


async def _ask_wrong_field(
    turn: TurnContext, dialogue: Dialogue, frame: Frame, error: DomainError
) -> ConversationReply:
    """Ask again for the field that is wrong; when it is none that people are asked for, report it and leave the
    form.
    """
    repeated_question = turn.conversation.ask_field_again(dialogue, frame, error)
    if repeated_question:
        return await _ask_question(turn, dialogue, repeated_question)
    if dialogue.top is frame:
        dialogue.frames.pop()
    return ConversationReply(turn.render_error(error), frame.intent)


async def _run_intent(turn: TurnContext, frame: Frame) -> CommandReply:
    """Run the intent. What it wrote is undone when it fails, but for the counting of guesses by those that only
    look.
    """
    if not turn.conversation.is_offered(frame.intent):
        raise Unsupported(reason=UnsupportedReason.SERVICE_BY_SMS)
    if frame.intent in commands.READ_ONLY_INTENTS:
        return await commands.COMMANDS_BY_INTENT[frame.intent](turn, frame.slots)
    async with turn.uow.savepoint():
        if turn.conversation.find_keyword(frame.intent):
            return await commands.submit_service_form(turn, frame)
        if lookup_match := turn.conversation.find_lookup(frame.intent):
            return await commands.answer_lookup(turn, lookup_match[0], lookup_match[1], frame.slots)
        return await commands.COMMANDS_BY_INTENT[frame.intent](turn, frame.slots)


async def _ask_question(turn: TurnContext, dialogue: Dialogue, step: Ask) -> ConversationReply:
    frame = step.frame
    if frame.asked != CONFIRM_STEP:
        frame.same_as = None
    else:
        return ConversationReply(
            prefix_reason(turn, step, render_summary(turn, frame)), frame.intent, asks_question=True
        )
    if frame.asked == "code" and asks_own_request(frame.intent):
        if frame.intent == "pay" and step.problem is None and (bills_reply := await commands.describe_own_bills(turn)):
            dialogue.frames.pop()
            return ConversationReply(bills_reply, frame.intent)
        candidates = await commands.list_candidates(turn, frame.intent)
        if not candidates:
            dialogue.frames.pop()
            answer = turn.render_error(step.problem) if step.problem else turn.render(f"sms.none_to.{frame.intent}")
            return ConversationReply(answer, frame.intent)
        if len(candidates) == 1 and step.problem is None and frame.intent in commands.SINGLE_CHOICE_INTENTS:
            frame.slots["code"] = candidates[0].code
            return await _take_step(turn, dialogue, turn.conversation.ask_next(dialogue))
        offer_reply, offered_count = commands.offer_requests(turn, frame.intent, candidates)
        frame.options = [request.code for request in candidates[:offered_count]]
        return ConversationReply(prefix_reason(turn, step, offer_reply), frame.intent, asks_question=True)
    return ConversationReply(prefix_reason(turn, step, render_question(turn, frame)), frame.intent, asks_question=True)


async def _answer_unknown(
    turn: TurnContext, dialogue: Dialogue, step: Unknown, text: str, late: _LateQuestion | None
) -> ConversationReply:
    folded_text = fold_text(text)
    if folded_text in {"1", "2", "3", "4", "5"}:
        later_question_at = late.asked_at if late and late.accepts_number(int(folded_text)) else None
        rating_reply = await commands.take_bare_rating(turn, int(folded_text), asked_since=later_question_at)
        if rating_reply is not None:
            return ConversationReply(rating_reply, "rate")
    near_intents = [intent for intent in step.near_intents if turn.conversation.is_offered(intent)]
    if near_intents:
        return await _offer_menu(turn, dialogue, "sms.did_you_mean", near_intents, OFFERED_INTENT, text)
    if late:
        return ConversationReply(turn.render_error(ExpiredDialogue()), "unknown")
    return ConversationReply(turn.render("sms.unknown"), "unknown")


async def _offer_menu(
    turn: TurnContext, dialogue: Dialogue, text_key: str, intents: list[str], intent: str, source: str | None = None
) -> ConversationReply:
    """Offer what fits of these intents by number; what comes last is known to do without a menu.

    `source` is the text that they are offered for: what is chosen begins with what it holds.
    """
    offered_intents = turn.fitting_intents(text_key, intents)
    slots = {} if source is None else {OFFER: source}
    dialogue.frames.append(Frame(MENU_INTENT, slots, asked=MENU_INTENT, options=offered_intents, one_shot=False))
    return ConversationReply(
        turn.render(text_key, menu=turn.numbered_menu(offered_intents, "intents")), intent, asks_question=True
    )


def _append_waiting_question(
    turn: TurnContext, dialogue: Dialogue, step: Reaction, reply: ConversationReply
) -> ConversationReply:
    """After an interruption, repeat what the waiting dialogue still asks."""
    waiting = dialogue.top
    if waiting is None or waiting.intent == MENU_INTENT or waiting.asked in {None, "code"} or reply.message.follow_up:
        return reply
    if turn.conversation.is_outdated(waiting):
        return reply  # it restarts with the next text
    if reply.intent == waiting.intent or (isinstance(step, Ask) and step.frame is waiting):
        return reply
    question = render_summary(turn, waiting) if waiting.asked == CONFIRM_STEP else render_question(turn, waiting)
    answer, endings = (
        reply.message,
        (f"{turn.text_of('sms.waiting')} {question.text}", turn.text_of("sms.waiting_in_short")),
    )
    text = join_fitting(
        max(answer.part_budget, JOINED_PART_BUDGET), *(f"{answer.text}\n{ending}" for ending in endings), answer.text
    )
    return replace(reply, message=replace(answer, text=text), asks_question=text.endswith(question.text))


def _read_dialogue(
    dependencies: Dependencies, stored_dialogue: StoredDialogue | None
) -> tuple[Dialogue, _LateQuestion | None]:
    """Return the dialogue that goes on, and the question of an earlier one that has just run out."""
    if stored_dialogue is None:
        return Dialogue(), None
    state, expires_at = stored_dialogue
    now = dependencies.clock.now()
    if now < expires_at:
        return Dialogue.from_json(state), None
    frame = Dialogue.from_json(state).top if now < expires_at + REMEMBER_EXPIRED_FOR and state.get("frames") else None
    return Dialogue(), _LateQuestion(frame, expires_at - _dialogue_lifetime(dependencies)) if frame else None


def _dialogue_lifetime(dependencies: Dependencies) -> timedelta:
    return timedelta(minutes=dependencies.policy.dialogue_minutes)


async def store_dialogue(
    turn: TurnContext, address: Address, dialogue: Dialogue, state_before: Mapping[str, Any]
) -> None:
    """Keep a dialogue for the next text, in the place of what was stored `state_before`."""
    if dialogue.frames:
        expires_at = turn.dependencies.clock.now() + _dialogue_lifetime(turn.dependencies)
        await turn.uow.dialogues.save(address.channel, address.recipient, dialogue.as_json(), expires_at)
    elif state_before["frames"]:
        await turn.uow.dialogues.delete(address.channel, address.recipient)
