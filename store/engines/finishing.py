"""Work that must not be left half done, even when the task that waits for it is cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")


async def to_the_end(work: "Coroutine[Any, Any, ResultT] | asyncio.Future[ResultT]") -> ResultT:
    """Await something that must not be left half done: a cancellation waits, and is raised after it."""
    future = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return future.result()
    raise cancelled from (None if future.cancelled() else future.exception())
