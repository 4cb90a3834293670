"""Guessing of tokens in addresses of pages: only misses are counted, so that nobody makes work without end.

A token is looked up first, and whoever has one is told always. Misses are counted for each address, generously, since
hundreds may share one (behind a mobile network's, an office's), and never for all together, which a stranger could
fill. A miss is counted in a unit by itself: who reads waits for no writer.
"""

from datetime import timedelta

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.repositories import LineRepositories
from domain.unit_of_work import Store
from domain.values.addresses import network_for_address
from domain.values.errors import TooManyRequests
from domain.values.reasons import TooManyRequestsReason

MOST_MISSES, MISS_WINDOW = 60, timedelta(hours=1)
"""Unknown tokens that an address may ask for in this time."""


async def refuse_guessing(context: ActionContext[LineRepositories], miss_counter: str, address: str) -> None:
    """Raise `TooManyRequests("token")` where an address missed too many such tokens lately."""
    counter_key = _counter_key(miss_counter, address)
    if await context.uow.lines.count_hits(counter_key, context.dependencies.clock.now(), MISS_WINDOW) >= MOST_MISSES:
        raise TooManyRequests("token", TooManyRequestsReason.GUESSING)


async def count_miss(dependencies: Dependencies, store: Store, miss_counter: str, address: str) -> None:
    """Count a token that there is not."""
    async with store.open_unit() as uow:
        await uow.lines.add_hit(_counter_key(miss_counter, address), dependencies.clock.now(), MISS_WINDOW)


def _counter_key(miss_counter: str, address: str) -> str:
    return f"{miss_counter}:{network_for_address(address)}"
