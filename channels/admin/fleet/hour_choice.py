"""The step of a request whose hour is chosen in a calendar: which hours are offered, and what is known of the wish."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.calendar_boards import CalendarBoard
from channels.admin.fleet.calendar_view import CalendarRow
from channels.admin.frame import Visitor
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.fleet.choosable_hours import ChoosableHours, list_half_hours, load_choosable_hours
from domain.actions.queues.work import find_readable_request
from domain.blocks.booking_fields import BOOKED_START
from domain.blocks.visit_moving import PREFERENCES
from domain.blocks.visits import VISIT_START
from domain.blocks.wanted_time import requested_start
from domain.engine.step_preview import find_obstacle
from domain.fields.types import format_number
from domain.language.service import Transition
from domain.language.wording import day_and_hour_text
from domain.requests.request import ServiceRequest
from domain.values import tracking_codes
from domain.values.calendar import MomentSpan, day_bounds, to_tehran
from domain.values.errors import DomainError

_ONE_DAY, _ONE_HOUR, _ONE_MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)

SEARCHED_DAYS = 14
"""Days on from the one that is shown in which the next hour that can be chosen is looked for."""


@dataclass(frozen=True, slots=True)
class HourChoice:
    """A request whose step is to get its hour in a calendar."""

    request: ServiceRequest
    """Request whose hour it is."""
    step: Transition
    """The step."""
    board: CalendarBoard
    """The calendar."""
    line_groups: frozenset[str] | None
    """Machine types, or the officer, among which the line is chosen; None: all lines."""
    obstacle: DomainError | None
    """Reason why the step would be refused at any hour; None where it would not be."""
    hours: ChoosableHours
    """The hours of the period that was looked up."""

    @property
    def duration(self) -> timedelta:
        """Time for which a line must be free."""
        return self.hours.duration

    @property
    def present_start(self) -> datetime | None:
        """Present booking; None where it is not."""
        return find_present_start(self.request)

    @property
    def wanted_starts(self) -> Sequence[datetime]:
        """Times that the citizen would like, in UTC; empty where nothing was said of that."""
        return list_wanted_starts(self.request)

    def select_rows(self, rows: Iterable[CalendarRow]) -> list[CalendarRow]:
        """Return the lines among which one is chosen, and those that drive them."""
        return [row for row in rows if self.line_groups is None or row.concerns_groups(self.line_groups)]

    def find_address(self, row: CalendarRow, starts_at: datetime) -> str | None:
        """Return the request's page with this hour in its step's form; None for an hour at which the step would be
        refused.
        """
        if row.driven_types is not None or row.unavailable or self.obstacle:
            return None
        inputs = self.hours.find_inputs(row.input_value, starts_at)
        if inputs is None:
            return None
        address_values = {"step": self.step.name, self.board.start_input: day_and_hour_text(starts_at), **inputs}
        return f"/staff/requests/{self.request.code}?{urlencode(address_values, doseq=True)}#step-{self.step.name}"

    def list_drivers(self, starts_at: datetime) -> Sequence[str]:
        """Return the names of those who are free to drive from then on."""
        return self.hours.list_drivers(starts_at)

    def find_first_address(self, rows: Iterable[CalendarRow], starts_at: datetime) -> str | None:
        """Return where choosing an hour leads in the first line in which it can be chosen; None where it cannot."""
        return next(filter(None, (self.find_address(row, starts_at) for row in rows)), None)

    def has_hours(self, row: CalendarRow, day: date) -> bool:
        """Return whether any hour of a day can be chosen in a line."""
        return any(self.find_address(row, starts_at) for starts_at in list_half_hours(day_bounds(day)))


@dataclass(frozen=True, slots=True)
class ChosenStep:
    """The step that the address of a calendar names, before its hours are looked up."""

    request: ServiceRequest
    """Request whose hour it is."""
    step: Transition
    """The step."""


async def find_chosen_step(
    context: ActionContext, board: CalendarBoard, request: web.Request, visitor: Visitor
) -> ChosenStep | None:
    """Return the step that is to get its hour here; None where there is none that this visitor may take."""
    code = request.query.get("for")
    if not code:
        return None
    service_request = await find_readable_request(context.acting_as(visitor.actor), tracking_codes.parse_code(code))
    steps = context.dependencies.engine.list_offered_actions(service_request, visitor.actor)
    step = next((entry for entry in steps if entry.name == request.query.get("step")), None)
    if step is None or not board.needed_inputs <= {entry.name for entry in step.inputs}:
        return None
    return ChosenStep(service_request, step)


async def load_hour_choice(
    context: ActionContext, board: CalendarBoard, chosen: ChosenStep, visitor: Visitor, period: MomentSpan
) -> HourChoice | None:
    """Return what is offered in a period for a step; None where it books nothing at an hour."""
    request, step = chosen.request, chosen.step
    hours = await load_choosable_hours(context, request, step, period)
    if hours is None:
        return None
    obstacle = await find_obstacle(context.dependencies.engine, context.uow, request, step.name, visitor.actor)
    return HourChoice(request, step, board, _find_line_groups(request, step, visitor), obstacle, hours)


def _find_line_groups(request: ServiceRequest, step: Transition, visitor: Visitor) -> frozenset[str] | None:
    """Return among which lines one is chosen: machines of the types that are wanted; all officers, or who acts."""
    input_names = {entry.name for entry in step.inputs}
    if "machine" in input_names:
        return frozenset(item["machine"] for item in request.fields["items"])
    return None if "officer" in input_names else frozenset({visitor.actor.identifier})


def find_present_start(request: ServiceRequest) -> datetime | None:
    """Return for when work or a visit is booked."""
    return BOOKED_START.find(request) or VISIT_START.find(request)


def list_wanted_starts(request: ServiceRequest) -> Sequence[datetime]:
    """Return when the citizen would like it."""
    return [requested_start(request)] if "start" in request.fields else PREFERENCES.find(request) or []


def find_opening_moment(request: ServiceRequest) -> datetime | None:
    """Return the moment in Tehran at which a calendar opens for a request: what is booked, or what was wished for."""
    moment = find_present_start(request) or next(iter(list_wanted_starts(request)), None)
    return to_tehran(moment) if moment else None


async def look_elsewhere(context: ActionContext, hour_choice: HourChoice, period: MomentSpan) -> HourChoice:
    """Return what is offered for the same step in another period."""
    hours = await load_choosable_hours(context, hour_choice.request, hour_choice.step, period)
    return replace(hour_choice, hours=hours or hour_choice.hours)


async def find_next_day(
    context: ActionContext, hour_choice: HourChoice, rows: Sequence[CalendarRow], after: date
) -> date | None:
    """Return the first day after one on which an hour can be chosen; None where none is near."""
    days = [after + number * _ONE_DAY for number in range(1, SEARCHED_DAYS + 1)]
    later_choice = await look_elsewhere(context, hour_choice, (day_bounds(days[0])[0], day_bounds(days[-1])[1]))
    return next((day for day in days if any(later_choice.has_hours(row, day) for row in rows)), None)


def describe_duration(dependencies: Dependencies, duration: timedelta) -> str:
    """Return how long work or a visit takes, in hours or, where these are none, in minutes."""
    is_whole = duration % (_ONE_HOUR / 2) == timedelta()
    number = duration / (_ONE_HOUR if is_whole else _ONE_MINUTE)
    unit = "hours" if is_whole else "minutes"
    return dependencies.catalogue.render(f"admin.calendar.{unit}", {"number": format_number(number)})
