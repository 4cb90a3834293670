"""The two calendars, of the fleet and of visits, and the steps whose hour may be chosen in them."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from channels.admin.frame import Visitor
from domain.authorization.rights import Right
from domain.fleet.resources import ResourceKind
from domain.language.service import Transition
from domain.requests.request import ServiceRequest
from domain.values.calendar import to_tehran


@dataclass(frozen=True, slots=True)
class CalendarBoard:
    """A calendar of the staff's site. The step of a request may be given its hour here."""

    path: str
    """Its address."""
    right: Right
    """Right needed to see it."""
    title_key: str
    """The key of its name."""
    resource_kinds: tuple[ResourceKind, ...]
    """Kinds of resources on its lines."""
    needed_inputs: frozenset[str]
    """A step that has all of these inputs may be given its hour here."""
    start_input: str
    """The step's input that takes the hour."""


FLEET = CalendarBoard(
    "/staff/fleet",
    Right.FLEET_VIEW,
    "admin.sections.fleet",
    (ResourceKind.MACHINE, ResourceKind.OPERATOR),
    frozenset({"machine", "start"}),
    start_input="start",
)
VISITS = CalendarBoard(
    "/staff/visits",
    Right.VISITS_VIEW,
    "admin.sections.visits",
    (ResourceKind.OFFICER,),
    frozenset({"visit"}),
    start_input="visit",
)
CALENDAR_BOARDS = (FLEET, VISITS)


def find_day_address(moment: datetime, visitor: Visitor) -> str | None:
    """Return the address of the fleet's calendar at the day of a moment; None for who may not see it."""
    day = to_tehran(moment).date().isoformat()
    return f"{FLEET.path}?{urlencode({'day': day})}" if visitor.may(FLEET.right) else None


def find_calendar_address(request: ServiceRequest, step: Transition, visitor: Visitor) -> str | None:
    """Return the address of the calendar in which the hour of a step may be chosen; None where there is none."""
    input_names = {entry.name for entry in step.inputs}
    matching_board = next(
        (entry for entry in CALENDAR_BOARDS if entry.needed_inputs <= input_names and visitor.may(entry.right)), None
    )
    return f"{matching_board.path}?{urlencode({'for': request.code, 'step': step.name})}" if matching_board else None
