"""Ports of bills: rows, payments, refunds, and numbers that are never given twice."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from domain.bills.bill import Bill, DueBack, Payment, PaymentMethod, Refund, Reversal
from domain.bills.merged_bill import MergedBill
from domain.bills.payment_claim import PaymentClaim, SlipPhoto
from domain.values.paging import Cursor

ORDER_SEQUENCE_PREFIX = "order:"
"""Prefix, before the gateway's key, of the sequences that order numbers are drawn from."""


class BillRepository(Protocol):
    """Bills, payments and refunds. What of it moves money is posted to the ledger by the same call
    (domain/ledger/movements.py): a row and its entry are written together or not at all.
    """

    async def next_file_number(self) -> int:
        """Draw the next number (1 to 99,999,999) of the one never-reused sequence."""
        ...

    async def add(self, bill: Bill) -> None:
        """Store a new bill."""
        ...

    async def save(self, bill: Bill) -> None:
        """Store a changed state, deadline, note or settlement."""
        ...

    async def get(self, bill_row_id: int) -> Bill:
        """Return by row id; `BillNotFound`."""
        ...

    async def get_by_bill_id(self, bill_id: str, *, lock: bool = False) -> Bill:
        """Return by Iranian bill id; `BillNotFound`."""
        ...

    async def list_by_ids(self, bill_row_ids: Collection[int]) -> list[Bill]:
        """Return those with one of these row ids."""
        ...

    async def list_by_payment_id(self, payment_id: str, limit: int) -> list[Bill]:
        """Return the newest bills with a payment id, `limit` at most: it is not unique."""
        ...

    async def list_by_bill_ids(self, bill_ids: Collection[str]) -> list[Bill]:
        """Return those that have one of these bill ids."""
        ...

    async def list_of_subject(self, subject_kind: str, subject_id: int) -> list[Bill]:
        """Return the bills of a request, duty or violation, oldest first."""
        ...

    async def list_of_subjects(self, subject_kind: str, subject_ids: Sequence[int]) -> list[Bill]:
        """Return the bills of several, oldest first."""
        ...

    async def add_payment(self, payment: Payment) -> None:
        """Store a payment."""
        ...

    async def find_payment(self, method: PaymentMethod, reference: str) -> Payment | None:
        """Return the unreversed payment with that reference, if there is one; the first one of those at terminals."""
        ...

    async def list_payments_under(self, references: Collection[str]) -> list[Payment]:
        """Return the unreversed payments with one of these references, by whatever method they came, oldest first."""
        ...

    async def list_payments_like(self, payment: Payment) -> list[Payment]:
        """Return the unreversed payments of its method with its reference, and its office's with its RRN."""
        ...

    async def add_reversal(self, reversal: Reversal) -> None:
        """Keep a reversal and mark its payment; `Conflict("payment")` when it was reversed before."""
        ...

    async def list_reversals(self, bill_row_id: int) -> list[Reversal]:
        """Return the reversals of payments of a bill, oldest first."""
        ...

    async def list_payments(self, bill_row_id: int) -> list[Payment]:
        """Return the payments of a bill, reversed ones too, oldest first."""
        ...

    async def add_refund(self, refund: Refund) -> None:
        """Store money to return."""
        ...

    async def list_refunds(self, bill_row_id: int) -> list[Refund]:
        """Return the refunds of a bill, oldest first."""
        ...

    async def save_refund(self, refund: Refund) -> None:
        """Store that a refund was approved, or went back."""
        ...

    async def cancel_refund(self, refund: Refund, cancelled_at: datetime) -> None:
        """Store that a refund is not due after all; it is changed to say so."""
        ...

    async def list_due_back(self, limit: int, cursor: Cursor | None = None) -> list[DueBack]:
        """Return the bills on which money is still to go back, from a place on (of the moment since when, and the
        bill's row id): the oldest first, `limit` and, if there are, one more.
        """
        ...

    async def count_due_back(self) -> tuple[int, int]:
        """Return on how many bills money is still to go back, and how many rials in all."""
        ...


class MergedBillRepository(Protocol):
    """Merged bills. They are added and never changed: their parts are what is paid."""

    async def add(self, merged_bill: MergedBill) -> None:
        """Store a merged bill; `Conflict("bill")` where the same bills were merged before."""
        ...

    async def get(self, merged_bill_id: int) -> MergedBill:
        """Return by row id; `BillNotFound`."""
        ...

    async def find_of_parts(self, bill_row_ids: Sequence[int]) -> MergedBill | None:
        """Return the merged bill of exactly these bills, if they were merged."""
        ...

    async def find_by_bill_id(self, bill_id: str) -> MergedBill | None:
        """Return by Iranian bill id; None where it is that of no merged bill."""
        ...

    async def list_by_payment_id(self, payment_id: str, limit: int) -> list[MergedBill]:
        """Return those with a payment id, `limit` at most."""
        ...

    async def list_of_bill(self, bill_row_id: int) -> list[MergedBill]:
        """Return those that a bill is a part of, oldest first."""
        ...


class PaymentClaimRepository(Protocol):
    """Payments that citizens claim to have made."""

    async def find_last(self, bill_row_id: int) -> PaymentClaim | None:
        """Return the newest claim about a bill, open or refused."""
        ...

    async def list_open(self, limit: int) -> list[PaymentClaim]:
        """Return open claims about bills that are not settled, oldest first."""
        ...

    async def count_open(self) -> int:
        """Return how many open claims there are about bills that are not settled."""
        ...

    async def save(self, claim: PaymentClaim) -> None:
        """Store a claim, new or changed."""
        ...

    async def add_photo(self, photo: SlipPhoto, content: bytes) -> None:
        """Store a photo of a slip, with its content."""
        ...

    async def list_photos(self, claim_ids: Collection[int]) -> list[SlipPhoto]:
        """Return the photos of these claims, oldest first."""
        ...

    async def get_photo(self, photo_id: int) -> SlipPhoto:
        """Return by row id; `NotFound("document")`."""
        ...


class SequenceRepository(Protocol):
    """Numbers without gaps, each given once: what is drawn in a unit that fails was never given."""

    async def next_number(self, sequence_name: str) -> int:
        """Draw the next number (1, 2, 3 …) of the sequence of that name (`letter:e:1405`)."""
        ...
