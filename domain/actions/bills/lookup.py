"""Bills by a number on a paper in somebody's hand: their ids, or the bank's reference of a payment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.actions.bills.merged_bills import find_payable
from domain.bills.bill import Bill, PaymentMethod
from domain.bills.merged_bill import MergedBill
from domain.unit_of_work import UnitOfWork
from domain.values.bill_ids import parse_bill_id
from domain.values.errors import BillNotFound, InvalidField

LEAST_REFERENCE_DIGITS = 4
"""A shorter number is no reference that somebody looks for."""

MOST_FOUND = 20
"""Bills that are found by a payment id: bills of one amount in one period may have the same."""

_PAYMENT_ID = re.compile("[1-9][0-9]{5,12}")


class BillNumber(StrEnum):
    """What a number is of a bill."""

    BILL_ID = "bill_id"
    PAYMENT_ID = "payment_id"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class FoundBills:
    """The bills that a number names."""

    number: BillNumber
    """What the number is of them."""
    payables: Sequence[Bill | MergedBill]
    """Newest first; merged ones behind the others."""


async def find_bills_by_number(uow: UnitOfWork, number: str) -> FoundBills | None:
    """Return the bill with this bill id (ASCII digits), else those with this payment id, else the one that was paid, or
    paid back, under this reference; None where there is none.
    """
    try:
        return FoundBills(BillNumber.BILL_ID, (await find_payable(uow, parse_bill_id(number)),))
    except (InvalidField, BillNotFound):
        pass
    if _PAYMENT_ID.fullmatch(number.lstrip("0")):
        payment_id = number.lstrip("0")
        bills = await uow.bills.list_by_payment_id(payment_id, MOST_FOUND)
        merged_bills = await uow.merged_bills.list_by_payment_id(payment_id, MOST_FOUND)
        if bills or merged_bills:
            return FoundBills(BillNumber.PAYMENT_ID, [*bills, *merged_bills])
    paid_bill = await _find_by_reference(uow, number)
    return FoundBills(BillNumber.REFERENCE, (paid_bill,)) if paid_bill else None


async def _find_by_reference(uow: UnitOfWork, reference: str) -> Bill | None:
    if len(reference) < LEAST_REFERENCE_DIGITS:
        return None
    for method in PaymentMethod:
        if payment := await uow.bills.find_payment(method, reference):
            return await uow.bills.get(payment.bill_id)
    return None
