"""Lengths of work as fields have them: hours, halves allowed."""

from dataclasses import dataclass
from typing import Any, ClassVar

from domain.fields.types import FieldType, ReadingContext, TextLookup, explain_unreadable, format_number
from domain.parsing.answers import read_hours
from domain.values.errors import InvalidField
from domain.values.languages import join_list
from domain.values.reasons import InvalidReason
from domain.values.reasons.bases import InvalidReasonBase


@dataclass(frozen=True, slots=True)
class Hours(FieldType):
    """Hours of work: one number for all items of a request, or one an item, separated by commas; halves allowed."""

    limit: int
    name: ClassVar[str] = "hours"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_HOURS
    survives_erasure: ClassVar[bool] = True

    def parse(self, raw_value: object, reading_context: ReadingContext) -> list[float]:
        """Read hours from a half to `limit`."""
        parts = raw_value if isinstance(raw_value, list) else str(raw_value).replace("،", ",").split(",")
        with explain_unreadable(self.unreadable_reason, raw_value):
            numbers = [part if isinstance(part, (int, float)) else read_hours(str(part)) for part in parts]
        return [check_hours(hours, self.limit) for hours in numbers]

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the numbers, joined."""
        return join_list(format_number(hours) for hours in value)


@dataclass(frozen=True, slots=True)
class Duration(FieldType):
    """One length of work in hours, halves allowed."""

    limit: int
    name: ClassVar[str] = "number"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_HOURS
    survives_erasure: ClassVar[bool] = True

    def parse(self, raw_value: object, reading_context: ReadingContext) -> float:
        """Read hours from a half to `limit`."""
        with explain_unreadable(self.unreadable_reason, raw_value):
            return check_hours(
                raw_value if isinstance(raw_value, (int, float)) else read_hours(str(raw_value)), self.limit
            )

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the number."""
        return format_number(value)


def check_hours(hours: float, max_hours: int) -> float:
    """Return hours that are a multiple of a half, from a half to `max_hours`; whole ones as int, so that 4 stays 4."""
    if not 0.5 <= hours <= max_hours or hours * 2 % 1:
        raise InvalidField(reason=InvalidReason.RANGE, least=format_number(0.5), most=format_number(max_hours))
    return int(hours) if hours == int(hours) else hours
