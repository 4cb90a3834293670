"""A lease as its holder uses it: taken in the database, kept from one use to the next, renewed while work lasts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic

from domain.unit_of_work import Store
from domain.values.errors import DomainError

PERIOD = timedelta(seconds=15)
"""How long a lease outlives its holder."""

BEAT_SECONDS = PERIOD.total_seconds() / 3
"""How often it is renewed while work lasts."""

_SECONDS = PERIOD.total_seconds()


class LeaseLost(Exception):
    """Another holder has the lease now: whatever was done under it has been cut off."""


class Lease:
    """One name under one holder's token. While it is surely held, taking it again costs nothing."""

    def __init__(self, store: Store, name: str, token: str) -> None:
        self._store = store
        self._name = name
        self._token = token
        self._sure_until = 0.0
        self._ran: float | None = None

    async def take(self) -> bool:
        """Take or keep the lease; False while somebody else has it."""
        return monotonic() < self._sure_until or await self._renew()

    async def during(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Do the work while holding the lease; False, and nothing done, when somebody else has it; `LeaseLost`."""
        if not await self.take():
            return False
        working = asyncio.ensure_future(work())
        beating = asyncio.create_task(self._beat())
        try:
            await asyncio.wait({working, beating}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise LeaseLost
            await working
        finally:
            await _ended(working, beating)
        self._ran = monotonic()
        return True

    async def note_run(self) -> None:
        """Tell every process now that work came to its end; otherwise the next renewal does."""
        await self._renew()

    async def release(self) -> None:
        """Give the lease back, if it may be held; a database that does not answer lets it run out instead."""
        if not self._sure_until:
            return
        self._sure_until = 0.0
        try:
            async with self._store.unit() as uow:
                await uow.leases.release(self._name, self._token)
        except DomainError:
            return

    async def _beat(self) -> None:
        """Renew until the lease is lost."""
        held = True
        while held:
            await asyncio.sleep(BEAT_SECONDS)
            held = await self._renew()

    async def _renew(self) -> bool:
        began, ran = monotonic(), self._ran
        ago = None if ran is None else timedelta(seconds=began - ran)
        async with self._store.unit() as uow:
            held = await uow.leases.acquire(self._name, self._token, PERIOD, ago)
        if self._ran == ran:
            self._ran = None
        self._sure_until = began + _SECONDS / 2 if held else 0.0
        return held


async def _ended(*tasks: asyncio.Future[object] | asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
