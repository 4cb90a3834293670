"""The machines that a request asks for: a list of {machine, hours, count}, read from text or from a program."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from domain.fields.types import Choice, FieldType, ReadingContext, Words, checked_hours, number_text
from domain.fleet.resources import MACHINE_TYPES
from domain.parsing.answers import read_choice, read_hours, read_items
from domain.parsing.names import MACHINES
from domain.values.errors import InvalidField, UnknownKind


@dataclass(frozen=True, slots=True)
class WorkItems(FieldType):
    """One or more machines with hours each. Up to `most_machines` machines in all, `most_hours` hours a machine."""

    most_hours: int = 24
    most_machines: int = 10
    name: ClassVar[str] = "items"
    figures: ClassVar[bool] = True
    gaps: ClassVar[tuple[str, ...]] = ("hours",)

    def parse(self, raw: object, reading: ReadingContext) -> list[dict[str, Any]]:
        """Read «لودر ۴ ساعت و کمپرسی ۳ ساعت», or the list itself. Every item must have hours."""
        items = self.take(raw, reading)
        if self.gap(items):
            raise InvalidField(detail="hours_missing")
        return items

    def gap(self, value: Any) -> str | None:
        """Hours are asked for when they were not said."""
        return "hours" if any("hours" not in item for item in value) else None

    def menu(self) -> tuple[str, ...]:
        """Offer the machine types."""
        return MACHINE_TYPES

    def name_of(self, choice: str, words: Words) -> str:
        """Return the machine type's name."""
        return words(f"choices.machine.{choice}")

    def take(self, raw: object, reading: ReadingContext) -> list[dict[str, Any]]:
        """Read machines, with or without hours."""
        if isinstance(raw, list):
            return self._checked(raw)
        return self._checked(read_items(str(raw)))

    def valid_part(self, raw: object, reading: ReadingContext) -> list[dict[str, Any]] | None:
        """Machines whose hours alone are wrong stay; their hours are a gap."""
        try:
            items = raw if isinstance(raw, list) else read_items(str(raw))
            return self._checked(self._without_wrong_hours(_item(one)) for one in items)
        except (InvalidField, UnknownKind):
            return None

    def _without_wrong_hours(self, item: dict[str, Any]) -> dict[str, Any]:
        try:
            checked_hours(_number(item.get("hours")), self.most_hours)
        except InvalidField:
            return {name: value for name, value in item.items() if name != "hours"}
        return item

    def _checked(self, raw: Iterable[object]) -> list[dict[str, Any]]:
        items = [_item(one) for one in raw]
        if not items:
            raise InvalidField(detail="no_machine")
        for item in items:
            self._check(item)
        if sum(item["count"] for item in items) > self.most_machines:
            raise InvalidField(detail="too_many_machines", most=number_text(self.most_machines))
        return items

    def fill(self, value: Any, text: str) -> list[dict[str, Any]]:
        """Give the hours in `text` to every item that lacks them."""
        hours = read_hours(text)
        return self._checked({"hours": hours, **item} for item in value)

    def _check(self, item: dict[str, Any]) -> None:
        if item.get("machine") not in MACHINE_TYPES:
            raise UnknownKind(detail="machine", given=str(item.get("machine"))[:30])
        count = item.setdefault("count", 1)
        if type(count) is not int or not 1 <= count <= self.most_machines:
            raise InvalidField(detail="range", least=number_text(1), most=number_text(self.most_machines))
        if "hours" in item:
            item["hours"] = checked_hours(_number(item["hours"]), self.most_hours)

    def show(self, value: Any, words: Words) -> str:
        """Return «۲ لودر ۴ ساعت، گریدر ۳ ساعت»."""
        return "، ".join(self._show_item(item, words) for item in value)

    def longest(self, words: Words) -> int:
        """Return the length of as many lines as there may be machines, each with the longest name and hours."""
        hours = max(self.most_hours - 0.5, 0.5)
        lines = [{"machine": one, "hours": hours, "count": 1} for one in MACHINE_TYPES]
        longest = max((self._show_item(one, words) for one in lines), key=len)
        return len("، ".join([longest] * self.most_machines))

    def _show_item(self, item: dict[str, Any], words: Words) -> str:
        count = f"{number_text(item['count'])} " if item["count"] > 1 else ""
        hours = f" {number_text(item['hours'])} {words('units.hour')}" if "hours" in item else ""
        return f"{count}{words('choices.machine.' + item['machine'])}{hours}"

    def texts(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the machine types' names', and the word for hours'."""
        return (*(f"choices.machine.{one}" for one in MACHINE_TYPES), "units.hour")


def _item(raw: object) -> dict[str, Any]:
    """Return one item of the list that a program sent; it has no other parts than these three."""
    if not isinstance(raw, Mapping) or set(raw) - {"machine", "hours", "count"}:
        raise InvalidField(detail="unreadable")
    return dict(raw)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidField(detail="unreadable")
    return value


@dataclass(frozen=True, slots=True)
class MachineName(Choice):
    """A machine type by its id or by any name that people give it."""

    words: str | None = "machine"

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Return the machine type; `InvalidField`."""
        return str(raw) if str(raw) in MACHINE_TYPES else read_choice(str(raw), MACHINES)
