"""Dates as people write them in messages, found in a stream of tokens.

Numeric dates are in the Persian order, year first; a year of one or two digits is one of 1350–1449. A day of a month
without a year is today or the next one; a weekday is the next such day, never today. A date that no calendar has
(«1405/13/40»), or that names no day to come («هفته آینده», «دیروز»), is found without a day: it was meant, and is
refused rather than left in the free text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from domain.parsing.numerals import number_at, ordinal_at
from domain.parsing.places import dates_a_place, numbers_a_place, weekday_of_a_place
from domain.parsing.tokens import Phrases, Stream, keys
from domain.values.calendar import MONTH_NAMES, WEEKDAY_NAMES, from_jalali, to_jalali, weekday
from domain.values.errors import InvalidField

_ENGLISH_WEEKDAYS = ("saturday", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday")
_OTHER_WEEKDAYS: dict[int, tuple[str, ...]] = {
    0: ("شمبه", "shanbe", "shanbeh", "sat"),
    1: ("1 شنبه", "یک شمبه", "یه شنبه", "1 شمبه", "yekshanbe", "yekshanbeh", "sun"),
    2: ("2 شنبه", "دو شمبه", "2 شمبه", "doshanbe", "doshanbeh", "mon"),
    3: ("3 شنبه", "سه شمبه", "3 شمبه", "seshanbe", "seshanbeh", "tue"),
    4: ("4 شنبه", "چهار شمبه", "چار شنبه", "4 شمبه", "chaharshanbe", "charshanbe", "wed"),
    5: ("5 شنبه", "پن شنبه", "پنج شمبه", "پنشمبه", "5 شمبه", "panjshanbe", "panjshanbeh", "thu"),
    6: ("آدینه", "جمه", "jome", "jomeh", "fri"),
}
_OTHER_MONTHS: dict[int, tuple[str, ...]] = {
    1: ("فرودین", "farvardin"), 2: ("اردی بهشت", "ordibehesht"), 3: ("khordad",), 4: ("tir",),
    5: ("امرداد", "mordad"), 6: ("شهریر", "shahrivar"), 7: ("mehr",), 8: ("aban",), 9: ("azar",), 10: ("dey",),
    11: ("bahman",), 12: ("اسپند", "esfand"),
}  # fmt: skip

_WEEKDAYS = Phrases(
    {place: (WEEKDAY_NAMES[place], _ENGLISH_WEEKDAYS[place], *others) for place, others in _OTHER_WEEKDAYS.items()}
)
_MONTHS = Phrases(
    {
        number: (form for name in (MONTH_NAMES[number - 1], *others) for form in (name, f"{name} ماه"))
        for number, others in _OTHER_MONTHS.items()
    }
)
_RELATIVE = Phrases(
    {
        0: ("امروز", "همین امروز", "today", "emrooz", "emruz"),
        1: ("فردا", "tomorrow", "tomorow", "farda"),
        2: ("پس فردا", "پسون فردا", "day after tomorrow", "the day after tomorrow", "pas farda"),
        3: ("پسین فردا",),
    }
)
_STREET_DATES = frozenset({(1, 12), (3, 14), (3, 15), (4, 7), (6, 17), (7, 13), (8, 13), (11, 12), (11, 22)})
"""Days of remembrance (month, day) after which streets and squares are named."""

_SEPARATORS = frozenset("/\\-.‐–−—")
_NEXT = keys("آینده", "اینده", "بعد", "بعدی", "دیگر", "دیگه", "next")
_LATER = keys("دیگر", "دیگه", "بعد", "آینده")
_WEEK, _DAY, _THIS, _FROM = keys("هفته", "week"), keys("روز"), keys("این", "همین", "this"), keys("از")
_YEH, _BEFORE_MONTH_DAY = keys("ی"), keys("تاریخ", "مورخ", "مورخه", "روز", "از", "تا", "الی")
_MONTH, _PAST = keys("ماه", "month"), keys("دیروز", "پریروز", "دیشب", "پریشب", "yesterday")
_PARTS_OF_DAY = keys("صبح", "ظهر", "عصر", "شب", "بامداد", "غروب", "am", "pm")
_BEFORE_NAMES = keys("مسکن", "پروژه", "خانم", "آقای", "شرکت", "بانک", "دکتر", "شهید", "حاج")
_COUNTED = keys("دستگاه", "عدد", "متر", "متری", "نفر", "تن", "روز")
_YEAR, _HOUR = keys("سال"), keys("ساعت")
_POLES = keys("برق", "چراغ", "آهن", "آهنی")
_LEAD = keys(
    "روز", "تاریخ", "مورخ", "مورخه", "برای", "از", "در", "به", "همین", "این", "واسه", "on", "for", "from", "next",
    "this", "az", ":", "-", "،",
)  # fmt: skip
_BETWEEN = keys("،", ",", "(", ")", "-", "روز", "تاریخ", "مورخ", "مورخه", "یعنی", "به", "در")

How = Literal["relative", "weekday", "month", "numeric", "vague"]


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date at tokens `start` to `end`; `day` is None for a date that does not exist.

    `other` is the day that the same numbers mean in the other order («۵/۹»), when both exist.
    """

    start: int
    end: int
    day: date | None
    how: How
    street: bool = False
    other: date | None = None

    @property
    def readings(self) -> tuple[str, ...]:
        """The days (ISO) that it may mean, the earlier first; one where it is clear."""
        return tuple(day.isoformat() for day in sorted({day for day in (self.day, self.other) if day}))


def dates(stream: Stream, today: date) -> list[FoundDate]:
    """Return the dates of a message from first to last; «شنبه ۷ آذر» is one date."""
    found: list[FoundDate] = []
    for one in _single_dates(stream, today):
        if found and (both := _as_one(stream, found[-1], one)):
            found[-1] = both
        else:
            found.append(one)
    return found


def leading(stream: Stream, start: int) -> int:
    """Return where the words that lead into a date («در تاریخ», «از روز») begin, when they end at `start`.

    «روز» after a number is no such word: «۳ روز از شنبه».
    """
    begin = stream.back(start, _LEAD)
    return begin + (stream.key(begin) in _DAY and number_at(stream, begin - 1) is not None)


def chosen(found: list[FoundDate]) -> FoundDate | None:
    """Return the date that is meant when one is asked for: the first that exists and is no street's name."""
    return min(found, key=lambda one: (one.day is None, one.street, one.start), default=None)


def _single_dates(stream: Stream, today: date) -> Iterator[FoundDate]:
    at = 0
    while at < len(stream):
        one = _date_at(stream, at, today) if stream.key(at) else None
        if one and not _names_a_place(stream, one):
            yield one
        at = one.end if one else at + 1


def _names_a_place(stream: Stream, one: FoundDate) -> bool:
    if one.how == "weekday":
        return weekday_of_a_place(stream, one.start, one.end)
    if one.how == "numeric":
        return numbers_a_place(stream, one.start)
    return one.how == "month" and dates_a_place(stream, one.start, remembered=one.street)


def _date_at(stream: Stream, at: int, today: date) -> FoundDate | None:
    if stream.is_mark(at):
        return None
    if number_at(stream, at):
        return (
            _numeric_at(stream, at)
            or _plain_month_and_day(stream, at, today)
            or _in_some_days_at(stream, at, today)
            or _weekday_at(stream, at, today)
            or _month_day_at(stream, at, today)
        )
    return (
        _relative_at(stream, at, today)
        or _weekday_at(stream, at, today)
        or _month_first_at(stream, at, today)
        or _vague_at(stream, at)
    )


def _as_one(stream: Stream, first: FoundDate, second: FoundDate) -> FoundDate | None:
    """Return two dates that stand together as one when one names the day and the other says which («شنبه ۷ آذر»)."""
    if stream.skip(first.end, _BETWEEN) != second.start or first.how == second.how:
        return None
    if "vague" in {first.how, second.how}:
        exact = second if first.how == "vague" else first
        return replace(exact, start=first.start, end=second.end)
    named, exact = sorted((first, second), key=lambda one: one.how not in ("relative", "weekday"))
    if exact.how in ("relative", "weekday") and exact.day != named.day:
        return None
    return replace(_settled(exact, named), start=first.start, end=second.end)


def _settled(exact: FoundDate, named: FoundDate) -> FoundDate:
    """Return the date that a weekday beside it («شنبه ۵/۹») settles, when it can be read in two ways."""
    days = [day for day in (exact.day, exact.other) if day and named.day and weekday(day) == weekday(named.day)]
    return replace(exact, day=days[0], other=None) if exact.other and len(days) == 1 else exact


def _numeric_at(stream: Stream, at: int) -> FoundDate | None:
    """Read three numbers with separators, or a four-digit year and two numbers with spaces."""
    first = stream.digits(at)
    if not first or len(first) == 3 or len(first) > 4:
        return None
    if stream.key(at + 1) in _SEPARATORS and stream.key(at + 3) in _SEPARATORS:
        end, numbers = at + 5, (first, stream.digits(at + 2), stream.digits(at + 4))
    elif len(first) == 4:
        end, numbers = at + 3, (first, stream.digits(at + 1), stream.digits(at + 2))
    else:
        return None
    goes_on = stream.key(end) in _SEPARATORS & {stream.key(at + 1)} and stream.digits(end + 1) and stream.tight(end)
    if goes_on or not _shaped_as_date(numbers):
        return None
    return FoundDate(at, end, _day_of(numbers), "numeric")


def _shaped_as_date(numbers: tuple[str, str, str]) -> bool:
    year, month, day = numbers if len(numbers[2]) != 4 else numbers[::-1]
    return 0 < len(month) < 3 and 0 < len(day) < 3 and (len(year) in (1, 2) or year.startswith(("13", "14", "20")))


def _day_of(numbers: tuple[str, str, str]) -> date | None:
    written = numbers if len(numbers[2]) != 4 else numbers[::-1]
    year, month, day = (int(number) for number in written)
    if len(written[0]) < 3:
        # The century so far is 1400; a two-digit year past its middle is one of the century before.
        year += 1400 if year < 50 else 1300
    try:
        return date(year, month, day) if year >= 1900 else from_jalali(year, month, day)
    except (ValueError, InvalidField):
        return None


def _relative_at(stream: Stream, at: int, today: date) -> FoundDate | None:
    found = _RELATIVE.at(stream, at)
    return FoundDate(at, found[1], today + timedelta(days=found[0]), "relative") if found else None


def _in_some_days_at(stream: Stream, at: int, today: date) -> FoundDate | None:
    """Read «۳ روز دیگر», «دو هفته بعد»."""
    number = number_at(stream, at)
    if not number or number[0] > 60 or stream.key(number[1] + 1) not in _LATER:
        return None
    unit = stream.key(number[1])
    if unit not in _DAY | _WEEK or _is_afternoon(stream, number[1] + 1):
        return None
    days = number[0] * (7 if unit in _WEEK else 1)
    return FoundDate(at, number[1] + 2, today + timedelta(days=days), "relative")


def _is_afternoon(stream: Stream, at: int) -> bool:
    """Tell whether «بعد» at a place begins «بعد از …» and so does not mean "next"."""
    return stream.key(at + 1) in _FROM


def _weekday_at(stream: Stream, at: int, today: date) -> FoundDate | None:
    found = _WEEKDAYS.at(stream, at)
    if not found or _counts_hours(stream, at):
        return None
    place, end = found
    of_week, behind = _week_said(stream, stream.skip(end, _YEH))
    if stream.key(at - 1) in _NEXT and stream.key(at - 2) in _WEEK:
        of_week, at = True, at - 2
    if of_week:
        day = today + timedelta(days=7 - weekday(today) + place)
    else:
        day = today + timedelta(days=(place - weekday(today) - 1) % 7 + 1)
    return FoundDate(at, behind, day, "weekday")


def _counts_hours(stream: Stream, at: int) -> bool:
    """Tell whether the number is an hour as in «ساعت ۴ شنبه», where the day is «شنبه», unlike «۲ ساعت ۴شنبه»."""
    return bool(stream.digits(at)) and stream.raw(at - 1) in _HOUR and not number_at(stream, at - 2)


def _week_said(stream: Stream, end: int) -> tuple[bool, int]:
    """Read what may follow a weekday: «آینده» (nothing new) or «هفته آینده» (a day of the next week)."""
    if stream.key(end) in _WEEK and stream.key(end + 1) in _NEXT:
        return True, end + 2
    if stream.key(end) in _THIS and stream.key(end + 1) in _WEEK:
        return False, end + 2
    if stream.key(end) in _NEXT and not _is_afternoon(stream, end):
        return False, end + 1
    return False, end


def _month_day_at(stream: Stream, at: int, today: date) -> FoundDate | None:
    """Read «۱۵ آذر», «پانزدهم آذرماه», «۱۵ آذر ۱۴۰۵»."""
    number = ordinal_at(stream, at)
    if not number or not 1 <= number[0] <= 31:
        return None
    month = _MONTHS.at(stream, number[1])
    if not month or stream.key(month[1]) in _POLES:
        return None
    year, end = _year_at(stream, month[1], today)
    day = _in_year(year, month[0], number[0]) if year else _next(month[0], number[0], today)
    return FoundDate(at, end, day, "month", street=not year and (month[0], number[0]) in _STREET_DATES)


def _month_first_at(stream: Stream, at: int, today: date) -> FoundDate | None:
    """Read «آذر ۷». Less sure than any other way: months are names of streets and people too."""
    month = _MONTHS.at(stream, at)
    digits = stream.digits(month[1]) if month else ""
    if not month or not 0 < len(digits) < 3 or not 1 <= int(digits) <= 31 or stream.raw(at - 1) in _BEFORE_NAMES:
        return None
    end = month[1] + 1
    if stream.key(end) in _COUNTED or (stream.key(end) in _HOUR and not stream.digits(end + 1)):
        return None
    return FoundDate(at, end, _next(month[0], int(digits), today), "month", street=True)


def _vague_at(stream: Stream, at: int) -> FoundDate | None:
    """Find «هفته آینده», «این ماه», «دیروز»: none of them says the day; «هفته آینده شنبه» does."""
    if stream.key(at) in _PAST:
        return FoundDate(at, at + 1, None, "vague")
    before = stream.key(at) in _THIS
    if stream.key(at + before) not in _WEEK | _MONTH or not (before or stream.key(at + 1) in _NEXT):
        return None
    end = at + 2
    return None if _is_afternoon(stream, end - 1) or _WEEKDAYS.at(stream, end) else FoundDate(at, end, None, "vague")


def _year_at(stream: Stream, at: int, today: date) -> tuple[int | None, int]:
    begin = stream.skip(at, _YEAR)
    digits = stream.digits(begin)
    if len(digits) == 4 and digits.startswith(("13", "14")):
        return int(digits), begin + 1
    short = len(digits) == 2 and (begin > at or _is_short_year(stream, at, today))
    if short:
        return 1400 + int(digits), begin + 1
    return None, at


def _is_short_year(stream: Stream, at: int, today: date) -> bool:
    """Tell whether «۰۵» behind a month is this year or one beside it, and not an hour («۰۸ صبح», «05:30»)."""
    near = abs(1400 + int(stream.digits(at)) - to_jalali(today)[0]) <= 1
    hour = stream.key(at + 1) in _PARTS_OF_DAY or (stream.key(at + 1) == ":" and stream.tight(at + 1))
    return near and stream.digits(at).startswith("0") and not hour


def _in_year(year: int, month: int, day: int) -> date | None:
    try:
        return from_jalali(year, month, day)
    except InvalidField:
        return None


def _next(month: int, day: int, today: date) -> date | None:
    """Return today or the next such day; a leap day may be some years away."""
    this_year = to_jalali(today)[0]
    candidates = (_in_year(year, month, day) for year in range(this_year, this_year + 9))
    return next((candidate for candidate in candidates if candidate and candidate >= today), None)


def next_month_day(after: date, day: date) -> date:
    """Return the first same Jalali day and month as `day`'s that is not before `after`."""
    _, month, of_month = to_jalali(day)
    return _next(month, of_month, after) or day


def same_month(day: date, of_month: int) -> date | None:
    """Return another day of the Jalali month of `day`, or None when the month has no such day."""
    year, month, _ = to_jalali(day)
    return _in_year(year, month, of_month)


def _plain_month_and_day(stream: Stream, at: int, today: date) -> FoundDate | None:
    """Read «۹/۱۵» amid a message: only where one order of the numbers exists, or after a word that leads into dates."""
    found = month_and_day(stream, at, today)
    if not found or not found.day or _counts_hours(stream, at) or numbers_a_place(stream, at):
        return None
    sure = stream.raw(at - 1) in _BEFORE_MONTH_DAY or max(int(stream.digits(at)), int(stream.digits(at + 2))) > 12
    length = stream.key(found.end) in _HOUR and not stream.digits(found.end + 1)
    return found if sure and not length and stream.key(found.end) not in _SEPARATORS else None


def month_and_day(stream: Stream, at: int, today: date) -> FoundDate | None:
    """Read «۹/۱۵»: month and day, or the other order; both, where both exist. Doubtful where no date is asked for."""
    first, second = stream.digits(at), stream.digits(at + 2)
    if not (first and second and stream.key(at + 1) == "/") or len(first) > 2 or len(second) > 2:
        return None
    month_first, day_first = _next(int(first), int(second), today), _next(int(second), int(first), today)
    other = day_first if month_first and day_first != month_first else None
    return FoundDate(at, at + 3, month_first or day_first, "month", other=other)
