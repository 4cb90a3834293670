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

from domain.audit.ports import Audit, Verifications
from domain.bills.ports import Bills, Sequences
from domain.chats.ports import Chats, MobileProofs
from domain.feedback.ports import Feedback, ServiceViews
from domain.fleet.ports import Fleet
from domain.jobs.ports import Leases
from domain.messages.ports import Dialogues, Inbox, Lines, MessageCounts, Outbox
from domain.offices.ports import Calls, Offices, Tills
from domain.papers.ports import IssuedPapers
from domain.people.ports import People, SecondFactors, StaffSessions
from domain.queues.ports import SavedViews, SearchWords, WorkLists
from domain.registries.declarations import Registry
from domain.registries.ports import Imports, Registries
from domain.reports.filter import ReportFilter
from domain.reports.ports import Reports
from domain.requests.ports import Documents, History, PersonalData, Requests, Timers
from domain.settings.ports import SettingChanges, WorkCalendar
from domain.tariffs.ports import Tariffs
from domain.values.actors import Actor


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
    def message_counts(self) -> MessageCounts: ...
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
