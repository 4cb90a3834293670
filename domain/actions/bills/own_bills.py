"""What somebody has to pay besides requests: duties of own taxis and own fines, each with its bill."""

from domain.actions.dependencies import Dependencies
from domain.actions.registries.charges import find_unowed_reason, issue_row_bill
from domain.actions.registries.rows import list_rows_of_contact
from domain.bills.bill import Bill
from domain.blocks.billing import BillingContext
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.rules import ChargeState
from domain.unit_of_work import UnitOfWork

CHARGED_REGISTRIES: tuple[Registry, ...] = tuple(registry for registry in REGISTRIES.values() if registry.charge_terms)
"""The registries whose rows are owed."""


async def list_payable_row_bills(dependencies: Dependencies, uow: UnitOfWork, mobile: str) -> list[Bill]:
    """Return the unpaid bills of rows that concern a mobile (+989…), oldest row first.

    What is owed and has no bill yet is billed, as when its plate is asked for; a violation without a fine, or annulled,
    is owed nothing for.
    """
    billing_context, row_bills = BillingContext(dependencies.ids, dependencies.policy, dependencies.clock.now()), []
    for registry in CHARGED_REGISTRIES:
        unpaid_condition = {"state": (ChargeState.OPEN, ChargeState.BILLED)}
        for row in await list_rows_of_contact(uow, registry, mobile, unpaid_condition):
            if find_unowed_reason(registry, row) is None:
                row_bills.append(await issue_row_bill(uow, billing_context, registry, row.id, f"citizen:{mobile}"))
    return [bill for bill in row_bills if bill.state.is_payable]
