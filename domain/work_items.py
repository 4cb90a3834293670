"""The machines that a request asks for: a list of {machine, hours, count}, read from text or from a program."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from domain.conversation.readers import read_hours, read_items
from domain.errors import InvalidField, UnknownKind
from domain.fleet import MACHINE_TYPES
from domain.forms import FieldType, Reading, Words, checked_hours, number_text


@dataclass(frozen=True, slots=True)
class WorkItems(FieldType):
    """One or more machines with hours each. Up to `most_machines` machines in all, `most_hours` hours a machine."""

    most_hours: int = 24
    most_machines: int = 10
    name: ClassVar[str] = "items"

    def parse(self, raw: object, reading: Reading) -> list[dict[str, Any]]:
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

    def take(self, raw: object, reading: Reading) -> list[dict[str, Any]]:
        """Read machines, with or without hours."""
        if isinstance(raw, list):
            return self._checked(raw)
        return self._checked(read_items(str(raw)))

    def _checked(self, raw: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        items = [dict(item) for item in raw]
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
        if not isinstance(count, int) or not 1 <= count <= self.most_machines:
            raise InvalidField(detail="range", least=number_text(1), most=number_text(self.most_machines))
        if "hours" in item:
            item["hours"] = checked_hours(_number(item["hours"]), self.most_hours)

    def show(self, value: Any, words: Words) -> str:
        """Return «۲ لودر ۴ ساعت، گریدر ۳ ساعت»."""
        return "، ".join(self._show_item(item, words) for item in value)

    def _show_item(self, item: dict[str, Any], words: Words) -> str:
        count = f"{number_text(item['count'])} " if item["count"] > 1 else ""
        hours = f" {number_text(item['hours'])} {words('units.hour')}" if "hours" in item else ""
        return f"{count}{words('choices.machine.' + item['machine'])}{hours}"


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidField(detail="unreadable")
    return value
