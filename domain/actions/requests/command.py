"""The citizen's commands (cancel, reply, confirm, deny) as steps of a request, whatever its service calls them."""

from collections.abc import Mapping

from domain.actions.context import ActorContext
from domain.actions.requests.act import act_on_locked_request, lock_request
from domain.authorization.request_policy import awaits_answer_of, is_foreign_request, keeps_mobile_for
from domain.engine.engine import StepOutcome
from domain.language.awaited import ASKED_MOBILE
from domain.language.service import Command, Transition
from domain.repositories import RequestRepositories
from domain.requests.request import ServiceRequest
from domain.values.errors import AlreadyDone, DomainError, NotAllowedNow, NotFound
from domain.values.reasons import AlreadyDoneReason, NotAllowedReason
from domain.values.tracking_codes import TrackingCode

AWAITED_COMMANDS = frozenset({Command.CONFIRM, Command.DENY})
"""Commands of the person whose answer a request awaits."""


async def take_command(
    context: ActorContext, code: TrackingCode, citizen_command: Command, inputs: Mapping[str, object]
) -> StepOutcome:
    """Take the step that the request's service calls by this command, out of its present state if there is one.

    The caller announces the outcome. Errors: those of `act_on_request`, `NotAllowedNow` where the service has no such
    step, and `AlreadyDone` for a second answer to what was asked.
    """
    return await take_command_on(context, await lock_request(context.uow.requests, code), citizen_command, inputs)


async def take_command_on(
    context: ActorContext, request: ServiceRequest, citizen_command: Command, inputs: Mapping[str, object]
) -> StepOutcome:
    """Take a command of a request whose row this unit has locked, as `take_command` does."""
    command_steps = context.dependencies.engine.get_service(request.service).command_steps(citizen_command)
    possible_steps = [step for step in command_steps if request.state in step.source_states]
    if not command_steps or (citizen_command in AWAITED_COMMANDS and not awaits_answer_of(request, context.actor)):
        raise await _explain_refusal(context, request, citizen_command)
    return await _take_step(context, request, (possible_steps or list(command_steps))[0], inputs)


async def _take_step(
    context: ActorContext, request: ServiceRequest, step: Transition, inputs: Mapping[str, object]
) -> StepOutcome:
    """Take a step of an own request, or of one that somebody else made for this citizen."""
    if keeps_mobile_for(step, request, context.actor):
        return await context.dependencies.engine.take_step(context.uow, request, step.name, inputs, context.actor)
    return await act_on_locked_request(context, request, step.name, inputs)


async def _explain_refusal(
    context: ActorContext[RequestRepositories], request: ServiceRequest, citizen_command: Command
) -> DomainError:
    """Return why a command is refused: another's request is not there, an answer was given, or none is awaited."""
    if (
        citizen_command in AWAITED_COMMANDS
        and context.actor.kind == "citizen"
        and ASKED_MOBILE.find(request) == context.actor.identifier
    ):
        answer_steps = {
            step.name
            for step in context.dependencies.engine.get_service(request.service).transitions
            if step.awaited_may_take
        }
        if any(event.event in answer_steps for event in await context.uow.history.list_of_request(request.id)):
            return AlreadyDone("code", AlreadyDoneReason.ANSWERED)
        return NotAllowedNow("code", NotAllowedReason.NO_CONSENT)
    if is_foreign_request(request, context.actor) and not awaits_answer_of(request, context.actor):
        return NotFound("code")
    return NotAllowedNow("code", NotAllowedReason.NO_CONSENT if citizen_command in AWAITED_COMMANDS else None)
