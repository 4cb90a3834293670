"""The calendars of the fleet and of visits: a week or a day, and the hour of a request's step chosen in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.addresses import list_address
from channels.admin.calendar_boards import CALENDAR_BOARDS, FLEET, CalendarBoard
from channels.admin.fleet.calendar_rows import build_calendar_rows, label_bookings
from channels.admin.fleet.calendar_view import (
    CalendarRow,
    CalendarWording,
    DayFrame,
    build_day_heads,
    build_day_line,
    build_week_line,
    find_shown_slots,
)
from channels.admin.fleet.day_choice import build_day_controls, read_shown_day
from channels.admin.fleet.hour_choice import (
    ChosenStep,
    HourChoice,
    find_chosen_step,
    find_opening_moment,
    load_hour_choice,
)
from channels.admin.fleet.hour_hints import HourHints
from channels.admin.fleet.working_days import find_closed_day, find_work_span
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import MACHINES, MAINTENANCE, OPERATORS
from domain.unit_of_work import Store
from domain.values.calendar import WEEKDAY_NAMES, jalali_long_text, jalali_text, tehran_moment, to_tehran, weekday
from domain.values.text import persian_digits

_ONE_DAY, _ONE_WEEK = timedelta(days=1), timedelta(days=7)
_OPENING_ANCHOR = "#opening"
"""Anchor of a day's page: to the column of the hour from which one works."""
_FLEET_ADDRESSES = tuple(map(list_address, (MACHINES, OPERATORS, MAINTENANCE)))


@dataclass(frozen=True, slots=True)
class CalendarPeriod:
    """Period of a page: a day, or the week that it is in."""

    board: CalendarBoard
    """Calendar."""
    day: date
    """The day that was asked for."""
    is_weekly: bool
    """Whether the whole week is shown."""
    parameters: Mapping[str, str]
    """Parameters kept in the addresses of other days: the step whose hour is chosen."""

    @property
    def first_day(self) -> date:
        """The first day that is shown."""
        return self.day - weekday(self.day) * _ONE_DAY if self.is_weekly else self.day

    @property
    def length(self) -> timedelta:
        """Length of the booking."""
        return _ONE_WEEK if self.is_weekly else _ONE_DAY

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Beginning and end, in UTC."""
        return tehran_moment(self.first_day, time.min), tehran_moment(self.first_day + self.length, time.min)

    def build_day_address(self, day: date) -> str:
        """Return the address of a single day."""
        return f"{self.board.path}?{urlencode({**self.parameters, 'day': day.isoformat()})}{_OPENING_ANCHOR}"

    def build_views(self) -> dict[str, str]:
        """Return the addresses of the day and of the week that it is in."""
        values = {"day": self.day.isoformat(), **self.parameters}
        anchors = {"day": _OPENING_ANCHOR, "week": ""}
        return {
            name: f"{self.board.path}?{urlencode({'view': name, **values})}{anchor}" for name, anchor in anchors.items()
        }

    def build_navigation(self) -> dict[str, str]:
        """Return the addresses of the periods before and after, and of today."""
        days_by_direction = {"before": self.first_day - self.length, "after": self.first_day + self.length}
        view, anchor = ({"view": "week"}, "") if self.is_weekly else ({}, _OPENING_ANCHOR)
        addresses = {
            direction: f"{self.board.path}?{urlencode({**view, **self.parameters, 'day': day.isoformat()})}{anchor}"
            for direction, day in days_by_direction.items()
        }
        return addresses | {"today": f"{self.board.path}?{urlencode({**view, **self.parameters})}{anchor}"}


class CalendarPages(SitePart):
    """Both calendars."""

    sections: Sequence[NavigationSection] = tuple(
        NavigationSection(entry.path, entry.title_key, entry.right, bar_name="calendar") for entry in CALENDAR_BOARDS
    )

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._hour_hints = HourHints(dependencies)

    def list_routes(self) -> Sequence[PageRoute]:
        return [
            PageRoute("GET", calendar_board.path, calendar_board.right, partial(self._show_calendar, calendar_board))
            for calendar_board in CALENDAR_BOARDS
        ]

    async def _show_calendar(self, board: CalendarBoard, request: web.Request, visitor: Visitor) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            context = ActorContext(self._dependencies, uow, visitor.actor)
            chosen_step = await find_chosen_step(context, board, request, visitor)
            day, day_error = read_shown_day(request, visitor, self._find_usual_day(visitor, chosen_step))
            parameters = {name: request.query[name] for name in ("for", "step") if chosen_step}
            period = CalendarPeriod(board, day, request.query.get("view") == "week", parameters)
            hour_choice = (
                await load_hour_choice(context, board, chosen_step, visitor, period.span) if chosen_step else None
            )
            rows = await build_calendar_rows(context, board, *period.span)
            rows = hour_choice.select_rows(rows) if hour_choice else rows
            labels = await label_bookings(context, rows)
            hint = await self._hour_hints.build_hint(uow, hour_choice, rows) if hour_choice else None
            next_day = (
                await self._hour_hints.find_next_day(uow, hour_choice, rows, day)
                if hour_choice and not period.is_weekly
                else None
            )
        wording = CalendarWording(self._dependencies.catalogue, labels)
        build_lines = self._build_week if period.is_weekly else self._build_day
        page_values = {
            **build_lines(period, rows, wording, hour_choice, visitor),
            **self._build_frame(period),
            "day_controls": build_day_controls(self._dependencies, request, day, day_error),
            "hint": hint,
            "next_choosable": self._describe_day(period, next_day),
        }
        return render_staff_page(request, visitor, "admin/fleet/calendar.html", page_values, error=day_error)

    def _build_frame(self, period: CalendarPeriod) -> dict[str, Any]:
        return {
            "board": period.board,
            "is_weekly": period.is_weekly,
            "view_addresses": period.build_views(),
            "navigation_addresses": period.build_navigation(),
            "view_parameters": {**period.parameters, "view": "week" if period.is_weekly else "day"},
            "registry_addresses": _FLEET_ADDRESSES if period.board is FLEET else (),
        }

    def _find_usual_day(self, visitor: Visitor, chosen_step: ChosenStep | None) -> date:
        """Return the day that is shown unless another is asked for: that of the request, or today."""
        today = to_tehran(visitor.now).date()
        opening_moment = find_opening_moment(chosen_step.request) if chosen_step else None
        return max(opening_moment.date(), today) if opening_moment else today

    def _build_day(
        self,
        period: CalendarPeriod,
        rows: Sequence[CalendarRow],
        wording: CalendarWording,
        hour_choice: HourChoice | None,
        visitor: Visitor,
    ) -> dict[str, Any]:
        calendar, day = self._dependencies.calendar, period.day
        work_span = find_work_span(calendar, period.board, day)
        own_id = hour_choice.request.id if hour_choice else None
        frame = DayFrame(day, find_shown_slots(rows, day, work_span), work_span, visitor.now, own_id)
        local_now = to_tehran(visitor.now)
        closed_day = find_closed_day(calendar, period.board, day, visitor.now)
        return {
            "title": jalali_long_text(day),
            "is_holiday": calendar.is_holiday(day),
            "column_headings": build_day_heads(
                frame.slots,
                self._find_opening_time(period.board, hour_choice),
                local_now.time() if local_now.date() == day else None,
            ),
            "calendar_lines": [build_day_line(row, frame, wording, hour_choice) for row in rows],
            "closed_reason": closed_day.reason if closed_day else None,
            "next_working": self._describe_day(period, closed_day.next_day if closed_day else None),
        }

    def _describe_day(self, period: CalendarPeriod, day: date | None) -> tuple[str, str] | None:
        """Return what a day is called, and the address at which it is shown."""
        return (jalali_long_text(day), period.build_day_address(day)) if day else None

    def _find_opening_time(self, board: CalendarBoard, hour_choice: HourChoice | None) -> time:
        """Return from which hour on a day is of interest: that of the request, or when people begin to work."""
        opening_moment = find_opening_moment(hour_choice.request) if hour_choice else None
        if opening_moment:
            return opening_moment.time()
        opening_hours = self._dependencies.calendar.work_hours
        return (opening_hours.office if board is FLEET else opening_hours.visits)[0]

    def _build_week(
        self,
        period: CalendarPeriod,
        rows: Sequence[CalendarRow],
        wording: CalendarWording,
        hour_choice: HourChoice | None,
        visitor: Visitor,
    ) -> dict[str, Any]:
        week_days = [period.first_day + day_number * _ONE_DAY for day_number in range(7)]
        today = to_tehran(visitor.now).date()
        return {
            "title": f"{jalali_text(week_days[0])} – {jalali_text(week_days[-1])}",
            "is_holiday": False,
            "closed_reason": None,
            "column_headings": [
                {**self._build_week_head(period, day, rows, hour_choice), "is_today": day == today} for day in week_days
            ],
            "calendar_lines": [build_week_line(row, week_days, wording) for row in rows],
        }

    def _build_week_head(
        self, period: CalendarPeriod, day: date, rows: Sequence[CalendarRow], hour_choice: HourChoice | None
    ) -> dict[str, Any]:
        """Return what is said of a day of the week; of a holiday only what can be chosen on it."""
        calendar, catalogue = self._dependencies.calendar, self._dependencies.catalogue
        is_counted = hour_choice is not None or not calendar.is_holiday(day)
        return {
            "text": WEEKDAY_NAMES[weekday(day)],
            "date": jalali_text(day),
            "address": period.build_day_address(day),
            "is_holiday": calendar.is_holiday(day),
            "is_closed": find_work_span(calendar, period.board, day) is None,
            "free_lines": _describe_free_lines(catalogue, period.board, rows, day, hour_choice) if is_counted else [],
        }


def _describe_free_lines(
    catalogue: Catalogue,
    board: CalendarBoard,
    rows: Sequence[CalendarRow],
    day: date,
    hour_choice: HourChoice | None,
) -> list[str]:
    """Return «آزاد ۳ از ۵ ماشین» for machines and for operators, or for officers: those that are there that day with
    nothing booked; where an hour is chosen, of machines and officers those that have one for it.
    """
    lines = [row for row in rows if row.driven_types is None]
    drivers = [row for row in rows if row.driven_types is not None]
    free_lines = [row for row in lines if (hour_choice.has_hours(row, day) if hour_choice else row.is_free_on(day))]
    kind = "machines" if board is FLEET else "officers"
    counts = [
        (kind, len(free_lines), len(lines)),
        ("drivers", sum(row.is_free_on(day) for row in drivers), len(drivers)),
    ]
    return [
        catalogue.render(
            f"admin.calendar.free.{name}", {"free": persian_digits(free_count), "total": persian_digits(total)}
        )
        for name, free_count, total in counts
        if total
    ]
