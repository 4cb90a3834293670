"""Bills that attempts hold: marked as being paid, and let go when nothing can come of it."""

from domain.actions.bills.subjects import lock_bills
from domain.bills.bill import Bill, BillState
from domain.gateways.attempt import PaymentAttempt
from domain.unit_of_work import UnitOfWork


async def hold_bills(uow: UnitOfWork, attempt: PaymentAttempt) -> None:
    """Mark the bills of an attempt as being paid, where they are open: they neither expire nor are cancelled."""
    for bill in await lock_bills(uow, [share.bill_row_id for share in attempt.shares]):
        if bill.state is BillState.OPEN:
            bill.state = BillState.PAYING
            await uow.bills.save(bill)


async def release_bills(uow: UnitOfWork, attempt: PaymentAttempt) -> None:
    """Open the bills of an attempt again that are being paid by nothing else; the attempt was saved as ended before.

    Locked first, then looked at: of two attempts that end at once the second one sees that the first has ended.
    """
    for bill in await lock_bills(uow, [share.bill_row_id for share in attempt.shares]):
        if bill.state is BillState.PAYING and not await _is_held(uow, bill):
            bill.state = BillState.OPEN
            await uow.bills.save(bill)


async def _is_held(uow: UnitOfWork, bill: Bill) -> bool:
    return any(attempt.state.is_open for attempt in await uow.payment_attempts.list_of_bill(bill.id))
