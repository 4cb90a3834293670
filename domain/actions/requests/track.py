"""Following a request: how much is shown to whom, and how guessing of codes is slowed."""

from dataclasses import dataclass
from datetime import timedelta

from domain.actions.dependencies import Dependencies
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store, UnitOfWork
from domain.values import tracking_codes
from domain.values.addresses import network_for_address
from domain.values.errors import NotFound, TooManyRequests

MISSES_PER_ADDRESS, MISSES_IN_ALL, MISS_WINDOW = 60, 2_000, timedelta(hours=1)
"""How many codes that there are not may be asked for in this time, from one address (of IPv6: one /64) and from all
together, where nobody says whose they are: so many are tried by a program alone.
"""

_ALL_MISSES_COUNTER = "code misses"


@dataclass(frozen=True, slots=True)
class TrackingResult:
    """A request as somebody may see it: `is_own` tells whether all of it or service and phase only."""

    request: ServiceRequest
    is_own: bool


async def track_request(dependencies: Dependencies, uow: UnitOfWork, code: str, viewer_mobile: str) -> TrackingResult:
    """Look a tracking code up for a viewer, known by the mobile (+989…).

    From the request's own mobile the answer is full, from another it names service and phase only. Errors:
    `CodeMistyped` (no look-up is made), `NotFound`, `TooManyRequests` once this viewer guessed too often; one's own
    request is shown even then: nobody has to guess it.
    """
    tracking_code = tracking_codes.parse_code(code)
    try:
        request = await uow.requests.get_by_code(tracking_code)
    except NotFound:
        await count_guess(dependencies, uow, viewer_mobile)
        raise
    if request.mobile == viewer_mobile:
        return TrackingResult(request, is_own=True)
    await count_guess(dependencies, uow, viewer_mobile)
    return TrackingResult(request, is_own=False)


async def count_guess(dependencies: Dependencies, uow: UnitOfWork, viewer_mobile: str) -> None:
    """Count a look-up of what is not the viewer's own; `TooManyRequests` once there were too many in the window.

    Each viewer has a count of the own and there is none of all together: a stranger could fill that, and nobody would
    get any answer for the rest of the hour. It is a mobile that is counted, so who shares an address shares nothing.
    """
    counter_key, now, policy = f"guess:{viewer_mobile}", dependencies.clock.now(), dependencies.policy
    if await uow.lines.count_hits(counter_key, now, policy.guess_window) >= policy.guess_limit_sender:
        raise TooManyRequests("code", detail="guessing")
    await uow.lines.add_hit(counter_key, now, policy.guess_window)


async def find_by_code_alone(
    dependencies: Dependencies, store: Store, code: str, source_address: str
) -> ServiceRequest:
    """Return the request of a tracking code that somebody brings who has proved no mobile: service and phase of it may
    be shown, and nothing else.

    Errors: `CodeMistyped` (no look-up is made), `NotFound`, which is counted, and `TooManyRequests` once an address, or
    all together, missed too often. Whoever proves the mobile sees the own requests even then.
    """
    tracking_code = tracking_codes.parse_code(code)
    async with store.open_unit(write=False) as uow:
        await _refuse_misses(dependencies, uow, source_address)
        try:
            return await uow.requests.get_by_code(tracking_code)
        except NotFound as error:
            missed = error
    async with store.open_unit() as uow:
        for counter_key, _ in _list_miss_limits(source_address):
            await uow.lines.add_hit(counter_key, dependencies.clock.now(), MISS_WINDOW)
    raise missed


async def _refuse_misses(dependencies: Dependencies, uow: UnitOfWork, source_address: str) -> None:
    for counter_key, most_misses in _list_miss_limits(source_address):
        if await uow.lines.count_hits(counter_key, dependencies.clock.now(), MISS_WINDOW) >= most_misses:
            raise TooManyRequests("code", detail="guessing")


def _list_miss_limits(source_address: str) -> tuple[tuple[str, int], ...]:
    """Return each counter of misses with its limit."""
    own_counter = f"{_ALL_MISSES_COUNTER}:{network_for_address(source_address)}"
    return (own_counter, MISSES_PER_ADDRESS), (_ALL_MISSES_COUNTER, MISSES_IN_ALL)
