"""What would become of a form if it were sent now: why it would be refused, and what it would cost by the tariff.

Nothing is kept. Without a proved mobile only those guards are asked that look at the form's values alone:
the others would reveal what registries know.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.engine.engine import Engine
from domain.engine.step_admission import require_guards
from domain.engine.step_preview import preview_quote
from domain.language.form_guards import ValueRefusingGuard
from domain.language.service import Service
from domain.settings.policy import Policy
from domain.tariffs.tariff import Quote
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DomainError, Unavailable


async def find_form_refusal(
    engine: Engine, uow: UnitOfWork, service: Service, form_values: Mapping[str, Any], actor: Actor, mobile: str | None
) -> DomainError | None:
    """Return why a form without faults would be refused if it were sent now; None where it would not be."""
    context = engine.build_context(uow, engine.build_request(service, dict(form_values), actor, mobile), {}, actor)
    if mobile is None:
        refusing_guard = _find_refusing_guard(service, form_values, context.now, context.policy)
        return refusing_guard.build_refusal(context) if refusing_guard else None
    try:
        await require_guards(service.submit_guards, context)
    except Unavailable:
        raise  # no refusal: the database is away
    except DomainError as error:
        return error
    return None


def _find_refusing_guard(
    service: Service, form_values: Mapping[str, Any], now: datetime, policy: Policy
) -> ValueRefusingGuard | None:
    guards = (guard for guard in service.submit_guards if isinstance(guard, ValueRefusingGuard))
    return next((guard for guard in guards if guard.refuses_values(form_values, now, policy)), None)


async def estimate_price(
    engine: Engine, uow: UnitOfWork, service: Service, form_values: Mapping[str, Any], actor: Actor
) -> Quote | None:
    """Return what a form without faults would cost by today's tariff; None where the service has no price, or it
    depends on what nobody knows yet (an area that is still to be measured).
    """
    request = engine.build_request(service, dict(form_values), actor, None)
    for step in service.transitions:
        if quote := await preview_quote(engine, uow, request, step, actor):
            return quote
    return None
