"""A month of the Jalali calendar as buttons: a row a week, Saturday on the right as people here read it.

Messengers lay the buttons of a row out from left to right in every language, so each week is given from its end.
"""

from collections.abc import Callable
from datetime import date, timedelta

from domain.conversation.buttons.answers import PAGE, answering
from domain.messages.keyboards import Button, Row, Rows
from domain.values.calendar import MONTH_NAMES, WEEKDAY_NAMES, period, to_jalali, weekday
from domain.values.text import persian_digits

AHEAD = 12
"""Months that can be leafed forward from this one: nothing is asked for later than that by buttons."""

_BLANK = "·"
_STAY = PAGE
"""The answer of a cell that means nothing."""

Month = tuple[int, int]


def first_month(today: date, offered: Callable[[date], bool]) -> Month:
    """Return the first Jalali month from this one on that has a day which is offered; this one if none has."""
    here = _number(_month_of(today))
    for number in range(here, here + AHEAD + 1):
        month = number // 12, number % 12 + 1
        first, after = period(*month)
        if any(offered(first + timedelta(days=one)) for one in range((after - first).days)):
            return month
    return _month_of(today)


def read_month(page: str | None, today: date) -> Month:
    """Return the Jalali year and month that a page names (`1405-10`), else that of today."""
    parts = (page or "").split("-")
    if len(parts) == 2 and all(part.isdecimal() for part in parts):
        year, month = map(int, parts)
        if abs(_number((year, month)) - _number(_month_of(today))) <= AHEAD and 1 <= month <= 12:
            return year, month
    return _month_of(today)


def month_rows(turn: str, month: Month, today: date, offered: Callable[[date], bool], *, past: bool) -> Rows:
    """Return a month as buttons. Days that are not offered stand empty; with `past` one may leaf to earlier months."""
    first, after = period(*month)

    def cell(day: date) -> Button:
        if not first <= day < after or not offered(day):
            return answering(turn, _BLANK, _STAY)
        year, number, of_month = to_jalali(day)
        return answering(turn, persian_digits(of_month), f"{year}/{number:02}/{of_month:02}")

    begin = first - timedelta(days=weekday(first))
    weeks = [begin + timedelta(days=7 * number) for number in range(6)]
    shown = [week for week in weeks if week < after and (past or week + timedelta(days=7) > today)]
    return (
        _names(turn, month),
        _weekdays(turn),
        *(_week(week, cell) for week in shown),
        _turning(turn, month, today, past),
    )


def _week(begin: date, cell: Callable[[date], Button]) -> Row:
    return tuple(cell(begin + timedelta(days=number)) for number in reversed(range(7)))


def _names(turn: str, month: Month) -> Row:
    return (answering(turn, f"{MONTH_NAMES[month[1] - 1]} {persian_digits(month[0])}", _STAY),)


def _weekdays(turn: str) -> Row:
    return tuple(answering(turn, name[0], _STAY) for name in reversed(WEEKDAY_NAMES))


def _turning(turn: str, month: Month, today: date, past: bool) -> Row:
    """Return the buttons to the months beside: the next stands on the left, where a reader goes on."""
    here, now = _number(month), _number(_month_of(today))
    row = []
    if here - now < AHEAD:
        row.append(_to(turn, here + 1, "« {}"))
    if here > (now - AHEAD if past else now):
        row.append(_to(turn, here - 1, "{} »"))
    return tuple(row)


def _to(turn: str, number: int, label: str) -> Button:
    year, month = divmod(number, 12)
    return answering(turn, label.format(MONTH_NAMES[month]), f"{PAGE}{year}-{month + 1}")


def _number(month: Month) -> int:
    return month[0] * 12 + month[1] - 1


def _month_of(day: date) -> Month:
    year, month, _ = to_jalali(day)
    return year, month
