"""A calendar's lines: half hours of a day, or the days of a week, with what is booked and what can be chosen."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import count, takewhile
from typing import Any, Protocol

from domain.fleet.resources import SLOT_LENGTH, Booking
from domain.messages.catalogue import Catalogue
from domain.people.person import Substitution
from domain.values.calendar import MomentSpan, day_bounds, hour_text, tehran_moment, to_tehran
from domain.values.languages import join_list
from domain.values.text import persian_digits
from domain.values.tracking_codes import display_code

FIRST_SLOT, LAST_SLOT = 12, 40
"""The half hours of a day that are always shown: from six in the morning to eight in the evening."""


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """Line of a calendar: its owner, and its bookings."""

    input_value: str
    """Value for a step's input."""
    choice_group: str
    """Group by which choices are narrowed: the machine's type, or the officer; empty for an operator."""
    title: str
    """Name: the machine's or the person's name."""
    detail: str
    """Details below the name: a machine's type, or that it is an operator."""
    bookings: Sequence[Booking]
    """Bookings and holds in the period that is shown."""
    unavailable: str | None = None
    """Reason why it cannot be booked at all; None where it can."""
    driven_types: Sequence[str] | None = None
    """Machine types of an operator (empty: all), who is shown and not chosen; None for anything else."""
    is_in_service: bool = True
    """Whether it may be booked at all, whatever is booked still."""
    absences: Sequence[Substitution] = ()
    """Leaves of an officer in the period: the office may send them nevertheless."""

    def concerns_groups(self, choice_groups: AbstractSet[str]) -> bool:
        """Return whether the line matters where something of these groups is chosen: it is of one, or drives one."""
        if self.driven_types is None:
            return self.choice_group in choice_groups
        return not self.driven_types or not choice_groups.isdisjoint(self.driven_types)

    def list_touching(self, span: MomentSpan) -> list[Booking]:
        """Return what is booked in a part of the period."""
        return [booking for booking in self.bookings if booking.start < span[1] and booking.end > span[0]]

    def is_free_on(self, day: date) -> bool:
        """Return whether it is there on a day, with nothing booked."""
        is_there = self.is_in_service and not any(entry.covers(day) for entry in self.absences)
        return is_there and not self.list_touching(day_bounds(day))


@dataclass(frozen=True, slots=True)
class BookingLabel:
    """Request of a booking."""

    code: str
    """Its tracking code."""
    applicant_name: str = ""
    """The citizen; empty where the request names nobody (any more), or the visitor may not know."""
    place: str = ""
    """Place, in the words of its service."""
    may_open: bool = False
    """Whether the visitor may open it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some half hours of a line, of one state."""

    kind: str
    """Its looks, as the style sheet knows them: free, booked, held, out (of service) or idle (past, or not to be
    chosen); behind it `OWN_KIND`, `NOW_KIND` and `CLOSED_KIND`.
    """
    slot_count: int
    """Number of half hours."""
    text: str
    """Its content: whose it is, an hour, or why nothing can be booked."""
    href: str | None = None
    """Address of its link: to the booking's request, or to the form with this hour; None: nowhere."""
    spoken_text: str = ""
    """Text announced to those who do not see it."""
    hours_text: str = ""
    """Beginning and end in Tehran; a grid says that by its columns."""
    place: str = ""
    """Place; shown below the text."""


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A line of a calendar, of a day or of a week."""

    title: str
    """Name of its owner."""
    detail: str
    """Details below that."""
    pieces: Sequence[Piece]
    """Of a day: its half hours, from the first that is shown; of a week, only that it cannot be booked; else empty."""
    day_pieces: Sequence[Sequence[Piece]] = ()
    """Of a week: what is booked on each day; empty in a day."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is booked and nothing can be chosen in it."""
        return not any(piece.text for piece in (*self.pieces, *(entry for day in self.day_pieces for entry in day)))


@dataclass(frozen=True, slots=True)
class DayFrame:
    """Facts of the half hours of a day's page."""

    day: date
    """Day, in Tehran."""
    slots: range
    """The half hours that are shown, counted from midnight."""
    work_span: MomentSpan | None
    """Working hours of that day; None: not at all."""
    now: datetime
    """The present moment, in UTC."""
    own_request_id: int | None = None
    """The request whose hour is to be chosen: what it has can be chosen again."""
    _marks_by_span: dict[tuple[int, int], list[str]] = field(default_factory=dict, init=False, compare=False)
    """Marks of some half hours: all lines of a day ask for the same."""

    def find_slot_start(self, slot: int) -> datetime:
        """Return the moment at which a half hour begins."""
        return tehran_moment(self.day, time.min) + slot * SLOT_LENGTH

    def list_marks(self, first_slot: int, slot_count: int) -> list[str]:
        """Return what is to be seen of some half hours beside what is booked: that it is now, that nobody works."""
        slot_span = first_slot, slot_count
        if slot_span not in self._marks_by_span:
            self._marks_by_span[slot_span] = self._find_marks(*slot_span)
        return self._marks_by_span[slot_span]

    def _find_marks(self, first_slot: int, slot_count: int) -> list[str]:
        starts_at, ends_at = self.find_slot_start(first_slot), self.find_slot_start(first_slot + slot_count)
        is_closed = self.work_span is None or not self.work_span[0] < ends_at or not starts_at < self.work_span[1]
        return [
            *([NOW_KIND] if starts_at <= self.now < ends_at else []),
            *([CLOSED_KIND] if is_closed else []),
        ]


class OfferedHours(Protocol):
    """Hours that can be chosen in a calendar."""

    def find_address(self, row: CalendarRow, starts_at: datetime) -> str | None:
        """Return where choosing this half hour leads; None where it cannot be chosen."""
        ...

    def list_drivers(self, starts_at: datetime) -> Sequence[str]:
        """Return the names of those who are free to drive from then on."""
        ...


IDLE = Piece("idle", 1, "")
"""A half hour in which nothing is booked and that cannot be chosen."""

OWN_KIND, NOW_KIND, CLOSED_KIND = "own", "now", "closed"
"""Beside the kind of some half hours: the request whose hour is to be chosen has them already; it is just now; they are
outside the hours of work.
"""


def find_shown_slots(rows: Sequence[CalendarRow], day: date, work_span: MomentSpan | None) -> range:
    """Return the half hours of a day that are shown: the usual ones, those of work, and all in which something is
    booked.
    """
    spans = [span for row in rows for entry in row.bookings if (span := _find_slots(entry.start, entry.end, day))]
    if work_span:
        spans.append(_find_slots(*work_span, day))
    return range(
        min([FIRST_SLOT, *(entry.start for entry in spans)]), max([LAST_SLOT, *(entry.stop for entry in spans)])
    )


def build_day_heads(slots: range, opening_time: time, now_time: time | None = None) -> list[dict[str, Any]]:
    """Return the heads of the hours that are shown: which of them `opening_time` is in (the first if it is earlier),
    and how many quarters of which have passed at `now_time`, where the day is today.
    """
    head_slots = [slot for slot in slots if slot == slots.start or slot % 2 == 0]
    opening_slot = max((slot for slot in head_slots if slot // 2 <= opening_time.hour), default=slots.start)
    return [
        {
            "text": persian_digits(slot // 2),
            "slot_count": 2 - slot % 2,
            "is_opening_hour": slot == opening_slot,
            "passed_quarters": now_time.minute // 15 if now_time and now_time.hour == slot // 2 else None,
        }
        for slot in head_slots
    ]


def _find_slots(starts_at: datetime, ends_at: datetime, day: date, slots: range = range(48)) -> range:
    """Return the half hours of a day that a time touches, within those that are shown."""
    midnight = tehran_moment(day, time.min)
    first_slot = int((starts_at - midnight) // SLOT_LENGTH)
    last_slot = -int((midnight - ends_at) // SLOT_LENGTH)
    return range(max(first_slot, slots.start), min(last_slot, slots.stop))


class CalendarWording:
    """Describes the content of a calendar. `labels` say whose the bookings are, by the id of their request."""

    def __init__(self, catalogue: Catalogue, labels: Mapping[int, BookingLabel]) -> None:
        self._catalogue = catalogue
        self._labels = labels

    def describe_booking(self, row: CalendarRow, booking: Booking, slot_count: int, day: date) -> Piece:
        """Return what is booked on a day, with the way to its request."""
        if booking.request_id is None:
            spoken_text = self._render_text("out", who=row.title, why=booking.note or "")
            return Piece("out", slot_count, booking.note or "", None, spoken_text, _format_span(booking, day))
        label = self._labels.get(booking.request_id, BookingLabel(""))
        piece_kind, shown_code = "held" if booking.hold else "booked", persian_digits(display_code(label.code))
        hours_text = f"{format_clock(booking.start)}–{format_clock(booking.end)}"
        spoken_text = self._render_text(piece_kind, who=row.title, hours=hours_text, code=shown_code)
        return Piece(
            piece_kind,
            slot_count,
            label.applicant_name or shown_code,
            f"/staff/requests/{label.code}" if label.may_open else None,
            join_list(filter(None, (spoken_text, label.applicant_name, label.place))),
            _format_span(booking, day),
            label.place,
        )

    def describe_free_slot(self, row: CalendarRow, starts_at: datetime, href: str, drivers: Sequence[str]) -> Piece:
        """Return a half hour that can be chosen, with those who are free to drive."""
        spoken_text = self._render_text("choose", who=row.title, hour=format_clock(starts_at))
        if drivers:
            spoken_text = join_list([spoken_text, self._render_text("drivers", names=join_list(drivers))])
        return Piece("free", 1, format_clock(starts_at), href, spoken_text)

    def _render_text(self, text_name: str, **facts: str) -> str:
        return self._catalogue.render(f"admin.calendar.said.{text_name}", facts)


def format_clock(moment: datetime) -> str:
    """Return the hour in Tehran."""
    return hour_text(to_tehran(moment).time())


def _format_span(booking: Booking, day: date) -> str:
    """Return from when to when something is booked within a day."""
    day_start, day_end = day_bounds(day)
    end_text = "۲۴" if booking.end >= day_end else format_clock(booking.end)
    return f"{format_clock(max(booking.start, day_start))}–{end_text}"


def build_day_line(
    row: CalendarRow, frame: DayFrame, wording: CalendarWording, offered_hours: OfferedHours | None = None
) -> CalendarLine:
    """Return a line of half hours; those that `offered_hours` offers can be chosen."""
    if row.unavailable:
        return CalendarLine(row.title, row.detail, [_build_unavailable(row.unavailable, len(frame.slots))])
    own_id, day_pieces, slot = frame.own_request_id, list[Piece](), frame.slots.start
    booked = [
        (booking, span)
        for booking in row.bookings
        if (span := _find_slots(booking.start, booking.end, frame.day, frame.slots))
    ]
    own_slots = {slot for booking, span in booked if _is_own(booking, own_id) for slot in span}
    bookings_by_slot = _lay_by_slot([entry for entry in booked if not _is_own(entry[0], own_id)])
    while slot < frame.slots.stop:
        if booking := bookings_by_slot.get(slot):
            slot_count = _count_slots(bookings_by_slot, slot)
            piece = wording.describe_booking(row, booking, slot_count, frame.day)
            marks = [kind for kind in frame.list_marks(slot, slot_count) if kind == NOW_KIND]
        else:
            piece = (
                _build_open_slot(row, frame.find_slot_start(slot), wording, offered_hours) if offered_hours else IDLE
            )
            marks = [*([OWN_KIND] if slot in own_slots else []), *frame.list_marks(slot, 1)]
        day_pieces.append(replace(piece, kind=" ".join((piece.kind, *marks))) if marks else piece)
        slot += piece.slot_count
    return CalendarLine(row.title, row.detail, day_pieces)


def _lay_by_slot(booked: Iterable[tuple[Booking, range]]) -> dict[int, Booking]:
    """Return what each half hour shows: work before a time out of service, in which it was booked already."""
    by_rank = sorted(booked, key=lambda entry: entry[0].request_id is not None)
    return {slot: booking for booking, span in by_rank for slot in span}


def _count_slots(bookings_by_slot: Mapping[int, Booking], first_slot: int) -> int:
    """Return for how many half hours the booking of one goes on."""
    booking = bookings_by_slot[first_slot]
    return sum(1 for _ in takewhile(lambda slot: bookings_by_slot.get(slot) is booking, count(first_slot)))


def _build_unavailable(reason: str, column_count: int) -> Piece:
    return Piece("out", column_count, reason, None, reason)


def _is_own(booking: Booking, own_request_id: int | None) -> bool:
    return own_request_id is not None and booking.request_id == own_request_id


def _build_open_slot(
    row: CalendarRow, starts_at: datetime, wording: CalendarWording, offered_hours: OfferedHours
) -> Piece:
    """Return a half hour in which nothing is booked: it can be chosen, or not."""
    address = offered_hours.find_address(row, starts_at)
    if address is None:
        return IDLE
    return wording.describe_free_slot(row, starts_at, address, offered_hours.list_drivers(starts_at))


def build_week_line(row: CalendarRow, days: Sequence[date], wording: CalendarWording) -> CalendarLine:
    """Return a line of days, each with what is booked in it."""
    if row.unavailable:
        return CalendarLine(row.title, row.detail, [_build_unavailable(row.unavailable, len(days))])
    day_pieces = [
        [wording.describe_booking(row, booking, 1, day) for booking in row.list_touching(day_bounds(day))]
        for day in days
    ]
    return CalendarLine(row.title, row.detail, (), day_pieces)
