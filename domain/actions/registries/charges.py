"""Rows of registries that somebody owes money for (duties, fines): billed, and waived. Payment is `pay.py`'s."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.actions.desk import Desk
from domain.actions.messages.notify import queue
from domain.actions.registries.rows import change, contact_of
from domain.bills.bill import Bill, BillKind, BillState
from domain.blocks.billing import BillingContext, Subject, make_bill
from domain.messages.records import MessageClass
from domain.registries.declarations import REGISTRIES, Owed, Registry
from domain.registries.rows import RegistryRow
from domain.registries.rules import ChargeState, RecordStatus
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.errors import AlreadyDone, Forbidden, MissingField, NotAllowedNow, PaymentUnknown
from domain.values.text import shown

REVENUE = frozenset({Role.REVENUE})
"""Who bills whatever is owed, and alone lets somebody off."""


def owed_by(registry: Registry) -> Owed:
    """Return how a registry's rows are owed; a `ValueError` for one whose rows never are."""
    if registry.owed is None:
        raise ValueError(f"rows of {registry.key} are not owed")
    return registry.owed


def why_unowed(registry: Registry, row: RegistryRow) -> NotAllowedNow | None:
    """Return why nobody owes for a row, however far its money is: it has no amount (a violation without a fine), or was
    annulled.
    """
    if row.values[owed_by(registry).amount] is None:
        return NotAllowedNow("amount", detail="no_charge")
    if row.values.get("standing") == RecordStatus.ANNULLED:
        return NotAllowedNow("standing", detail="annulled")
    return None


async def bill_for(uow: UnitOfWork, till: BillingContext, registry: Registry, row_id: int, by: str) -> Bill:
    """Return the bill of a row, issued now if it has none yet; `by` is the label of who asked for it.

    It never expires. Errors: `NotFound`, `AlreadyDone("state")` once paid or waived, `NotAllowedNow` when nothing is
    owed (a violation without a fine, or annulled).
    """
    row = await _open_row(uow, registry, row_id)
    if row.values["state"] == ChargeState.BILLED:
        return (await uow.bills.of_subject(registry.key, row.id))[-1]
    if problem := why_unowed(registry, row):
        raise problem
    amount = row.values[owed_by(registry).amount]
    bill = await make_bill(
        uow, till, Subject(registry.key, row.id), amount, BillKind.MAIN, _explained(row, amount), None
    )
    await change(uow, row, {"state": ChargeState.BILLED}, by, till.now, bill_id=bill.bill_id)
    return bill


def _explained(row: RegistryRow, amount: int) -> Mapping[str, Any]:
    """Return what made the amount: its quote, or the row itself where no quote asks that much."""
    quote = row.data.get("quote")
    return quote if quote and quote["total"] == amount else {"registry": row.registry, **row.values}


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


async def bill_and_tell(desk: Desk, uow: UnitOfWork, registry: Registry, row_id: int, actor: Actor) -> Bill:
    """Bill a row, or return the bill that it has, and tell whom it concerns when it is new.

    `Forbidden` for all but the registry's editors and the revenue unit, and the errors of `bill_for`.
    """
    if not (registry.editors | REVENUE) & actor.role_names:
        raise Forbidden(registry.key)
    by = actor.acting_by(registry.editors | REVENUE).label
    till = BillingContext(desk.ids, desk.policy, desk.clock.now())
    known = await uow.bills.of_subject(registry.key, row_id)
    bill = await bill_for(uow, till, registry, row_id, by)
    if all(one.id != bill.id for one in known):
        facts = {"amount": bill.amount, "bill_id": bill.bill_id, "payment_id": bill.payment_id}
        await _tell(desk, uow, await uow.registries.get(registry.key, row_id), "billed", facts)
    return bill


async def waive_and_tell(
    desk: Desk, uow: UnitOfWork, registry: Registry, row_id: int, reason: str, actor: Actor
) -> RegistryRow:
    """Let somebody off and tell him; `Forbidden` for all but the revenue unit, `MissingField("reason")`, and the errors
    of `waive`.
    """
    if not REVENUE & actor.role_names:
        raise Forbidden(registry.key)
    if not shown(reason):
        raise MissingField("reason")
    row = await waive(uow, registry, row_id, shown(reason), actor.acting_by(REVENUE).label, desk.clock.now())
    await _tell(desk, uow, row, "waived", {})
    return row


async def _tell(desk: Desk, uow: UnitOfWork, row: RegistryRow, notice: str, facts: Mapping[str, Any]) -> None:
    registry = REGISTRIES[row.registry]
    mobile = await contact_of(uow, registry, row.values)
    if mobile is None:
        return
    words = desk.wording.values(registry.fields, row.values) | desk.wording.values((), facts)
    words |= {"plate": words.get("vehicle", ""), f"{registry.key}_kind": words["kind"]}
    message = desk.catalogue.message(f"registries.{registry.key}.notices.{notice}", words, MessageClass.NOTICE)
    await queue(desk, uow, mobile, message)


async def _open_row(uow: UnitOfWork, registry: Registry, row_id: int) -> RegistryRow:
    owed_by(registry)
    row = await uow.registries.get(registry.key, row_id, lock=True)
    if row.values["state"] in {ChargeState.PAID, ChargeState.WAIVED}:
        raise AlreadyDone("state")
    return row
