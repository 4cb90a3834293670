"""Time left to a request, or its lateness, in words: «۳ ساعت مانده», «۲ روز دیر».

Hours are office time, as the deadline was reckoned, so that the weekend makes no work urgent; what is further away than
an office day is said in days of the calendar.
"""

from datetime import datetime

from domain.messages.catalogue import Catalogue
from domain.values.calendar import WorkingCalendar, to_tehran
from domain.values.text import persian_digits

OFFICE_DAY_MINUTES = 7 * 60
"""Office time from which on days are said."""

NEAR_DAYS = 4
"""Further away, over any weekend with a holiday beside it, there is at least an office day between."""

_MINUTES_PER_HOUR = 60


def describe_time_left(catalogue: Catalogue, calendar: WorkingCalendar, due_at: datetime, now: datetime) -> str:
    """Return how long it is until a request is due, or since when it is late."""
    earlier, later = sorted((due_at, now))
    days = (to_tehran(later).date() - to_tehran(earlier).date()).days
    minutes = calendar.working_minutes_between(earlier, later) if days <= NEAR_DAYS else OFFICE_DAY_MINUTES
    if not minutes and not days:  # on a holiday, or while the office is shut
        minutes = int((later - earlier).total_seconds()) // _MINUTES_PER_HOUR
    direction = "left" if due_at > now else "late"
    if days and (minutes >= OFFICE_DAY_MINUTES or not minutes):
        unit, amount = "days", days
    elif minutes >= _MINUTES_PER_HOUR:
        unit, amount = "hours", minutes // _MINUTES_PER_HOUR
    else:
        unit, amount = "minutes", max(minutes, 1)
    return catalogue.render(f"admin.time_{direction}.{unit}", {"count": persian_digits(amount)})
