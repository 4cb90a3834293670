"""An attempt to pay one or several bills of a payer at a bank gateway, and what happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.gateways.gateway import Sale


class AttemptState(StrEnum):
    """The state of an attempt, as far as we know it."""

    CREATED = "created"
    """Stored; the bank is being asked for a session. No browser has left."""
    SENT = "sent"
    """The payer's browser left for the bank."""
    RETURNED = "returned"
    """The payer, or the bank's list, says that it was paid; to be verified."""
    VERIFIED = "verified"
    """The bank holds the money for us; to be settled, or given back where the amount is wrong."""
    SETTLED = "settled"
    """The money is ours, and counted."""
    REVERSED = "reversed"
    """The money went back to the card."""
    DECLINED = "declined"
    """The bank said that nothing was paid. Until the session ends the payer may try another card."""
    FAILED = "failed"
    """Nobody paid, and nobody can any more."""
    UNKNOWN = "unknown"
    """Whether it was paid is not known; the bank is asked until it says so, or its settlement file does."""

    @property
    def is_open(self) -> bool:
        """Whether money may still come of it: its bills neither expire nor are cancelled meanwhile."""
        return self not in {AttemptState.SETTLED, AttemptState.REVERSED, AttemptState.FAILED}

    @property
    def is_claimed_paid(self) -> bool:
        """Whether the payer, or the bank, says that it was paid, and it has not come to its end: its bills are not to
        be paid anew meanwhile.
        """
        return self in {AttemptState.RETURNED, AttemptState.VERIFIED}


class GatewayCall(StrEnum):
    """Next call to the bank."""

    VERIFY = "verify"
    SETTLE = "settle"
    INQUIRE = "inquire"
    REVERSE = "reverse"


class AttemptEffect(StrEnum):
    """Work that belongs in the transaction that stores a change."""

    COUNT_PAYMENT = "count_payment"
    """The money is ours: each bill of the attempt is paid with its part."""
    HOLD_IN_SUSPENSE = "hold_in_suspense"
    """The money is ours and is not what was asked for: it waits for the revenue unit."""
    HOLD_BILLS = "hold_bills"
    """Money may come of it after all: bills that were released are being paid once more."""
    RELEASE_BILLS = "release_bills"
    """No money comes of it: bills that no other attempt holds are plainly open again."""
    TELL_PAYER = "tell_payer"
    """Message to a payer whose money came back, or is coming back, which nobody has told: the browser is gone."""
    ALERT_STAFF = "alert_staff"
    """Somebody has to look at it."""


class AttemptAlert(StrEnum):
    """Alert about an attempt."""

    FOREIGN_CALLBACK = "foreign_callback"
    """A callback named another session, order or sale than what was stored: forged, or the bank's mistake."""
    WRONG_AMOUNT = "wrong_amount"
    """The bank's sale is over another amount."""
    OUR_FAULT = "our_fault"
    """The bank refuses our calls: credentials, terminal or address."""
    CONTRADICTION = "contradiction"
    """The bank takes back what it said of a sale whose money was counted."""
    UNANSWERABLE = "unanswerable"
    """It cannot be asked any more: the settlement file, or the bank's own staff, must say."""
    UNRESOLVED = "unresolved"
    """The bank has been asked for hours and says nothing from which anything follows: its own staff must say."""


@dataclass(frozen=True, slots=True)
class BillShare:
    """A bill that an attempt pays, whole."""

    bill_row_id: int
    """The row's key, not the digits that people pay by."""
    amount: int
    """Rials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAttempt:
    """One attempt. It is never edited in place: the machine returns the next one."""

    id: int
    """The row's key."""
    gateway: str
    """The key of the gateway, for as long as the attempt lasts."""
    order_number: int
    """Our number of it at that gateway."""
    shares: tuple[BillShare, ...]
    """The bills that it pays."""
    state: AttemptState
    """Its state."""
    channel: str
    """The channel that it was begun on."""
    created_at: datetime
    """In UTC."""
    session_ends_at: datetime
    """Until when the payer can pay, in UTC."""
    payer_mobile: str | None = None
    """The payer's mobile (+989…), where it is known."""
    reference: str | None = None
    """The bank's name of the session; None before there is one."""
    sale_number: str | None = None
    """The bank's number of the sale; None before one is known."""
    card: str | None = None
    """The paying card, masked."""
    paid_amount: int | None = None
    """Rials that the payer paid after a discount of the bank; None: not said."""
    bank_amount: int | None = None
    """Rials that the bank said the sale is over; None: not said."""
    code: str | None = None
    """The last code that the bank gave."""
    alert: AttemptAlert | None = None
    """Reason to look at it; None: nobody has to."""
    returned_at: datetime | None = None
    """Since when it is said to be paid, in UTC."""
    verified_at: datetime | None = None
    """Time of the bank's first answer that it was verified, in UTC."""
    finished_at: datetime | None = None
    """Time of its end, in UTC; None while it is open."""
    next_step_at: datetime | None = None
    """Time of its next step, in UTC; None: not before somebody asks."""
    unanswered_calls: int = 0
    """Calls in a row that the bank did not answer: the pause grows with them."""
    callback_digest: str | None = None
    """Of the secret in its callback address (`callback_tokens.py`); None: that address bears none."""
    unresolved_at: datetime | None = None
    """Time when the staff were alerted that nothing follows from what the bank says, in UTC: they are once."""
    revision: int = 0
    """Counts saves: saving an old revision is a `Conflict`."""

    @property
    def amount(self) -> int:
        """Rials that it is over."""
        return sum(share.amount for share in self.shares)

    @property
    def card_amount(self) -> int:
        """Rials that the card paid, as far as we know: less than the amount after a discount of the bank."""
        return min(self.amount, self.paid_amount or self.amount)

    @property
    def sale(self) -> Sale:
        """Sale that the bank is asked about; only once there is a session."""
        return Sale(
            order_number=self.order_number,
            reference=self.reference or "",
            sale_number=self.sale_number,
            amount=self.amount,
        )

    @property
    def has_wrong_amount(self) -> bool:
        """Whether the bank's sale is over another amount than the bills."""
        return self.bank_amount is not None and self.bank_amount != self.amount

    @property
    def is_unresolved(self) -> bool:
        """Whether the staff were alerted that nothing is found out about it, and nothing was since."""
        return self.unresolved_at is not None and self.state.is_open

    @property
    def may_be_denied(self) -> bool:
        """Whether the staff may say that it was not paid: it is unknown, and the bank never verified it."""
        return self.state is AttemptState.UNKNOWN and self.verified_at is None


@dataclass(frozen=True, slots=True)
class AttemptChange:
    """An attempt after something happened."""

    attempt: PaymentAttempt
    """As it is to be stored."""
    event: str
    """Event, as a stable code of its history: `verified`, `callback_ignored` …"""
    effects: frozenset[AttemptEffect] = frozenset()
    """Effects in the same transaction."""


@dataclass(frozen=True, slots=True)
class AttemptEvent:
    """One entry of an attempt's history."""

    attempt_id: int
    """The attempt's row."""
    number: int
    """Counts the entries of the attempt, from 1."""
    at: datetime
    """In UTC."""
    event: str
    """Event, as a stable code."""
    state: AttemptState
    """The state of the attempt after it."""
    code: str | None
    """The bank's code, where it gave one."""
    details: Mapping[str, str | int]
    """Further details of the bank's answer, without secrets: card numbers are masked."""
