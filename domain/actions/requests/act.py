"""Taking a transition of a request, by staff, clerk or the citizen whose request it is."""

from collections.abc import Mapping

from domain.actions.desk import Desk
from domain.engine import step_preview
from domain.engine.engine import Outcome
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Actor
from domain.values.errors import Conflict, NotFound
from domain.values.text import grouped
from domain.values.version_token import VersionToken, refuse_stale


async def act(
    desk: Desk,
    uow: UnitOfWork,
    code: str,
    action: str,
    inputs: Mapping[str, object],
    actor: Actor,
    version: VersionToken | None = None,
    told: int | None = None,
) -> Outcome:
    """Take `action` on the request with that tracking code. The caller announces the outcome.

    A citizen acts on own requests only, a clerk on those of the own office: another's code is `NotFound("code")`, as if
    it did not exist. `version` is that of the request as its page showed it: `Conflict` when somebody changed it
    since. `told` is what its page said that the tariff asks, in rials: `Conflict` when it asks something else by now.
    Other errors: those of `Engine.act`.
    """
    request = await locked(uow, code, version)
    if actor.kind != "citizen" or request.awaits != actor.ident:
        own_or_not_found(request, actor)
    if told is not None:
        await _refuse_repriced(desk, uow, request, action, actor, told)
    return await desk.engine.act(uow, request, action, inputs, actor)


async def _refuse_repriced(
    desk: Desk, uow: UnitOfWork, request: ServiceRequest, action: str, actor: Actor, told: int
) -> None:
    for step in desk.engine.service(request.service).named(action):
        asked = await step_preview.quoted(desk.engine, uow, request, step, actor)
        if asked is not None and asked.total != told:
            raise Conflict("amount", detail="price_moved", amount=grouped(asked.total))


async def locked(uow: UnitOfWork, code: str, version: VersionToken | None = None) -> ServiceRequest:
    """Return the request with that tracking code, with other writers kept off until the unit ends.

    `CodeMistyped`, `NotFound("code")`; `Conflict("code")` when it is not at the version that somebody looked at.
    """
    request = await uow.requests.by_code(tracking_codes.parse(code), lock=True)
    refuse_stale(version, request.version_token, Conflict("code", detail="moved_on"))
    return request


def own_or_not_found(request: ServiceRequest, actor: Actor) -> None:
    """Refuse a citizen somebody else's request, and a clerk another office's, without telling that it exists.

    What others may do is a matter of their roles.
    """
    foreign = {
        "citizen": request.mobile != actor.ident,
        "clerk": actor.office is None or request.office != actor.office,
    }
    if foreign.get(actor.kind, False):
        raise NotFound("code")
