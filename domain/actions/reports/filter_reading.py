"""Reading a report's filter from what people and programs write."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from domain.fields.types import Day, Integer, ReadingContext
from domain.language.service import Service
from domain.reports.figures import Dimension
from domain.reports.filter import _DAY, BESIDES, DATES, FILTERS, LONGEST_NAME, ReportFilter, Span
from domain.requests.request import Phase
from domain.values.actors import STAFF_ROLES
from domain.values.calendar import in_tehran, period, to_jalali
from domain.values.errors import InvalidField
from domain.values.text import shown


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
        return date.fromisoformat(Day(past=True).parse(text, ReadingContext(now)))
    except InvalidField as error:
        raise InvalidField(name, detail=error.detail, **error.params) from None


def _number(text: str, name: str, now: datetime) -> int:
    try:
        return Integer(1, 9999).parse(text, ReadingContext(now))
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
