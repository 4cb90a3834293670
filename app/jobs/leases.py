"""A lease as its holder uses it: taken in the database, kept from one use to the next, renewed while work lasts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic

from domain.unit_of_work import Store
from domain.values.errors import DomainError

LEASE_PERIOD = timedelta(seconds=15)
"""Time for which a lease outlives its holder, where nobody waits for what it guards."""

RENEWALS_A_PERIOD = 3
"""Renewals in its period while work lasts."""


class LeaseLost(Exception):
    """Another holder has the lease now: whatever was done under it has been cut off."""


class Lease:
    """One name under one holder's token. While it is surely held, taking it again costs nothing."""

    def __init__(self, store: Store, name: str, token: str, period: timedelta = LEASE_PERIOD) -> None:
        self._store = store
        self._name = name
        self._token = token
        self._period = period
        self._held_until = 0.0
        self._last_run_at: float | None = None

    async def acquire(self) -> bool:
        """Take or keep the lease; False while somebody else has it."""
        return monotonic() < self._held_until or await self._renew()

    async def run_holding(self, action: Callable[[], Awaitable[object]]) -> bool:
        """Do the work while holding the lease; False, and nothing done, when somebody else has it; `LeaseLost`."""
        if not await self.acquire():
            return False
        action_task = asyncio.ensure_future(action())
        renewal_task = asyncio.create_task(self._renew_repeatedly())
        try:
            await asyncio.wait({action_task, renewal_task}, return_when=asyncio.FIRST_COMPLETED)
            if not action_task.done():
                raise LeaseLost
            await action_task
        finally:
            await _cancel_tasks(action_task, renewal_task)
        self._last_run_at = monotonic()
        return True

    async def note_run(self) -> None:
        """Notify every process now that work came to its end; otherwise the next renewal does."""
        await self._renew()

    async def release(self) -> None:
        """Give the lease back, if it may be held; a database that does not answer lets it run out instead."""
        if not self._held_until:
            return
        self._held_until = 0.0
        try:
            async with self._store.open_unit() as uow:
                await uow.leases.release(self._name, self._token)
        except DomainError:
            return

    async def _renew_repeatedly(self) -> None:
        """Renew until the lease is lost."""
        is_held = True
        while is_held:
            await asyncio.sleep(self._period.total_seconds() / RENEWALS_A_PERIOD)
            is_held = await self._renew()

    async def _renew(self) -> bool:
        began_at, last_run_at = monotonic(), self._last_run_at
        run_age = None if last_run_at is None else timedelta(seconds=began_at - last_run_at)
        async with self._store.open_unit() as uow:
            is_held = await uow.leases.acquire(self._name, self._token, self._period, run_age)
        if self._last_run_at == last_run_at:
            self._last_run_at = None
        self._held_until = began_at + self._period.total_seconds() / 2 if is_held else 0.0
        return is_held


async def _cancel_tasks(*tasks: asyncio.Future[object] | asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
