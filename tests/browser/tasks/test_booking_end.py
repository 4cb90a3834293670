"""The end of a booking stands in its box, and leaves it as soon as the start is changed."""

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from tests.channels.admin.fleet.test_calendar_pages import paid
from tests.support.pages.chromium import SIZES, signed_in, window
from tests.support.pages.staff_steps import opened_step
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


async def test_an_end_that_nobody_changed_goes_with_its_start(
    browser: Browser, server: TestServer, site: StaffSite
) -> None:
    request = await paid(site)
    opened = await window(browser, server, SIZES["desk"])
    page = await signed_in(opened, "civil")
    await opened.open(f"/staff/requests/{request.code}")
    step = await opened_step(page, "زمان‌بندی")
    start, end = step.get_by_label("آغاز"), step.get_by_label("پایان")
    await expect(end).to_have_value("۱۴۰۵/۰۹/۰۵ ۱۲:۰۰")
    await start.focus()
    await start.blur()
    await expect(end).to_have_value("۱۴۰۵/۰۹/۰۵ ۱۲:۰۰")
    await start.fill("1405/09/07 10:00")
    await start.blur()
    await expect(end).to_have_value("")
    await end.fill("۱۴۰۵/۰۹/۰۷ ۱۱:۰۰")
    await step.get_by_role("button", name="زمان‌بندی").click()
    await expect(page.get_by_role("status")).to_contain_text("زمان‌بندی انجام شد")
    booked = await site.request(request.code)
    assert [booked.data[name][11:16] for name in ("booked_start", "booked_end")] == ["06:30", "07:30"]
    assert opened.complaints == []
