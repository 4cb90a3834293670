"""Units of work: one transaction and the repositories that share it.

A unit ends in one of two ways, whatever happens to its task: everything it wrote is durable, or nothing is. Commit and
rollback are awaited to their end even when the task is cancelled meanwhile (the cancellation follows), so that no
connection is left in the middle and the turn to write is never passed on too early.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Self

from store.emptying import SqlEverything
from store.engines import engine_for
from store.engines.base import DatabaseEngine
from store.engines.limits import LIMITS, ConnectionLimits
from store.key_checks import SqlKeyChecks
from store.messages.chats import SqlChats, SqlMobileProofs
from store.messages.dialogues import SqlDialogues
from store.messages.inbox import SqlInbox
from store.messages.lines import SqlLines
from store.messages.message_counts import SqlMessageCounts
from store.messages.outbox import SqlOutbox
from store.migrate import check
from store.queues.saved_views import SqlSavedViews
from store.queues.search_words import SqlSearchWords
from store.queues.work_lists import SqlWorkLists
from store.repositories.audit import SqlAudit
from store.repositories.bills import SqlBills
from store.repositories.calls import SqlCalls
from store.repositories.documents import SqlDocuments
from store.repositories.feedback import SqlFeedback, SqlServiceViews
from store.repositories.fleet import SqlFleet
from store.repositories.history import SqlHistory
from store.repositories.imports import SqlImports
from store.repositories.issued_papers import SqlIssuedPapers
from store.repositories.leases import SqlLeases
from store.repositories.offices import SqlOffices
from store.repositories.people import SqlPeople
from store.repositories.personal_data import SqlPersonalData
from store.repositories.registries import SqlRegistries
from store.repositories.reports import SqlReports
from store.repositories.requests import SqlRequests, SqlTimers
from store.repositories.sequences import SqlSequences
from store.repositories.settings import SqlSettingChanges
from store.repositories.staff_sessions import SqlSecondFactors, SqlStaffSessions
from store.repositories.tariffs import SqlTariffs
from store.repositories.tills import SqlTills
from store.repositories.verifications import SqlVerifications
from store.repositories.work_calendar import SqlWorkCalendar
from store.work import SqlTransaction, transaction

PROBE_SECONDS = 5.0
"""How long a database may take to write one row, when it is asked whether it can."""

PROBE_LASTS = timedelta(seconds=15)

OnQueued = Callable[[Collection[str]], None]
"""Hears which channels have new messages."""


class SqlUnit:
    """The port `UnitOfWork`."""

    def __init__(self, work: SqlTransaction) -> None:
        self._work = work
        self._open_requests(work)
        self._open_money(work)
        self._open_registries(work)
        self._open_messages(work)
        self._open_staff(work)
        self._open_operations(work)

    def _open_requests(self, work: SqlTransaction) -> None:
        self.requests = SqlRequests(work)
        self.timers = SqlTimers(work)
        self.work_lists = SqlWorkLists(work)
        self.search_words = SqlSearchWords(work)
        self.saved_views = SqlSavedViews(work)
        self.history = SqlHistory(work)
        self.documents = SqlDocuments(work)
        self.issued_papers = SqlIssuedPapers(work)
        self.personal_data = SqlPersonalData(work)
        self.reports = SqlReports(work)
        self.feedback = SqlFeedback(work)
        self.service_views = SqlServiceViews(work)

    def _open_money(self, work: SqlTransaction) -> None:
        self.bills = SqlBills(work)
        self.sequences = SqlSequences(work)
        self.tariffs = SqlTariffs(work)
        self.tills = SqlTills(work)
        self.offices = SqlOffices(work)
        self.calls = SqlCalls(work)

    def _open_registries(self, work: SqlTransaction) -> None:
        self.fleet = SqlFleet(work)
        self.registries = SqlRegistries(work)
        self.imports = SqlImports(work)

    def _open_messages(self, work: SqlTransaction) -> None:
        self.inbox = SqlInbox(work)
        self.dialogues = SqlDialogues(work)
        self.outbox = SqlOutbox(work)
        self.message_counts = SqlMessageCounts(work)
        self.lines = SqlLines(work)
        self.chats = SqlChats(work)
        self.mobile_proofs = SqlMobileProofs(work)

    def _open_staff(self, work: SqlTransaction) -> None:
        self.people = SqlPeople(work)
        self.staff_sessions = SqlStaffSessions(work)
        self.second_factors = SqlSecondFactors(work)
        self.audit = SqlAudit(work)

    def _open_operations(self, work: SqlTransaction) -> None:
        self.leases = SqlLeases(work)
        self.work_calendar = SqlWorkCalendar(work)
        self.settings = SqlSettingChanges(work)
        self.verifications = SqlVerifications(work)
        self.key_checks = SqlKeyChecks(work)
        self.everything = SqlEverything(work)

    def attempt(self) -> AbstractAsyncContextManager[None]:
        """Open a part of this unit that rolls back alone when it raises; the unit can go on and be committed."""
        return self._work.attempt()

    async def serialise(self, key: str) -> None:
        """Wait until no other open unit holds `key`, then hold it to the end of this unit."""
        await self._work.serialise(key)


class SqlStore:
    """The port `Store`: `open` it, take units from it, `close` it.

    `on_queued` is called after each commit that queued messages, with the channels that they are for, so that their
    relays in this process can wake at once.
    """

    def __init__(self, engine: DatabaseEngine, on_queued: OnQueued | None = None) -> None:
        self._engine = engine
        self._on_queued = on_queued
        self._probing = f"probe:{secrets.token_hex(8)}"

    @classmethod
    async def open(cls, url: str, on_queued: OnQueued | None = None, limits: ConnectionLimits = LIMITS) -> Self:
        """Connect to a database whose schema is the one this code knows; raises as `store.migrate.check_schema`."""
        engine = engine_for(url, limits)
        try:
            await check(engine)
        except BaseException:
            await engine.close()
            raise
        return cls(engine, on_queued)

    async def close(self) -> None:
        """Close all connections; open units must have ended."""
        await self._engine.close()

    async def examine(self) -> None:
        """Look through the whole database; `DatabaseUnavailable` when something in it is broken."""
        await self._engine.examine()

    async def probe(self) -> None:
        """Write something and forget it; `DatabaseUnavailable` says why that cannot be done, or what is damaged."""
        with self._engine.telling():
            async with asyncio.timeout(PROBE_SECONDS):
                await self._write_and_forget()
        self._engine.health.worked()
        if self._engine.health.damage:
            raise self._engine.health.damage

    async def _write_and_forget(self) -> None:
        self._engine.look_at_place()
        async with self.unit() as uow:
            await uow.leases.acquire(self._probing, self._probing, PROBE_LASTS)
            await uow.leases.release(self._probing, self._probing)

    async def revision(self) -> str | None:
        """Return the version that the schema bears, None for a database without one."""
        return await self._engine.revision()

    def abandon(self) -> None:
        """Cut off whatever waits for the database: the process ends, and may wait no longer."""
        self._engine.abandon()

    @asynccontextmanager
    async def unit(self, *, write: bool = True) -> AsyncIterator[SqlUnit]:
        """Open a unit: committed when the block ends, rolled back on any exception, cancellation included.

        `write=False` reads one snapshot beside the writers. `Unavailable("database")` when there is no connection.
        """
        async with transaction(self._engine, write=write) as work:
            yield SqlUnit(work)
        if work.queued_in and self._on_queued:
            self._on_queued(work.queued_in)
