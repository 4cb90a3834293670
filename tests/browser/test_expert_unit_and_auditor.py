"""The days of the expert unit, the secretariat and the auditor in a real browser: both widths, without scripts too."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect
from pypdfium2 import PdfDocument

from channels.admin.frame import SECTIONS_KEY
from domain.actions.context import ActorContext
from domain.actions.documents.attach import attach_document
from domain.authorization.policy import may_use
from domain.bills.bill import BillState
from domain.blocks.charging import list_request_bills
from domain.values.actors import Role
from domain.values.tracking_codes import parse_code
from tests.support.pages.chromium import CHROMIUM, WAYS, Window, open_section, signed_in, window
from tests.support.pages.staff_steps import opened_step, taken
from tests.support.printed_papers import A4, pages_of, scanned
from tests.support.scenarios.expert_opinions import PAPERS, SECRETARY, STEPS, asked_opinion, price_opinions, texted
from tests.support.scenarios.expert_unit import FEE, PHOTO
from tests.support.scenarios.sample_files import unchanged_file
from tests.support.scenarios.site_members import at_site
from tests.support.staff_site import StaffSite, staff_site

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@pytest.fixture(scope="module")
def executable() -> str:
    """The whole browser: papers are looked at in its viewer."""
    return CHROMIUM


SHEETS = 3
VIEWED = "() => document.querySelector('pdf-viewer')?.shadowRoot?.querySelector('viewer-toolbar')?.docLength"
"""Text of the viewer's bar about the document's length."""

LETTER = "تفکیک زمین به دو قطعه بلامانع است."
OWN_ACTS = {"/staff/views", "/staff/views/delete", "/staff/audit/verify"}
"""Acts of an auditor: keep views of the own, and have the history verified."""


@pytest_asyncio.fixture(loop_scope="module")
async def site(database: Path) -> AsyncIterator[StaffSite]:
    """A site of the test's own, at which opinions have their prices."""
    async with staff_site(database) as built:
        await price_opinions(built)
        yield built


@dataclass(slots=True)
class Desks:
    """The desks of those who work on one request, by user name."""

    site: StaffSite
    code: str
    windows: Mapping[str, Window]

    async def at(self, username: str) -> Page:
        """The request's page at somebody's desk."""
        return await self.windows[username].open(f"/staff/requests/{self.code}")

    async def state(self) -> str:
        """State of the request."""
        return (await self.site.request(self.code)).state


async def question_and_answer(desks: Desks) -> None:
    """The officer asks the citizen something, who answers by a text."""
    page = await opened_step(await desks.at("expert"), "پرسش از شهروند")
    await page.get_by_label("پرسش", exact=True).fill("کوچه چند متر است؟")
    await taken(page, "پرسش از شهروند")
    await texted(desks.site, f"پاسخ {desks.code} شش متر")
    page = await desks.at("expert")
    await expect(page.locator(".timeline").first).to_contain_text("شش متر")


async def sent_out(desks: Desks) -> None:
    """The secretariat chooses officer and hour in the calendar of visits."""
    page = await opened_step(await desks.at("secretariat"), "تعیین کارشناس و زمان بازدید")
    await page.get_by_role("link", name="انتخاب زمان در تقویم").click()
    await page.get_by_role("link", name="کارمند expert از ساعت ۱۱", exact=True).click()
    await expect(page.get_by_label("روز و ساعت بازدید", exact=True)).to_have_value("۱۴۰۵/۰۹/۰۳ ۱۱:۰۰")
    await expect(page.get_by_label("کارشناس", exact=True)).to_have_value("expert")
    await taken(page, "تعیین کارشناس و زمان بازدید")
    assert (await desks.site.request(desks.code)).data["visit_start"] == "2026-11-24T07:30:00+00:00"
    await open_section(page, "بازدیدها")
    await expect(page.locator(".board .booked").first).to_contain_text("آنه محمدی")


async def looked_at_papers(desks: Desks) -> None:
    """The officer looks at a paper, adds the one that was missing, and reports of the visit."""
    page = await desks.at("expert")
    await expect(page.get_by_text("هنوز نیامده")).to_be_visible()
    async with page.expect_popup() as coming:
        await page.locator(".papers a").first.click()
    paper = await coming.value
    answer = await page.request.get(paper.url)
    assert (answer.headers["content-type"], await answer.body()) == ("image/jpeg", PHOTO)
    await paper.close()
    await page.locator("summary", has_text="افزودن مدرک").click()
    await page.locator("#paper").select_option("plan")
    await page.locator("#file").set_input_files({"name": "نقشه.jpg", "mimeType": "image/jpeg", "buffer": PHOTO})
    await page.get_by_role("button", name="افزودن مدرک").click()
    await expect(page.locator(".papers").last).to_contain_text("نقشه.jpg")


async def reported(desks: Desks) -> None:
    """The officer reports of the visit."""
    page = await opened_step(await desks.at("expert"), "ثبت بازدید")
    await page.get_by_label("گزارش بازدید").fill("زمین ۲۵۰ متری، بی‌معارض")
    await page.get_by_label("مساحت (متر مربع)").fill("۲۵۰")
    await taken(page, "ثبت بازدید")
    await expect(page.locator(".facts").nth(2)).to_contain_text("بی‌معارض")


async def priced_and_paid(desks: Desks) -> None:
    """Revenue sets the price and records the bank's slip."""
    page = await opened_step(await desks.at("revenue"), "تعیین هزینه")
    await taken(page, "تعیین هزینه")
    await page.get_by_label("شمارهٔ پیگیری بانک").fill("1001")
    await page.get_by_role("button", name="ثبت پرداخت").click()
    await expect(page.get_by_role("status")).to_have_text("پرداخت ثبت شد.")
    async with desks.site.store.open_unit(write=False) as uow:
        (bill,) = await list_request_bills(uow.bills, await uow.requests.get_by_code(parse_code(desks.code)))
    assert (bill.amount, bill.state) == (FEE, BillState.PAID)


async def lettered(desks: Desks) -> None:
    """The secretariat gives the letter its own number; the PDF is offered, and is the letter."""
    page = await opened_step(await desks.at("secretariat"), "صدور پاسخ")
    await page.get_by_label("متن", exact=True).fill(LETTER)
    await page.get_by_label("شماره نامه").fill("۴۲۷/د")
    await taken(page, "صدور پاسخ")
    await expect(page.locator(".facts").nth(2)).to_contain_text("۴۲۷/د")
    href = await page.get_by_role("link", name="پاسخ درخواست کارشناسی (PDF)").get_attribute("href")
    answer = await page.request.get(str(desks.windows["secretariat"].server.make_url(href or "")))
    assert answer.headers["content-type"] == "application/pdf"
    [(_, address)] = scanned(pages_of(await answer.body()))
    page = await desks.windows["secretariat"].open(address[address.index("/verify/") :])
    await expect(page.get_by_role("heading", level=1)).to_contain_text("این برگه اصل است و اعتبار دارد.")


@WAYS
async def test_an_opinion_from_the_papers_to_the_letter(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    request = await asked_opinion(site, *PAPERS[:-1])
    names = ("secretariat", "expert", "revenue")
    desks = Desks(site, request.code, {one: await window(browser, server, size, scripts=scripts) for one in names})
    for username, opened in desks.windows.items():
        await signed_in(opened, username)
    await question_and_answer(desks)
    await sent_out(desks)
    await looked_at_papers(desks)
    await reported(desks)
    await priced_and_paid(desks)
    await lettered(desks)
    page = await opened_step(await desks.at("secretariat"), "تحویل پاسخ")
    await taken(page, "تحویل پاسخ")
    assert await desks.state() == "closed"
    for opened in desks.windows.values():
        await opened.assert_fits()
        assert opened.complaints == []


async def bring_plan(site: StaffSite, code: str) -> None:
    """Add a plan of three sheets to a request."""
    plan, written = PdfDocument.new(), BytesIO()
    for _ in range(SHEETS):
        plan.new_page(*A4)
    plan.save(written)
    plan.close()
    async with site.store.open_unit() as uow:
        await attach_document(
            ActorContext(site.demo.desk, uow, SECRETARY),
            parse_code(code),
            "plan",
            unchanged_file("نقشه.pdf", written.getvalue()),
        )


def is_viewer(address: str) -> bool:
    """Whether the browser's own viewer is there."""
    return address.startswith("chrome-extension:")


async def sheets_shown(paper: Page) -> int:
    """Number of sheets in the browser's own viewer; it never says so of what it may not show."""
    viewer = paper.frame(url=is_viewer) or await paper.wait_for_event("framenavigated", lambda one: is_viewer(one.url))
    return int(await (await viewer.wait_for_function(VIEWED)).json_value())


@WAYS
async def test_an_auditor_reads_everything_and_is_offered_no_change(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    request = await asked_opinion(site, *PAPERS[:-1])
    await bring_plan(site, request.code)
    for step, role, inputs in STEPS:
        await site.demo.act(request.code, step, role, inputs)
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "auditor")
    sections = await page.locator(".sections a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    mine = {one.path for one in site.app[SECTIONS_KEY] if may_use(one.right, at_site(Role.AUDITOR))}
    assert set(sections) == mine
    for address in (*sections, f"/staff/requests/{request.code}"):
        await opened.open(address)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        forms = await page.locator("main form[method=post]:has(button)").evaluate_all(
            "all => all.map(one => one.action)"
        )
        assert {re.sub("^[a-z]+://[^/]+", "", one) for one in forms} <= OWN_ACTS, address
    await expect(page.locator(".timeline li")).to_have_count(10)
    async with page.expect_popup() as coming:
        await page.locator(".papers li", has_text="نقشه.pdf").get_by_role("link").click()
    paper = await coming.value
    answer = await page.request.get(paper.url)
    assert (answer.headers["content-type"], (await answer.body())[:5]) == ("application/pdf", b"%PDF-")
    assert not scripts or await sheets_shown(paper) == SHEETS  # the viewer is made of scripts
    await page.get_by_role("link", name="نمایش در مرورگر").first.click()
    assert opened.complaints == []
