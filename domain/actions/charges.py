"""Rows of registries that somebody owes money for (duties, fines): billed, and waived. Payment is `pay.py`'s."""

from datetime import datetime

from domain.actions.registries import change
from domain.billing import Subject, Till, make_bill
from domain.bills import Bill, BillKind, BillState
from domain.errors import AlreadyDone, NotAllowedNow, PaymentUnknown
from domain.ports import UnitOfWork
from domain.registries import ChargeState, Owed, Registry
from domain.registry_rows import RegistryRow


def owed_by(registry: Registry) -> Owed:
    """Return how a registry's rows are owed; a `ValueError` for one whose rows never are."""
    if registry.owed is None:
        raise ValueError(f"rows of {registry.key} are not owed")
    return registry.owed


async def bill_for(uow: UnitOfWork, till: Till, registry: Registry, row_id: int, by: str) -> Bill:
    """Return the bill of a row, issued now if it has none yet; `by` is the label of who asked for it.

    It never expires. Errors: `NotFound`, `AlreadyDone("state")` once paid or waived, `NotAllowedNow` when nothing is
    owed (a violation without a fine).
    """
    row = await _open_row(uow, registry, row_id)
    if row.values["state"] == ChargeState.BILLED:
        return (await uow.bills.of_subject(registry.key, row.id))[-1]
    amount = row.values[owed_by(registry).amount]
    if amount is None:
        raise NotAllowedNow("amount", detail="no_charge")
    explanation = row.data.get("quote") or {"registry": registry.key, **row.values}
    bill = await make_bill(uow, till, Subject(registry.key, row.id), amount, BillKind.MAIN, explanation, None)
    await change(uow, row, {"state": ChargeState.BILLED}, by, till.now, bill_id=bill.bill_id)
    return bill


async def waive(uow: UnitOfWork, registry: Registry, row_id: int, reason: str, by: str, now: datetime) -> RegistryRow:
    """Let somebody off what a row owes, and off its bill; the reason is kept.

    Errors: `NotFound`, `AlreadyDone("state")` once paid or waived, `PaymentUnknown` while a payment is under way.
    """
    row = await _open_row(uow, registry, row_id)
    for bill in await uow.bills.of_subject(registry.key, row.id):
        if bill.state is BillState.PAYING:
            raise PaymentUnknown("bill_id")
        if bill.state.payable:
            bill.state, bill.settled_at, bill.note = BillState.WAIVED, now, reason
            await uow.bills.save(bill)
    return await change(uow, row, {"state": ChargeState.WAIVED}, by, now, reason=reason)


async def _open_row(uow: UnitOfWork, registry: Registry, row_id: int) -> RegistryRow:
    owed_by(registry)
    row = await uow.registries.get(registry.key, row_id, lock=True)
    if row.values["state"] in {ChargeState.PAID, ChargeState.WAIVED}:
        raise AlreadyDone("state")
    return row
