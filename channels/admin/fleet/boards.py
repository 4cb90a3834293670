"""The two calendars, of the fleet and of visits, and the steps whose hour may be chosen in them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from channels.admin.frame import Visit
from domain.fleet.resources import ResourceKind
from domain.language.service import Transition
from domain.requests.request import ServiceRequest


@dataclass(frozen=True, slots=True)
class Board:
    """A calendar: its address, the right to see it, the key of its name, and who stands in its lines.

    A step with all inputs of `needs` may be given its hour here: `start` names the input of the hour, `who` that of the
    line.
    """

    path: str
    right: str
    title: str
    kinds: tuple[ResourceKind, ...]
    needs: frozenset[str]
    start: str
    who: str


FLEET = Board(
    "/staff/fleet",
    "fleet.view",
    "admin.sections.fleet",
    (ResourceKind.MACHINE, ResourceKind.OPERATOR),
    frozenset({"machine", "start"}),
    start="start",
    who="machine",
)
VISITS = Board(
    "/staff/visits",
    "visits.view",
    "admin.sections.visits",
    (ResourceKind.OFFICER,),
    frozenset({"visit"}),
    start="visit",
    who="officer",
)
BOARDS = (FLEET, VISITS)


def choosing_in(request: ServiceRequest, step: Transition, visit: Visit) -> str | None:
    """Return the address of the calendar in which the hour of a step may be chosen; None where there is none."""
    names = {one.name for one in step.inputs}
    found = next((one for one in BOARDS if one.needs <= names and visit.may(one.right)), None)
    return f"{found.path}?{urlencode({'for': request.code, 'step': step.name})}" if found else None
