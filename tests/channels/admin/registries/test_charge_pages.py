"""Money of the registries on the pages: duties of a year, bills, waivers and slips; papers that run out."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.tariffs.tariff import TariffRow
from tests.channels.admin.requests.test_request_pages import small_form, told
from tests.support.demo_site import MORNING
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.site_registries import furnish, give, row, rows, words
from tests.support.scenarios.taxi_registries import DRIVER_CODE, PLATE
from tests.support.staff_site import PASSWORD, StaffSite, Visitor, visitor

ROOM = "/staff/registries"
VIOLATION = {"driver": DRIVER_CODE, "date": "2026-11-20", "kind": "overcharge", "fine": 500_000}


@pytest.fixture
async def officer(site: StaffSite, inside: Visitor) -> Visitor:
    """The taxi officer's browser, in an organisation with taxis."""
    await furnish(site)
    await inside.sign_in("taxi_officer")
    return inside


async def price(site: StaffSite, kind: str, rate: int) -> None:
    """Set the yearly duty of a kind of taxi."""
    row_id = site.demo.desk.ids.new_id()
    first, dimensions = date(2026, 3, 21), {"vehicle_type": kind}
    async with site.store.open_unit() as uow:
        await uow.tariffs.add(
            TariffRow(
                id=row_id,
                service="taxi_duty",
                dimensions=dimensions,
                unit="year",
                rate=rate,
                minimum=0,
                vat_percent=0,
                valid_from=first,
                valid_to=None,
                created_by="staff:revenue",
                created_at=MORNING,
            )
        )


async def a_violation(site: StaffSite) -> str:
    """The address of a fine."""
    (one,) = await give(site, "violation", VIOLATION)
    return f"{ROOM}/violation/{one.id}"


async def test_duties_of_a_year_are_shown_before_they_are_made_for_all_or_for_none(
    site: StaffSite, officer: Visitor
) -> None:
    await price(site, "line", 4_000_000)
    page, address = await officer.get(f"{ROOM}/duty/generate"), f"{ROOM}/duty/generate"
    assert 'value="۱۴۰۵"' in page
    assert "ون: ۱ تاکسی" in words(page)
    assert 'name="shown"' not in page, "without a tariff nothing is offered"
    await price(site, "van", 5_000_000)
    page = await officer.get(f"{address}?year=1405")
    assert "ساختن ۲ بدهی به مبلغ ۹٬۰۰۰٬۰۰۰ ریال" in words(page)
    assert await rows(site, "duty") == [], "a look makes nothing"
    changed = await officer.post(address, 409, year="1405", shown="4000000")
    assert "در این فاصله تغییر کرد" in changed
    assert "ساختن ۲ بدهی" in words(changed)
    assert await rows(site, "duty") == []
    page = await officer.post(address, 200, year="۱۴۰۵", shown="9000000")
    assert "۲ بدهی به مبلغ ۹٬۰۰۰٬۰۰۰ ریال ساخته شد" in words(page)
    assert len(await rows(site, "duty")) == 2
    assert "چیزی برای ساختن نیست. ۲ بدهی از پیش بود" in words(await officer.get(address))
    assert "سال «چهار» درست نیست" in await officer.get(f"{address}?year=چهار", 422)


async def test_the_year_that_is_offered_is_the_one_in_tehran(site: StaffSite) -> None:
    site.clock.at = datetime(2027, 3, 20, 20, 45, tzinfo=UTC)  # a quarter past midnight in Tehran: 1406/01/01
    async with visitor(site) as officer:
        await officer.sign_in("taxi_officer")
        assert 'value="۱۴۰۶"' in await officer.get(f"{ROOM}/duty/generate")


async def test_a_fine_is_billed_and_paid(site: StaffSite, officer: Visitor) -> None:
    address = await a_violation(site)
    page = await officer.get(address)
    await officer.post(f"{address}/bill", version=read_version(page))
    page = await officer.get(address)
    assert "قبض صادر شده" in page
    assert "۵۰۰٬۰۰۰ ریال" in words(page)
    assert f'action="{address}/slip"' not in page, "slips are the revenue unit's"
    async with visitor(site) as revenue:
        await revenue.sign_in("revenue")
        page = await revenue.get(address)
        ids = {name: re.search(rf'name="{name}" value="([0-9]+)"', page)[1] for name in ("bill_id", "payment_id")}  # type: ignore[index]  # a failure tells enough
        refused = await revenue.post(f"{address}/slip", 422, amount="1", reference="77", **ids)
        assert "یکی نیست" in told(refused)
        assert 'id="refusal"' in small_form(refused, f"{address}/slip")
        assert 'name="reference" required autocomplete="off" maxlength="60" value="77"' in refused
        await revenue.post(f"{address}/slip", amount="۵۰۰٬۰۰۰", reference="77", **ids)
    assert (await row(site, "violation")).values["state"] == "paid"


async def test_a_violation_without_a_fine_owes_nothing(site: StaffSite) -> None:
    await furnish(site)
    (one,) = await give(site, "violation", {name: value for name, value in VIOLATION.items() if name != "fine"})
    async with visitor(site) as revenue:
        await revenue.sign_in("revenue")
        page, listed = await revenue.get(f"{ROOM}/violation/{one.id}"), await revenue.get(f"{ROOM}/violation")
    assert "وضعیت جریمه جریمه‌ای ندارد" in words(page)
    assert ">جریمه‌ای ندارد<" in listed
    assert "قبضی صادر نشده" not in page
    for way in ("bill", "waive"):
        assert f"/violation/{one.id}/{way}" not in page, way


async def test_a_bill_of_what_was_changed_meanwhile_is_refused(site: StaffSite, officer: Visitor) -> None:
    address = await a_violation(site)
    page = await officer.get(address)
    form = {"points": "3", "fine": "900000", "standing": "valid"}
    await officer.post(f"{address}/edit", version=read_version(page), **form)
    refused = await officer.post(f"{address}/bill", 409, version=read_version(page))
    assert "همکار دیگری این ردیف را تغییر داد" in refused
    assert (await row(site, "violation")).values["state"] == "open"


async def test_only_revenue_lets_somebody_off_with_a_fresh_proof_and_a_reason(
    site: StaffSite, officer: Visitor
) -> None:
    address = await a_violation(site)
    page = await officer.get(address)
    assert "بخشودن" not in page
    await officer.post(f"{address}/waive", 403, version=read_version(page), reason="x")
    async with visitor(site) as revenue:
        await revenue.sign_in("revenue")
        page = await revenue.get(address)
        assert "پاسخ این پرسش لازم است" in await revenue.post(f"{address}/waive", 422, version=read_version(page))
        stale = await revenue.post(f"{address}/waive", 409, version="7", reason="نخستین بار")
        assert 'value="نخستین بار"' in stale
        site.clock.at += timedelta(minutes=11)
        asked = await revenue.post(f"{address}/waive", 401, version=read_version(page), reason="نخستین بار")
        assert 'name="reason" value="نخستین بار"' in asked, "what was typed goes on with the proof"
        await revenue.post(f"{address}/waive", version=read_version(page), reason="نخستین بار", proof_password=PASSWORD)
    assert (await row(site, "violation")).values["state"] == "waived"


async def test_a_taxi_officer_lets_nobody_off_by_the_form(site: StaffSite, officer: Visitor) -> None:
    address = await a_violation(site)
    page = await officer.get(f"{address}/edit")
    assert 'name="state"' not in page
    form = {"points": "0", "fine": "500000", "standing": "valid", "state": "waived"}
    refused = await officer.post(f"{address}/edit", 409, version=read_version(page), **form)
    assert "این وضعیت با دست تغییر نمی‌کند" in refused
    assert 'name="state"' not in await officer.get(f"{ROOM}/violation/new")
    new = {"driver": DRIVER_CODE, "date": "1405/09/01", "kind": "smoking", "points": "0", "standing": "valid"}
    refused = await officer.post(f"{ROOM}/violation/new", 409, state="paid", **new)
    assert "تنها با ورود فایل سوابق از خط فرمان" in refused, "the revenue unit enters no violations"
    assert (await row(site, "violation")).values["state"] == "open"


async def test_revenue_enters_what_was_paid_elsewhere(site: StaffSite) -> None:
    await furnish(site)
    async with visitor(site) as revenue:
        await revenue.sign_in("revenue")
        page = await revenue.get(f"{ROOM}/duty/new")
        assert re.findall(r'value="(open|billed|paid|waived)"', page) == ["open", "paid", "waived"]
        duty = {"vehicle": PLATE, "year": "1404", "kind": "yearly", "amount": "2000000", "state": "paid"}
        await revenue.post(f"{ROOM}/duty/new", **duty)
    async with visitor(site) as auditor:
        await auditor.sign_in("auditor")
        audit = words(await auditor.get("/staff/audit?what=charge_entered"))
        assert "ثبت پرداخت یا بخشودگی جای دیگر" in audit
        assert "مبلغ (ریال): ۲٬۰۰۰٬۰۰۰" in audit
    assert (await row(site, "duty")).values["state"] == "paid"


async def test_a_taxi_officer_is_offered_no_other_amount_of_a_duty(site: StaffSite, officer: Visitor) -> None:
    (duty,) = await give(site, "duty", {"vehicle": PLATE, "year": 1405, "amount": 5_000_000})
    at = f"{ROOM}/duty/{duty.id}"
    assert f'href="{at}/edit"' not in await officer.get(at)
    await officer.get(f"{at}/edit", 303)  # to its page: nothing is this one's to change
    refused = await officer.post(f"{at}/edit", 409, version=duty.revision, amount="1000")
    assert "تنها واحد درآمد تغییر می‌دهد" in refused
    new = {"vehicle": PLATE, "year": "1404", "kind": "yearly", "state": "waived", "amount": "1000"}
    assert "موردی را که جای دیگری پرداخت یا بخشوده شده است، تنها" in await officer.post(f"{ROOM}/duty/new", 409, **new)
    async with visitor(site) as revenue:
        await revenue.sign_in("revenue")
        assert f'href="{at}/edit"' in await revenue.get(at)
        page = await revenue.get(f"{at}/edit")
        await revenue.post(f"{at}/edit", version=read_version(page), amount="1000")
    assert (await row(site, "duty")).values["amount"] == 1_000


async def test_a_wrong_violation_is_annulled_and_owes_nothing(site: StaffSite, officer: Visitor) -> None:
    address = await a_violation(site)
    page = await officer.get(f"{address}/edit")
    form = {"points": "0", "fine": "500000", "standing": "annulled"}
    await officer.post(f"{address}/edit", version=read_version(page), **form)
    page = await officer.get(address)
    assert "اعتبار تخلف باطل شده" in words(page)
    assert f'action="{address}/bill"' not in page
    now = read_version(await officer.get(f"{address}/edit"))
    assert "برای آن قبض صادر نمی‌شود" in await officer.post(f"{address}/bill", 409, version=now)
    assert address in await officer.get(f"{ROOM}/violation?standing=annulled")
    assert address not in await officer.get(f"{ROOM}/violation?standing=valid")


async def test_papers_that_run_out_are_listed(site: StaffSite, officer: Visitor) -> None:
    await give(site, "vehicle", {"plate": PLATE, "insurance_expiry": "2026-11-20", "inspection_expiry": "2026-11-24"})
    await give(site, "driver", {"national_code": DRIVER_CODE, "licence_expiry": "2027-01-10"})
    page = words(await officer.get(f"{ROOM}/expiring"))
    assert "اعتبار بیمه ۱۴۰۵/۰۸/۲۹ ۴ روز گذشته ۰۹۱۲۱۰۰۰۰۰۱" in page
    assert "اعتبار معاینه فنی ۱۴۰۵/۰۹/۰۳ امروز" in page
    assert "گواهینامه" not in page
    assert "اعتبار گواهینامه ۱۴۰۵/۱۰/۲۰ ۴۷ روز" in words(await officer.get(f"{ROOM}/expiring?days=60"))
