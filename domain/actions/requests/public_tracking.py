"""Following a request by its code alone, on a page that anybody opens: service and phase, nothing else.

Other than the tokens of pages a code has few digits: whoever tries them one after the other finds some. So misses are
counted for each address and for all together, and where there were too many no code is looked up at all, be it there
or not. Whoever proves the mobile sees the own requests even then, so a stranger who fills the counts keeps nobody away.
"""

from dataclasses import dataclass

from domain.actions.dependencies import Dependencies
from domain.actions.guessing import MISS_WINDOW, count_miss, refuse_guessing
from domain.requests.request import Phase
from domain.unit_of_work import Store, UnitOfWork
from domain.values import tracking_codes
from domain.values.errors import InvalidField, NotFound, TooManyRequests
from domain.values.reasons import InvalidReason, NotFoundReason, TooManyRequestsReason
from domain.values.tracking_codes import TrackingCode

MISSES_IN_ALL = 2_000
"""How many codes that there are not may be asked for from everywhere in `MISS_WINDOW`."""

_MISS_COUNTER, _ALL_MISSES_COUNTER = "code", "code misses"


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """What a code alone tells."""

    code: TrackingCode
    """The tracking code."""
    service: str
    """The service's key."""
    phase: Phase
    """How far the request is."""


async def find_public_status(
    dependencies: Dependencies, store: Store, tracking_code: TrackingCode, address: str
) -> PublicStatus:
    """Return what a tracking code tells whoever asks from an address.

    Errors: `NotFound("code")`, `TooManyRequests` when too many such were asked for from there, or from everywhere. A
    miss is counted by itself: who reads waits for no writer.
    """
    async with store.open_unit(write=False) as uow:
        await _refuse_guessing_codes(dependencies, uow, address)
        try:
            request = await uow.requests.get_by_code(tracking_code)
        except NotFound:
            pass
        else:
            return PublicStatus(tracking_code, request.service, request.phase)
    await count_miss(dependencies, store, _MISS_COUNTER, address)
    async with store.open_unit() as uow:
        await uow.lines.add_hit(_ALL_MISSES_COUNTER, dependencies.clock.now(), MISS_WINDOW)
    raise NotFound("code", NotFoundReason.TRACKING_CODE)


async def _refuse_guessing_codes(dependencies: Dependencies, uow: UnitOfWork, address: str) -> None:
    await refuse_guessing(dependencies, uow, _MISS_COUNTER, address)
    if await uow.lines.count_hits(_ALL_MISSES_COUNTER, dependencies.clock.now(), MISS_WINDOW) >= MISSES_IN_ALL:
        raise TooManyRequests("code", TooManyRequestsReason.GUESSING)


def read_public_code(code_text: str) -> TrackingCode:
    """Return a tracking code as somebody wrote it; `InvalidField("code")` or `CodeMistyped` for what is none."""
    try:
        return tracking_codes.parse_code(code_text)
    except InvalidField as error:
        raise InvalidField("code", InvalidReason.NINE_DIGITS) from error
