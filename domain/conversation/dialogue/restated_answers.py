"""Answers of a form that a text gives once more, amid a story: «۴ ساعت خواسته بودم، ۲ ساعت بسه», «لودر فردا نه شنبه».

An answer is another one where the text says it as it is and one other beside it; where it says that something is to
become otherwise, the other alone will do.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.conversation.dialogue.form_filling import read_other_answer
from domain.conversation.dialogue.frames import Frame
from domain.conversation.dialogue.intent_forms import IntentForm
from domain.fields.form import Field
from domain.values.errors import DomainError


def read_restated_answers(
    frame: Frame, form: IntentForm, fields: Iterable[Field], text: str, now: datetime, *, is_change: bool
) -> dict[str, Any]:
    """Return the new values of those of a filled form's fields that a text gives another value, by field; empty where
    it gives none, or several. `is_change` is whether it says that something is to become otherwise.
    """
    restated = {
        field.name: _restate(frame, form, field, text, now, is_change=is_change)
        for field in fields
        if field.name in frame.slots
    }
    return {name: value for name, value in restated.items() if value != frame.slots[name]}


def _restate(frame: Frame, form: IntentForm, field: Field, text: str, now: datetime, *, is_change: bool) -> Any:
    """Return the value of a field after a text, part by part."""
    mentions = list(field.type.find_mentions(text, now))
    value = frame.slots[field.name]
    for part in dict.fromkeys(part for part, _ in mentions):
        so_far = Frame(frame.intent, {**frame.slots, field.name: value})
        stated_values = _read_values(
            so_far, form, field, (mention for of_part, mention in mentions if of_part == part), now
        )
        others = [stated for stated in stated_values if stated != value]
        if len(others) == 1 and (is_change or len(stated_values) > 1):
            value = others[0]
    return value


def _read_values(frame: Frame, form: IntentForm, field: Field, mentions: Iterable[str], now: datetime) -> list[Any]:
    """Return the different values that mentions of a field make of its present one."""
    values: list[Any] = []
    for mention in mentions:
        try:
            taking_field, value = read_other_answer(frame, form, field, mention, now)
        except DomainError:
            continue
        if taking_field is field and value not in values:
            values.append(value)
    return values
