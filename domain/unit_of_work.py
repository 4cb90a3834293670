"""Ports of the domain: what it needs from outside, as protocols: time, chance, the store, carriers of messages and bank
gateways.

Adapters implement these without importing each other: `store/` the unit of work and its repositories, `channels/sms`
and `channels/telegram` the carriers, `payments/` the gateways, `app/` clock, ids and signer. Repositories return domain
objects and raise domain errors. A unit of work is always passed, never ambient.
"""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from domain.audit.ports import AuditRepository, VerificationRepository
from domain.bills.ports import BillRepository, MergedBillRepository, PaymentClaimRepository, SequenceRepository
from domain.bills.refund_ports import RefundTransferRepository
from domain.chats.ports import ChatRepository, MobileProofRepository
from domain.drafts.ports import DraftFileRepository, DraftRepository
from domain.feedback.ports import FeedbackRepository, ServiceViewRepository
from domain.fleet.ports import FleetRepository
from domain.gateways.ports import PaymentAttemptRepository, PaymentLinkRepository
from domain.gateways.refund_ports import CardRefundRepository
from domain.idempotency.ports import IdempotencyKeyRepository
from domain.jobs.ports import LeaseRepository
from domain.ledger.ports import LedgerRepository, SuspenseRepository
from domain.messages.ports import (
    CodeMessageRepository,
    DialogueRepository,
    InboxRepository,
    LineRepository,
    MessageCountRepository,
    MisreadTextRepository,
    OutboxRepository,
)
from domain.offices.ports import NonceRepository, OfficeRepository, TillRepository
from domain.papers.ports import IssuedPaperRepository
from domain.people.mobile_changes import MobileChangeRepository
from domain.people.ports import (
    CitizenSessionRepository,
    SecondFactorRepository,
    StaffMemberRepository,
    StaffSessionRepository,
)
from domain.queues.ports import SavedViewRepository, SearchWordRepository, WorkListRepository
from domain.registries.ports import ImportRepository, RegistryRepository
from domain.reports.ports import DurationRepository, ReportRepository
from domain.requests.ports import (
    ConsentLinkRepository,
    DocumentRepository,
    HistoryRepository,
    MentionRepository,
    PersonalDataRepository,
    RequestRepository,
    TimerRepository,
)
from domain.settings.ports import SettingChangeRepository, WorkCalendarRepository
from domain.settlement.ports import DifferenceRepository, SettlementRepository
from domain.tariffs.ports import TariffRepository
from domain.uploads.ports import UploadRepository


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
        """Return a secret sealed: it reveals nothing without the vault."""
        ...

    def unseal_secret(self, sealed_secret: str) -> str:
        """Return the secret; `Internal` when it was sealed by another vault, or changed."""
        ...

    def keyed_digest(self, purpose: str, text: str) -> str:
        """Return a keyed digest (hexadecimal): who has the database alone cannot try texts against it. Digests of one
        purpose are none of another.
        """
        ...


class UnitOfWork(Protocol):
    """One transaction and the repositories that share it."""

    @property
    def requests(self) -> RequestRepository:
        """Requests of citizens."""
        ...

    @property
    def timers(self) -> TimerRepository:
        """Moments at which the scheduler turns to requests."""
        ...

    @property
    def work_lists(self) -> WorkListRepository:
        """Queues of the staff, page by page."""
        ...

    @property
    def search_words(self) -> SearchWordRepository:
        """Names and numbers by which requests are found."""
        ...

    @property
    def saved_views(self) -> SavedViewRepository:
        """Filters of queues that members of the staff keep."""
        ...

    @property
    def history(self) -> HistoryRepository:
        """Events of requests, and seals."""
        ...

    @property
    def bills(self) -> BillRepository:
        """Bills, payments, reversals and refunds."""
        ...

    @property
    def merged_bills(self) -> MergedBillRepository:
        """Pairs of ids under which several bills are paid at once."""
        ...

    @property
    def payment_attempts(self) -> PaymentAttemptRepository:
        """Attempts to pay at bank gateways, with their history and callbacks."""
        ...

    @property
    def card_refunds(self) -> CardRefundRepository:
        """Attempts to send money back to paying cards, with their history."""
        ...

    @property
    def payment_claims(self) -> PaymentClaimRepository:
        """Payments that citizens claim to have made."""
        ...

    @property
    def refund_transfers(self) -> RefundTransferRepository:
        """Accounts to which money goes back, and the files of transfers to them."""
        ...

    @property
    def mobile_changes(self) -> MobileChangeRepository:
        """Changes of the mobiles by which people are reached."""
        ...

    @property
    def payment_links(self) -> PaymentLinkRepository:
        """Links under which bills are paid."""
        ...

    @property
    def ledger(self) -> LedgerRepository:
        """Entries of the ledger."""
        ...

    @property
    def suspense(self) -> SuspenseRepository:
        """Receipts without a bill."""
        ...

    @property
    def settlement(self) -> SettlementRepository:
        """Settlement files and their lines."""
        ...

    @property
    def payment_differences(self) -> DifferenceRepository:
        """Differences between gateway, settlement files and ledger."""
        ...

    @property
    def sequences(self) -> SequenceRepository:
        """Numbers without gaps."""
        ...

    @property
    def tariffs(self) -> TariffRepository:
        """Prices, and prices that wait for a second person."""
        ...

    @property
    def fleet(self) -> FleetRepository:
        """Machines, operators, officers and their bookings."""
        ...

    @property
    def registries(self) -> RegistryRepository:
        """Rows of registries."""
        ...

    @property
    def registry_imports(self) -> ImportRepository:
        """Files that were brought for registries."""
        ...

    @property
    def people(self) -> StaffMemberRepository:
        """Citizens, members of the staff and substitutes."""
        ...

    @property
    def staff_sessions(self) -> StaffSessionRepository:
        """Sessions of the staff's site."""
        ...

    @property
    def citizen_sessions(self) -> CitizenSessionRepository:
        """Sessions of the citizens' portal."""
        ...

    @property
    def second_factors(self) -> SecondFactorRepository:
        """Authenticators of the staff."""
        ...

    @property
    def feedback(self) -> FeedbackRepository:
        """Ratings and comments."""
        ...

    @property
    def service_views(self) -> ServiceViewRepository:
        """Readings of the services' pages."""
        ...

    @property
    def personal_data(self) -> PersonalDataRepository:
        """Erases what is kept of people beside the rows of requests."""
        ...

    @property
    def reports(self) -> ReportRepository:
        """Figures, and reports that were kept."""
        ...

    @property
    def drafts(self) -> DraftRepository:
        """Forms that citizens have begun and not sent yet."""
        ...

    @property
    def draft_files(self) -> DraftFileRepository:
        """Files that came with them."""
        ...

    @property
    def uploads(self) -> UploadRepository:
        """Files on their way to drafts and requests."""
        ...

    @property
    def durations(self) -> DurationRepository:
        """Durations of requests, and the usual one of each service."""
        ...

    @property
    def mentions(self) -> MentionRepository:
        """Members of the staff named in notes about requests."""
        ...

    @property
    def consent_links(self) -> ConsentLinkRepository:
        """Links by which others than the citizen answer."""
        ...

    @property
    def documents(self) -> DocumentRepository:
        """Files of requests."""
        ...

    @property
    def issued_papers(self) -> IssuedPaperRepository:
        """Papers that can be verified."""
        ...

    @property
    def inbox(self) -> InboxRepository:
        """Texts that came in."""
        ...

    @property
    def dialogues(self) -> DialogueRepository:
        """Running dialogues."""
        ...

    @property
    def misread_texts(self) -> MisreadTextRepository:
        """Texts that were not understood as they were meant."""
        ...

    @property
    def outbox(self) -> OutboxRepository:
        """Messages that go out."""
        ...

    @property
    def message_counts(self) -> MessageCountRepository:
        """Number of messages in each state, for pages and figures."""
        ...

    @property
    def code_messages(self) -> CodeMessageRepository:
        """Verification codes by SMS: what they cost, and whether they leave."""
        ...

    @property
    def lines(self) -> LineRepository:
        """Opt-outs, and what is counted or blocked by a key."""
        ...

    @property
    def chats(self) -> ChatRepository:
        """Chats with messengers' bots."""
        ...

    @property
    def mobile_proofs(self) -> MobileProofRepository:
        """Codes that prove a mobile."""
        ...

    @property
    def offices(self) -> OfficeRepository:
        """Counter offices and what they earn."""
        ...

    @property
    def office_tills(self) -> TillRepository:
        """Tills as they were closed."""
        ...

    @property
    def office_nonces(self) -> NonceRepository:
        """Nonces that software of offices has used."""
        ...

    @property
    def idempotency_keys(self) -> IdempotencyKeyRepository:
        """Keys of calls and forms that act once."""
        ...

    @property
    def leases(self) -> LeaseRepository:
        """Leases of jobs."""
        ...

    @property
    def work_calendar(self) -> WorkCalendarRepository:
        """Days declared off or working."""
        ...

    @property
    def setting_changes(self) -> SettingChangeRepository:
        """Changes of settings and texts."""
        ...

    @property
    def audit(self) -> AuditRepository:
        """Acts of the staff besides steps."""
        ...

    @property
    def verifications(self) -> VerificationRepository:
        """Verifications of the history."""
        ...

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
