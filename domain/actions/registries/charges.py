"""Rows of registries that somebody owes money for (duties, fines): billed, and waived. Payment is in
`actions/bills/pay.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.actions.context import ActionContext, ActorContext
from domain.actions.links.payment_links import append_payment_link
from domain.actions.messages.notify import notify_line
from domain.actions.registries.rows import change_row, find_contact
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.bills.bill import Bill, BillKind, BillState
from domain.blocks.billing import BillingContext, ChargedSubject, create_bill
from domain.language.message_links import LinkSubject
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.registries.declarations import REGISTRIES, ChargeTerms, Registry
from domain.registries.ports import RegistryRepository
from domain.registries.rows import RegistryRow
from domain.registries.rules import ChargeState, RecordStatus
from domain.repositories import BillSubjectRepositories
from domain.values.errors import AlreadyDone, MissingField, NotAllowedNow, PaymentUnknown
from domain.values.reasons import NotAllowedReason
from domain.values.text import tidy_text


def require_owed(registry: Registry) -> ChargeTerms:
    """Return how a registry's rows are owed; a `ValueError` for one whose rows never are."""
    if registry.charge_terms is None:
        raise ValueError(f"rows of {registry.key} are not owed")
    return registry.charge_terms


def find_unowed_reason(registry: Registry, row: RegistryRow) -> NotAllowedNow | None:
    """Return why nobody owes for a row, however far its money is: it has no amount (a violation without a fine), or was
    annulled.
    """
    if row.values[require_owed(registry).amount_field] is None:
        return NotAllowedNow("amount", NotAllowedReason.NO_CHARGE)
    if row.values.get("standing") == RecordStatus.ANNULLED:
        return NotAllowedNow("standing", NotAllowedReason.ANNULLED)
    return None


async def issue_row_bill(
    uow: BillSubjectRepositories, billing_context: BillingContext, registry: Registry, row_id: int, recorded_by: str
) -> Bill:
    """Return the bill of a row, issued now if it has none yet; `recorded_by` is the label of who asked for it.

    It never expires. Errors: `NotFound`, `AlreadyDone("state")` once paid or waived, `NotAllowedNow` when nothing is
    owed (a violation without a fine, or annulled).
    """
    row = await _lock_open_row(uow.registries, registry, row_id)
    if row.values["state"] == ChargeState.BILLED:
        return (await uow.bills.list_of_subject(registry.key, row.id))[-1]
    if problem := find_unowed_reason(registry, row):
        raise problem
    amount = row.values[require_owed(registry).amount_field]
    bill = await create_bill(
        uow.bills,
        billing_context,
        ChargedSubject(registry.key, row.id, registry.key),
        amount,
        BillKind.MAIN,
        _explain_amount(row, amount),
        None,
    )
    await change_row(
        uow.registries, row, {"state": ChargeState.BILLED}, recorded_by, billing_context.now, bill_id=bill.bill_id
    )
    return bill


def _explain_amount(row: RegistryRow, amount: int) -> Mapping[str, Any]:
    """Return what made the amount: its quote, or the row itself where no quote asks that much."""
    quote = row.data.get("quote")
    return quote if quote and quote["total"] == amount else {"registry": row.registry, **row.values}


async def waive_row(
    uow: BillSubjectRepositories, registry: Registry, row_id: int, reason: str, recorded_by: str, now: datetime
) -> RegistryRow:
    """Let somebody off what a row owes, and off its bill; the reason is kept.

    Errors: `NotFound`, `AlreadyDone("state")` once paid or waived, `PaymentUnknown` while a payment is under way.
    """
    row = await _lock_open_row(uow.registries, registry, row_id)
    for bill in await uow.bills.list_of_subject(registry.key, row.id):
        if bill.state is BillState.PAYING:
            raise PaymentUnknown("bill_id")
        if bill.state.is_payable:
            bill.state, bill.settled_at, bill.note = BillState.WAIVED, now, reason
            await uow.bills.save(bill)
    return await change_row(uow.registries, row, {"state": ChargeState.WAIVED}, recorded_by, now, reason=reason)


async def bill_and_notify(context: ActorContext, registry: Registry, row_id: int) -> Bill:
    """Bill a row, or return the bill that it has, and notify whom it concerns when it is new.

    `Forbidden` for all but the registry's editors and the revenue unit, and the errors of `issue_row_bill`.
    """
    recorded_by = require_right(Right.CHARGES_BILL, context.actor, registry.key).label
    billing_context = BillingContext(
        context.dependencies.ids, context.dependencies.policy, context.dependencies.clock.now()
    )
    existing_bills = await context.uow.bills.list_of_subject(registry.key, row_id)
    bill = await issue_row_bill(context.uow, billing_context, registry, row_id, recorded_by)
    if all(existing_bill.id != bill.id for existing_bill in existing_bills):
        bill_facts = {"amount": bill.amount, "bill_id": bill.bill_id, "payment_id": bill.payment_id}
        await _notify_contact(context, await context.uow.registries.get_row(registry.key, row_id), "billed", bill_facts)
    return bill


async def waive_and_notify(context: ActorContext, registry: Registry, row_id: int, reason: str) -> RegistryRow:
    """Waive a row's charge and notify whom it concerns; `Forbidden` for all but the revenue unit,
    `MissingField("reason")`, and the errors of `waive_row`.
    """
    recorded_by = require_right(Right.CHARGES_WAIVE, context.actor, registry.key).label
    if not tidy_text(reason):
        raise MissingField("reason")
    row = await waive_row(
        context.uow, registry, row_id, tidy_text(reason), recorded_by, context.dependencies.clock.now()
    )
    await _notify_contact(context, row, "waived", {})
    return row


async def _notify_contact(context: ActionContext, row: RegistryRow, notice_name: str, facts: Mapping[str, Any]) -> None:
    registry = REGISTRIES[row.registry]
    mobile = await find_contact(context.uow.registries, registry, row.values)
    if mobile is None:
        return

    async def render_message() -> RenderedMessage:
        wording = context.dependencies.wording
        text_facts = wording.render_values(registry.fields, row.values) | wording.render_values((), facts)
        text_facts |= {"plate": text_facts.get("vehicle", ""), f"{registry.key}_kind": text_facts["kind"]}
        message = context.dependencies.catalogue.render_message(
            f"registries.{registry.key}.notices.{notice_name}", text_facts, MessageClass.NOTICE
        )
        return await append_payment_link(context, message, LinkSubject(facts=facts))

    await notify_line(context, mobile, render_message)


async def _lock_open_row(registries: RegistryRepository, registry: Registry, row_id: int) -> RegistryRow:
    require_owed(registry)
    row = await registries.get_row(registry.key, row_id, lock=True)
    if row.values["state"] in {ChargeState.PAID, ChargeState.WAIVED}:
        raise AlreadyDone("state")
    return row
