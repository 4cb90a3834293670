"""The words of what a dialogue asks: a field, a choice among few, a summary to be confirmed; and why it is asked."""

from dataclasses import replace

from domain.actions.conversations.turn_context import TurnContext
from domain.conversation.command_fields import INTENTS_WITH_OWN_QUESTION, MENU_INTENT
from domain.conversation.frames import Ask, Frame
from domain.fields.moments import Day, HourOfDay
from domain.fields.types import FieldType
from domain.language.wording import menu_of_names
from domain.messages.catalogue import JOINED_PART_BUDGET, RenderedMessage, join_fitting
from domain.values.errors import AmbiguousField
from domain.values.text import persian_digits


def render_question(turn: TurnContext, frame: Frame) -> RenderedMessage:
    """Word the question for the field that a frame asks, with its menu where few values are left."""
    if frame.intent == MENU_INTENT:
        return turn.render("sms.choose", menu=turn.numbered_menu(frame.options, "intents"))
    keyword = turn.conversation.forms[frame.intent].submission or turn.conversation.forms[frame.intent].lookup
    field_name = f"{frame.asked}_{frame.gap}" if frame.gap else f"{frame.asked}"
    text_key = f"services.{keyword[0].key}.fields.{field_name}.prompt" if keyword else f"ask.{field_name}"
    if frame.intent in INTENTS_WITH_OWN_QUESTION:
        text_key = f"ask.{frame.intent}"
    if frame.options and isinstance(_asked_field_type(turn, frame), Day | HourOfDay):
        kind = _asked_field_type(turn, frame)
        return turn.render(
            "sms.which_value",
            menu=menu_of_names([kind.display_name(option, turn.text_of) for option in frame.options]),
        )
    if frame.options:
        choice_key = f"{text_key.removesuffix('.prompt')}.choose"
        text_key = choice_key if choice_key in turn.dependencies.catalogue else text_key
        kind = _asked_field_type(turn, frame)
        return turn.render(
            text_key, menu=menu_of_names([kind.display_name(option, turn.text_of) for option in frame.options])
        )
    return turn.render(text_key)


def _asked_field_type(turn: TurnContext, frame: Frame) -> FieldType:
    return next(
        form_field.type for form_field in turn.conversation.forms[frame.intent].fields if form_field.name == frame.asked
    )


def render_summary(turn: TurnContext, frame: Frame) -> RenderedMessage:
    """Word what is done when the citizen confirms it."""
    keyword = turn.conversation.forms[frame.intent].submission
    if frame.same_as:
        return turn.render("chat.same", code=turn.dependencies.wording.tracking_code_text(frame.same_as))
    if keyword is None:
        slot_texts = {name: persian_digits(str(value)) for name, value in frame.slots.items() if name != "code"}
        request_code = (
            turn.dependencies.wording.tracking_code_text(frame.slots["code"]) if "code" in frame.slots else ""
        )
        return turn.render(f"sms.offer.{frame.intent}", code=request_code, **slot_texts)
    return turn.render(
        f"services.{keyword[0].key}.summary", **turn.dependencies.wording.render_values(keyword[0].form, frame.slots)
    )


def prefix_reason(turn: TurnContext, step: Ask, question: RenderedMessage) -> RenderedMessage:
    """Put before a question why it is asked, at least in short; which of several readings is meant says it itself."""
    if isinstance(step.problem, AmbiguousField) and step.frame.options:
        return question
    reasons = [turn.text_of("sms.restarted")] if step.is_restarted else []
    if step.problem is not None and not step.is_restarted:
        reasons = [turn.dependencies.wording.render_error(step.problem), turn.text_of(f"errors.{step.problem.code}")]
    texts = (*(f"{reason}\n{question.text}" for reason in reasons), question.text)
    return replace(question, text=join_fitting(max(question.part_budget, JOINED_PART_BUDGET), *texts))
