"""Numbers of bills in the one search box: what else they may mean is offered, and rights come before any limit."""

import pytest

from channels.admin.queues import search_view
from domain.bills.bill import Bill
from tests.channels.admin.bills.test_slip_pages import DESK, open_bill, slip
from tests.channels.admin.queues.test_queue_pages import listed
from tests.support.scenarios.counter_tills import a_bill_to_pay, open_office, report
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import StaffSite, Visitor, visitor

LAST_DIGITS = "4567"
"""Of the mobile of whoever orders a machine."""


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


async def pay_by_slip(revenue: Visitor, bill: Bill, reference: str) -> str:
    """Record a slip; the page of what the bill is for."""
    await revenue.get(f"{DESK}?ids={bill.bill_id}")
    await revenue.post(f"{DESK}/slip", **slip(bill, reference=reference))
    return f"/staff/registries/duty/{bill.subject_id}"


async def test_a_reference_that_may_be_the_end_of_a_mobile_offers_both(site: StaffSite, revenue: Visitor) -> None:
    page = await pay_by_slip(revenue, await open_bill(site), LAST_DIGITS)
    alone = await revenue.client.get(f"/staff/requests?q={LAST_DIGITS}", allow_redirects=False)
    assert (alone.status, alone.headers["Location"]) == (303, f"{page}?done=found_by_reference")
    request = await site.submitted()
    found = await revenue.get(f"/staff/requests?q={LAST_DIGITS}")
    assert f'href="{page}"' in found
    assert "یافته با شمارهٔ پیگیری بانک" in words(found)
    (way,) = [part for part in found.split('href="') if "found_by=last_digits" in part]
    assert listed(await revenue.get(way.split('"')[0].replace("&amp;", "&"))) == [request.code]


async def test_a_reference_with_a_dash_is_no_tracking_code(site: StaffSite, revenue: Visitor) -> None:
    page = await pay_by_slip(revenue, await open_bill(site), "1405-44498")  # without the dash nine digits, and right
    answer = await revenue.client.get("/staff/requests?q=۱۴۰۵-۴۴۴۹۸", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, f"{page}?done=found_by_reference")


async def test_bills_that_one_may_not_open_take_no_place_from_others(
    site: StaffSite, revenue: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_view, "MOST_FOUND", 1)
    await pay_by_slip(revenue, await open_bill(site), "55667788")
    await open_office(site)
    await report(site, bill := await a_bill_to_pay(site), "55667788")
    async with visitor(site) as civil:
        await civil.sign_in("civil")
        answer = await civil.client.get("/staff/requests?q=55667788", allow_redirects=False)
        assert answer.status == 303, words(await answer.text())
        assert answer.headers["Location"].endswith("?done=found_by_reference")
        assert bill.bill_id in await civil.get(answer.headers["Location"])
