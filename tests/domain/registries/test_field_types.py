"""Meanings of cells of offices' sheets: days of both calendars, codes, plates, years, charges."""

from datetime import UTC, date, datetime

import pytest

from domain.fields.types import FieldType, ReadingContext
from domain.registries.field_types import (
    CODE,
    OWNER_CODE,
    PHONE,
    TAXI_CODE,
    VIN,
    Charge,
    Note,
    Plates,
    RecordedDay,
    WholeNumber,
    Year,
    format_jalali_day,
)
from domain.values.errors import DomainError, InvalidField
from tests.support.tables import each_row

READING = ReadingContext(datetime(2026, 11, 24, 6, 30, tzinfo=UTC))


@each_row(
    ("raw", "day"),
    [
        ("1405/12/29", "2027-03-20"),
        ("۱۴۰۵/۱۲/۲۹", "2027-03-20"),
        ("١٤٠٥-١٢-٢٩", "2027-03-20"),
        ("1405.9.3", "2026-11-24"),
        ("29/12/1405", "2027-03-20"),
        ("05/12/29", "2027-03-20"),
        ("99/12/30", "2021-03-20"),
        ("14051229", "2027-03-20"),
        ("\u200f1405/12/29\u200e", "2027-03-20"),
        ("2027-03-20", "2027-03-20"),
        ("2027/3/20", "2027-03-20"),
        ("20/03/2027", "2027-03-20"),
        ("20270320", "2027-03-20"),
        ("2027-03-20 00:00:00", "2027-03-20"),
        ("1403/12/30", "2025-03-20"),
        (date(2027, 3, 20), "2027-03-20"),
        (datetime(2027, 3, 20), "2027-03-20"),  # noqa: DTZ001 - as spreadsheets give it
    ],
)
def test_days_of_both_calendars(raw: object, day: str) -> None:
    assert RecordedDay().parse(raw, READING) == day


@each_row(
    "raw",
    [
        "1405/13/01",
        "1405/12/30",
        "2027-02-30",
        "1405/1",
        "140/1/1",
        "0",
        "فردا",
        "1405/12/29 10:00",
        "20271399",
        date.max,
        date.min,
        date(2500, 1, 1),
        date(1405, 12, 29),
        date(1899, 12, 31),
    ],
)
def test_what_is_no_day_is_refused(raw: object) -> None:
    with pytest.raises(InvalidField):
        RecordedDay().parse(raw, READING)


def test_a_day_lies_in_a_cell_as_it_is_read() -> None:
    assert format_jalali_day("2026-11-24") == "1405/09/03"
    assert RecordedDay().parse(format_jalali_day("2026-11-24"), READING) == "2026-11-24"


@each_row(
    ("kind", "raw", "value"),
    [
        (OWNER_CODE, "499370899", "0499370899"),
        (OWNER_CODE, "۱۰۳۸۰۲۸۴۷۹۰", "10380284790"),
        (TAXI_CODE, "۰۰۱۱۴", "114"),
        (TAXI_CODE, "1 14", "114"),
        (VIN, "naan01ca-123456789", "NAAN01CA123456789"),
        (PHONE, "۰۱۷-۳۴۲۲ ۱۱۱۱", "01734221111"),
        (PHONE, "(0912) 345 6789", "+989123456789"),
        (CODE, " ت/۱۲  ب ", "ت/12 ب"),
        (Plates(), "۱۲ت۳۴۶-۵۹، 12ت345-59؛ ۱۲ ت ۳۴۵ ایران ۵۹", ["12ت345-59", "12ت346-59"]),
        (Plates(), ["12ت345-59"], ["12ت345-59"]),
        (Year(), "۱۴۰۵", 1405),
        (Year(allows_gregorian=True), "2015", 2015),
        (WholeNumber(1, 60), "۴", 4),
        (WholeNumber(1, 60), "چهار", 4),
        (Charge(), "۲٬۵۰۰٬۰۰۰", 2_500_000),
        (Note(), " يك\nدو ", "یک دو"),
    ],
)
def test_values_have_one_form(kind: FieldType, raw: object, value: object) -> None:
    assert kind.parse(raw, READING) == value
    assert kind.parse(value, READING) == value


@each_row(
    ("kind", "raw"),
    [
        (OWNER_CODE, "1234567890"),
        (OWNER_CODE, "11111111111"),
        (TAXI_CODE, "0"),
        (TAXI_CODE, "1234567"),
        (TAXI_CODE, "۱۱الف"),
        (VIN, "NAAN01"),
        (PHONE, "۱۱۸الف"),
        (CODE, "x" * 41),
        (CODE, "officer:expert"),
        (Plates(), "12ت345-59، 12"),
        (Year(), "2026"),
        (Year(allows_gregorian=True), "1200"),
        (WholeNumber(1, 60), "-4"),
        (WholeNumber(1, 60), "61"),
        (WholeNumber(1, 60), "1" * 5000),
        (Year(), "1" * 5000),
        (Charge(), "1500"),
        (Charge(), "0"),
        (Charge(), "100,000,000,000"),
        (Note(10), "x" * 11),
    ],
)
def test_what_cannot_be_is_refused(kind: FieldType, raw: str) -> None:
    with pytest.raises(DomainError):
        kind.parse(raw, READING)
