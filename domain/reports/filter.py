"""What of it all a report is about: its days, and what requests must be like. Read from what people and programs give.

Days are Jalali (1405/09/01) or ISO; `year` and `month` name a Jalali year or month instead. Without any of them it is
the present Jalali year.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from domain.registries.declarations import DUTY, VIOLATION
from domain.reports.figures import Dimension
from domain.values.calendar import period, tehran, to_jalali

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
