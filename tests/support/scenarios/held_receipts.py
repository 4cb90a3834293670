"""Money that fits no bill, on the staff's site of a test."""

from domain.actions.bills.suspense import hold_in_suspense
from domain.actions.context import ActorContext
from domain.bills.bill import PaymentMethod
from domain.ledger.accounts import MoneySource
from domain.ledger.suspense import SuspenseReceipt
from domain.values.actors import SYSTEM, Actor
from tests.support.staff_site import StaffSite

LARGE = 2_000_000_000
"""Rials that one person does not send back alone."""


async def held(
    site: StaffSite, amount: int = 500_000, reference: str = "saman/71", actor: Actor = SYSTEM
) -> SuspenseReceipt:
    """Let a gateway bring an amount that nobody asked for."""
    source, facts = MoneySource(PaymentMethod.GATEWAY, "saman"), {"attempt": 7, "asked": amount + 1000}
    async with site.store.open_unit() as uow:
        return await hold_in_suspense(ActorContext(site.demo.desk, uow, actor), source, amount, reference, facts)
