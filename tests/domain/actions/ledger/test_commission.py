"""The commission of a month: posted once, then only what changed."""

from datetime import timedelta

import pytest

from app.security.vault import FernetVault
from domain.actions.bills.reversals import reverse_payment
from domain.actions.context import ActorContext
from domain.actions.ledger.commission import post_commission
from domain.actions.offices import accounts
from domain.bills.bill import PaymentMethod
from domain.ledger.accounts import Account, AccountKey
from domain.ledger.entries import LedgerEntry
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.errors import Forbidden, InvalidField, NotFound
from tests.support.municipality import FOUR_HOURS, OFFICE, Municipality, actor, clerk

REVENUE = actor(Role.REVENUE)
EXPENSE, PAYABLE = AccountKey(Account.COMMISSION_EXPENSE, "machinery"), AccountKey(Account.COMMISSION_PAYABLE, OFFICE)
PER_REQUEST, SHARE = 50_000, 100


async def posted(town: Municipality, month: int = 9, by: Actor = REVENUE, office: str = OFFICE) -> list[LedgerEntry]:
    """Post a month of 1405."""
    async with town.store.open_unit() as uow:
        return await post_commission(ActorContext(town.desk, uow, by), office, 1405, month)


async def brought(town: Municipality) -> str:
    """The code of a request that an office brought and took the money of."""
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, SYSTEM)
        await accounts.add_office(context, FernetVault("a secret of this test"), OFFICE, "دفتر پیشخوان")
        await accounts.add_commission_rule(context, per_request=PER_REQUEST, share_bp=SHARE)
    code = (await town.submit(by=clerk())).code
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "price", Role.REVENUE)
    await town.pay(code, reference="1", method=PaymentMethod.POS, by=clerk())
    return code


async def test_a_month_is_posted_once(town: Municipality) -> None:
    await brought(town)
    with pytest.raises(InvalidField, match="month"):
        await posted(town)
    town.clock.at += timedelta(days=35)
    (entry,) = await posted(town)
    assert (entry.debit, entry.credit, entry.note, entry.recorded_by) == (EXPENSE, PAYABLE, "1405-09", "staff:revenue")
    assert entry.amount == PER_REQUEST + FOUR_HOURS // 100
    assert await posted(town) == []
    assert await posted(town, 8) == []
    async with town.store.open_unit(write=False) as uow:
        assert await uow.ledger.list_differences(10) == []


async def test_what_was_reversed_after_its_month_is_taken_back(town: Municipality) -> None:
    code = await brought(town)
    town.clock.at += timedelta(days=35)
    await posted(town)
    (bill,) = await town.bills(code)
    async with town.store.open_unit() as uow:
        (payment,) = await uow.bills.list_payments(bill.id)
        await reverse_payment(ActorContext(town.desk, uow, REVENUE), bill.bill_id, payment.id, "اشتباه")
    (entry,) = await posted(town)
    assert (entry.debit, entry.credit, entry.amount) == (PAYABLE, EXPENSE, FOUR_HOURS // 100)
    assert await posted(town) == []


async def test_who_may_not_and_what_is_not_there(town: Municipality) -> None:
    await brought(town)
    with pytest.raises(Forbidden, match="commission"):
        await posted(town, 1, actor(Role.MANAGER))
    with pytest.raises(NotFound, match="office"):
        await posted(town, 1, office="9")
    with pytest.raises(InvalidField, match="month"):
        await posted(town, 13)
