"""Fields: how each type reads what people type and programs send, keeps it as JSON, and shows it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.blocks.taxis import Plate, TaxiSummary
from domain.fields.form import Field, read_fields
from domain.fields.hours import Hours
from domain.fields.moments import Day, HourOfDay, Moment
from domain.fields.types import (
    Choice,
    Choices,
    FieldType,
    Identifier,
    Integer,
    ReadingContext,
    Rials,
    Text,
    format_number,
)
from domain.fields.work_items import MachineName, WorkItems
from domain.fleet.resources import MACHINE_TYPES
from domain.messages.catalogue import Catalogue
from domain.parsing.answers import read_start_hour
from domain.values.errors import DomainError, InvalidField, MissingField, UnknownKind
from domain.values.identifiers import parse_national_code
from tests.support.tables import each_row

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
TEXTS = Catalogue.load()
READING = ReadingContext(NOW, ("LD-1", "LD-2", "gr-1"))

READ: list[tuple[FieldType, object, object]] = [
    (Text(), "  كوچه‌ي بهار \r\n پلاک ۲ ", "کوچه‌ی بهار \n پلاک ۲"),
    (Text(5), "ن" * 5, "ن" * 5),
    (Text(), "😀", "😀"),
    (Text(), 12, "12"),
    (Integer(1, 5), "۵", 5),
    (Integer(1, 5), " پنج ", 5),
    (Integer(1, 5), 3, 3),
    (Integer(-5, 5), "-3", -3),
    (Rials(), "۱۲٬۵۰۰٬۰۰۰", 12_500_000),
    (Rials(), "12,500,000", 12_500_000),
    (Rials(), "12،500،000", 12_500_000),
    (Rials(), "۴٬۵۰۰٬۰۰۰ ریال", 4_500_000),
    (Rials(), "4,500,000ريال", 4_500_000),
    (Rials(), "4500000 Rials", 4_500_000),
    (Rials(), 0, 0),
    (Day(), "2026-11-24", "2026-11-24"),
    (Day(), "۱۴۰۵/۹/۴", "2026-11-25"),
    (Day(), "1405-09-04", "2026-11-25"),
    (Day(), "05/9/4", "2026-11-25"),
    (Day(), "فردا", "2026-11-25"),
    (Day(), "شنبه", "2026-11-28"),
    (Day(allows_past=True), "1405/1/1", "2026-03-21"),
    (HourOfDay(), "۷:۳۰", "07:30"),
    (HourOfDay(), "08:00", "08:00"),
    (HourOfDay(), "۴ عصر", "16:00"),
    (HourOfDay(), "11", "11:00"),
    (Moment(), "2026-11-25T08:00", "2026-11-25T04:30:00+00:00"),
    (Moment(), "2026-11-25T08:00:00+00:00", "2026-11-25T08:00:00+00:00"),
    (Moment(), "۱۴۰۵/۰۹/۰۴ ۰۸:۰۰", "2026-11-25T04:30:00+00:00"),
    (Moment(), "1405-09-04 08:00", "2026-11-25T04:30:00+00:00"),
    (Moment(), "فردا ۸:۳۰", "2026-11-25T05:00:00+00:00"),
    (Identifier("mobile"), "۰۹۱۲ ۱۲۳ ۴۵۶۷", "+989121234567"),
    (Identifier("national_code"), "499370899", "0499370899"),
    (Identifier("national_code"), parse_national_code("499370899"), "0499370899"),
    (Identifier("postal_code"), "49471-13456", "4947113456"),
    (Identifier("plate"), "۱۲ ت ۳۴۵ ایران ۵۹", "12ت345-59"),
    (Choice(), "ld-1", "LD-1"),
    (Choice(), " GR-1 ", "gr-1"),
    (Choices(), "LD-1، gr-1", ["LD-1", "gr-1"]),
    (Choices(), ["ld-2"], ["LD-2"]),
    (Hours(24), "۴", [4]),
    (Hours(24), "4, 2.5", [4, 2.5]),
    (Hours(24), "دو و نیم، ۳ ساعت", [2.5, 3]),
    (Hours(24), [0.5, 24], [0.5, 24]),
    (WorkItems(), "لودر ۴ ساعت", [{"machine": "loader", "count": 1, "hours": 4}]),
    (
        WorkItems(),
        "۲ لودر و کمپرسی ۳ ساعت",
        [{"machine": "loader", "count": 2, "hours": 3}, {"machine": "dump_truck", "count": 1, "hours": 3}],
    ),
    (WorkItems(), [{"machine": "crane", "hours": 2.0}], [{"machine": "crane", "count": 1, "hours": 2}]),
]

REFUSED: list[tuple[FieldType, object, str | None]] = [
    (Text(), " \u200e\u200c\r\n", "empty"),
    (Text(), "\x00", "empty"),
    (Text(), ["کوچه"], None),
    (Text(5), "ن" * 6, "too_long"),
    (Integer(1, 5), "6", "range"),
    (Integer(1, 5), "0", "range"),
    (Integer(1, 5), "-3", "range"),
    (Integer(1, 5), "پنج ستاره", None),
    (Integer(1, 5), 2.5, None),
    (Rials(), "-5", "range"),
    (Rials(), "رایگان", "bad_rials"),
    (Rials(), "۴۵۰٬۰۰۰ تومان", "bad_rials"),
    (HourOfDay(), "کی", "bad_time"),
    (Day(), "کی", "bad_date"),
    (Day(), "2026-11-23", "past"),
    (Day(), "1405/12/30", None),
    (Day(), "", None),
    (HourOfDay(), "24:30", None),
    (HourOfDay(), "صبح", "part_of_day"),
    (Moment(), "فردا", None),
    (Moment(), "2026-13-01T08:00", None),
    (Day(), "9999-12-31", "unknown_days"),
    (Day(allows_past=True), "2121-03-21", "unknown_days"),
    (Day(allows_past=True), "1921-03-20", "unknown_days"),
    (Moment(), "9999-12-31T23:59-14:00", "unknown_days"),
    (Moment(), "2121-03-21T08:00", "unknown_days"),
    (Identifier("mobile"), "02117225555", None),
    (Identifier("national_code"), "1234567890", None),
    (Choice(), "LD-3", "choice"),
    (Choice(), "1", "choice"),
    (Choices(), "LD-1,,", "choice"),
    (Hours(24), "25", "range"),
    (Hours(24), "0", None),
    (Hours(24), [None], None),
    (Hours(24), [4.25], "range"),
    (Hours(24), [float("nan")], "range"),
    (Hours(24), [float("inf")], "range"),
    (WorkItems(), "لودر", "hours_missing"),
    (WorkItems(), "هلیکوپتر ۲ ساعت", "no_machine"),
    (WorkItems(), "لودر ۲۵ ساعت", "range"),
    (WorkItems(), "۱۱ لودر ۲ ساعت", "range"),
    (WorkItems(), "۶ لودر ۲ ساعت و ۵ گریدر ۲ ساعت", "too_many_machines"),
    (WorkItems(), [], "no_machine"),
    (WorkItems(), ["loader"], "unreadable"),
    (WorkItems(), [{"machine": "loader", "hours": 4, "colour": "red"}], "unreadable"),
    (WorkItems(), [{"hours": 4}], "machine"),
    (WorkItems(), [{"machine": "submarine", "hours": 4}], "machine"),
    (WorkItems(), [{"machine": ["loader"], "hours": 4}], "machine"),
    (WorkItems(), [{"machine": "loader", "hours": "4"}], "unreadable"),
    (WorkItems(), [{"machine": "loader", "hours": True}], "unreadable"),
    (WorkItems(), [{"machine": "loader", "hours": 4, "count": 0}], "range"),
    (WorkItems(), [{"machine": "loader", "hours": 4, "count": True}], "range"),
    (WorkItems(), [{"machine": "loader", "hours": 4, "count": "1"}], "range"),
]

SHOWN: list[tuple[FieldType, Any, str]] = [
    (Text(), "کوچه 12", "کوچه 12"),
    (Integer(), 12, "۱۲"),
    (Rials(), 12_500_000, "۱۲٬۵۰۰٬۰۰۰ ریال"),
    (Day(), "2026-11-25", "چهارشنبه ۴ آذر ۱۴۰۵"),
    (HourOfDay(), "08:00", "۸"),
    (HourOfDay(), "07:30", "۷:۳۰"),
    (Moment(), "2026-11-25T04:30:00+00:00", "۱۴۰۵/۰۹/۰۴ ساعت ۰۸:۰۰"),
    (Choice("machine"), "loader", "لودر"),
    (Choices("machine"), ["loader", "crane"], "لودر، جرثقیل"),
    (Hours(24), [4, 2.5], "۴، ۲٫۵"),
    (
        WorkItems(),
        [{"machine": "loader", "count": 2, "hours": 4}, {"machine": "grader", "count": 1}],
        "۲ لودر ۴ ساعت، گریدر",
    ),
]


@each_row(("kind", "raw", "value"), READ)
def test_read(kind: FieldType, raw: object, value: object) -> None:
    read = kind.parse(raw, READING)
    assert (read, type(read)) == (value, type(value))
    assert json.loads(json.dumps(read)) == read


@each_row(("kind", "raw", "detail"), REFUSED)
def test_refused(kind: FieldType, raw: object, detail: str | None) -> None:
    with pytest.raises(DomainError) as refused:
        Field("field", kind).read_value(raw, READING)
    assert isinstance(refused.value, InvalidField | UnknownKind)
    assert refused.value.field == "field"
    assert detail in {None, refused.value.reason}


@each_row(("kind", "value", "text"), SHOWN)
def test_shown(kind: FieldType, value: object, text: str) -> None:
    assert kind.render_value(value, TEXTS.text) == text


LOOKING_UP: list[tuple[FieldType, object]] = [
    *((kind, value) for kind, value, _ in SHOWN),
    (TaxiSummary(), {"plate": "12ت345-59", "taxi_code": "114", "driver": "عبدالله ایری"}),
    (Plate(), "12ت345-59"),
    (MachineName(), "crane"),
]

MEANT: Mapping[str, tuple[str, ...]] = {"date": ("2026-11-25", "2027-11-25"), "time": ("03:00", "15:00")}
"""Possible meanings of one wording, by the type's name: such choices are values, and told apart by number."""


@each_row(("kind", "value"), LOOKING_UP)
def test_a_type_names_every_text_that_it_looks_up(kind: FieldType, value: object) -> None:
    """`check` proves these: by the choices that a field has, or the type's own menu."""
    looked_up: set[str] = set()

    def words(key: str) -> str:
        looked_up.add(key)
        return TEXTS.text(key)

    kind.render_value(value, words)
    for choice in MEANT.get(kind.name) or kind.numbered_choices() or MACHINE_TYPES:
        kind.display_name(choice, words)
    assert looked_up <= set(kind.text_keys(MACHINE_TYPES))


def test_whole_hours_stay_whole() -> None:
    assert [type(one) for one in Hours(24).parse(["4", 2.5, 3.0], READING)] == [int, float, int]


# A dialogue takes parts


def test_machines_may_be_taken_without_their_hours() -> None:
    items = WorkItems()
    taken = items.parse_partially("لودر", READING)
    assert items.find_missing_part(taken) == "hours"
    assert items.part_names == ("hours",)
    assert items.fill_missing_part(taken, "۲") == [{"machine": "loader", "count": 1, "hours": 2}]
    with pytest.raises(InvalidField):
        items.fill_missing_part(taken, "زیاد")
    with pytest.raises(InvalidField, match="range"):
        items.fill_missing_part(taken, "30")


def test_hours_said_for_one_machine_stay() -> None:
    items = WorkItems()
    partly = [{"machine": "loader", "hours": 3}, {"machine": "crane"}]
    assert [item["hours"] for item in items.fill_missing_part(items.parse_partially(partly, READING), "2")] == [3, 2]


def test_the_valid_part_of_wrong_items_are_the_machines() -> None:
    items = WorkItems()
    assert items.keep_valid_part("لودر ۳۰ ساعت", READING) == [{"machine": "loader", "count": 1}]
    assert items.keep_valid_part([{"machine": "loader", "hours": 4}, {"machine": "crane", "hours": 99}], READING) == [
        {"machine": "loader", "hours": 4, "count": 1},
        {"machine": "crane", "count": 1},
    ]
    for wrong in ("هلیکوپتر ۳۰ ساعت", "۱۱ لودر ۳۰ ساعت", ["loader"], []):
        assert items.keep_valid_part(wrong, READING) is None
    assert Text().keep_valid_part("", READING) is None


def test_every_machine_of_the_menu_can_be_taken() -> None:
    assert WorkItems().numbered_choices() == MACHINE_TYPES
    for machine in MACHINE_TYPES:
        assert WorkItems().parse_partially(machine, READING) == [{"machine": machine, "count": 1}]


# Whole forms

FORM = (
    Field("name", Text(80), deferred_in=frozenset({"sms"})),
    Field("day", Day()),
    Field("note", Text(), required=False),
    Field("colour", Choice(), required=False, choices=("red", "blue")),
)


def test_a_form_is_read_field_by_field() -> None:
    raw = {"name": "آنه", "day": "فردا", "note": "", "colour": "RED"}
    assert read_fields(FORM, raw, "cli", ReadingContext(NOW)) == {"name": "آنه", "day": "2026-11-25", "colour": "red"}


def test_what_is_deferred_need_not_be_given_there() -> None:
    assert read_fields(FORM, {"day": "فردا"}, "sms", ReadingContext(NOW)) == {"day": "2026-11-25"}
    assert read_fields(FORM, {"day": "فردا", "name": "آنه"}, "sms", ReadingContext(NOW))["name"] == "آنه"
    with pytest.raises(MissingField, match="name"):
        read_fields(FORM, {"day": "فردا"}, "portal", ReadingContext(NOW))


@pytest.mark.parametrize("raw", [{}, {"day": None}, {"day": ""}])
def test_what_is_required_must_be_given(raw: dict[str, object]) -> None:
    with pytest.raises(MissingField, match="day"):
        read_fields(FORM, raw, "sms", ReadingContext(NOW))


def test_unknown_fields_and_choices_are_refused() -> None:
    with pytest.raises(InvalidField, match="colours:unknown_field"):
        read_fields(FORM, {"day": "فردا", "colours": "red"}, "sms", ReadingContext(NOW))
    with pytest.raises(UnknownKind, match="colour:choice"):
        read_fields(FORM, {"day": "فردا", "colour": "green"}, "sms", ReadingContext(NOW))


TYPES: tuple[FieldType, ...] = (
    Text(),
    Integer(),
    Rials(),
    Day(),
    HourOfDay(),
    Moment(),
    Identifier("mobile"),
    Identifier("plate"),
    Choice(),
    Choices(),
    Hours(24),
    WorkItems(),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TYPES), JSON)
def test_whatever_a_program_sends_is_read_or_refused(kind: FieldType, raw: object) -> None:
    with suppress(DomainError):
        json.dumps(Field("field", kind).read_value(raw, READING), allow_nan=False)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789-/: T+Z۱۴۰۵صبحفردا", max_size=25))
def test_no_spelling_of_a_moment_is_a_fault(text: str) -> None:
    for kind in (Day(), HourOfDay(), Moment()):
        with suppress(InvalidField):
            kind.parse(text, READING)


def test_an_hour_that_was_read_once_is_read_the_same_again() -> None:
    """The short way of `HourOfDay` gives what reading the words would give."""
    hours = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60)]
    assert [read_start_hour(one).strftime("%H:%M") for one in hours] == hours
    assert [HourOfDay().parse(one, READING) for one in hours] == hours


@pytest.mark.parametrize(("number", "text"), [(10_000_000, "۱۰۰۰۰۰۰۰"), (2.5, "۲٫۵"), (4.0, "۴"), (0.5, "۰٫۵")])
def test_a_number_is_told_in_digits(number: float, text: str) -> None:
    assert format_number(number) == text
