"""Where a dated row comes among those of the same thing, and what is withdrawn."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.values.dated_rows import InsertionPoint, ends_at, holds, place, standing, version_of, withdrawn

DAY = timedelta(days=1)
SPRING, SUMMER, AUTUMN = date(2026, 3, 21), date(2026, 6, 22), date(2026, 9, 23)


@dataclass(frozen=True, slots=True)
class Row:
    """The least that is dated."""

    id: int
    valid_from: date
    valid_to: date | None = None


OLD, NEXT, WRONG = Row(1, SPRING, AUTUMN), Row(2, AUTUMN), Row(3, SUMMER, SUMMER)


def test_the_first_row_holds_on() -> None:
    assert place([], SUMMER) == InsertionPoint(None, None, None)
    assert place([WRONG], SUMMER) == InsertionPoint(None, None, None), "what was withdrawn is not there"


def test_a_row_closes_the_one_that_holds() -> None:
    assert place([OLD, NEXT], AUTUMN + DAY) == InsertionPoint(NEXT, None, None)


def test_a_row_before_another_ends_where_that_one_begins() -> None:
    assert place([OLD, WRONG, NEXT], SUMMER) == InsertionPoint(OLD, None, AUTUMN)
    assert place([NEXT], SUMMER) == InsertionPoint(None, None, AUTUMN)
    assert place([OLD, NEXT], SPRING - DAY) == InsertionPoint(None, None, SPRING)


def test_a_row_takes_the_place_of_one_from_the_same_day() -> None:
    assert place([OLD, NEXT], SPRING) == InsertionPoint(None, OLD, AUTUMN)
    assert place([OLD, NEXT], AUTUMN) == InsertionPoint(None, NEXT, None)


def test_what_was_withdrawn_holds_on_no_day() -> None:
    assert withdrawn(WRONG)
    assert not any(holds(WRONG, SUMMER + DAY * days) for days in (-1, 0, 1))
    assert standing([OLD, WRONG, NEXT]) == [OLD, NEXT]
    assert [withdrawn(one) for one in (OLD, NEXT)] == [False, False]


def test_the_row_before_ends_where_a_row_begins() -> None:
    assert ends_at([OLD, WRONG, NEXT], NEXT) is OLD
    assert ends_at([WRONG, Row(4, SUMMER)], Row(4, SUMMER)) is None, "a withdrawn one ends there too"
    assert ends_at([OLD, NEXT], OLD) is None


def test_each_setting_and_each_withdrawal_is_a_revision() -> None:
    tokens = [version_of(rows) for rows in ([], [NEXT], [OLD, NEXT], [OLD, NEXT, WRONG])]
    assert [str(token) for token in tokens] == ["0", "1", "2", "4"]
