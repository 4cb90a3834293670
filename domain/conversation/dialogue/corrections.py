"""Corrections in a form beside the answer to its question: a change of an earlier answer, that nobody knows, or a
question what all this costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, product
from typing import Any

from domain.conversation.dialogue.form_filling import (
    drop_answer,
    find_asking_field,
    find_earlier_question,
    is_number,
    leave_to_unit,
    replace_answer,
    set_answer_aside,
    take_time_beside,
)
from domain.conversation.dialogue.frames import AMEND_STEP, CONFIRM_STEP, Frame
from domain.conversation.dialogue.intent_forms import IntentForm
from domain.conversation.reading.command_fields import TARIFF_INTENT
from domain.conversation.reading.field_changes import AnswerChange, FieldWords
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.guessing import understand_message
from domain.fields.form import Field
from domain.fields.types import Text
from domain.language.intents import combine_words
from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.tokens import Phrases, TokenStream, key_of, keys_in, read_once
from domain.parsing.word_lists import words_of
from domain.values.errors import DomainError

_UNSURE_PHRASES = words_of("moods.unsure_phrases")
_LACKED_NAMES = words_of("moods.lacked_names")
_LACKED_PHRASES = combine_words(
    _LACKED_NAMES,
    words_of("moods.lacked_phrases"),
)
"""Phrases that say, where a code is asked, that there is none at hand: it asks for no list of requests."""

_LACKING_WORDS = keys_in("moods.lacking_words")
_LEAD_WORDS = keys_in("moods.contrasts") | keys_in("moods.lacked_names")

_MOST_WORDS_OF_CONFUSION = 7
_CONFUSED_PHRASES: Phrases[bool] = Phrases({True: words_of("moods.confused_phrases")})

_HEDGE_PHRASES = words_of("moods.hedge_phrases")
_AROUND_WORDS = COURTESY_WORDS | keys_in("moods.around_words")
_PHRASES: Phrases[bool] = Phrases({True: dict.fromkeys((*_UNSURE_PHRASES, *_LACKED_PHRASES)), False: _HEDGE_PHRASES})


def is_confused(text: str) -> bool:
    """Return whether a short text says that its writer does not see what is asked («چرا اینقدر سوال می‌پرسید»)."""
    stream = TokenStream(text)
    return stream.read.word_count <= _MOST_WORDS_OF_CONFUSION and _CONFUSED_PHRASES.occurs_in(stream)


def is_unsure(text: str) -> bool:
    """Return whether a text says nothing but that its writer does not know, or that it is all the same."""
    stream = TokenStream(text)
    is_stated = False
    index = 0
    while index < len(stream):
        match = _PHRASES.match_at(stream, index)
        if match:
            is_stated = is_stated or match[0]
        elif stream.raw_at(index) not in _AROUND_WORDS:
            return False
        index = match[1] if match else index + 1
    return is_stated


def says_lack(text: str) -> bool:
    """Return whether a text says that something is not there («ندارم», «زمین کد پستی نداره»)."""
    return not _LACKING_WORDS.isdisjoint(read_once(text).key_set)


@dataclass(frozen=True, slots=True)
class DoubtfulText:
    """A text that says «شاید», «هر وقت شد», «ندیدم»."""

    sure_text: str
    """Words beside the doubt that may answer; empty where it says no more."""
    description: str
    """The same as it was written, behind a «ولی» and the name of what is lacked («پلاکشو ولی پژو بود»)."""


def read_doubt(text: str) -> DoubtfulText | None:
    """Return what a text says beside its doubt; None where it has none."""
    stream = TokenStream(text)
    remaining_words: list[str] = []
    is_doubtful = is_unknown = False
    index = 0
    while index < len(stream):
        match = _PHRASES.match_at(stream, index)
        if match:
            is_doubtful, is_unknown = True, is_unknown or match[0]
        else:
            remaining_words.append(stream.source_text(index, index + 1))
        index = match[1] if match else index + 1
    if not is_doubtful:
        return None
    content_words = [word for word in remaining_words if not (is_unknown and key_of(word) in _AROUND_WORDS)]
    described_words = dropwhile(lambda word: key_of(word) in _LEAD_WORDS, remaining_words if content_words else ())
    return DoubtfulText(" ".join(content_words), " ".join(described_words))


_HOW_MUCH = words_of("moods.how_much")
_PRICE_VERBS = words_of("moods.price_verbs")
_PRICE_PHRASES: Phrases[bool] = Phrases(
    {
        True: (
            *(f"{amount} {verb}" for amount, verb in product(_HOW_MUCH, _PRICE_VERBS)),
            *words_of("moods.price_phrases.yes"),
        )
    }
)
"""Phrases that ask a price amid a form, where no other question can be meant."""

_SAME_WORDS = keys_in("moods.same_words")
_STAYING_WORDS = keys_in("moods.staying_words")


@dataclass(frozen=True, slots=True)
class Correction:
    """Change that a text made in a form, and the next question."""

    asked: str = ""
    """The field to be asked now, or `AMEND_STEP`; empty: what is asked anyway."""
    taken: str = ""
    """The field that has another value now, or was left to the unit."""
    problem: DomainError | None = None
    """Reason for refusing the value said for the asked field."""
    is_unsure: bool = False
    """Whether it is not known what was asked, and may not be left to the unit."""
    answer_text: str = ""
    """Answer to the present question, without the words around it; empty: nothing of all this."""


def read_correction(
    frame: Frame, form: IntentForm, field_words: FieldWords, text: str, now: datetime
) -> Correction | None:
    """Change the frame by what a text says of other answers, or leaves to the unit; None where it says nothing so."""
    asked_field = next((field for field in form.fields if field.name == frame.asked), None)
    if asked_field and is_unsure(text):
        return read_unsure(frame, asked_field, now)
    is_choosing = frame.asked in {AMEND_STEP, CONFIRM_STEP}  # beside a summary a name alone asks for its answer again
    if is_choosing and (named_field := find_asking_field(form, field_words.name_in(text))):
        set_answer_aside(frame, named_field)
        return Correction(asked=named_field.name)
    change = field_words.read_change(TokenStream(text))
    if change is not None:
        return _change_answer(frame, form, change, asked_field, now)
    if asked_field and isinstance(asked_field.type, Text):
        return hear_earlier_answer(frame, form, text, now)
    return None


def read_unsure(frame: Frame, field: Field, now: datetime) -> Correction:
    """Leave the asked field to the unit, or find that it has to be said."""
    if leave_to_unit(frame, field, now):
        return Correction(taken=frame.left_open[-1])
    return Correction(is_unsure=True)


def hear_earlier_answer(frame: Frame, form: IntentForm, text: str, now: datetime) -> Correction | None:
    """Let a text that answers an earlier question change that answer; None where it answers none. A number beside a
    summary may be anything.
    """
    if frame.asked == CONFIRM_STEP and is_number(text):
        return None
    earlier_field = find_earlier_question(frame, form, text, now)
    return _set_answer(frame, form, earlier_field, text, now) if earlier_field else None


def says_same(text: str) -> bool:
    """Return whether a text says that something is the same («آره همونه»)."""
    return not _SAME_WORDS.isdisjoint(read_once(text).key_set)


def keeps_answer(text: str) -> bool:
    """Return whether a text says nothing but that an answer shall stay as it is («همان بماند»)."""
    word_keys = read_once(text).key_set
    return bool(word_keys & _SAME_WORDS) and word_keys <= _SAME_WORDS | _STAYING_WORDS | COURTESY_WORDS


def list_amendable(frame: Frame, form: IntentForm) -> list[str]:
    """Return the fields that have been answered, in the form's order."""
    return [
        field.name
        for field in form.fields
        if not field.is_derived and field.is_answered_in(frame.stated_slots) and field in form.asked_fields
    ]


def _change_answer(
    frame: Frame, form: IntentForm, change: AnswerChange, asked_field: Field | None, now: datetime
) -> Correction | None:
    named_field = find_asking_field(form, change.field_name)
    if named_field and not change.value_text:
        set_answer_aside(frame, named_field)
        return Correction(asked=named_field.name)
    if named_field:
        correction = _set_answer(frame, form, named_field, change.value_text, now)
        is_own_text = correction.problem is not None and asked_field and isinstance(asked_field.type, Text)
        return None if is_own_text and named_field is not asked_field else correction
    if change.value_text:
        return hear_earlier_answer(frame, form, change.value_text, now) or Correction(answer_text=change.value_text)
    if asked_field is None:
        return Correction(asked=AMEND_STEP)
    last_field = find_asking_field(form, frame.trail[-1]) if frame.trail else None
    if last_field:
        drop_answer(frame, last_field)
    return Correction(asked=last_field.name if last_field else "")


def _set_answer(frame: Frame, form: IntentForm, field: Field, text: str, now: datetime) -> Correction:
    try:
        taken = replace_answer(frame, form, field, text, now)
    except DomainError as problem:
        set_answer_aside(frame, field)
        return Correction(asked=field.name, problem=problem)
    take_time_beside(frame, form, type(field.type), text, now)
    return Correction(taken=taken)


def read_price_question(
    grammar: Grammar, frame: Frame | None, tariff_form: IntentForm, text: str, now: datetime
) -> Mapping[str, Any] | None:
    """Return of what a text asks the price: what it says itself («چهار ساعتش چنده؟»), and the rest as the form has it
    where that has a price; None where it asks none, or nothing that has a price was said yet.
    """
    guess = understand_message(grammar, text, now)
    question = grammar.parse_for_intent(TARIFF_INTENT, text, now)
    is_asked = TARIFF_INTENT in {guess.intent, *guess.suggested_intents[:1]} or _asks_price(text)
    if question is None or not is_asked:
        return None
    known_values = _list_single_values(frame) if frame else {}
    priced_values = {field.name: known_values[field.name] for field in tariff_form.fields if field.name in known_values}
    return {**priced_values, **question.slots} or None


def _asks_price(text: str) -> bool:
    return _PRICE_PHRASES.occurs_in(TokenStream(text))


def _list_single_values(frame: Frame) -> dict[str, Any]:
    """Return the values of a form, and the parts of what there is one of: the machine and its hours."""
    single_values: dict[str, Any] = dict(frame.slots)
    for value in frame.slots.values():
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping):
            single_values |= value[0]
    return single_values
