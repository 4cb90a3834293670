"""A list of the bank pasted on the desk for slips: each line's verdict first, then those that fit booked once."""

import re

import pytest

from app.jobs.settlement_jobs import run_settlement_files
from domain.actions.context import ActorContext
from domain.actions.registries.charges import bill_and_notify
from domain.actions.settlement.bill_lines import BillLineBooker
from domain.bills.bill import Bill, BillState
from domain.registries.declarations import DUTY
from domain.settlement.settlement_file import FileLine, LineOutcome
from domain.values.actors import Role
from tests.channels.admin.bills.test_refund_pages import bill_of
from tests.channels.admin.bills.test_slip_pages import open_bill, slip
from tests.support.municipality import actor
from tests.support.scenarios.site_registries import give, words
from tests.support.scenarios.taxi_registries import PLATE
from tests.support.staff_site import StaffSite, Visitor, visitor

LISTS = "/staff/slips/lists"
DAY = "۱۴۰۵/۰۹/۰۲"


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


def version(page: str) -> str:
    """Return the version that a page shows."""
    found = re.search(r'name="version" value="(\w+)"', page)
    assert found
    return found[1]


async def two_bills(site: StaffSite) -> list[Bill]:
    """Open bills of two years' duties."""
    first = await open_bill(site)
    (row,) = await give(site, "duty", {"vehicle": PLATE, "year": 1404, "amount": 1_200_000})
    async with site.store.open_unit() as uow:
        return [first, await bill_and_notify(ActorContext(site.demo.desk, uow, actor(Role.REVENUE)), DUTY, row.id)]


async def paste(site: StaffSite, who: Visitor, *lines: str) -> str:
    """Paste a list, which is examined behind the page; its address."""
    await who.get(LISTS)
    address = await who.post(LISTS, list="\n".join(lines))
    await run_settlement_files(site.demo.desk, site.store)
    return address


async def test_a_list_is_reviewed_then_booked_once(site: StaffSite, revenue: Visitor) -> None:
    first, second = await two_bills(site)
    good = f"{first.bill_id}\t{first.payment_id}\t{first.amount}\t11112222\t{DAY}"
    other_amount = f"{second.bill_id} {second.payment_id} 1100000 33334444 {DAY}"
    address = await paste(site, revenue, "شناسه قبض، پرداخت", good, other_amount, good, f"{first.bill_id} 12 {DAY}")
    said = words(page := await revenue.get(address))
    for part in ("مبلغ با قبض نمی‌خواند", "تکراری (در همین فایل)", "با هم نمی‌خوانند", "ثبت سطرهای درست (۱)", "عوارض"):
        assert part in said
    await revenue.post(f"{address}/book", 409, version="99")
    await revenue.post(f"{address}/book", version=version(page))
    await run_settlement_files(site.demo.desk, site.store)
    assert [(await bill_of(site, one)).state for one in (first, second)] == [BillState.PAID, BillState.OPEN]
    assert f"{address}/book" not in await revenue.get(address)
    assert (
        await paste(site, revenue, "شناسه قبض، پرداخت", good, other_amount, good, f"{first.bill_id} 12 {DAY}")
        == f"{address}?same=yes"
    )
    again = await paste(site, revenue, good, f"{second.bill_id} {second.payment_id} {second.amount} 33334444 {DAY}")
    said = words(page := await revenue.get(again))
    assert "تکراری (در فایلی دیگر)" in said
    assert "ثبت سطرهای درست (۱)" in said, "what did not fit counts as not brought"


async def test_a_crash_between_two_lines_loses_and_doubles_nothing(
    site: StaffSite, revenue: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bills = await two_bills(site)
    lines = [
        f"{one.bill_id} {one.payment_id} {one.amount} {number}1112222 {DAY}" for number, one in enumerate(bills, 1)
    ]
    address = await paste(site, revenue, *lines)
    await revenue.post(f"{address}/book", version=version(await revenue.get(address)))
    book_line, calls = BillLineBooker.book_line, list[FileLine]()

    async def die_after_one(booker: BillLineBooker, line: FileLine) -> LineOutcome:
        if calls:
            raise KeyboardInterrupt
        calls.append(line)
        return await book_line(booker, line)

    with monkeypatch.context() as patch:
        patch.setattr(BillLineBooker, "book_line", die_after_one)
        with pytest.raises(KeyboardInterrupt):
            await run_settlement_files(site.demo.desk, site.store)
    assert "Refresh" in (await revenue.client.get(address)).headers
    await run_settlement_files(site.demo.desk, site.store)
    assert {(await bill_of(site, one)).state for one in bills} == {BillState.PAID}
    async with site.store.open_unit(write=False) as uow:
        assert [len(await uow.bills.list_payments(one.id)) for one in bills] == [1, 1]


async def test_a_bill_that_was_paid_since_is_left_alone(site: StaffSite, revenue: Visitor) -> None:
    bill = await open_bill(site)
    address = await paste(site, revenue, f"{bill.bill_id} {bill.payment_id} {bill.amount} 55556666 {DAY}")
    page = await revenue.get(address)
    await revenue.post("/staff/slips/slip", **slip(bill))
    await revenue.post(f"{address}/book", version=version(page))
    await run_settlement_files(site.demo.desk, site.store)
    assert "قبض پیش‌تر پرداخت یا بسته شده است" in words(await revenue.get(address))
    async with site.store.open_unit(write=False) as uow:
        assert len(await uow.bills.list_payments(bill.id)) == 1


async def test_who_may_not_book_is_not_offered_it(site: StaffSite, revenue: Visitor) -> None:
    bill = await open_bill(site)
    address = await paste(site, revenue, f"{bill.bill_id} {bill.payment_id} {bill.amount} 55556666 {DAY}")
    await revenue.post(LISTS, 422, list=" ")
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        assert f"{address}/book" not in await manager.get(address)
        await manager.post(f"{address}/book", 403)


async def test_a_long_list_is_shown_page_by_page_and_one_too_long_is_refused(site: StaffSite, revenue: Visitor) -> None:
    address = await paste(site, revenue, *(f"جمع {number}000" for number in range(1, 61)))
    first = await revenue.get(address)
    assert (first.count("<tr>"), f'href="{address}?before=50"' in first) == (51, True)
    second = await revenue.get(f"{address}?before=50")
    assert (second.count("<tr>"), "before=" in second) == (11, False)
    assert "حداکثر ۱٬۰۰۰ سطر" in words(await revenue.post(LISTS, 422, list="1\n" * 1001))
