"""An attempt to send money back to a paying card, what follows from each change of it, and its history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.gateways.gateway import CardRefund, Sale


class RefundAttemptState(StrEnum):
    """Place of the money, as far as we know."""

    DUE = "due"
    """It is to be sent; surely no transfer of this number is at the bank."""
    SENT = "sent"
    """Stored before the bank is asked for it: a crash since then leaves it to be inquired."""
    UNKNOWN = "unknown"
    """The bank did not say whether it took it: inquired until it does, never repeated before."""
    DONE = "done"
    """The money is on its way to the card."""
    REFUSED = "refused"
    """The bank does not send it to the card: it goes by transfer to an account."""
    DENIED = "denied"
    """The bank never would say what became of it, and its people deny it: the staff ended it as never made."""

    @property
    def is_open(self) -> bool:
        """Whether something still follows."""
        return self is not RefundAttemptState.DONE and not self.has_failed

    @property
    def has_failed(self) -> bool:
        """Whether it ended without money that went: that is due by another way."""
        return self in {RefundAttemptState.REFUSED, RefundAttemptState.DENIED}


class RefundEffect(StrEnum):
    """Work that belongs in the transaction that stores a change."""

    COUNT_REFUND = "count_refund"
    """The money went: what was due back is settled by it."""
    RETURN_TO_STAFF = "return_to_staff"
    """The money did not go: it is due back by another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAttempt:
    """One attempt. It is never edited in place: the machine returns the next one."""

    id: int
    """The row's key."""
    gateway: str
    """The key of the gateway where the money was paid."""
    refund_number: int
    """Our number of the transfer at that gateway: one number, one transfer, however often it is asked for."""
    attempt_id: int
    """The row of the attempt to pay that brought the money."""
    sale: Sale
    """The settled sale that it is of: the attempt's."""
    bill_row_id: int
    """The row of the bill on which the money is due back; its refunds name this attempt (`Refund.card_refund_id`)."""
    amount: int
    """Rials that go back: the sum of these refunds."""
    requested_by: str
    """Member of the staff who had it sent, as a label."""
    created_at: datetime
    """Time of that order, in UTC."""
    state: RefundAttemptState = RefundAttemptState.DUE
    """State of the money."""
    reference: str | None = None
    """The bank's number of the transfer; None before one is known."""
    code: str | None = None
    """The last code that the bank gave."""
    sent_at: datetime | None = None
    """Time when the bank was last asked for the transfer, in UTC; None: never."""
    finished_at: datetime | None = None
    """Time of its end, in UTC; None while it is open."""
    next_step_at: datetime | None = None
    """Time of its next step, in UTC; None once it has ended."""
    unanswered_calls: int = 0
    """Calls in a row that the bank did not answer: the pause grows with them."""
    revision: int = 0
    """Counts saves: saving an old revision is a `Conflict`."""

    @property
    def card_refund(self) -> CardRefund:
        """Transfer that the bank is asked for, or about."""
        return CardRefund(
            refund_number=self.refund_number, sale=self.sale, amount=self.amount, reference=self.reference
        )


@dataclass(frozen=True, slots=True)
class RefundAttemptEvent:
    """One entry of the history of an attempt to refund."""

    card_refund_id: int
    """The row of the attempt to refund."""
    number: int
    """Counts the entries of the attempt, from 1."""
    at: datetime
    """In UTC."""
    event: str
    """Event, as a stable code."""
    state: RefundAttemptState
    """Place of the money after it."""
    code: str | None
    """The bank's code, where it gave one."""
    details: Mapping[str, str | int]
    """Actor, the call to the bank and its answer."""


@dataclass(frozen=True, slots=True)
class RefundChange:
    """An attempt to refund after something happened."""

    attempt: RefundAttempt
    """As it is to be stored."""
    event: str
    """Event, as a stable code of its history."""
    effects: frozenset[RefundEffect] = frozenset()
    """Effects in the same transaction."""


def get_refundable_amount(settled_amount: int, earlier_attempts: Iterable[RefundAttempt]) -> int:
    """Return how many rials of a settled sale may still go back: what is unknown counts as gone until it is known."""
    gone = sum(one.amount for one in earlier_attempts if not one.state.has_failed)
    return max(0, settled_amount - gone)
