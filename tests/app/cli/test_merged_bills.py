"""A merged bill at the command line: a slip for all its parts."""

import asyncio
from pathlib import Path

import pytest

from domain.bills.merged_bill import MergedBill
from domain.people.person import StaffMember
from domain.values.actors import Role
from tests.support.municipality import StandingClock, build_desk, municipality
from tests.support.scenarios.merged_bills import open_merged_town
from tests.support.terminal import Terminal


@pytest.fixture
def merged_bill(database: Path) -> MergedBill:
    """Three bills of one citizen in one."""
    return asyncio.run(_merge(database))


async def _merge(database: Path) -> MergedBill:
    clock = StandingClock()
    async with municipality(database, build_desk(clock), clock) as town:
        await town.furnish()
        async with town.store.open_unit() as uow:
            roles = frozenset({Role.REVENUE})
            await uow.people.save_staff(StaffMember("revenue", roles, "آی‌گل", None, "", True, clock.now()))
        return await (await open_merged_town(town)).merge()


def test_one_slip_pays_all(terminal: Terminal, merged_bill: MergedBill) -> None:
    ids, amount = (merged_bill.bill_id, merged_bill.payment_id), str(merged_bill.amount)
    by, slip = ("--as", "revenue"), ("--reference", "778899")
    recorded = terminal.json("payment", "record", *ids, amount, *slip, *by)
    assert (recorded["outcome"], recorded["amount"]) == ("settled", merged_bill.amount)
    assert (recorded["bill"]["bill_id"], recorded["bill"]["state"]) == (merged_bill.bill_id, "paid")
    assert [part["state"] for part in recorded["bill"]["parts"]] == ["paid"] * 3
    said = terminal.run("payment", "record", *ids, amount, *slip, *by).out
    assert f"settled: bill {merged_bill.bill_id} is paid" in said
    assert terminal.json("ledger", "check") == []
