"""The whole of a report beside that of the period before it: so many whole months before, of days from the first of a
month on those of the month before; up to a week the same days of the week before; else as many days.

A period that is not over is compared up to today: with the same number of days of the one before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.actions.context import ActorContext
from domain.actions.reports.declarations import Report
from domain.actions.reports.reporting import run_report
from domain.reports.figures import OUTSTANDING_RIALS, REFUND_DUE_RIALS, Figure, FigureValue
from domain.reports.filter import DaySpan, ReportFilter
from domain.values.calendar import FIRST_DAY, from_jalali, jalali_period, to_jalali, to_tehran

_ONE_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_OF_NOW = (OUTSTANDING_RIALS, REFUND_DUE_RIALS)
"""Money of the period that is left by now: of an earlier one there was more time to come in."""


@dataclass(frozen=True, slots=True)
class ComparedPeriod:
    """The whole of a report in the period before."""

    day_span: DaySpan
    """Its days."""
    values: Sequence[FigureValue]
    """The figures of the whole, in their order; None for one that cannot be said, or is of now and of no period."""


async def compare_with_before(context: ActorContext, report: Report, criteria: ReportFilter) -> ComparedPeriod | None:
    """Return the period before, in a unit that reads; None where the period is yet to come; `Forbidden("report")`."""
    today = to_tehran(context.dependencies.clock.now()).date()
    day_span = find_period_before(criteria.day_span, today)
    if day_span is None:
        return None
    [whole] = [section for section in report.sections if not section.dimensions]
    days_before = replace(criteria, first_day=day_span[0], end_day=day_span[1])
    result = await run_report(context, replace(report, sections=(whole,)), days_before)
    [table] = result.tables
    values = [
        value if is_of_a_period(figure) else None for figure, value in zip(whole.figures, table.totals, strict=True)
    ]
    return ComparedPeriod(day_span, values)


def is_of_a_period(figure: Figure) -> bool:
    """Return whether a figure is of the days that it counts, and stays as it is when they are over."""
    return figure not in _OF_NOW and all(fact.is_dated for fact in figure.fact_tables)


def find_period_before(day_span: DaySpan, today: date) -> DaySpan | None:
    """Return the days with which a period is compared; None where none of its days has come, or none lies before."""
    first_day, end_day = day_span
    if first_day > today or first_day <= FIRST_DAY:
        return None
    month_count = _count_whole_months(first_day, end_day)
    length_so_far = min(end_day, today + _ONE_DAY) - first_day
    if month_count or _lies_in_first_days(first_day, length_so_far):
        before_first = _go_back(first_day, month_count or 1)
    else:
        before_first = first_day - (_WEEK if length_so_far <= _WEEK else length_so_far)
    is_over = month_count and end_day <= today
    before_end = first_day if is_over else min(before_first + length_so_far, first_day)
    return (before_first, before_end) if before_first >= FIRST_DAY else None


def _count_whole_months(first_day: date, end_day: date) -> int:
    """Return how many whole Jalali months the days are; 0 for any others."""
    (year, month, day), (end_year, end_month, end_day_of_month) = to_jalali(first_day), to_jalali(end_day)
    return (end_year - year) * 12 + end_month - month if day == end_day_of_month == 1 else 0


def _lies_in_first_days(first_day: date, length: timedelta) -> bool:
    """Return whether so many days are the first ones of one Jalali month."""
    year, month, day = to_jalali(first_day)
    return day == 1 and first_day + length <= jalali_period(year, month)[1]


def _go_back(first_day: date, month_count: int) -> date:
    """Return the first day of the Jalali month that lies so many before."""
    year, month, _ = to_jalali(first_day)
    year_before, months_before = divmod(year * 12 + month - 1 - month_count, 12)
    return from_jalali(year_before, months_before + 1, 1)
