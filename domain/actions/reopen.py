"""A finished request stays finished: taking it up again makes a new one, linked to it, of the same citizen and form."""

from dataclasses import dataclass

from domain import tracking
from domain.actions.act import own_or_not_found
from domain.actions.desk import Desk
from domain.actions.notify import queue
from domain.engine import Outcome, Told
from domain.errors import AlreadyDone, Forbidden, MissingField, NotAllowedNow
from domain.lifecycle import Notice, Service
from domain.messages import Message
from domain.outgoing import MessageClass
from domain.people import Actor, Role
from domain.ports import UnitOfWork
from domain.requests import ServiceRequest
from domain.text import shown

REOPENED_AS = "reopened_as"
"""Where a finished request keeps the code of the one that takes it up again."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """The new request, and what its citizen is told: queued already when staff reopened, else the direct reply."""

    outcome: Outcome
    message: Message


async def reopen(desk: Desk, uow: UnitOfWork, code: str, reason: str, actor: Actor) -> Reopened:
    """Take up a finished request again, once. The caller announces the outcome.

    Managers and the units of its service may do so, and its citizen after a low rating. Errors: `NotFound`,
    `Forbidden`, `MissingField("reason")`, `NotAllowedNow` (not finished, not rated low, personal data erased),
    `AlreadyDone`, and what forbids such a request to be made today.
    """
    old = await uow.requests.by_code(tracking.parse(code), lock=True)
    service = desk.engine.service(old.service)
    actor = await _may(desk, uow, old, service, actor)
    if not shown(reason):
        raise MissingField("reason")
    if not old.phase.final or old.erased_at:
        raise NotAllowedNow("code", detail="erased" if old.erased_at else "not_finished")
    if REOPENED_AS in old.data:
        raise AlreadyDone("code", detail="reopened")
    values = {name: value for name, value in old.fields.items() if service.field(name)}
    outcome = await desk.engine.submit(uow, service, values, actor, old.mobile, (old, shown(reason)))
    old.data[REOPENED_AS] = outcome.request.code
    await desk.engine.note(uow, old, "reopen", actor, {"reason": shown(reason), REOPENED_AS: outcome.request.code})
    outcome.told = [one for one in outcome.told if not _is_receipt(one)]
    return Reopened(outcome, await _tell(desk, uow, old, outcome.request, actor))


async def _may(desk: Desk, uow: UnitOfWork, old: ServiceRequest, service: Service, actor: Actor) -> Actor:
    own_or_not_found(old, actor)
    if actor.kind == "citizen":
        rating = await uow.feedback.rating_of(old.id)
        if rating is None or rating.score > desk.policy.low_rating:
            raise NotAllowedNow("code", detail="rated_low_only")
        return actor
    roles = service.units | {Role.MANAGER}
    if not actor.role_names & roles:
        raise Forbidden("code")
    return actor.acting_by(roles, old.assignee)


def _is_receipt(told: Told) -> bool:
    return told.notice == Notice("submit")


async def _tell(desk: Desk, uow: UnitOfWork, old: ServiceRequest, new: ServiceRequest, actor: Actor) -> Message:
    facts = desk.wording.facts(new, {"old": old.code})
    message = desk.catalogue.message("sms.reopened", facts, MessageClass.NOTICE)
    if new.mobile and actor.kind != "citizen":
        await queue(desk, uow, new.mobile, message, new.id)
    return message
