"""The desk for slips: found by ids or barcode, recorded with the bank's reference, then the next one."""

import re
from datetime import date

import pytest

from domain.actions.bills.payment_claims import open_claim
from domain.actions.context import ActorContext
from domain.actions.registries.charges import bill_and_notify
from domain.bills.bill import Bill, BillState
from domain.bills.payment_claim import ClaimDetails
from domain.blocks.charging import list_request_bills
from domain.registries.declarations import DUTY
from domain.values.actors import Role
from domain.values.bill_ids import BillIds, bill_barcode
from domain.values.identifiers import display_mobile
from domain.values.text import persian_digits
from tests.channels.admin.bills.test_refund_pages import bill_of
from tests.support.municipality import actor
from tests.support.scenarios.payment_claims import PHOTO, claim_with_photo
from tests.support.scenarios.site_registries import furnish, give, words
from tests.support.scenarios.taxi_registries import PLATE
from tests.support.staff_site import StaffSite, Visitor

DESK = "/staff/slips"


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


async def open_bill(site: StaffSite) -> Bill:
    """The open bill of a duty."""
    await furnish(site)
    (row,) = await give(site, "duty", {"vehicle": PLATE, "year": 1405, "amount": 2_500_000})
    async with site.store.open_unit() as uow:
        return await bill_and_notify(ActorContext(site.demo.desk, uow, actor(Role.REVENUE)), DUTY, row.id)


def slip(bill: Bill, **changed: str) -> dict[str, str]:
    """Form values of a slip."""
    typed = {"bill_id": bill.bill_id, "payment_id": bill.payment_id, "amount": str(bill.amount), "method": "slip"}
    return typed | {"reference": "12345678"} | changed


async def test_a_bill_is_found_and_its_slip_recorded(site: StaffSite, revenue: Visitor) -> None:
    bill = await open_bill(site)
    barcode = bill_barcode(BillIds(bill.bill_id, bill.payment_id))
    for typed in (bill.bill_id, f"{bill.bill_id}+{bill.payment_id}", barcode):
        said = words(await revenue.get(f"{DESK}?ids={typed}"))
        assert "۲٬۵۰۰٬۰۰۰ ریال" in said
        assert "عوارض" in said
    recorded = await revenue.post(f"{DESK}/slip", **slip(bill))
    assert (await bill_of(site, bill)).state is BillState.PAID
    page = await revenue.get(recorded)
    assert "پرداخت ثبت شد" in words(page)
    assert f'href="/staff/registries/duty/{bill.subject_id}"' in page, "the way on to what was paid for"
    assert await revenue.post(f"{DESK}/slip", **slip(bill)) == recorded, "sent again it is the same"


async def test_a_bill_of_a_request_says_whom_to_call_though_nobody_gave_a_name(
    site: StaffSite, revenue: Visitor
) -> None:
    request = await site.submitted(full_name=None)
    await site.demo.act(request.code, "accept", Role.CIVIL)
    await site.demo.act(request.code, "price", Role.REVENUE, {"amount": 1_000_000, "reason": "برآورد محل"})
    async with site.store.open_unit(write=False) as uow:
        (bill,) = await list_request_bills(uow.bills, request)
    page = await revenue.get(f"{DESK}?ids={bill.bill_id}")
    assert f'<a href="tel:{display_mobile(str(request.mobile))}">' in page
    assert bill.bill_id not in words(page), "shown in Persian digits; in Latin ones it is copied"
    assert persian_digits(bill.bill_id) in words(page)


async def test_the_search_box_leads_from_a_number_to_what_was_billed(site: StaffSite, revenue: Visitor) -> None:
    bill = await open_bill(site)
    await revenue.get(f"{DESK}?ids={bill.bill_id}")
    await revenue.post(f"{DESK}/slip", **slip(bill))
    page = f"/staff/registries/duty/{bill.subject_id}"
    for number, found_by in {
        bill.bill_id: "bill_id",
        bill.payment_id: "payment_id",
        "12345678": "reference",
        "۱۲۳۴۵۶۷۸": "reference",
    }.items():
        response = await revenue.client.get(f"/staff/requests?q={number}", allow_redirects=False)
        assert (response.status, response.headers["Location"]) == (303, f"{page}?done=found_by_{found_by}")
    assert "یافته با شناسهٔ پرداخت" in words(await revenue.get(f"{page}?done=found_by_payment_id"))
    assert (await revenue.client.get("/staff/requests?q=87654321", allow_redirects=False)).status == 200


async def test_what_is_wrong_is_said_beside_the_bill(site: StaffSite, revenue: Visitor) -> None:
    bill = await open_bill(site)
    assert "شناسه" in words(await revenue.get(f"{DESK}?ids=1234567", 422))
    page = await revenue.post(f"{DESK}/slip", 422, **slip(bill, amount="1"))
    assert "مبلغ" in words(page)
    assert (await bill_of(site, bill)).state is BillState.OPEN


async def test_others_have_no_desk(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("manager")
    assert DESK not in await inside.get("/staff/refunds")
    await inside.get(DESK, 403)


async def claimed_bill(site: StaffSite, reference: str | None = "88123456") -> Bill:
    """The open bill of a duty, of which its citizen says that it is paid, with a photo of the slip."""
    bill = await open_bill(site)
    await claim_with_photo(site, bill, reference)
    return bill


async def test_a_claim_is_found_and_recorded_by_one_press(site: StaffSite, revenue: Visitor) -> None:
    bill = await claimed_bill(site)
    page = await revenue.get(DESK)
    assert "دیروز &lt;b&gt;ریختم&lt;/b&gt;" in page
    assert "یافت شد، ثبت پرداخت" in words(page)
    await revenue.post(f"{DESK}/slip", **slip(bill, reference="88123456"))
    assert (await bill_of(site, bill)).state is BillState.PAID
    assert "دیروز" not in words(await revenue.get(DESK))


async def test_a_claim_that_is_not_found_is_answered_with_a_reason(site: StaffSite, revenue: Visitor) -> None:
    bill = await claimed_bill(site, None)
    assert "یافت شد، ثبت پرداخت" not in words(await revenue.get(DESK))
    await revenue.post(f"{DESK}/claim", 422, bill_id=bill.bill_id, reason=" ")
    done = await revenue.post(f"{DESK}/claim", bill_id=bill.bill_id, reason="در صورت‌حساب نیست")
    page = words(await revenue.get(done))
    assert ("پاسخ برای شهروند فرستاده شد" in page, "دیروز" in page) == (True, False)
    await revenue.post(f"{DESK}/claim", 404, bill_id=bill.bill_id, reason="دوباره")


async def test_the_photo_of_a_slip_is_opened_by_the_revenue_unit_alone(site: StaffSite, revenue: Visitor) -> None:
    await claimed_bill(site)
    [address] = re.findall(r'"(/staff/slips/photos/[0-9]+)"', await revenue.get(DESK))
    response = await revenue.client.get(address)
    assert (response.status, response.content_type, await response.read()) == (200, "image/jpeg", PHOTO)
    assert (await revenue.client.get(f"{DESK}/photos/1")).status == 404
    await revenue.sign_in("civil")
    assert (await revenue.client.get(address)).status == 403


@pytest.mark.parametrize(("claimed", "told"), [(2_400_000, "۱۰۰٬۰۰۰ ریال کمتر"), (2_600_000, "۱۰۰٬۰۰۰ ریال بیشتر")])
async def test_another_amount_than_the_bills_is_told_before_it_is_recorded(
    site: StaffSite, revenue: Visitor, claimed: int, told: str
) -> None:
    bill = await open_bill(site)
    async with site.store.open_unit() as uow:
        details = ClaimDetails(claimed, "88123456", date(2026, 11, 23), "17:05")
        await open_claim(ActorContext(site.demo.desk, uow, actor(Role.CITIZEN)), bill, "ریختم", details)
    page = await revenue.get(DESK)
    shown = words(page)
    assert ("یافت شد، ثبت پرداخت" in shown, "۲٬۵۰۰٬۰۰۰ ریال یافت شد، ثبت پرداخت" in shown, told in shown) == (True,) * 3
    assert "۱۴۰۵/۰۹/۰۲ ۱۷:۰۵" in shown
    [amount] = re.findall(r'name="amount" value="([^"]*)"', page)
    await revenue.post(f"{DESK}/slip", **slip(bill, amount=amount, reference="88123456"))
    assert (await bill_of(site, bill)).state is BillState.PAID


async def test_open_claims_are_counted_where_the_desk_is_reached(site: StaffSite, revenue: Visitor) -> None:
    assert "<strong>(۱)</strong>" not in await revenue.get(DESK)
    await claimed_bill(site)
    assert f'<a href="{DESK}" aria-current="page">ثبت فیش‌ها <strong>(۱)</strong></a>' in await revenue.get(DESK)
    await revenue.sign_in("manager")
    assert "ادعای پرداخت ۱" in words(await revenue.get("/staff"))
