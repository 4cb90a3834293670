"""What bills need of the store: rows, payments, refunds, and numbers that are never given twice."""

from typing import Protocol

from domain.bills.bill import Bill, DueBack, Payment, PaymentMethod, Refund, Reversal
from domain.values.paging import Cursor


class Bills(Protocol):
    """Bills, payments and refunds."""

    async def next_file_number(self) -> int:
        """Draw the next number (1 to 99,999,999) of the one never-reused sequence."""
        ...

    async def add(self, bill: Bill) -> None:
        """Store a new bill."""
        ...

    async def save(self, bill: Bill) -> None:
        """Store a changed state, deadline, note or settlement."""
        ...

    async def get(self, bill_row: int) -> Bill:
        """Return by row id; `BillNotFound`."""
        ...

    async def by_bill_id(self, bill_id: str, *, lock: bool = False) -> Bill:
        """Return by Iranian bill id; `BillNotFound`."""
        ...

    async def of_subject(self, kind: str, subject_id: int) -> list[Bill]:
        """Return the bills of a request, duty or violation, oldest first."""
        ...

    async def add_payment(self, payment: Payment) -> None:
        """Store a payment."""
        ...

    async def payment(self, method: PaymentMethod, reference: str) -> Payment | None:
        """Return the standing payment with that reference, if there is one; the first one of those at terminals."""
        ...

    async def alike(self, payment: Payment) -> list[Payment]:
        """Return the standing payments of its method with its reference, and its office's with its RRN."""
        ...

    async def reverse(self, reversal: Reversal) -> None:
        """Keep a reversal and mark its payment; `Conflict("payment")` when it was reversed before."""
        ...

    async def reversals_of(self, bill_row: int) -> list[Reversal]:
        """Return the reversals of payments of a bill, oldest first."""
        ...

    async def payments_of(self, bill_row: int) -> list[Payment]:
        """Return the payments of a bill, reversed ones too, oldest first."""
        ...

    async def add_refund(self, refund: Refund) -> None:
        """Store money to return."""
        ...

    async def refunds_of(self, bill_row: int) -> list[Refund]:
        """Return the refunds of a bill, oldest first."""
        ...

    async def save_refund(self, refund: Refund) -> None:
        """Store a changed refund."""
        ...

    async def refunds_due(self, limit: int) -> list[tuple[Refund, Bill]]:
        """Return what is still to go back with its bill, oldest first."""
        ...

    async def due_back(self, limit: int, at: Cursor | None = None) -> list[DueBack]:
        """Return the bills on which money is still to go back, from a place on (of the moment since when, and the
        bill's row id): the oldest first, `limit` and, if there are, one more.
        """
        ...

    async def total_due_back(self) -> tuple[int, int]:
        """Return on how many bills money is still to go back, and how many rials in all."""
        ...


class Sequences(Protocol):
    """Numbers without gaps, each given once: what is drawn in a unit that fails was never given."""

    async def next(self, name: str) -> int:
        """Draw the next number (1, 2, 3 …) of the sequence of that name (`letter:e:1405`)."""
        ...
