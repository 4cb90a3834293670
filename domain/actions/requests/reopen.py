"""A finished request stays finished: taking it up again makes a new one, linked to it, of the same citizen and form.

The papers of the old one are those of the new one too.
"""

from dataclasses import dataclass, replace

from domain.actions.desk import Desk
from domain.actions.messages.notify import queue
from domain.actions.requests.act import own_or_not_found
from domain.blocks.papers_pending import lacking_of
from domain.engine.engine import DueNotice, Outcome
from domain.language.service import Context, Notice, Service
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Actor, Role
from domain.values.errors import AlreadyDone, DomainError, Forbidden, MissingField, NotAllowedNow
from domain.values.text import shown

REOPENED_AS = "reopened_as"
"""Where a finished request keeps the code of the one that takes it up again."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """The new request, and what its citizen is told: queued already when staff reopened, else the direct reply."""

    outcome: Outcome
    message: RenderedMessage


async def reopen(desk: Desk, uow: UnitOfWork, code: str, reason: str, actor: Actor) -> Reopened:
    """Take up a finished request again, once. The caller announces the outcome.

    Managers and the units of its service may do so, and its citizen after a low rating. Errors: `NotFound`,
    `Forbidden`, `MissingField("reason")`, `NotAllowedNow` (not finished, not rated low, personal data erased, or what
    the service says: `Service.may_reopen`), `AlreadyDone`, and what forbids such a request to be made today.
    """
    old = await uow.requests.by_code(tracking_codes.parse(code), lock=True)
    service = desk.engine.service(old.service)
    actor = await _may(desk, uow, old, service, actor)
    if not shown(reason):
        raise MissingField("reason")
    if not old.phase.final or old.erased_at:
        raise NotAllowedNow("code", detail="erased" if old.erased_at else "not_finished")
    if REOPENED_AS in old.data:
        raise AlreadyDone("code", detail="reopened")
    if refusal := await _refusal(desk, uow, old, actor):
        raise refusal
    values = {name: value for name, value in old.fields.items() if service.field(name)}
    outcome = await desk.engine.submit(uow, service, values, actor, old.mobile, (old, shown(reason)))
    await _carry_papers(desk, uow, old, outcome.request, actor)
    old.data[REOPENED_AS] = outcome.request.code
    await desk.engine.note(uow, old, "reopen", actor, {"reason": shown(reason), REOPENED_AS: outcome.request.code})
    outcome.told = [one for one in outcome.told if not _is_receipt(one)]
    return Reopened(outcome, await _tell(desk, uow, old, outcome.request, actor))


async def can_reopen(desk: Desk, uow: UnitOfWork, old: ServiceRequest, actor: Actor) -> bool:
    """Tell whether a finished request could be taken up again now: what is offered must be kept."""
    return REOPENED_AS not in old.data and await _refusal(desk, uow, old, actor) is None


async def may_take_up(desk: Desk, uow: UnitOfWork, old: ServiceRequest, actor: Actor) -> bool:
    """Tell whether this member of the staff could take up a request again now."""
    if not old.phase.final or old.erased_at or not actor.role_names & _takers(desk.engine.service(old.service)):
        return False
    return await can_reopen(desk, uow, old, actor)


async def _refusal(desk: Desk, uow: UnitOfWork, old: ServiceRequest, actor: Actor) -> DomainError | None:
    guard, engine = desk.engine.service(old.service).may_reopen, desk.engine
    ctx = Context(uow, old, {}, actor, desk.clock.now(), engine.policy, engine.calendar, engine.ids)
    return None if guard is None or await guard.holds(ctx) else guard.refusal(ctx)


async def _carry_papers(desk: Desk, uow: UnitOfWork, old: ServiceRequest, new: ServiceRequest, actor: Actor) -> None:
    """Give the new request the files of the old one, so that nobody is asked for them again."""
    carried = await uow.documents.of_request(old.id)
    for one in carried:
        content = await uow.documents.content(one.sha256)
        await uow.documents.add(replace(one, id=desk.ids.new_id(), request_id=new.id), content)
    if carried:
        new.lacks_papers = bool(await lacking_of(uow, desk.engine.service(new.service).documents, new))
        names = [{"field": one.field, "name": one.name, "sha256": one.sha256} for one in carried]
        await desk.engine.note(uow, new, "carry_papers", actor, {"of": old.code, "documents": names})


async def _may(desk: Desk, uow: UnitOfWork, old: ServiceRequest, service: Service, actor: Actor) -> Actor:
    own_or_not_found(old, actor)
    if actor.kind == "citizen":
        rating = await uow.feedback.rating_of(old.id)
        if rating is None or rating.score > desk.policy.low_rating:
            raise NotAllowedNow("code", detail="rated_low_only")
        return actor
    roles = _takers(service)
    if not actor.role_names & roles:
        raise Forbidden("code")
    return actor.acting_by(roles, old.assignee)


def _takers(service: Service) -> frozenset[Role]:
    """Return the roles of the staff that may take up requests of a service again."""
    return service.units | {Role.MANAGER}


def _is_receipt(told: DueNotice) -> bool:
    return told.notice == Notice("submit")


async def _tell(desk: Desk, uow: UnitOfWork, old: ServiceRequest, new: ServiceRequest, actor: Actor) -> RenderedMessage:
    facts = desk.wording.facts(new, {"old": old.code})
    message = desk.catalogue.message("sms.reopened", facts, MessageClass.NOTICE)
    if new.mobile and actor.kind != "citizen":
        await queue(desk, uow, new.mobile, message, new.id)
    return message
