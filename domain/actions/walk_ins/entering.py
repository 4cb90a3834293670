"""The citizen at the desk: staff enter the request with the whole form."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from domain.actions.context import ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.form_keys import KeyedForm, do_once
from domain.actions.requests.submit import submit_for_person
from domain.actions.walk_ins.known_citizen import find_citizen
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.engine.engine import StepOutcome
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.tracking_codes import parse_code

WALK_IN_CHANNEL = "walk_in"
"""The channel of what is entered at the desk: nothing of a form is deferred there."""

FORM_MEMORY = timedelta(days=1)
"""Time for which a form that made a request is known again."""


async def enter_walk_in(
    context: ActorContext, service: str, submitted: Mapping[str, object], mobile: str | None
) -> StepOutcome:
    """Store a walk-in citizen's request, filled in from what whoever enters it may know of the citizen; the receipt is
    a text. `Forbidden`, and the errors of `submit_for_person`.
    """
    walk_in_actor = replace(require_right(Right.REQUESTS_ENTER, context.actor, "service"), channel=WALK_IN_CHANNEL)
    known_person = (await find_citizen(context, mobile)).person if mobile else None
    return await submit_for_person(
        context.acting_as(walk_in_actor), service, submitted, mobile=mobile, known_person=known_person
    )


async def enter_walk_in_once(
    context: ActorContext, service: str, submitted: Mapping[str, object], mobile: str, form_key: str
) -> ServiceRequest:
    """Enter a request by a form that bears a random key of its own, and notify the citizen; return it.

    The same form again, by a second click or a reload, makes nothing and gives the request that it made.
    `DuplicateRequest` when something else was entered under that key; the errors of `enter_walk_in`.
    """
    form = KeyedForm(form_key, WALK_IN_CHANNEL, [service, submitted, mobile], FORM_MEMORY)

    async def enter(uow: UnitOfWork) -> str:
        actor_context = ActorContext(context.dependencies, uow, context.actor)
        outcome = await enter_walk_in(actor_context, service, submitted, mobile)
        await announce_outcome(actor_context, outcome)
        return outcome.request.code

    entered_code = await do_once(context, form, enter)
    return await context.uow.requests.get_by_code(parse_code(entered_code))
