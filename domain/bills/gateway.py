"""The port to a bank's payment gateway."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """Where a citizen's browser goes to pay."""

    reference: str
    """The bank's name of the attempt, to be stored before the browser leaves."""
    address: str
    """What it gets, or posts the fields to where there are any."""
    form_fields: Mapping[str, str]
    """What is posted; none: a GET."""


@dataclass(frozen=True, slots=True)
class GatewayCallback:
    """What the browser brings back. It proves nothing: it must match what was stored, then the bank itself is asked
    (`settle_payment`).
    """

    attempt_number: int
    """Our own number of the attempt."""
    reference: str
    """The bank's name of the attempt."""
    sale_number: str | None
    """The bank's number of the sale; None when there was none."""


class PaymentVerdict(StrEnum):
    """What a bank says of an attempt: the money is ours, it never will be, or the bank has not said."""

    PAID = "paid"
    NOT_PAID = "not_paid"
    UNKNOWN = "unknown"


class PaymentGateway(Protocol):
    """One bank gateway. An attempt is a positive 63-bit number of ours, never used twice; amounts are whole rials.

    No method raises for what the network or the bank does: `start_payment` returns None, the others UNKNOWN, and
    `inquire_outcome` is asked again until the bank has answered.
    """

    name: str

    async def start_payment(self, attempt_number: int, amount: int, callback_url: str) -> PaymentPage | None:
        """Open an attempt at the bank; `callback_url` is the address to which it sends the browser back."""
        ...

    def read_callback(self, form_values: Mapping[str, str]) -> GatewayCallback:
        """Read what the browser brings; `MissingField` when it lacks what every callback has."""
        ...

    async def settle_payment(self, callback: GatewayCallback, amount: int) -> PaymentVerdict:
        """Verify the sale and have it deposited; safe to repeat. An amount that differs is NOT_PAID."""
        ...

    async def inquire_outcome(self, callback: GatewayCallback, amount: int) -> PaymentVerdict:
        """Ask what became of an attempt whose outcome is unknown."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
