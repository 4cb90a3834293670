"""Days that files cover, and those that an attempt needs."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.settlement.coverage import CoveredDays, find_covering_file, is_whole_file, list_needed_days
from domain.settlement.layouts import FileKind
from domain.settlement.settlement_file import LineOutcome, SettlementFile
from domain.values.calendar import WorkingCalendar

TUESDAY = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
"""10:00 in Tehran."""
DAY = timedelta(days=1)


def needed_days(payable_from: datetime, lag_days: int = 2, minutes: int = 17) -> list[int]:
    """The days of November 2026, and of December after the 30th, that files have to cover."""
    payable_until = payable_from + timedelta(minutes=minutes)
    days = list_needed_days(WorkingCalendar(), lag_days, payable_from, payable_until)
    return [(day - date(2026, 10, 31)).days for day in days]


def a_file(**changes: object) -> SettlementFile:
    """A file that was brought on the Thursday."""
    settlement_file = SettlementFile(
        1, "d", "x.csv", 9, "x_csv", FileKind.GATEWAY, "bank", "sara", datetime(2026, 11, 26, 9, tzinfo=UTC)
    )
    for name, value in changes.items():
        setattr(settlement_file, name, value)
    return settlement_file


def test_an_attempt_needs_its_day_and_the_banking_days_after_it() -> None:
    assert needed_days(TUESDAY) == [24, 25, 28], "banks file nothing on Thursdays and Fridays"
    assert needed_days(TUESDAY, lag_days=0) == [24]
    assert needed_days(TUESDAY - 4 * DAY, lag_days=1) == [20, 21], "a Friday counts where it was payable"
    assert needed_days(TUESDAY + 2 * DAY) == [26, 28, 29]


def test_who_leaves_before_midnight_may_have_paid_after_it() -> None:
    before_midnight = TUESDAY.replace(hour=20, minute=20)
    assert needed_days(before_midnight, lag_days=0) == [24, 25]
    assert needed_days(TUESDAY, lag_days=0, minutes=3 * 24 * 60) == [24, 25, 26, 27]


@pytest.mark.parametrize(
    ("covered", "file_id"),
    [
        ([], None),
        ([(1, 24, 26)], 1),
        ([(1, 1, 30)], 1),
        ([(1, 24, 24), (2, 25, 25), (3, 26, 26)], 3),
        ([(1, 24, 24), (3, 26, 26)], None),
        ([(1, 24, 25)], None),
        ([(1, 25, 26)], None),
    ],
)
def test_files_cover_together(covered: list[tuple[int, int, int]], file_id: int | None) -> None:
    days = [date(2026, 11, day) for day in (24, 25, 26)]
    files = [CoveredDays(key, date(2026, 11, first), date(2026, 11, last)) for key, first, last in covered]
    assert find_covering_file(days, files) == file_id


def test_the_day_on_which_a_file_was_brought_was_not_over() -> None:
    settlement_file = a_file()
    settlement_file.note_covered_days(date(2026, 11, 24), date(2026, 11, 26))
    assert (settlement_file.covered_from, settlement_file.covered_until) == (date(2026, 11, 24), date(2026, 11, 25))
    of_today = a_file()
    of_today.note_covered_days(date(2026, 11, 26), date(2026, 11, 26))
    assert (of_today.covered_from, of_today.covered_until) == (None, None)


@pytest.mark.parametrize(
    ("outcomes", "is_whole"),
    [
        ([], True),
        (["settles", "confirms"], True),
        (["settles", "no_attempt"], True),
        (["no_attempt", "other_number"], False),
        (["settles", "faulty"], False),
        (["settles", "failed"], False),
    ],
)
def test_nothing_follows_from_a_file_with_lines_that_may_be_anybodys(outcomes: list[str], is_whole: bool) -> None:
    read_outcomes = [LineOutcome(outcome) for outcome in outcomes]
    covering = a_file(covered_from=date(2026, 11, 24), covered_until=date(2026, 11, 24))
    assert is_whole_file(covering, read_outcomes) is is_whole
    assert not is_whole_file(a_file(), read_outcomes)
