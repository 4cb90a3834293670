"""Following a request: how much is told to whom, and how guessing of codes is slowed."""

from dataclasses import dataclass

from domain.actions.desk import Desk
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.errors import NotFound, TooManyRequests


@dataclass(frozen=True, slots=True)
class Tracked:
    """A request as somebody may see it: `own` tells whether all of it or service and phase only."""

    request: ServiceRequest
    own: bool


async def track(desk: Desk, uow: UnitOfWork, code: str, viewer: str) -> Tracked:
    """Look a tracking code up for a viewer, known by the mobile (+989…).

    From the request's own mobile the answer is full, from another it names service and phase only. Errors:
    `CodeMistyped` (no look-up is made), `NotFound`, `TooManyRequests` once this viewer guessed too often; one's own
    request is told even then: nobody has to guess it.
    """
    digits = tracking_codes.parse(code)
    try:
        request = await uow.requests.by_code(digits)
    except NotFound:
        await count_guess(desk, uow, viewer)
        raise
    if request.mobile == viewer:
        return Tracked(request, own=True)
    await count_guess(desk, uow, viewer)
    return Tracked(request, own=False)


async def count_guess(desk: Desk, uow: UnitOfWork, viewer: str) -> None:
    """Count a look-up of what is not the viewer's own; `TooManyRequests` once there were too many in the window.

    Each viewer has a count of the own and there is none of all together: a stranger could fill that, and nobody would
    be told anything for the rest of the hour. It is a mobile that is counted, so who shares an address shares nothing.
    """
    key, now, policy = f"guess:{viewer}", desk.clock.now(), desk.policy
    if await uow.lines.hits(key, now, policy.guess_window) >= policy.guess_limit_sender:
        raise TooManyRequests("code", detail="guessing")
    await uow.lines.hit(key, now, policy.guess_window)
