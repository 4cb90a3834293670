"""Following a request by its code alone, on a page that anybody opens: service and phase, nothing else.

Other than the tokens of pages a code has few digits: whoever tries them one after the other finds some. So misses are
counted for each address and for all together, and where there were too many no code is looked up at all, be it there
or not. Whoever proves the mobile sees the own requests even then, and a code together with its mobile is looked up even
then, for some work each time: so a stranger who fills the counts keeps nobody away, and who guesses pairs has the work.
"""

from dataclasses import dataclass

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.token_guessing import MISS_WINDOW, count_miss, refuse_guessing
from domain.repositories import LineRepositories
from domain.requests.request import Phase
from domain.unit_of_work import Store
from domain.values import tracking_codes
from domain.values.errors import InvalidField, NotFound, TooManyRequests
from domain.values.reasons import InvalidReason, NotFoundReason, TooManyRequestsReason
from domain.values.tracking_codes import TrackingCode

PAIR_FORM = "track"
"""The name under which that work is done (`domain/actions/citizens/flooding.py`)."""

_MISS_COUNTER, _ALL_MISSES_COUNTER = "code", "code misses"


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """Status of a request for a reader who has its code alone."""

    code: TrackingCode
    """The tracking code."""
    service: str
    """The service's key."""
    phase: Phase
    """Phase of the request."""


async def find_public_status(
    dependencies: Dependencies, store: Store, tracking_code: TrackingCode, address: str
) -> PublicStatus:
    """Return what a tracking code tells whoever asks from an address.

    Errors: `NotFound("code")`, `TooManyRequests` when too many such were asked for from there, or from everywhere. A
    miss is counted by itself: who reads waits for no writer.
    """
    async with store.open_unit(write=False) as uow:
        await _refuse_guessing_codes(ActionContext(dependencies, uow), address)
        try:
            request = await uow.requests.get_by_code(tracking_code)
        except NotFound:
            pass
        else:
            return PublicStatus(tracking_code, request.service, request.phase)
    await _count_code_miss(dependencies, store, address)
    raise NotFound("code", NotFoundReason.TRACKING_CODE)


async def find_status_by_mobile(
    dependencies: Dependencies, store: Store, tracking_code: TrackingCode, mobile: str, address: str
) -> PublicStatus:
    """Return what a tracking code tells whoever knows the mobile (+989…) of its request too, proved or not.

    `NotFound("code")` for a code that there is not, and alike for one of another mobile; it is counted as a miss. The
    caller has asked for work where `is_guessing_limited`.
    """
    async with store.open_unit(write=False) as uow:
        try:
            request = await uow.requests.get_by_code(tracking_code)
        except NotFound:
            request = None
    if request is not None and mobile in {request.mobile, request.unverified_mobile}:
        return PublicStatus(tracking_code, request.service, request.phase)
    await _count_code_miss(dependencies, store, address)
    raise NotFound("code", NotFoundReason.CODE_AND_MOBILE)


async def is_guessing_limited(dependencies: Dependencies, store: Store, address: str) -> bool:
    """Return whether codes alone are looked up no more, from this address or from everywhere."""
    async with store.open_unit(write=False) as uow:
        try:
            await _refuse_guessing_codes(ActionContext(dependencies, uow), address)
        except TooManyRequests:
            return True
    return False


async def _count_code_miss(dependencies: Dependencies, store: Store, address: str) -> None:
    await count_miss(dependencies, store, _MISS_COUNTER, address)
    async with store.open_unit() as uow:
        await uow.lines.add_hit(_ALL_MISSES_COUNTER, dependencies.clock.now(), MISS_WINDOW)


async def _refuse_guessing_codes(context: ActionContext[LineRepositories], address: str) -> None:
    await refuse_guessing(context, _MISS_COUNTER, address)
    most_misses = context.dependencies.policy.track_misses_an_hour
    if (
        await context.uow.lines.count_hits(_ALL_MISSES_COUNTER, context.dependencies.clock.now(), MISS_WINDOW)
        >= most_misses
    ):
        raise TooManyRequests("code", TooManyRequestsReason.GUESSING)


def read_public_code(code_text: str) -> TrackingCode:
    """Return a tracking code as somebody wrote it; `InvalidField("code")` or `CodeMistyped` for what is none."""
    try:
        return tracking_codes.parse_code(code_text)
    except InvalidField as error:
        raise InvalidField("code", InvalidReason.NINE_DIGITS) from error
