"""The Jalali calendar against a second library, every day of 1340 to 1440.

`domain/values/calendar.py` stands on persiantools; the second one is jdatetime, which shares no code with it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import jdatetime
import pytest

from domain.values.calendar import from_jalali, jalali_long_text, jalali_text, to_jalali, weekday
from domain.values.errors import InvalidField
from domain.values.text import ascii_digits

FIRST, LAST = 1340, 1440
WEEKDAYS = {
    "Saturday": "شنبه",
    "Sunday": "یک‌شنبه",
    "Monday": "دوشنبه",
    "Tuesday": "سه‌شنبه",
    "Wednesday": "چهارشنبه",
    "Thursday": "پنج‌شنبه",
    "Friday": "جمعه",
}


def lengths(year: int) -> list[int]:
    """Return the days of each month, by the second library."""
    leap: bool = jdatetime.date(year, 1, 1).isleap()
    return [31] * 6 + [30] * 5 + [30 if leap else 29]


@cache
def every_day() -> Sequence[tuple[tuple[int, int, int], date]]:
    """Return every Jalali day with its Gregorian one, by the second library."""
    return [
        ((year, month, day), jdatetime.date(year, month, day).togregorian())
        for year in range(FIRST, LAST + 1)
        for month, length in enumerate(lengths(year), start=1)
        for day in range(1, length + 1)
    ]


def test_every_day_of_a_century_is_there_once() -> None:
    assert every_day()[0][1] == date(1961, 3, 21)
    assert every_day()[-1][1] == date(2062, 3, 19)
    assert all(later - earlier == timedelta(days=1) for (_, earlier), (_, later) in pairwise(every_day()))


def test_both_libraries_agree_on_every_day_in_both_directions() -> None:
    assert [(jalali, gregorian) for jalali, gregorian in every_day() if to_jalali(gregorian) != jalali] == []
    assert [(jalali, gregorian) for jalali, gregorian in every_day() if from_jalali(*jalali) != gregorian] == []


def test_leap_years_are_the_same_and_no_month_has_a_day_more() -> None:
    for year in range(FIRST, LAST + 1):
        assert lengths(year)[-1] in {29, 30}
        for month, length in enumerate(lengths(year), start=1):
            assert from_jalali(year, month, length).toordinal() - from_jalali(year, month, 1).toordinal() == length - 1
            with pytest.raises(InvalidField):
                from_jalali(year, month, length + 1)


def test_weekdays_and_words_follow_the_days() -> None:
    for (year, month, day), gregorian in every_day():
        assert (weekday(gregorian) + 5) % 7 == gregorian.weekday()
        assert ascii_digits(jalali_text(gregorian)) == f"{year:04}/{month:02}/{day:02}"
    for (year, _, day), gregorian in every_day()[:: len(every_day()) // 1000]:
        words = jalali_long_text(gregorian).split()
        assert words[0] == WEEKDAYS[f"{gregorian:%A}"]
        assert (ascii_digits(words[1]), ascii_digits(words[3])) == (str(day), str(year))
