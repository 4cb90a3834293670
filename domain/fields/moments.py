"""Field types of time: a day, an hour of the day, a moment; all in Tehran's calendar and clock."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar

from domain.fields.types import FieldType, ReadingContext, TextLookup, explain_unreadable
from domain.parsing.answers import read_date, read_start_hour
from domain.parsing.times.dates import find_dates
from domain.parsing.times.hours import find_lengths_and_clocks
from domain.parsing.tokens import TokenStream
from domain.values.calendar import (
    TEHRAN_ZONE,
    clock_text,
    hour_text,
    jalali_long_text,
    jalali_text,
    require_calendar_day,
    spoken_day_text,
)
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason
from domain.values.reasons.bases import InvalidReasonBase
from domain.values.text import ascii_digits, persian_digits


@dataclass(frozen=True, slots=True)
class Day(FieldType):
    """A day, kept as Gregorian ISO; people write and read it in Jalali. `allows_past` allows days before today;
    `offers_holidays` is whether buttons show days on which the municipality is closed, which may be written all the
    same; `is_near` whether it is usually one of the next days, so that these are offered.
    """

    allows_past: bool = False
    offers_holidays: bool = True
    is_near: bool = True
    name: ClassVar[str] = "date"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_DATE
    survives_erasure: ClassVar[bool] = True

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Read ISO from a program, anything a person writes otherwise; a day out of the calendar is refused."""
        with explain_unreadable(self.unreadable_reason, raw_value):
            day = raw_value if isinstance(raw_value, date) else self._read_day(str(raw_value), reading_context)
            require_calendar_day(day)
        if self.is_outdated(iso_day := day.isoformat(), reading_context.now):
            raise InvalidField(reason=InvalidReason.PAST)
        return iso_day

    def is_outdated(self, value: str, now: datetime) -> bool:
        """Return whether it is a day before today, where those are not allowed."""
        return not self.allows_past and value < now.astimezone(TEHRAN_ZONE).date().isoformat()

    def _read_day(self, raw_text: str, reading_context: ReadingContext) -> date:
        day_text = ascii_digits(raw_text).strip()
        # A four-digit year from 1900 on is Gregorian: only programs write it.
        with suppress(ValueError):
            if (day := date.fromisoformat(day_text)).year >= 1900:
                return day
        return read_date(day_text, reading_context.now)

    def find_mentions(self, text: str, now: datetime) -> Iterator[tuple[str, str]]:
        """Yield the days that are said."""
        stream = TokenStream(text)
        for mention in find_dates(stream, now.astimezone(TEHRAN_ZONE).date()):
            yield "", stream.source_text(mention.start, mention.end)

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return weekday and Jalali date."""
        return jalali_long_text(date.fromisoformat(value))

    def render_in_message(self, value: Any, catalogue_text: TextLookup, today: date) -> str:
        """Return weekday, day and month; the year of a day that is far from today."""
        return spoken_day_text(date.fromisoformat(value), today)

    def display_name(self, choice: str, catalogue_text: TextLookup) -> str:
        """Return what is shown of the day."""
        return self.render_value(choice, catalogue_text)


_DAWN_HOUR = 6
_STORED_HOUR_PATTERN = re.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9]")
"""An hour that was read before: what a text said is read once more by the form."""


@dataclass(frozen=True, slots=True)
class HourOfDay(FieldType):
    """A time of day, kept as HH:MM in Tehran's time."""

    name: ClassVar[str] = "time"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_TIME
    survives_erasure: ClassVar[bool] = True

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Read «۸», «۷:۳۰», «۴ عصر»."""
        if isinstance(raw_value, time):
            return raw_value.strftime("%H:%M")
        entered_text = str(raw_value)
        if _STORED_HOUR_PATTERN.fullmatch(entered_text):
            return entered_text
        with explain_unreadable(self.unreadable_reason, raw_value):
            return read_start_hour(entered_text).strftime("%H:%M")

    def find_mentions(self, text: str, now: datetime) -> Iterator[tuple[str, str]]:
        """Yield the hours of the clock that are said."""
        stream = TokenStream(text)
        for clock in find_lengths_and_clocks(stream)[1]:
            yield "", stream.source_text(clock.start, clock.end)

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the hour with Persian digits, without a needless :00."""
        return hour_text(time.fromisoformat(value))

    def render_on_page(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return hour and minutes: under a label «۸» alone might be anything."""
        return clock_text(time.fromisoformat(value))

    def display_name(self, choice: str, catalogue_text: TextLookup) -> str:
        """Return «ساعت ۱۵», «ساعت ۳ بامداد»: distinguished, for both may be meant."""
        hour = time.fromisoformat(choice)
        dawn_mark = f" {catalogue_text('units.before_dawn')}" if hour.hour < _DAWN_HOUR else ""
        return f"{catalogue_text('units.hour')} {hour_text(hour)}{dawn_mark}"

    def text_keys(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words that distinguish its hours."""
        return ("units.hour", "units.before_dawn")


@dataclass(frozen=True, slots=True)
class Moment(FieldType):
    """A date and an hour in Tehran, kept as ISO in UTC."""

    name: ClassVar[str] = "datetime"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_DATETIME
    survives_erasure: ClassVar[bool] = True

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Read ISO (naive means Tehran), or a date and an hour as people write them; as `Day`, within the calendar."""
        with explain_unreadable(self.unreadable_reason, raw_value):
            return self._read_moment(ascii_digits(str(raw_value)).strip(), reading_context)

    def _read_moment(self, moment_text: str, reading_context: ReadingContext) -> str:
        try:
            moment = datetime.fromisoformat(moment_text)
        except ValueError:
            day, _, hour = moment_text.rpartition(" ")
            moment = datetime.combine(read_date(day, reading_context.now), read_start_hour(hour))
        if moment.year < 1900:
            moment = datetime.combine(read_date(moment_text[:10], reading_context.now), moment.time())
        require_calendar_day(moment.date())
        zoned_moment = moment if moment.tzinfo else moment.replace(tzinfo=TEHRAN_ZONE)
        return zoned_moment.astimezone(reading_context.now.tzinfo).isoformat()

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the Jalali date and the hour in Tehran."""
        moment = datetime.fromisoformat(value).astimezone(TEHRAN_ZONE)
        return f"{jalali_text(moment.date())} {catalogue_text('units.hour')} {persian_digits(moment.strftime('%H:%M'))}"

    def text_keys(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the word for the hour's."""
        return ("units.hour",)
