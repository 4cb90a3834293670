"""How values are written by toolkits and people, brought to the one form that the contract has.

Each function takes the text of an element and returns what its type expects; what it does not know it leaves alone, so
that the XSD refuses it and the fault says why. docs/counter-offices.md ("What is folded") tells the integrators.
"""

import re
from unicodedata import category

from domain.values.calendar import FIRST_YEAR, LAST_YEAR, from_jalali
from domain.values.errors import InvalidField
from domain.values.text import ascii_digits, fold, shown

BLANK = " \t\r\n"
"""White space as XML has it."""

_ZONE = r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
_DAY = re.compile(rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})(?:T00:00(?::00(?:\.0+)?)?)?{_ZONE}")
_MOMENT = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})[T ](?P<clock>[0-9]{2}:[0-9]{2})(?P<seconds>:[0-9]{2}"
    rf"(?:\.[0-9]+)?)?{_ZONE}"
)
_CLOCK = re.compile(r"([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)\+03:30")
_DASHES = re.compile("[‐‑–—−]")
_WHOLE = re.compile(r"([+-]?[0-9]+)\.0*")


def as_written(text: str) -> str:
    """Return free text as it is; what shows nothing is nothing."""
    return text if shown(text) and fold(text) else ""


def trimmed(text: str) -> str:
    """Return a token without the white space around it."""
    return text.strip(BLANK)


def name(text: str) -> str:
    """Return an id without the white space around it; what shows nothing is nothing."""
    return as_written(text.strip(BLANK))


def identifier(text: str) -> str:
    """Return digits of any script as ASCII, without marks that nobody sees and white space around it."""
    if text.isascii():
        return text.strip(BLANK)
    return ascii_digits("".join(sign for sign in text if category(sign) != "Cf")).strip(f"{BLANK}\u00a0")


def plate(text: str) -> str:
    """Return a plate with its letters and digits as the domain compares them."""
    return fold(text)


def renovation_code(text: str) -> str:
    """Return a renovation code with one kind of dash."""
    return _DASHES.sub("-", fold(text))


def whole(text: str) -> str:
    """Return a whole number without the fraction of nothing that some write behind it (4.0)."""
    number = identifier(text)
    found = _WHOLE.fullmatch(number)
    return found[1] if found else number


def decimal(text: str) -> str:
    """Return a number with a point for the Persian decimal separator."""
    return identifier(text).replace("٫", ".")


def flag(text: str) -> str:
    """Return true or false in small letters."""
    return identifier(text).lower()


def clock(text: str) -> str:
    """Return a time of day without Tehran's own zone; another zone is left there."""
    time_of_day = identifier(text)
    found = _CLOCK.fullmatch(time_of_day)
    return found[1] if found else time_of_day


def day(text: str) -> str:
    """Return a day without a midnight behind it; a Jalali one (years 1300–1499) as the Gregorian day that it is."""
    written = identifier(text)
    found = _DAY.fullmatch(written)
    if not found:
        return written
    return _gregorian(found) + (found["zone"] or "")


def moment(text: str) -> str:
    """Return a moment with its seconds and the letter T; the day as in `day`."""
    written = identifier(text)
    found = _MOMENT.fullmatch(written)
    if not found:
        return written
    return f"{_gregorian(found)}T{found['clock']}{found['seconds'] or ':00'}{found['zone'] or ''}"


def _gregorian(found: re.Match[str]) -> str:
    """Return the day that was written; a Jalali one that is in no calendar as it was written."""
    year, month, number = (int(found[name]) for name in ("year", "month", "day"))
    if FIRST_YEAR <= year <= LAST_YEAR:
        try:
            return from_jalali(year, month, number).isoformat()
        except InvalidField:
            pass
    return f"{found['year']}-{found['month']}-{found['day']}"
