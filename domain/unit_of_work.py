"""What the domain needs from outside, as protocols: time, chance, the store, carriers of messages and bank gateways.

Adapters implement these without importing each other: `store/` the unit of work and its repositories, `channels/sms`
and `channels/telegram` the carriers, `payments/` the gateways, `app/` clock, ids and signer. Repositories return domain
objects and raise domain errors. A unit of work is always passed, never ambient.
"""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from domain.audit.ports import AuditRepository, VerificationRepository
from domain.bills.ports import BillRepository, SequenceRepository
from domain.chats.ports import ChatRepository, MobileProofRepository
from domain.feedback.ports import FeedbackRepository, ServiceViewRepository
from domain.fleet.ports import FleetRepository
from domain.jobs.ports import LeaseRepository
from domain.messages.ports import (
    DialogueRepository,
    InboxRepository,
    LineRepository,
    MessageCountRepository,
    OutboxRepository,
)
from domain.offices.ports import CallRepository, OfficeRepository, TillRepository
from domain.papers.ports import IssuedPaperRepository
from domain.people.ports import SecondFactorRepository, StaffMemberRepository, StaffSessionRepository
from domain.queues.ports import SavedViewRepository, SearchWordRepository, WorkListRepository
from domain.registries.declarations import Registry
from domain.registries.ports import ImportRepository, RegistryRepository
from domain.reports.filter import ReportFilter
from domain.reports.ports import ReportRepository
from domain.requests.ports import (
    DocumentRepository,
    HistoryRepository,
    PersonalDataRepository,
    RequestRepository,
    TimerRepository,
)
from domain.settings.ports import SettingChangeRepository, WorkCalendarRepository
from domain.tariffs.ports import TariffRepository
from domain.values.actors import Actor


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class IdGenerator(Protocol):
    """The only source of chance."""

    def new_id(self) -> int:
        """Return a positive 63-bit number, never given before, growing with time: a primary key and a wire
        reference.
        """
        ...

    def new_tracking_payload(self) -> int:
        """Return a random number from 10,000,000 to 99,999,999."""
        ...

    def new_token(self) -> str:
        """Return 32 hexadecimal digits of randomness: a salt, a claim token, a verification token."""
        ...

    def random_fraction(self) -> float:
        """Return a random number in [0, 1): jitter."""
        ...


class Vault(Protocol):
    """Keeps secrets that must be read again, by a key that is outside the database."""

    def seal_secret(self, secret: str) -> str:
        """Return a secret sealed: it tells nothing without the vault."""
        ...

    def unseal_secret(self, sealed_secret: str) -> str:
        """Return the secret; `Internal` when it was sealed by another vault, or changed."""
        ...

    def keyed_digest(self, purpose: str, text: str) -> str:
        """Return a keyed digest (hexadecimal): who has the database alone cannot try texts against it. Digests of one
        purpose are none of another.
        """
        ...


class TableExports(Protocol):
    """Writes registries into files, beside the service and not in its way."""

    def export_registry(self, registry: Registry, file_format: str) -> AbstractAsyncContextManager[Path]:
        """Yield a file with all rows as they stand, `file_format` being csv or xlsx; it is gone when the block ends.

        `Unavailable("export")` when it cannot be made now.
        """
        ...


class UnitOfWork(Protocol):
    """One transaction and the repositories that share it."""

    @property
    def requests(self) -> RequestRepository: ...
    @property
    def timers(self) -> TimerRepository: ...
    @property
    def work_lists(self) -> WorkListRepository: ...
    @property
    def search_words(self) -> SearchWordRepository: ...
    @property
    def saved_views(self) -> SavedViewRepository: ...
    @property
    def history(self) -> HistoryRepository: ...
    @property
    def bills(self) -> BillRepository: ...
    @property
    def sequences(self) -> SequenceRepository: ...
    @property
    def tariffs(self) -> TariffRepository: ...
    @property
    def fleet(self) -> FleetRepository: ...
    @property
    def registries(self) -> RegistryRepository: ...
    @property
    def registry_imports(self) -> ImportRepository: ...
    @property
    def people(self) -> StaffMemberRepository: ...
    @property
    def staff_sessions(self) -> StaffSessionRepository: ...
    @property
    def second_factors(self) -> SecondFactorRepository: ...
    @property
    def feedback(self) -> FeedbackRepository: ...
    @property
    def service_views(self) -> ServiceViewRepository: ...
    @property
    def personal_data(self) -> PersonalDataRepository: ...
    @property
    def reports(self) -> ReportRepository: ...
    @property
    def documents(self) -> DocumentRepository: ...
    @property
    def issued_papers(self) -> IssuedPaperRepository: ...
    @property
    def inbox(self) -> InboxRepository: ...
    @property
    def dialogues(self) -> DialogueRepository: ...
    @property
    def outbox(self) -> OutboxRepository: ...
    @property
    def message_counts(self) -> MessageCountRepository: ...
    @property
    def lines(self) -> LineRepository: ...
    @property
    def chats(self) -> ChatRepository: ...
    @property
    def mobile_proofs(self) -> MobileProofRepository: ...
    @property
    def offices(self) -> OfficeRepository: ...
    @property
    def office_tills(self) -> TillRepository: ...
    @property
    def office_calls(self) -> CallRepository: ...
    @property
    def leases(self) -> LeaseRepository: ...
    @property
    def work_calendar(self) -> WorkCalendarRepository: ...
    @property
    def setting_changes(self) -> SettingChangeRepository: ...
    @property
    def audit(self) -> AuditRepository: ...
    @property
    def verifications(self) -> VerificationRepository: ...

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """Open a part of this unit that rolls back alone when it raises; the unit itself can go on and be committed."""
        ...

    async def serialise(self, key: str) -> None:
        """Wait until no other open unit holds `key`, then hold it to the end of this unit (one line's messages)."""
        ...


class Store(Protocol):
    """Makes units of work."""

    def open_unit(self, *, write: bool = True) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit: committed when the block ends, rolled back on any exception, cancellation included."""
        ...


@dataclass(frozen=True, slots=True)
class SheetSelection:
    """What is taken along of a report (its key), as a sheet of that kind (csv, xlsx): the requests that it is about, a
    row each, or its `figures_only`.
    """

    report_key: str
    report_filter: ReportFilter
    file_format: str
    figures_only: bool = False


class ReportSheets(Protocol):
    """Makes sheets of reports, however long they are, without keeping others waiting."""

    def stream_sheet(self, selection: SheetSelection, actor: Actor) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a sheet as they come; `Unavailable("report")` when it cannot be made to its end."""
        ...
