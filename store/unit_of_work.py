"""Units of work: one transaction and the repositories that share it.

A unit ends in one of two ways, whatever happens to its task: everything it wrote is durable, or nothing is. Beginning,
commit and return of the connection are awaited to their end even when the task is cancelled meanwhile (the cancellation
follows), so that no connection is left in the middle and the turn to write is never passed on too early.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Self, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from store.audit import SqlAudit
from store.bills import SqlBills
from store.dialogues import SqlDialogues
from store.documents import SqlDocuments
from store.engines import engine_for
from store.engines.base import Engine
from store.feedback import SqlFeedback, SqlServiceViews
from store.fleet import SqlFleet
from store.history import SqlHistory
from store.inbox import SqlInbox
from store.leases import SqlLeases
from store.lines import SqlLines
from store.migrate import check
from store.outbox import SqlOutbox
from store.people import SqlPeople
from store.personal_data import SqlPersonalData
from store.registries import SqlRegistries
from store.requests import SqlRequests, SqlTimers
from store.sequences import SqlSequences
from store.tariffs import SqlTariffs
from store.work import Work
from store.work_calendar import SqlWorkCalendar

ResultT = TypeVar("ResultT")


class SqlUnit:
    """The port `UnitOfWork`."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.requests = SqlRequests(work)
        self.timers = SqlTimers(work)
        self.history = SqlHistory(work)
        self.bills = SqlBills(work)
        self.sequences = SqlSequences(work)
        self.tariffs = SqlTariffs(work)
        self.fleet = SqlFleet(work)
        self.registries = SqlRegistries(work)
        self.people = SqlPeople(work)
        self.feedback = SqlFeedback(work)
        self.service_views = SqlServiceViews(work)
        self.personal_data = SqlPersonalData(work)
        self.documents = SqlDocuments(work)
        self.inbox = SqlInbox(work)
        self.dialogues = SqlDialogues(work)
        self.outbox = SqlOutbox(work)
        self.lines = SqlLines(work)
        self.leases = SqlLeases(work)
        self.work_calendar = SqlWorkCalendar(work)
        self.audit = SqlAudit(work)

    def attempt(self) -> AbstractAsyncContextManager[None]:
        """Open a part of this unit that rolls back alone when it raises; the unit can go on and be committed."""
        return self._work.attempt()

    async def serialise(self, key: str) -> None:
        """Wait until no other open unit holds `key`, then hold it to the end of this unit."""
        await self._work.serialise(key)


class SqlStore:
    """The port `Store`: `open` it, take units from it, `close` it.

    `on_outbox` is called after each commit that queued a message, so that a relay in this process can wake at once.
    """

    def __init__(self, engine: Engine, on_outbox: Callable[[], None] | None = None) -> None:
        self._engine = engine
        self._on_outbox = on_outbox

    @classmethod
    async def open(cls, url: str, on_outbox: Callable[[], None] | None = None) -> Self:
        """Connect to a database whose schema is the one this code knows; raises as `store.migrate.check_schema`."""
        engine = engine_for(url)
        try:
            await check(engine)
        except BaseException:
            await engine.close()
            raise
        return cls(engine, on_outbox)

    async def close(self) -> None:
        """Close all connections; open units must have ended."""
        await self._engine.close()

    @asynccontextmanager
    async def unit(self, *, write: bool = True) -> AsyncIterator[SqlUnit]:
        """Open a unit: committed when the block ends, rolled back on any exception, cancellation included.

        `write=False` reads one snapshot beside the writers. `Unavailable("database")` when there is no connection.
        """
        if not write:
            async with self._transaction(self._engine.reader.connect()) as work:
                yield SqlUnit(work)
            return
        async with self._engine.turn(), self._transaction(self._engine.writer.connect()) as work:
            yield SqlUnit(work)
        if work.outbox_grew and self._on_outbox:
            self._on_outbox()

    @asynccontextmanager
    async def _transaction(self, connection: AsyncConnection) -> AsyncIterator[Work]:
        try:
            await _to_the_end(self._begin(connection))
            work = Work(connection, self._engine)
            yield work
            if work.failure:
                raise work.failure  # swallowed inside the block: the transaction cannot be committed any more
            await _to_the_end(self._commit(connection))
        finally:
            await _to_the_end(_give_back(connection))

    async def _begin(self, connection: AsyncConnection) -> None:
        with self._engine.telling():
            _ = await connection.start()
            _ = await connection.begin()

    async def _commit(self, connection: AsyncConnection) -> None:
        with self._engine.telling():
            await connection.commit()


async def _give_back(connection: AsyncConnection) -> None:
    if connection.sync_connection is not None:  # else it was never connected
        await connection.close()  # which rolls back what was not committed


async def _to_the_end(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Await something that must not be left half done: a cancellation waits, and is raised after it."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    raise cancelled from (None if task.cancelled() else task.exception())
