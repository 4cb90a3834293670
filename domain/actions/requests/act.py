"""Taking a transition of a request, by staff, clerk or the citizen whose request it is."""

from collections.abc import Mapping

from domain.actions.context import ActorContext
from domain.authorization.request_policy import list_step_refusals, refuse_unconcerned
from domain.engine import step_preview
from domain.engine.engine import StepOutcome
from domain.requests.ports import RequestRepository
from domain.requests.request import ServiceRequest
from domain.values.errors import Conflict
from domain.values.reasons import ConflictReason
from domain.values.text import group_digits
from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken, refuse_stale


async def act_on_request(
    context: ActorContext,
    code: TrackingCode,
    action: str,
    inputs: Mapping[str, object],
    version: VersionToken | None = None,
    shown_price: int | None = None,
) -> StepOutcome:
    """Take `action` on the request with that tracking code. The caller announces the outcome.

    A citizen acts on own requests only, a clerk on those of the own office: another's code is `NotFound("code")`, as if
    it did not exist. `version` is that of the request as its page showed it: `Conflict` when somebody changed it since.
    `shown_price` is what its page said that the tariff asks, in rials: `Conflict` when it asks something else by now.
    Other errors: those of `Engine.take_step`.
    """
    request = await lock_request(context.uow.requests, code)
    return await act_on_locked_request(context, request, action, inputs, version=version, shown_price=shown_price)


async def act_on_locked_request(
    context: ActorContext,
    request: ServiceRequest,
    action: str,
    inputs: Mapping[str, object],
    version: VersionToken | None = None,
    shown_price: int | None = None,
) -> StepOutcome:
    """Take `action` on a request whose row this unit has locked, as `act_on_request` does."""
    engine = context.dependencies.engine
    refuse_unconcerned(request, context.actor)
    named_steps = engine.list_named_steps(request, action)
    refusals = list_step_refusals(named_steps, request, context.actor, inputs)
    refuse_stale(version, request.version_token, Conflict("code", ConflictReason.MOVED_ON))
    if shown_price is not None:
        await _refuse_changed_price(context, request, action, shown_price)
    return await engine.take_step(context.uow, request, action, inputs, context.actor, refusals)


async def _refuse_changed_price(context: ActorContext, request: ServiceRequest, action: str, shown_price: int) -> None:
    for step in context.dependencies.engine.get_service(request.service).steps_named(action):
        step_quote = await step_preview.preview_quote(
            context.dependencies.engine, context.uow, request, step, context.actor
        )
        if step_quote is not None and step_quote.total != shown_price:
            raise Conflict("amount", ConflictReason.PRICE_MOVED, amount=group_digits(step_quote.total))


async def lock_request(
    requests: RequestRepository, code: TrackingCode, version: VersionToken | None = None
) -> ServiceRequest:
    """Return the request with that tracking code, with other writers kept off until the unit ends.

    `NotFound("code")`; `Conflict("code")` when it is not at the version that somebody looked at.
    """
    request = await requests.get_by_code(code, lock=True)
    refuse_stale(version, request.version_token, Conflict("code", ConflictReason.MOVED_ON))
    return request
