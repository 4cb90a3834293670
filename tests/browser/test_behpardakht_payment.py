"""A payer in a real browser at Behpardakht: over SOAP to a session, by a form to the bank's page, which wants to know
where the browser comes from, and back by a form of another site.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import unused_port
from playwright.async_api import Browser, Page, expect

from domain.bills.bill import Bill
from tests.fakes.behpardakht_bank import BehpardakhtBank
from tests.payments.behpardakht.whole_payment import build_gateway
from tests.support.pages.chromium import SIZES, SiteServer, Window, window
from tests.support.patience import patient
from tests.support.payment_site import PaymentSite, payment_site

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

LEAVE = re.compile("پرداخت.* با به‌پرداخت ملت")


@dataclass(slots=True)
class SiteAndBank:
    """The municipality's site on localhost, the bank on 127.0.0.1: two sites to a browser."""

    payment: PaymentSite
    site_server: SiteServer
    bank: BehpardakhtBank
    site: str
    """Origin of the municipality."""

    async def leave(self, browser: Browser) -> tuple[Window, Bill]:
        """Open the page of a new bill and leave for the bank."""
        bill = await self.payment.issue_bill()
        opened = await window(browser, self.site_server, SIZES["phone"])
        await opened.open(await self.payment.link_to(bill))
        await opened.page.get_by_role("button", name=LEAVE).click()
        await opened.page.wait_for_url(self.bank.start_url)
        return opened, bill


@pytest_asyncio.fixture(loop_scope="module")
async def places(database: Path) -> AsyncIterator[SiteAndBank]:
    port = unused_port()
    site = f"http://localhost:{port}"
    async with payment_site(database, site) as payment, BehpardakhtBank() as bank:
        gateway = build_gateway(bank)
        payment.gateways["behpardakht"] = gateway
        bank.sales.clock, bank.sales.merchant_host, bank.pages.merchant_origin = payment.clock.now, "localhost", site
        server = SiteServer(payment.app, host="localhost", port=port)
        await server.start_server()
        yield SiteAndBank(payment, server, bank, site)
        await server.close()
        await gateway.close()


async def choose(page: Page, action: str) -> None:
    """Press a button of the bank's page."""
    await page.locator(f"button[value={action}]").click()


async def test_a_payer_pays_with_a_second_card_and_comes_back(browser: Browser, places: SiteAndBank) -> None:
    opened, bill = await places.leave(browser)
    assert places.bank.pages.referers == [f"{places.site}/"], "the origin alone: no page of a bill is told"
    await expect(opened.page.locator("#cart")).to_contain_text("ماشین‌آلات")
    await choose(opened.page, "refuse")
    await expect(opened.page.locator("#message")).to_have_text("موجودی کافی نیست")
    await choose(opened.page, "discount")
    await expect(opened.page.locator("h1.verdict")).to_contain_text("پرداخت شد")
    assert opened.page.url.startswith(places.site)
    assert await places.payment.bill_state(bill) == "paid"
    assert places.bank.sales.deposited == bill.amount
    assert opened.complaints == []


async def test_who_gives_up_at_the_bank_has_paid_nothing(browser: Browser, places: SiteAndBank) -> None:
    opened, _ = await places.leave(browser)
    await choose(opened.page, "cancel")
    await expect(opened.page.locator("h1.verdict")).to_contain_text("پرداخت نشد")
    await expect(opened.page.locator(".reason")).to_contain_text("لغو کردید")
    assert places.bank.sales.taken_from_payers == 0


async def test_a_bank_that_does_not_answer_is_no_verdict_yet(browser: Browser, places: SiteAndBank) -> None:
    opened, bill = await places.leave(browser)
    places.bank.faults_of["bpVerifyRequest"].append("cut_after")
    await choose(opened.page, "pay")
    await expect(opened.page.locator("h1.verdict")).to_contain_text("در حال گرفتن نتیجه از بانک")
    await expect(opened.page.locator("h1.verdict")).to_contain_text("پرداخت شد", timeout=patient(20_000))
    assert await places.payment.bill_state(bill) == "paid"
