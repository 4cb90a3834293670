"""Units of work: one transaction and the repositories that share it.

A unit ends in one of two ways, whatever happens to its task: everything it wrote is durable, or nothing is. Commit and
rollback are awaited to their end even when the task is cancelled meanwhile (the cancellation follows), so that no
connection is left in the middle and the turn to write is never passed on too early.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Generic, Self, TypeVar

from sqlalchemy import delete

from store.bills.bills import SqlBillRepository
from store.bills.payment_claims import SqlPaymentClaimRepository
from store.bills.refund_transfers import SqlRefundTransferRepository
from store.drafts.drafts import SqlDraftRepository
from store.drafts.files import SqlDraftFileRepository
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
from store.messages.misread_texts import SqlMisreadTextRepository
from store.messages.outbox import SqlOutboxRepository
from store.migrate import check_engine_schema
from store.offices.nonces import SqlNonceRepository
from store.offices.offices import SqlOfficeRepository
from store.offices.tills import SqlTillRepository
from store.payments.attempts import SqlPaymentAttemptRepository
from store.payments.card_refunds import SqlCardRefundRepository
from store.payments.links import SqlPaymentLinkRepository
from store.payments.merged_bills import SqlMergedBillRepository
from store.people.citizen_sessions import SqlCitizenSessionRepository
from store.people.members import SqlStaffMemberRepository
from store.people.mobile_changes import SqlMobileChangeRepository
from store.people.staff_sessions import SqlSecondFactorRepository, SqlStaffSessionRepository
from store.queues.saved_views import SqlSavedViewRepository
from store.queues.search_words import SqlSearchWordRepository
from store.queues.work_lists import SqlWorkListRepository
from store.repositories.audit import SqlAuditRepository
from store.repositories.consent_links import SqlConsentLinkRepository
from store.repositories.documents import SqlDocumentRepository
from store.repositories.feedback import SqlFeedbackRepository, SqlServiceViewRepository
from store.repositories.fleet import SqlFleetRepository
from store.repositories.history import SqlHistoryRepository
from store.repositories.idempotency_keys import SqlIdempotencyKeyRepository
from store.repositories.imports import SqlImportRepository
from store.repositories.issued_papers import SqlIssuedPaperRepository
from store.repositories.leases import SqlLeaseRepository
from store.repositories.mentions import SqlMentionRepository
from store.repositories.personal_data import SqlPersonalDataRepository
from store.repositories.registries import SqlRegistryRepository
from store.repositories.reports import SqlDurationRepository, SqlReportRepository
from store.repositories.requests import SqlRequestRepository, SqlTimerRepository
from store.repositories.sequences import SqlSequenceRepository
from store.repositories.settings import SqlSettingChangeRepository
from store.repositories.tariffs import SqlTariffRepository
from store.repositories.verifications import SqlVerificationRepository
from store.repositories.work_calendar import SqlWorkCalendarRepository
from store.schema import metadata
from store.settlement.differences import SqlDifferenceRepository
from store.settlement.files import SqlSettlementRepository
from store.uploads import SqlUploadRepository
from store.work import Repository, SqlTransaction, open_transaction


class SqlEverything(Repository):
    """All tables at once."""

    async def delete(self) -> None:
        """Delete every row of every table; the schema and its version stay."""
        for table in reversed(metadata.sorted_tables):
            await self._transaction.execute(delete(table))


PROBE_SECONDS = 5.0
"""Time for a database to write one row, when it is asked whether it can."""

PROBE_LEASE_PERIOD = timedelta(seconds=15)

OnQueued = Callable[[Collection[str]], None]
"""Notified of the channels with new messages."""

RepositoryT = TypeVar("RepositoryT")


class RepositoryOnDemand(Generic[RepositoryT]):
    """A repository of a unit of work, built when somebody first asks that unit for it: most units use a few of them."""

    def __init__(self, repository_class: Callable[[SqlTransaction], RepositoryT]) -> None:
        self._repository_class = repository_class

    def __set_name__(self, unit_class: type, name: str) -> None:
        self._name = name

    def __get__(self, unit: "SqlUnit", unit_class: type) -> RepositoryT:
        repository = self._repository_class(unit._transaction)
        unit.__dict__[self._name] = repository  # from now on it is found there, before this
        return repository


class SqlUnit:
    """The port `UnitOfWork`."""

    requests = RepositoryOnDemand(SqlRequestRepository)
    timers = RepositoryOnDemand(SqlTimerRepository)
    work_lists = RepositoryOnDemand(SqlWorkListRepository)
    search_words = RepositoryOnDemand(SqlSearchWordRepository)
    saved_views = RepositoryOnDemand(SqlSavedViewRepository)
    history = RepositoryOnDemand(SqlHistoryRepository)
    drafts = RepositoryOnDemand(SqlDraftRepository)
    draft_files = RepositoryOnDemand(SqlDraftFileRepository)
    uploads = RepositoryOnDemand(SqlUploadRepository)
    consent_links = RepositoryOnDemand(SqlConsentLinkRepository)
    mentions = RepositoryOnDemand(SqlMentionRepository)
    documents = RepositoryOnDemand(SqlDocumentRepository)
    issued_papers = RepositoryOnDemand(SqlIssuedPaperRepository)
    personal_data = RepositoryOnDemand(SqlPersonalDataRepository)
    reports = RepositoryOnDemand(SqlReportRepository)
    durations = RepositoryOnDemand(SqlDurationRepository)
    feedback = RepositoryOnDemand(SqlFeedbackRepository)
    service_views = RepositoryOnDemand(SqlServiceViewRepository)
    bills = RepositoryOnDemand(SqlBillRepository)
    payment_attempts = RepositoryOnDemand(SqlPaymentAttemptRepository)
    card_refunds = RepositoryOnDemand(SqlCardRefundRepository)
    payment_claims = RepositoryOnDemand(SqlPaymentClaimRepository)
    refund_transfers = RepositoryOnDemand(SqlRefundTransferRepository)
    mobile_changes = RepositoryOnDemand(SqlMobileChangeRepository)
    payment_links = RepositoryOnDemand(SqlPaymentLinkRepository)
    merged_bills = RepositoryOnDemand(SqlMergedBillRepository)
    ledger = RepositoryOnDemand(SqlLedgerRepository)
    suspense = RepositoryOnDemand(SqlSuspenseRepository)
    settlement = RepositoryOnDemand(SqlSettlementRepository)
    payment_differences = RepositoryOnDemand(SqlDifferenceRepository)
    sequences = RepositoryOnDemand(SqlSequenceRepository)
    tariffs = RepositoryOnDemand(SqlTariffRepository)
    office_tills = RepositoryOnDemand(SqlTillRepository)
    offices = RepositoryOnDemand(SqlOfficeRepository)
    office_nonces = RepositoryOnDemand(SqlNonceRepository)
    idempotency_keys = RepositoryOnDemand(SqlIdempotencyKeyRepository)
    fleet = RepositoryOnDemand(SqlFleetRepository)
    registries = RepositoryOnDemand(SqlRegistryRepository)
    registry_imports = RepositoryOnDemand(SqlImportRepository)
    inbox = RepositoryOnDemand(SqlInboxRepository)
    dialogues = RepositoryOnDemand(SqlDialogueRepository)
    misread_texts = RepositoryOnDemand(SqlMisreadTextRepository)
    outbox = RepositoryOnDemand(SqlOutboxRepository)
    message_counts = RepositoryOnDemand(SqlMessageCountRepository)
    code_messages = RepositoryOnDemand(SqlCodeMessageRepository)
    lines = RepositoryOnDemand(SqlLineRepository)
    chats = RepositoryOnDemand(SqlChatRepository)
    mobile_proofs = RepositoryOnDemand(SqlMobileProofRepository)
    people = RepositoryOnDemand(SqlStaffMemberRepository)
    staff_sessions = RepositoryOnDemand(SqlStaffSessionRepository)
    citizen_sessions = RepositoryOnDemand(SqlCitizenSessionRepository)
    second_factors = RepositoryOnDemand(SqlSecondFactorRepository)
    audit = RepositoryOnDemand(SqlAuditRepository)
    leases = RepositoryOnDemand(SqlLeaseRepository)
    work_calendar = RepositoryOnDemand(SqlWorkCalendarRepository)
    setting_changes = RepositoryOnDemand(SqlSettingChangeRepository)
    verifications = RepositoryOnDemand(SqlVerificationRepository)
    key_checks = RepositoryOnDemand(SqlKeyChecks)
    everything = RepositoryOnDemand(SqlEverything)

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction
        self.savepoint = transaction.open_savepoint
        self.serialise = transaction.serialise


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
        """Connect to a database whose schema is the one this code knows; raises as `migrate.check_engine_schema`."""
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
        with self._engine.error_translation:
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
