"""What one text says to the question that waits: a number of its menu, a value, the same command again, or nothing."""

from datetime import datetime

from domain.conversation.frames import Frame
from domain.conversation.grammar import Parsed
from domain.conversation.sentences import Mood
from domain.fields.form import Field
from domain.fields.types import ReadingContext
from domain.parsing.answers import read_number
from domain.values.errors import DomainError, InvalidField

MOST_OPTIONS = 99
"""No menu is longer; a larger number is meant otherwise."""

CLEAR = frozenset({Mood.PLAIN, Mood.DOUBTFUL})
"""Kinds of sentences that hold nothing but their command."""


def take_value(frame: Frame, one: Field, raw: object, now: datetime) -> DomainError | None:
    """Read a value into its slot. When a part of it is wrong, what is valid stays and the error is returned."""
    reading = ReadingContext(now, one.choices)
    if isinstance(raw, DomainError):
        raise raw
    try:
        with one.naming_errors():
            frame.slots[one.name] = one.type.take(raw, reading)
    except DomainError as error:
        part = one.type.valid_part(raw, reading)
        if part is None:
            raise
        frame.slots[one.name] = part
        return error
    finally:
        frame.by_fill = [name for name in frame.by_fill if name != one.name]  # what people say counts from now on
    return None


def chosen_by_number(frame: Frame, text: str, *, readings: bool) -> str | None:
    """Return the menu entry whose number was sent; a number beyond the menu is an error, anything else is None.

    Beside `readings` of one value a larger number is another value: «۱۶», asked whether «۳» is 15:00 or 3 at night.
    """
    if not frame.options:
        return None
    try:
        number = read_number(text)
    except InvalidField:
        return None
    if number > MOST_OPTIONS or (readings and number > len(frame.options)):
        return None  # a code, not a place in the menu
    if not 1 <= number <= len(frame.options):
        raise InvalidField(detail="menu")
    return frame.options[number - 1]


def said_again(frame: Frame, parsed: Parsed, *, form: bool) -> bool | None:
    """Return what a command says to «… شود؟»: the same command said plainly agrees (a form's corrects the form), its
    refusal does not.
    """
    if parsed.refused == frame.intent:
        return False
    if parsed.intent in {"confirm", "deny"} and not parsed.slots and parsed.mood in CLEAR:
        return parsed.intent == "confirm"
    same = parsed.intent == frame.intent and all(frame.slots.get(name) == said for name, said in parsed.slots.items())
    return True if same and not form and parsed.mood is Mood.PLAIN else None


def interrupts(parsed: Parsed, text: str) -> bool:
    """Whether the text is a keyword with valid arguments (a bare code or number is not)."""
    commands = parsed.intent not in {"unknown", "opt_in", "opt_out", "exit", "back"}
    return commands and parsed.has_valid_arguments and not bare_code(parsed, text)


def bare_code(parsed: Parsed, text: str) -> bool:
    """Whether the text is a tracking code and nothing else."""
    return parsed.intent == "track" and no_words(text) and "code" in parsed.slots


def no_words(text: str) -> bool:
    """Whether a text holds no letter of any script."""
    return not any(one.isalpha() for one in text)
