"""Rows of payments by their numbers, for tests that name a payment as people do."""

from domain.actions.bills.merged_bills import load_bills_by_id
from domain.bills.bill import normalise_reference
from domain.unit_of_work import UnitOfWork


async def find_payment_row(uow: UnitOfWork, bill_id: str, reference: str) -> int:
    """Return the row of the newest payment of a bill with that number, an office's too; 0 where there is none."""
    [bill, *_] = await load_bills_by_id(uow, bill_id)
    number = normalise_reference(reference)
    rows = [
        payment.id
        for payment in await uow.bills.list_payments(bill.id)
        if payment.reference.removeprefix(f"{payment.office}/") == number
    ]
    return rows[-1] if rows else 0
