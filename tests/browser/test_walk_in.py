"""The desk in a real browser: many machines on one form, a request for another unit, and an answer that came second."""

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from domain.actions.context import ActorContext
from domain.actions.feedback import moderation
from domain.feedback.opinions import Comment
from domain.requests.request import RequestFilter, ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.text import persian_digits
from domain.values.tracking_codes import display_code
from tests.browser.tasks.test_presses import COUNT_PRESSES
from tests.support.demo_site import MORNING
from tests.support.pages.chromium import SIZES, WAYS, open_section, signed_in, window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.staff_site import StaffSite

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

ORDER = {
    "شمارهٔ همراه شهروند": "09121112233",
    "نام درخواست‌کننده": "گل‌جمال توماج",
    "کد ملی": "0499370899",
    "روز": "فردا",
    "ساعت آغاز": "۸",
}


async def fill_in(page: Page) -> None:
    """Write an order of three machines into the form: all rows that it has."""
    for label, said in ORDER.items():
        await page.get_by_label(label, exact=True).fill(said)
    for row, machine in enumerate(("loader", "grader", "roller")):
        await choose(page, row, machine)


async def choose(page: Page, row: int, machine: str) -> None:
    """Fill in a row for machines."""
    await page.locator(f"#items-{row}-machine").select_option(machine)
    await page.locator(f"#items-{row}-hours").fill("۲")


async def entered(site: StaffSite) -> ServiceRequest:
    """The only request that there is."""
    async with site.store.open_unit(write=False) as uow:
        (request,) = await uow.requests.list_requests(RequestFilter())
    return request


@WAYS
async def test_an_order_of_four_machines_for_another_unit(
    browser: Browser, server: TestServer, site: StaffSite, size: tuple[int, int], scripts: bool
) -> None:
    opened = await window(browser, server, size, scripts=scripts)
    page = await signed_in(opened, "expert")
    await open_section(page, "ثبت حضوری")
    await page.get_by_role("link", name="کارکرد ماشین‌آلات").click()
    await fill_in(page)
    await page.get_by_role("button", name="افزودن ماشین").click()
    await expect(page.locator("#items-3-machine")).to_be_in_viewport()
    await expect(page.locator("#items-1-machine")).to_have_value("grader")
    await choose(page, 3, "crane")
    await expect(page.get_by_role("button", name="ثبت درخواست")).to_have_count(1)
    await assert_page_in_order(opened, refused=True, scripts=scripts)
    await page.get_by_label("محل کار").fill("میدان بسیج")
    await page.locator("#items-3-hours").press("Enter")
    for _ in "once", "reloaded":
        await expect(page.get_by_role("heading", level=1)).to_have_text("درخواست ثبت شد")
        request = await entered(site)
        await expect(page.locator(".tracking bdi")).to_have_text(persian_digits(display_code(request.code)))
        assert (request.channel, len(request.fields["items"])) == ("walk_in", 4)
        await page.reload()
    await assert_page_in_order(opened, refused=True, scripts=scripts)
    await page.get_by_role("link", name="ثبت یک درخواست دیگر از همین خدمت").click()
    await expect(page.get_by_label("محل کار")).to_have_value("")
    assert opened.complaints == []


async def test_a_known_citizen_is_three_presses_from_an_order(
    browser: Browser, server: TestServer, site: StaffSite
) -> None:
    before = await site.submitted()
    opened = await window(browser, server, SIZES["desk"])
    await opened.page.add_init_script(COUNT_PRESSES)
    page = await signed_in(opened, "civil")
    await opened.open("/staff/walk-in")
    await page.evaluate("sessionStorage.removeItem('presses')")
    await page.get_by_label("شمارهٔ همراه شهروند").fill("09121234567")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("complementary").get_by_role("link")).to_have_text(
        persian_digits(display_code(before.code))
    )
    await assert_page_in_order(opened)
    await page.get_by_role("link", name="کارکرد ماشین‌آلات").click()
    await choose(page, 0, "loader")
    for label, said in {"روز": "۱۴۰۵/۰۹/۰۷", "محل کار": "میدان بسیج"}.items():
        await page.get_by_label(label, exact=False).first.fill(said)
    await page.get_by_label("ساعت آغاز").fill("۸")
    await page.get_by_role("button", name="بررسی قیمت").click()
    await expect(page.get_by_role("button", name="انتخاب ساعت ۸:۰۰")).to_be_visible()
    await expect(page.locator("#outlook")).to_contain_text("قابل پرداخت")
    await assert_page_in_order(opened)
    await page.get_by_role("button", name="ثبت درخواست").dblclick()
    await expect(page.get_by_role("status").first).to_be_visible()
    presses = int(await page.evaluate("sessionStorage.presses"))
    assert presses - 1 == 3, "the service, the price, and entering it; the second press of a double click is none"
    async with site.store.open_unit(write=False) as uow:
        assert len(await uow.requests.list_requests(RequestFilter())) == 2, "once, though it was pressed twice"


async def test_a_second_answer_stands_in_its_box(browser: Browser, server: TestServer, site: StaffSite) -> None:
    comment = Comment(site.demo.desk.ids.new_id(), "machinery", None, None, "چرا دیر شد؟", "sms", MORNING)
    async with site.store.open_unit() as uow:
        await uow.feedback.add_comment(comment)
    opened = await window(browser, server, SIZES["phone"])
    page = await signed_in(opened, "manager")
    await opened.open("/staff/comments")
    await page.locator("summary", has_text="پاسخ دادن").click()
    async with site.store.open_unit() as uow:
        by = Actor(frozenset({Role.MANAGER}), "staff", "sara", "staff")
        await moderation.answer_comment(ActorContext(site.demo.desk, uow, by), comment.id, "فردا می‌آییم")
    await page.get_by_label("متن پاسخ").fill("هفتهٔ دیگر می‌آییم")
    await page.get_by_role("button", name="فرستادن پاسخ").click()
    await expect(page.get_by_role("alert")).to_contain_text("همکار دیگری")
    await expect(page.locator(".answer")).to_contain_text("فردا می‌آییم")
    await expect(page.get_by_label("متن پاسخ")).to_have_value("هفتهٔ دیگر می‌آییم")
    await assert_page_in_order(opened, refused=True)
    await page.get_by_role("button", name="فرستادن پاسخ").click()
    await expect(page.get_by_role("status")).to_contain_text("پاسخ ثبت شد")
