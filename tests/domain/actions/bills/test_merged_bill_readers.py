"""Readers of bills see the parts of a merged bill, never it beside them: reports, erasure, attempts to pay."""

from typing import Any

import pytest

from domain.actions.context import ActionContext
from domain.actions.links.payment_links import ensure_payment_link
from domain.actions.payments.begin import begin_payment
from domain.actions.reports.declarations import REPORTS
from domain.bills.bill import BillState
from domain.values.actors import Role
from tests.domain.actions.requests.test_erase import erase_one, found
from tests.support.municipality import CITIZEN, Municipality
from tests.support.report_figures import run_town_report
from tests.support.scenarios.merged_bills import MergedTown, open_merged_town
from tests.support.scripted_bank import ScriptedBank


@pytest.fixture
async def merged(town: Municipality) -> MergedTown:
    """Three requests of one citizen that wait for money."""
    return await open_merged_town(town)


async def list_figures(town: Municipality) -> dict[tuple[str, str, str], Any]:
    """Return the whole of every section of every report: report, section and figure → value."""
    return {
        (name, table.section.key, figure.key): total
        for name in REPORTS
        for table in (await run_town_report(town, name)).tables
        for figure, total in zip(table.section.figures, table.totals, strict=True)
    }


async def test_reports_count_the_parts_alone(merged: MergedTown) -> None:
    before = await list_figures(merged.town)
    merged_bill = await merged.merge()
    assert await list_figures(merged.town) == before
    await merged.pay(merged_bill)
    after = await list_figures(merged.town)
    paid = [total for (_, _, figure), total in after.items() if figure == "paid" and total]
    assert len(paid) > 1, "in the reports that machinery is part of"
    assert set(paid) == {merged_bill.amount}
    billed = {key: total for key, total in after.items() if key[2] == "billed"}
    assert billed
    assert billed == {key: before[key] for key in billed}


async def test_nothing_personal_is_left_of_it(merged: MergedTown) -> None:
    merged_bill, town = await merged.merge(), merged.town
    for code in merged.codes:
        await town.do(code, "cancel", Role.CIVIL)
    assert await merged.find_state(merged_bill) is BillState.VOID
    for code in merged.codes:
        await erase_one(town, code)
    assert found(town, CITIZEN[3:]) == []
    assert await merged.find_state(merged_bill) is BillState.VOID
    await merged.check_ledger()


async def test_an_attempt_pays_the_parts_and_the_pair_is_still_open_to_a_bank(merged: MergedTown) -> None:
    """A payer who left for the bank may be at an ATM instead: what comes twice goes back."""
    merged_bill, town, bank = await merged.merge(), merged.town, ScriptedBank()
    async with town.store.open_unit() as uow:
        token = (await ensure_payment_link(ActionContext(town.desk, uow), await merged.list_bills())).token
    attempt, _ = await begin_payment(town.desk, town.store, bank, token, "portal", "https://gomishan.example/callback")
    assert await merged.find_state(merged_bill) is BillState.PAYING
    assert [share.bill_row_id for share in attempt.shares] == list(merged_bill.part_row_ids)
    await merged.pay(merged_bill)
    assert await merged.list_states() == ["paid"] * 3
    await merged.check_ledger()
