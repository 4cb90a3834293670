"""A calendar's lines: half hours of a day, or the days of a week, with what is booked and what can be chosen."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from domain.fleet.resources import SLOT_LENGTH, Booking
from domain.messages.catalogue import Catalogue
from domain.values.calendar import hour_text, tehran_moment, to_tehran
from domain.values.text import persian_digits
from domain.values.tracking_codes import display_code as code_shown

FIRST_SLOT, LAST_SLOT = 12, 40
"""The half hours of a day that are always shown: from six in the morning to eight in the evening."""

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """Whose line it is, and what is booked in it."""

    input_value: str
    """What a step's input takes for it."""
    choice_group: str
    """What choices are narrowed by: the machine's type, or the officer; empty for an operator."""
    title: str
    """What it is called: the machine's or the person's name."""
    detail: str
    """What is shown below the name: a machine's type, or that it is an operator."""
    bookings: Sequence[Booking]
    """What is booked or held in the period that is shown."""
    unavailable: str | None = None
    """Why it cannot be booked at all; None where it can."""
    driven_types: Sequence[str] | None = None
    """Machine types of an operator (empty: all), who is shown and not chosen; None for anything else."""

    def concerns_groups(self, choice_groups: AbstractSet[str]) -> bool:
        """Return whether the line matters where something of these groups is chosen: it is of one, or drives one."""
        if self.driven_types is None:
            return self.choice_group in choice_groups
        return not self.driven_types or not choice_groups.isdisjoint(self.driven_types)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some half hours of a line, of one state."""

    kind: str
    """Its look: free, booked, held, out (of service) or idle (past, or not to be chosen); `OWN_KIND` behind it."""
    slot_count: int
    """How many half hours."""
    text: str
    """Its content: a tracking code, an hour, or why nothing can be booked."""
    href: str | None = None
    """Where it leads: to the booking's request, or to the form with this hour; None: nowhere."""
    spoken_text: str = ""
    """What is announced to those who do not see it."""
    hours_text: str = ""
    """From when to when in Tehran, where no head of the table says it; else empty."""


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A line of a calendar, of a day or of a week."""

    title: str
    """Whose it is."""
    detail: str
    """What is shown below that."""
    pieces: Sequence[Piece]
    """Of a day: its half hours, from the first that is shown; empty in a week."""
    day_pieces: Sequence[Sequence[Piece]] = ()
    """Of a week: what is booked on each day; empty in a day."""


SlotChooser = Callable[[CalendarRow, datetime], str | None]
"""Returns where choosing this half hour leads; None where it cannot be chosen."""

OWN_KIND = "own"
"""The kind of a half hour that the request has already whose hour is to be chosen."""


def find_shown_slots(rows: Sequence[CalendarRow], day: date) -> range:
    """Return the half hours of a day that are shown: the usual ones, and all in which something is booked."""
    spans = [span for row in rows for entry in row.bookings if (span := _find_booking_slots(entry, day, range(48)))]
    return range(
        min([FIRST_SLOT, *(entry.start for entry in spans)]), max([LAST_SLOT, *(entry.stop for entry in spans)])
    )


def build_day_heads(slots: range, opening_time: time) -> list[dict[str, Any]]:
    """Return the heads of the hours that are shown, and which of them `opening_time` is in; the first if it is
    earlier.
    """
    head_slots = [slot for slot in slots if slot == slots.start or slot % 2 == 0]
    opening_slot = max((slot for slot in head_slots if slot // 2 <= opening_time.hour), default=slots.start)
    return [
        {"text": persian_digits(slot // 2), "slot_count": 2 - slot % 2, "is_opening_hour": slot == opening_slot}
        for slot in head_slots
    ]


def _find_booking_slots(booking: Booking, day: date, slots: range) -> range:
    """Return the half hours of a day that a booking takes, within those that are shown."""
    midnight = tehran_moment(day, time.min)
    first_slot = int((booking.start - midnight) // SLOT_LENGTH)
    last_slot = -int((midnight - booking.end) // SLOT_LENGTH)
    return range(max(first_slot, slots.start), min(last_slot, slots.stop))


class CalendarWording:
    """Describes the content of a calendar. `codes` are the tracking codes of the bookings' requests."""

    def __init__(self, catalogue: Catalogue, codes: Mapping[int, str]) -> None:
        self._catalogue = catalogue
        self._codes = codes

    def describe_booking(self, row: CalendarRow, booking: Booking, slot_count: int) -> Piece:
        """Return what is booked, with the way to its request."""
        hours_text = f"{format_clock(booking.start)}–{format_clock(booking.end)}"
        if booking.request_id is None:
            spoken_text = self._render_text("out", who=row.title, why=booking.note or "")
            return Piece("out", slot_count, booking.note or "", None, spoken_text)
        code = self._codes.get(booking.request_id, "")
        piece_kind = "held" if booking.hold else "booked"
        spoken_text = self._render_text(piece_kind, who=row.title, hours=hours_text, code=code_shown(code))
        return Piece(piece_kind, slot_count, code_shown(code), f"/staff/requests/{code}", spoken_text)

    def describe_free_slot(self, row: CalendarRow, starts_at: datetime, href: str) -> Piece:
        """Return a half hour that can be chosen."""
        return Piece(
            "free",
            1,
            format_clock(starts_at),
            href,
            self._render_text("choose", who=row.title, hour=format_clock(starts_at)),
        )

    def _render_text(self, text_name: str, **facts: str) -> str:
        return self._catalogue.render(f"admin.calendar.said.{text_name}", facts)


def format_clock(moment: datetime) -> str:
    """Return the hour in Tehran."""
    return hour_text(to_tehran(moment).time())


def build_day_line(
    row: CalendarRow, day: date, slots: range, wording: CalendarWording, choose: SlotChooser, own_id: int | None = None
) -> CalendarLine:
    """Return a line of half hours; what the request `own_id` has can be chosen again."""
    if row.unavailable:
        return CalendarLine(row.title, row.detail, [Piece("out", len(slots), row.unavailable, None, row.unavailable)])
    booked = [(item, span) for item in row.bookings if (span := _find_booking_slots(item, day, slots))]
    spans_by_start = {span.start: (item, span) for item, span in booked if own_id is None or item.request_id != own_id}
    own_slots = {slot for item, span in booked if own_id is not None and item.request_id == own_id for slot in span}
    day_pieces, slot = [], slots.start
    while slot < slots.stop:
        if slot in spans_by_start:
            booking, span = spans_by_start[slot]
            day_pieces.append(wording.describe_booking(row, booking, len(span)))
            slot = span.stop
            continue
        starts_at = tehran_moment(day, time.min) + slot * SLOT_LENGTH
        href = choose(row, starts_at)
        piece = wording.describe_free_slot(row, starts_at, href) if href else Piece("idle", 1, "")
        day_pieces.append(replace(piece, kind=f"{piece.kind} {OWN_KIND}") if slot in own_slots else piece)
        slot += 1
    return CalendarLine(row.title, row.detail, day_pieces)


def build_week_line(row: CalendarRow, days: Sequence[date], wording: CalendarWording) -> CalendarLine:
    """Return a line of days, each with what is booked in it."""
    if row.unavailable:
        return CalendarLine(
            row.title, row.detail, (), [[Piece("out", 1, row.unavailable, None, row.unavailable)] for _ in days]
        )
    return CalendarLine(row.title, row.detail, (), [_list_day_pieces(row, day, wording) for day in days])


def _list_day_pieces(row: CalendarRow, day: date, wording: CalendarWording) -> list[Piece]:
    day_start, day_end = tehran_moment(day, time.min), tehran_moment(day + _ONE_DAY, time.min)
    day_pieces = []
    for booking in row.bookings:
        if booking.start < day_end and booking.end > day_start:
            piece = wording.describe_booking(row, booking, 1)
            end_text = "۲۴" if booking.end >= day_end else format_clock(booking.end)
            day_pieces.append(replace(piece, hours_text=f"{format_clock(max(booking.start, day_start))}–{end_text}"))
    return day_pieces


def is_free_for(row: CalendarRow, starts_at: datetime, duration: timedelta, own_id: int) -> bool:
    """Return whether somebody is free from then on, for so long; what the request `own_id` has does not count."""
    other_bookings = [booking for booking in row.bookings if booking.request_id != own_id]
    return row.unavailable is None and not any(
        booking.start < starts_at + duration and starts_at < booking.end for booking in other_bookings
    )
