"""What a step would do if it were taken now: the price it would ask, and why it would be refused whatever is typed.

Nothing is kept: guards and effects that quote are asked about a copy of the request.
"""

from copy import deepcopy

from domain.engine.engine import Engine, pass_guards
from domain.language.service import Context, Transition
from domain.requests.request import ServiceRequest
from domain.tariffs.tariff import Quote
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DomainError, InvalidField, MissingField, Unavailable


async def obstacle(
    engine: Engine, uow: UnitOfWork, request: ServiceRequest, action: str, actor: Actor
) -> DomainError | None:
    """Return why this step would be refused now whatever was typed into it; None where it may be taken.

    Only guards that are `foreseeable` are asked, and whether there is a price at all for a step that quotes one. Of
    several transitions of that name each must be refused.
    """
    refusals = []
    for step in engine.service(request.service).named(action):
        if request.state not in step.sources or step.trigger is not None:
            continue
        acting = actor.acting_by(step.roles, request.assignee)
        refused = await _refusal(step, engine.context(uow, deepcopy(request), {}, acting))
        if refused is None:
            return None
        refusals.append(refused)
    return next(iter(refusals), None)


async def quoted(
    engine: Engine, uow: UnitOfWork, request: ServiceRequest, step: Transition, actor: Actor
) -> Quote | None:
    """Return the quote that this step would make of the request; None where it makes none, or cannot yet (nothing has a
    price, an area is not known).
    """
    quoting, asked = [one for one in step.effects if one.quotes], deepcopy(request)
    ctx = engine.context(uow, asked, {}, actor)
    try:
        for one in quoting:
            await one.apply(ctx)
    except DomainError:
        return None
    return Quote.from_json(asked.data["quote"]) if quoting else None


async def _refusal(step: Transition, ctx: Context) -> DomainError | None:
    """Return why this step would be refused with any inputs. What an input could still mend is no reason."""
    try:
        await pass_guards([one for one in step.guards if one.foreseeable], ctx)
        for one in step.effects:
            if one.quotes:
                await one.apply(ctx)
    except (InvalidField, MissingField):
        return None
    except Unavailable:
        raise  # no refusal: the database is away
    except DomainError as error:
        return error
    return None
