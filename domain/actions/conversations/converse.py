"""One text of a citizen, read in its dialogue and done: the reply is returned, the dialogue kept for the next text.

`converse` reads the text once (`_read_step`), and `answer_step` does what it came to, step after step, until there is a
reply: a step asks, does or leaves something (`_ANSWERS`), and may lead to another. What each intent asks and does is in
`intents.py`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.actions.conversations import commands
from domain.actions.conversations.doubted_steps import (
    correct_instead,
    doubt_forwarded,
    find_late_answer,
    offer_to_stranger,
)
from domain.actions.conversations.enquiries.asides import answer_emergency, answer_secret, warn_before
from domain.actions.conversations.enquiries.meant_requests import list_refused_requests
from domain.actions.conversations.enquiries.passing_changes import corrects_something, read_passing_change
from domain.actions.conversations.intents import LATE_ANSWER_INTENTS, find_handler, offer_menu, offer_service
from domain.actions.conversations.later_texts import mention_later_texts, take_first_text
from domain.actions.conversations.misread_texts import (
    OFFERED_INTENT,
    REFUSED_INTENT,
    find_open_offer,
    note_misread_texts,
)
from domain.actions.conversations.open_requests import list_candidates
from domain.actions.conversations.refund_accounts import refuse_needless_iban
from domain.actions.conversations.repeated_replies import vary_reply
from domain.actions.conversations.turn_context import Outcome, TurnContext, Wrong, store_dialogue
from domain.actions.conversations.uncalled_texts import (
    explain_unknown,
    find_meant_step,
    offer_cancelling,
    read_uncalled,
)
from domain.conversation.dialogue.answers import has_no_letters
from domain.conversation.dialogue.frames import CONFIRM_STEP, Ask, Left, OptOut, Perform, Reaction, Refused, Unknown
from domain.conversation.dialogue.offers import OPT_INTENTS
from domain.conversation.dialogue.yes_no import read_yes_or_no
from domain.conversation.reading.account_numbers import IBAN_INTENT
from domain.conversation.reading.bot_commands import read_bot_command
from domain.conversation.reading.command_fields import MENU_INTENT
from domain.conversation.reading.own_words import takes_back
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.engine.engine import StepOutcome
from domain.messages.catalogue import JOINED_PART_BUDGET, RenderedMessage, join_fitting
from domain.parsing.negation import find_negations
from domain.parsing.tokens import TokenStream, read_once
from domain.values.errors import DomainError, ExpiredDialogue, InvalidField, MissingField, UnknownKind, Unsupported
from domain.values.reasons import UnsupportedReason


async def converse(
    turn: TurnContext, text: str, *, is_command: bool = False, is_forwarded: bool = False
) -> RenderedMessage:
    """Read one text from a line that has a proved mobile, do what it asks, and return the reply; the turn has what was
    understood.

    A command (`is_command`) answers no question, whatever is asked: it is a button that belongs to no question, or is
    written as messengers list it. What was forwarded (`is_forwarded`), or is in a link, somebody else may have written:
    nothing is done by it before it is confirmed.
    """
    command = read_bot_command(text)
    text, is_command = command or text, is_command or bool(command)
    turn.text = text
    warning = None if is_command else answer_emergency(turn, text) or answer_secret(turn, text)
    whole_text = text
    if not (warning or is_command or is_forwarded):
        turn.text = text = take_first_text(turn, text)
    has_new_texts = bool(turn.dialogue.later_texts) and not turn.had_dialogue
    step: Outcome | None = None
    open_offer = find_open_offer(turn)
    try:
        step = warning or await _read_step(turn, text, is_command=is_command, is_forwarded=is_forwarded)
    except DomainError as error:
        turn.intent = turn.dependencies.grammar.parse_message(text, turn.sent_at).intent
        reply = turn.render_error(error)
    else:
        reply = await answer_step(turn, step)
        reply = reply if isinstance(step, Unknown) else await _append_waiting_question(turn, reply)
    reply = reply if warning else vary_reply(turn, warn_before(turn, whole_text, reply))
    reply = mention_later_texts(turn, reply, is_new=has_new_texts)
    await note_misread_texts(turn, text, open_offer, step)
    await store_dialogue(turn)
    return reply


async def answer_step(turn: TurnContext, step: Outcome) -> RenderedMessage:
    """Do what a text came to, step after step, until there is a reply."""
    while not isinstance(step, RenderedMessage):
        if isinstance(step, Ask | Perform):
            step = await _complete_step(turn, step)
        step = await _ANSWERS[type(step)](turn, step)
    return step


async def begin_intent(turn: TurnContext, intent: str, stated_values: Mapping[str, Any]) -> RenderedMessage:
    """Begin an intent with what is known of it, and return the reply: what is missing is asked."""
    step = turn.conversation.begin_intent(turn.dialogue, intent, stated_values, turn.sent_at)
    reply = await answer_step(turn, step)
    await store_dialogue(turn)
    return reply


async def amend_answer(turn: TurnContext, field_name: str) -> RenderedMessage:
    """Ask one answer of the form that waits once more, and return the question."""
    reply = await answer_step(turn, turn.conversation.amend_answer(turn.dialogue, field_name))
    await store_dialogue(turn)
    return reply


async def repeat_question(turn: TurnContext) -> RenderedMessage | None:
    """Return the question that the dialogue waits with; None when it waits for nothing."""
    frame = turn.dialogue.top
    if frame is None or frame.asked is None or turn.conversation.is_outdated(frame):
        return None
    return await answer_step(turn, await _ask(turn, Ask(frame)))


async def _read_step(turn: TurnContext, text: str, *, is_command: bool, is_forwarded: bool) -> Outcome:
    """Return what a text comes to, in its dialogue and beside it; the errors are those of the dialogue."""
    if not is_command and (uncalled := await read_uncalled(turn, text, is_forwarded=is_forwarded)):
        return uncalled
    read_step = turn.conversation.read_command if is_command else turn.conversation.read_text
    step = read_step(turn.dialogue, text, turn.sent_at)
    if is_forwarded:
        step = doubt_forwarded(turn, step)
    elif not is_command:
        step = await offer_to_stranger(turn, step)
    return await correct_instead(turn, step, text) or find_late_answer(turn, step, text) or step


async def _complete_step(turn: TurnContext, step: Ask | Perform) -> Reaction | Wrong:
    """Return a step with what the registries know; what is not offered here, or cannot be filled, is wrong."""
    frame = step.frame
    try:
        if frame.intent != MENU_INTENT and not turn.conversation.forms[frame.intent].is_offered:
            raise Unsupported(reason=UnsupportedReason.SERVICE_BY_SMS)
        return await _fill_from_registries(turn, step)
    except DomainError as error:
        return Wrong(frame, error)


async def _fill_from_registries(turn: TurnContext, step: Ask | Perform) -> Reaction:
    """Add to a form what the registries know, so that it is not asked; offer what they leave open as a menu.

    What they know from the start counts as said: a form that is complete by it needs no summary.
    """
    frame = step.frame
    submission = turn.conversation.forms[frame.intent].submission
    if submission is None or submission.service.fill_form is None:
        return step
    registry_fill = await submission.service.fill_form(turn.uow, turn.actor.identifier, frame.stated_slots)
    names_before, stated_slots = set(frame.slots), frame.stated_slots
    frame.by_fill = [name for name in registry_fill.found_values if name not in stated_slots]
    frame.slots = {**registry_fill.found_values, **stated_slots}
    if isinstance(step, Ask) and set(frame.slots) != names_before and frame.asked != CONFIRM_STEP:
        frame.one_shot, frame.asked = frame.one_shot or not frame.filled, None
        next_step = turn.conversation.ask_next(turn.dialogue, step.problem)
        step = replace(next_step, taken=step.taken) if isinstance(next_step, Ask) else next_step  # type: ignore[assignment]
    frame.filled = True
    frame.options = list(registry_fill.remaining_choices.get(str(frame.asked), frame.options))
    return step


async def _ask(turn: TurnContext, step: Ask) -> Outcome:
    turn.intent = step.frame.intent
    return await find_handler(turn, step.frame.intent).ask(turn, step)


async def _perform(turn: TurnContext, step: Perform) -> Outcome:
    """Do it, unless something comes before it; when a field turns out to be wrong only now, it is asked again instead
    of losing the rest. What was written is undone when it fails, but for the counting of guesses by what only looks.
    """
    frame = step.frame
    handler = find_handler(turn, frame.intent)
    if earlier_step := await handler.check(turn, frame):
        return earlier_step
    turn.intent = frame.intent
    try:
        if handler.is_reading:
            return await handler.perform(turn, frame)
        async with turn.uow.savepoint():
            outcome = await handler.perform(turn, frame)
        turn.has_acted = True
        return outcome
    except (InvalidField, MissingField, UnknownKind) as error:
        return Wrong(frame, error)
    except DomainError as error:
        return turn.render_error(error)


async def _ask_again(turn: TurnContext, step: Wrong) -> Outcome:
    """Ask again for the field that is wrong; when it is none that people are asked for, report it and leave the
    form.
    """
    if repeated_question := turn.conversation.ask_field_again(turn.dialogue, step.frame, step.problem):
        return await _ask(turn, repeated_question)
    if turn.dialogue.top is step.frame:
        turn.dialogue.frames.pop()
    turn.intent = step.frame.intent
    return turn.render_error(step.problem)


async def _set_opt_out(turn: TurnContext, step: OptOut) -> Outcome:
    turn.intent, turn.has_acted = "opt_out" if step.is_stopped else "opt_in", True
    return await commands.set_opt_out(turn, stopped=step.is_stopped)


async def _leave(turn: TurnContext, step: Left) -> Outcome:
    """Return the reply to leaving: of a request that was not ended after all, that it remains."""
    turn.intent, unchanged_key = "exit", f"sms.kept.{step.intent}"
    if unchanged_key in turn.dependencies.catalogue:
        return turn.render(unchanged_key)
    return turn.render("sms.left" if step.left else "sms.nothing_to_leave")


async def _answer_refusal(turn: TurnContext, step: Refused) -> Outcome:
    """Do nothing; where one open request may be what is not wanted, ask once whether it is to be cancelled, and where
    the text corrects what was just sent, whether that is changed.
    """
    if corrects_something(turn.text) and (passing_step := await read_passing_change(turn, turn.text)):
        return passing_step
    if step.intent == IBAN_INTENT and turn.dialogue.top is None:
        # «شبا ندارم»: where money waits, the question says what it is
        needless_reply, turn.intent = await refuse_needless_iban(turn), IBAN_INTENT
        return needless_reply or turn.conversation.begin_intent(turn.dialogue, IBAN_INTENT, {}, turn.sent_at)
    requests = await list_refused_requests(turn, step.intent) if turn.dialogue.top is None else []
    is_taken_back = takes_back(TokenStream(turn.text))
    if not requests or (len(requests) > 1 and not is_taken_back):
        turn.intent = REFUSED_INTENT
        return turn.render("sms.none_to.cancel" if is_taken_back and not requests else "sms.refused")
    return await offer_cancelling(turn, requests)


async def _answer_unknown(turn: TurnContext, step: Unknown) -> Outcome:
    """Take what nobody understood for what is meant by what is open; else offer what is near."""
    if meant_step := await find_meant_step(turn, turn.text):
        return meant_step
    stream = TokenStream(turn.text)
    denied = find_negations(read_once(turn.text))
    near_intents = step.near_intents or (("opt_out",) if denied.refuses_messages else ())
    offered_intents = [intent for intent in near_intents if await _may_offer(turn, intent, stream)]
    if offered_intents:
        return _ask_what_was_meant(turn, offered_intents)
    if near_intents and denied.refusals:
        turn.intent = REFUSED_INTENT
        return turn.render("sms.refused")
    turn.intent = UNKNOWN_INTENT
    if turn.late_question:
        return turn.render_error(ExpiredDialogue())
    answers_nothing = not has_no_letters(turn.text) and read_yes_or_no(turn.text) is not None
    return turn.render("sms.none_to.confirm") if answers_nothing else await explain_unknown(turn)


def _ask_what_was_meant(turn: TurnContext, intents: Sequence[str]) -> RenderedMessage:
    """Offer what is near by number; the only one is asked about with a yes."""
    if len(intents) > 1:
        return offer_menu(turn, "sms.did_you_mean", intents, OFFERED_INTENT, turn.text)
    turn.intent = OFFERED_INTENT
    wanted = turn.text_of(f"intents.{intents[0]}")
    return offer_service(turn, "sms.did_you_mean_one", intents[0], turn.text, wanted=wanted)


async def _may_offer(turn: TurnContext, intent: str, stream: TokenStream) -> bool:
    """Return whether an intent may be offered for a text: the channel can do it, the text refuses no form of it,
    what it would answer was asked, and texts that are to come again were stopped before.
    """
    if intent in LATE_ANSWER_INTENTS and not await list_candidates(turn, intent):
        return False
    if intent == "opt_in":
        return await turn.uow.lines.has_opted_out(turn.actor.identifier)
    form = turn.conversation.forms[intent]
    is_refused = form.is_service_form and turn.conversation.grammar.refuses(stream, intent)
    return (form.is_offered or intent in OPT_INTENTS) and not is_refused


_ANSWERS: Mapping[type, Callable[[TurnContext, Any], Awaitable[Outcome]]] = {
    Ask: _ask,
    Perform: _perform,
    StepOutcome: commands.announce_outcome,
    Wrong: _ask_again,
    OptOut: _set_opt_out,
    Refused: _answer_refusal,
    Left: _leave,
    Unknown: _answer_unknown,
}
"""The answer to each kind of step."""


async def _append_waiting_question(turn: TurnContext, reply: RenderedMessage) -> RenderedMessage:
    """After an interruption, repeat what the waiting dialogue still asks."""
    waiting = turn.dialogue.top
    if waiting is None or turn.asks_question or waiting.asked in {None, "code"} or waiting.intent == MENU_INTENT:
        return reply
    if turn.intent == waiting.intent or turn.conversation.is_outdated(waiting):  # it restarts with the next text
        return reply
    try:
        handler = find_handler(turn, waiting.intent)
        is_summary = waiting.asked == CONFIRM_STEP
        question = await (handler.summarize(turn, waiting) if is_summary else handler.word_question(turn, waiting))
    except DomainError:  # what it is about is gone: the next text is told so
        return reply
    endings = (f"{turn.text_of('sms.waiting')} {question.text}", turn.text_of("sms.waiting_in_short"))
    text = join_fitting(
        max(reply.part_budget, JOINED_PART_BUDGET), *(f"{reply.text}\n{ending}" for ending in endings), reply.text
    )
    turn.asks_question = text.endswith(question.text)
    return replace(reply, text=text)
