"""Work that must not be left half done, even when the task that waits for it is cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")


async def finish_uncancelled(awaitable: "Coroutine[Any, Any, ResultT] | asyncio.Future[ResultT]") -> ResultT:
    """Await something that must not be left half done: a cancellation waits, and is raised after it."""
    future = asyncio.ensure_future(awaitable)
    cancellation: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation is None:
        return future.result()
    raise cancellation from (None if future.cancelled() else future.exception())
