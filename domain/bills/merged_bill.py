"""A merged bill (قبض یکجا): one pair of ids under which several bills of one payer are paid at once.

It owes nothing of its own: its parts do. So it is no further `Bill`, no sum counts it, and what became of it is derived
from its parts. The payments are those of its parts, each with a place among the payments of one receipt.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.bills.bill import Bill, BillState

FEWEST_PARTS = 2
"""A bill alone has a pair of its own."""


@dataclass(frozen=True, slots=True)
class MergedBill:
    """A pair of ids for several bills. It never changes: amount and parts are those of the day on which it was made."""

    id: int
    """The row's; people know it by `bill_id`."""
    file_number: int
    """The number inside the bill id, of the same sequence as those of bills: no bill has it."""
    bill_id: str
    """The bill id (شناسه قبض), digits."""
    payment_id: str
    """The payment id (شناسه پرداخت), digits; it holds the amount."""
    amount: int
    """The sum of its parts, in rials."""
    part_row_ids: tuple[int, ...]
    """The rows of the bills that it pays, in ascending order."""
    created_at: datetime
    """Time of making, in UTC."""


@dataclass(frozen=True, slots=True)
class MergedShare:
    """Share of one part in a payment of a merged bill."""

    merged_bill_id: int
    """The row of the merged bill."""
    position: int
    """Its place among the payments of one receipt, from 0."""


def derive_merged_state(part_states: Collection[BillState]) -> BillState:
    """Return what became of a merged bill: open as long as all its parts can be paid.

    It is paid once all of them are settled, in whatever way. Between the two nobody should pay it: it expired with the
    first part that did, or is void because a part was closed otherwise. (What comes late is distributed all the same.)
    """
    if all(state.is_payable for state in part_states):
        return BillState.PAYING if BillState.PAYING in part_states else BillState.OPEN
    if all(state.is_settled for state in part_states):
        return BillState.PAID
    return BillState.EXPIRED if BillState.EXPIRED in part_states else BillState.VOID


def derive_merged_deadline(parts: Iterable[Bill]) -> datetime | None:
    """Return the earliest deadline of its parts; None where none of them has one."""
    return min((part.deadline for part in parts if part.deadline is not None), default=None)
