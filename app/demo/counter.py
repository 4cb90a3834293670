"""The counter office of the demonstration: software is tried against it, with a key that everybody knows."""

from app.demo.registers import staff_actors
from domain.actions.desk import Desk
from domain.actions.offices import accounts
from domain.unit_of_work import UnitOfWork, Vault

CODE = "1001"
NAME = "دفتر پیشخوان آزمایشی گمیشان"
KEY = "demo-counter-key-1001"

PER_REQUEST = 50_000
"""Rials that every office earns by a request, of whichever service."""

SHARE_BP = 200
"""Hundredths of a percent that every office earns by a payment."""


async def fill(desk: Desk, uow: UnitOfWork, vault: Vault) -> None:
    """Store the office and what offices earn."""
    manager = staff_actors()["manager"]
    await accounts.add(desk, uow, vault, CODE, NAME, key=KEY, actor=manager)
    await accounts.add_rule(desk, uow, per_request=PER_REQUEST, share_bp=SHARE_BP, actor=manager)
