"""Number of free lines of a calendar on a day of the week."""

from collections.abc import Sequence
from datetime import date

from channels.admin.calendar_boards import FLEET, CalendarBoard
from channels.admin.fleet.calendar_view import CalendarRow
from channels.admin.fleet.hour_choice import HourChoice
from domain.messages.catalogue import Catalogue
from domain.values.text import persian_digits


def describe_free_lines(
    catalogue: Catalogue,
    board: CalendarBoard,
    rows: Sequence[CalendarRow],
    day: date,
    hour_choice: HourChoice | None,
) -> list[str]:
    """Return «آزاد ۳ از ۵ ماشین» for machines and for operators, or for officers: those that are there that day with
    nothing booked; where an hour is chosen, of machines and officers those that have one for it.
    """
    lines = [row for row in rows if row.driven_types is None]
    drivers = [row for row in rows if row.driven_types is not None]
    free_lines = [row for row in lines if (hour_choice.has_hours(row, day) if hour_choice else row.is_free_on(day))]
    kind = "machines" if board is FLEET else "officers"
    counts = [
        (kind, len(free_lines), len(lines)),
        ("drivers", sum(row.is_free_on(day) for row in drivers), len(drivers)),
    ]
    return [
        catalogue.render(
            f"admin.calendar.free.{name}", {"free": persian_digits(free_count), "total": persian_digits(total)}
        )
        for name, free_count, total in counts
        if total
    ]
