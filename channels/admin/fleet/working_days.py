"""Working hours of a calendar, and the note of a closed day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from channels.admin.calendar_boards import FLEET, CalendarBoard
from domain.values.calendar import MomentSpan, WorkingCalendar, tehran_moment, to_tehran

_ONE_DAY = timedelta(days=1)

SEARCHED_DAYS = 60
"""Days on in which a working day is looked for: longer than all holidays in a row."""


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """Reason why nobody works any more on a day."""

    reason: str
    """`holiday`, `day_off` (a weekday on which the office stays closed), `over` (today, after hours)."""
    next_day: date | None
    """The next working day."""


def find_work_span(calendar: WorkingCalendar, board: CalendarBoard, day: date) -> MomentSpan | None:
    """Return when the office is open on a day, or officers go out; None where they do not."""
    if board is FLEET:
        return calendar.office_span(day)
    opens_at, closes_at = calendar.work_hours.visits
    return None if calendar.is_holiday(day) else (tehran_moment(day, opens_at), tehran_moment(day, closes_at))


def find_closed_day(calendar: WorkingCalendar, board: CalendarBoard, day: date, now: datetime) -> ClosedDay | None:
    """Return why nobody works on a day, or no more today; None for a day with work before it, and for days that are
    past.
    """
    today, work_span = to_tehran(now).date(), find_work_span(calendar, board, day)
    if day < today or (work_span and now < work_span[1]):
        return None
    later_days = (day + number * _ONE_DAY for number in range(1, SEARCHED_DAYS + 1))
    next_day = next((later for later in later_days if find_work_span(calendar, board, later)), None)
    reason = "over" if work_span else "holiday" if calendar.is_holiday(day) else "day_off"
    return ClosedDay(reason, next_day)
