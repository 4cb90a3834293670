"""The calendars of the fleet and of visits: a week or a day, and the hour of a request's step chosen in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.fleet.boards import CALENDAR_BOARDS, FLEET, VISITS, CalendarBoard
from channels.admin.fleet.calendar_rows import build_calendar_rows
from channels.admin.fleet.calendar_view import (
    CalendarRow,
    CalendarWording,
    build_day_heads,
    build_day_line,
    build_week_line,
    find_shown_slots,
    is_free_for,
)
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.registries.registry_view import list_address
from channels.web.forms import Control, FormWording, build_controls
from domain.actions.dependencies import Dependencies
from domain.actions.queues.work import find_readable_request
from domain.blocks.booking_fields import BOOKED_START
from domain.blocks.visits import VISIT_START
from domain.blocks.wanted_time import requested_start
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import ReadingContext
from domain.registries.declarations import MACHINES, MAINTENANCE, OPERATORS
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store, UnitOfWork
from domain.values import tracking_codes
from domain.values.calendar import WEEKDAY_NAMES, jalali_long_text, jalali_text, tehran_moment, to_tehran, weekday
from domain.values.errors import DomainError
from domain.values.text import persian_digits

DAY_FIELD = Field("day", Day(allows_past=True), required=False)
_ONE_DAY, _ONE_WEEK = timedelta(days=1), timedelta(days=7)
_OPENING_ANCHOR = "#opening"
_FLEET_ADDRESSES = tuple(map(list_address, (MACHINES, OPERATORS, MAINTENANCE)))
"""Where a day's page leads: to the column of the hour from which one works."""


@dataclass(frozen=True, slots=True)
class HourChoice:
    """A request whose step is to get its hour here. Who can drive the machines is shown with them."""

    request: ServiceRequest
    """Whose hour it is."""
    step_name: str
    """The step, as its declaration names it."""
    step_title: str
    """What the step is called."""
    duration: timedelta
    """For how long a line must be free."""
    line_groups: frozenset[str] | None
    """Machine types, or the officer, among which the line is chosen; None: all lines."""
    names_line: bool
    """The line goes into the step's form together with the hour."""


class CalendarPages:
    """Both calendars."""

    sections: Sequence[NavigationSection] = tuple(
        NavigationSection(entry.path, entry.title_key, entry.right) for entry in CALENDAR_BOARDS
    )

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store

    def list_routes(self) -> Sequence[PageRoute]:
        return [
            PageRoute("GET", calendar_board.path, calendar_board.right, partial(self._show_calendar, calendar_board))
            for calendar_board in CALENDAR_BOARDS
        ]

    async def _show_calendar(self, board: CalendarBoard, request: web.Request, visitor: Visitor) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            hour_choice = await self._load_hour_choice(uow, board, request, visitor)
            day, day_error = self._read_day(request, visitor, hour_choice)
            is_weekly = request.query.get("view") == "week"
            first_day = day - weekday(day) * _ONE_DAY if is_weekly else day
            period_length = _ONE_WEEK if is_weekly else _ONE_DAY
            starts_at, ends_at = tehran_moment(first_day, time.min), tehran_moment(first_day + period_length, time.min)
            rows = await self._load_rows(uow, board, starts_at, ends_at, hour_choice)
            request_ids = {entry.request_id for row in rows for entry in row.bookings if entry.request_id is not None}
            wording = CalendarWording(self._dependencies.catalogue, await uow.requests.list_codes(request_ids))
        parameters = {name: request.query[name] for name in ("for", "step") if hour_choice and request.query.get(name)}
        calendar_lines = (
            self._build_week(rows, first_day, wording)
            if is_weekly
            else self._build_day(board, rows, day, wording, hour_choice, visitor)
        )
        context = {
            **calendar_lines,
            "board": board,
            "is_weekly": is_weekly,
            "view_addresses": _build_view_links(board, day, parameters),
            "navigation_addresses": self._build_navigation(board, first_day, period_length, is_weekly, parameters),
            "view_parameters": {**parameters, "view": "week" if is_weekly else "day"},
            "day_controls": self._build_day_controls(request, day, day_error),
            "hour_choice": hour_choice,
            "request_code": tracking_codes.display_code(hour_choice.request.code) if hour_choice else None,
            "registry_addresses": _FLEET_ADDRESSES if board is FLEET else (),
        }
        return render_staff_page(request, visitor, "admin/fleet/calendar.html", context, error=day_error)

    def _read_day(
        self, request: web.Request, visitor: Visitor, hour_choice: HourChoice | None
    ) -> tuple[date, DomainError | None]:
        """Return the day that is shown: the one asked for, that of the request, or today."""
        requested_day, today = request.query.get("day"), to_tehran(visitor.now).date()
        if requested_day:
            try:
                return date.fromisoformat(DAY_FIELD.read_value(requested_day, ReadingContext(visitor.now))), None
            except DomainError as day_error:  # not an empty page: the calendar shows today instead
                return today, day_error
        wanted_start = _find_wanted_start(hour_choice.request) if hour_choice else None
        return (max(wanted_start.date(), today) if wanted_start else today), None

    def _build_day_controls(self, request: web.Request, day: date, day_error: DomainError | None) -> Sequence[Control]:
        """Return the box of the day; one that could not be read is shown as it was typed."""
        form_wording = FormWording(
            self._dependencies.wording, lambda name: self._dependencies.catalogue.text(f"admin.calendar.{name}")
        )
        day_text = request.query["day"] if day_error else jalali_text(day)
        return build_controls([DAY_FIELD], {"day": day_text}, form_wording, day_error)

    async def _load_rows(
        self,
        uow: UnitOfWork,
        board: CalendarBoard,
        starts_at: datetime,
        ends_at: datetime,
        hour_choice: HourChoice | None,
    ) -> Sequence[CalendarRow]:
        """Return the lines of a period: those in which the hour may be chosen, where one is."""
        rows = await build_calendar_rows(self._dependencies, uow, board, starts_at, ends_at)
        if hour_choice is None or hour_choice.line_groups is None:
            return rows
        return [row for row in rows if row.concerns_groups(hour_choice.line_groups)]

    async def _load_hour_choice(
        self, uow: UnitOfWork, board: CalendarBoard, request: web.Request, visitor: Visitor
    ) -> HourChoice | None:
        code = request.query.get("for")
        if not code:
            return None
        service_request = await find_readable_request(
            self._dependencies, uow, tracking_codes.parse_code(code), visitor.actor
        )
        steps = self._dependencies.engine.list_actions(service_request, visitor.actor)
        step = next((entry for entry in steps if entry.name == request.query.get("step")), None)
        input_names = {entry.name for entry in step.inputs} if step else set()
        if step is None or not board.needed_inputs <= input_names:
            return None
        title = self._dependencies.catalogue.text(f"services.{service_request.service}.actions.{step.name}")
        if board is not FLEET:
            duration = timedelta(minutes=self._dependencies.policy.visit_minutes)
            line_groups = None if board.line_input in input_names else frozenset({visitor.actor.identifier})
            return HourChoice(service_request, step.name, title, duration, line_groups, board.line_input in input_names)
        work_items = service_request.fields["items"]
        duration = timedelta(hours=max(entry["hours"] for entry in work_items))
        is_single = sum(entry["count"] for entry in work_items) == 1
        return HourChoice(
            service_request, step.name, title, duration, frozenset(entry["machine"] for entry in work_items), is_single
        )

    def _build_day(
        self,
        board: CalendarBoard,
        rows: Sequence[CalendarRow],
        day: date,
        wording: CalendarWording,
        hour_choice: HourChoice | None,
        visitor: Visitor,
    ) -> dict[str, Any]:
        shown_slots, own_request_id = find_shown_slots(rows, day), hour_choice.request.id if hour_choice else None
        choose_address = partial(self._build_choice_address, board, hour_choice, visitor.now)
        return {
            "title": jalali_long_text(day),
            "is_holiday": self._dependencies.calendar.is_holiday(day),
            "column_headings": build_day_heads(shown_slots, self._find_opening_time(board, hour_choice)),
            "calendar_lines": [
                build_day_line(row, day, shown_slots, wording, choose_address, own_request_id) for row in rows
            ],
        }

    def _find_opening_time(self, board: CalendarBoard, hour_choice: HourChoice | None) -> time:
        """Return from which hour on a day is of interest: that of the request, or when people begin to work."""
        wanted_start = _find_wanted_start(hour_choice.request) if hour_choice else None
        if wanted_start:
            return wanted_start.time()
        opening_hours = self._dependencies.calendar.work_hours
        return (opening_hours.office if board is FLEET else opening_hours.visits)[0]

    def _build_choice_address(
        self, board: CalendarBoard, hour_choice: HourChoice | None, now: datetime, row: CalendarRow, starts_at: datetime
    ) -> str | None:
        """Return the request's page with this hour in its step's form; None for an hour that would be refused there: a
        visit outside its days and hours is typed, with the word that it is meant.
        """
        if (
            hour_choice is None
            or row.driven_types is not None
            or starts_at < now
            or (
                board is VISITS
                and not self._dependencies.calendar.is_visiting_time(starts_at, starts_at + hour_choice.duration)
            )
            or not is_free_for(row, starts_at, hour_choice.duration, hour_choice.request.id)
        ):
            return None
        local_start = to_tehran(starts_at)
        address_values = {
            "step": hour_choice.step_name,
            board.start_input: persian_digits(f"{jalali_text(local_start.date())} {local_start:%H:%M}"),
        }
        if hour_choice.names_line:
            address_values[board.line_input] = row.input_value
        return f"/staff/requests/{hour_choice.request.code}?{urlencode(address_values)}#step-{hour_choice.step_name}"

    def _build_week(self, rows: Sequence[CalendarRow], first_day: date, wording: CalendarWording) -> dict[str, Any]:
        week_days = [first_day + day_number * _ONE_DAY for day_number in range(7)]
        return {
            "title": f"{jalali_text(week_days[0])} – {jalali_text(week_days[-1])}",
            "is_holiday": False,
            "column_headings": [
                {
                    "text": WEEKDAY_NAMES[day_number],
                    "date": jalali_text(day),
                    "day": day.isoformat(),
                    "is_holiday": self._dependencies.calendar.is_holiday(day),
                }
                for day_number, day in enumerate(week_days)
            ],
            "calendar_lines": [build_week_line(row, week_days, wording) for row in rows],
        }

    def _build_navigation(
        self,
        board: CalendarBoard,
        first_day: date,
        period_length: timedelta,
        is_weekly: bool,
        parameters: dict[str, str],
    ) -> dict[str, str]:
        days_by_direction = {"before": first_day - period_length, "after": first_day + period_length}
        view_parameters, anchor = ({"view": "week"}, "") if is_weekly else ({}, _OPENING_ANCHOR)
        addresses = {
            direction: f"{board.path}?{urlencode({**view_parameters, **parameters, 'day': day.isoformat()})}{anchor}"
            for direction, day in days_by_direction.items()
        }
        return addresses | {"today": f"{board.path}?{urlencode(view_parameters | parameters)}{anchor}"}


def _find_wanted_start(request: ServiceRequest) -> datetime | None:
    """Return the moment in Tehran that a request is about: what is booked, or what was wished for."""
    booked_start = BOOKED_START.find(request) or VISIT_START.find(request)
    if booked_start:
        return to_tehran(booked_start)
    return to_tehran(requested_start(request)) if "start" in request.fields else None


def _build_view_links(board: CalendarBoard, day: date, parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses of the day and of the week that the day is in."""
    address_values = {"day": day.isoformat(), **parameters}
    anchors_by_view = {"day": _OPENING_ANCHOR, "week": ""}
    return {
        view_name: f"{board.path}?{urlencode({'view': view_name, **address_values})}{anchor}"
        for view_name, anchor in anchors_by_view.items()
    }
