"""Corrections: an entry of its own between accounts that no row answers for."""

import pytest

from domain.actions.context import ActorContext
from domain.actions.ledger.corrections import parse_account_key, post_correction
from domain.ledger.accounts import Account, AccountKey
from domain.ledger.entries import LedgerEntry
from domain.values.actors import Actor, Role
from domain.values.errors import Forbidden, InvalidField, MissingField
from tests.support.municipality import Municipality, actor

SLIP, FILE = AccountKey(Account.BANK, "slip"), AccountKey(Account.BANK, "bank_file")
REVENUE = actor(Role.REVENUE)


async def corrected(
    town: Municipality,
    debit: AccountKey = FILE,
    credit: AccountKey = SLIP,
    amount: int = 1000,
    note: str = "فیش نبود، در فایل بانک آمد",
    who: Actor = REVENUE,
) -> LedgerEntry:
    """Post a correction."""
    async with town.store.open_unit() as uow:
        return await post_correction(ActorContext(town.desk, uow, who), debit, credit, amount, note)


async def test_a_correction_is_posted_and_audited(town: Municipality) -> None:
    entry = await corrected(town)
    assert (entry.debit, entry.credit, entry.recorded_by) == (FILE, SLIP, "staff:revenue")
    async with town.store.open_unit(write=False) as uow:
        totals = {row.account_key: row.closing_balance for row in await uow.ledger.sum_accounts(None, None)}
        assert await uow.ledger.list_differences(5) == []
    assert totals == {FILE: 1000, SLIP: -1000}
    assert town.rows("SELECT what, actor FROM audit") == [("ledger_corrected", "staff:revenue")]


async def test_what_is_no_correction(town: Municipality) -> None:
    for account in (Account.RECEIVABLE, Account.SUSPENSE, Account.REFUNDS_PAYABLE, Account.SURPLUS_PAYABLE):
        with pytest.raises(InvalidField, match="account"):
            await corrected(town, AccountKey(account))
    with pytest.raises(InvalidField, match="account"):
        await corrected(town, SLIP)
    with pytest.raises(InvalidField, match="amount"):
        await corrected(town, amount=0)
    with pytest.raises(MissingField, match="note"):
        await corrected(town, note=" ")
    with pytest.raises(InvalidField, match="note"):
        await corrected(town, note="ا" * 301)
    with pytest.raises(Forbidden, match="ledger"):
        await corrected(town, who=actor(Role.MANAGER))


def test_accounts_are_named_by_their_keys() -> None:
    assert parse_account_key("bank:slip") == SLIP
    assert parse_account_key("own_terminal") == AccountKey(Account.OWN_TERMINAL)
    for text in ("", "cash", "bank", "own_terminal:1", "receivable:x"):
        with pytest.raises(InvalidField, match="account"):
            parse_account_key(text)
