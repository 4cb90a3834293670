"""What of it all a report is about: its days, and what requests must be like. Read from what people and programs give.

Days are Jalali (1405/09/01) or ISO; `year` and `month` name a Jalali year or month instead. Without any of them it is
the present Jalali year.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from domain.calendar import in_tehran, period, tehran, to_jalali
from domain.errors import InvalidField
from domain.field_types import Day, Integer, Reading
from domain.figures import Dimension
from domain.lifecycle import Service
from domain.people import STAFF_ROLES
from domain.registries import DUTY, VIOLATION
from domain.requests import Phase
from domain.text import shown

FILTERS = (
    Dimension.SERVICE, Dimension.KIND, Dimension.STATE, Dimension.PHASE, Dimension.CHANNEL, Dimension.OFFICE,
    Dimension.UNIT, Dimension.OFFICER, Dimension.MACHINE,
)  # fmt: skip
"""By what a report can be narrowed down."""

DATES = ("from", "to", "year", "month")

BESIDES = (DUTY.key, VIOLATION.key)
"""Bills that are of no service."""

LONGEST_NAME = 100

Span = tuple[date, date]
"""From a day on, and before a day."""

_DAY = timedelta(days=1)
_MOST_DAYS, _MOST_MONTHS = 31, 36


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """The days from `first` on and before `last` (Tehran), and the value that each named dimension must have."""

    first: date
    last: date
    wanted: Mapping[Dimension, str] = field(default_factory=dict)

    @property
    def span(self) -> Span:
        """All of its days."""
        return self.first, self.last


def moments(span: Span) -> tuple[datetime, datetime]:
    """Return when days begin and are over, by Tehran's clock."""
    return tehran(span[0], time.min), tehran(span[1], time.min)


def read_filter(services: Mapping[str, Service], given: Mapping[str, str], now: datetime) -> ReportFilter:
    """Read a filter; what is empty counts as not given.

    Errors: `InvalidField` with the name of what cannot be read, `unknown_filter` for one that there is not.
    """
    said = {name: value.strip() for name, value in given.items() if value.strip()}
    for name in said:
        if name not in {*DATES, *FILTERS}:
            raise InvalidField(name, detail="unknown_filter", given=name[:LONGEST_NAME])
    first, last = _days(said, now)
    wanted = {one: _READERS.get(one, _any)(services, one, said[one]) for one in FILTERS if one in said}
    return ReportFilter(first, last, wanted)


def _days(said: Mapping[str, str], now: datetime) -> Span:
    if "year" in said or "month" in said:
        return _named(said, now)
    today = in_tehran(now).date()
    year_first, year_last = period(to_jalali(today)[0])
    first = _day(said["from"], "from", now) if "from" in said else None
    last = _day(said["to"], "to", now) + _DAY if "to" in said else None
    first = first or (period(to_jalali(last - _DAY)[0])[0] if last else year_first)
    last = last or max(year_last, first + _DAY)
    if last <= first:
        raise InvalidField("to", detail="before_start")
    return first, last


def _named(said: Mapping[str, str], now: datetime) -> Span:
    for name in ("from", "to"):
        if name in said:
            raise InvalidField(name, detail="two_periods")
    year = _number(said["year"], "year", now) if "year" in said else to_jalali(in_tehran(now).date())[0]
    return period(year, _number(said["month"], "month", now) if "month" in said else None)


def _day(text: str, name: str, now: datetime) -> date:
    try:
        return date.fromisoformat(Day(past=True).parse(text, Reading(now)))
    except InvalidField as error:
        raise InvalidField(name, detail=error.detail, **error.params) from None


def _number(text: str, name: str, now: datetime) -> int:
    try:
        return Integer(1, 9999).parse(text, Reading(now))
    except InvalidField as error:
        raise InvalidField(name, detail=error.detail, **error.params) from None


def _any(_services: Mapping[str, Service], name: Dimension, text: str) -> str:
    """Take what may be written there: a name that nobody has finds nothing."""
    value = shown(text)
    if len(value) > LONGEST_NAME:
        raise InvalidField(name, detail="too_long", limit=LONGEST_NAME)
    return value


def _one_of(known: Callable[[Mapping[str, Service]], set[str]]) -> Callable[..., str]:
    def read(services: Mapping[str, Service], name: Dimension, text: str) -> str:
        if text not in known(services):
            raise InvalidField(name, detail="unknown_value", given=text[:LONGEST_NAME])
        return text

    return read


_READERS: Mapping[Dimension, Callable[..., str]] = {
    Dimension.SERVICE: _one_of(lambda services: {*services, *BESIDES}),
    Dimension.STATE: _one_of(lambda services: {state.name for one in services.values() for state in one.states}),
    Dimension.PHASE: _one_of(lambda _: set(Phase)),
    Dimension.UNIT: _one_of(lambda _: set(STAFF_ROLES)),
}
"""What has a list of names is read by it."""


def periods(span: Span) -> list[Span]:
    """Cut days into the parts that a report shows apart: up to 31 days singly, up to 36 Jalali months, else years."""
    first, last = span
    if (last - first).days <= _MOST_DAYS:
        return [(first + number * _DAY, first + (number + 1) * _DAY) for number in range((last - first).days)]
    months = _cut(first, last, by_month=True)
    return months if len(months) <= _MOST_MONTHS else _cut(first, last, by_month=False)


def _cut(first: date, last: date, *, by_month: bool) -> list[Span]:
    found = []
    while first < last:
        year, month, _ = to_jalali(first)
        _, following = period(year, month if by_month else None)
        found.append((first, min(following, last)))
        first = following
    return found
