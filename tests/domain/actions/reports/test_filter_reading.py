"""Filters of a report: days and names as people and programs write them, and the parts that are shown."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from domain.actions.reports.filter_reading import read_report_filter
from domain.reports.figures import Dimension
from domain.reports.filter import ReportFilter, moments_of_span, split_into_periods
from domain.services import services_by_key
from domain.values.errors import InvalidField
from tests.support.tables import each_row

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
"""1405/09/03."""

YEAR = (date(2026, 3, 21), date(2027, 3, 21))
MONTH = (date(2026, 11, 22), date(2026, 12, 22))


def read(**said: str) -> ReportFilter:
    """Read a filter; `first` and `last` stand for `from` and `to`."""
    names = {"first": "from", "last": "to"}
    return read_report_filter(services_by_key(), {names.get(name, name): value for name, value in said.items()}, NOW)


@each_row(
    ("said", "span"),
    [
        ({}, MONTH),
        ({"year": "1405"}, YEAR),
        ({"year": "۱۴۰۴"}, (date(2025, 3, 21), date(2026, 3, 21))),
        ({"year": "1405", "month": "۹"}, (date(2026, 11, 22), date(2026, 12, 22))),
        ({"month": "9"}, (date(2026, 11, 22), date(2026, 12, 22))),
        ({"month": "12", "year": "1403"}, (date(2025, 2, 19), date(2025, 3, 21))),
        ({"first": "1405/09/01", "last": "1405/09/03"}, (date(2026, 11, 22), date(2026, 11, 25))),
        ({"first": "2026-11-22", "last": "امروز"}, (date(2026, 11, 22), date(2026, 11, 25))),
        ({"first": "1405/09/01"}, (date(2026, 11, 22), YEAR[1])),
        ({"last": "1405/09/03"}, (YEAR[0], date(2026, 11, 25))),
        ({"first": "1406/02/01"}, (date(2027, 4, 21), date(2027, 4, 22))),
        ({"last": "1404/01/02"}, (date(2025, 3, 21), date(2025, 3, 23))),
        ({"first": " ", "year": ""}, MONTH),
    ],
)
def test_days(said: dict[str, str], span: tuple[date, date]) -> None:
    assert read(**said).day_span == span


@each_row(
    ("said", "refusal"),
    [
        ({"year": "x"}, "year:bad_integer"),
        ({"year": "1200"}, "year"),
        ({"year": "1405", "month": "13"}, "month"),
        ({"month": "0"}, "month:range"),
        ({"first": "دیروزها"}, "from:bad_date"),
        ({"last": "1405/13/01"}, "to:bad_date"),
        ({"first": "1405/09/03", "last": "1405/09/02"}, "to:before_start"),
        ({"first": "1405/09/03", "year": "1405"}, "from:two_periods"),
        ({"month": "2", "last": "1405/09/03"}, "to:two_periods"),
        ({"first": "1900-01-01"}, "from:unknown_days"),
        ({"last": "2199-01-01"}, "to:unknown_days"),
        ({"moon": "full"}, "moon:unknown_filter"),
        ({"text": "sms.help"}, "text:unknown_filter"),
        ({"service": "moon"}, "service:unknown_value"),
        ({"state": "lost"}, "state:unknown_value"),
        ({"phase": "late"}, "phase:unknown_value"),
        ({"unit": "citizen"}, "unit:unknown_value"),
        ({"officer": "x" * 101}, "officer:too_long"),
    ],
)
def test_what_cannot_be_meant(said: dict[str, str], refusal: str) -> None:
    with pytest.raises(InvalidField, match=f"^invalid_field:{refusal}$"):
        read(**said)


def test_names() -> None:
    asked = {"service": "duty", "unit": "civil", "phase": "done", "state": "paid", "kind": "a", "officer": " sara "}
    assert read(**asked, channel="sms", office="1001", machine="LD-1").value_by_dimension == {
        Dimension.SERVICE: "duty",
        Dimension.KIND: "a",
        Dimension.STATE: "paid",
        Dimension.PHASE: "done",
        Dimension.CHANNEL: "sms",
        Dimension.OFFICE: "1001",
        Dimension.UNIT: "civil",
        Dimension.OFFICER: "sara",
        Dimension.MACHINE: "LD-1",
    }


def test_days_begin_at_midnight_in_tehran() -> None:
    start, end = moments_of_span((date(2026, 11, 22), date(2026, 12, 22)))
    assert (start, end) == (datetime(2026, 11, 21, 20, 30, tzinfo=UTC), datetime(2026, 12, 21, 20, 30, tzinfo=UTC))
    summer = moments_of_span((date(2020, 6, 1), date(2020, 6, 2)))
    assert summer[0] == datetime(2020, 5, 31, 19, 30, tzinfo=UTC)


def test_a_month_is_shown_by_days_a_year_by_months_and_more_by_years() -> None:
    days, months = split_into_periods((date(2026, 11, 22), date(2026, 12, 22))), split_into_periods(YEAR)
    assert (len(days), days[0], days[-1][1]) == (30, (date(2026, 11, 22), date(2026, 11, 23)), date(2026, 12, 22))
    assert (len(months), months[0], months[-1][1]) == (12, (YEAR[0], date(2026, 4, 21)), YEAR[1])
    uneven = split_into_periods((date(2026, 4, 1), date(2026, 6, 1)))
    assert uneven == [
        (date(2026, 4, 1), date(2026, 4, 21)),
        (date(2026, 4, 21), date(2026, 5, 22)),
        (date(2026, 5, 22), date(2026, 6, 1)),
    ]
    assert len(split_into_periods((date(2020, 3, 20), date(2023, 3, 21)))) == 36
    years = split_into_periods((date(2020, 1, 1), date(2024, 1, 1)))
    assert [first.year for first, _ in years] == [2020, 2020, 2021, 2022, 2023]
    assert years[-1][1] == date(2024, 1, 1)


@pytest.mark.parametrize("span", [YEAR, (date(2026, 1, 5), date(2026, 2, 20)), (date(2000, 1, 1), date(2026, 1, 1))])
def test_parts_are_the_whole(span: tuple[date, date]) -> None:
    parts = split_into_periods(span)
    assert (parts[0][0], parts[-1][1]) == span
    assert all(one[1] == following[0] for one, following in pairwise(parts))
