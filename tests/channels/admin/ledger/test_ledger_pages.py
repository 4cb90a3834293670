"""The ledger on the staff's site: the balance of a month, the entries behind it, sheets, and who may not."""

from datetime import timedelta

import pytest

from domain.values.actors import Role
from tests.channels.admin.audit_reader import list_audited
from tests.support.scenarios.held_receipts import held
from tests.support.scenarios.refunds_due import cancelled
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import StaffSite, Visitor, visitor

LEDGER, ENTRIES = "/staff/ledger", "/staff/ledger/entries"


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


def links(page: str) -> list[str]:
    """Links from the balance to entries."""
    return [part.split('"')[0].replace("&amp;", "&") for part in page.split('href="/staff/ledger/entries?')[1:]]


async def test_the_balance_of_a_month_leads_to_its_entries(site: StaffSite, revenue: Visitor) -> None:
    assert "سندی ثبت نشده است" in words(await revenue.get(LEDGER))
    _, bill = await cancelled(site)
    await held(site)
    page = await revenue.get(LEDGER)
    for part in ("قبض‌های پرداخت‌نشده", "بانک: فیش بانکی", "درآمد:", "واریزی‌های نامشخص", "۵۰۰٬۰۰۰ بس", "برگشت از درآمد"):
        assert part in words(page)
    bank = next(one for one in links(page) if "account=bank" in one)
    listed = await revenue.get(f"{ENTRIES}?{bank}")
    assert "پرداخت قبض" in words(listed)
    assert bill.bill_id in listed
    of_bill = words(await revenue.get(f"{ENTRIES}?bill={bill.bill_id}"))
    for kind in ("صدور قبض", "پرداخت قبض", "بدهکار شدن به شهروند"):
        assert kind in of_bill
    later = words(await revenue.get(f"{LEDGER}?year=1410&month="))
    assert "بانک: فیش بانکی" in later, "balances go on"
    assert "گردشی نیست" in words(await revenue.get(f"{ENTRIES}?account=bank&of=slip&year=1410&month="))


async def test_what_cannot_be_read_is_told(site: StaffSite, revenue: Visitor) -> None:
    for address in (
        f"{LEDGER}?year=x",
        f"{ENTRIES}?account=nothing",
        f"{ENTRIES}",
        f"{ENTRIES}?account=receivable&of=x",
        f"{ENTRIES}?account=bank&page=x",
        f"{ENTRIES}?account=bank&page=after~1~x",
        f"{ENTRIES}?bill=7",
    ):
        assert 'role="alert"' in await revenue.get(address, 422) or "year" in address


async def test_many_entries_are_read_page_by_page(site: StaffSite, revenue: Visitor) -> None:
    for number in range(51):
        await held(site, reference=f"saman/{number}")
    page = await revenue.get(f"{ENTRIES}?account=suspense")
    assert page.count("<tr>") == 51
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    last = await revenue.get(following)
    assert last.count("<tr>") == 2
    back = last.split('rel="prev"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert (await revenue.get(back)).count("<tr>") == 51


async def test_sheets_are_audited_and_ask_for_a_proof(site: StaffSite, revenue: Visitor) -> None:
    await held(site)
    sheet = await revenue.get(f"{LEDGER}/balance.csv")
    assert "واریزی‌های نامشخص,,بدهی,0,0,500000,-500000" in sheet
    assert "پرداخت الکترونیک سامان" in await revenue.get(f"{ENTRIES}.csv?account=suspense")
    assert (await list_audited(site)).count(("staff:revenue", "export")) == 2
    site.clock.at += timedelta(minutes=11)
    await revenue.get(f"{LEDGER}/balance.csv", 401)


async def test_who_may_see_the_ledger(site: StaffSite) -> None:
    for role in (Role.MANAGER, Role.AUDITOR):
        async with visitor(site) as reader:
            await reader.sign_in(role.value)
            assert f'href="{LEDGER}"' in await reader.get("/staff")
            await reader.get(LEDGER)
    for role in (Role.CIVIL, Role.ADMIN):
        async with visitor(site) as other:
            await other.sign_in(role.value)
            await other.get(LEDGER, 403)
