"""A registry as a sheet: headings in any order and spelling, cells read and written, formulas disarmed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.fields.form import Field
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import DRIVER, DUTY, MACHINES, OPERATORS, REGISTRIES, VEHICLE
from domain.registries.field_types import CheckedText, parse_vin
from domain.registries.sheet import (
    explain_cell_error,
    field_label,
    is_empty_cell,
    neutralise_formula,
    read_row,
    recognise_columns,
    write_cell,
)
from domain.values.errors import InvalidField, MissingField
from domain.values.reasons import InvalidReason
from tests.support.tables import each_row

CATALOGUE = Catalogue.load()
NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def read(
    registry: Any, headings: list[str], cells: list[object]
) -> tuple[dict[str, Any], list[tuple[str | None, str]]]:
    """Values of a row under these headings, and the (field, error) of its faults."""
    values, faults = read_row(recognise_columns(registry, headings, CATALOGUE), cells, NOW)
    return values, [(fault.field_name, str(fault.error)) for fault in faults]


@each_row("heading", ["plate", "Plate", "پلاک", " پلاك ", "شماره پلاک", "شماره‌پلاک", "شماره_پلاک:", "پـلاک*"])
def test_headings_are_known_in_any_spelling(heading: str) -> None:
    sheet = recognise_columns(VEHICLE, ["نوع تاکسی", "ردیف", heading], CATALOGUE)
    assert [(one.position, one.field.name) for one in sheet.columns] == [(0, "type"), (2, "plate")]
    assert sheet.ignored_headings == ("ردیف",)
    assert sheet.heading_of("plate") == heading.strip().replace("ك", "ک")


def test_every_registry_knows_its_own_labels() -> None:
    for registry in REGISTRIES.values():
        headings = [field_label(CATALOGUE, registry, field.name) for field in reversed(registry.fields)]
        sheet = recognise_columns(registry, headings, CATALOGUE)
        assert [one.field for one in sheet.columns] == list(reversed(registry.fields))
        assert recognise_columns(registry, [field.name for field in registry.fields], CATALOGUE).ignored_headings == ()


def test_headings_that_will_not_do() -> None:
    with pytest.raises(InvalidField, match="no_headings"):
        recognise_columns(VEHICLE, ["الف", "ب"], CATALOGUE)
    with pytest.raises(InvalidField, match="column_twice"):
        recognise_columns(VEHICLE, ["پلاک", "plate"], CATALOGUE)
    with pytest.raises(MissingField, match="plate:no_column"):
        recognise_columns(VEHICLE, ["نوع تاکسی", "مالک"], CATALOGUE)
    # Parts of a key that have a default need no column.
    assert recognise_columns(DUTY, ["پلاک", "سال"], CATALOGUE).columns


def test_choices_are_read_by_their_names_and_ids() -> None:
    headings = ["پلاک", "سوخت", "نوع تاکسی"]
    assert read(VEHICLE, headings, ["۱۲ت۳۴۵-۵۹", "دوگانه سوز", "LINE"]) == (
        {"plate": "12ت345-59", "fuel": "dual", "type": "line"},
        [],
    )
    _, faults = read(VEHICLE, headings, ["۱۲ت۳۴۵-۵۹", "هیزم", "خطی"])
    assert faults == [("fuel", "unknown_kind:fuel:choice")]
    assert read(OPERATORS, ["کد", "مهارت"], ["OP-1", "لودر، بیل مکانیکی"])[0]["skills"] == ["loader", "excavator"]
    assert read(OPERATORS, ["code", "skills"], ["OP-1", "loader backhoe"])[0]["skills"] == ["loader", "backhoe"]
    assert read(OPERATORS, ["code", "skills"], ["OP-1", "loader flying"])[1]


def test_numbers_of_spreadsheets_are_text_without_a_fraction() -> None:
    values, faults = read(DRIVER, ["کد ملی", "موبایل", "نام"], [790419904.0, 9121234567, "x"])
    assert (values, faults) == ({"national_code": "0790419904", "mobile": "+989121234567", "name": "x"}, [])


def test_empty_cells_say_nothing_and_missing_columns_stay() -> None:
    values, faults = read(VEHICLE, ["پلاک", "کد تاکسی", "ظرفیت"], ["12ت345-59", "  "])
    assert (values, faults) == ({"plate": "12ت345-59", "taxi_code": None, "capacity": None}, [])
    assert is_empty_cell(None)
    assert not is_empty_cell(0)


def test_faults_tell_the_type_and_the_cell() -> None:
    sheet = recognise_columns(DRIVER, ["کد ملی", "موبایل", "تاریخ اعتبار گواهینامه"], CATALOGUE)
    _, faults = read_row(sheet, ["1234567890", "0912", "1405/13/1", "", "more"], NOW)
    assert [(one.field_name, one.error.code, one.error.reason, one.cell_text) for one in faults] == [
        ("national_code", "invalid_field", "bad_national_code", "1234567890"),
        ("mobile", "invalid_field", "bad_mobile", "0912"),
        ("licence_expiry", "invalid_field", "bad_date", "1405/13/1"),
        (None, "invalid_field", "more_cells", ""),
    ]
    for fault in faults:
        assert f"details.{fault.error.code}.{fault.error.reason}" in CATALOGUE


def test_every_type_has_a_text_for_what_cannot_be_read() -> None:
    types = {field.type for registry in REGISTRIES.values() for field in registry.fields}
    reasons = {field_type.name: field_type.unreadable_reason for field_type in types}
    kinds = reasons.keys() - {"choice", "choices"}
    assert {kind: str(reasons[kind]) for kind in kinds} == {kind: f"bad_{kind}" for kind in kinds}
    missing = {kind for kind in kinds if f"details.invalid_field.{reasons[kind]}" not in CATALOGUE}
    assert missing == set()


def test_a_type_of_any_name_has_the_reason_that_it_declares() -> None:
    sign = CheckedText("road_sign", parse_vin, InvalidReason.BAD_CODE)
    error = explain_cell_error(Field("sign", sign), InvalidField("vin"), "x")
    assert (error.field, error.reason, error.params) == ("sign", InvalidReason.BAD_CODE, {"given": "x"})


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "=cmd|' /C calc'!A0"])
def test_formulas_are_disarmed_and_read_back(text: str) -> None:
    assert neutralise_formula(text) == f"'{text}"
    values, faults = read(MACHINES, ["code", "title"], ["LD-1", neutralise_formula(text)])
    assert (values["title"], faults) == (text.strip(), [])


@settings(max_examples=60)
@given(st.text(max_size=30))
def test_no_cell_begins_a_formula(text: str) -> None:
    assert str(neutralise_formula(text))[:1] not in set("=+-@\t\r\n")


def test_what_is_written_is_read_back() -> None:
    values: dict[str, Any] = {
        "national_code": "0790419904",
        "name": "=عبدالله",
        "mobile": "+989121234567",
        "licence_number": "99",
        "licence_expiry": "2027-03-20",
        "health_card_expiry": None,
        "status": "suspended",
        "kind": "auxiliary",
        "vehicles": ["12ت345-59", "12ت346-59"],
        "shift": "full_time",
    }
    cells = [neutralise_formula(write_cell(field, values[field.name], CATALOGUE)) for field in DRIVER.fields]
    assert cells == [
        "0790419904",
        "'=عبدالله",
        "09121234567",
        "99",
        "1405/12/29",
        None,
        "تعلیق",
        "کمکی",
        "12ت345-59، 12ت346-59",
        "تمام‌وقت",
    ]
    assert read(DRIVER, [field.name for field in DRIVER.fields], list(cells)) == (values, [])


@each_row("before", ["", " ", "\u200f", "\ufeff", "\u200b "])
@each_row("sign", [*"=+-@＝＋－＠﹦﹢﹣﹫"])
def test_no_cell_is_a_formula_however_its_sign_is_written(sign: str, before: str) -> None:
    cell = f"{before}{sign}1+1"
    assert neutralise_formula(cell) == f"'{cell}"
    assert neutralise_formula(f"ج{cell}") == f"ج{cell}"
