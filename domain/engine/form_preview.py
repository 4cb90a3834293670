"""Preview of a form that is not sent yet: the reason of its refusal, and its price by the tariff.

Nothing is kept. Without a proved mobile only those guards are asked that look at the form's values alone:
the others would reveal what registries know.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from domain.engine.engine import Engine
from domain.engine.step_admission import require_guards
from domain.engine.step_preview import preview_quote
from domain.language.form_guards import ValueRefusingGuard
from domain.language.service import Effect, Service
from domain.tariffs.tariff import Quote
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DomainError, Unavailable


async def find_form_refusal(
    engine: Engine, uow: UnitOfWork, service: Service, form_values: Mapping[str, Any], actor: Actor, mobile: str | None
) -> DomainError | None:
    """Return why a form without faults would be refused if it were sent now; None where it would not be."""
    if mobile is None:
        return next(iter(list_value_refusals(engine, uow, service, form_values, actor)), None)
    context = engine.build_context(uow, engine.build_request(service, dict(form_values), actor, mobile), {}, actor)
    try:
        await require_guards(service.submit_guards, context)
    except Unavailable:
        raise  # no refusal: the database is away
    except DomainError as error:
        return error
    return None


def list_value_refusals(
    engine: Engine, uow: UnitOfWork, service: Service, form_values: Mapping[str, Any], actor: Actor
) -> list[DomainError]:
    """Return why a form with these values would be refused whatever else is filled in, by every guard that can tell."""
    context = engine.build_context(uow, engine.build_request(service, dict(form_values), actor, None), {}, actor)
    guards = (guard for guard in service.submit_guards if isinstance(guard, ValueRefusingGuard))
    return [
        guard.build_refusal(context)
        for guard in guards
        if guard.refuses_values(form_values, context.now, context.policy)
    ]


async def estimate_price(
    engine: Engine, uow: UnitOfWork, service: Service, form_values: Mapping[str, Any], actor: Actor
) -> Quote | None:
    """Return what a form would cost by today's tariff, of which the values that can be read are given; None where the
    service has no price, or it depends on what nobody knows yet (machines that are still to be named, an area that is
    still to be measured).
    """
    request = engine.build_request(service, dict(form_values), actor, None)
    for step in service.transitions:
        quoting_effects = [effect for effect in step.effects if effect.makes_quote]
        is_known = all(_list_priced_fields(service, effect) <= form_values.keys() for effect in quoting_effects)
        if is_known and (quote := await preview_quote(engine, uow, request, step, actor)):
            return quote
    return None


def _list_priced_fields(service: Service, effect: Effect) -> AbstractSet[str]:
    """Return the fields that a quote is made from; where none are named, all that every form has."""
    return effect.relied_fields or {entry.name for entry in service.form if entry.required and not entry.alternatives}
