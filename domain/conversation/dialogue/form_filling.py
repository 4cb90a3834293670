"""Values on their way into a frame: what was said is read by the form's fields, what is missing is found, and answers
are taken back or changed.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from domain.conversation.dialogue.answers import has_no_letters, take_value
from domain.conversation.dialogue.frames import Dialogue, Frame
from domain.conversation.dialogue.intent_forms import IntentForm
from domain.conversation.reading.command_fields import MENU_INTENT, PAYABLE_SLOTS
from domain.conversation.reading.parsed_message import value_as_json
from domain.fields.form import Field
from domain.fields.moments import Day, HourOfDay
from domain.fields.places import Place, has_point
from domain.fields.types import Choice, FieldType, ReadingContext, Text
from domain.parsing.answers import read_number
from domain.parsing.places import mentions_address, names_spot
from domain.parsing.times.hours import find_lengths_and_clocks
from domain.parsing.tokens import TokenStream
from domain.values.errors import AmbiguousField, DomainError, InvalidField
from domain.values.reasons import InvalidReason


def find_asking_field(form: IntentForm, name: str | None) -> Field | None:
    """Return the field that is asked in order to get a value: itself, or the one that it replaces; what may be said in
    own words is always asked by itself.
    """
    asked_fields = [field for field in form.fields if not field.is_derived]
    named_field = next((field for field in asked_fields if field.name == name), None)
    if named_field and isinstance(named_field.type, Text):
        return named_field
    return next((field for field in asked_fields if name in field.alternatives), named_field)


def list_alternatives(form: IntentForm, field: Field, *, in_own_words: bool = False) -> list[Field]:
    """Return the fields that do as well as one: those that are told by their form, or those in the writer's own words,
    which any text would be.
    """
    others = [other for other in form.fields if other.name in field.alternatives]
    return [other for other in others if isinstance(other.type, Text) is in_own_words]


def list_replaced(form: IntentForm, field: Field) -> list[Field]:
    """Return the codes in whose place a field in own words is asked."""
    if not isinstance(field.type, Text):
        return []
    coded_fields = [other for other in form.fields if field.name in other.alternatives]
    return [coded for one in coded_fields for coded in (one, *list_alternatives(form, one))]


def is_described_by(field: Field, text: str) -> bool:
    """Return whether a text says enough for a field in own words: an address names a place."""
    is_address = isinstance(field.type, Text) and field.type.is_address
    return len(text.split()) > 1 and (mentions_address(text) or not is_address)


def take_own_words(frame: Frame, field: Field, text: str, now: datetime) -> None:
    """Take a text as the value of a field in own words."""
    if take_value(frame, field, text, now) is None:
        frame.trail.append(field.name)


def absorb_values(
    frame: Frame, form: IntentForm, stated_values: Mapping[str, Any], now: datetime
) -> DomainError | None:
    """Take over what was said, as far as it is valid; return the first error, to be shown with the question."""
    fields_by_name = {field.name: field for field in form.fields}
    other_values = {name: value for name, value in stated_values.items() if name not in fields_by_name}
    frame.slots.update({name: value_as_json(value) for name, value in other_values.items()})
    problem: DomainError | None = None
    for field in fields_by_name.values():
        if field.name in stated_values:
            try:
                problem = take_value(frame, field, stated_values[field.name], now) or problem
            except DomainError as error:
                problem = problem or error
            else:
                frame.trail.append(field.name)
    return problem


def take_shared_place(dialogue: Dialogue, frame: Frame, form: IntentForm, now: datetime) -> None:
    """Take the place that was shared before for a form that has one, behind the words for it; it is shown before
    anything is done.
    """
    field = next((one for one in form.fields if form.submission and isinstance(one.type, Place)), None)
    if not dialogue.place or field is None:
        return
    stated_place = str(frame.slots.get(field.name, ""))
    if not has_point(stated_place):
        place_text = f"{stated_place} {dialogue.place}".strip()
        frame.slots[field.name] = field.read_value(place_text, ReadingContext(now))
        frame.plain = False
        frame.trail = [*(name for name in frame.trail if name != field.name), field.name]
    dialogue.place = ""


def find_next_missing(frame: Frame, form: IntentForm, preferred: str | None) -> tuple[str, str | None] | None:
    """Return the field to ask now and its missing part; what gives `preferred` (found wrong, or to be changed) before
    others.
    """
    if frame.intent == MENU_INTENT:
        return MENU_INTENT, None
    if frame.intent == "pay" and frame.slots.keys() & PAYABLE_SLOTS:
        return None
    preferred_field = find_asking_field(form, preferred)
    if preferred_field and preferred_field.name not in frame.slots:
        return preferred_field.name, None
    missing_parts = [
        (field.name, missing_part or None)
        for field in form.asked_fields
        if (missing_part := _missing_part(field, frame)) is not None
    ]
    return min(missing_parts, key=lambda part: part[0] != preferred, default=None)


def take_answer(
    frame: Frame, form: IntentForm, field: Field, raw_value: str, now: datetime
) -> tuple[Field, DomainError | None]:
    """Read an answer as the asked field, else as one that does as well; return the field that it was."""
    for coded in list_replaced(form, field):  # the code after all, where it was described instead
        with suppress(DomainError):
            return coded, take_value(frame, coded, raw_value, now)
    is_continued = field.name in frame.begun_values and has_no_letters(raw_value)
    try:
        return field, take_value(frame, field, raw_value, now)
    except DomainError as error:
        if is_continued:  # digits behind half a plate are none of another taxi's code
            raise
        if error.reason is InvalidReason.PART_OF_DAY and frame.options:  # «عصر», asked which «۳» is meant
            return field, take_value(frame, field, f"{frame.options[-1]} {raw_value}", now)
        for alternative in (*list_alternatives(form, field), *_list_addresses(form, field, raw_value)):
            with suppress(DomainError):
                return alternative, take_value(frame, alternative, raw_value, now)
        raise


def _list_addresses(form: IntentForm, field: Field, text: str) -> list[Field]:
    """Return the fields for the address that does as well as a code, where a text is one."""
    others = list_alternatives(form, field, in_own_words=True) if names_spot(text) else []
    return [other for other in others if isinstance(other.type, Text) and other.type.is_address]


def absorb_open_values(frame: Frame, form: IntentForm, stated_values: Mapping[str, Any], now: datetime) -> str:
    """Take what was said of questions that are still open, as far as it is valid; return the first that was answered,
    empty where none was.
    """
    open_fields = [field for field in form.asked_fields if not field.is_answered_in(frame.slots)]
    open_names = {name for field in open_fields for name in (field.name, *field.alternatives)}
    absorb_values(frame, form, {name: value for name, value in stated_values.items() if name in open_names}, now)
    return next((field.name for field in open_fields if field.is_answered_in(frame.slots)), "")


def fill_heard_part(frame: Frame, form: IntentForm, text: str) -> str:
    """Let the one length that a text tells be the part of an answer that is asked («فکر کنم دو ساعت کار داره»); return
    the field, empty where none is told, or several are.
    """
    stream = TokenStream(text)
    lengths, field = find_lengths_and_clocks(stream)[0], find_asking_field(form, frame.asked)
    if not frame.gap or field is None or len(lengths) != 1:
        return ""
    with suppress(DomainError):
        length_text = stream.source_text(lengths[0].start, lengths[0].end)
        frame.slots[field.name] = field.type.fill_missing_part(frame.slots[field.name], length_text)
        frame.trail.append(field.name)
        return field.name
    return ""


_TIMES_BESIDE: Mapping[type[FieldType], type[FieldType]] = {Day: HourOfDay, HourOfDay: Day}


def take_time_beside(
    frame: Frame, form: IntentForm, answered_type: type[FieldType], raw_value: str, now: datetime
) -> None:
    """Take the hour that a text says beside the day that it answers («شنبه ساعت ۸»), or the day beside an hour («فردا
    ساعت ۹»); an hour that was answered before is another one only where the clock is named.
    """
    fields = [field for field in form.asked_fields if type(field.type) is _TIMES_BESIDE.get(answered_type)]
    if len(fields) != 1 or (fields[0].name in frame.slots and answered_type is Day and not _names_clock(raw_value)):
        return
    with suppress(DomainError):
        fields[0].read_value(raw_value, ReadingContext(now, fields[0].choices))
        take_value(frame, fields[0], raw_value, now)
        frame.trail.append(fields[0].name)


def _names_clock(text: str) -> bool:
    return any(clock.hour for clock in find_lengths_and_clocks(TokenStream(text))[1])


def drop_answer(frame: Frame, field: Field) -> None:
    """Take an answer back, with what does as well; what follows from the rest is found again."""
    for name in (field.name, *field.alternatives):
        frame.slots.pop(name, None)
    frame.trail = [name for name in frame.trail if name not in {field.name, *field.alternatives}]
    frame.left_open = [name for name in frame.left_open if name not in {field.name, *field.type.part_names}]
    frame.slots, frame.by_fill = frame.stated_slots, []


def set_answer_aside(frame: Frame, field: Field) -> None:
    """Take an answer out of the form in order to ask for another; it is kept until there is one."""
    settled_names = {field.name, *field.alternatives, *field.type.part_names}
    frame.kept_slots = {name: value for name, value in frame.stated_slots.items() if name in settled_names}
    frame.kept_left_open = [name for name in frame.left_open if name in settled_names]
    drop_answer(frame, field)


def take_back(frame: Frame) -> bool:
    """Let the answer stay that was set aside, or else take the last one back; return whether there was either."""
    if frame.kept_slots:
        frame.slots.update(frame.kept_slots)
        frame.trail += frame.kept_slots
        frame.left_open += frame.kept_left_open
        forget_kept(frame)
        return True
    if not frame.trail:
        return False
    last_slot = frame.trail.pop()
    frame.trail = [name for name in frame.trail if name != last_slot]
    frame.slots.pop(last_slot, None)
    frame.slots, frame.by_fill = frame.stated_slots, []  # what follows from the rest is found again
    return True


def forget_kept(frame: Frame) -> None:
    """Keep no answer beside the form any more: there is another, or it is back."""
    frame.kept_slots, frame.kept_left_open = {}, []


def replace_answer(frame: Frame, form: IntentForm, field: Field, raw_value: str, now: datetime) -> str:
    """Let another answer stand in place of an earlier one; return the field that took it. Where it cannot be read, the
    error is raised and the earlier one stays.
    """
    taking_field, value = read_other_answer(frame, form, field, raw_value, now)
    drop_answer(frame, field)
    frame.slots[taking_field.name] = value
    frame.trail.append(taking_field.name)
    return taking_field.name


def read_other_answer(
    frame: Frame, form: IntentForm, field: Field, raw_value: str, now: datetime
) -> tuple[Field, object]:
    """Return what another answer to a field would be, and which field takes it: itself, or one that does as well."""
    candidates = (field, *list_alternatives(form, field))
    problem: DomainError | None = None
    for candidate in candidates:
        try:
            with candidate.naming_errors():
                context = ReadingContext(now, candidate.choices)
                return candidate, candidate.type.change_value(frame.slots.get(candidate.name), raw_value, context)
        except DomainError as error:
            problem = problem or error
    raise problem or InvalidField(field.name)


def find_earlier_question(frame: Frame, form: IntentForm, text: str, now: datetime) -> Field | None:
    """Return the field, answered before, that this text answers once more: the last one that reads it; None where none
    does, or it says nothing new.

    A length («۶ ساعت») is meant for what has one before it is an hour of the clock.
    """
    answered_fields = [
        asking_field
        for name in dict.fromkeys(reversed(frame.trail))
        if (asking_field := find_asking_field(form, name)) and not isinstance(asking_field.type, Text | Choice)
    ]
    reading_fields = [field for field in answered_fields if _can_read(frame, form, field, text, now)]
    if find_lengths_and_clocks(TokenStream(text))[0]:
        reading_fields.sort(key=lambda field: isinstance(field.type, HourOfDay))
    return reading_fields[0] if reading_fields else None


def _can_read(frame: Frame, form: IntentForm, field: Field, text: str, now: datetime) -> bool:
    try:
        read_other_answer(frame, form, field, text, now)
    except AmbiguousField:
        return True
    except DomainError:
        return False
    return True


def leave_to_unit(frame: Frame, field: Field, now: datetime) -> bool:
    """Give the asked field, or its asked part, its provisional value; return whether its declaration allows that."""
    left = field.left_to_unit
    if left is None or left.part != (frame.gap or ""):
        return False
    if left.part:
        frame.slots[field.name] = field.type.fill_missing_part(frame.slots[field.name], left.typed_value)
    elif take_value(frame, field, left.typed_value, now):
        return False
    frame.trail.append(field.name)
    frame.left_open.append(left.part or field.name)
    return True


def is_number(text: str) -> bool:
    """Return whether a text is one number and nothing else."""
    try:
        read_number(text)
    except InvalidField:
        return False
    return True


def _missing_part(field: Field, frame: Frame) -> str | None:
    """Return the missing part of a field, "" when all of it is missing, None when nothing is."""
    if field.name in frame.slots:
        return field.type.find_missing_part(frame.slots[field.name])
    return None if field.is_answered_in(frame.slots) else ""
