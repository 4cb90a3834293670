"""Behind the desk: for each request of the phone's citizen, which command takes the next step.

The commands follow from the declarations, so they are right for every service. In the demonstration a staff member's
user name is the name of the role.
"""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.authorization.request_policy import is_step_of_staff
from domain.bills.bill import Bill, BillState
from domain.blocks.charging import list_request_bills
from domain.engine import step_preview
from domain.language.service import Service, Transition
from domain.requests.request import Phase, RequestFilter, ServiceRequest
from domain.values import tracking_codes
from domain.values.actors import STAFF_ROLES, SYSTEM, Role

MAX_REQUESTS = 5
"""Number of requests shown, newest first."""

_GIVEN_UP_PHASES = frozenset({Phase.DECLINED, Phase.CANCELLED})
_TEXTS = "web.phone.desk"


@dataclass(frozen=True, slots=True)
class StaffStep:
    """A step that staff may take: what it is and who takes it, and the shell command."""

    label: str
    command: str


@dataclass(frozen=True, slots=True)
class RequestCard:
    """A request with what can be done about it now, in words."""

    code: str
    """Its tracking code as people read it."""
    service: str
    """Name of its service."""
    state: str
    """Name of its state."""
    phase: Phase
    """Its phase, as every channel shows it."""
    turn_key: str
    """The key of the text that says whose turn it is, or that it has ended."""
    next_step: StaffStep | None
    """The step that brings it nearer to its end; None where it is not the staff's turn."""
    reply_text: str | None
    """A text that the citizen may send; None where it is not their turn."""
    other_steps: tuple[StaffStep, ...]
    """The other steps that the staff could take."""


async def build_request_cards(context: ActionContext, mobile: str) -> list[RequestCard]:
    """Return the newest requests of a mobile (+989…)."""
    newest_requests = await context.uow.requests.list_requests(RequestFilter(mobile=mobile, limit=MAX_REQUESTS))
    return [await _build_card(context, request) for request in newest_requests]


async def _build_card(context: ActionContext, request: ServiceRequest) -> RequestCard:
    dependencies, engine = context.dependencies, context.dependencies.engine
    bills = await list_request_bills(context.uow.bills, request)
    possible_steps = {
        step.name: step
        for step in filter(is_step_of_staff, engine.list_actions(request))
        if await step_preview.find_obstacle(engine, context.uow, request, step.name, SYSTEM) is None
    }
    staff_steps = {name: _describe_step(dependencies, request, step) for name, step in possible_steps.items()}
    open_bills = [bill for bill in bills if bill.state is BillState.OPEN]
    turn, next_step, reply = "waiting", None, None
    if request.phase is Phase.NEEDS_PAYMENT and open_bills:
        turn, next_step = "next", build_payment_step(dependencies, open_bills[-1])
    elif request.phase is Phase.NEEDS_CITIZEN:
        turn, reply = "citizen", dependencies.catalogue.render(f"{_TEXTS}.replies.answer", {"code": request.code})
    elif request.phase.is_final:
        turn = "over"
    elif onward := _find_onward_step(engine.get_service(request.service), request, possible_steps.values()):
        turn, next_step = "next", staff_steps.pop(onward.name)
    return RequestCard(
        code=tracking_codes.display_code(request.code),
        service=dependencies.wording.service_title(request.service),
        state=dependencies.wording.state_title(request),
        phase=request.phase,
        turn_key=f"{_TEXTS}.{turn}",
        next_step=next_step,
        reply_text=reply,
        other_steps=tuple(staff_steps.values()),
    )


def _find_onward_step(
    service: Service, request: ServiceRequest, possible_steps: Iterable[Transition]
) -> Transition | None:
    """Return the step that brings the request nearer to its end: neither giving up nor staying where it is."""
    advancing_steps = (
        step for step in possible_steps if service.state_named(step.target_state).phase not in _GIVEN_UP_PHASES
    )
    return next((step for step in advancing_steps if step.target_state != request.state), None)


def _describe_step(dependencies: Dependencies, request: ServiceRequest, step: Transition) -> StaffStep:
    role = _choose_role(dependencies, request, step)
    command = f"pishkhan request act {request.code} {step.name} --as {role}"
    for input_field in step.inputs:
        if input_field.required or (
            input_field.applies_when and input_field.applies_when(request, dependencies.clock.now())
        ):
            command += f" --set {input_field.name}={shlex.quote(_sample_value(dependencies, input_field.name))}"
    action_title = dependencies.catalogue.text(f"services.{request.service}.actions.{step.name}")
    return StaffStep(_label_step(dependencies, action_title, role), command)


def build_payment_step(dependencies: Dependencies, bill: Bill) -> StaffStep:
    """Return how a bank slip over the whole bill is recorded."""
    slip_options = f"--reference slip-{bill.file_number} --as {Role.REVENUE}"
    command = f"pishkhan payment record {bill.bill_id} {bill.payment_id} {bill.amount} {slip_options}"
    return StaffStep(_label_step(dependencies, dependencies.catalogue.text(f"{_TEXTS}.pay"), Role.REVENUE), command)


def _label_step(dependencies: Dependencies, action_title: str, role: Role) -> str:
    return dependencies.catalogue.render(
        f"{_TEXTS}.step", {"action": action_title, "role": dependencies.catalogue.text(f"roles.{role}")}
    )


def _choose_role(dependencies: Dependencies, request: ServiceRequest, step: Transition) -> Role:
    """Return the role that would take the step: the unit in whose queue the request is, if it may."""
    unit = dependencies.engine.get_service(request.service).state_named(request.state).unit
    return unit if unit in step.roles else min(step.roles & STAFF_ROLES)


def _sample_value(dependencies: Dependencies, input_name: str) -> str:
    return dependencies.catalogue.first_text(f"{_TEXTS}.values.{input_name}", fallback="…")
