"""Repositories of a unit of work by subject, as protocols: an action asks for those of its subject, which every unit of
work fills (`domain/unit_of_work.py`).

A subject whose work always needs another's has its repositories too. Each repository is declared once.
"""

from contextlib import AbstractAsyncContextManager
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


class Transaction(Protocol):
    """A transaction by itself, whatever is stored in it."""

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """Open a part of this unit that rolls back alone when it raises; the unit itself can go on and be committed."""
        ...

    async def serialise(self, key: str) -> None:
        """Wait until no other open unit holds `key`, then hold it to the end of this unit (one line's messages)."""
        ...


class AuditRepositories(Transaction, Protocol):
    """Audit of what the staff do."""

    @property
    def audit(self) -> AuditRepository:
        """Acts of the staff besides steps."""
        ...

    @property
    def verifications(self) -> VerificationRepository:
        """Verifications of the history."""
        ...


class LineRepositories(Transaction, Protocol):
    """Lines by which people write and are reached, and what is limited by a key."""

    @property
    def lines(self) -> LineRepository:
        """Opt-outs, and what is counted or blocked by a key."""
        ...

    @property
    def chats(self) -> ChatRepository:
        """Chats with messengers' bots."""
        ...


class MessageRepositories(AuditRepositories, LineRepositories, Protocol):
    """Messages that come in and go out, and the dialogues that they belong to."""

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


class CitizenRepositories(LineRepositories, Protocol):
    """Citizens on the portal: their sessions, and the proofs of their mobiles."""

    @property
    def citizen_sessions(self) -> CitizenSessionRepository:
        """Sessions of the citizens' portal."""
        ...

    @property
    def mobile_proofs(self) -> MobileProofRepository:
        """Codes that prove a mobile."""
        ...


class StaffRepositories(AuditRepositories, LineRepositories, Protocol):
    """Members of the staff, and how they sign in."""

    @property
    def people(self) -> StaffMemberRepository:
        """Citizens, members of the staff and substitutes."""
        ...

    @property
    def staff_sessions(self) -> StaffSessionRepository:
        """Sessions of the staff's site."""
        ...

    @property
    def second_factors(self) -> SecondFactorRepository:
        """Authenticators of the staff."""
        ...


class RequestRepositories(AuditRepositories, Protocol):
    """Requests, what happened to them and what waits for them."""

    @property
    def requests(self) -> RequestRepository:
        """Requests of citizens."""
        ...

    @property
    def timers(self) -> TimerRepository:
        """Moments at which the scheduler turns to requests."""
        ...

    @property
    def history(self) -> HistoryRepository:
        """Events of requests, and seals."""
        ...

    @property
    def search_words(self) -> SearchWordRepository:
        """Names and numbers by which requests are found."""
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
    def personal_data(self) -> PersonalDataRepository:
        """Erases what is kept of people beside the rows of requests."""
        ...


class PaperRepositories(RequestRepositories, Protocol):
    """Papers that came with requests, and those that were issued."""

    @property
    def documents(self) -> DocumentRepository:
        """Files of requests."""
        ...

    @property
    def issued_papers(self) -> IssuedPaperRepository:
        """Papers that can be verified."""
        ...


class FeedbackRepositories(RequestRepositories, LineRepositories, Protocol):
    """Opinions of citizens about their requests and the services."""

    @property
    def feedback(self) -> FeedbackRepository:
        """Ratings and comments."""
        ...

    @property
    def service_views(self) -> ServiceViewRepository:
        """Readings of the services' pages."""
        ...


class DraftRepositories(LineRepositories, Protocol):
    """Forms that are not sent yet, and their files."""

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


class FleetRepositories(RequestRepositories, Protocol):
    """Fleet, and the requests that it is booked for."""

    @property
    def fleet(self) -> FleetRepository:
        """Machines, operators, officers and their bookings."""
        ...


class RegistryRepositories(AuditRepositories, Protocol):
    """Registries and what is brought into them."""

    @property
    def registries(self) -> RegistryRepository:
        """Rows of registries."""
        ...

    @property
    def registry_imports(self) -> ImportRepository:
        """Files that were brought for registries."""
        ...


class SubjectRepositories(RequestRepositories, RegistryRepositories, Protocol):
    """Requests and rows of registries: the subjects of bills."""


class BillRepositories(AuditRepositories, Protocol):
    """Bills, and under what they are paid."""

    @property
    def bills(self) -> BillRepository:
        """Bills, payments, reversals and refunds."""
        ...

    @property
    def merged_bills(self) -> MergedBillRepository:
        """Pairs of ids under which several bills are paid at once."""
        ...

    @property
    def payment_links(self) -> PaymentLinkRepository:
        """Links under which bills are paid."""
        ...

    @property
    def payment_claims(self) -> PaymentClaimRepository:
        """Payments that citizens claim to have made."""
        ...

    @property
    def sequences(self) -> SequenceRepository:
        """Numbers without gaps."""
        ...


class BillSubjectRepositories(BillRepositories, SubjectRepositories, Protocol):
    """Bills, and what they are for."""


class GatewayRepositories(BillRepositories, Protocol):
    """Bills, and the money that bank gateways move for them, in and back."""

    @property
    def payment_attempts(self) -> PaymentAttemptRepository:
        """Attempts to pay at bank gateways, with their history and callbacks."""
        ...

    @property
    def card_refunds(self) -> CardRefundRepository:
        """Attempts to send money back to paying cards, with their history."""
        ...


class RefundRepositories(BillRepositories, Protocol):
    """Bills, and the accounts to which their money goes back."""

    @property
    def refund_transfers(self) -> RefundTransferRepository:
        """Accounts to which money goes back, and the files of transfers to them."""
        ...

    @property
    def mobile_changes(self) -> MobileChangeRepository:
        """Changes of the mobiles by which people are reached."""
        ...


class LedgerRepositories(AuditRepositories, Protocol):
    """Books: the ledger, and what is to be reconciled with it."""

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


class OfficeRepositories(AuditRepositories, LineRepositories, Protocol):
    """Counter offices, their tills and the calls of their software."""

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


class SettingRepositories(AuditRepositories, Protocol):
    """Prices, rules, texts and days that the municipality sets."""

    @property
    def tariffs(self) -> TariffRepository:
        """Prices, and prices that wait for a second person."""
        ...

    @property
    def work_calendar(self) -> WorkCalendarRepository:
        """Days declared off or working."""
        ...

    @property
    def setting_changes(self) -> SettingChangeRepository:
        """Changes of settings and texts."""
        ...


class OverviewRepositories(Transaction, Protocol):
    """Lists and figures that the staff look over."""

    @property
    def work_lists(self) -> WorkListRepository:
        """Queues of the staff, page by page."""
        ...

    @property
    def saved_views(self) -> SavedViewRepository:
        """Filters of queues that members of the staff keep."""
        ...

    @property
    def reports(self) -> ReportRepository:
        """Figures, and reports that were kept."""
        ...

    @property
    def durations(self) -> DurationRepository:
        """Durations of requests, and the usual one of each service."""
        ...
