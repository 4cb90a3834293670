"""What somebody asks the price of amid a form: «چند میشه؟» means what was said so far."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.conversation.command_fields import TARIFF_INTENT
from domain.conversation.frames import Frame
from domain.conversation.grammar import Grammar
from domain.conversation.guessing import understand_message
from domain.conversation.intent_forms import IntentForm


def read_price_question(
    grammar: Grammar, frame: Frame, tariff_form: IntentForm, text: str, now: datetime
) -> Mapping[str, Any] | None:
    """Return of what a text asks the price: what it says itself («چهار ساعتش چنده؟»), and the rest as the form has it;
    None where it asks none, or nothing that has a price was said yet.
    """
    guess = understand_message(grammar, text, now)
    question = grammar.parse_for_intent(TARIFF_INTENT, text, now)
    if question is None or TARIFF_INTENT not in {guess.intent, *guess.suggested_intents}:
        return None
    known_values = _list_single_values(frame)
    priced_values = {field.name: known_values[field.name] for field in tariff_form.fields if field.name in known_values}
    return {**priced_values, **question.slots} or None


def _list_single_values(frame: Frame) -> dict[str, Any]:
    """Return the values of a form, and the parts of what there is one of: the machine and its hours."""
    single_values: dict[str, Any] = dict(frame.slots)
    for value in frame.slots.values():
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping):
            single_values |= value[0]
    return single_values
