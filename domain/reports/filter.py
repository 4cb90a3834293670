"""Filter of a report: its days, and what requests must be like. Read from what people and programs give.

Days are Jalali (1405/09/01) or ISO; `year` and `month` name a Jalali year or month instead. Without any of them it is
the present Jalali month.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from domain.registries.declarations import DUTY, VIOLATION
from domain.reports.figures import Dimension
from domain.values.calendar import jalali_period, tehran_moment, to_jalali

FILTER_DIMENSIONS = (
    Dimension.SERVICE,
    Dimension.KIND,
    Dimension.STATE,
    Dimension.PHASE,
    Dimension.CHANNEL,
    Dimension.OFFICE,
    Dimension.UNIT,
    Dimension.OFFICER,
    Dimension.MACHINE,
)
"""Dimensions by which a report can be narrowed down."""

DATE_PARAMETERS = ("from", "to", "year", "month")

SERVICELESS_BILLS = (DUTY.key, VIOLATION.key)
"""Bills that are of no service."""

LONGEST_FILTER_VALUE = 100

DaySpan = tuple[date, date]
"""From a day on, and before a day."""

_ONE_DAY = timedelta(days=1)
_MOST_DAYS, _MOST_MONTHS = 31, 36


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Days and rows that a report is about."""

    first_day: date
    """From this day on (Tehran)."""
    end_day: date
    """Before this day."""
    value_by_dimension: Mapping[Dimension, str] = field(default_factory=dict)
    """The value that each named dimension must have."""

    @property
    def day_span(self) -> DaySpan:
        """All of its days."""
        return self.first_day, self.end_day


def moments_of_span(day_span: DaySpan) -> tuple[datetime, datetime]:
    """Return when days begin and are over, by Tehran's clock."""
    return tehran_moment(day_span[0], time.min), tehran_moment(day_span[1], time.min)


def split_into_periods(day_span: DaySpan) -> list[DaySpan]:
    """Cut days into the parts that a report shows apart: up to 31 days singly, up to 36 Jalali months, else years."""
    first_day, end_day = day_span
    if (end_day - first_day).days <= _MOST_DAYS:
        return [
            (first_day + day_number * _ONE_DAY, first_day + (day_number + 1) * _ONE_DAY)
            for day_number in range((end_day - first_day).days)
        ]
    months = _cut_by_calendar(first_day, end_day, by_month=True)
    return months if len(months) <= _MOST_MONTHS else _cut_by_calendar(first_day, end_day, by_month=False)


def _cut_by_calendar(first_day: date, end_day: date, *, by_month: bool) -> list[DaySpan]:
    periods = []
    while first_day < end_day:
        year, month, _ = to_jalali(first_day)
        _, next_start = jalali_period(year, month if by_month else None)
        periods.append((first_day, min(next_start, end_day)))
        first_day = next_start
    return periods
