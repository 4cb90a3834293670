"""Ports of the domain: what it needs from outside, as protocols: time, chance, the store, carriers of messages and bank
gateways.

Adapters implement these without importing each other: `store/` the unit of work and its repositories, `channels/sms`
and `channels/telegram` the carriers, `payments/` the gateways, `app/` clock, ids and signer. Repositories return domain
objects and raise domain errors. A unit of work is always passed, never ambient.
"""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from typing_extensions import TypeVar

from domain.jobs.ports import LeaseRepository
from domain.repositories import (
    BillSubjectRepositories,
    CitizenRepositories,
    DraftRepositories,
    FeedbackRepositories,
    FleetRepositories,
    GatewayRepositories,
    LedgerRepositories,
    MessageRepositories,
    OfficeRepositories,
    OverviewRepositories,
    PaperRepositories,
    RefundRepositories,
    SettingRepositories,
    StaffRepositories,
    Transaction,
)


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


class UnitOfWork(
    MessageRepositories,
    CitizenRepositories,
    StaffRepositories,
    PaperRepositories,
    FeedbackRepositories,
    DraftRepositories,
    FleetRepositories,
    BillSubjectRepositories,
    GatewayRepositories,
    RefundRepositories,
    LedgerRepositories,
    OfficeRepositories,
    SettingRepositories,
    OverviewRepositories,
    Protocol,
):
    """One transaction and the repositories that share it."""

    @property
    def leases(self) -> LeaseRepository:
        """Leases of jobs."""
        ...


UnitT_co = TypeVar("UnitT_co", bound=Transaction, default=UnitOfWork, covariant=True)
"""Repositories that a context has for what takes it; where none are named, the whole unit."""


class Store(Protocol):
    """Makes units of work."""

    def open_unit(self, *, write: bool = True) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit: committed when the block ends, rolled back on any exception, cancellation included."""
        ...
