"""Reading a report's filter from what people and programs write."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from domain.fields.moments import Day
from domain.fields.types import Integer, ReadingContext
from domain.language.service import Service
from domain.reports.figures import Dimension
from domain.reports.filter import (
    _ONE_DAY,
    DATE_PARAMETERS,
    FILTER_DIMENSIONS,
    LONGEST_FILTER_VALUE,
    SERVICELESS_BILLS,
    DaySpan,
    ReportFilter,
)
from domain.requests.request import Phase
from domain.values.actors import STAFF_ROLES
from domain.values.calendar import jalali_period, to_jalali, to_tehran
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason
from domain.values.text import tidy_text


def read_report_filter(services: Mapping[str, Service], submitted: Mapping[str, str], now: datetime) -> ReportFilter:
    """Read a filter; what is empty counts as not given.

    Errors: `InvalidField` with the name of what cannot be read, `unknown_filter` for one that there is not.
    """
    stated = {field_name: value.strip() for field_name, value in submitted.items() if value.strip()}
    for field_name in stated:
        if field_name not in {*DATE_PARAMETERS, *FILTER_DIMENSIONS}:
            raise InvalidField(field_name, InvalidReason.UNKNOWN_FILTER, given=field_name[:LONGEST_FILTER_VALUE])
    first_day, last_day = _read_days(stated, now)
    values = {
        dimension: _READERS_BY_DIMENSION.get(dimension, _read_any_name)(services, dimension, stated[dimension])
        for dimension in FILTER_DIMENSIONS
        if dimension in stated
    }
    return ReportFilter(first_day, last_day, values)


def _read_days(stated: Mapping[str, str], now: datetime) -> DaySpan:
    if "year" in stated or "month" in stated:
        return _read_named_period(stated, now)
    year, month, _ = to_jalali(to_tehran(now).date())
    if not {"from", "to"} & {*stated}:
        return jalali_period(year, month)
    year_first_day, year_last_day = jalali_period(year)
    first_day = _read_day(stated["from"], "from", now) if "from" in stated else None
    last_day = _read_day(stated["to"], "to", now) + _ONE_DAY if "to" in stated else None
    first_day = first_day or (jalali_period(to_jalali(last_day - _ONE_DAY)[0])[0] if last_day else year_first_day)
    last_day = last_day or max(year_last_day, first_day + _ONE_DAY)
    if last_day <= first_day:
        raise InvalidField("to", InvalidReason.BEFORE_START)
    return first_day, last_day


def _read_named_period(stated: Mapping[str, str], now: datetime) -> DaySpan:
    for field_name in ("from", "to"):
        if field_name in stated:
            raise InvalidField(field_name, InvalidReason.TWO_PERIODS)
    year = _read_number(stated["year"], "year", now) if "year" in stated else to_jalali(to_tehran(now).date())[0]
    return jalali_period(year, _read_number(stated["month"], "month", now) if "month" in stated else None)


def _read_day(text: str, field_name: str, now: datetime) -> date:
    try:
        return date.fromisoformat(Day(allows_past=True).parse(text, ReadingContext(now)))
    except InvalidField as error:
        raise error.about_field(field_name) from None


def _read_number(text: str, field_name: str, now: datetime) -> int:
    try:
        return Integer(1, 9999).parse(text, ReadingContext(now))
    except InvalidField as error:
        raise error.about_field(field_name) from None


def _read_any_name(_services: Mapping[str, Service], dimension: Dimension, text: str) -> str:
    """Take what may be written there: a name that nobody has finds nothing."""
    clean_text = tidy_text(text)
    if len(clean_text) > LONGEST_FILTER_VALUE:
        raise InvalidField(dimension, InvalidReason.TOO_LONG, limit=LONGEST_FILTER_VALUE)
    return clean_text


def _known_name_reader(known_names: Callable[[Mapping[str, Service]], set[str]]) -> Callable[..., str]:
    def read_name(services: Mapping[str, Service], dimension: Dimension, text: str) -> str:
        if text not in known_names(services):
            raise InvalidField(dimension, InvalidReason.UNKNOWN_VALUE, given=text[:LONGEST_FILTER_VALUE])
        return text

    return read_name


_READERS_BY_DIMENSION: Mapping[Dimension, Callable[..., str]] = {
    Dimension.SERVICE: _known_name_reader(lambda services: {*services, *SERVICELESS_BILLS}),
    Dimension.STATE: _known_name_reader(
        lambda services: {state.name for service in services.values() for state in service.states}
    ),
    Dimension.PHASE: _known_name_reader(lambda _: set(Phase)),
    Dimension.UNIT: _known_name_reader(lambda _: set(STAFF_ROLES)),
}
"""Reader of each dimension without a list of names."""
