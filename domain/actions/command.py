"""The citizen's commands (cancel, reply, confirm, deny) as steps of a request, whatever its service calls them."""

from collections.abc import Mapping

from domain import tracking
from domain.actions.act import act
from domain.actions.desk import Desk
from domain.engine import Outcome
from domain.errors import NotAllowedNow, NotFound
from domain.lifecycle import Command
from domain.people import Actor
from domain.ports import UnitOfWork
from domain.requests import ServiceRequest

AWAITED = frozenset({Command.CONFIRM, Command.DENY})
"""Commands of the person whose answer a request awaits."""


async def command(
    desk: Desk, uow: UnitOfWork, code: str, word: Command, inputs: Mapping[str, object], actor: Actor
) -> Outcome:
    """Take the step that the request's service calls by this command, out of its present state if there is one.

    The caller announces the outcome. Errors: those of `act`, and `NotAllowedNow` where the service has no such step.
    """
    request = await uow.requests.by_code(tracking.parse(code))
    steps = desk.engine.service(request.service).on_command(word)
    here = [step for step in steps if request.state in step.sources]
    if not steps or (word in AWAITED and request.awaits != actor.ident):
        if not _concerns(request, actor):
            raise NotFound("code")
        raise NotAllowedNow("code", detail="no_consent" if word in AWAITED else None)
    return await act(desk, uow, code, (here or list(steps))[0].name, inputs, actor)


def _concerns(request: ServiceRequest, actor: Actor) -> bool:
    """Whether the actor may know that the request exists: its citizen, who is asked for consent, its office's clerk."""
    if actor.kind == "clerk":
        return actor.office is not None and request.office == actor.office
    return actor.ident in {request.mobile, request.awaits}
