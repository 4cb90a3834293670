"""Words about the deadline in a row, and in the head of a request: office time while it is near, then days."""

from datetime import datetime

from domain.language.time_left import describe_time_left
from domain.messages.catalogue import Catalogue
from domain.values.calendar import TEHRAN_ZONE, WorkingCalendar
from tests.support.tables import each_row

CATALOGUE = Catalogue.load()
CALENDAR = WorkingCalendar()
"""Saturday to Wednesday, 7:30 to 14:30."""


def at(day: int, clock: str) -> datetime:
    """A moment of November 2026; the 28th is a Saturday."""
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}").replace(tzinfo=TEHRAN_ZONE)


@each_row(
    ("now", "due", "said"),
    [
        (at(28, "09:00"), at(28, "12:10"), "۳ ساعت مانده"),
        (at(28, "09:00"), at(28, "09:40"), "۴۰ دقیقه مانده"),
        (at(28, "13:30"), at(29, "09:30"), "۳ ساعت مانده"),
        (at(28, "09:00"), at(30, "12:00"), "۲ روز مانده"),
        (at(25, "14:00"), at(28, "09:00"), "۲ ساعت مانده"),
        (at(28, "09:00"), at(28, "08:15"), "۴۵ دقیقه دیر"),
        (at(28, "09:00"), at(28, "09:00"), "۱ دقیقه دیر"),
        (at(29, "08:30"), at(28, "13:30"), "۲ ساعت دیر"),
        (at(28, "08:30"), at(26, "10:00"), "۱ ساعت دیر"),
        (at(29, "15:00"), at(28, "07:30"), "۱ روز دیر"),
        (at(28, "09:00"), at(10, "09:00"), "۱۸ روز دیر"),
        (at(27, "10:00"), at(27, "14:30"), "۴ ساعت مانده"),
        (at(28, "20:00"), at(28, "14:30"), "۵ ساعت دیر"),
        (at(26, "10:00"), at(25, "14:30"), "۱ روز دیر"),
    ],
)
def test_time_left_is_said_as_the_office_reckons_it(now: datetime, due: datetime, said: str) -> None:
    assert describe_time_left(CATALOGUE, CALENDAR, due, now) == said
