"""A question about one answer, from the staff's page to the citizen's phone without scripts and back."""

import re

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from tests.support.pages.chromium import SIZES, signed_in, window
from tests.support.pages.portal_tours import CitizenWindow
from tests.support.scenarios.portal_requests import MACHINERY, submitted
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

PLACE = "خیابان طالقانی، کوچه نسترن، پلاک ۷"


async def test_what_the_staff_mark_the_citizen_puts_right(
    browser: Browser, server: TestServer, site: StaffSite
) -> None:
    request = await submitted(site.demo)
    desk = await window(browser, server, SIZES["desk"])
    staff = await signed_in(desk, "civil")
    await desk.open(f"/staff/requests/{request.code}")
    await staff.locator("#step-ask summary").click()
    await staff.locator("#step-ask textarea").fill("پلاک این نشانی چند است؟")
    await staff.locator("#step-ask").get_by_label("نشانی محل کار").check()
    await staff.locator("#step-ask button").click()
    await expect(staff.get_by_role("status")).to_be_visible()
    phone = await window(browser, server, SIZES["phone"], scripts=False)
    citizen = CitizenWindow(phone, site.demo)
    await citizen.prove_mobile(f"/mobile?for=my-requests&next=/requests/{request.code}")
    await expect(phone.page.get_by_text(re.compile("پاسخ ندهید، درخواست بسته می‌شود"))).to_be_visible()
    place = phone.page.get_by_label("نشانی محل کار")
    await expect(place).to_have_value(str(MACHINERY["place"]))
    await place.fill(PLACE)
    await citizen.press("فرستادن پاسخ")
    await expect(phone.page.get_by_role("status")).to_have_text("پاسخ شما رسید و بررسی می‌شود.")
    await phone.assert_fits()
    await desk.open("/staff")
    await expect(staff.get_by_role("row").filter(has_text="شهروند تغییر داد")).to_have_count(1)
    await desk.open(f"/staff/requests/{request.code}")
    await expect(staff.locator("dd", has_text=PLACE)).to_be_visible()
    await expect(staff.locator("del", has_text=str(MACHINERY["place"]))).to_be_visible()
    await desk.assert_fits()
