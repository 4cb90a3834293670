"""The kinds of value that registries add to those of forms: recorded days, owners' codes, plates, years, charges.

They read what offices keep in their sheets: any digit script, Jalali or Gregorian dates, numbers that a spreadsheet
robbed of their leading zeros. Every value is kept in one form, so that the same row again is seen to be the same.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import ClassVar

from domain.fields.types import FieldType, Integer, ReadingContext, Rials, Words, number_text
from domain.fleet.resources import OFFICER
from domain.values import identifiers
from domain.values.bill_ids import HIGHEST_AMOUNT
from domain.values.calendar import from_jalali, jalali_text, to_jalali
from domain.values.errors import InvalidField
from domain.values.money import BILL_STEP
from domain.values.text import ascii_digits, compact, fold, grouped, persian_digits, shown

LONGEST_CODE = 40

FIRST_GREGORIAN = 1900
"""The first year of the records that is Gregorian: spreadsheets have no dates before it, or differ about their days."""

LONGEST_NUMBER = 18
"""Digits that are taken for a number as they are: thousands of them are none, and take long to read."""

_DAY = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})(?:[ t]00:00(?::00)?)?")
_PACKED_DAY = re.compile(r"(1[34]\d\d|19\d\d|20\d\d)(\d\d)(\d\d)")
_BETWEEN_PLATES = re.compile(r"[،,;؛\n]+")
_TAXI_CODE = re.compile(r"0*([1-9][0-9]{0,5})")
_VIN = re.compile(r"[0-9a-z]{17}")
_PHONE = re.compile(r"\+?[0-9]{4,15}")


@dataclass(frozen=True, slots=True)
class RecordedDay(FieldType):
    """A day of the records, past or to come, kept as Gregorian ISO; sheets hold it in Jalali or Gregorian numbers.

    Year, month, day, or the year last; also eight digits together. A year from 1900 on is Gregorian; one of two digits
    is Jalali: 1400 and on, or 1300 and on past its middle.
    """

    name: ClassVar[str] = "date"

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Read a date cell or the text of a date."""
        if isinstance(raw, date):
            if raw.year < FIRST_GREGORIAN:  # a Jalali date that was taken for one of the Middle Ages, and moved
                raise InvalidField("date", detail="date_cell")
            return _day(raw.year, raw.month, raw.day)
        return _recorded_day(str(raw))

    def show(self, value: str, words: Words) -> str:
        """Return the Jalali date in numbers."""
        return jalali_text(date.fromisoformat(value))


@lru_cache(maxsize=4096)
def _recorded_day(text: str) -> str:
    # Sheets repeat the same days in thousands of rows.
    folded = fold(text)
    found = _DAY.fullmatch(folded) or _PACKED_DAY.fullmatch(folded)
    if not found:
        raise InvalidField("date")
    parts = found.groups()
    year, month, day = (int(part) for part in (parts if len(parts[2]) < 3 else parts[::-1]))
    if year < 100:
        year += 1400 if year < 50 else 1300
    return _day(year, month, day)


def _day(year: int, month: int, day: int) -> str:
    if not (1300 <= year <= 1499 or FIRST_GREGORIAN <= year <= 2199):
        raise InvalidField("date")
    try:
        return (date(year, month, day) if year >= FIRST_GREGORIAN else from_jalali(year, month, day)).isoformat()
    except ValueError:
        raise InvalidField("date") from None


@dataclass(frozen=True, slots=True)
class Checked(FieldType):
    """Text that a function checks and brings into its one form; `kind` is the type's name for programs."""

    kind: str
    check: Callable[[str], str]

    @property
    def name(self) -> str:  # type: ignore[override]  # one class, several names
        """The name that was given."""
        return self.kind

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Check and normalise."""
        return self.check(str(raw))


def owner_code(text: str) -> str:
    """Return a person's national code (ten digits) or a legal entity's national id (eleven)."""
    try:
        return identifiers.legal_id(text) if len(compact(text)) == 11 else identifiers.national_code(text)
    except InvalidField:
        raise InvalidField("owner_code") from None


def taxi_code(text: str) -> str:
    """Return a taxi's code: one to six digits, without leading zeros, which spreadsheets lose anyway."""
    found = _TAXI_CODE.fullmatch(compact(text))
    if not found:
        raise InvalidField("taxi_code")
    return found[1]


def vin(text: str) -> str:
    """Return a vehicle identification number: seventeen letters and digits; Iran's begin with IR, so none is barred."""
    number = compact(text)
    if not _VIN.fullmatch(number):
        raise InvalidField("vin")
    return number.upper()


def phone(text: str) -> str:
    """Return a telephone number as digits; a mobile in its own form."""
    digits = re.sub(r"[()]", "", compact(text))
    if not _PHONE.fullmatch(digits):
        raise InvalidField("phone")
    try:
        return identifiers.mobile(digits)
    except InvalidField:
        return digits


def code(text: str) -> str:
    """Return a number or code that an office gave: its own signs, digits in ASCII, at most forty characters."""
    found = " ".join(ascii_digits(shown(text)).split())
    if not 0 < len(found) <= LONGEST_CODE:
        raise InvalidField("code", detail="too_long", limit=persian_digits(LONGEST_CODE))
    if found.startswith(OFFICER):
        raise InvalidField("code", detail="of_officers")
    return found


CODE = Checked("code", code)
OWNER_CODE = Checked("owner_code", owner_code)
TAXI_CODE = Checked("taxi_code", taxi_code)
VIN = Checked("vin", vin)
PHONE = Checked("phone", phone)


@dataclass(frozen=True, slots=True)
class Plates(FieldType):
    """Several plates, separated by commas or semicolons; kept sorted, each once."""

    name: ClassVar[str] = "plates"

    def parse(self, raw: object, reading: ReadingContext) -> list[str]:
        """Read each one."""
        parts = raw if isinstance(raw, list) else [part for part in _BETWEEN_PLATES.split(str(raw)) if part.strip()]
        return sorted({identifiers.plate(str(part)) for part in parts})

    def show(self, value: list[str], words: Words) -> str:
        """Return them, joined."""
        return "، ".join(persian_digits(one) for one in value)


@dataclass(frozen=True, slots=True)
class WholeNumber(Integer):
    """A whole number; most cells are digits alone, which need no reading of sentences."""

    def parse(self, raw: object, reading: ReadingContext) -> int:
        """Read digits at once, anything else as `Integer` does."""
        digits = ascii_digits(str(raw)).strip()
        plain = digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER
        return Integer.parse(self, int(digits) if plain else raw, reading)


@dataclass(frozen=True, slots=True)
class Year(FieldType):
    """A year of four digits, Jalali (1300–1499), or with `gregorian` of either calendar (a vehicle's model)."""

    gregorian: bool = False
    name: ClassVar[str] = "year"

    def parse(self, raw: object, reading: ReadingContext) -> int:
        """Read the digits."""
        year = WholeNumber(0, 9999).parse(raw, reading)
        if 1300 <= year <= 1499 or (self.gregorian and 1950 <= year <= 2100):
            return year
        raise InvalidField(detail="range", least=persian_digits(1300), most=persian_digits(1499))


@dataclass(frozen=True, slots=True)
class Charge(Rials):
    """An amount that a bill can carry: whole thousands of rials, above zero, within a payment id's eight digits."""

    def parse(self, raw: object, reading: ReadingContext) -> int:
        """Read an amount as `Rials` does."""
        amount = Rials.parse(self, raw, reading)
        if amount % BILL_STEP:
            raise InvalidField(detail="not_thousands", step=grouped(BILL_STEP))
        if not 0 < amount <= HIGHEST_AMOUNT:
            raise InvalidField(detail="range", least=number_text(BILL_STEP), most=grouped(HIGHEST_AMOUNT))
        return amount


@dataclass(frozen=True, slots=True)
class Note(FieldType):
    """A short text without line breaks, up to `limit` characters; kept in its writer's words."""

    limit: int = 200
    name: ClassVar[str] = "text"

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Trim, and make one space of all white space."""
        text = " ".join(shown(str(raw)).split())
        if len(text) > self.limit:
            raise InvalidField(detail="too_long", limit=persian_digits(self.limit))
        return text

    def show(self, value: str, words: Words) -> str:
        """Return the writer's words as they are."""
        return value


def jalali_cell(day: str) -> str:
    """Return an ISO day as sheets hold it: 1405/09/03."""
    year, month, of_month = to_jalali(date.fromisoformat(day))
    return f"{year:04}/{month:02}/{of_month:02}"
