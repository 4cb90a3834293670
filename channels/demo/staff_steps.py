"""Behind the desk: for each request of the phone's citizen, which command takes the next step.

The commands follow from the declarations, so they are right for every service. In the demonstration a staff member's
user name is the name of the role.
"""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from domain.actions.desk import Desk
from domain.bills.bill import Bill, BillState
from domain.blocks.charging import bills_of
from domain.engine import step_preview
from domain.language.service import Service, Transition
from domain.requests.request import Phase, RequestFilter, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import STAFF_ROLES, SYSTEM, Role

SHOWN = 5
"""How many requests are shown, newest first."""

_GIVING_UP = frozenset({Phase.DECLINED, Phase.CANCELLED})
_TEXTS = "web.phone.desk"


@dataclass(frozen=True, slots=True)
class StaffStep:
    """A step that staff may take: what it is and who takes it, and the shell command."""

    label: str
    command: str


@dataclass(frozen=True, slots=True)
class RequestCard:
    """A request with what can be done about it now.

    `turn` is the key of the text that says whose turn it is: staff's (`step`) or the citizen's (`reply`, a text to
    send); `others` are the other steps that staff could take.
    """

    code: str
    service: str
    state: str
    phase: Phase
    turn: str
    step: StaffStep | None
    reply: str | None
    others: tuple[StaffStep, ...]


async def request_cards(desk: Desk, uow: UnitOfWork, mobile: str) -> list[RequestCard]:
    """Return the newest requests of a mobile (+989…)."""
    found = await uow.requests.find(RequestFilter(mobile=mobile, limit=SHOWN))
    return [await _card(desk, uow, request) for request in found]


async def _card(desk: Desk, uow: UnitOfWork, request: ServiceRequest) -> RequestCard:
    bills = await bills_of(uow, request)
    possible = {
        one.name: one
        for one in desk.engine.actions(request, STAFF_ROLES)
        if await step_preview.obstacle(desk.engine, uow, request, one.name, SYSTEM) is None
    }
    steps = {name: _step(desk, request, one) for name, one in possible.items()}
    due = [bill for bill in bills if bill.state is BillState.OPEN]
    turn, step, reply = "waiting", None, None
    if request.phase is Phase.NEEDS_PAYMENT and due:
        turn, step = "next", payment_step(desk, due[-1])
    elif request.phase is Phase.NEEDS_CITIZEN:
        turn, reply = "citizen", desk.catalogue.render(f"{_TEXTS}.replies.answer", {"code": request.code})
    elif request.phase.final:
        turn = "over"
    elif onward := _onward(desk.engine.service(request.service), request, possible.values()):
        turn, step = "next", steps.pop(onward.name)
    return RequestCard(
        tracking_codes.shown(request.code),
        desk.wording.service(request.service),
        desk.wording.state(request),
        request.phase,
        f"{_TEXTS}.{turn}",
        step,
        reply,
        tuple(steps.values()),
    )


def _onward(service: Service, request: ServiceRequest, steps: Iterable[Transition]) -> Transition | None:
    """Return the step that brings the request nearer to its end: neither giving up nor staying where it is."""
    ways = (one for one in steps if service.state(one.target).phase not in _GIVING_UP)
    return next((one for one in ways if one.target != request.state), None)


def _step(desk: Desk, request: ServiceRequest, step: Transition) -> StaffStep:
    role = _who(desk, request, step)
    command = f"pishkhan request act {request.code} {step.name} --as {role}"
    for field in step.inputs:
        if field.required or (field.applies and field.applies(request, desk.clock.now())):
            command += f" --set {field.name}={shlex.quote(_sample(desk, field.name))}"
    action = desk.catalogue.text(f"services.{request.service}.actions.{step.name}")
    return StaffStep(_label(desk, action, role), command)


def payment_step(desk: Desk, bill: Bill) -> StaffStep:
    """Return how a bank slip over the whole bill is recorded."""
    slip = f"--reference slip-{bill.file_number} --as {Role.REVENUE}"
    command = f"pishkhan payment record {bill.bill_id} {bill.payment_id} {bill.amount} {slip}"
    return StaffStep(_label(desk, desk.catalogue.text(f"{_TEXTS}.pay"), Role.REVENUE), command)


def _label(desk: Desk, action: str, role: Role) -> str:
    return desk.catalogue.render(f"{_TEXTS}.step", {"action": action, "role": desk.catalogue.text(f"roles.{role}")})


def _who(desk: Desk, request: ServiceRequest, step: Transition) -> Role:
    """Return the role that would take the step: the unit in whose queue the request stands, if it may."""
    unit = desk.engine.service(request.service).state(request.state).unit
    return unit if unit in step.roles else min(step.roles & STAFF_ROLES)


def _sample(desk: Desk, name: str) -> str:
    key = f"{_TEXTS}.values.{name}"
    return desk.catalogue.text(key) if key in desk.catalogue else "…"
