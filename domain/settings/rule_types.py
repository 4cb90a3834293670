"""Kinds of value that only runtime settings have: spans of hours, numbers in steps, and limits of money."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Any, ClassVar

from domain.fields.types import FieldType, Integer, ReadingContext, Rials, TextLookup, explain_unreadable, format_number
from domain.parsing.answers import read_start_hour
from domain.values.calendar import hour_text
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason
from domain.values.reasons.bases import InvalidReasonBase
from domain.values.text import ascii_digits, fold_text, group_digits

CLOSED_VALUE = "closed"
"""Stored value of a day without hours."""

_RANGE_SEPARATOR = re.compile(r"\s*(?:-|–|—|\bتا\b)\s*")
_CLOSED_WORDS = frozenset({CLOSED_VALUE, "بسته", "تعطیل"})


@dataclass(frozen=True, slots=True)
class HourSpan(FieldType):
    """From an hour to another of Tehran's clock, kept as 07:30-14:30; `closed` where there may be none.

    Only a span that may go `may_cross_midnight` ends before it begins.
    """

    may_cross_midnight: bool = False
    may_be_closed: bool = False
    name: ClassVar[str] = "hours_of_day"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_HOUR_SPAN
    survives_erasure: ClassVar[bool] = True

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Read «۷:۳۰ تا ۱۴:۳۰», «7:30-14:30», «بسته»."""
        folded_text = fold_text(str(raw_value))
        if self.may_be_closed and folded_text in _CLOSED_WORDS:
            return CLOSED_VALUE
        with explain_unreadable(self.unreadable_reason, raw_value):
            hour_texts = _RANGE_SEPARATOR.split(ascii_digits(folded_text))
            if len(hour_texts) != 2:
                raise InvalidField
            opening_hour, closing_hour = map(read_start_hour, hour_texts)
        if opening_hour == closing_hour or (opening_hour > closing_hour and not self.may_cross_midnight):
            raise InvalidField(reason=InvalidReason.HOURS_ORDER)
        return f"{opening_hour:%H:%M}-{closing_hour:%H:%M}"

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the two hours in words, or that there are none."""
        if value == CLOSED_VALUE:
            return catalogue_text("units.closed")
        opening_text, _, closing_text = value.partition("-")
        opening_hour, closing_hour = (
            hour_text(time.fromisoformat(iso_hour)) for iso_hour in (opening_text, closing_text)
        )
        return f"{opening_hour} {catalogue_text('units.until')} {closing_hour}"

    def text_keys(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words around the hours."""
        return ("units.closed", "units.until")


@dataclass(frozen=True, slots=True)
class Multiple(Integer):
    """A whole number from `minimum` to `maximum` in steps of `step_size`."""

    step_size: int = 1

    def parse(self, raw_value: object, reading_context: ReadingContext) -> int:
        """Read the number; one between two steps is refused."""
        whole_number = Integer.parse(self, raw_value, reading_context)
        if whole_number % self.step_size:
            raise InvalidField(reason=InvalidReason.NOT_A_MULTIPLE, step=format_number(self.step_size))
        return whole_number


@dataclass(frozen=True, slots=True)
class RialLimit(Integer):
    """Rials from `minimum` to `maximum`, read and shown with their thousands apart."""

    unreadable_reason: ClassVar[InvalidReasonBase] = Rials.unreadable_reason

    def parse(self, raw_value: object, reading_context: ReadingContext) -> int:
        """Read an amount as any other; `RANGE` beyond the bounds."""
        return Integer.parse(self, Rials().parse(raw_value, reading_context), reading_context)

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return grouped digits; the rule's name says that they are rials."""
        return group_digits(int(value))
