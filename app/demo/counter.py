"""The counter office of the demonstration: software is tried against it, with a key that everybody knows."""

from app.demo.registers import staff_actors
from domain.actions.context import ActionContext
from domain.actions.offices import accounts
from domain.unit_of_work import Vault

OFFICE_CODE = "1001"
OFFICE_NAME = "دفتر پیشخوان آزمایشی گمیشان"
OFFICE_KEY = "demo-counter-key-1001"

RIALS_PER_REQUEST = 50_000
"""Rials that every office earns by a request, of whichever service."""

SHARE_BP = 200
"""Hundredths of a percent that every office earns by a payment."""


async def fill_counter_office(context: ActionContext, vault: Vault) -> None:
    """Store the office and what offices earn."""
    manager = staff_actors()["manager"]
    actor_context = context.acting_as(manager)
    await accounts.add_office(actor_context, vault, OFFICE_CODE, OFFICE_NAME, key=OFFICE_KEY)
    await accounts.add_commission_rule(actor_context, per_request=RIALS_PER_REQUEST, share_bp=SHARE_BP)
