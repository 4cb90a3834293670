"""Words of a voice for a text: the same words, codes digit by digit, amounts, days and hours as people say them.

A voice reads «۱٬۲۵۰٬۰۰۰» as three numbers and «۱۴۰۵/۰۹/۰۹» as a fraction. What is written here has numbers that every
voice of a language reads right; that is proved on the sounds that it makes (`tests/channels/telegram/test_speech.py`).
"""

import re

from domain.values.languages import language_in_force
from domain.values.text import ascii_digits

_MARKS_OF_DIRECTION = re.compile("[\u200e\u200f\u2066-\u2069]")
_CODE = re.compile(r"(?<!\d)(\d{3})[ \u00a0](\d{3})[ \u00a0](\d{3})(?![ \u00a0]?\d)")
_DAY = re.compile(r"(?<!\d)(1[34]\d\d)/(\d\d)/(\d\d)(?!\d)")
_LONG_NUMBER = re.compile(r"\d{9,}")
_ADDRESS = re.compile(r"\S*(?:://|www\.)\S*")
_QUOTATION_MARKS = re.compile("[«»]")


def write_for_speech(text: str) -> str:
    """Return a text as a voice of the language in force is to read it."""
    plain_text = ascii_digits(_ADDRESS.sub("", _QUOTATION_MARKS.sub("", text)))
    with_codes = _CODE.sub(lambda code: ", ".join(map(_spell, code.groups())), _MARKS_OF_DIRECTION.sub("", plain_text))
    with_days = _DAY.sub(_say_day, with_codes)
    with_hours = _hour_pattern().sub(_say_hour, with_days)
    return _LONG_NUMBER.sub(lambda number: _spell(number[0]), _join_thousands(with_hours))


def _spell(digits: str) -> str:
    return " ".join(digits)


def _say_day(day: re.Match[str]) -> str:
    return f"{int(day[3])} {language_in_force().month_names[int(day[2]) - 1]} {day[1]}"


def _hour_pattern() -> re.Pattern[str]:
    """Return what finds an hour, with the word for it where it is said before."""
    hour_word = language_in_force().spoken_hour.partition("{")[0].strip()
    return re.compile(rf"(?:{re.escape(hour_word)}\s+)?(?<!\d)([01]?\d|2[0-3]):([0-5]\d)(?!\d)")


def _say_hour(hour: re.Match[str]) -> str:
    language = language_in_force()
    pattern = language.spoken_minutes if int(hour[2]) else language.spoken_hour
    return pattern.format(hour=int(hour[1]), minute=int(hour[2]))


def _join_thousands(text: str) -> str:
    """Leave out what sets the thousands of a number apart."""
    thousands_mark = re.escape(language_in_force().thousands_mark)
    return re.sub(rf"(?<=\d){thousands_mark}(?=\d{{3}}(?!\d))", "", text)
