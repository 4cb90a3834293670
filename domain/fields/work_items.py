"""The machines that a request asks for: a list of {machine, hours, count}, read from text or from a program."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from domain.fields.hours import check_hours
from domain.fields.types import Choice, FieldType, ReadingContext, TextLookup, format_number
from domain.fleet.resources import MACHINE_TYPES
from domain.parsing.answers import read_choice, read_hours, read_machine_items
from domain.parsing.machine_names import MACHINE_NAMES
from domain.parsing.machines import find_machine_names
from domain.parsing.times.hours import find_lengths_and_clocks
from domain.parsing.times.lengths import LONGEST_COMPARISON, read_added_hours
from domain.parsing.tokens import TokenStream
from domain.values.errors import InvalidField, UnknownKind
from domain.values.languages import join_list
from domain.values.reasons import InvalidReason, UnknownKindReason

MOST_HOURS, MOST_MACHINES = 24, 10
"""Hours of one machine, and machines in all, that a form takes at the very most."""


@dataclass(frozen=True, slots=True)
class WorkItems(FieldType):
    """One or more machines with hours each. Up to `max_machines` machines in all, `max_hours` hours a machine."""

    max_hours: int = MOST_HOURS
    max_machines: int = MOST_MACHINES
    name: ClassVar[str] = "items"
    survives_erasure: ClassVar[bool] = True
    part_names: ClassVar[tuple[str, ...]] = ("hours",)

    def parse(self, raw_value: object, reading_context: ReadingContext) -> list[dict[str, Any]]:
        """Read «لودر ۴ ساعت و کمپرسی ۳ ساعت», or the list itself. Every item must have hours."""
        items = self.parse_partially(raw_value, reading_context)
        if self.find_missing_part(items):
            raise InvalidField(reason=InvalidReason.HOURS_MISSING)
        return items

    def find_missing_part(self, value: Any) -> str | None:
        """Hours are asked for when they were not said."""
        return "hours" if any("hours" not in item for item in value) else None

    def numbered_choices(self) -> tuple[str, ...]:
        """Offer the machine types."""
        return MACHINE_TYPES

    def display_name(self, choice: str, catalogue_text: TextLookup) -> str:
        """Return the machine type's name."""
        return catalogue_text(f"choices.machine.{choice}")

    def parse_partially(self, raw_value: object, reading_context: ReadingContext) -> list[dict[str, Any]]:
        """Read machines, with or without hours."""
        return self._check_limits(_read_items(raw_value))

    def keep_valid_part(self, raw_value: object, reading_context: ReadingContext) -> list[dict[str, Any]] | None:
        """Machines whose hours alone are wrong stay; their hours are a gap."""
        try:
            return self._check_limits([self._without_wrong_hours(item) for item in _read_items(raw_value)])
        except (InvalidField, UnknownKind):
            return None

    def _without_wrong_hours(self, item: dict[str, Any]) -> dict[str, Any]:
        try:
            check_hours(_require_number(item.get("hours")), self.max_hours)
        except InvalidField:
            return _without_hours(item)
        return item

    def _check_limits(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not items:
            raise InvalidField(reason=InvalidReason.NO_MACHINE)
        for item in items:
            self._check_item(item)
        if sum(item["count"] for item in items) > self.max_machines:
            raise InvalidField(reason=InvalidReason.TOO_MANY_MACHINES, most=format_number(self.max_machines))
        return items

    def fill_missing_part(self, value: Any, text: str) -> list[dict[str, Any]]:
        """Give the hours in `text` to every item that lacks them."""
        hours = read_hours(text)
        return self._check_limits([{"hours": hours, **item} for item in value])

    def change_value(self, value: Any, raw_value: object, reading_context: ReadingContext) -> list[dict[str, Any]]:
        """Read other machines, which keep the hours that all had; or other hours of the same machines, where one number
        can be meant for all.
        """
        hours_before = {item.get("hours") for item in value or ()}
        try:
            items = self.parse_partially(raw_value, reading_context)
        except (InvalidField, UnknownKind):
            if len(hours_before) != 1:
                raise
            return self._change_hours(value, str(raw_value))
        kept_hours = hours_before.pop() if len(hours_before) == 1 else None
        return [{"hours": kept_hours, **item} if kept_hours else item for item in items]

    def _change_hours(self, value: Any, text: str) -> list[dict[str, Any]]:
        added_hours = read_added_hours(text)
        if added_hours and all("hours" in item for item in value):
            return self._check_limits([{**item, "hours": item["hours"] + added_hours} for item in value])
        return self.fill_missing_part([_without_hours(item) for item in value], text)

    def find_mentions(self, text: str, now: datetime) -> Iterator[tuple[str, str]]:
        """Yield the machines that are said, and the lengths, each with what says that it is more than before."""
        stream = TokenStream(text)
        for start, end in find_machine_names(stream):
            yield "machine", stream.source_text(start, end)
        for length in find_lengths_and_clocks(stream)[0]:
            if length.hours is not None:
                compared_text = stream.source_text(length.start, min(length.end + LONGEST_COMPARISON, len(stream)))
                is_added = read_added_hours(compared_text) is not None
                yield "hours", compared_text if is_added else stream.source_text(length.start, length.end)

    def _check_item(self, item: dict[str, Any]) -> None:
        if item.get("machine") not in MACHINE_TYPES:
            raise UnknownKind(reason=UnknownKindReason.MACHINE, given=str(item.get("machine"))[:30])
        count = item.setdefault("count", 1)
        if type(count) is not int or not 1 <= count <= self.max_machines:
            raise InvalidField(
                reason=InvalidReason.RANGE, least=format_number(1), most=format_number(self.max_machines)
            )
        if "hours" in item:
            item["hours"] = check_hours(_require_number(item["hours"]), self.max_hours)

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return «۲ لودر ۴ ساعت، گریدر ۳ ساعت»."""
        return join_list([self._render_item(item, catalogue_text) for item in value])

    def longest_value(self, choices: tuple[str, ...], catalogue_text: TextLookup) -> str:
        """Return as many lines as there may be machines, each with the longest name and hours."""
        longest_hours = max(self.max_hours - 0.5, 0.5)
        sample_items = [{"machine": sample_item, "hours": longest_hours, "count": 1} for sample_item in MACHINE_TYPES]
        longest_line = max((self._render_item(sample_item, catalogue_text) for sample_item in sample_items), key=len)
        return join_list([longest_line] * self.max_machines)

    def _render_item(self, item: dict[str, Any], catalogue_text: TextLookup) -> str:
        count_text = f"{format_number(item['count'])} " if item["count"] > 1 else ""
        hours_text = f" {format_number(item['hours'])} {catalogue_text('units.hour')}" if "hours" in item else ""
        return f"{count_text}{catalogue_text('choices.machine.' + item['machine'])}{hours_text}"

    def text_keys(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the machine types' names', and the word for hours'."""
        return (*(f"choices.machine.{machine_type}" for machine_type in MACHINE_TYPES), "units.hour")


def _read_items(raw_value: object) -> list[dict[str, Any]]:
    """Return the items of a text, of the list that a program sent, or as a parser found them."""
    if isinstance(raw_value, tuple):
        return [machine_item.as_json() for machine_item in raw_value]
    raw_items = raw_value if isinstance(raw_value, list) else read_machine_items(str(raw_value))
    return [_check_item_shape(raw_item) for raw_item in raw_items]


def _check_item_shape(raw_item: object) -> dict[str, Any]:
    """Return one item of the list that a program sent; it has no other parts than these three."""
    if not isinstance(raw_item, Mapping) or set(raw_item) - {"machine", "hours", "count"}:
        raise InvalidField(reason=InvalidReason.UNREADABLE)
    return dict(raw_item)


def _without_hours(item: dict[str, Any]) -> dict[str, Any]:
    return {part_name: value for part_name, value in item.items() if part_name != "hours"}


def _require_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidField(reason=InvalidReason.UNREADABLE)
    return value


@dataclass(frozen=True, slots=True)
class MachineName(Choice):
    """A machine type by its id or by any name that people give it."""

    choice_table: str | None = "machine"

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Return the machine type; `InvalidField`."""
        return str(raw_value) if str(raw_value) in MACHINE_TYPES else read_choice(str(raw_value), MACHINE_NAMES)
