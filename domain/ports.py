"""What the domain needs from outside, as protocols: time, chance, the store, carriers of messages and bank gateways.

Adapters implement these without importing each other: `store/` the unit of work and its repositories, `channels/sms`
and `channels/telegram` the carriers, `payments/` the gateways, `app/` clock, ids and signer. Repositories return domain
objects and raise domain errors. A unit of work is always passed, never ambient.
"""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from domain.chats import Chats, MobileProofs
from domain.feedback_repository import Feedback, ServiceViews
from domain.house_repository import Audit, SettingChanges, Verifications
from domain.import_repository import Imports
from domain.issued_papers import IssuedPapers
from domain.lease_repository import Leases
from domain.message_repositories import Dialogues, Inbox, Lines, Outbox
from domain.office_repository import Calls, Offices, Tills
from domain.outgoing import MessageState, OutboxMessage
from domain.people import Actor
from domain.personal_data import PersonalData
from domain.printouts import Letterhead, Printout
from domain.registries import Registry
from domain.registry_repository import Registries
from domain.report_filter import ReportFilter
from domain.report_repository import Reports
from domain.repositories import (
    Bills,
    Documents,
    Fleet,
    History,
    People,
    Requests,
    Sequences,
    Tariffs,
    Timers,
    WorkCalendar,
)
from domain.staff_repository import SecondFactors, StaffSessions
from domain.work_repository import SavedViews, SearchWords, WorkLists


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class Ids(Protocol):
    """The only source of chance."""

    def new_id(self) -> int:
        """Return a positive 63-bit number, never given before, growing with time: a primary key and a wire
        reference.
        """
        ...

    def tracking_payload(self) -> int:
        """Return a random number from 10,000,000 to 99,999,999."""
        ...

    def token(self) -> str:
        """Return 32 hexadecimal digits of randomness: a salt, a claim token, a verification token."""
        ...

    def fraction(self) -> float:
        """Return a random number in [0, 1): jitter."""
        ...


class Vault(Protocol):
    """Keeps secrets that must be read again, by a key that is outside the database."""

    def close(self, secret: str) -> str:
        """Return a secret sealed: it tells nothing without the vault."""
        ...

    def open(self, sealed: str) -> str:
        """Return the secret; `Internal` when it was sealed by another vault, or changed."""
        ...

    def digest(self, purpose: str, text: str) -> str:
        """Return a keyed digest (hexadecimal): who has the database alone cannot try texts against it. Digests of one
        purpose are none of another.
        """
        ...


class Printer(Protocol):
    """Puts papers on the municipality's letterhead."""

    def letterhead(self) -> Letterhead:
        """Return what papers bear now: the name may be worded anew while the house runs."""
        ...

    def html(self, printout: Printout) -> str:
        """Return a whole HTML document with all that it needs inside it."""
        ...

    async def pdf(self, printout: Printout) -> bytes:
        """Return a PDF; `Unavailable("printer")` when it could not be made now. Never called inside a unit of work."""
        ...

    async def close(self) -> None:
        """End what makes PDFs."""


class TableExports(Protocol):
    """Writes registries into files, beside the service and not in its way."""

    def exported(self, registry: Registry, kind: str) -> AbstractAsyncContextManager[Path]:
        """Yield a file with all rows as they stand, `kind` being csv or xlsx; it is gone when the block ends.

        `Unavailable("export")` when it cannot be made now.
        """
        ...


class UnitOfWork(Protocol):
    """One transaction and the repositories that share it."""

    @property
    def requests(self) -> Requests: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def work_lists(self) -> WorkLists: ...
    @property
    def search_words(self) -> SearchWords: ...
    @property
    def saved_views(self) -> SavedViews: ...
    @property
    def history(self) -> History: ...
    @property
    def bills(self) -> Bills: ...
    @property
    def sequences(self) -> Sequences: ...
    @property
    def tariffs(self) -> Tariffs: ...
    @property
    def fleet(self) -> Fleet: ...
    @property
    def registries(self) -> Registries: ...
    @property
    def imports(self) -> Imports: ...
    @property
    def people(self) -> People: ...
    @property
    def staff_sessions(self) -> StaffSessions: ...
    @property
    def second_factors(self) -> SecondFactors: ...
    @property
    def feedback(self) -> Feedback: ...
    @property
    def service_views(self) -> ServiceViews: ...
    @property
    def personal_data(self) -> PersonalData: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def issued_papers(self) -> IssuedPapers: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def dialogues(self) -> Dialogues: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def lines(self) -> Lines: ...
    @property
    def chats(self) -> Chats: ...
    @property
    def mobile_proofs(self) -> MobileProofs: ...
    @property
    def offices(self) -> Offices: ...
    @property
    def tills(self) -> Tills: ...
    @property
    def calls(self) -> Calls: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def work_calendar(self) -> WorkCalendar: ...
    @property
    def settings(self) -> SettingChanges: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def verifications(self) -> Verifications: ...

    def attempt(self) -> AbstractAsyncContextManager[None]:
        """Open a part of this unit that rolls back alone when it raises; the unit itself can go on and be committed."""
        ...

    async def serialise(self, key: str) -> None:
        """Wait until no other open unit holds `key`, then hold it to the end of this unit (one line's messages)."""
        ...


class Store(Protocol):
    """Makes units of work."""

    def unit(self, *, write: bool = True) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit: committed when the block ends, rolled back on any exception, cancellation included."""
        ...


@dataclass(frozen=True, slots=True)
class SheetWish:
    """What is taken along of a report (its key), as a sheet of that kind (csv, xlsx): the requests that it is about, a
    row each, or its `figures`.
    """

    report: str
    filter: ReportFilter
    kind: str
    figures: bool = False


class ReportSheets(Protocol):
    """Makes sheets of reports, however long they are, without keeping others waiting."""

    def stream(self, wish: SheetWish, actor: Actor) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a sheet as they come; `Unavailable("report")` when it cannot be made to its end."""
        ...


class Verdict(StrEnum):
    """What became of one attempt to send."""

    ACCEPTED = "accepted"
    RETRY = "retry"
    REFUSED = "refused"
    BLOCKED = "blocked"
    PROVIDER_DOWN = "provider_down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SendResult:
    """A carrier's answer to one message.

    ACCEPTED: `provider_id` and `cost` (rials) are known. RETRY: surely not sent, may be tried again (`wait` seconds,
    and `waiting` when the try does not count; `recipient_only`: others need not wait). REFUSED / BLOCKED: never will
    be. PROVIDER_DOWN: nothing can be sent through this carrier for now (credit, key, no connection), for `wait` seconds
    at first, where it says so. UNKNOWN: may or may not have been sent. `reason` is a stable code.
    """

    verdict: Verdict
    provider_id: str | None = None
    cost: int | None = None
    reason: str | None = None
    wait: float = 0.0
    waiting: bool = False
    recipient_only: bool = False


@dataclass(frozen=True, slots=True)
class ReceivedSms:
    """An incoming text as a provider's webhook gives it; `provider_id` is None where it gives none."""

    provider_id: str | None
    sender: str
    recipient: str
    text: str


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """A delivery receipt: the provider's message id and the state it means."""

    provider_id: str
    state: MessageState


class Carrier(Protocol):
    """Whatever takes messages to people: an SMS panel or gateway, a messenger's bot."""

    name: str
    rate: float
    """What it takes a second: message parts, or messages where they have none."""
    answers_by_local_id: bool
    """Whether `outcome_of` can ask by our own message id, so that an unknown outcome need not be guessed."""

    async def send(self, message: OutboxMessage) -> SendResult:
        """Send one message; never raises for what the network or the carrier does."""
        ...

    async def outcome_of(self, message_ids: Sequence[int]) -> dict[int, SendResult | None]:
        """Ask by our own ids: ACCEPTED when the carrier has it, None when it never saw it; missing when it did not
        answer.
        """
        ...

    @property
    def remembers(self) -> timedelta:
        """How long after sending the carrier still knows our ids; afterwards a None proves nothing."""
        ...

    async def receipts_for(self, provider_ids: Collection[str]) -> list[DeliveryReceipt]:
        """Poll delivery states by the carrier's ids; those without news are left out."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


class SmsProvider(Carrier, Protocol):
    """One SMS panel or gateway: sending, inbound webhook and receipts together."""

    webhook_secret: str

    async def refusal(self) -> str | None:
        """Ask the panel about the account, which sends nothing: None when it knows the key, else the reason that a text
        would meet (`key`, `account`, `unreachable` …).
        """
        ...

    def read_inbound(self, form: Mapping[str, str]) -> ReceivedSms:
        """Read the inbound webhook; `MissingField` when it lacks what every text has."""
        ...

    def read_receipts(self, form: Mapping[str, str]) -> list[DeliveryReceipt]:
        """Read the delivery webhook; states that mean nothing yet are left out; `MissingField` when it is none."""
        ...


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """Where a citizen's browser goes to pay: a GET of `address`, or a POST of `fields` to it.

    `reference` is the bank's name of the attempt, to be stored before the browser leaves.
    """

    reference: str
    address: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GatewayCallback:
    """What the browser brings back. It proves nothing: `attempt` and `reference` must match what was stored, then the
    bank itself is asked (`settle`). `sale` is the bank's number of the sale, None when there was none.
    """

    attempt: int
    reference: str
    sale: str | None


class PaymentVerdict(StrEnum):
    """What a bank says of an attempt: the money is ours, it never will be, or the bank has not said."""

    PAID = "paid"
    NOT_PAID = "not_paid"
    UNKNOWN = "unknown"


class PaymentGateway(Protocol):
    """One bank gateway. An attempt is a positive 63-bit number of ours, never used twice; amounts are whole rials.

    No method raises for what the network or the bank does: `start` returns None, the others UNKNOWN, and `inquire` is
    asked again until the bank has answered.
    """

    name: str

    async def start(self, attempt: int, amount: int, callback: str) -> PaymentPage | None:
        """Open an attempt at the bank; `callback` is the address to which it sends the browser back."""
        ...

    def read_callback(self, form: Mapping[str, str]) -> GatewayCallback:
        """Read what the browser brings; `MissingField` when it lacks what every callback has."""
        ...

    async def settle(self, callback: GatewayCallback, amount: int) -> PaymentVerdict:
        """Verify the sale and have it deposited; safe to repeat. An amount that differs is NOT_PAID."""
        ...

    async def inquire(self, callback: GatewayCallback, amount: int) -> PaymentVerdict:
        """Ask what became of an attempt whose outcome is unknown."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
