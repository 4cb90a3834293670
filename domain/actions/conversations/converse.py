"""One text of a citizen, read in its dialogue and done: the reply is returned, the dialogue kept for the next text."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.actions.chats.officer_questions import render_officer_question
from domain.actions.conversations import commands
from domain.actions.conversations.changing import (
    CHANGED_FIELD,
    check_change,
    find_field_of_value,
    is_checked,
    render_change_question,
)
from domain.actions.conversations.enquiries.asides import answer_courtesy, answer_emergency, answer_secret, warn_before
from domain.actions.conversations.enquiries.meant_requests import select_meant_requests
from domain.actions.conversations.enquiries.payment_claims import answer_payment_claim
from domain.actions.conversations.enquiries.refused_requests import find_abandoned_request, list_refused_requests
from domain.actions.conversations.open_requests import find_same_request, read_open_answer, read_staff_answer
from domain.actions.conversations.price_replies import answer_lookup
from domain.actions.conversations.questions import (
    find_closed_day_of,
    prefix_reason,
    render_offer,
    render_question,
    render_summary,
)
from domain.actions.conversations.refund_accounts import refuse_needless_iban
from domain.actions.conversations.turn_context import TurnContext, store_dialogue
from domain.conversation.dialogue.frames import (
    CONFIRM_STEP,
    OFFER,
    Ask,
    Frame,
    Left,
    OptOut,
    Perform,
    Reaction,
    Refused,
    Unknown,
)
from domain.conversation.dialogue.offers import OPT_INTENTS
from domain.conversation.reading.account_numbers import IBAN_INTENT
from domain.conversation.reading.bot_commands import read_bot_command
from domain.conversation.reading.command_fields import MENU_INTENT, asks_own_request
from domain.conversation.reading.endings import CANCEL_INTENT, wants_no_messages
from domain.conversation.reading.own_words import takes_back
from domain.conversation.reading.vocabulary import CHANGE_INTENT
from domain.messages.catalogue import JOINED_PART_BUDGET, RenderedMessage, join_fitting
from domain.parsing.tokens import TokenStream
from domain.requests.request import ServiceRequest
from domain.values.errors import DomainError, ExpiredDialogue, InvalidField, MissingField, UnknownKind, Unsupported
from domain.values.reasons import ExpiredDialogueReason, UnsupportedReason

OFFERED_INTENT, REFUSED_INTENT = "offered", "refused"
"""The intent of a text that was answered with an offer, or that nothing is done for."""

LATE_ANSWER_INTENTS = frozenset({"confirm", "deny"})
"""Intents of words that answer a summary, when they are alone."""


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
    if warning is None:
        reply = warn_before(turn, text, await _take_turn(turn, text, is_command=is_command, is_forwarded=is_forwarded))
    else:
        reply = await _append_waiting_question(turn, warning)
    await store_dialogue(turn)
    return reply


async def begin_intent(turn: TurnContext, intent: str, stated_values: Mapping[str, Any]) -> RenderedMessage:
    """Begin an intent with what is known of it, and return the reply: what is missing is asked."""
    step = turn.conversation.begin_intent(turn.dialogue, intent, stated_values, turn.sent_at)
    reply = await _take_step(turn, step)
    await store_dialogue(turn)
    return reply


async def amend_answer(turn: TurnContext, field_name: str) -> RenderedMessage:
    """Ask one answer of the form that waits once more, and return the question."""
    reply = await _take_step(turn, turn.conversation.amend_answer(turn.dialogue, field_name))
    await store_dialogue(turn)
    return reply


async def repeat_question(turn: TurnContext) -> RenderedMessage | None:
    """Return the question that the dialogue waits with; None when it waits for nothing."""
    frame = turn.dialogue.top
    if frame is None or frame.asked is None or turn.conversation.is_outdated(frame):
        return None
    return await _ask_question(turn, Ask(frame))


async def _take_turn(turn: TurnContext, text: str, *, is_command: bool, is_forwarded: bool) -> RenderedMessage:
    late = turn.late_question
    if not is_command and (reply := await _answer_uncalled(turn, text, is_forwarded=is_forwarded)):
        return reply
    read_step = turn.conversation.read_command if is_command else turn.conversation.read_text
    try:
        step = read_step(turn.dialogue, text, turn.sent_at)
    except DomainError as error:
        turn.intent = turn.dependencies.grammar.parse_message(text, turn.sent_at).intent
        return turn.render_error(error)
    if is_forwarded:
        step = _doubt_forwarded(turn, step)
    if isinstance(step, Unknown):
        return await _answer_unknown(turn, step, text)
    if late and isinstance(step, OptOut) and late.may_mean_number(text):
        turn.intent = "unknown"
        return turn.render_error(ExpiredDialogue(reason=ExpiredDialogueReason.NUMBER))
    if late and isinstance(step, Ask) and step.frame.intent in LATE_ANSWER_INTENTS and not step.frame.slots:
        turn.dialogue.frames.clear()
        turn.intent = "unknown"
        return turn.render_error(ExpiredDialogue())
    return await _append_waiting_question(turn, await _take_step(turn, step))


async def _answer_uncalled(turn: TurnContext, text: str, *, is_forwarded: bool) -> RenderedMessage | None:
    """Return the reply to a text that answers what is open («خوب بود ممنون»), or to a courtesy; None for others."""
    if not is_forwarded and (claim_reply := await answer_payment_claim(turn, text)):
        return await _append_waiting_question(turn, claim_reply)
    if not is_forwarded and (open_step := await read_open_answer(turn, text)):
        return await _take_step(turn, open_step)
    courtesy_reply = answer_courtesy(turn, text)
    return courtesy_reply and await _append_waiting_question(turn, courtesy_reply)


def _doubt_forwarded(turn: TurnContext, step: Reaction) -> Reaction:
    """Return what a forwarded text comes to: what it would do is asked once, and it stops no messages."""
    if isinstance(step, OptOut):
        return Unknown()
    if not isinstance(step, Perform) or step.frame.asked == CONFIRM_STEP:
        return step
    intent = step.frame.intent
    if not (turn.conversation.forms[intent].submission or turn.conversation.grammar.is_binding(intent)):
        return step
    step.frame.plain = False
    turn.dialogue.frames.append(step.frame)
    return turn.conversation.ask_next(turn.dialogue)


async def _take_step(turn: TurnContext, step: Reaction) -> RenderedMessage:
    if isinstance(step, Ask | Perform):
        frame = step.frame
        try:
            _require_offered(turn, frame)
            step = await _fill_from_registries(turn, step)
        except DomainError as error:
            return await _ask_wrong_field(turn, frame, error)
    match step:
        case Ask():
            return await _ask_question(turn, step)
        case Perform():
            return await _perform_intent(turn, step.frame)
        case OptOut():
            turn.intent = "opt_out" if step.is_stopped else "opt_in"
            return await commands.set_opt_out(turn, stopped=step.is_stopped)
        case Refused():
            return await _answer_refusal(turn, step)
        case Left() | Unknown():
            return _reply_nothing_done(turn, step)


async def _answer_refusal(turn: TurnContext, step: Refused) -> RenderedMessage:
    """Do nothing; where one open request may be what is not wanted, ask once whether it is to be cancelled."""
    if step.intent == IBAN_INTENT and turn.dialogue.top is None and await refuse_needless_iban(turn) is None:
        return await begin_intent(turn, IBAN_INTENT, {})  # «شبا ندارم»: money waits, and the question says what it is
    requests = await list_refused_requests(turn, step.intent) if turn.dialogue.top is None else []
    is_taken_back = takes_back(TokenStream(turn.text))
    if not requests or (len(requests) > 1 and not is_taken_back):
        turn.intent = REFUSED_INTENT
        return turn.render("sms.none_to.cancel" if is_taken_back and not requests else "sms.refused")
    return await _offer_cancelling(turn, requests)


async def _offer_cancelling(turn: TurnContext, requests: Sequence[ServiceRequest]) -> RenderedMessage:
    """Ask whether the one request that is meant shall end, or which of several."""
    frame = Frame("cancel", asked="code", plain=False, one_shot=False)
    turn.dialogue.frames.append(frame)
    turn.intent, turn.asks_question = "cancel", True
    if len(requests) == 1:
        frame.slots["code"], frame.asked = requests[0].code, CONFIRM_STEP
        return await render_offer(turn, frame)
    reply, offered_count = commands.offer_requests(turn, "cancel", requests)
    frame.options = [request.code for request in requests[:offered_count]]
    return reply


def _reply_nothing_done(turn: TurnContext, step: Left | Unknown) -> RenderedMessage:
    if isinstance(step, Left):
        turn.intent = "exit"
        return _describe_leaving(turn, step)
    turn.intent = "unknown"
    return turn.render("sms.unknown")


def _describe_leaving(turn: TurnContext, step: Left) -> RenderedMessage:
    """Return the reply to leaving: of a request that was not ended after all, that it remains."""
    unchanged_key = f"sms.kept.{step.intent}"
    if unchanged_key in turn.dependencies.catalogue:
        return turn.render(unchanged_key)
    return turn.render("sms.left" if step.left else "sms.nothing_to_leave")


async def _fill_from_registries(turn: TurnContext, step: Ask | Perform) -> Reaction:
    """Add to a form what the registries know, so that it is not asked; offer what they leave open as a menu.

    What they know from the start counts as said: a form that is complete by it needs no summary.
    """
    frame = step.frame
    keyword = turn.conversation.forms[frame.intent].submission
    if keyword is None or keyword[0].fill_form is None:
        return step
    registry_fill = await keyword[0].fill_form(turn.uow, turn.actor.identifier, frame.stated_slots)
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


async def _perform_intent(turn: TurnContext, frame: Frame) -> RenderedMessage:
    """Do it; when a field turns out to be wrong only now, ask for that field again instead of losing the rest."""
    if frame.intent == "help" and frame.slots.keys().isdisjoint({"service", "about"}):
        return await _offer_menu(turn, "sms.help", list(turn.conversation.main_menu_intents()), "help")
    if frame.intent == CHANGE_INTENT and frame.asked != CONFIRM_STEP:
        return await _check_change(turn, frame)
    if await _must_be_asked_first(turn, frame):
        frame.plain = False
        turn.dialogue.frames.append(frame)
        return await _take_step(turn, turn.conversation.ask_next(turn.dialogue))
    turn.intent = frame.intent
    try:
        return await _run_intent(turn, frame)
    except (InvalidField, MissingField, UnknownKind) as error:
        return await _ask_wrong_field(turn, frame, error)
    except DomainError as error:
        return turn.render_error(error)


async def _must_be_asked_first(turn: TurnContext, frame: Frame) -> bool:
    """Return whether it is asked once more before it is done: it ends something, is for a day that is closed, or is the
    same request again.
    """
    if frame.asked != CONFIRM_STEP and (
        await commands.needs_confirmation(turn, frame) or find_closed_day_of(turn, frame)
    ):
        return True
    same_code = await find_same_request(turn, frame)
    if same_code:
        frame.asked, frame.same_as = None, same_code
    return same_code is not None


async def _check_change(turn: TurnContext, frame: Frame) -> RenderedMessage:
    """Do a change that was said plainly in one text; show any other with the old value, and ask once."""
    try:
        await check_change(turn, frame)
    except (InvalidField, MissingField, UnknownKind) as error:
        return await _ask_wrong_field(turn, frame, error)
    except DomainError as error:
        turn.intent = frame.intent
        return turn.render_error(error)
    is_done_at_once = frame.plain and frame.one_shot
    frame.plain, frame.asked = False, CONFIRM_STEP if is_done_at_once else None
    turn.dialogue.frames.append(frame)
    return await _take_step(turn, turn.conversation.ask_next(turn.dialogue))


async def _ask_change(turn: TurnContext, step: Ask) -> RenderedMessage:
    """Ask which answer of a sent request is changed, and to what; a value that only one field reads names the field."""
    frame = step.frame
    try:
        if frame.asked == CHANGED_FIELD and (field_name := await find_field_of_value(turn, frame)):
            frame.slots[CHANGED_FIELD] = field_name
            return await _take_step(turn, turn.conversation.ask_next(turn.dialogue))
        question = await render_change_question(turn, frame)
    except InvalidField as error:
        return await _ask_wrong_field(turn, frame, error)
    except DomainError as error:
        turn.dialogue.frames.pop()
        return turn.render_error(error)
    turn.asks_question = True
    return prefix_reason(turn, step, question)


async def _ask_wrong_field(turn: TurnContext, frame: Frame, error: DomainError) -> RenderedMessage:
    """Ask again for the field that is wrong; when it is none that people are asked for, report it and leave the
    form.
    """
    repeated_question = turn.conversation.ask_field_again(turn.dialogue, frame, error)
    if repeated_question:
        return await _ask_question(turn, repeated_question)
    if turn.dialogue.top is frame:
        turn.dialogue.frames.pop()
    turn.intent = frame.intent
    return turn.render_error(error)


async def _run_intent(turn: TurnContext, frame: Frame) -> RenderedMessage:
    """Run the intent. What it wrote is undone when it fails, but for the counting of guesses by those that only
    look.
    """
    if frame.intent in commands.READ_ONLY_INTENTS:
        return await commands.COMMANDS_BY_INTENT[frame.intent](turn, frame.slots)
    async with turn.uow.savepoint():
        if turn.conversation.forms[frame.intent].submission:
            return await commands.submit_service_form(turn, frame)
        if lookup_match := turn.conversation.forms[frame.intent].lookup:
            return await answer_lookup(turn, lookup_match[0], lookup_match[1], frame.slots)
        return await commands.COMMANDS_BY_INTENT[frame.intent](turn, frame.slots)


def _require_offered(turn: TurnContext, frame: Frame) -> None:
    if frame.intent != MENU_INTENT and not turn.conversation.forms[frame.intent].is_offered:
        raise Unsupported(reason=UnsupportedReason.SERVICE_BY_SMS)


async def _ask_question(turn: TurnContext, step: Ask) -> RenderedMessage:
    frame = step.frame
    turn.intent = frame.intent
    if frame.intent == IBAN_INTENT and (needless_reply := await refuse_needless_iban(turn)):
        turn.dialogue.frames.pop()
        return needless_reply
    if frame.intent == CHANGE_INTENT and frame.asked == CONFIRM_STEP and not is_checked(frame):
        turn.dialogue.frames.pop()
        return await _check_change(turn, frame)
    if frame.asked == CONFIRM_STEP:
        turn.asks_question = True
        return prefix_reason(turn, step, await render_summary(turn, frame))
    frame.same_as = None
    if frame.asked == "code" and asks_own_request(frame.intent):
        return await _ask_own_request(turn, step)
    if frame.intent == CHANGE_INTENT:
        return await _ask_change(turn, step)
    turn.asks_question = True
    question = await render_officer_question(turn, frame) or render_question(turn, frame, is_unsure=step.is_unsure)
    return prefix_reason(turn, step, question)


async def _ask_own_request(turn: TurnContext, step: Ask) -> RenderedMessage:
    """Ask which of the citizen's requests is meant, where several may be."""
    frame, dialogue = step.frame, turn.dialogue
    if frame.intent == "pay" and step.problem is None and (bills_reply := await commands.describe_own_bills(turn)):
        dialogue.frames.pop()
        return bills_reply
    candidates = await commands.list_candidates(turn, frame.intent)
    if frame.intent == CANCEL_INTENT and step.problem is None:
        candidates = select_meant_requests(turn, candidates, turn.text)
    if not candidates:
        dialogue.frames.pop()
        is_bare_answer = frame.intent in LATE_ANSWER_INTENTS and step.problem is None
        if is_bare_answer and (staff_step := await read_staff_answer(turn, turn.text, is_clear=False)):
            return await _take_step(turn, staff_step)
        return turn.render_error(step.problem) if step.problem else turn.render(f"sms.none_to.{frame.intent}")
    if len(candidates) == 1 and step.problem is None and frame.intent in commands.SINGLE_CHOICE_INTENTS:
        frame.slots["code"] = candidates[0].code
        return await _take_step(turn, turn.conversation.ask_next(dialogue))
    if len(candidates) == 1 and step.problem is None and frame.intent == CANCEL_INTENT:
        frame.plain = False  # no code was said: which one it is, is shown before it ends
        frame.slots["code"] = candidates[0].code
        return await _take_step(turn, turn.conversation.ask_next(dialogue))
    offer_reply, offered_count = commands.offer_requests(turn, frame.intent, candidates)
    frame.options = [request.code for request in candidates[:offered_count]]
    turn.asks_question = True
    return prefix_reason(turn, step, offer_reply)


async def _answer_unknown(turn: TurnContext, step: Unknown, text: str) -> RenderedMessage:
    if turn.dialogue.top is None and turn.had_dialogue and (open_step := await read_open_answer(turn, text)):
        return await _take_step(turn, open_step)
    if turn.dialogue.top is None and (request := await find_abandoned_request(turn, text)):
        return await _offer_cancelling(turn, [request])
    wished_intents = step.near_intents or (("opt_out",) if wants_no_messages(TokenStream(text)) else ())
    near_intents = [
        intent for intent in wished_intents if turn.conversation.forms[intent].is_offered or intent in OPT_INTENTS
    ]
    if near_intents:
        return await _offer_menu(turn, "sms.did_you_mean", near_intents, OFFERED_INTENT, text)
    turn.intent = "unknown"
    return turn.render_error(ExpiredDialogue()) if turn.late_question else turn.render("sms.unknown")


async def _offer_menu(
    turn: TurnContext, text_key: str, intents: list[str], intent: str, source: str | None = None
) -> RenderedMessage:
    """Offer what fits of these intents by number; what comes last is known to do without a menu.

    `source` is the text that they are offered for: what is chosen begins with what it holds.
    """
    offered_intents = turn.fitting_intents(text_key, intents)
    slots = {} if source is None else {OFFER: source}
    menu_frame = Frame(MENU_INTENT, slots, asked=MENU_INTENT, options=offered_intents, one_shot=False)
    menu_frame.unnumbered = not turn.shows_numbers(text_key)
    turn.dialogue.frames.append(menu_frame)
    turn.intent, turn.asks_question = intent, True
    return turn.render(text_key, menu=turn.numbered_menu(offered_intents, "intents"))


async def _append_waiting_question(turn: TurnContext, reply: RenderedMessage) -> RenderedMessage:
    """After an interruption, repeat what the waiting dialogue still asks."""
    waiting = turn.dialogue.top
    if waiting is None or turn.asks_question or waiting.asked in {None, "code"} or waiting.intent == MENU_INTENT:
        return reply
    if turn.intent == waiting.intent or turn.conversation.is_outdated(waiting):  # it restarts with the next text
        return reply
    try:
        question = await _word_waiting_question(turn, waiting)
    except DomainError:  # what it is about is gone: the next text is told so
        return reply
    endings = (f"{turn.text_of('sms.waiting')} {question.text}", turn.text_of("sms.waiting_in_short"))
    text = join_fitting(
        max(reply.part_budget, JOINED_PART_BUDGET), *(f"{reply.text}\n{ending}" for ending in endings), reply.text
    )
    turn.asks_question = text.endswith(question.text)
    return replace(reply, text=text)


async def _word_waiting_question(turn: TurnContext, waiting: Frame) -> RenderedMessage:
    if waiting.asked == CONFIRM_STEP:
        return await render_summary(turn, waiting)
    is_change = waiting.intent == CHANGE_INTENT
    return await render_change_question(turn, waiting) if is_change else render_question(turn, waiting)
