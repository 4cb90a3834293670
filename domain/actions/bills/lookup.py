"""A bill by a number on a paper in somebody's hand: its ids, or the bank's reference of a payment."""

from domain.actions.bills.merged_bills import find_payable
from domain.bills.bill import Bill, PaymentMethod
from domain.bills.merged_bill import MergedBill
from domain.unit_of_work import UnitOfWork
from domain.values.bill_ids import parse_bill_id
from domain.values.errors import BillNotFound, InvalidField

LEAST_REFERENCE_DIGITS = 4
"""A shorter number is no reference that somebody looks for."""


async def find_bill_by_number(uow: UnitOfWork, number: str) -> Bill | MergedBill | None:
    """Return the bill with this bill id (ASCII digits), else the one that was paid, or paid back, under this reference;
    None where there is neither.
    """
    try:
        return await find_payable(uow, parse_bill_id(number))
    except (InvalidField, BillNotFound):
        return await _find_by_reference(uow, number)


async def _find_by_reference(uow: UnitOfWork, reference: str) -> Bill | None:
    if len(reference) < LEAST_REFERENCE_DIGITS:
        return None
    for method in PaymentMethod:
        if payment := await uow.bills.find_payment(method, reference):
            return await uow.bills.get(payment.bill_id)
    return None
