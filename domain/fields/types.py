"""The kinds of value that fields have: how one is read, checked, kept and shown.

A type reads what a person typed or a program sent and keeps plain JSON: dates as ISO, hours as HH:MM, money as whole
rials. What is asked, where and of whom, is a matter of the field (`forms.py`).
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, ClassVar

from domain.parsing.answers import read_date, read_hours, read_number, read_start
from domain.values import identifiers
from domain.values.calendar import TEHRAN, hour_text, jalali_long, jalali_text, within_calendar
from domain.values.errors import InvalidField, UnknownKind
from domain.values.text import ascii_digits, code_units, fold, grouped, persian_digits, shown

_UNIT = re.compile(r"\s*(?:ریال|rials?|irr)\s*$")
_THOUSANDS = re.compile(r"(?<=[0-9])[,٬،](?=[0-9])")

Words = Callable[[str], str]
"""Looks a text up in the catalogue by key."""


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What reading a value may depend on: the moment (dates such as «فردا») and the choices on offer."""

    now: datetime
    choices: tuple[str, ...] = ()


LONGEST_GIVEN = 40
"""Characters of what was typed that an error tells again."""


@contextmanager
def unread_as(detail: str, raw: object) -> Iterator[None]:
    """Give an error that only says «not understood» a finer reason, and what was given."""
    try:
        yield
    except InvalidField as error:
        if error.detail not in {None, "unreadable"}:
            raise
        raise InvalidField(error.field, detail=detail, given=shown(str(raw))[:LONGEST_GIVEN]) from error


class FieldType(ABC):
    """A kind of value. `name` is its name for programs; `parse` raises `InvalidField` without a field name.

    `gaps` are the parts that `gap` may name: each has a prompt of its own (`<field>_<part>`). `figures`: its values
    tell nothing of a person by themselves, and stay when personal data is erased.
    """

    name: ClassVar[str]
    figures: ClassVar[bool] = False
    gaps: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def parse(self, raw: object, reading: ReadingContext) -> Any:
        """Return the JSON value that `raw` (text, or JSON from a program) means."""

    def show(self, value: Any, words: Words) -> str:
        """Return the value for people, in Persian."""
        return persian_digits(str(value))

    def take(self, raw: object, reading: ReadingContext) -> Any:
        """Read as `parse` does, but let parts be missing that `gap` names: a dialogue asks for them next."""
        return self.parse(raw, reading)

    def gap(self, value: Any) -> str | None:
        """Name the part that a value taken in a dialogue still lacks."""
        return None

    def valid_part(self, raw: object, reading: ReadingContext) -> Any:
        """Return what can stay of a value that `take` refused, so that only the rest is asked again; None: nothing."""
        return None

    def fill(self, value: Any, text: str) -> Any:
        """Return the value with its missing part read from `text`."""
        raise InvalidField(detail="unreadable")

    def longest(self, words: Words) -> int | None:
        """Return the most code units that a value takes when shown; None where the catalogue's `longest` tells."""
        return None

    def menu(self) -> tuple[str, ...]:
        """Return the choices that a dialogue numbers when it asks for this."""
        return ()

    def name_of(self, choice: str, words: Words) -> str:
        """Return what one choice is called in a menu."""
        return choice

    def texts(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the keys of every text that `show` and `name_of` may look up for a field with these choices."""
        return ()

    def found_by(self, value: Any) -> tuple[str, ...]:
        """Return the names and numbers of people in a value, by which the staff search for its request."""
        return ()


@dataclass(frozen=True, slots=True)
class Text(FieldType):
    """Free text in the writer's own words, up to `limit` characters, an emoji being two (`text.code_units`)."""

    limit: int = 300
    name: ClassVar[str] = "text"

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Trim and keep; too long is refused rather than cut, and so is what is a list or a mapping."""
        if not isinstance(raw, str | int | float):
            raise InvalidField
        text = shown(str(raw))
        if not fold(text):
            raise InvalidField(detail="empty")
        if code_units(text) > self.limit:
            raise InvalidField(detail="too_long", limit=persian_digits(str(self.limit)))
        return text

    def show(self, value: Any, words: Words) -> str:
        """Return the writer's words as they are."""
        return str(value)

    def longest(self, words: Words) -> int:
        """Return the limit."""
        return self.limit


@dataclass(frozen=True, slots=True)
class Integer(FieldType):
    """A whole number from `least` to `most`; words of its `unit` may be said with it."""

    least: int = 0
    most: int = 10**9
    unit: tuple[str, ...] = field(default=(), kw_only=True)
    name: ClassVar[str] = "integer"
    figures: ClassVar[bool] = True

    def parse(self, raw: object, reading: ReadingContext) -> int:
        """Read digits of any script or a number word up to ten."""
        with unread_as("bad_integer", raw):
            number = raw if isinstance(raw, int) else read_number(str(raw), self.unit)
        if not self.least <= number <= self.most:
            raise InvalidField(detail="range", least=number_text(self.least), most=number_text(self.most))
        return number


@dataclass(frozen=True, slots=True)
class Rials(FieldType):
    """An amount in whole rials."""

    name: ClassVar[str] = "rials"
    figures: ClassVar[bool] = True

    def parse(self, raw: object, reading: ReadingContext) -> int:
        """Read digits, thousands separators and the unit «ریال» allowed; an amount in toman is no amount in rials."""
        text = _THOUSANDS.sub("", _UNIT.sub("", fold(str(raw))))
        with unread_as("bad_rials", raw):
            number = raw if isinstance(raw, int) else read_number(text)
        if number < 0:
            raise InvalidField(detail="range", least=number_text(0), most="…")
        return number

    def show(self, value: Any, words: Words) -> str:
        """Return grouped digits and the unit."""
        return f"{grouped(int(value))} {words('units.rial')}"

    def texts(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the unit's."""
        return ("units.rial",)


@dataclass(frozen=True, slots=True)
class Day(FieldType):
    """A day, kept as Gregorian ISO; people write and read it in Jalali. `past` allows days before today."""

    past: bool = False
    name: ClassVar[str] = "date"
    figures: ClassVar[bool] = True

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Read ISO from a program, anything a person writes otherwise; a day out of the calendar is refused."""
        with unread_as("bad_date", raw):
            day = within_calendar(self._day(ascii_digits(str(raw)).strip(), reading))
        if not self.past and day < reading.now.astimezone(TEHRAN).date():
            raise InvalidField(detail="past")
        return day.isoformat()

    def _day(self, text: str, reading: ReadingContext) -> date:
        # A four-digit year from 1900 on is Gregorian: only programs write it.
        with suppress(ValueError):
            if (day := date.fromisoformat(text)).year >= 1900:
                return day
        return read_date(text, reading.now)

    def show(self, value: Any, words: Words) -> str:
        """Return weekday and Jalali date."""
        return jalali_long(date.fromisoformat(value))

    def name_of(self, choice: str, words: Words) -> str:
        """Return what is shown of the day."""
        return self.show(choice, words)


_DAWN = 6
_AS_KEPT = re.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9]")
"""An hour that was read before: what a text said is read once more by the form."""


@dataclass(frozen=True, slots=True)
class HourOfDay(FieldType):
    """A time of day, kept as HH:MM in Tehran's time."""

    name: ClassVar[str] = "time"
    figures: ClassVar[bool] = True

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Read «۸», «۷:۳۰», «۴ عصر»."""
        text = str(raw)
        if _AS_KEPT.fullmatch(text):
            return text
        with unread_as("bad_time", raw):
            return read_start(text).strftime("%H:%M")

    def show(self, value: Any, words: Words) -> str:
        """Return the hour with Persian digits, without a needless :00."""
        return hour_text(time.fromisoformat(value))

    def name_of(self, choice: str, words: Words) -> str:
        """Return «ساعت ۱۵», «ساعت ۳ بامداد»: told apart, for both may be meant."""
        hour = time.fromisoformat(choice)
        early = f" {words('units.before_dawn')}" if hour.hour < _DAWN else ""
        return f"{words('units.hour')} {hour_text(hour)}{early}"

    def texts(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words that tell its hours apart."""
        return ("units.hour", "units.before_dawn")


@dataclass(frozen=True, slots=True)
class Moment(FieldType):
    """A date and an hour in Tehran, kept as ISO in UTC."""

    name: ClassVar[str] = "datetime"
    figures: ClassVar[bool] = True

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Read ISO (naive means Tehran), or a date and an hour as people write them; as `Day`, within the calendar."""
        with unread_as("bad_datetime", raw):
            return self._moment(ascii_digits(str(raw)).strip(), reading)

    def _moment(self, text: str, reading: ReadingContext) -> str:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            day, _, hour = text.rpartition(" ")
            moment = datetime.combine(read_date(day, reading.now), read_start(hour))
        if moment.year < 1900:
            moment = datetime.combine(read_date(text[:10], reading.now), moment.time())
        within_calendar(moment.date())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=TEHRAN)
        return aware.astimezone(reading.now.tzinfo).isoformat()

    def show(self, value: Any, words: Words) -> str:
        """Return the Jalali date and the hour in Tehran."""
        moment = datetime.fromisoformat(value).astimezone(TEHRAN)
        return f"{jalali_text(moment.date())} {words('units.hour')} {persian_digits(moment.strftime('%H:%M'))}"

    def texts(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the word for the hour's."""
        return ("units.hour",)


@dataclass(frozen=True, slots=True)
class Identifier(FieldType):
    """A checked identifier: mobile, national_code, postal_code, renovation_code, plate, iban."""

    kind: str

    READERS: ClassVar[Mapping[str, Callable[[str], str]]] = {
        "mobile": identifiers.mobile,
        "national_code": identifiers.national_code,
        "postal_code": identifiers.postal_code,
        "renovation_code": identifiers.renovation_code,
        "plate": identifiers.plate,
        "iban": identifiers.iban,
    }

    @property
    def name(self) -> str:  # type: ignore[override]  # one class, six names
        """The identifier's own name."""
        return self.kind

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Check and normalise."""
        return self.READERS[self.kind](str(raw))

    def found_by(self, value: Any) -> tuple[str, ...]:
        """Return a person's national code; mobiles and plates are found by columns of their own."""
        return (value,) if self.kind == "national_code" else ()


@dataclass(frozen=True, slots=True)
class Choice(FieldType):
    """One id out of the field's choices; `words` is the catalogue's table of their names, if people see names."""

    words: str | None = None
    name: ClassVar[str] = "choice"
    figures: ClassVar[bool] = True

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Take the id itself (any letter case); a number is a position only where a menu was shown."""
        folded = fold(str(raw))
        for choice in reading.choices:
            if fold(choice) == folded:
                return choice
        raise UnknownKind(detail="choice", given=shown(str(raw))[:30])

    def show(self, value: Any, words: Words) -> str:
        """Return the choice's name."""
        return self.name_of(str(value), words)

    def name_of(self, choice: str, words: Words) -> str:
        """Return the choice's name."""
        return words(f"choices.{self.words}.{choice}") if self.words else choice

    def texts(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the choices' names', if people see names."""
        return tuple(f"choices.{self.words}.{choice}" for choice in choices) if self.words else ()


@dataclass(frozen=True, slots=True)
class Choices(Choice):
    """Several ids out of the choices, separated by commas."""

    name: ClassVar[str] = "choices"

    def parse(self, raw: object, reading: ReadingContext) -> list[str]:  # type: ignore[override]  # a list of what Choice gives
        """Read each one."""
        parts = raw if isinstance(raw, list) else str(raw).replace("،", ",").split(",")
        return [Choice.parse(self, part, reading) for part in parts]

    def show(self, value: Any, words: Words) -> str:
        """Return the names, joined."""
        return "، ".join(Choice.show(self, one, words) for one in value)


@dataclass(frozen=True, slots=True)
class Hours(FieldType):
    """Hours of work: one number for all items of a request, or one an item, separated by commas; halves allowed."""

    most: int
    name: ClassVar[str] = "hours"
    figures: ClassVar[bool] = True

    def parse(self, raw: object, reading: ReadingContext) -> list[float]:
        """Read hours from a half to `most`."""
        parts = raw if isinstance(raw, list) else str(raw).replace("،", ",").split(",")
        with unread_as("bad_hours", raw):
            given = [part if isinstance(part, (int, float)) else read_hours(str(part)) for part in parts]
        return [checked_hours(one, self.most) for one in given]

    def show(self, value: Any, words: Words) -> str:
        """Return the numbers, joined."""
        return "، ".join(number_text(one) for one in value)


@dataclass(frozen=True, slots=True)
class Duration(FieldType):
    """One length of work in hours, halves allowed."""

    most: int
    name: ClassVar[str] = "number"
    figures: ClassVar[bool] = True

    def parse(self, raw: object, reading: ReadingContext) -> float:
        """Read hours from a half to `most`."""
        with unread_as("bad_hours", raw):
            return checked_hours(raw if isinstance(raw, (int, float)) else read_hours(str(raw)), self.most)

    def show(self, value: Any, words: Words) -> str:
        """Return the number."""
        return number_text(value)


def checked_hours(hours: float, most: int) -> float:
    """Return hours that are a multiple of a half, from a half to `most`; whole ones as int, so that 4 stays 4."""
    if not 0.5 <= hours <= most or hours * 2 % 1:
        raise InvalidField(detail="range", least=number_text(0.5), most=number_text(most))
    return int(hours) if hours == int(hours) else hours


def number_text(number: float) -> str:
    """Return a number with Persian digits and decimal point."""
    return persian_digits(f"{number:.12g}".replace(".", "٫"))  # `:g` would write millions as powers of ten
