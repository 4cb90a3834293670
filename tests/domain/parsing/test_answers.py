"""Answers to one asked question."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.parsing.answers import read_choice, read_date, read_hours, read_machine_items, read_number, read_start_hour
from domain.parsing.machine_names import MACHINE_NAMES
from domain.services.expert.vocabulary import KIND_NAMES
from domain.values.errors import AmbiguousField, InvalidField
from tests.support.tables import each_row

NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")


@each_row(
    ("text", "day"),
    [
        ("فردا", date(2026, 11, 25)),
        ("فردا لطفا", date(2026, 11, 25)),
        ("۱۵ آذر", date(2026, 12, 6)),
        ("۹/۱۵", date(2026, 12, 6)),
        ("۹/۹", date(2026, 11, 30)),
        ("1405/9/15", date(2026, 12, 6)),
        ("روز شنبه صبح", date(2026, 11, 28)),
        ("شنبه ساعت ۸", date(2026, 11, 28)),
        ("برای پس‌فردا", date(2026, 11, 26)),
    ],
)
def test_a_date(text: str, day: date) -> None:
    assert read_date(text, NOW) == day


@pytest.mark.parametrize("text", ["", "۱۵", "نمی‌دانم", "مرخصی فردا", "1405/13/01", "123456786", "خیابان ۲۲ بهمن"])
def test_no_date(text: str) -> None:
    with pytest.raises(InvalidField) as caught:
        read_date(text, NOW)
    assert caught.value.field == "date"


@each_row(
    ("text", "hour"),
    [
        ("۸", time(8)),
        ("11", time(11)),
        ("ساعت ۸", time(8)),
        ("۸ ساعت", time(8)),
        ("۷:۳۰", time(7, 30)),
        ("7.30", time(7, 30)),
        ("هشت و نیم", time(8, 30)),
        ("۴ عصر", time(16)),
        ("عصر ساعت ۴", time(16)),
        ("۸ صبح", time(8)),
        ("۱۲ ظهر", time(12)),
        ("۱۲ شب", time(0)),
        ("۲ شب", time(2)),
        ("۹ شب", time(21)),
        ("فردا ساعت ۸", time(8)),
        ("0730", time(7, 30)),
        ("4 pm", time(16)),
        ("12 am", time(0)),
    ],
)
def test_an_hour(text: str, hour: time) -> None:
    assert read_start_hour(text) == hour


@pytest.mark.parametrize(
    ("text", "detail"), [("صبح", "part_of_day"), ("فردا عصر", "part_of_day"), ("۲۵", None), ("", None), ("زود", None)]
)
def test_no_hour(text: str, detail: str | None) -> None:
    with pytest.raises(InvalidField) as caught:
        read_start_hour(text)
    assert (caught.value.field, caught.value.reason) == ("start", detail)


@each_row(
    ("text", "hours"),
    [
        ("۴", 4),
        ("۴ ساعت", 4),
        ("چهار ساعت", 4),
        ("4h", 4),
        ("۲ و نیم", 2.5),
        ("۲٫۵", 2.5),
        ("نیم ساعت", 0.5),
        ("11", 11),
    ],
)
def test_hours(text: str, hours: float) -> None:
    assert read_hours(text) == hours
    assert str(read_hours(text)) == str(hours)


@pytest.mark.parametrize("text", ["", "زیاد", "0", "۴ لودر", "۴ و ۵"])
def test_no_hours(text: str) -> None:
    with pytest.raises(InvalidField):
        read_hours(text)


def test_no_machine_at_all_is_no_item() -> None:
    with pytest.raises(InvalidField) as caught:
        read_machine_items("۰ لودر")
    assert (caught.value.field, caught.value.reason) == ("items", "no_number")


def test_items() -> None:
    assert read_machine_items("۲ لودر ۳ ساعت و گریدر") == [
        {"machine": "loader", "count": 2, "hours": 3},
        {"machine": "grader", "count": 1},
    ]
    assert read_machine_items("یک لودر برای فردا لطفا") == [{"machine": "loader", "count": 1}]
    assert read_machine_items("کمپرسی به تعداد ۳ دستگاه") == [{"machine": "dump_truck", "count": 3}]
    assert read_machine_items("لودز") == [{"machine": "loader", "count": 1}]


@pytest.mark.parametrize("text", ["", "۳", "تراکتور", "مرخصی لودر", "لغو 123456786"])
def test_no_items(text: str) -> None:
    with pytest.raises(InvalidField):
        read_machine_items(text)


@each_row(
    ("text", "number"),
    [
        ("۱۱", 11),
        ("12", 12),
        ("سه", 3),
        ("گزینه ۲", 2),
        ("2.", 2),
        ("ده", 10),
        ("1500000", 1_500_000),
        ("-5", -5),
        ("یک", 1),
    ],
)
def test_a_number(text: str, number: int) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["", "لودر", "۱ ۲", "12.5", "۸ خیابان", "9" * 30])
def test_no_number(text: str) -> None:
    with pytest.raises(InvalidField):
        read_number(text)


def test_a_choice() -> None:
    assert read_choice("لطفا بیل مکانیکی", MACHINE_NAMES) == "excavator"
    assert read_choice("تفکک", KIND_NAMES) == "subdivision"
    assert read_choice("همون تفکیک", KIND_NAMES) == "subdivision"
    assert read_choice("واسه یه لودر", MACHINE_NAMES) == "loader"
    with pytest.raises(InvalidField):
        read_choice("هواپیما", MACHINE_NAMES)


READERS = (
    partial(read_date, now=NOW),
    read_start_hour,
    read_hours,
    read_machine_items,
    read_number,
    partial(read_choice, words_by_choice=KIND_NAMES),
)


@pytest.mark.parametrize("reader", READERS)
@settings(deadline=None)
@given(text=st.text(max_size=30))
def test_a_reader_returns_or_refuses(reader: Callable[[str], object], text: str) -> None:
    with suppress(InvalidField):
        reader(text)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("۳", ("15:00", "03:00")),
        ("ساعت ۳", ("15:00", "03:00")),
        ("فردا ساعت ۵", ("17:00", "05:00")),
        ("۳ و نیم", ("15:30", "03:30")),
        ("۱:۳۰", ("13:30", "01:30")),
    ],
)
def test_an_hour_of_the_afternoon_or_of_the_night_is_doubted(text: str, options: tuple[str, ...]) -> None:
    with pytest.raises(AmbiguousField) as caught:
        read_start_hour(text)
    assert (caught.value.reason, caught.value.options) == ("two_hours", options)


@each_row(
    ("text", "hour"),
    [
        ("03:00", time(3)),
        ("0330", time(3, 30)),
        ("۳ شب", time(3)),
        ("۳ بامداد", time(3)),
        ("۳ عصر", time(15)),
        ("ظهر ساعت ۱", time(13)),
        ("۶", time(6)),
        ("۱۲", time(12)),
        ("15", time(15)),
    ],
)
def test_an_hour_that_can_only_be_one_is_taken(text: str, hour: time) -> None:
    assert read_start_hour(text) == hour


@pytest.mark.parametrize("text", ["۸ روز", "۲ تا", "۳ دستگاه", "۸ نفر"])
def test_a_number_of_something_else_is_no_hour(text: str) -> None:
    with pytest.raises(InvalidField):
        read_start_hour(text)


@each_row(
    ("text", "detail"),
    [
        ("ساعت ۸", "clock_not_hours"),
        ("۸ صبح", "clock_not_hours"),
        ("ساعت هشت", "clock_not_hours"),
        ("۷:۳۰", "clock_not_hours"),
        ("یک روز", "days_not_hours"),
        ("۲ روز", "days_not_hours"),
        ("نصف روز", "days_not_hours"),
        ("یک هفته", "days_not_hours"),
        ("۲ تا", None),
        ("۳ دستگاه", None),
        ("۲ نفر", None),
    ],
)
def test_what_is_no_length_in_hours_is_refused_with_its_reason(text: str, detail: str | None) -> None:
    with pytest.raises(InvalidField) as caught:
        read_hours(text)
    assert caught.value.reason == detail


@pytest.mark.parametrize(("text", "hours"), [("ساعت ۸ تا ۱۲", 4), ("از ۸ تا ۱۲", 4), ("ساعت کار: ۴", 4), ("مدت ۴", 4)])
def test_hours_said_in_other_ways(text: str, hours: float) -> None:
    assert read_hours(text) == hours


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("۹/۱۰", ("2026-12-01", "2026-12-30")),
        ("۵/۹", ("2026-11-26", "2027-07-31")),
        ("تاریخ ۱۰/۹", ("2026-12-01", "2026-12-30")),
    ],
)
def test_a_day_and_month_that_can_be_read_two_ways_is_doubted(text: str, options: tuple[str, ...]) -> None:
    with pytest.raises(AmbiguousField) as caught:
        read_date(text, NOW)
    assert caught.value.options == options


@pytest.mark.parametrize("text", ["۲ روز", "۲ ساعت", "۲ تا", "۲ دستگاه", "۲ متر"])
def test_a_number_of_something_is_no_bare_number(text: str) -> None:
    with pytest.raises(InvalidField):
        read_number(text)
