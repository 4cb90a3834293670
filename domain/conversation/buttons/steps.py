"""How far a form is: which of its questions is asked now, and how many there are («۳ از ۵»)."""

from domain.conversation.dialogue.frames import CONFIRM_STEP, Frame
from domain.conversation.dialogue.turns import Conversation


def count_steps(conversation: Conversation, frame: Frame) -> tuple[int, int] | None:
    """Return the number of the question that a form asks, from 1, and that of all; None where no form asks a field.

    What was said at once counts as asked, so that a form that began with a sentence is as far as it is.
    """
    form = conversation.forms[frame.intent]
    if form.submission is None or frame.asked in {None, CONFIRM_STEP} or len(form.asked_fields) < 2:
        return None
    answered_fields = [
        field for field in form.asked_fields if field.name != frame.asked and field.is_answered_in(frame.slots)
    ]
    return len(answered_fields) + 1, len(form.asked_fields)
