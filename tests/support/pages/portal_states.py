"""States in which pages of the portal are rarely seen: long values, forms that are wrong, of an older page or of an
ended session, a limit that was reached. Each is a tour, as those of `portal_tours.py` are.
"""

from collections.abc import Mapping
from datetime import timedelta

from playwright.async_api import Locator, expect

from domain.actions.citizens.sessions import citizen_actor
from domain.actions.context import ActorContext
from domain.actions.documents.attach import attach_document
from domain.fleet.resources import MACHINE_TYPES
from domain.values.actors import Role
from tests.support.pages.portal_tours import OWN_NUMBER, CitizenWindow, Tour
from tests.support.portal_citizen import OWN_MOBILE
from tests.support.scenarios import portal_requests
from tests.support.scenarios.expert_unit import PHOTO
from tests.support.scenarios.sample_files import take_photo, unchanged_file

LONG_WORD = "نشانی‌بسیاربلندبی‌فاصله" * 20
"""Longer than any line, without a place to break it."""

OWN_REQUESTS = "/mobile?for=my-requests&next=/my-requests"
CODES_AN_HOUR = 3


async def tour_long_values(citizen: CitizenWindow) -> None:
    """A request for every machine at a place of 200 letters without a space, with a question as long; its papers."""
    site = citizen.site
    machines = [{"machine": machine, "hours": 23.5, "count": 1} for machine in MACHINE_TYPES][:10]
    words = {"full_name": LONG_WORD[:80], "place": LONG_WORD[:200], "description": LONG_WORD[:400]}
    request = await portal_requests.submitted(
        site, "machinery", {**portal_requests.MACHINERY, **words, "items": machines}
    )
    await site.act(request.code, "ask", Role.CIVIL, {"question": LONG_WORD[:150]})
    opinion = await portal_requests.submitted(site, "expert", {**portal_requests.EXPERT, "address": LONG_WORD[:200]})
    async with site.store.open_unit() as uow:
        file, actor = unchanged_file(f"{LONG_WORD[:100]}.jpg", PHOTO), citizen_actor(OWN_MOBILE)
        await attach_document(ActorContext(site.desk, uow, actor), opinion.code, "deed", file)
    await citizen.prove_mobile(OWN_REQUESTS)
    await citizen.look()
    await citizen.look(f"/requests/{opinion.code}")
    await citizen.look(f"/requests/{request.code}")
    await citizen.window.page.get_by_role("textbox", name="پاسخ شما").fill(LONG_WORD)
    await citizen.press("فرستادن پاسخ")
    await citizen.look()


async def tour_wrong_forms(citizen: CitizenWindow) -> None:
    """Forms of a request that are sent empty: papers and a comment; then a paper that is sent and opened."""
    opinion = await portal_requests.submitted(citizen.site, "expert", portal_requests.EXPERT)
    page = citizen.window.page
    await citizen.prove_mobile(OWN_REQUESTS)
    await citizen.window.open(f"/requests/{opinion.code}")
    fold = page.locator("details", has=page.locator('form[action$="/comment"]'))
    await fold.locator("summary").click()
    await _send_empty(citizen, fold)
    await citizen.window.open(f"/requests/{opinion.code}/papers")
    await citizen.look()
    await _send_empty(citizen, page.locator('form[action$="/papers"]'))
    for content in (b"MZ", take_photo()):
        await page.locator("#file-deed").set_input_files(
            {"name": "سند.jpg", "mimeType": "image/jpeg", "buffer": content}
        )
        await citizen.press("فرستادن مدارک")
        await citizen.look()
    address = await page.locator("a[href*='/documents/']").first.get_attribute("href")
    answer = await page.request.get(str(citizen.window.server.make_url(address or "")))
    assert answer.headers["content-type"] == "image/jpeg"


async def _send_empty(citizen: CitizenWindow, form: Locator) -> None:
    """Press the button of a form in which nothing is."""
    page = citizen.window.page
    async with page.expect_navigation():
        await form.get_by_role("button").last.click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await citizen.look()


async def tour_older_pages(citizen: CitizenWindow) -> None:
    """Forms of a page that shows what is no more: the staff took a step meanwhile."""
    site, page = citizen.site, citizen.window.page
    await citizen.prove_mobile(OWN_REQUESTS)
    request, leave = await portal_requests.submitted(site), await portal_requests.awaiting_owner(site)
    await citizen.window.open(f"/requests/{request.code}/withdraw")
    await site.act(request.code, "accept", Role.CIVIL)
    await citizen.press("بله، لغو شود")
    await citizen.look()
    await citizen.window.open(f"/requests/{leave.code}")
    assert page.context.browser
    same_citizen = await page.context.browser.new_context(storage_state=await page.context.storage_state())
    other = await same_citizen.new_page()
    await other.goto(f"{page.url}/refuse")
    await site.act(leave.code, "consent", Role.TAXI_OFFICER)
    await site.act(leave.code, "ask", Role.TAXI_OFFICER, {"question": "چرا؟"})
    async with page.expect_navigation():
        await page.locator('form[action$="/consent"] button').click()
    await citizen.look()
    await other.get_by_role("button", name="بله، مخالفم").click()
    await expect(other.get_by_role("heading", name="با این مشخصات چیزی پیدا نشد. دوباره نگاه کنید.")).to_be_visible()


async def tour_no_bill_chosen(citizen: CitizenWindow) -> None:
    """Duties of which none is chosen to be paid."""
    await portal_requests.charge_duties(citizen.site)
    page = citizen.window.page
    await citizen.prove_mobile("/mobile?for=lookup&next=/lookups/taxi_duty")
    await citizen.press("عوارض تاکسی‌های خودم")
    bills = page.locator('form[action$="/pay"]').first
    for box in await bills.get_by_role("checkbox").all():
        await box.uncheck()
    async with page.expect_navigation():
        await bills.get_by_role("button").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await citizen.look()


async def tour_older_change(citizen: CitizenWindow) -> None:
    """A change that is confirmed after the staff accepted the request, from when on nothing of it may be changed."""
    request = await portal_requests.submitted(citizen.site)
    await citizen.prove_mobile(f"/mobile?for=my-requests&next=/requests/{request.code}/change/place")
    await citizen.fill("نشانی محل کار", "خیابان طالقانی، پلاک ۷")
    await citizen.press("ادامه")
    await citizen.site.act(request.code, "accept", Role.CIVIL)
    await citizen.press("بله، ثبت شود")
    await citizen.look()


async def tour_ended_session(citizen: CitizenWindow) -> None:
    """An answer that is sent after the session ended: the number is proved again, and the answer goes on by itself."""
    site, page = citizen.site, citizen.window.page
    asked = await portal_requests.asked(site)
    await citizen.prove_mobile(OWN_REQUESTS)
    await citizen.window.open(f"/requests/{asked.code}")
    await page.get_by_role("textbox", name="پاسخ شما").fill("بله، باز است")
    await page.context.clear_cookies()
    await citizen.press("فرستادن پاسخ")
    await citizen.look()
    await citizen.fill("شمارهٔ تلفن همراه", OWN_NUMBER)
    await citizen.press("فرستادن کد")
    await citizen.look()
    await citizen.fill("کد تأیید", await citizen.read_code())
    await citizen.press("تأیید")
    await citizen.look()
    await expect(page.get_by_text("بله، باز است").first).to_be_visible()


async def tour_limits(citizen: CitizenWindow) -> None:
    """As many codes as a mobile gets in an hour, and one more."""
    await citizen.window.open(OWN_REQUESTS)
    await citizen.fill("شمارهٔ تلفن همراه", OWN_NUMBER)
    await citizen.press("فرستادن کد")
    for _ in range(CODES_AN_HOUR):
        citizen.site.clock.at += timedelta(minutes=2)
        await citizen.press("فرستادن کد تازه")
    await expect(citizen.window.page.get_by_role("heading", name="کد تازه‌ای نمی‌فرستیم")).to_be_visible()
    await citizen.look()


STATE_TOURS: Mapping[str, Tour] = {
    "long_values": tour_long_values,
    "wrong_forms": tour_wrong_forms,
    "older_pages": tour_older_pages,
    "no_bill_chosen": tour_no_bill_chosen,
    "older_change": tour_older_change,
    "ended_session": tour_ended_session,
    "limits": tour_limits,
}
"""Every tour of states."""
