"""What somebody has to pay besides requests: duties of own taxis and own fines, each with its bill."""

from domain.actions.desk import Desk
from domain.actions.registries.charges import bill_for, why_unowed
from domain.actions.registries.rows import rows_of_contact
from domain.bills.bill import Bill
from domain.blocks.billing import BillingContext
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.rules import ChargeState
from domain.unit_of_work import UnitOfWork

OWED: tuple[Registry, ...] = tuple(one for one in REGISTRIES.values() if one.owed)
"""The registries whose rows are owed."""


async def bills_of_rows(desk: Desk, uow: UnitOfWork, mobile: str) -> list[Bill]:
    """Return the unpaid bills of rows that concern a mobile (+989…), oldest row first.

    What is owed and has no bill yet is billed, as when its plate is asked for; a violation without a fine, or annulled,
    is owed nothing for.
    """
    till, found = BillingContext(desk.ids, desk.policy, desk.clock.now()), []
    for registry in OWED:
        where = {"state": (ChargeState.OPEN, ChargeState.BILLED)}
        for row in await rows_of_contact(uow, registry, mobile, where):
            if why_unowed(registry, row) is None:
                found.append(await bill_for(uow, till, registry, row.id, f"citizen:{mobile}"))
    return [bill for bill in found if bill.state.payable]
