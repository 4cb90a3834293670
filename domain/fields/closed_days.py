"""Days of a form on which the municipality is closed: they may be asked for, and whoever does is told so first."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from domain.fields.form import Field
from domain.fields.moments import Day
from domain.values.calendar import WorkingCalendar


def find_closed_day(fields: Iterable[Field], values: Mapping[str, Any], calendar: WorkingCalendar) -> date | None:
    """Return the public holiday for which a form asks work of the municipality's own; None where it asks for none. A
    Friday like every other is known to everybody.
    """
    days = (date.fromisoformat(values[name]) for name in _list_day_names(fields) if values.get(name))
    return next((day for day in days if calendar.is_public_holiday(day)), None)


def may_ask_for_closed_day(fields: Iterable[Field]) -> bool:
    """Return whether a form asks for a day of work of the municipality's own."""
    return any(True for _ in _list_day_names(fields))


def _list_day_names(fields: Iterable[Field]) -> Iterator[str]:
    return (field.name for field in fields if isinstance(field.type, Day) and not field.type.offers_holidays)
