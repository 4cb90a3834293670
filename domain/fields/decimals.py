"""Exact decimal numbers as fields have them: in hundredths, as quotes count units; lengths in metres among them.

They are kept as text in ASCII digits without needless zeros ("2.5"), so that nothing on the way makes a float of them;
`to_decimal` gives the number that a rule reckons with.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from domain.fields.types import FieldType, ReadingContext, TextLookup, explain_unreadable, format_number
from domain.parsing.decimals import read_decimal, read_length
from domain.values.errors import InvalidField
from domain.values.money import ONE_HUNDREDTH, exact_hundredths
from domain.values.reasons import InvalidReason
from domain.values.reasons.bases import InvalidReasonBase
from domain.values.text import ascii_digits

_PROGRAM_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


def to_decimal(kept_value: str) -> Decimal:
    """Return a kept value as a number to reckon with."""
    return Decimal(kept_value)


@dataclass(frozen=True, slots=True)
class DecimalNumber(FieldType):
    """A decimal number from `minimum` to `maximum`, in hundredths; words of its `unit_words` may be said with it."""

    minimum: Decimal
    maximum: Decimal
    unit_words: tuple[str, ...] = field(default=(), kw_only=True)
    name: ClassVar[str] = "decimal"
    survives_erasure: ClassVar[bool] = True
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_DECIMAL

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Read a number as people write it, or as a program does; finer than two places is refused, never cut."""
        with explain_unreadable(self.unreadable_reason, raw_value):
            number = self._read_number(raw_value)
        if number.is_finite() and self.minimum <= number <= self.maximum:
            return f"{exact_hundredths(number):f}"
        raise InvalidField(
            reason=InvalidReason.RANGE, least=format_number(self.minimum), most=format_number(self.maximum)
        )

    def _read_number(self, raw_value: object) -> Decimal:
        if isinstance(raw_value, list | dict | bool):
            raise InvalidField
        entered_text = ascii_digits(str(raw_value)).strip()
        return Decimal(entered_text) if _PROGRAM_NUMBER.fullmatch(entered_text) else self.read_written(entered_text)

    def read_written(self, entered_text: str) -> Decimal:
        """Return the number that somebody wrote otherwise than a program does; `InvalidField`."""
        return read_decimal(entered_text, self.unit_words)

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the number, every digit of it."""
        return format_number(to_decimal(value))

    def longest_value(self, choices: tuple[str, ...], catalogue_text: TextLookup) -> str:
        """Return the greatest number with two places."""
        return self.render_value(str(self.maximum.quantize(ONE_HUNDREDTH)), catalogue_text)


@dataclass(frozen=True, slots=True)
class Length(DecimalNumber):
    """A length in metres, from `minimum` to `maximum`, to the centimetre."""

    name: ClassVar[str] = "length"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_LENGTH

    def read_written(self, entered_text: str) -> Decimal:
        """Return the metres that somebody wrote («۲ متر و ۴۰ سانت», «۱۲۰ سانت»); `InvalidField`."""
        return read_length(entered_text)

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the metres with their unit."""
        return f"{format_number(to_decimal(value))} {catalogue_text('units.metre')}"

    def text_keys(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the unit's word."""
        return ("units.metre",)
