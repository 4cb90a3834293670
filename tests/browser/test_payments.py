"""A payer in a real browser: the page of a bill, away to a bank on another site that checks the Referer, and back by a
form of that site; each of the sandbox's ways; every page in both sizes.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
import zxingcpp
from aiohttp import web
from aiohttp.test_utils import unused_port
from aiohttp.typedefs import Handler
from aiohttp_jinja2 import get_env
from PIL import Image
from playwright.async_api import Browser, Page, expect

from channels.portal.payments import LOOK_PAUSES
from domain.bills.bill import Bill
from domain.gateways.attempt import AttemptState
from domain.gateways.gateway import PaymentOrder, PaymentPage, StartRefusal
from domain.values.bill_ids import BillIds, bill_barcode
from payments.sandbox.bank import BankBehaviour
from payments.sandbox.gateway import START_PATH, SandboxGateway
from tests.support.pages.chromium import SIZES, SiteServer, Window, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.pages.portal_coverage import SeenPages, note_pages
from tests.support.payment_site import PaymentSite, payment_site
from tests.support.printed_papers import pages_of

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

SETTLED, DECLINED = "پرداخت شد", "پرداخت نشد"
ASKING, UNKNOWN = "در حال گرفتن نتیجه از بانک", "هنوز معلوم نیست؛ خبرتان می‌کنیم"
CALLBACK_PATH = "/pay/{gateway}/callback"
"""Leads on, and shows nothing itself; banks come by forms here, so by POST."""
LEAVE, PAY = re.compile("پرداخت.* با بانک آزمایشی"), "پرداخت"


@dataclass(slots=True)
class TwoSites:
    """The municipality's site, and the bank's on another host."""

    payment: PaymentSite
    site_server: SiteServer
    site: str
    """Origin of the municipality."""
    bank: str
    """Origin of the bank."""
    arrivals: list[str | None]
    """The Referer of each payer who came to the bank."""
    callbacks: list[web.Request]
    """Each call of the callback address."""

    async def open_bill(self, browser: Browser, size: str = "phone", *, scripts: bool = True) -> tuple[Window, Bill]:
        """Issue a bill and open its page in a new window."""
        bill = await self.payment.issue_bill()
        opened = await window(browser, self.site_server, SIZES[size], scripts=scripts)
        await opened.open(await self.payment.link_to(bill))
        return opened, bill


@pytest.fixture(scope="module")
def seen() -> SeenPages:
    """Pages and states seen by the payers of this module."""
    return SeenPages()


@pytest_asyncio.fixture(loop_scope="module")
async def sites(database: Path, seen: SeenPages) -> AsyncIterator[TwoSites]:
    """Both, served on loopback: the browser takes localhost and 127.0.0.1 for two sites."""
    site_port, bank_port = unused_port(), unused_port()
    site, bank = f"http://127.0.0.1:{site_port}", f"http://localhost:{bank_port}"
    arrivals: list[str | None] = []
    callbacks: list[web.Request] = []
    async with payment_site(database, site, bank) as payment:
        payment.app.middlewares.append(note_callbacks(callbacks))
        payment.bank_app.middlewares.append(check_referrer(site, arrivals))
        with note_pages(payment.app, seen):
            async with serving(payment.app, site_port) as site_server, serving(payment.bank_app, bank_port):
                yield TwoSites(payment, site_server, site, bank, arrivals, callbacks)


@asynccontextmanager
async def serving(app: web.Application, port: int) -> AsyncIterator[SiteServer]:
    """An application on a port of its own."""
    server = SiteServer(app, port=port)
    await server.start_server()
    try:
        yield server
    finally:
        await server.close()


def check_referrer(site: str, arrivals: list[str | None]) -> web.middleware:  # type: ignore[valid-type]
    """Refuse payers whose browser does not say that they come from the registered site, as Behpardakht does."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == START_PATH:
            arrivals.append(request.headers.get("Referer"))
            if arrivals[-1] != f"{site}/":
                raise web.HTTPForbidden(text="فقط از سایت پذیرنده")
        return await handler(request)

    return check


def note_callbacks(callbacks: list[web.Request]) -> web.middleware:  # type: ignore[valid-type]
    """Keep the calls of the callback address."""

    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.endswith("/callback"):
            callbacks.append(request)
        return await handler(request)

    return note


async def pay_at_bank(page: Page, card: str = "good", behaviour: BankBehaviour = BankBehaviour.PROMPT) -> None:
    """Choose a card and what the bank does, and pay."""
    await page.locator(f"input[value={card}]").check()
    await page.get_by_label("بانک چه کند؟").select_option(behaviour)
    await page.get_by_role("button", name=PAY, exact=True).click()


async def expect_verdict(page: Page, words: str) -> None:
    """The page says so, by itself."""
    await expect(page.locator("h1.verdict")).to_contain_text(words)


@pytest.mark.parametrize("size", SIZES)
async def test_a_payer_leaves_to_another_site_and_comes_back_by_its_form(
    browser: Browser, sites: TwoSites, size: str
) -> None:
    opened, bill = await sites.open_bill(browser, size)
    page = opened.page
    cookie = {"name": "session", "value": "x", "url": sites.site, "sameSite": "Lax"}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await page.get_by_role("button", name=LEAVE).click()
    await page.wait_for_url(f"{sites.bank}/sandbox-bank/*")  # by itself
    assert sites.arrivals == [f"{sites.site}/"]
    await page.go_back()
    await expect(page.get_by_role("button", name=LEAVE)).to_be_visible()  # not the page that leaves again
    await page.go_forward()
    await pay_at_bank(page)
    await expect_verdict(page, SETTLED)
    [callback] = sites.callbacks
    assert callback.method == "POST"
    assert callback.headers["Origin"] == sites.bank
    assert callback.headers["Sec-Fetch-Site"] == "cross-site"
    assert "Cookie" not in callback.headers
    await page.reload()
    await expect_verdict(page, SETTLED)
    assert len(sites.callbacks) == 1
    assert await sites.payment.bill_state(bill) == "paid"
    assert opened.complaints == []


class LinkedGateway(SandboxGateway):
    """A gateway whose payers go there by an address alone, and come back to its own callback."""

    name = "linked"

    async def start(self, order: PaymentOrder) -> PaymentPage | StartRefusal:
        """Open a session."""
        page = await super().start(order)
        assert isinstance(page, PaymentPage)
        return PaymentPage(page.reference, page.address.replace("/start", f"/{page.reference}"), {})


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_gateway_without_a_form_is_left_for_by_its_address(
    browser: Browser, sites: TwoSites, scripts: bool
) -> None:
    sites.payment.gateways["linked"] = LinkedGateway(sites.payment.bank, sites.bank)
    opened, bill = await sites.open_bill(browser, scripts=scripts)
    page = opened.page
    await page.get_by_role("button", name="linked").click()
    if not scripts:
        await page.get_by_role("button", name="رفتن به صفحهٔ بانک").click()
    await pay_at_bank(page)
    if not scripts:
        await page.get_by_role("button", name="بازگشت به سایت پذیرنده").click()
    await expect_verdict(page, SETTLED)
    assert [callback.path for callback in sites.callbacks] == ["/pay/linked/callback"]
    assert await sites.payment.bill_state(bill) == "paid"


async def test_a_first_card_is_declined_and_a_second_one_pays(browser: Browser, sites: TwoSites) -> None:
    opened, bill = await sites.open_bill(browser)
    page = opened.page
    await page.get_by_role("button", name=LEAVE).click()
    await pay_at_bank(page, "empty")
    await expect(page.get_by_role("alert")).to_contain_text("با کارت دیگری")
    await pay_at_bank(page, "second")
    await expect_verdict(page, SETTLED)
    assert await sites.payment.bill_state(bill) == "paid"


async def test_a_cancelled_payment_is_declined_and_can_be_made_after_all(browser: Browser, sites: TwoSites) -> None:
    opened, bill = await sites.open_bill(browser)
    page = opened.page
    await page.get_by_role("button", name=LEAVE).click()
    await page.get_by_role("button", name="انصراف و بازگشت").click()
    await expect_verdict(page, DECLINED)
    await expect(page.locator(".reason")).to_contain_text("لغو کردید")
    await assert_page_in_order(opened)
    await page.get_by_role("button", name="پرداخت دوباره").click()
    await page.get_by_role("button", name=LEAVE).click()
    await pay_at_bank(page)
    await expect_verdict(page, SETTLED)
    assert await sites.payment.bill_state(bill) == "paid"
    assert len(await sites.payment.list_attempts(bill)) == 2


async def test_a_payer_who_declined_goes_back_in_the_browser_and_pays_in_the_same_session(
    browser: Browser, sites: TwoSites
) -> None:
    opened, bill = await sites.open_bill(browser)
    page = opened.page
    await page.get_by_role("button", name=LEAVE).click()
    await page.wait_for_url(f"{sites.bank}/sandbox-bank/*")
    bank_page = page.url
    await page.get_by_role("button", name="انصراف و بازگشت").click()
    await expect_verdict(page, DECLINED)
    await page.goto(bank_page)
    await pay_at_bank(page, "second")
    await expect_verdict(page, SETTLED)
    [attempt] = await sites.payment.list_attempts(bill)
    assert attempt.state is AttemptState.SETTLED


async def test_who_closes_the_browser_at_the_bank_is_found(browser: Browser, sites: TwoSites) -> None:
    opened, bill = await sites.open_bill(browser)
    bill_page = opened.page.url
    await opened.page.get_by_role("button", name=LEAVE).click()
    await pay_at_bank(opened.page, behaviour=BankBehaviour.ABSENT)
    await expect(opened.page.get_by_role("status")).to_contain_text("این پنجره را ببندید")
    await opened.page.goto(bill_page)
    await expect(opened.page.get_by_role("status")).to_contain_text("نیمه‌کاره")
    sites.payment.clock.moved_on += timedelta(minutes=3)
    await expect_verdict_after_reloads(opened.page, SETTLED)
    assert sites.callbacks == []
    assert await sites.payment.bill_state(bill) == "paid"


async def expect_verdict_after_reloads(page: Page, words: str) -> None:
    async with page.expect_event("domcontentloaded"):
        await page.reload()
    for _ in range(100):
        if words in await page.locator("main").inner_text() and await page.locator("h1.verdict").count():
            return
        await page.wait_for_timeout(100)
        await page.reload()
    raise AssertionError(await page.locator("main").inner_text())


async def test_a_bank_that_answers_late_is_waited_for_by_the_page_itself(browser: Browser, sites: TwoSites) -> None:
    opened, bill = await sites.open_bill(browser)
    page = opened.page
    await page.get_by_role("button", name=LEAVE).click()
    await pay_at_bank(page, behaviour=BankBehaviour.LATE)
    await expect_verdict(page, ASKING)
    assert await sites.payment.bill_state(bill) == "paying"
    sites.payment.clock.moved_on += timedelta(minutes=1)
    await expect_verdict(page, SETTLED)  # nobody reloads
    assert await sites.payment.bill_state(bill) == "paid"


async def test_a_callback_that_comes_twice_pays_once(browser: Browser, sites: TwoSites) -> None:
    opened, bill = await sites.open_bill(browser)
    page = opened.page
    await page.get_by_role("button", name=LEAVE).click()
    await pay_at_bank(page, behaviour=BankBehaviour.TWICE)
    await expect_verdict(page, SETTLED)
    assert len(sites.callbacks) == 2
    async with sites.payment.demo.store.open_unit(write=False) as uow:
        assert len(await uow.bills.list_payments(bill.id)) == 1


async def test_a_bank_that_never_answers_leaves_it_open_and_says_so(browser: Browser, sites: TwoSites) -> None:
    opened, bill = await sites.open_bill(browser)
    page = opened.page
    await page.get_by_role("button", name=LEAVE).click()
    await pay_at_bank(page, behaviour=BankBehaviour.SILENT)
    await expect_verdict(page, ASKING)
    await page.goto(f"{page.url.partition('?')[0]}?look={len(LOOK_PAUSES)}")  # it has looked often enough
    await expect_verdict(page, UNKNOWN)
    await assert_page_in_order(opened)
    await page.get_by_role("button", name="صفحهٔ قبض").click()
    await expect(page.get_by_role("status")).to_contain_text(UNKNOWN)
    await expect(page.get_by_role("button", name=LEAVE)).to_have_count(0)
    await assert_page_in_order(opened)
    assert await sites.payment.bill_state(bill) == "paying"


async def test_it_all_works_without_scripts(browser: Browser, sites: TwoSites) -> None:
    opened, bill = await sites.open_bill(browser, scripts=False)
    page = opened.page
    await page.get_by_role("button", name=LEAVE).click()
    await expect(page.get_by_text("localhost")).to_be_visible()
    await opened.assert_fits()
    await page.get_by_role("button", name="رفتن به صفحهٔ بانک").click()
    await pay_at_bank(page)
    await page.get_by_role("button", name="بازگشت به سایت پذیرنده").click()
    await expect_verdict(page, SETTLED)  # the page looks again without a script
    assert await sites.payment.bill_state(bill) == "paid"


@pytest.mark.parametrize(("width", "scale"), [(390, 2), (360, 3), (1366, 1)])
async def test_the_barcode_is_read_from_the_screen(browser: Browser, sites: TwoSites, width: int, scale: int) -> None:
    bill = await sites.payment.issue_bill()
    context = await browser.new_context(viewport={"width": width, "height": 844}, device_scale_factor=scale)
    page = await context.new_page()
    await page.goto(f"{sites.site}{await sites.payment.link_to(bill)}")
    picture = Image.open(BytesIO(await page.screenshot(full_page=True)))
    [code] = zxingcpp.read_barcodes(picture)
    assert (code.format.name, code.text) == ("Code128", bill_barcode(BillIds(bill.bill_id, bill.payment_id)))


async def test_every_page_fits_and_is_accessible(browser: Browser, sites: TwoSites) -> None:
    opened, _ = await sites.open_bill(browser)
    bill_page, page = opened.page.url, opened.page
    await assert_page_in_order(opened)
    await page.get_by_role("button", name="کپی شناسهٔ پرداخت").is_visible()
    await page.get_by_role("button", name=LEAVE).click()
    await page.wait_for_url(f"{sites.bank}/sandbox-bank/*")
    await assert_page_in_order(opened)
    await pay_at_bank(page, "wrong_pin")
    await assert_page_in_order(opened)
    await pay_at_bank(page)
    await expect_verdict(page, SETTLED)
    await assert_page_in_order(opened)
    await page.goto(bill_page)
    await expect_verdict(page, SETTLED)
    await assert_page_in_order(opened)
    picture = Image.open(BytesIO(await page.screenshot(full_page=True)))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [bill_page]  # the receipt leads to the truth
    for width, height in (("210mm", "297mm"), ("105mm", "148mm")):
        [sheet] = pages_of(await page.pdf(width=width, height=height))
        assert [code.text for code in zxingcpp.read_barcodes(sheet)] == [bill_page]
    await page.goto(f"{sites.site}/pay/result")
    await assert_page_in_order(opened)
    await page.goto(f"{sites.site}/pay/aaaaaaaaaaaa")
    await assert_page_in_order(opened, refused=True)


@pytest.mark.parametrize("scripts", [True, False])
async def test_one_pair_for_all_bills_is_read_from_the_screen(browser: Browser, sites: TwoSites, scripts: bool) -> None:
    bills = [await sites.payment.issue_bill(day=day) for day in ("فردا", "پس‌فردا")]
    opened = await window(browser, sites.site_server, SIZES["desk"], scripts=scripts)
    await opened.open(await sites.payment.link_to(*bills))
    await assert_page_in_order(opened, scripts=scripts)
    await opened.page.get_by_role("button", name="یک شناسه برای همه").click()
    await expect(opened.page.locator("img.barcode")).to_have_count(3)
    async with sites.payment.demo.store.open_unit(write=False) as uow:
        merged_bill = await uow.merged_bills.find_of_parts([bill.id for bill in bills])
    assert merged_bill
    pairs = [BillIds(merged_bill.bill_id, merged_bill.payment_id), *(BillIds(b.bill_id, b.payment_id) for b in bills)]
    picture = Image.open(BytesIO(await opened.page.screenshot(full_page=True)))
    assert {code.text for code in zxingcpp.read_barcodes(picture)} == set(map(bill_barcode, pairs))
    await assert_page_in_order(opened, scripts=scripts)


async def test_no_page_of_paying_was_left_out(sites: TwoSites, seen: SeenPages) -> None:
    routes = {
        one.resource.canonical for one in sites.payment.app.router.routes() if one.method == "GET" and one.resource
    }
    assert {route for route in routes - seen.routes if route.startswith("/pay/")} == {CALLBACK_PATH}
    templates = get_env(sites.payment.app).list_templates()
    assert {name for name in templates if name.startswith("portal/pay")} - seen.templates == set()
