"""A check that monitoring asks for: however many ask at once, it is made once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

_Result = TypeVar("_Result")


class SharedCheck(Generic[_Result]):
    """Whoever asks while the check is made gets its result."""

    def __init__(self, check: Callable[[], Awaitable[_Result]]) -> None:
        self._check = check
        self._running: asyncio.Future[_Result] | None = None

    async def ask(self) -> _Result:
        """Return what the check finds now."""
        if self._running is None or self._running.done():
            self._running = asyncio.ensure_future(self._check())
        return await asyncio.shield(self._running)

    async def close(self) -> None:
        """End a check that is being made."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
