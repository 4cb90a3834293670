"""Doubts about what a text would do: whether somebody else wrote it, whether it corrects what was just sent, comes too
late, or begins a form that its writer has no use for.
"""

from domain.actions.conversations.enquiries.passing_changes import (
    changes_something,
    corrects_something,
    read_passing_change,
)
from domain.actions.conversations.intents import LATE_ANSWER_INTENTS
from domain.actions.conversations.turn_context import TurnContext
from domain.conversation.dialogue.frames import CONFIRM_STEP, Ask, Frame, OptOut, Perform, Reaction, Unknown
from domain.conversation.reading.command_fields import MENU_INTENT
from domain.conversation.reading.vocabulary import CHANGE_INTENT
from domain.messages.catalogue import RenderedMessage
from domain.values.errors import DomainError, ExpiredDialogue
from domain.values.reasons import ExpiredDialogueReason

_MOST_CHANGED_VALUES = 2
"""Values that a text of a change names: of which request it is, and the new one."""
_CHANGE_NAMES = frozenset({"code", "field"})
"""Slots of a change that say of which request it is, or of which answer."""


async def correct_instead(turn: TurnContext, step: Reaction, text: str) -> Reaction | None:
    """Return the change of what was just sent, where a text corrects it and would begin a form anew, or a change of any
    request.
    """
    if not isinstance(step, Ask) or len(turn.dialogue.frames) != 1 or turn.had_dialogue:
        return None
    frame, is_form = step.frame, turn.conversation.forms[step.frame.intent].is_service_form
    begins_form = corrects_something(text) and is_form and not frame.trail
    becomes_otherwise = changes_something(text) and is_form and not _tells_order(frame)
    changes_any = frame.intent == CHANGE_INTENT and frame.slots.keys().isdisjoint(_CHANGE_NAMES)
    if not (begins_form or becomes_otherwise or (changes_any and corrects_something(text))):
        return None
    frames, turn.dialogue.frames = turn.dialogue.frames, []
    passing_step = await read_passing_change(turn, text)
    turn.dialogue.frames = turn.dialogue.frames if passing_step else frames
    return passing_step


def _tells_order(frame: Frame) -> bool:
    """Return whether a form that has begun says more than of what it is and one thing beside that: it is a new one."""
    return len(frame.stated_slots) > _MOST_CHANGED_VALUES


def find_late_answer(turn: TurnContext, step: Reaction, text: str) -> RenderedMessage | None:
    """Return the reply to what answers a question whose time is over; None for anything else."""
    late = turn.late_question
    if late and isinstance(step, OptOut) and late.may_mean_number(text):
        turn.intent = "unknown"
        return turn.render_error(ExpiredDialogue(reason=ExpiredDialogueReason.NUMBER))
    if late and isinstance(step, Ask) and step.frame.intent in LATE_ANSWER_INTENTS and not step.frame.slots:
        turn.dialogue.frames.clear()
        turn.intent = "unknown"
        return turn.render_error(ExpiredDialogue())
    return None


def doubt_forwarded(turn: TurnContext, step: Reaction) -> Reaction:
    """Return what a forwarded text comes to: what it would do is asked once, and it stops no messages."""
    if isinstance(step, OptOut):
        return Unknown()
    if not isinstance(step, Perform) or step.frame.asked == CONFIRM_STEP:
        return step
    intent = step.frame.intent
    if not (turn.conversation.forms[intent].is_service_form or turn.conversation.grammar.is_binding(intent)):
        return step
    step.frame.plain = False
    turn.dialogue.frames.append(step.frame)
    return turn.conversation.ask_next(turn.dialogue)


async def offer_to_stranger(turn: TurnContext, step: Reaction) -> Reaction:
    """Return what a text comes to that only makes a form of drivers likely («شنبه امتحان دارم»): a line that is no
    driver's or owner's is offered it.
    """
    if not isinstance(step, Ask | Perform) or not _is_drivers_form_likely(turn, step.frame):
        return step
    service = turn.conversation.forms[step.frame.intent].service
    try:
        fill = await service.fill_form(turn.uow, turn.actor.identifier, step.frame.slots) if service.fill_form else None
    except DomainError:  # a plate that nobody has: it is asked for
        return step
    if fill is None or service.subject_field in {*fill.found_values, *fill.remaining_choices}:
        return step
    turn.dialogue.frames = [frame for frame in turn.dialogue.frames if frame is not step.frame]
    return Unknown((step.frame.intent,))


def _is_drivers_form_likely(turn: TurnContext, frame: Frame) -> bool:
    """Return whether a form that drivers and owners ask for begins with this text, and was not plainly called."""
    if turn.had_dialogue or frame.plain or frame.intent == MENU_INTENT:
        return False
    intent = turn.conversation.grammar.find_intent(frame.intent)
    return intent is not None and intent.is_for_drivers and turn.conversation.forms[frame.intent].is_service_form
