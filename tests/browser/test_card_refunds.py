"""Money goes back to the card that paid, in a real browser: the card is offered first, and its state is followed."""

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from tests.support.pages.chromium import signed_in, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.refunding_bank import REFUSED, SILENT
from tests.support.scenarios.card_refunds import cancel_paid_online, open_refunding_bank, send_due
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


async def test_the_card_is_one_press_away_and_an_iban_follows_where_the_bank_refuses(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int]
) -> None:
    bank = open_refunding_bank(site)
    _, bill = await cancel_paid_online(site, bank)
    opened = await window(browser, server, size)
    revenue = await signed_in(opened, "revenue")
    await opened.open("/staff/refunds")
    await expect(revenue.get_by_role("button", name="برگرداندن به همان کارت")).to_be_visible()
    await assert_page_in_order(opened)
    bank.refund_answers.extend([SILENT] * 9)
    await revenue.get_by_role("button", name="برگرداندن به همان کارت").click()
    await expect(revenue.get_by_role("status")).to_contain_text("به بانک سپرده می‌شود")
    await send_due(site)
    await opened.open("/staff/refunds")
    await expect(revenue.locator("main")).to_contain_text("در راه بازگشت به کارت (۱)")
    await assert_page_in_order(opened)
    bank.refund_answers.clear()
    bank.refund_answers.append(REFUSED)
    await revenue.get_by_role("button", name="از بانک بپرس").click()
    await expect(revenue.locator("main")).to_contain_text("بانک این پول را به کارت برنگرداند")
    fold = revenue.locator("details", has=revenue.get_by_text("ثبت واریز به شبا").first)
    await fold.get_by_label("شمارهٔ شبای شهروند").fill("IR910120000000100324200001")
    await fold.get_by_label("شمارهٔ پیگیری بانک").fill("حواله ۱")
    await assert_page_in_order(opened)
    await fold.get_by_role("button", name="ثبت واریز به شبا").click()
    await expect(revenue.get_by_role("status")).to_have_text("استرداد وجه ثبت شد.")
    async with site.store.open_unit(write=False) as uow:
        assert (await uow.bills.get(bill.id)).state.value == "refunded"
