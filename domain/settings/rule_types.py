"""Kinds of value that only rules of the house have: spans of hours, and numbers in steps."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Any, ClassVar

from domain.fields.types import FieldType, Integer, ReadingContext, Words, number_text, unread_as
from domain.parsing.answers import read_start
from domain.values.calendar import hour_text
from domain.values.errors import InvalidField
from domain.values.text import ascii_digits, fold

CLOSED = "closed"
"""How a day without hours is kept."""

_TO = re.compile(r"\s*(?:-|–|—|\bتا\b)\s*")
_CLOSED_WORDS = frozenset({CLOSED, "بسته", "تعطیل"})


@dataclass(frozen=True, slots=True)
class HourSpan(FieldType):
    """From an hour to another of Tehran's clock, kept as 07:30-14:30; `closed` where there may be none.

    Only a span that may go `over_midnight` ends before it begins.
    """

    over_midnight: bool = False
    may_be_closed: bool = False
    name: ClassVar[str] = "hours_of_day"
    figures: ClassVar[bool] = True

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Read «۷:۳۰ تا ۱۴:۳۰», «7:30-14:30», «بسته»."""
        text = fold(str(raw))
        if self.may_be_closed and text in _CLOSED_WORDS:
            return CLOSED
        with unread_as("bad_hour_span", raw):
            parts = _TO.split(ascii_digits(text))
            if len(parts) != 2:
                raise InvalidField
            opens, closes = map(read_start, parts)
        if opens == closes or (opens > closes and not self.over_midnight):
            raise InvalidField(detail="hours_order")
        return f"{opens:%H:%M}-{closes:%H:%M}"

    def show(self, value: Any, words: Words) -> str:
        """Return the two hours in words, or that there are none."""
        if value == CLOSED:
            return words("units.closed")
        opens, _, closes = value.partition("-")
        first, last = (hour_text(time.fromisoformat(one)) for one in (opens, closes))
        return f"{first} {words('units.until')} {last}"

    def texts(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words around the hours."""
        return ("units.closed", "units.until")


@dataclass(frozen=True, slots=True)
class Multiple(Integer):
    """A whole number from `least` to `most` in steps of `step`."""

    step: int = 1

    def parse(self, raw: object, reading: ReadingContext) -> int:
        """Read the number; one between two steps is refused."""
        number = Integer.parse(self, raw, reading)
        if number % self.step:
            raise InvalidField(detail="not_a_multiple", step=number_text(self.step))
        return number
