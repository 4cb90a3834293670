"""Days covered by a gateway's settlement files, and the time from which a sale that none of them names is not ours.

A file covers days only where it says so, or its layout does (`whole_days`): from a file that may hold a part of a day
nothing follows. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.settlement.settlement_file import LineOutcome, SettlementFile
from domain.values.calendar import WorkingCalendar, to_tehran

_DAY = timedelta(days=1)

_UNCERTAIN_OUTCOMES = frozenset({LineOutcome.FAULTY, LineOutcome.FAILED})
"""Of lines that may be of any attempt."""

_FOREIGN_OUTCOMES = frozenset({LineOutcome.NO_ATTEMPT, LineOutcome.NO_REFUND, LineOutcome.OTHER_NUMBER})
"""Of lines that are of no attempt of ours."""


@dataclass(frozen=True, slots=True)
class CoveredDays:
    """Days of which a booked file has every sale."""

    file_id: int
    first_day: date
    """In Tehran."""
    last_day: date
    """The same; included."""


def is_whole_file(settlement_file: SettlementFile, outcomes: Sequence[LineOutcome]) -> bool:
    """Tell whether something follows from what a booked file does not name: every line was read and booked, and not
    all of them are of others' sales, as in the file of another terminal.
    """
    if settlement_file.covered_from is None or _UNCERTAIN_OUTCOMES & set(outcomes):
        return False
    return not outcomes or not set(outcomes) <= _FOREIGN_OUTCOMES


def list_needed_days(
    calendar: WorkingCalendar, lag_days: int, payable_from: datetime, payable_until: datetime
) -> list[date]:
    """Return the days that files have to cover before a sale that none names counts as not paid: all on which it could
    be paid, and the banking days of the settlement lag after them, for it may be filed so late.
    """
    first_day, last_day = to_tehran(payable_from).date(), to_tehran(payable_until).date()
    lag_end = to_tehran(calendar.add_banking_days(payable_until, lag_days)).date()
    days = [first_day + _DAY * number for number in range((last_day - first_day).days + 1)]
    later_days = [last_day + _DAY * number for number in range(1, (lag_end - last_day).days)]
    return days + [day for day in later_days if calendar.is_banking_day(day)]


def find_covering_file(needed_days: Sequence[date], covered: Sequence[CoveredDays]) -> int | None:
    """Return the file that covers the last of the needed days, where files cover them all; None: they do not yet."""
    covering_file: int | None = None
    for day in needed_days:
        covering_file = next((one.file_id for one in covered if one.first_day <= day <= one.last_day), None)
        if covering_file is None:
            return None
    return covering_file
