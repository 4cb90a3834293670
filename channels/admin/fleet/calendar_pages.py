"""The calendars of the fleet and of visits: a week or a day, and the hour of a request's step chosen in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.fleet.boards import BOARDS, FLEET, VISITS, Board
from channels.admin.fleet.calendar_rows import rows_of
from channels.admin.fleet.calendar_view import (
    CalendarRow,
    CalendarWording,
    day_heads,
    day_line,
    fits,
    shown_hours,
    week_line,
)
from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.registries.registry_view import address
from channels.web.forms import FormWords, controls
from domain.actions.desk import Desk
from domain.actions.queues.work import readable
from domain.blocks.wanted_time import wanted_start
from domain.fields.form import Field
from domain.fields.types import Day, ReadingContext
from domain.registries.declarations import MACHINES, MAINTENANCE, OPERATORS
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store, UnitOfWork
from domain.values import tracking_codes
from domain.values.calendar import WEEKDAY_NAMES, in_tehran, jalali_long, jalali_text, tehran, weekday
from domain.values.errors import DomainError
from domain.values.text import persian_digits

DAY = Field("day", Day(past=True), required=False)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_OPENING = "#opening"
"""Where a day's page leads: to the column of the hour from which one works."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """A request whose step is to get its hour here: for how long, what its line may be of (all, if None), and whether
    the line goes with the hour. Who can drive the machines is shown with them.
    """

    request: ServiceRequest
    step: str
    title: str
    length: timedelta
    types: frozenset[str] | None
    names_line: bool


class CalendarPages:
    """Both calendars."""

    sections: Sequence[NavigationSection] = tuple(NavigationSection(one.path, one.title, one.right) for one in BOARDS)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return [PageRoute("GET", one.path, one.right, partial(self._show, one)) for one in BOARDS]

    async def _show(self, board: Board, request: web.Request, visit: Visit) -> web.Response:
        async with self._store.unit(write=False) as uow:
            choosing = await self._choosing(uow, board, request, visit)
            day, error = self._day(request, visit, choosing)
            weekly = request.query.get("view") == "week"
            first = day - weekday(day) * _DAY if weekly else day
            span = _WEEK if weekly else _DAY
            start, end = tehran(first, time.min), tehran(first + span, time.min)
            rows = await rows_of(self._desk, uow, board, start, end)
            if choosing and choosing.types is not None:
                rows = [one for one in rows if one.about(choosing.types)]
            ids = {one.request_id for row in rows for one in row.bookings if one.request_id is not None}
            words = CalendarWording(self._desk.catalogue, await uow.requests.codes(ids))
        words_of = FormWords(self._desk.wording, lambda name: self._desk.catalogue.text(f"admin.calendar.{name}"))
        kept = {name: request.query[name] for name in ("for", "step") if choosing and request.query.get(name)}
        lines = self._week(rows, first, words) if weekly else self._one_day(board, rows, day, words, choosing, visit)
        context = {
            **lines,
            "board": board,
            "weekly": weekly,
            "views": _views(board, day, kept),
            "ways": self._ways(board, first, span, weekly, kept),
            "kept": {**kept, "view": "week" if weekly else "day"},
            "controls": controls([DAY], {"day": request.query["day"] if error else jalali_text(day)}, words_of, error),
            "choosing": choosing,
            "code": tracking_codes.shown(choosing.request.code) if choosing else None,
            "rooms": [address(one) for one in (MACHINES, OPERATORS, MAINTENANCE)] if board is FLEET else [],
        }
        return staff_page(request, visit, "admin/fleet/calendar.html", context, error=error)

    def _day(self, request: web.Request, visit: Visit, choosing: Choosing | None) -> tuple[date, DomainError | None]:
        """Return the day that is shown: the one asked for, that of the request, or today."""
        given, today = request.query.get("day"), in_tehran(visit.now).date()
        if given:
            try:
                return date.fromisoformat(DAY.read(given, ReadingContext(visit.now))), None
            except DomainError as error:
                return today, error
        wanted = _wanted(choosing.request) if choosing else None
        return (max(wanted.date(), today) if wanted else today), None

    async def _choosing(self, uow: UnitOfWork, board: Board, request: web.Request, visit: Visit) -> Choosing | None:
        code = request.query.get("for")
        if not code:
            return None
        found = await readable(self._desk, uow, tracking_codes.parse(code), visit.actor)
        steps = self._desk.engine.actions(found, visit.actor.role_names)
        step = next((one for one in steps if one.name == request.query.get("step")), None)
        names = {one.name for one in step.inputs} if step else set()
        if step is None or not board.needs <= names:
            return None
        title = self._desk.catalogue.text(f"services.{found.service}.actions.{step.name}")
        if board is not FLEET:
            length = timedelta(minutes=self._desk.policy.visit_minutes)
            own = None if board.who in names else frozenset({visit.actor.ident})
            return Choosing(found, step.name, title, length, own, board.who in names)
        items = found.fields["items"]
        length = timedelta(hours=max(one["hours"] for one in items))
        single = sum(one["count"] for one in items) == 1
        return Choosing(found, step.name, title, length, frozenset(one["machine"] for one in items), single)

    def _one_day(
        self,
        board: Board,
        rows: Sequence[CalendarRow],
        day: date,
        words: CalendarWording,
        choosing: Choosing | None,
        visit: Visit,
    ) -> dict[str, Any]:
        hours, own = shown_hours(rows, day), choosing.request.id if choosing else None
        choose = partial(self._chosen, board, choosing, visit.now)
        return {
            "title": jalali_long(day),
            "holiday": self._desk.calendar.is_holiday(day),
            "heads": day_heads(hours, self._opening(board, choosing)),
            "lines": [day_line(row, day, hours, words, choose, own) for row in rows],
        }

    def _opening(self, board: Board, choosing: Choosing | None) -> time:
        """Return from which hour on a day is of interest: that of the request, or when people begin to work."""
        wanted = _wanted(choosing.request) if choosing else None
        if wanted:
            return wanted.time()
        hours = self._desk.calendar.hours
        return (hours.office if board is FLEET else hours.visits)[0]

    def _chosen(
        self, board: Board, choosing: Choosing | None, now: datetime, row: CalendarRow, start: datetime
    ) -> str | None:
        """Return the request's page with this hour in its step's form; None for an hour that would be refused there: a
        visit outside its days and hours is typed, with the word that it is meant.
        """
        if (
            choosing is None
            or row.drives is not None
            or start < now
            or (board is VISITS and not self._desk.calendar.visitable(start, start + choosing.length))
            or not fits(row, start, choosing.length, choosing.request.id)
        ):
            return None
        local = in_tehran(start)
        given = {"step": choosing.step, board.start: persian_digits(f"{jalali_text(local.date())} {local:%H:%M}")}
        if choosing.names_line:
            given[board.who] = row.who
        return f"/staff/requests/{choosing.request.code}?{urlencode(given)}#step-{choosing.step}"

    def _week(self, rows: Sequence[CalendarRow], first: date, words: CalendarWording) -> dict[str, Any]:
        days = [first + number * _DAY for number in range(7)]
        return {
            "title": f"{jalali_text(days[0])} – {jalali_text(days[-1])}",
            "holiday": False,
            "heads": [
                {
                    "text": WEEKDAY_NAMES[number],
                    "date": jalali_text(day),
                    "day": day.isoformat(),
                    "holiday": self._desk.calendar.is_holiday(day),
                }
                for number, day in enumerate(days)
            ],
            "lines": [week_line(row, days, words) for row in rows],
        }

    def _ways(self, board: Board, first: date, span: timedelta, weekly: bool, kept: dict[str, str]) -> dict[str, str]:
        days = {"before": first - span, "after": first + span}
        view, place = ({"view": "week"}, "") if weekly else ({}, _OPENING)
        found = {
            name: f"{board.path}?{urlencode({**view, **kept, 'day': day.isoformat()})}{place}"
            for name, day in days.items()
        }
        return found | {"today": f"{board.path}?{urlencode(view | kept)}{place}"}


def _wanted(request: ServiceRequest) -> datetime | None:
    """Return the moment in Tehran that a request is about: what is booked, or what was wished for."""
    booked = request.data.get("booked_start") or request.data.get("visit_start")
    if booked:
        return in_tehran(datetime.fromisoformat(booked))
    return in_tehran(wanted_start(request)) if "start" in request.fields else None


def _views(board: Board, day: date, kept: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses of the day and of the week that the day is in."""
    parts = {"day": day.isoformat(), **kept}
    places = {"day": _OPENING, "week": ""}
    return {name: f"{board.path}?{urlencode({'view': name, **parts})}{place}" for name, place in places.items()}
