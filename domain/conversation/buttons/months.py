"""A month of the Jalali calendar as buttons: a row a week, Saturday where readers begin (on the right in Persian)."""

from collections.abc import Callable
from datetime import date, timedelta

from domain.conversation.buttons.answers import PAGE_PREFIX, answer_button
from domain.messages.keyboards import Button, ButtonRow, ButtonRows, reading_row
from domain.values.calendar import jalali_period, month_name, to_jalali, weekday
from domain.values.languages import language_in_force
from domain.values.text import persian_digits

MONTHS_AHEAD = 12
"""Months that can be leafed forward from this one: nothing is asked for later than that by buttons."""

_BLANK_LABEL = "·"
_STAY_ANSWER = PAGE_PREFIX
"""The answer of a cell that means nothing."""

JalaliMonth = tuple[int, int]


def find_first_month(today: date, is_offered: Callable[[date], bool]) -> JalaliMonth:
    """Return the first Jalali month from this one on that has a day which is offered; this one if none has."""
    current_number = _month_number(_month_of_day(today))
    for month_number in range(current_number, current_number + MONTHS_AHEAD + 1):
        month = month_number // 12, month_number % 12 + 1
        first_day, day_after = jalali_period(*month)
        if any(
            is_offered(first_day + timedelta(days=day_offset)) for day_offset in range((day_after - first_day).days)
        ):
            return month
    return _month_of_day(today)


def read_month(page_text: str | None, today: date) -> JalaliMonth:
    """Return the Jalali year and month that a page names (`1405-10`), else that of today."""
    page_parts = (page_text or "").split("-")
    if len(page_parts) == 2 and all(page_part.isdecimal() for page_part in page_parts):
        year, month = map(int, page_parts)
        if abs(_month_number((year, month)) - _month_number(_month_of_day(today))) <= MONTHS_AHEAD and 1 <= month <= 12:
            return year, month
    return _month_of_day(today)


def build_month_rows(
    turn_key: str, month: JalaliMonth, today: date, is_offered: Callable[[date], bool], *, allows_past: bool
) -> ButtonRows:
    """Return a month as buttons. Days that are not offered are empty; with `allows_past` one may leaf to earlier
    months.
    """
    first_day, day_after = jalali_period(*month)

    def cell(day: date) -> Button:
        if not first_day <= day < day_after or not is_offered(day):
            return answer_button(turn_key, _BLANK_LABEL, _STAY_ANSWER)
        year, month_number, day_of_month = to_jalali(day)
        return answer_button(turn_key, persian_digits(day_of_month), f"{year}/{month_number:02}/{day_of_month:02}")

    first_saturday = first_day - timedelta(days=weekday(first_day))
    week_starts = [first_saturday + timedelta(days=7 * week_number) for week_number in range(6)]
    shown_weeks = [
        week for week in week_starts if week < day_after and (allows_past or week + timedelta(days=7) > today)
    ]
    return (
        _title_row(turn_key, month),
        _weekday_row(turn_key),
        *(_week_row(week, cell) for week in shown_weeks),
        _paging_row(turn_key, month, today, allows_past),
    )


def _week_row(week_start: date, cell: Callable[[date], Button]) -> ButtonRow:
    return reading_row([cell(week_start + timedelta(days=day_offset)) for day_offset in range(7)])


def _title_row(turn_key: str, month: JalaliMonth) -> ButtonRow:
    return (answer_button(turn_key, f"{month_name(month[1])} {persian_digits(month[0])}", _STAY_ANSWER),)


def _weekday_row(turn_key: str) -> ButtonRow:
    return reading_row([answer_button(turn_key, name[0], _STAY_ANSWER) for name in language_in_force().weekday_names])


def _paging_row(turn_key: str, month: JalaliMonth, today: date, allows_past: bool) -> ButtonRow:
    """Return the buttons to the months beside: the next is where a reader goes on, in Persian on the left."""
    shown_number, current_number = _month_number(month), _month_number(_month_of_day(today))
    earlier_label, later_label = ("{} »", "« {}") if language_in_force().direction == "rtl" else ("« {}", "{} »")
    paging_buttons = []
    if shown_number > (current_number - MONTHS_AHEAD if allows_past else current_number):
        paging_buttons.append(_month_button(turn_key, shown_number - 1, earlier_label))
    if shown_number - current_number < MONTHS_AHEAD:
        paging_buttons.append(_month_button(turn_key, shown_number + 1, later_label))
    return reading_row(paging_buttons)


def _month_button(turn_key: str, month_number: int, label: str) -> Button:
    year, month = divmod(month_number, 12)
    return answer_button(turn_key, label.format(month_name(month + 1)), f"{PAGE_PREFIX}{year}-{month + 1}")


def _month_number(month: JalaliMonth) -> int:
    return month[0] * 12 + month[1] - 1


def _month_of_day(day: date) -> JalaliMonth:
    year, month, _ = to_jalali(day)
    return year, month
