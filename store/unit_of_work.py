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

from store.drafts.drafts import SqlDraftRepository
from store.drafts.files import SqlDraftFileRepository
from store.emptying import SqlEverything
from store.engines import build_engine
from store.engines.base import DatabaseEngine
from store.engines.limits import DEFAULT_LIMITS, ConnectionLimits
from store.key_checks import SqlKeyChecks
from store.ledger.entries import SqlLedgerRepository
from store.ledger.suspense import SqlSuspenseRepository
from store.messages.chats import SqlChatRepository, SqlMobileProofRepository
from store.messages.code_messages import SqlCodeMessageRepository
from store.messages.dialogues import SqlDialogueRepository
from store.messages.inbox import SqlInboxRepository
from store.messages.lines import SqlLineRepository
from store.messages.message_counts import SqlMessageCountRepository
from store.messages.outbox import SqlOutboxRepository
from store.migrate import check_engine_schema
from store.payments.attempts import SqlPaymentAttemptRepository
from store.payments.card_refunds import SqlCardRefundRepository
from store.payments.links import SqlPaymentLinkRepository
from store.payments.merged_bills import SqlMergedBillRepository
from store.people.citizen_sessions import SqlCitizenSessionRepository
from store.people.members import SqlStaffMemberRepository
from store.people.staff_sessions import SqlSecondFactorRepository, SqlStaffSessionRepository
from store.queues.saved_views import SqlSavedViewRepository
from store.queues.search_words import SqlSearchWordRepository
from store.queues.work_lists import SqlWorkListRepository
from store.repositories.audit import SqlAuditRepository
from store.repositories.bills import SqlBillRepository
from store.repositories.calls import SqlCallRepository
from store.repositories.consent_links import SqlConsentLinkRepository
from store.repositories.documents import SqlDocumentRepository
from store.repositories.feedback import SqlFeedbackRepository, SqlServiceViewRepository
from store.repositories.fleet import SqlFleetRepository
from store.repositories.history import SqlHistoryRepository
from store.repositories.imports import SqlImportRepository
from store.repositories.issued_papers import SqlIssuedPaperRepository
from store.repositories.leases import SqlLeaseRepository
from store.repositories.offices import SqlOfficeRepository
from store.repositories.personal_data import SqlPersonalDataRepository
from store.repositories.registries import SqlRegistryRepository
from store.repositories.reports import SqlDurationRepository, SqlReportRepository
from store.repositories.requests import SqlRequestRepository, SqlTimerRepository
from store.repositories.sequences import SqlSequenceRepository
from store.repositories.settings import SqlSettingChangeRepository
from store.repositories.tariffs import SqlTariffRepository
from store.repositories.tills import SqlTillRepository
from store.repositories.verifications import SqlVerificationRepository
from store.repositories.work_calendar import SqlWorkCalendarRepository
from store.settlement.differences import SqlDifferenceRepository
from store.settlement.files import SqlSettlementRepository
from store.uploads import SqlUploadRepository
from store.work import SqlTransaction, open_transaction

PROBE_SECONDS = 5.0
"""How long a database may take to write one row, when it is asked whether it can."""

PROBE_LEASE_PERIOD = timedelta(seconds=15)

OnQueued = Callable[[Collection[str]], None]
"""Notified of the channels with new messages."""


class SqlUnit:
    """The port `UnitOfWork`."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction
        self._open_requests(transaction)
        self._open_money(transaction)
        self._open_registries(transaction)
        self._open_messages(transaction)
        self._open_staff(transaction)
        self._open_operations(transaction)

    def _open_requests(self, work: SqlTransaction) -> None:
        self.requests = SqlRequestRepository(work)
        self.timers = SqlTimerRepository(work)
        self.work_lists = SqlWorkListRepository(work)
        self.search_words = SqlSearchWordRepository(work)
        self.saved_views = SqlSavedViewRepository(work)
        self.history = SqlHistoryRepository(work)
        self.drafts = SqlDraftRepository(work)
        self.draft_files = SqlDraftFileRepository(work)
        self.uploads = SqlUploadRepository(work)
        self.consent_links = SqlConsentLinkRepository(work)
        self.documents = SqlDocumentRepository(work)
        self.issued_papers = SqlIssuedPaperRepository(work)
        self.personal_data = SqlPersonalDataRepository(work)
        self.reports = SqlReportRepository(work)
        self.durations = SqlDurationRepository(work)
        self.feedback = SqlFeedbackRepository(work)
        self.service_views = SqlServiceViewRepository(work)

    def _open_money(self, work: SqlTransaction) -> None:
        self.bills = SqlBillRepository(work)
        self.payment_attempts = SqlPaymentAttemptRepository(work)
        self.card_refunds = SqlCardRefundRepository(work)
        self.payment_links = SqlPaymentLinkRepository(work)
        self.merged_bills = SqlMergedBillRepository(work)
        self.ledger = SqlLedgerRepository(work)
        self.suspense = SqlSuspenseRepository(work)
        self.settlement = SqlSettlementRepository(work)
        self.payment_differences = SqlDifferenceRepository(work)
        self.sequences = SqlSequenceRepository(work)
        self.tariffs = SqlTariffRepository(work)
        self.office_tills = SqlTillRepository(work)
        self.offices = SqlOfficeRepository(work)
        self.office_calls = SqlCallRepository(work)

    def _open_registries(self, work: SqlTransaction) -> None:
        self.fleet = SqlFleetRepository(work)
        self.registries = SqlRegistryRepository(work)
        self.registry_imports = SqlImportRepository(work)

    def _open_messages(self, work: SqlTransaction) -> None:
        self.inbox = SqlInboxRepository(work)
        self.dialogues = SqlDialogueRepository(work)
        self.outbox = SqlOutboxRepository(work)
        self.message_counts = SqlMessageCountRepository(work)
        self.code_messages = SqlCodeMessageRepository(work)
        self.lines = SqlLineRepository(work)
        self.chats = SqlChatRepository(work)
        self.mobile_proofs = SqlMobileProofRepository(work)

    def _open_staff(self, work: SqlTransaction) -> None:
        self.people = SqlStaffMemberRepository(work)
        self.staff_sessions = SqlStaffSessionRepository(work)
        self.citizen_sessions = SqlCitizenSessionRepository(work)
        self.second_factors = SqlSecondFactorRepository(work)
        self.audit = SqlAuditRepository(work)

    def _open_operations(self, work: SqlTransaction) -> None:
        self.leases = SqlLeaseRepository(work)
        self.work_calendar = SqlWorkCalendarRepository(work)
        self.setting_changes = SqlSettingChangeRepository(work)
        self.verifications = SqlVerificationRepository(work)
        self.key_checks = SqlKeyChecks(work)
        self.everything = SqlEverything(work)

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        return self._transaction.open_savepoint()

    async def serialise(self, key: str) -> None:
        await self._transaction.serialise(key)


class SqlStore:
    """The port `Store`: `connect` it, take units from it, `close` it.

    `on_queued` is called after each commit that queued messages, with the channels that they are for, so that their
    relays in this process can wake at once.
    """

    def __init__(self, engine: DatabaseEngine, on_queued: OnQueued | None = None) -> None:
        self._engine = engine
        self._on_queued = on_queued
        self._probe_name = f"probe:{secrets.token_hex(8)}"

    @classmethod
    async def connect(
        cls, database_url: str, on_queued: OnQueued | None = None, limits: ConnectionLimits = DEFAULT_LIMITS
    ) -> Self:
        """Connect to a database whose schema is the one this code knows; raises as `store.migrate.check_schema`."""
        engine = build_engine(database_url, limits)
        try:
            await check_engine_schema(engine)
        except BaseException:
            await engine.close()
            raise
        return cls(engine, on_queued)

    async def close(self) -> None:
        """Close all connections; open units must have ended."""
        await self._engine.close()

    async def check_integrity(self) -> None:
        """Look through the whole database; `DatabaseUnavailable` when something in it is broken."""
        await self._engine.check_integrity()

    async def probe(self) -> None:
        """Write something and forget it; `DatabaseUnavailable` says why that cannot be done, or what is damaged."""
        with self._engine.translating_errors():
            async with asyncio.timeout(PROBE_SECONDS):
                await self._write_and_forget()
        self._engine.health.note_success()
        if self._engine.health.first_damage:
            raise self._engine.health.first_damage

    async def _write_and_forget(self) -> None:
        self._engine.check_location()
        async with self.open_unit() as uow:
            await uow.leases.acquire(self._probe_name, self._probe_name, PROBE_LEASE_PERIOD)
            await uow.leases.release(self._probe_name, self._probe_name)

    async def read_revision(self) -> str | None:
        """Return the version that the schema bears, None for a database without one."""
        return await self._engine.read_revision()

    def abandon(self) -> None:
        """Cut off whatever waits for the database: the process ends, and may wait no longer."""
        self._engine.abandon()

    @asynccontextmanager
    async def open_unit(self, *, write: bool = True) -> AsyncIterator[SqlUnit]:
        """With `write=False` one snapshot, beside the writers. `Unavailable("database")` without a connection."""
        async with open_transaction(self._engine, write=write) as open_work:
            yield SqlUnit(open_work)
        if open_work.queued_channels and self._on_queued:
            self._on_queued(open_work.queued_channels)
