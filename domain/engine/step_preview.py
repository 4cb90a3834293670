"""Preview of a step that is not taken yet: its price, and the reason of its refusal whatever is typed.

Nothing is kept: guards and effects that quote are asked about a copy of the request.
"""

from dataclasses import replace

from domain.authorization.request_policy import take_place_in_step
from domain.engine.engine import Engine
from domain.engine.step_admission import require_guards
from domain.fields.stored import list_stored
from domain.language.service import StepContext, Transition
from domain.language.stored_quote import QUOTE
from domain.requests.request import ServiceRequest
from domain.tariffs.tariff import Quote
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DomainError, InvalidField, MissingField, Unavailable


async def find_obstacle(
    engine: Engine, uow: UnitOfWork, request: ServiceRequest, action_name: str, actor: Actor
) -> DomainError | None:
    """Return why this step would be refused now whatever was typed into it; None where it may be taken.

    Only guards with `is_foreseeable` are asked, and whether there is a price at all for a step that quotes one. Of
    several transitions of that name each must be refused.
    """
    refusals = []
    for step in engine.get_service(request.service).steps_named(action_name):
        if request.state not in step.source_states or step.trigger is not None:
            continue
        acting_actor = take_place_in_step(step, request, actor)
        refusal = await _find_refusal(step, engine.build_context(uow, _copy_request(request), {}, acting_actor))
        if refusal is None:
            return None
        refusals.append(refusal)
    return next(iter(refusals), None)


async def preview_quote(
    engine: Engine, uow: UnitOfWork, request: ServiceRequest, step: Transition, actor: Actor
) -> Quote | None:
    """Return the quote that this step would make of the request; None where it makes none, or cannot yet: nothing has a
    price, an area is not known, another effect of the step has first to keep an input that the price depends on.
    """
    request_copy = _copy_request(request)
    try:
        has_quoted = await _apply_quoting_effects(step, engine.build_context(uow, request_copy, {}, actor))
    except DomainError:
        return None
    return QUOTE.read(request_copy) if has_quoted else None


def _copy_request(request: ServiceRequest) -> ServiceRequest:
    """Return a request that effects may change while the other stays: they put whole values in place of others."""
    return replace(request, fields=dict(request.fields), data=dict(list_stored(request)))


async def _apply_quoting_effects(step: Transition, context: StepContext) -> bool:
    """Have the step's effects quote; False where none does, or one reads what another one keeps first, of an input."""
    quoting_effects = [effect for effect in step.effects if effect.makes_quote]
    kept_by_step = {field.name for effect in step.effects for field in (*effect.stores, *effect.may_store)}
    try:
        for effect in quoting_effects:
            await effect.apply_effect(context)
    except KeyError as error:
        if error.args[0] in kept_by_step:
            return False
        raise
    return bool(quoting_effects)


async def _find_refusal(step: Transition, context: StepContext) -> DomainError | None:
    """Return why this step would be refused with any inputs. What an input could still mend is no reason."""
    try:
        await require_guards([effect for effect in step.guards if effect.is_foreseeable], context)
        await _apply_quoting_effects(step, context)
    except (InvalidField, MissingField):
        return None
    except Unavailable:
        raise  # no refusal: the database is away
    except DomainError as error:
        return error
    return None
