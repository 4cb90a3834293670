"""A merged bill on the staff's site: on its parts, with its parts, and a slip for all of them."""

import pytest

from domain.actions.bills.merged_bills import merge_bills
from domain.actions.context import ActionContext
from domain.bills.bill import Bill
from domain.bills.merged_bill import MergedBill
from domain.values.text import persian_digits
from tests.support.scenarios.online_attempts import issue_row_bill
from tests.support.scenarios.site_registries import furnish, give, words
from tests.support.scenarios.taxi_registries import PLATE
from tests.support.staff_site import StaffSite, Visitor, visitor

PATH = "/staff/merged-bills"


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


async def merge_duties(site: StaffSite) -> tuple[list[str], list[Bill], MergedBill]:
    """Return the pages of two duties, their bills, and both merged."""
    await furnish(site)
    rows = [
        (await give(site, "duty", {"vehicle": PLATE, "year": year, "amount": 500_000}))[-1] for year in (1404, 1405)
    ]
    bills = [await issue_row_bill(site, "duty", row.id) for row in rows]
    async with site.store.open_unit() as uow:
        merged_bill = await merge_bills(ActionContext(site.demo.desk, uow), [bill.id for bill in bills])
    return [f"/staff/registries/duty/{row.id}" for row in rows], bills, merged_bill


async def list_states(site: StaffSite, bills: list[Bill]) -> list[str]:
    """Return how bills stand."""
    async with site.store.open_unit(write=False) as uow:
        return [(await uow.bills.get(bill.id)).state.value for bill in bills]


async def test_a_slip_pays_all_parts_and_one_reversal_takes_it_back(site: StaffSite, revenue: Visitor) -> None:
    addresses, bills, merged_bill = await merge_duties(site)
    one = f"{PATH}/{merged_bill.bill_id}"
    for address in addresses:
        assert f'href="{one}"' in await revenue.get(address)
    page = await revenue.get(one)
    for part in (*addresses, *(bill.bill_id for bill in bills), merged_bill.payment_id, "۱٬۰۰۰٬۰۰۰"):
        assert part in page, part
    slip = {
        "bill_id": merged_bill.bill_id,
        "payment_id": merged_bill.payment_id,
        "amount": "۱٬۰۰۰٬۰۰۰",
        "reference": "778899",
        "method": "slip",
    }
    await revenue.post(f"{one}/slip", 422, **slip | {"amount": "۵۰۰٬۰۰۰"})
    assert await list_states(site, bills) == ["open", "open"]
    assert await revenue.post(f"{one}/slip", **slip) == f"{one}?done=slip"
    assert await list_states(site, bills) == ["paid", "paid"]
    assert "پرداخت‌شده" in words(await revenue.get(one))
    async with site.store.open_unit(write=False) as uow:
        (payment,) = await uow.bills.list_payments(bills[0].id)
    assert "پرداخت همهٔ آن‌ها با هم باطل می‌شود" in words(await revenue.get(addresses[0]))
    wrong = {"bill_id": bills[0].bill_id, "payment": str(payment.id), "reason": "فیش کس دیگری بود"}
    await revenue.post(f"{addresses[0]}/reverse", **wrong)
    assert await list_states(site, bills) == ["open", "open"]


async def test_entries_of_all_parts_are_found_by_its_id(site: StaffSite, revenue: Visitor) -> None:
    _, bills, merged_bill = await merge_duties(site)
    page = await revenue.get(f"/staff/ledger/entries?bill={merged_bill.bill_id}")
    assert all(persian_digits(bill.bill_id) in page for bill in bills)
    await revenue.get(f"{PATH}/{bills[0].bill_id}", 404)


async def test_who_reads_it_and_who_records(site: StaffSite) -> None:
    addresses, _, merged_bill = await merge_duties(site)
    one = f"{PATH}/{merged_bill.bill_id}"
    async with visitor(site) as auditor:
        await auditor.sign_in("auditor")
        assert f"{one}/slip" not in await auditor.get(one)
        await auditor.post(f"{one}/slip", 403)
    async with visitor(site) as taxi_officer:
        await taxi_officer.sign_in("taxi_officer")
        await taxi_officer.get(one, 403)
        page = await taxi_officer.get(addresses[0])
        assert (persian_digits(merged_bill.bill_id) in page, f'href="{one}"' in page) == (True, False)
