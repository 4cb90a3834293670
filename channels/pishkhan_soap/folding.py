"""Values as toolkits and people write them, brought to the one form that the contract has.

Each function takes the text of an element and returns what its type expects; what it does not know it leaves alone, so
that the XSD refuses it and the fault says why. docs/counter-offices.md ("What is folded") informs the integrators.
"""

import re
from unicodedata import category

from domain.values.calendar import FIRST_YEAR, LAST_YEAR, from_jalali
from domain.values.errors import InvalidField
from domain.values.text import ascii_digits, fold_text, tidy_text

XML_BLANKS = " \t\r\n"
"""White space as XML has it."""

_ZONE_PATTERN = r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
_DAY_PATTERN = re.compile(
    rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})(?:T00:00(?::00(?:\.0+)?)?)?{_ZONE_PATTERN}"
)
_MOMENT_PATTERN = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})[T ](?P<clock>[0-9]{2}:[0-9]{2})(?P<seconds>:[0-9]{2}"
    rf"(?:\.[0-9]+)?)?{_ZONE_PATTERN}"
)
_TEHRAN_CLOCK = re.compile(r"([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)\+03:30")
_DASH_SIGNS = re.compile("[‐‑–—−]")
_ZERO_FRACTION = re.compile(r"([+-]?[0-9]+)\.0*")


def fold_free_text(raw_text: str) -> str:
    """Return free text as it is; what shows nothing is nothing."""
    return raw_text if tidy_text(raw_text) and fold_text(raw_text) else ""


def trim_token(raw_text: str) -> str:
    """Return a token without the white space around it."""
    return raw_text.strip(XML_BLANKS)


def fold_name(raw_text: str) -> str:
    """Return an id without the white space around it; what shows nothing is nothing."""
    return fold_free_text(raw_text.strip(XML_BLANKS))


def fold_identifier(raw_text: str) -> str:
    """Return digits of any script as ASCII, without marks that nobody sees and white space around it."""
    if raw_text.isascii():
        return raw_text.strip(XML_BLANKS)
    return ascii_digits("".join(character for character in raw_text if category(character) != "Cf")).strip(
        f"{XML_BLANKS}\u00a0"
    )


def fold_plate(raw_text: str) -> str:
    """Return a plate with its letters and digits as the domain compares them."""
    return fold_text(raw_text)


def fold_renovation_code(raw_text: str) -> str:
    """Return a renovation code with one kind of dash."""
    return _DASH_SIGNS.sub("-", fold_text(raw_text))


def fold_integer(raw_text: str) -> str:
    """Return a whole number without the fraction of nothing that some write behind it (4.0)."""
    number_text = fold_identifier(raw_text)
    match = _ZERO_FRACTION.fullmatch(number_text)
    return match[1] if match else number_text


def fold_decimal(raw_text: str) -> str:
    """Return a number with a point for the Persian decimal separator."""
    return fold_identifier(raw_text).replace("٫", ".")


def fold_clock(raw_text: str) -> str:
    """Return a time of day without Tehran's own zone; another zone is left there."""
    time_of_day = fold_identifier(raw_text)
    match = _TEHRAN_CLOCK.fullmatch(time_of_day)
    return match[1] if match else time_of_day


def fold_day(raw_text: str) -> str:
    """Return a day without a midnight behind it; a Jalali one (years 1300–1499) as the Gregorian day that it is."""
    written_text = fold_identifier(raw_text)
    match = _DAY_PATTERN.fullmatch(written_text)
    if not match:
        return written_text
    return _to_gregorian_day(match) + (match["zone"] or "")


def fold_moment(raw_text: str) -> str:
    """Return a moment with its seconds and the letter T; the day as in `fold_day`."""
    written_text = fold_identifier(raw_text)
    match = _MOMENT_PATTERN.fullmatch(written_text)
    if not match:
        return written_text
    return f"{_to_gregorian_day(match)}T{match['clock']}{match['seconds'] or ':00'}{match['zone'] or ''}"


def _to_gregorian_day(match: re.Match[str]) -> str:
    """Return the day that was written; a Jalali one that is in no calendar as it was written."""
    year, month, day_of_month = (int(match[part_name]) for part_name in ("year", "month", "day"))
    if FIRST_YEAR <= year <= LAST_YEAR:
        try:
            return from_jalali(year, month, day_of_month).isoformat()
        except InvalidField:
            pass
    return f"{match['year']}-{match['month']}-{match['day']}"
