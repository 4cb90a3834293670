"""Following a request by its code alone, on a page that anybody opens: service and phase, nothing else.

A code is looked up first, and whoever has one is told always; misses are counted for each address (`guessing.py`).
"""

from dataclasses import dataclass

from domain.actions.dependencies import Dependencies
from domain.actions.guessing import count_miss, refuse_guessing
from domain.requests.request import Phase
from domain.unit_of_work import Store
from domain.values import tracking_codes
from domain.values.errors import InvalidField, NotFound

_MISS_COUNTER = "code"


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """What a code alone tells."""

    code: str
    """The tracking code, nine digits."""
    service: str
    """The service's key."""
    phase: Phase
    """How far the request is."""


async def find_public_status(dependencies: Dependencies, store: Store, code_text: str, address: str) -> PublicStatus:
    """Return what a tracking code, as somebody wrote it, tells whoever asks from an address.

    Errors: `InvalidField("code")` or `CodeMistyped` for what is no code (no look-up is made), `NotFound("code")`,
    `TooManyRequests` when there is none and too many such were asked for from there. A miss is counted by itself: who
    reads waits for no writer.
    """
    tracking_code = _read_code(code_text)
    async with store.open_unit(write=False) as uow:
        try:
            request = await uow.requests.get_by_code(tracking_code)
        except NotFound:
            await refuse_guessing(dependencies, uow, _MISS_COUNTER, address)
        else:
            return PublicStatus(tracking_code, request.service, request.phase)
    await count_miss(dependencies, store, _MISS_COUNTER, address)
    raise NotFound("code", detail="tracking_code")


def _read_code(code_text: str) -> str:
    try:
        return tracking_codes.parse_code(code_text)
    except InvalidField as error:
        raise InvalidField("code", detail="nine_digits") from error
