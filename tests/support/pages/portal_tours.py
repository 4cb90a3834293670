"""Tours of the personal pages of the portal: each tour is one citizen's way through some of them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from domain.actions.citizens import flooding
from domain.people.person import StaffMember
from domain.values.actors import Role
from tests.support.demo_site import SITE_ADDRESS, DemoSite
from tests.support.pages.chromium import Window
from tests.support.pages.page_checks import assert_page_in_order
from tests.support.portal_citizen import OWN_MOBILE, read_newest_code
from tests.support.scenarios import portal_requests

OWN_NUMBER = "۰۹۱۲ ۱۲۳ ۴۵۶۷"


@dataclass(slots=True)
class CitizenWindow:
    """A citizen's browser on a tour."""

    window: Window
    site: DemoSite

    async def look(self, address: str = "") -> None:
        """Open an address, or stay, and look whether the page is in order."""
        if address:
            await self.window.open(address)
        await assert_page_in_order(self.window, refused=True)

    async def fill(self, label: str, value: str) -> None:
        """Type into a field."""
        await self.window.page.get_by_label(label).fill(value)

    async def press(self, name: str) -> None:
        """Press a button and come to where it leads."""
        async with self.window.page.expect_navigation():
            await self.window.page.get_by_role("button", name=name, exact=True).click()

    async def read_code(self) -> str:
        """Return the code that came to the own phone last."""
        return await read_newest_code(self.site, OWN_MOBILE)

    async def prove_mobile(self, address: str) -> None:
        """Prove the own mobile in the step at an address."""
        await self.window.open(address)
        await self.fill("شمارهٔ تلفن همراه", OWN_NUMBER)
        await self.press("فرستادن کد")
        await self.fill("کد تأیید", await self.read_code())
        await self.press("تأیید")


Tour = Callable[[CitizenWindow], Awaitable[None]]
"""Looks at pages."""


async def tour_proofs(citizen: CitizenWindow) -> None:
    """Number, code, what is wrong with both, and a day on which no code is sent."""
    step = "/mobile?for=my-requests&next=/session/end"
    await citizen.look(step)
    await citizen.fill("شمارهٔ تلفن همراه", "۰۱۷ ۳۴۱۱")
    await citizen.press("فرستادن کد")
    await citizen.look()
    await citizen.fill("شمارهٔ تلفن همراه", OWN_NUMBER)
    await citizen.press("فرستادن کد")
    await citizen.look()
    await citizen.fill("کد تأیید", "۰۰۰۰۰۰")
    await citizen.press("تأیید")
    await citizen.look()
    await citizen.prove_mobile(step)
    dependencies = citizen.site.desk
    spent = replace(dependencies.policy, verification_rials_a_day=0)
    dependencies.apply_settings(1, spent, dependencies.calendar, {})
    await citizen.window.open(step)
    await citizen.fill("شمارهٔ تلفن همراه", OWN_NUMBER)
    await citizen.press("فرستادن کد")
    await citizen.look()


async def tour_session_end(citizen: CitizenWindow) -> None:
    """Ending the session on somebody else's computer, and an address that leads nowhere."""
    await citizen.prove_mobile("/mobile?for=my-requests&next=/session/end")
    await citizen.look()
    await citizen.press("پایان کار در این رایانه")
    await citizen.look()
    await citizen.look("/mobile?for=nothing+of+ours")


async def tour_service(citizen: CitizenWindow) -> None:
    """The page of a service for somebody whose mobile is proved, and a comment that is refused first."""
    await citizen.prove_mobile("/mobile?for=my-requests&next=/services/machinery")
    await citizen.look()
    await citizen.fill("این خدمت چگونه بهتر می‌شود؟", " ")
    await citizen.press("فرستادن نظر")
    await citizen.look()
    await citizen.fill("این خدمت چگونه بهتر می‌شود؟", "صبح‌ها زودتر بیایید")
    await citizen.press("فرستادن نظر")
    await citizen.look()


async def tour_flood(citizen: CitizenWindow) -> None:
    """A flooded form: without its script it waits for whoever reads it."""
    await citizen.window.page.route("**/work.js*", lambda route: route.abort())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flooding, "FLOOD_LIMIT", 0)
        patch.setattr(flooding, "FLOOD_WAIT", timedelta(minutes=5))
        for _ in range(2):
            await citizen.window.open("/services/machinery/request")
            await citizen.press("آغاز درخواست")
    citizen.window.complaints[:] = [each for each in citizen.window.complaints if "ERR_FAILED" not in each]
    await citizen.look()


async def tour_requests(citizen: CitizenWindow) -> None:
    """A code alone, the list, a request that waits for an answer, with a bill, done and rated; what is not theirs."""
    site, page = citizen.site, citizen.window.page
    asked = await portal_requests.asked(site)
    await citizen.look(f"/track?code={asked.code}")
    await citizen.prove_mobile("/mobile?for=my-requests&next=/my-requests")
    await citizen.look()
    await citizen.look(f"/requests/{asked.code}")
    await citizen.press("فرستادن پاسخ")
    await citizen.look()
    owed, done = await portal_requests.submitted(site), await portal_requests.completed(site)
    await portal_requests.bill(site, owed)
    await citizen.look("/my-requests")
    await citizen.look(f"/requests/{owed.code}")
    await citizen.look(f"/requests/{owed.code}/withdraw")
    await citizen.press("بله، لغو شود")
    await citizen.look()
    await citizen.look(f"/requests/{done.code}")
    await citizen.press("ثبت امتیاز")
    await citizen.look()
    await page.get_by_label("۱، بسیار ناراضی").check()
    await citizen.press("ثبت امتیاز")
    await citizen.look()
    await citizen.press("دوباره بررسی شود")
    await citizen.look()
    await citizen.look(f"/requests/{done.code}")
    await citizen.look("/requests/123456786")
    paper = await page.context.request.get(
        str(citizen.window.server.make_url(f"/requests/{done.code}/papers/delivery_form.pdf"))
    )
    assert paper.headers["content-type"] == "application/pdf"


async def tour_requests_of_others(citizen: CitizenWindow) -> None:
    """A leave that waits for the owner's consent, and a request whose mobile nobody has proved."""
    await citizen.prove_mobile("/mobile?for=my-requests&next=/my-requests")
    await citizen.look()
    leave, unverified = (
        await portal_requests.awaiting_owner(citizen.site),
        await portal_requests.unverified(citizen.site),
    )
    await citizen.look(f"/requests/{unverified.code}")
    await citizen.look(f"/requests/{leave.code}")
    await citizen.look(f"/requests/{leave.code}/refuse")
    await citizen.press("بله، مخالفم")
    await citizen.look()
    await citizen.look("/my-requests/notices")
    await citizen.press("ذخیره")
    await citizen.look()


async def tour_lookups(citizen: CitizenWindow) -> None:
    """Duties: the empty form, a taxi that there is not, one with open bills, and the own ones."""
    await portal_requests.charge_duties(citizen.site)
    page = citizen.window.page
    await citizen.look("/lookups/taxi_duty")
    await citizen.press("نشان بده")
    await citizen.look()
    for part, typed in (("two", "۱۲"), ("letter", "ت"), ("three", "۹۹۹"), ("region", "۵۹")):
        await page.locator(f"#plate-{part}").fill(typed)
    await citizen.press("نشان بده")
    await citizen.look()
    await page.locator("#plate-three").fill("۳۴۵")
    await citizen.press("نشان بده")
    await citizen.look()
    await citizen.prove_mobile("/mobile?for=lookup&next=/lookups/taxi_duty")
    await citizen.press("عوارض تاکسی‌های خودم")
    await citizen.look()


async def tour_visits(citizen: CitizenWindow) -> None:
    """Hours that would suit, none chosen, another hour for a visit, and a visit that is too near."""
    site = citizen.site
    async with site.store.open_unit() as uow:
        roles, at = frozenset({Role.EXPERT}), site.clock.at
        await uow.people.save_staff(StaffMember("ahmadi", roles, "رضا احمدی", "+989111000021", "", True, at))
    code = (await portal_requests.submitted(site, "expert", portal_requests.EXPERT)).code
    await citizen.prove_mobile(f"/mobile?for=my-requests&next=/requests/{code}/visit")
    await citizen.press("ثبت زمان‌های دلخواه")
    await citizen.look()
    await citizen.window.page.get_by_label("۷:۰۰").first.check()
    await citizen.press("ثبت زمان‌های دلخواه")
    await citizen.look()
    await site.act(code, "assign", Role.MANAGER, {"officer": "ahmadi", "visit": "1405/09/05 09:00"})
    await citizen.look(f"/requests/{code}/visit")
    site.clock.at += timedelta(hours=24)
    await citizen.prove_mobile(f"/mobile?for=my-requests&next=/requests/{code}/visit")
    await citizen.look()


async def tour_consent(citizen: CitizenWindow) -> None:
    """An owner's consent under the link of the text that asked for it: yes or no, no once more, and afterwards."""
    site = citizen.site
    policy = replace(site.desk.policy, site_address=SITE_ADDRESS)
    site.desk.apply_settings(1, policy, site.desk.calendar, {})
    await portal_requests.awaiting_owner(site)
    async with site.store.open_unit(write=False) as uow:
        text = (await uow.outbox.list_recent(recipient=OWN_MOBILE))[0].text
    address = text.splitlines()[-1].removeprefix(SITE_ADDRESS)
    await citizen.look(address)
    await citizen.look(f"{address}/refuse")
    await citizen.press("بله، مخالفم")
    await citizen.look()


async def tour_changes(citizen: CitizenWindow) -> None:
    """A sent request that is changed, and a question that marks fields and a paper; each with what is wrong."""
    own, opinion = (
        await portal_requests.submitted(citizen.site),
        await portal_requests.asked_about(citizen.site),
    )
    await portal_requests.unverified(citizen.site)
    await citizen.prove_mobile("/mobile?for=my-requests&next=/my-requests")
    await citizen.look()
    await citizen.look(f"/requests/{own.code}/change")
    await citizen.look(f"/requests/{own.code}/change/machines")
    await citizen.look(f"/requests/{own.code}/change/place")
    await citizen.fill("نشانی محل کار", "")
    await citizen.press("ادامه")
    await citizen.look()
    await citizen.fill("نشانی محل کار", "خیابان طالقانی، پلاک ۷")
    await citizen.press("ادامه")
    await citizen.look()
    await portal_requests.changed_elsewhere(citizen.site, own)
    for _ in range(2):  # what was changed by SMS meanwhile is shown first
        await citizen.press("بله، ثبت شود")
        await citizen.look()
    await citizen.look(f"/requests/{opinion.code}")
    await citizen.press("فرستادن پاسخ")
    await citizen.look()


TOURS: Mapping[str, Tour] = {
    "proofs": tour_proofs,
    "session_end": tour_session_end,
    "service": tour_service,
    "flood": tour_flood,
    "requests": tour_requests,
    "requests_of_others": tour_requests_of_others,
    "consent": tour_consent,
    "visits": tour_visits,
    "changes": tour_changes,
    "lookups": tour_lookups,
}
"""Every tour; together they come by every personal page and every template of these."""
