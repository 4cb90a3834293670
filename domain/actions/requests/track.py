"""Following a request: how much is shown to whom, and how guessing of codes is slowed."""

from dataclasses import dataclass

from domain.actions.context import ActionContext
from domain.repositories import FeedbackRepositories, LineRepositories
from domain.requests.request import ServiceRequest
from domain.values.errors import NotFound, TooManyRequests
from domain.values.reasons import TooManyRequestsReason
from domain.values.tracking_codes import TrackingCode


@dataclass(frozen=True, slots=True)
class TrackingResult:
    """A request as somebody may see it: `is_own` tells whether all of it or service and phase only."""

    request: ServiceRequest
    is_own: bool


async def track_request(
    context: ActionContext[FeedbackRepositories], code: TrackingCode, viewer_mobile: str
) -> TrackingResult:
    """Look a tracking code up for a viewer, known by the mobile (+989…).

    From the request's own mobile the answer is full, from another it names service and phase only. Errors: `NotFound`,
    `TooManyRequests` once this viewer guessed too often; one's own request is shown even then: nobody has to guess it.
    """
    try:
        request = await context.uow.requests.get_by_code(code)
    except NotFound:
        await count_guess(context, viewer_mobile)
        raise
    if request.mobile == viewer_mobile:
        return TrackingResult(request, is_own=True)
    await count_guess(context, viewer_mobile)
    return TrackingResult(request, is_own=False)


async def count_guess(context: ActionContext[LineRepositories], viewer_mobile: str) -> None:
    """Count a look-up of what is not the viewer's own; `TooManyRequests` once there were too many in the window.

    Each viewer has a count of the own and there is none of all together: a stranger could fill that, and nobody would
    get any answer for the rest of the hour. It is a mobile that is counted, so who shares an address shares nothing.
    """
    counter_key, now, policy = f"guess:{viewer_mobile}", context.dependencies.clock.now(), context.dependencies.policy
    if await context.uow.lines.count_hits(counter_key, now, policy.guess_window) >= policy.guess_limit_sender:
        raise TooManyRequests("code", TooManyRequestsReason.GUESSING)
    await context.uow.lines.add_hit(counter_key, now, policy.guess_window)
