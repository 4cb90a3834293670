"""Payments that citizens claim to have made, for the revenue unit to look for."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.values.files import KeptFile

SLIP_PAPER = "slip"
"""Paper that the photo of a slip is."""

MOST_PHOTOS = 10
"""Photos of a claim, at most: as many as an album has."""


@dataclass(frozen=True, slots=True)
class ClaimDetails:
    """Details of a payment, as far as a text has them."""

    amount: int | None = None
    """In rials; None where none is named."""
    reference: str | None = None
    """The bank's tracking number; None where none is named."""
    paid_on: date | None = None
    """The day of the payment; None where none is named."""
    paid_at_hour: str | None = None
    """Its hour (HH:MM); None where none is named."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is named."""
        return self.amount is None and self.reference is None and self.paid_on is None


@dataclass(slots=True)
class PaymentClaim:
    """A claim that a bill was paid. It is open until the bill is settled or the money was not found."""

    id: int
    bill_id: int
    """Row id of the bill."""
    claimed_at: datetime
    """Time of the first text, in UTC."""
    text: str
    """Words of the citizen, the newest at the end."""
    amount: int | None = None
    """As claimed, in rials; None: no other than the bill's."""
    reference: str | None = None
    """The bank's tracking number; None while it is not given."""
    paid_on: date | None = None
    """The day of the payment; None while it is not given."""
    paid_at_hour: str | None = None
    """Its hour (HH:MM) in Tehran; None while it is not given."""
    refused_at: datetime | None = None
    """Time at which the money was not found; None while it is looked for."""
    refused_by: str | None = None
    """As a label of an actor."""
    reason: str | None = None
    """As the citizen is notified of it."""

    @property
    def is_open(self) -> bool:
        """Whether the money is still looked for."""
        return self.refused_at is None


@dataclass(frozen=True, slots=True)
class SlipPhoto(KeptFile):
    """A photo or file of the slip of a claimed payment."""

    claim_id: int
    """The claim that it belongs to."""
