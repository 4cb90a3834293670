"""Forgetting rows whose time is over: a unit of work for some of them, so that nobody waits long for it."""

from collections.abc import Awaitable, Callable

from domain.unit_of_work import Store, UnitOfWork


async def sweep_in_units(store: Store, delete_some: Callable[[UnitOfWork], Awaitable[int]]) -> int:
    """Call `delete_some`, which returns how many rows it deleted, in a unit each until there is none; return how many
    there were.
    """
    swept_count = 0
    while True:
        async with store.open_unit() as uow:
            count = await delete_some(uow)
        if not count:
            return swept_count
        swept_count += count
