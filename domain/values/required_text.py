"""Free text that a person must write: a reason, a note, a name."""

from domain.values.errors import InvalidField, MissingField
from domain.values.reasons import InvalidReason
from domain.values.text import count_code_units, persian_digits, tidy_text


def read_required_text(text: str, field_name: str, longest: int) -> str:
    """Return the text as its writer meant it; `longest` is in UTF-16 code units, as web forms count.

    Errors, of the field: `MissingField`, `InvalidField` (`too_long`).
    """
    tidied_text = tidy_text(text)
    if not tidied_text:
        raise MissingField(field_name)
    if count_code_units(tidied_text) > longest:
        raise InvalidField(field_name, InvalidReason.TOO_LONG, limit=persian_digits(longest))
    return tidied_text
