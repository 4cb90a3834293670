"""Days with which a period is compared."""

from datetime import date

from domain.actions.reports.comparison import find_period_before
from domain.values.calendar import from_jalali, jalali_period
from tests.support.tables import each_row

TODAY = from_jalali(1405, 9, 10)


def day(month: int, day_of_month: int, year: int = 1405) -> date:
    return from_jalali(year, month, day_of_month)


@each_row(
    ("asked", "before"),
    [
        ((day(9, 1), day(10, 1)), (day(8, 1), day(8, 11))),
        ((day(8, 1), day(9, 1)), (day(7, 1), day(8, 1))),
        ((day(1, 1), day(2, 1)), (day(12, 1, 1404), day(1, 1))),
        ((day(1, 1, 1404), day(1, 1)), (day(1, 1, 1403), day(1, 1, 1404))),
        ((day(6, 1), day(9, 1)), (day(3, 1), day(6, 1))),
        ((day(1, 1), day(1, 1, 1406)), (day(1, 1, 1404), day(9, 11, 1404))),
        ((day(9, 1), day(9, 9)), (day(8, 1), day(8, 9))),
        ((day(8, 1), day(9, 11)), (day(6, 22), day(8, 1))),
        ((day(9, 7), day(9, 11)), (day(8, 30), day(9, 4))),
        ((day(9, 8), day(9, 14)), (day(9, 1), day(9, 4))),
        ((day(9, 7), day(1, 1, 1406)), (day(8, 30), day(9, 4))),
        ((day(8, 11), day(8, 21)), (day(8, 1), day(8, 11))),
    ],
)
def test_a_period_is_compared_with_the_one_before(asked: tuple[date, date], before: tuple[date, date]) -> None:
    assert find_period_before(asked, TODAY) == before


def test_what_is_to_come_is_compared_with_nothing() -> None:
    assert find_period_before((day(10, 1), day(11, 1)), TODAY) is None
    assert find_period_before(jalali_period(1300), TODAY) is None, "nothing lies before"
