"""Place of a dated row among those of the same thing, and withdrawals."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.values.dated_rows import (
    InsertionPoint,
    effective_rows,
    is_valid_on,
    is_withdrawn,
    locate_insertion,
    preceding_row,
    version_of,
)

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
    assert locate_insertion([], SUMMER) == InsertionPoint(None, None, None)
    assert locate_insertion([WRONG], SUMMER) == InsertionPoint(None, None, None), "what was withdrawn is not there"


def test_a_row_closes_the_one_that_holds() -> None:
    assert locate_insertion([OLD, NEXT], AUTUMN + DAY) == InsertionPoint(NEXT, None, None)


def test_a_row_before_another_ends_where_that_one_begins() -> None:
    assert locate_insertion([OLD, WRONG, NEXT], SUMMER) == InsertionPoint(OLD, None, AUTUMN)
    assert locate_insertion([NEXT], SUMMER) == InsertionPoint(None, None, AUTUMN)
    assert locate_insertion([OLD, NEXT], SPRING - DAY) == InsertionPoint(None, None, SPRING)


def test_a_row_takes_the_place_of_one_from_the_same_day() -> None:
    assert locate_insertion([OLD, NEXT], SPRING) == InsertionPoint(None, OLD, AUTUMN)
    assert locate_insertion([OLD, NEXT], AUTUMN) == InsertionPoint(None, NEXT, None)


def test_what_was_withdrawn_holds_on_no_day() -> None:
    assert is_withdrawn(WRONG)
    assert not any(is_valid_on(WRONG, SUMMER + DAY * days) for days in (-1, 0, 1))
    assert effective_rows([OLD, WRONG, NEXT]) == [OLD, NEXT]
    assert [is_withdrawn(one) for one in (OLD, NEXT)] == [False, False]


def test_the_row_before_ends_where_a_row_begins() -> None:
    assert preceding_row([OLD, WRONG, NEXT], NEXT) is OLD
    assert preceding_row([WRONG, Row(4, SUMMER)], Row(4, SUMMER)) is None, "a withdrawn one ends there too"
    assert preceding_row([OLD, NEXT], OLD) is None


def test_each_setting_and_each_withdrawal_is_a_revision() -> None:
    tokens = [version_of(rows) for rows in ([], [NEXT], [OLD, NEXT], [OLD, NEXT, WRONG])]
    assert [str(token) for token in tokens] == ["0", "1", "2", "4"]
