"""A citizen's commands as forms of a page: which of them there are now, what giving up means for money, and taking each
once, however often its form is sent.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.act import lock_request
from domain.actions.requests.command import take_command_on
from domain.actions.requests.own_requests import find_concern
from domain.authorization.request_policy import offers_step
from domain.bills.bill import BillState
from domain.blocks.charging import list_request_bills
from domain.engine.engine import StepOutcome
from domain.engine.step_admission import choose_step
from domain.language.service import Command, Transition
from domain.repositories import RequestRepositories
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor
from domain.values.errors import AlreadyDone, Conflict, NotFound
from domain.values.reasons import AlreadyDoneReason, ConflictReason
from domain.values.text import tidy_text
from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken


@dataclass(frozen=True, slots=True)
class MoneyAtEnd:
    """Consequences for money of giving a request up, in rials."""

    refunded: int
    """Was paid and is given back."""
    forfeited: int
    """Was paid and is not given back."""
    unpaid: int
    """Is billed and need not be paid any more."""


def list_command_steps(
    dependencies: Dependencies, request: ServiceRequest, citizen_command: Command, actor: Actor
) -> list[Transition]:
    """Return the steps that a citizen's command could take now; none where it is not offered."""
    command_steps = dependencies.engine.get_service(request.service).command_steps(citizen_command)
    return [step for step in command_steps if request.state in step.source_states and offers_step(step, request, actor)]


async def preview_money_at_end(context: ActorContext, request: ServiceRequest, citizen_command: Command) -> MoneyAtEnd:
    """Return what a command that ends a request would mean for money; `NotAllowedNow` where there is no such step."""
    command_steps = list_command_steps(context.dependencies, request, citizen_command, context.actor)
    step_context = context.dependencies.engine.build_context(context.uow, deepcopy(request), {}, context.actor)
    chosen_step = await choose_step(command_steps, step_context) if command_steps else None
    effects = chosen_step.effects if chosen_step else ()
    bills = await list_request_bills(context.uow.bills, request)
    paid = sum(bill.amount for bill in bills if bill.state is BillState.PAID)
    unpaid = sum(bill.amount for bill in bills if bill.state.is_payable)
    gives_back = any(effect.refunds_payments for effect in effects)
    return MoneyAtEnd(
        refunded=paid if gives_back else 0,
        forfeited=0 if gives_back else paid,
        unpaid=unpaid if any(effect.voids_bills for effect in effects) else 0,
    )


async def take_shown_command(
    context: ActorContext,
    code: TrackingCode,
    citizen_command: Command,
    inputs: Mapping[str, object],
    version: VersionToken,
) -> StepOutcome:
    """Take a command from the page that showed the request at this version, and send its texts.

    The citizen's own copy goes to the mobile too: a page is gone with its window. Errors: those of `take_command`;
    `AlreadyDone("code")` where this very command was taken since by the same person, `Conflict("code")` where the
    request changed otherwise, `NotFound("code")` where it does not concern them.
    """
    request = await lock_request(context.uow.requests, code)
    await require_shown_version(context, (request, version), citizen_command, inputs)
    outcome = await take_command_on(context, request, citizen_command, inputs)
    return await announce_command(context, outcome)


async def require_shown_version(
    context: ActorContext[RequestRepositories],
    shown_request: tuple[ServiceRequest, VersionToken],
    citizen_command: Command,
    inputs: Mapping[str, object],
) -> None:
    """Refuse a command of a page that showed the (locked) request at another version; errors: `take_shown_command`."""
    request, version = shown_request
    if request.version_token == version:
        return
    if await _was_taken(context, request, citizen_command, inputs):
        raise AlreadyDone("code", AlreadyDoneReason.REPEATED_FORM)
    if find_concern(context.dependencies.services, request, context.actor.identifier) is None:
        raise NotFound("code")
    raise Conflict("code", ConflictReason.CHANGED_MEANWHILE)


async def announce_command(context: ActorContext, outcome: StepOutcome) -> StepOutcome:
    """Send the texts of a command that was taken on a page, the citizen's own copy too; return its outcome."""
    await announce_outcome(context, outcome, texts_actor=True)
    return outcome


async def _was_taken(
    context: ActorContext[RequestRepositories],
    request: ServiceRequest,
    citizen_command: Command,
    inputs: Mapping[str, object],
) -> bool:
    """Return whether this person took this command with these inputs before."""
    command_steps = context.dependencies.engine.get_service(request.service).command_steps(citizen_command)
    step_names = {step.name for step in command_steps}
    note = tidy_text(str(inputs.get("text", ""))) or None
    return any(
        (event.event, event.actor, event.note) == (step_name, context.actor.label, note)
        for event in await context.uow.history.list_of_request(request.id)
        for step_name in step_names
    )
