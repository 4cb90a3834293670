"""Following a request: how much is told to whom, and how guessing of codes is slowed."""

from dataclasses import dataclass

from domain import tracking
from domain.actions.desk import Desk
from domain.errors import NotFound, TooManyRequests
from domain.ports import UnitOfWork
from domain.requests import ServiceRequest

TOTAL = "guess:total"


@dataclass(frozen=True, slots=True)
class Tracked:
    """A request as somebody may see it: `own` tells whether all of it or service and phase only."""

    request: ServiceRequest
    own: bool


async def track(desk: Desk, uow: UnitOfWork, code: str, viewer: str) -> Tracked:
    """Look a tracking code up for a viewer: a mobile (+989…) or another address (`ip:…`).

    From the request's own mobile the answer is full, from another it names service and phase only. Errors:
    `CodeMistyped` (no look-up is made), `NotFound`, `TooManyRequests` once this viewer, or all together, guessed too
    often; one's own request is told even then: nobody has to guess it.
    """
    digits = tracking.parse(code)
    try:
        request = await uow.requests.by_code(digits)
    except NotFound:
        await refuse_guessing(desk, uow, viewer)
        await count_guess(desk, uow, viewer)
        raise
    if request.mobile == viewer:
        return Tracked(request, own=True)
    await refuse_guessing(desk, uow, viewer)
    await count_guess(desk, uow, viewer)
    return Tracked(request, own=False)


async def count_guess(desk: Desk, uow: UnitOfWork, viewer: str) -> None:
    """Count a look-up of what is not the viewer's own."""
    now, window = desk.clock.now(), desk.policy.guess_window
    await uow.lines.hit(f"guess:{viewer}", now, window)
    await uow.lines.hit(TOTAL, now, window)


async def refuse_guessing(desk: Desk, uow: UnitOfWork, viewer: str) -> None:
    """Raise `TooManyRequests` once this viewer, or all together, looked up too often what is not theirs."""
    now, policy = desk.clock.now(), desk.policy
    if await uow.lines.hits(f"guess:{viewer}", now, policy.guess_window) >= policy.guess_limit_sender:
        raise TooManyRequests("code", detail="guessing")
    if await uow.lines.hits(TOTAL, now, policy.guess_window) >= policy.guess_limit_total:
        raise TooManyRequests("code", detail="guessing")
