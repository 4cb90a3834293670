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

from domain.fields.types import FieldType, Integer, ReadingContext, Rials, TextLookup, format_number
from domain.fleet.resources import OFFICER_CODE_PREFIX
from domain.values import identifiers
from domain.values.bill_ids import HIGHEST_AMOUNT
from domain.values.calendar import from_jalali, jalali_text, spoken_day_text, to_jalali
from domain.values.errors import InvalidField
from domain.values.languages import join_list
from domain.values.money import BILL_STEP_RIALS
from domain.values.reasons import InvalidReason
from domain.values.reasons.bases import InvalidReasonBase
from domain.values.text import ascii_digits, fold_compactly, fold_text, group_digits, persian_digits, tidy_text

LONGEST_CODE = 40

FIRST_GREGORIAN_YEAR = 1900
"""The first year of the records that is Gregorian: spreadsheets have no dates before it, or differ about their days."""

LONGEST_NUMBER_DIGITS = 18
"""Digits that are taken for a number as they are: thousands of them are none, and take long to read."""

_DAY_PATTERN = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})(?:[ t]00:00(?::00)?)?")
_PACKED_DAY_PATTERN = re.compile(r"(1[34]\d\d|19\d\d|20\d\d)(\d\d)(\d\d)")
_PLATE_SEPARATOR = re.compile(r"[،,;؛\n]+")
_TAXI_CODE_PATTERN = re.compile(r"0*([1-9][0-9]{0,5})")
_VIN_PATTERN = re.compile(r"[0-9a-z]{17}")
_PHONE_PATTERN = re.compile(r"\+?[0-9]{4,15}")


@dataclass(frozen=True, slots=True)
class RecordedDay(FieldType):
    """A day of the records, past or to come, kept as Gregorian ISO; sheets hold it in Jalali or Gregorian numbers.

    Year, month, day, or the year last; also eight digits together. A year from 1900 on is Gregorian; one of two digits
    is Jalali: 1400 and on, or 1300 and on past its middle.
    """

    name: ClassVar[str] = "date"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_DATE

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Read a date cell or the text of a date."""
        if isinstance(raw_value, date):
            if (
                raw_value.year < FIRST_GREGORIAN_YEAR
            ):  # a Jalali date that was taken for one of the Middle Ages, and moved
                raise InvalidField("date", InvalidReason.DATE_CELL)
            return _to_iso_day(raw_value.year, raw_value.month, raw_value.day)
        return _parse_recorded_day(str(raw_value))

    def render_value(self, value: str, catalogue_text: TextLookup) -> str:
        """Return the Jalali date in numbers."""
        return jalali_text(date.fromisoformat(value))

    def render_in_message(self, value: str, catalogue_text: TextLookup, today: date) -> str:
        """Return weekday, day and month; the year of a day that is far from today."""
        return spoken_day_text(date.fromisoformat(value), today)


@lru_cache(maxsize=4096)
def _parse_recorded_day(day_text: str) -> str:
    # Sheets repeat the same days in thousands of rows.
    folded_text = fold_text(day_text)
    day_match = _DAY_PATTERN.fullmatch(folded_text) or _PACKED_DAY_PATTERN.fullmatch(folded_text)
    if not day_match:
        raise InvalidField("date")
    day_parts = day_match.groups()
    year, month, day = (int(number_text) for number_text in (day_parts if len(day_parts[2]) < 3 else day_parts[::-1]))
    if year < 100:
        year += 1400 if year < 50 else 1300
    return _to_iso_day(year, month, day)


def _to_iso_day(year: int, month: int, day: int) -> str:
    if not (1300 <= year <= 1499 or FIRST_GREGORIAN_YEAR <= year <= 2199):
        raise InvalidField("date")
    try:
        return (date(year, month, day) if year >= FIRST_GREGORIAN_YEAR else from_jalali(year, month, day)).isoformat()
    except ValueError:
        raise InvalidField("date") from None


@dataclass(frozen=True, slots=True)
class CheckedText(FieldType):
    """Text that a function checks and brings into its one form; `type_name` is the type's name for programs."""

    type_name: str
    parse_text: Callable[[str], str]
    refusal_reason: InvalidReasonBase

    @property
    def name(self) -> str:  # type: ignore[override]  # one class, several names
        """The name that was given."""
        return self.type_name

    @property
    def unreadable_reason(self) -> InvalidReasonBase:  # type: ignore[override]  # as above
        """The reason that was given."""
        return self.refusal_reason

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Check and normalise."""
        return self.parse_text(str(raw_value))


def parse_owner_code(code_text: str) -> str:
    """Return a person's national code (ten digits) or a legal entity's national id (eleven)."""
    try:
        return (
            identifiers.parse_legal_id(code_text)
            if len(fold_compactly(code_text)) == 11
            else identifiers.parse_national_code(code_text)
        )
    except InvalidField:
        raise InvalidField("owner_code") from None


def parse_taxi_code(code_text: str) -> str:
    """Return a taxi's code: one to six digits, without leading zeros, which spreadsheets lose anyway."""
    code_match = _TAXI_CODE_PATTERN.fullmatch(fold_compactly(code_text))
    if not code_match:
        raise InvalidField("taxi_code")
    return code_match[1]


def parse_vin(vin_text: str) -> str:
    """Return a vehicle identification number: seventeen letters and digits; Iran's begin with IR, so none is barred."""
    vin_number = fold_compactly(vin_text)
    if not _VIN_PATTERN.fullmatch(vin_number):
        raise InvalidField("vin")
    return vin_number.upper()


def parse_phone(phone_text: str) -> str:
    """Return a telephone number as digits; a mobile in its own form."""
    phone_digits = re.sub(r"[()]", "", fold_compactly(phone_text))
    if not _PHONE_PATTERN.fullmatch(phone_digits):
        raise InvalidField("phone")
    try:
        return identifiers.parse_mobile(phone_digits)
    except InvalidField:
        return phone_digits


def parse_code(code_text: str) -> str:
    """Return a number or code that an office gave: its own signs, digits in ASCII, at most forty characters."""
    normalised_code = " ".join(ascii_digits(tidy_text(code_text)).split())
    if not 0 < len(normalised_code) <= LONGEST_CODE:
        raise InvalidField("code", InvalidReason.TOO_LONG, limit=persian_digits(LONGEST_CODE))
    if normalised_code.startswith(OFFICER_CODE_PREFIX):
        raise InvalidField("code", InvalidReason.OF_OFFICERS)
    return normalised_code


CODE = CheckedText("code", parse_code, InvalidReason.BAD_CODE)
OWNER_CODE = CheckedText("owner_code", parse_owner_code, InvalidReason.BAD_OWNER_CODE)
TAXI_CODE = CheckedText("taxi_code", parse_taxi_code, InvalidReason.BAD_TAXI_CODE)
VIN = CheckedText("vin", parse_vin, InvalidReason.BAD_VIN)
PHONE = CheckedText("phone", parse_phone, InvalidReason.BAD_PHONE)


@dataclass(frozen=True, slots=True)
class Plates(FieldType):
    """Several plates, separated by commas or semicolons; kept sorted, each once."""

    name: ClassVar[str] = "plates"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_PLATES

    def parse(self, raw_value: object, reading_context: ReadingContext) -> list[str]:
        """Read each one."""
        plate_texts = (
            raw_value
            if isinstance(raw_value, list)
            else [plate_text for plate_text in _PLATE_SEPARATOR.split(str(raw_value)) if plate_text.strip()]
        )
        return sorted({identifiers.parse_plate(str(plate_text)) for plate_text in plate_texts})

    def render_value(self, value: list[str], catalogue_text: TextLookup) -> str:
        """Return them, joined."""
        return join_list(persian_digits(plate) for plate in value)

    def render_on_page(self, value: list[str], catalogue_text: TextLookup) -> str:
        """Return them as on the cars, joined."""
        return join_list(identifiers.display_plate(plate) for plate in value)


@dataclass(frozen=True, slots=True)
class WholeNumber(Integer):
    """A whole number; most cells are digits alone, which need no reading of sentences."""

    def parse(self, raw_value: object, reading_context: ReadingContext) -> int:
        """Read digits at once, anything else as `Integer` does."""
        digits = ascii_digits(str(raw_value)).strip()
        is_plain = digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER_DIGITS
        return Integer.parse(self, int(digits) if is_plain else raw_value, reading_context)


@dataclass(frozen=True, slots=True)
class Year(FieldType):
    """A year of four digits, Jalali (1300–1499), or with `allows_gregorian` of either calendar (a vehicle's model)."""

    allows_gregorian: bool = False
    name: ClassVar[str] = "year"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_YEAR

    def parse(self, raw_value: object, reading_context: ReadingContext) -> int:
        """Read the digits."""
        year = WholeNumber(0, 9999).parse(raw_value, reading_context)
        if 1300 <= year <= 1499 or (self.allows_gregorian and 1950 <= year <= 2100):
            return year
        raise InvalidField(reason=InvalidReason.RANGE, least=persian_digits(1300), most=persian_digits(1499))


@dataclass(frozen=True, slots=True)
class Charge(Rials):
    """An amount that a bill can carry: whole thousands of rials, above zero, within a payment id's eight digits."""

    def parse(self, raw_value: object, reading_context: ReadingContext) -> int:
        """Read an amount as `Rials` does."""
        amount = Rials.parse(self, raw_value, reading_context)
        if amount % BILL_STEP_RIALS:
            raise InvalidField(reason=InvalidReason.NOT_THOUSANDS, step=group_digits(BILL_STEP_RIALS))
        if not 0 < amount <= HIGHEST_AMOUNT:
            raise InvalidField(
                reason=InvalidReason.RANGE, least=format_number(BILL_STEP_RIALS), most=group_digits(HIGHEST_AMOUNT)
            )
        return amount


@dataclass(frozen=True, slots=True)
class Note(FieldType):
    """A short text without line breaks, up to `max_length` characters; kept in its writer's words."""

    max_length: int = 200
    name: ClassVar[str] = "text"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_TEXT

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Trim, and make one space of all white space."""
        text = " ".join(tidy_text(str(raw_value)).split())
        if len(text) > self.max_length:
            raise InvalidField(reason=InvalidReason.TOO_LONG, limit=persian_digits(self.max_length))
        return text

    def render_value(self, value: str, catalogue_text: TextLookup) -> str:
        """Return the writer's words as they are."""
        return value


def format_jalali_day(iso_day: str) -> str:
    """Return an ISO day as sheets hold it: 1405/09/03."""
    year, month, day_of_month = to_jalali(date.fromisoformat(iso_day))
    return f"{year:04}/{month:02}/{day_of_month:02}"
