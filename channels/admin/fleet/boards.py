"""The two calendars, of the fleet and of visits, and the steps whose hour may be chosen in them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from channels.admin.frame import Visitor
from domain.fleet.resources import ResourceKind
from domain.language.service import Transition
from domain.requests.request import ServiceRequest


@dataclass(frozen=True, slots=True)
class CalendarBoard:
    """A calendar: its address, the right to see it, the key of its name, and who stands in its lines.

    A step with all inputs of `needed_inputs` may be given its hour here: `start_input` names the input of the hour,
    `line_input` that of the line.
    """

    path: str
    right: str
    title_key: str
    resource_kinds: tuple[ResourceKind, ...]
    needed_inputs: frozenset[str]
    start_input: str
    line_input: str


FLEET = CalendarBoard(
    "/staff/fleet",
    "fleet.view",
    "admin.sections.fleet",
    (ResourceKind.MACHINE, ResourceKind.OPERATOR),
    frozenset({"machine", "start"}),
    start_input="start",
    line_input="machine",
)
VISITS = CalendarBoard(
    "/staff/visits",
    "visits.view",
    "admin.sections.visits",
    (ResourceKind.OFFICER,),
    frozenset({"visit"}),
    start_input="visit",
    line_input="officer",
)
CALENDAR_BOARDS = (FLEET, VISITS)


def find_calendar_address(request: ServiceRequest, step: Transition, visitor: Visitor) -> str | None:
    """Return the address of the calendar in which the hour of a step may be chosen; None where there is none."""
    input_names = {entry.name for entry in step.inputs}
    matching_board = next(
        (entry for entry in CALENDAR_BOARDS if entry.needed_inputs <= input_names and visitor.may(entry.right)), None
    )
    return f"{matching_board.path}?{urlencode({'for': request.code, 'step': step.name})}" if matching_board else None
