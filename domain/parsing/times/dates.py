"""Dates as people write them in messages, found in a stream of tokens.

Numeric dates are in the Persian order, year first; a year of one or two digits is one of 1350–1449. A day of a month
without a year is today or the next one; a weekday is the next such day, never today. A date that no calendar has
(«1405/13/40»), or that names no day to come («هفته آینده», «دیروز»), is found without a day: it was meant, and is
refused rather than left in the free text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from domain.parsing.numerals import begins_number, read_day_of_month_at, read_number_at, read_ordinal_at
from domain.parsing.places import is_address_word, is_place_number, is_place_weekday, is_road_number, is_street_date
from domain.parsing.slips import end_of_slip
from domain.parsing.times.day_names import (
    MONTH_PHRASES,
    RELATIVE_PHRASES,
    WEEKDAY_PHRASES,
    match_name_at,
    may_begin_name,
)
from domain.parsing.tokens import TokenStream, keys_in, keys_of
from domain.values.calendar import from_jalali, to_jalali, weekday
from domain.values.errors import InvalidField

_STREET_DATES = frozenset({(1, 12), (3, 14), (3, 15), (4, 7), (6, 17), (7, 13), (8, 13), (11, 12), (11, 22)})
"""Days of remembrance (month, day) after which streets and squares are named."""

_DATE_SEPARATORS = frozenset("/\\-.‐–−—")
_NEXT_WORDS = keys_of("آینده", "اینده", "بعد", "بعدی", "دیگر", "دیگه", "next")
_AFTER = keys_of("بعد", "پس", "bad")
_LATER_WORDS = keys_of("دیگر", "دیگه", "بعد", "آینده")
_WEEK, _DAY, _THIS, _FROM = keys_of("هفته", "week"), keys_of("روز"), keys_of("این", "همین", "this"), keys_of("از")
_YEH = keys_of("ی")
_MONTH, _PAST_WORDS = keys_of("ماه", "month"), keys_of("دیروز", "پریروز", "دیشب", "پریشب", "yesterday")
_PARTS_OF_DAY = keys_in("values.parts_of_day")
_BEFORE_NAMES = keys_in("values.before_names")
_COUNTED_THINGS = keys_in("values.counted_things")
_YEAR, _HOUR = keys_of("سال"), keys_of("ساعت")
_POLE_WORDS = keys_of("برق", "چراغ", "آهن", "آهنی")
_LEAD_WORDS = keys_in("values.dates_lead_words")
_LINKING_WORDS = keys_in("values.linking_words")

_TURN_WORDS = keys_of("بار", "دفعه", "سال", "مرحله", "طبقه", "نفر")
_MONTHS, _MOST_MONTHS_TO_SUCH_DAY = 12, 8
"""A 31st is in the first six months of a year alone."""
_RESTATING, _AROUND_DAYS = keys_of("یعنی", "yani", "ýagny"), keys_of("تا", "الی", "و", "از")
_SHORT_YEAR, _JUST_PAST, _SOON = 2, timedelta(days=60), timedelta(days=300)
_FIRST_SURE_ORDINAL = 4
"""«روز اول», «بار دوم» are mostly no day of a month."""

DateNotation = Literal["relative", "weekday", "month", "ordinal", "numeric", "vague"]


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a message."""

    start: int
    """Its first token."""
    end: int
    """The token after its last one."""
    day: date | None
    """The day that is meant; None for a date that does not exist."""
    notation: DateNotation
    """Notation in which it is written."""
    names_street: bool = False
    """Whether it may be the name of a street («۱۷ شهریور»)."""
    other_day: date | None = None
    """The day that the same numbers mean in the other order («۵/۹»), when both exist."""

    @property
    def possible_days(self) -> tuple[str, ...]:
        """The days (ISO) that it may mean, the earlier first; one where it is clear."""
        return tuple(day.isoformat() for day in sorted({day for day in (self.day, self.other_day) if day}))


def find_dates(stream: TokenStream, today: date) -> list[DateMention]:
    """Return the dates of a message from first to last; «شنبه ۷ آذر» is one date."""
    mentions: list[DateMention] = []
    for mention in _find_single_dates(stream, today):
        if mentions and (merged_mention := _merge_mentions(stream, mentions[-1], mention)):
            mentions[-1] = merged_mention
        elif mentions and _puts_right(stream, mentions[-1], mention):
            mentions[-1] = replace(mention, start=mentions[-1].start)
        else:
            mentions.append(mention)
    return [mention for mention in mentions if mention.notation != "ordinal" or _is_day_alone(stream, mention)]


def _puts_right(stream: TokenStream, earlier: DateMention, later: DateMention) -> bool:
    """Return whether a date stands in place of the one before it («فردا، نه ببخشید پس‌فردا»)."""
    end = end_of_slip(stream, earlier.end)
    is_restated = earlier.notation == later.notation or stream.raw_at(later.start - 1) not in _RESTATING
    return end is not None and stream.skip(end, _LEAD_WORDS) == later.start and is_restated


def _is_later_than(stream: TokenStream, mention: DateMention) -> bool:
    """Return whether what is meant is some day behind a weekday («بعد جمعه», «بعد از شنبه»), which has to be asked."""
    after = mention.start - 1 - (stream.key_at(mention.start - 1) in _FROM)
    return mention.notation == "weekday" and stream.key_at(after) in _AFTER


def _is_day_alone(stream: TokenStream, mention: DateMention) -> bool:
    """Return whether an ordinal that neither weekday nor month stands beside is a day all the same: it is in digits, or
    what leads to a day is before it, and nothing is behind it that it could count («واسه بیستم ساعت ۸»).
    """
    number = read_number_at(stream, mention.start)
    is_digit = bool(stream.digits_at(mention.start))
    is_led = stream.key_at(mention.start - 1) in _LEAD_WORDS and number is not None and number[0] >= _FIRST_SURE_ORDINAL
    is_last = mention.end >= len(stream) or stream.is_mark_at(mention.end)
    return (is_led or is_digit) and (is_last or stream.key_at(mention.end) in _HOUR | _PARTS_OF_DAY | _AROUND_DAYS)


def start_with_lead(stream: TokenStream, start: int) -> int:
    """Return where the words that lead into a date («در تاریخ», «از روز») begin, when they end at `start`.

    «روز» after a number is no such word: «۳ روز از شنبه».
    """
    lead_begin = stream.skip_back(start, _LEAD_WORDS)
    return lead_begin + (stream.key_at(lead_begin) in _DAY and read_number_at(stream, lead_begin - 1) is not None)


def choose_date(mentions: list[DateMention]) -> DateMention | None:
    """Return the date that is meant when one is asked for: the first that exists and is no street's name."""
    return min(mentions, key=lambda mention: (mention.day is None, mention.names_street, mention.start), default=None)


def _find_single_dates(stream: TokenStream, today: date) -> Iterator[DateMention]:
    index = 0
    while index < len(stream):
        mention = _read_date_at(stream, index, today) if _may_begin_date(stream.key_at(index)) else None
        if mention and not _names_place(stream, mention) and not _is_later_than(stream, mention):
            yield mention
        index = mention.end if mention else index + 1


@lru_cache(maxsize=4096)
def _may_begin_date(key: str) -> bool:
    """Return whether a date may begin with a token; the words of messages come again and again."""
    return begins_number(key) or may_begin_name(key) or key in _PAST_WORDS | _THIS | _WEEK | _MONTH


def _names_place(stream: TokenStream, mention: DateMention) -> bool:
    if mention.notation == "weekday":
        return is_place_weekday(stream, mention.start, mention.end)
    if mention.notation == "numeric":
        return is_place_number(stream, mention.start)
    return mention.notation == "month" and is_street_date(stream, mention.start, is_remembrance=mention.names_street)


def _read_date_at(stream: TokenStream, index: int, today: date) -> DateMention | None:
    if stream.is_mark_at(index):
        return None
    if read_number_at(stream, index):
        return (
            _read_numeric_at(stream, index, today)
            or _read_sure_month_day(stream, index, today)
            or _read_days_ahead_at(stream, index, today)
            or _read_weekday_at(stream, index, today)
            or _read_month_day_at(stream, index, today)
            or _read_ordinal_day_at(stream, index, today)
        )
    return (
        _read_relative_at(stream, index, today)
        or _read_weekday_at(stream, index, today)
        or _read_month_first_at(stream, index, today)
        or _read_vague_at(stream, index)
    )


def _merge_mentions(stream: TokenStream, earlier: DateMention, later: DateMention) -> DateMention | None:
    """Return two dates that are next to each other as one when one names the day and the other says which («شنبه ۷
    آذر»).
    """
    if stream.skip(earlier.end, _LINKING_WORDS) != later.start or earlier.notation == later.notation:
        return None
    if "vague" in {earlier.notation, later.notation}:
        vague, exact = sorted((earlier, later), key=lambda mention: mention.notation != "vague")
        return replace(_settle_by_month(stream, exact, vague), start=earlier.start, end=later.end)
    named, exact = sorted((earlier, later), key=lambda mention: mention.notation not in ("relative", "weekday"))
    if exact.notation in ("relative", "weekday") and exact.day != named.day:
        return None
    return replace(_settle_by_weekday(exact, named), start=earlier.start, end=later.end)


def _settle_by_month(stream: TokenStream, exact: DateMention, vague: DateMention) -> DateMention:
    """Return a day of a month as «همین ماه» beside it makes it sure; of «ماه آینده» it is not known."""
    keys = {stream.key_at(index) for index in range(vague.start, vague.end)}
    if exact.notation != "ordinal" or keys.isdisjoint(_MONTH):
        return exact
    return replace(exact, notation="month", day=exact.day if keys.isdisjoint(_NEXT_WORDS) else None)


def _settle_by_weekday(exact: DateMention, named: DateMention) -> DateMention:
    """Return the date that a weekday beside it («شنبه ۵/۹», «شنبه چهاردهم») settles, when it can be read in two ways;
    both days where they do not agree.
    """
    if exact.notation == "ordinal" and exact.day and named.day:
        has_agreed = weekday(exact.day) == weekday(named.day)
        return replace(exact, notation="month", other_day=None if has_agreed else named.day)
    days = [day for day in (exact.day, exact.other_day) if day and named.day and weekday(day) == weekday(named.day)]
    return replace(exact, day=days[0], other_day=None) if exact.other_day and len(days) == 1 else exact


def _read_numeric_at(stream: TokenStream, index: int, today: date) -> DateMention | None:
    """Read three numbers with separators, or a four-digit year and two numbers with spaces."""
    first = stream.digits_at(index)
    if not first or len(first) == 3 or len(first) > 4:
        return None
    if stream.key_at(index + 1) in _DATE_SEPARATORS and stream.key_at(index + 3) in _DATE_SEPARATORS:
        end, digit_groups = index + 5, (first, stream.digits_at(index + 2), stream.digits_at(index + 4))
    elif len(first) == 4:
        end, digit_groups = index + 3, (first, stream.digits_at(index + 1), stream.digits_at(index + 2))
    else:
        return None
    continues = (
        stream.key_at(end) in _DATE_SEPARATORS & {stream.key_at(index + 1)}
        and stream.digits_at(end + 1)
        and stream.is_glued(end)
    )
    if continues or not _is_date_shaped(digit_groups):
        return None
    return _settle_short_year(DateMention(index, end, _day_from_digits(digit_groups), "numeric"), digit_groups, today)


def _settle_short_year(mention: DateMention, digit_groups: tuple[str, str, str], today: date) -> DateMention:
    """Return a date with a year of two digits as it is near today («۱۲/۰۹/۰۵»); in both orders where both are."""
    if max(map(len, digit_groups)) > _SHORT_YEAR:
        return mention
    days = (mention.day, _day_from_digits(digit_groups[::-1]))
    near_days = list(dict.fromkeys(day for day in days if day and -_JUST_PAST < day - today < _SOON))
    if not near_days:
        return mention
    return replace(mention, day=near_days[0], other_day=near_days[1] if len(near_days) > 1 else None)


def _is_date_shaped(digit_groups: tuple[str, str, str]) -> bool:
    year, month, day = digit_groups if len(digit_groups[2]) != 4 else digit_groups[::-1]
    return 0 < len(month) < 3 and 0 < len(day) < 3 and (len(year) in (1, 2) or year.startswith(("13", "14", "20")))


def _day_from_digits(digit_groups: tuple[str, str, str]) -> date | None:
    ordered_groups = digit_groups if len(digit_groups[2]) != 4 else digit_groups[::-1]
    year, month, day = (int(digits) for digits in ordered_groups)
    if len(ordered_groups[0]) < 3:
        # The century so far is 1400; a two-digit year past its middle is one of the century before.
        year += 1400 if year < 50 else 1300
    try:
        return date(year, month, day) if year >= 1900 else from_jalali(year, month, day)
    except (ValueError, InvalidField):
        return None


def _read_relative_at(stream: TokenStream, index: int, today: date) -> DateMention | None:
    match = match_name_at(stream, index, RELATIVE_PHRASES)
    return DateMention(index, match[1], today + timedelta(days=match[0]), "relative") if match else None


def _read_days_ahead_at(stream: TokenStream, index: int, today: date) -> DateMention | None:
    """Read «۳ روز دیگر», «دو هفته بعد»."""
    number = read_number_at(stream, index)
    if not number or number[0] > 60 or stream.key_at(number[1] + 1) not in _LATER_WORDS:
        return None
    unit_key = stream.key_at(number[1])
    if unit_key not in _DAY | _WEEK or _begins_afternoon(stream, number[1] + 1):
        return None
    day_count = number[0] * (7 if unit_key in _WEEK else 1)
    return DateMention(index, number[1] + 2, today + timedelta(days=day_count), "relative")


def _begins_afternoon(stream: TokenStream, index: int) -> bool:
    """Return whether «بعد» at a place begins «بعد از …» and so does not mean "next"."""
    return stream.key_at(index + 1) in _FROM


def _read_weekday_at(stream: TokenStream, index: int, today: date) -> DateMention | None:
    match = match_name_at(stream, index, WEEKDAY_PHRASES)
    if not match or _is_hour_number(stream, index):
        return None
    place, phrase_end = match
    is_next_week, mention_end = _read_week_after(stream, stream.skip(phrase_end, _YEH))
    if stream.key_at(index - 1) in _NEXT_WORDS and stream.key_at(index - 2) in _WEEK:
        is_next_week, index = True, index - 2
    if is_next_week:
        day = today + timedelta(days=7 - weekday(today) + place)
    else:
        day = today + timedelta(days=(place - weekday(today) - 1) % 7 + 1)
    return DateMention(index, mention_end, day, "weekday")


def _is_hour_number(stream: TokenStream, index: int) -> bool:
    """Return whether the number is an hour as in «ساعت ۴ شنبه», where the day is «شنبه», unlike «۲ ساعت ۴شنبه»."""
    return bool(stream.digits_at(index)) and stream.raw_at(index - 1) in _HOUR and not read_number_at(stream, index - 2)


def _read_week_after(stream: TokenStream, end: int) -> tuple[bool, int]:
    """Read what may follow a weekday: «آینده» (nothing new) or «هفته آینده» (a day of the next week)."""
    if stream.key_at(end) in _WEEK and stream.key_at(end + 1) in _NEXT_WORDS:
        return True, end + 2
    if stream.key_at(end) in _THIS and stream.key_at(end + 1) in _WEEK:
        return False, end + 2
    if stream.key_at(end) in _NEXT_WORDS and not _begins_afternoon(stream, end):
        return False, end + 1
    return False, end


def _read_month_day_at(stream: TokenStream, index: int, today: date) -> DateMention | None:
    """Read «۱۵ آذر», «پانزدهم آذرماه», «۱۵ آذر ۱۴۰۵»."""
    number = read_ordinal_at(stream, index)
    if not number or not 1 <= number[0] <= 31:
        return None
    is_counted = stream.key_at(number[1]) in _COUNTED_THINGS
    month_match = None if is_counted else match_name_at(stream, number[1], MONTH_PHRASES)
    if not month_match or stream.key_at(month_match[1]) in _POLE_WORDS:
        return None
    year, end = _read_year_at(stream, month_match[1], today)
    day = _day_in_year(year, month_match[0], number[0]) if year else _next_such_day(month_match[0], number[0], today)
    return DateMention(index, end, day, "month", names_street=not year and (month_match[0], number[0]) in _STREET_DATES)


def _read_ordinal_day_at(stream: TokenStream, index: int, today: date) -> DateMention | None:
    """Read «یازدهم», «۲۰ام»: a day of this month or the next, unless something else is the eleventh."""
    number = read_day_of_month_at(stream, index)
    if not number or is_road_number(stream, index) or is_address_word(stream.raw_at(index - 1)):
        return None
    if stream.key_at(number[1]) in _COUNTED_THINGS or stream.raw_at(index - 1) in _TURN_WORDS:
        return None
    return DateMention(index, number[1], _next_day_of_month(today, number[0]), "ordinal")


def _next_day_of_month(earliest_day: date, day_of_month: int) -> date:
    """Return the first day from one on that is such a day of its Jalali month."""
    year, month, _ = to_jalali(earliest_day)
    months = range(month - 1, month - 1 + _MOST_MONTHS_TO_SUCH_DAY)
    days = (_day_in_year(year + ahead // _MONTHS, ahead % _MONTHS + 1, day_of_month) for ahead in months)
    return next(day for day in days if day and day >= earliest_day)


def _read_month_first_at(stream: TokenStream, index: int, today: date) -> DateMention | None:
    """Read «آذر ۷». Less sure than any other way: months are names of streets and people too."""
    month_match = MONTH_PHRASES.match_at(stream, index)
    digits = stream.digits_at(month_match[1]) if month_match else ""
    if (
        not month_match
        or not 0 < len(digits) < 3
        or not 1 <= int(digits) <= 31
        or stream.raw_at(index - 1) in _BEFORE_NAMES
    ):
        return None
    end = month_match[1] + 1
    if stream.key_at(end) in _COUNTED_THINGS or (stream.key_at(end) in _HOUR and not stream.digits_at(end + 1)):
        return None
    return DateMention(index, end, _next_such_day(month_match[0], int(digits), today), "month", names_street=True)


def _read_vague_at(stream: TokenStream, index: int) -> DateMention | None:
    """Find «هفته آینده», «این ماه», «دیروز»: none of them says the day; «هفته آینده شنبه» does."""
    if stream.key_at(index) in _PAST_WORDS:
        return DateMention(index, index + 1, None, "vague")
    has_this = stream.key_at(index) in _THIS
    if stream.key_at(index + has_this) not in _WEEK | _MONTH or not (
        has_this or stream.key_at(index + 1) in _NEXT_WORDS
    ):
        return None
    end = index + 2
    return (
        None
        if _begins_afternoon(stream, end - 1) or WEEKDAY_PHRASES.match_at(stream, end)
        else DateMention(index, end, None, "vague")
    )


def _read_year_at(stream: TokenStream, index: int, today: date) -> tuple[int | None, int]:
    year_index = stream.skip(index, _YEAR)
    digits = stream.digits_at(year_index)
    if len(digits) == 4 and digits.startswith(("13", "14")):
        return int(digits), year_index + 1
    is_short = len(digits) == 2 and (year_index > index or _is_short_year(stream, index, today))
    if is_short:
        return 1400 + int(digits), year_index + 1
    return None, index


def _is_short_year(stream: TokenStream, index: int, today: date) -> bool:
    """Return whether «۰۵» behind a month is this year or one beside it, and not an hour («۰۸ صبح», «05:30»)."""
    is_near = abs(1400 + int(stream.digits_at(index)) - to_jalali(today)[0]) <= 1
    is_hour = stream.key_at(index + 1) in _PARTS_OF_DAY or (
        stream.key_at(index + 1) == ":" and stream.is_glued(index + 1)
    )
    return is_near and stream.digits_at(index).startswith("0") and not is_hour


def _day_in_year(year: int, month: int, day: int) -> date | None:
    try:
        return from_jalali(year, month, day)
    except InvalidField:
        return None


def _next_such_day(month: int, day: int, today: date) -> date | None:
    """Return today or the next such day; a leap day may be some years away."""
    this_year = to_jalali(today)[0]
    candidates = (_day_in_year(year, month, day) for year in range(this_year, this_year + 9))
    return next((candidate for candidate in candidates if candidate and candidate >= today), None)


def next_month_day(earliest_day: date, day: date) -> date:
    """Return the first same Jalali day and month as `day`'s that is not before `earliest_day`."""
    _, month, day_of_month = to_jalali(day)
    return _next_such_day(month, day_of_month, earliest_day) or day


def day_of_same_month(day: date, day_of_month: int) -> date | None:
    """Return another day of the Jalali month of `day`, or None when the month has no such day."""
    year, month, _ = to_jalali(day)
    return _day_in_year(year, month, day_of_month)


def _read_sure_month_day(stream: TokenStream, index: int, today: date) -> DateMention | None:
    """Read «۹/۱۵» amid a message: no hour, no number of an address or of a thing («۲/۵ متر»)."""
    mention = read_month_and_day(stream, index, today)
    if not mention or not mention.day or _is_hour_number(stream, index) or is_road_number(stream, index):
        return None
    is_length = stream.key_at(mention.end) in _HOUR and not stream.digits_at(mention.end + 1)
    is_other = is_length or stream.key_at(mention.end) in _COUNTED_THINGS | _DATE_SEPARATORS
    return None if is_other else mention


def read_month_and_day(stream: TokenStream, index: int, today: date) -> DateMention | None:
    """Read «۹/۱۵»: month and day, or the other order; both, where both exist. Doubtful where no date is asked for."""
    first, second = stream.digits_at(index), stream.digits_at(index + 2)
    if not (first and second and stream.key_at(index + 1) == "/") or len(first) > 2 or len(second) > 2:
        return None
    month_first, day_first = (
        _next_such_day(int(first), int(second), today),
        _next_such_day(int(second), int(first), today),
    )
    other_day = day_first if month_first and day_first != month_first else None
    return DateMention(index, index + 3, month_first or day_first, "month", other_day=other_day)
