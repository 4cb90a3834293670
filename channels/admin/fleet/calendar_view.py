"""A calendar's lines: half hours of a day, or the days of a week, with what is booked and what can be chosen."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from domain.fleet.resources import SLOT, Booking
from domain.messages.catalogue import Catalogue
from domain.values.calendar import hour_text, in_tehran, tehran
from domain.values.text import persian_digits
from domain.values.tracking_codes import shown as code_shown

FIRST, LAST = 12, 40
"""The half hours of a day that are always shown: from six in the morning to eight in the evening."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """Whose line it is: `who` is the value of a step's input, `group` what choices are narrowed by (the machine's type,
    the officer), `out` why it cannot be booked at all. `drives` are the machine types of an operator (all, if empty),
    who is looked at beside the machines and not chosen; None for anybody and anything else.
    """

    who: str
    group: str
    title: str
    detail: str
    bookings: Sequence[Booking]
    out: str | None = None
    drives: Sequence[str] | None = None

    def about(self, groups: AbstractSet[str]) -> bool:
        """Tell whether the line matters where something of these groups is chosen: it is of one, or drives one."""
        if self.drives is None:
            return self.group in groups
        return not self.drives or not groups.isdisjoint(self.drives)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some half hours of a line: free, booked, held, out or idle; `said` is told to those who do not see it, `lead` are
    its hours where no head of the table says them.
    """

    kind: str
    span: int
    text: str
    href: str | None = None
    said: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A line: of half hours in a day, or of days, each with its pieces, in a week."""

    title: str
    detail: str
    pieces: Sequence[Piece]
    days: Sequence[Sequence[Piece]] = ()


Choose = Callable[[CalendarRow, datetime], str | None]
"""Returns where choosing this half hour leads; None where it cannot be chosen."""

OWN = "own"
"""The kind of a half hour that the request has already whose hour is to be chosen."""


def shown_hours(rows: Sequence[CalendarRow], day: date) -> range:
    """Return the half hours of a day that are shown: the usual ones, and all in which something is booked."""
    places = [place for row in rows for one in row.bookings if (place := _places(one, day, range(48)))]
    return range(min([FIRST, *(one.start for one in places)]), max([LAST, *(one.stop for one in places)]))


def day_heads(hours: range, opening: time) -> list[dict[str, Any]]:
    """Return the heads of the hours that are shown, and which of them `opening` is in; the first if it is earlier."""
    starts = [one for one in hours if one == hours.start or one % 2 == 0]
    first = max((one for one in starts if one // 2 <= opening.hour), default=hours.start)
    return [{"text": persian_digits(one // 2), "span": 2 - one % 2, "opening": one == first} for one in starts]


def _places(booking: Booking, day: date, hours: range) -> range:
    """Return the half hours of a day that a booking takes, within those that are shown."""
    midnight = tehran(day, time.min)
    first = int((booking.start - midnight) // SLOT)
    last = -int((midnight - booking.end) // SLOT)
    return range(max(first, hours.start), min(last, hours.stop))


class CalendarWording:
    """Says what stands in a calendar. `codes` are the tracking codes of the bookings' requests."""

    def __init__(self, catalogue: Catalogue, codes: Mapping[int, str]) -> None:
        self._catalogue = catalogue
        self._codes = codes

    def booked(self, row: CalendarRow, booking: Booking, span: int) -> Piece:
        """Return what is booked, with the way to its request."""
        hours = f"{clock(booking.start)}–{clock(booking.end)}"
        if booking.request_id is None:
            said = self._render("out", who=row.title, why=booking.note or "")
            return Piece("out", span, booking.note or "", None, said)
        code = self._codes.get(booking.request_id, "")
        kind = "held" if booking.hold else "booked"
        said = self._render(kind, who=row.title, hours=hours, code=code_shown(code))
        return Piece(kind, span, code_shown(code), f"/staff/requests/{code}", said)

    def free(self, row: CalendarRow, start: datetime, href: str) -> Piece:
        """Return a half hour that can be chosen."""
        return Piece("free", 1, clock(start), href, self._render("choose", who=row.title, hour=clock(start)))

    def _render(self, name: str, **facts: str) -> str:
        return self._catalogue.render(f"admin.calendar.said.{name}", facts)


def clock(moment: datetime) -> str:
    """Return the hour in Tehran."""
    return hour_text(in_tehran(moment).time())


def day_line(
    row: CalendarRow, day: date, hours: range, words: CalendarWording, choose: Choose, own: int | None = None
) -> CalendarLine:
    """Return a line of half hours; what the request `own` has can be chosen again."""
    if row.out:
        return CalendarLine(row.title, row.detail, [Piece("out", len(hours), row.out, None, row.out)])
    found = [(one, place) for one in row.bookings if (place := _places(one, day, hours))]
    starts = {place.start: (one, place) for one, place in found if own is None or one.request_id != own}
    owned = {here for one, place in found if own is not None and one.request_id == own for here in place}
    pieces, here = [], hours.start
    while here < hours.stop:
        if here in starts:
            booking, place = starts[here]
            pieces.append(words.booked(row, booking, len(place)))
            here = place.stop
            continue
        start = tehran(day, time.min) + here * SLOT
        href = choose(row, start)
        piece = words.free(row, start, href) if href else Piece("idle", 1, "")
        pieces.append(replace(piece, kind=f"{piece.kind} {OWN}") if here in owned else piece)
        here += 1
    return CalendarLine(row.title, row.detail, pieces)


def week_line(row: CalendarRow, days: Sequence[date], words: CalendarWording) -> CalendarLine:
    """Return a line of days, each with what is booked in it."""
    if row.out:
        return CalendarLine(row.title, row.detail, (), [[Piece("out", 1, row.out, None, row.out)] for _ in days])
    return CalendarLine(row.title, row.detail, (), [_in_day(row, day, words) for day in days])


def _in_day(row: CalendarRow, day: date, words: CalendarWording) -> list[Piece]:
    first, last = tehran(day, time.min), tehran(day + _DAY, time.min)
    pieces = []
    for one in row.bookings:
        if one.start < last and one.end > first:
            piece = words.booked(row, one, 1)
            ends = "۲۴" if one.end >= last else clock(one.end)
            pieces.append(replace(piece, lead=f"{clock(max(one.start, first))}–{ends}"))
    return pieces


def fits(row: CalendarRow, start: datetime, length: timedelta, own: int) -> bool:
    """Tell whether somebody is free from then on, for so long; what the request `own` has does not count."""
    others = [one for one in row.bookings if one.request_id != own]
    return row.out is None and not any(one.start < start + length and start < one.end for one in others)
