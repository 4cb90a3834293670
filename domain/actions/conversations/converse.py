"""One text of a citizen, read in its dialogue and done: the reply is returned, the dialogue is kept for the next
text.
"""

from dataclasses import replace

from domain.actions.conversations import commands
from domain.actions.conversations.questions import prefix_reason, render_question, render_summary
from domain.actions.conversations.same_request import find_same_request
from domain.actions.conversations.turn_context import TurnContext, store_dialogue
from domain.conversation.command_fields import MENU_INTENT, asks_own_request
from domain.conversation.dialogue import CONFIRM_STEP
from domain.conversation.frames import OFFER, Ask, Frame, Left, OptOut, Perform, Reaction, Refused, Unknown
from domain.messages.catalogue import JOINED_PART_BUDGET, RenderedMessage, join_fitting
from domain.values.errors import DomainError, ExpiredDialogue, InvalidField, MissingField, UnknownKind, Unsupported
from domain.values.reasons import ExpiredDialogueReason, UnsupportedReason
from domain.values.text import fold_text

OFFERED_INTENT, REFUSED_INTENT = "offered", "refused"
"""The intent of a text that was answered with an offer, or that nothing is done for."""

LATE_ANSWER_INTENTS = frozenset({"confirm", "deny"})
"""Intents of words that answer a summary, when they are alone."""


async def converse(turn: TurnContext, text: str, *, is_command: bool = False) -> RenderedMessage:
    """Read one text from a line that has a proved mobile, do what it asks, and return the reply; the turn has what was
    understood.

    A command (`is_command`) answers no question, whatever is asked: it is a button that belongs to no question.
    """
    reply = await _take_turn(turn, text, is_command=is_command)
    await store_dialogue(turn)
    return reply


async def repeat_question(turn: TurnContext) -> RenderedMessage | None:
    """Return the question that the dialogue waits with; None when it waits for nothing."""
    frame = turn.dialogue.top
    if frame is None or frame.asked is None or turn.conversation.is_outdated(frame):
        return None
    return await _ask_question(turn, Ask(frame))


async def _take_turn(turn: TurnContext, text: str, *, is_command: bool) -> RenderedMessage:
    late = turn.late_question
    read_step = turn.conversation.read_command if is_command else turn.conversation.read_text
    try:
        step = read_step(turn.dialogue, text, turn.sent_at)
    except DomainError as error:
        turn.intent = turn.dependencies.grammar.parse_message(text, turn.sent_at).intent
        return turn.render_error(error)
    if isinstance(step, Unknown):
        return await _answer_unknown(turn, step, text)
    if late and isinstance(step, OptOut) and late.accepts_text(text):
        turn.intent = "unknown"
        return turn.render_error(ExpiredDialogue(reason=ExpiredDialogueReason.NUMBER))
    if late and isinstance(step, Ask) and step.frame.intent in LATE_ANSWER_INTENTS and not step.frame.slots:
        turn.dialogue.frames.clear()
        turn.intent = "unknown"
        return turn.render_error(ExpiredDialogue())
    return _append_waiting_question(turn, await _take_step(turn, step))


async def _take_step(turn: TurnContext, step: Reaction) -> RenderedMessage:
    if isinstance(step, Ask | Perform):
        frame = step.frame
        try:
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
        case Left() | Refused() | Unknown():
            return _reply_nothing_done(turn, step)


def _reply_nothing_done(turn: TurnContext, step: Left | Refused | Unknown) -> RenderedMessage:
    match step:
        case Left():
            turn.intent = "exit"
            return _describe_leaving(turn, step)
        case Refused():
            turn.intent = REFUSED_INTENT
            return turn.render("sms.refused")
        case Unknown():
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
        step = turn.conversation.ask_next(turn.dialogue, step.problem)  # type: ignore[assignment]  # an Ask or a Perform
    frame.filled = True
    frame.options = list(registry_fill.remaining_choices.get(str(frame.asked), frame.options))
    return step


async def _perform_intent(turn: TurnContext, frame: Frame) -> RenderedMessage:
    """Do it; when a field turns out to be wrong only now, ask for that field again instead of losing the rest."""
    if frame.intent == "help" and "service" not in frame.slots:
        return await _offer_menu(turn, "sms.help", list(turn.conversation.main_menu_intents()), "help")
    if frame.asked != CONFIRM_STEP and await commands.needs_confirmation(turn, frame.intent, frame.slots):
        frame.plain = False
        turn.dialogue.frames.append(frame)
        return await _take_step(turn, turn.conversation.ask_next(turn.dialogue))
    if duplicate := await find_same_request(turn, frame):
        frame.plain, frame.asked, frame.same_as = False, None, duplicate.code
        turn.dialogue.frames.append(frame)
        return await _take_step(turn, turn.conversation.ask_next(turn.dialogue))
    turn.intent = frame.intent
    try:
        return await _run_intent(turn, frame)
    except (InvalidField, MissingField, UnknownKind) as error:
        return await _ask_wrong_field(turn, frame, error)
    except DomainError as error:
        return turn.render_error(error)


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
    if not turn.conversation.forms[frame.intent].is_offered:
        raise Unsupported(reason=UnsupportedReason.SERVICE_BY_SMS)
    if frame.intent in commands.READ_ONLY_INTENTS:
        return await commands.COMMANDS_BY_INTENT[frame.intent](turn, frame.slots)
    async with turn.uow.savepoint():
        if turn.conversation.forms[frame.intent].submission:
            return await commands.submit_service_form(turn, frame)
        if lookup_match := turn.conversation.forms[frame.intent].lookup:
            return await commands.answer_lookup(turn, lookup_match[0], lookup_match[1], frame.slots)
        return await commands.COMMANDS_BY_INTENT[frame.intent](turn, frame.slots)


async def _ask_question(turn: TurnContext, step: Ask) -> RenderedMessage:
    frame = step.frame
    turn.intent = frame.intent
    if frame.asked == CONFIRM_STEP:
        turn.asks_question = True
        return prefix_reason(turn, step, render_summary(turn, frame))
    frame.same_as = None
    if frame.asked == "code" and asks_own_request(frame.intent):
        return await _ask_own_request(turn, step)
    turn.asks_question = True
    return prefix_reason(turn, step, render_question(turn, frame))


async def _ask_own_request(turn: TurnContext, step: Ask) -> RenderedMessage:
    """Ask which of the citizen's requests is meant, where several may be."""
    frame, dialogue = step.frame, turn.dialogue
    if frame.intent == "pay" and step.problem is None and (bills_reply := await commands.describe_own_bills(turn)):
        dialogue.frames.pop()
        return bills_reply
    candidates = await commands.list_candidates(turn, frame.intent)
    if not candidates:
        dialogue.frames.pop()
        return turn.render_error(step.problem) if step.problem else turn.render(f"sms.none_to.{frame.intent}")
    if len(candidates) == 1 and step.problem is None and frame.intent in commands.SINGLE_CHOICE_INTENTS:
        frame.slots["code"] = candidates[0].code
        return await _take_step(turn, turn.conversation.ask_next(dialogue))
    offer_reply, offered_count = commands.offer_requests(turn, frame.intent, candidates)
    frame.options = [request.code for request in candidates[:offered_count]]
    turn.asks_question = True
    return prefix_reason(turn, step, offer_reply)


async def _answer_unknown(turn: TurnContext, step: Unknown, text: str) -> RenderedMessage:
    folded_text, late = fold_text(text), turn.late_question
    if folded_text in {"1", "2", "3", "4", "5"}:
        later_question_at = late.asked_at if late and late.accepts_number(int(folded_text)) else None
        rating_reply = await commands.take_bare_rating(turn, int(folded_text), asked_since=later_question_at)
        if rating_reply is not None:
            turn.intent = "rate"
            return rating_reply
    near_intents = [intent for intent in step.near_intents if turn.conversation.forms[intent].is_offered]
    if near_intents:
        return await _offer_menu(turn, "sms.did_you_mean", near_intents, OFFERED_INTENT, text)
    turn.intent = "unknown"
    return turn.render_error(ExpiredDialogue()) if late else turn.render("sms.unknown")


async def _offer_menu(
    turn: TurnContext, text_key: str, intents: list[str], intent: str, source: str | None = None
) -> RenderedMessage:
    """Offer what fits of these intents by number; what comes last is known to do without a menu.

    `source` is the text that they are offered for: what is chosen begins with what it holds.
    """
    offered_intents = turn.fitting_intents(text_key, intents)
    slots = {} if source is None else {OFFER: source}
    turn.dialogue.frames.append(Frame(MENU_INTENT, slots, asked=MENU_INTENT, options=offered_intents, one_shot=False))
    turn.intent, turn.asks_question = intent, True
    return turn.render(text_key, menu=turn.numbered_menu(offered_intents, "intents"))


def _append_waiting_question(turn: TurnContext, reply: RenderedMessage) -> RenderedMessage:
    """After an interruption, repeat what the waiting dialogue still asks."""
    waiting = turn.dialogue.top
    if waiting is None or turn.asks_question or waiting.asked in {None, "code"} or waiting.intent == MENU_INTENT:
        return reply
    if turn.intent == waiting.intent or turn.conversation.is_outdated(waiting):  # it restarts with the next text
        return reply
    question = render_summary(turn, waiting) if waiting.asked == CONFIRM_STEP else render_question(turn, waiting)
    endings = (f"{turn.text_of('sms.waiting')} {question.text}", turn.text_of("sms.waiting_in_short"))
    text = join_fitting(
        max(reply.part_budget, JOINED_PART_BUDGET), *(f"{reply.text}\n{ending}" for ending in endings), reply.text
    )
    turn.asks_question = text.endswith(question.text)
    return replace(reply, text=text)
