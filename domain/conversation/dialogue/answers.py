"""Answer of one text to the question that waits: a number of its menu, a value, the same command again, or nothing."""

from dataclasses import dataclass
from datetime import datetime

from domain.conversation.dialogue.frames import Dialogue, Frame
from domain.conversation.reading.parsed_message import ParsedMessage
from domain.conversation.reading.sentences import Mood
from domain.fields.form import Field
from domain.fields.types import ReadingContext
from domain.parsing.answers import read_number
from domain.parsing.list_places import find_list_place
from domain.values.errors import DomainError, InvalidField
from domain.values.reasons import InvalidReason

MOST_OPTIONS = 99
"""No menu is longer; a larger number is meant otherwise."""

PRESSED_SIGN = "#"
"""Sign before the number that a button of a menu says: nobody counts buttons that have no numbers."""

CLEAR_MOODS = frozenset({Mood.PLAIN, Mood.DOUBTFUL})
"""Kinds of sentences that hold nothing but their command."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One text of a citizen amid a dialogue."""

    dialogue: Dialogue
    frame: Frame
    """The frame that it is read for: the top one, or one that has just left the stack."""
    message: ParsedMessage
    """Meaning of the text by itself."""
    text: str
    now: datetime
    """Time from which its «فردا» is counted."""


def take_value(frame: Frame, field: Field, raw_value: object, now: datetime) -> DomainError | None:
    """Read a value into its slot. When a part of it is wrong, what is valid stays and the error is returned."""
    reading_context = ReadingContext(now, field.choices)
    if isinstance(raw_value, DomainError):
        raise raw_value
    raw_value = _continue_value(frame, field, raw_value, reading_context)
    try:
        with field.naming_errors():
            frame.slots[field.name] = field.type.parse_partially(raw_value, reading_context)
    except DomainError as error:
        valid_part = field.type.keep_valid_part(raw_value, reading_context)
        if valid_part is None:
            if field.type.begins_value(str(raw_value)):
                frame.begun_values[field.name] = str(raw_value)
            raise
        frame.slots[field.name] = valid_part
        return error
    finally:
        frame.by_fill = [name for name in frame.by_fill if name != field.name]  # what people say counts from now on
        settled_names = {field.name, *field.type.part_names}
        frame.left_open = [name for name in frame.left_open if name not in settled_names]
    return None


def _continue_value(frame: Frame, field: Field, raw_value: object, reading_context: ReadingContext) -> object:
    """Return a value joined with what began it in an earlier text, where both are one or a longer beginning of one;
    else the value alone.
    """
    begun_text = frame.begun_values.pop(field.name, "")
    joined_text = f"{begun_text} {raw_value}"
    if not begun_text or field.type.begins_value(joined_text):
        return joined_text if begun_text else raw_value
    try:
        field.type.parse_partially(joined_text, reading_context)
    except DomainError:
        return raw_value
    return joined_text


def choose_by_number(frame: Frame, text: str, *, offers_readings: bool) -> str | None:
    """Return the menu entry whose number, place («دومی») or button was sent; a number beyond the menu is an error, or
    one typed where none are shown; anything else is None.

    Beside `offers_readings` of one value a larger number is another value: «۱۶», asked whether «۳» is 15:00 or 3 at
    night.
    """
    if not frame.options:
        return None
    try:
        number = read_number(text.removeprefix(PRESSED_SIGN))
    except InvalidField:
        place = None if offers_readings else find_list_place(text, len(frame.options))
        return frame.options[place - 1] if place else None
    if frame.unnumbered and not text.startswith(PRESSED_SIGN):
        raise InvalidField(reason=InvalidReason.MENU)
    if number > MOST_OPTIONS or (offers_readings and number > len(frame.options)):
        return None  # a code, not a place in the menu
    if not 1 <= number <= len(frame.options):
        raise InvalidField(reason=InvalidReason.MENU)
    return frame.options[number - 1]


def answer_by_repetition(frame: Frame, parsed_message: ParsedMessage, *, is_form: bool) -> bool | None:
    """Return what a command says to «… شود؟»: the same command said plainly agrees (a form's corrects the form), its
    refusal does not.
    """
    if parsed_message.refused_intent == frame.intent:
        return False
    if parsed_message.intent in {"confirm", "deny"} and not parsed_message.slots and parsed_message.mood in CLEAR_MOODS:
        return parsed_message.intent == "confirm"
    is_same_command = parsed_message.intent == frame.intent and all(
        frame.slots.get(name) == stated_value for name, stated_value in parsed_message.slots.items()
    )
    return True if is_same_command and not is_form and parsed_message.mood is Mood.PLAIN else None


def is_interruption(parsed_message: ParsedMessage, text: str) -> bool:
    """Whether the text is a keyword with valid arguments (a bare code or number is not)."""
    is_command = parsed_message.intent not in {"unknown", "opt_in", "opt_out", "exit", "back"}
    return is_command and parsed_message.has_valid_arguments and not is_bare_code(parsed_message, text)


def is_bare_code(parsed_message: ParsedMessage, text: str) -> bool:
    """Whether the text is a tracking code and nothing that says what is wanted of it."""
    is_bare = has_no_letters(text) or not parsed_message.is_named
    return parsed_message.intent == "track" and is_bare and "code" in parsed_message.slots


def has_no_letters(text: str) -> bool:
    """Whether a text holds no letter of any script."""
    return not any(character.isalpha() for character in text)
