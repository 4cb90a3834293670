"""The citizen's commands (cancel, reply, confirm, deny) as steps of a request, whatever its service calls them."""

from collections.abc import Mapping

from domain.actions.desk import Desk
from domain.actions.requests.act import act
from domain.engine.engine import Outcome
from domain.language.service import Command, Transition
from domain.requests.request import ASKED, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Actor
from domain.values.errors import AlreadyDone, DomainError, NotAllowedNow, NotFound

AWAITED = frozenset({Command.CONFIRM, Command.DENY})
"""Commands of the person whose answer a request awaits."""


async def command(
    desk: Desk, uow: UnitOfWork, code: str, word: Command, inputs: Mapping[str, object], actor: Actor
) -> Outcome:
    """Take the step that the request's service calls by this command, out of its present state if there is one.

    The caller announces the outcome. Errors: those of `act`, `NotAllowedNow` where the service has no such step, and
    `AlreadyDone` for a second answer to what was asked.
    """
    request = await uow.requests.by_code(tracking_codes.parse(code))
    steps = desk.engine.service(request.service).on_command(word)
    here = [step for step in steps if request.state in step.sources]
    if not steps or (word in AWAITED and request.awaits != actor.ident):
        raise await _why_not(desk, uow, request, word, actor)
    return await _taken(desk, uow, request, (here or list(steps))[0], inputs, actor)


async def _taken(
    desk: Desk, uow: UnitOfWork, request: ServiceRequest, step: Transition, inputs: Mapping[str, object], actor: Actor
) -> Outcome:
    """Take a step of an own request, or of one that somebody else made for this citizen."""
    if step.by_kept and actor.kind == "citizen" and request.data.get(step.by_kept) == actor.ident:
        locked = await uow.requests.get(request.id, lock=True)
        return await desk.engine.act(uow, locked, step.name, inputs, actor)
    return await act(desk, uow, request.code, step.name, inputs, actor)


async def _why_not(desk: Desk, uow: UnitOfWork, request: ServiceRequest, word: Command, actor: Actor) -> DomainError:
    """Return why a command is refused: another's request is not there, an answer was given, or none is awaited."""
    if word in AWAITED and actor.kind == "citizen" and request.data.get(ASKED) == actor.ident:
        answers = {step.name for step in desk.engine.service(request.service).transitions if step.by_awaited}
        if any(event.event in answers for event in await uow.history.of_request(request.id)):
            return AlreadyDone("code", detail="answered")
        return NotAllowedNow("code", detail="no_consent")
    if not _concerns(request, actor):
        return NotFound("code")
    return NotAllowedNow("code", detail="no_consent" if word in AWAITED else None)


def _concerns(request: ServiceRequest, actor: Actor) -> bool:
    """Whether the actor may know that the request exists: its citizen, who is asked for consent, its office's clerk."""
    if actor.kind == "clerk":
        return actor.office is not None and request.office == actor.office
    return actor.ident in {request.mobile, request.awaits}
