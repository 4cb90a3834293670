"""Walks of citizens at the portal, service by service: from the front page through the form, the proof of their number,
the bill and the papers, to the rating; the staff's steps are taken in between. Each makes a mistake and mends it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO

from PIL import Image
from playwright.async_api import FilePayload, expect

from domain.actions.requests.timers import run_due_timers
from domain.requests.request import TimerKind
from domain.values.actors import Role
from domain.values.text import ascii_digits
from tests.support.pages.portal_walkers import PortalWalker, list_problems
from tests.support.payment_site import PaymentSite
from tests.support.portal_citizen import read_newest_code
from tests.support.scenarios.expert_unit import LETTER, TODAY
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES

NEXT, BEGIN = "ادامه", "آغاز درخواست"
_CODE = re.compile(r"\d{3}\s\d{3}\s\d{3}")

Picture = Callable[[str], Awaitable[None]]
"""Notes how the page looks now, under a name."""


@dataclass(slots=True)
class PortalWalk:
    """A citizen's way from the front page to the rating."""

    site: PaymentSite
    walker: PortalWalker
    service: str
    mobile: str
    """The citizen's own (+989…)."""
    take_picture: Picture
    scripts: bool = True
    """Without them some pages have a button more, which leads on."""
    code: str = field(default="", init=False)
    """The tracking code, once there is one."""

    @property
    def typed_mobile(self) -> str:
        """The number as one types it."""
        return f"0{self.mobile[3:]}"

    async def find_service(self) -> None:
        """Come from the front page to the first page of the form."""
        await self.walker.open("/")
        await self.take_picture("home")
        await self.walker.follow(self.site.demo.desk.wording.service_title(self.service))
        await self.take_picture("service")
        await self.walker.follow("ثبت درخواست")

    async def go_on(self) -> None:
        """Go on to the next question."""
        await self.walker.press(NEXT)

    async def go_on_refused(self, label: str) -> str:
        """Go on although something is wrong: it is said on top and beside the field of that label, which the link leads
        to, with what was typed. Return what stands there.
        """
        await self.go_on()
        page = self.walker.page
        await self.take_picture("refused")
        assert await list_problems(page)
        await self.walker.leave_by(page.get_by_role("alert").get_by_role("link").first)
        wrong_field = page.get_by_label(label).first
        await expect(wrong_field).to_be_focused()
        return await wrong_field.input_value()

    async def give_name(self) -> None:
        """Say whose request it is; a national code with a wrong digit is refused, and mended."""
        await self.walker.write("نام درخواست‌کننده", "آنه محمدی")
        await self.walker.write("کد ملی", "0499370898")
        assert await self.go_on_refused("کد ملی") == "0499370898"
        await self.walker.write("کد ملی", "۰۴۹۹۳۷۰۸۹۹")
        await self.go_on()

    async def send(self) -> None:
        """Send the form from its summary, and prove the number where that was not done before."""
        page = self.walker.page
        await expect(page.get_by_role("heading", level=1)).to_have_text("پاسخ‌ها را ببینید و بفرستید")
        await self.take_picture("summary")
        if await page.get_by_label("شمارهٔ همراه").count():
            await self.walker.write("شمارهٔ همراه", self.typed_mobile)
            await self.walker.press(re.compile("^فرستادن"))
            await self.prove_mobile()
        else:
            await self.walker.press("فرستادن درخواست")
        await expect(page.get_by_role("heading", level=1)).to_have_text("درخواست شما ثبت شد")
        await self.take_picture("sent")
        shown = _CODE.search(await page.get_by_role("main").inner_text())
        assert shown
        self.code = "".join(ascii_digits(shown[0]).split())

    async def prove_mobile(self) -> None:
        """Type the code that came by SMS, with a mistake first."""
        code = await read_newest_code(self.site.demo, self.mobile)
        await self.walker.write("کد تأیید", f"{(int(code) + 1) % 1_000_000:06}")
        await self.walker.press("تأیید")
        assert await list_problems(self.walker.page)
        await self.walker.write("کد تأیید", code)
        await self.walker.press("تأیید")

    async def leave(self) -> None:
        """Look at the request, and end the session, as one does on somebody else's computer."""
        await self.walker.follow("دیدن و پیگیری درخواست")
        await self.expect_state("submitted")
        for press in (self.walker.follow, self.walker.press):
            await press("پایان کار در این رایانه")
        await expect(self.walker.page.get_by_role("heading", level=1)).to_have_text("کار شما در این رایانه پایان یافت.")

    async def come_back(self) -> None:
        """Come back with the tracking code, mistyped first; it alone tells the phase, the number proved all of it."""
        page = self.walker.page
        await self.walker.open("/")
        await self.walker.write("کد رهگیری", "12345")
        await self.walker.press("پیگیری")
        [problem] = await list_problems(page)
        assert "نُه رقم" in problem
        await self.walker.leave_by(page.get_by_role("alert").get_by_role("link"))
        await expect(page.get_by_label("کد رهگیری")).to_be_focused()
        await expect(page.get_by_label("کد رهگیری")).to_have_value("12345")
        await self.walker.write("کد رهگیری", self.code)
        await self.walker.press("پیگیری")
        await expect(page.locator("[aria-current=step]")).to_be_visible()
        await self.take_picture("track")
        await self.walker.follow("تأیید شماره و دیدن همهٔ درخواست")
        await self.walker.write("شمارهٔ تلفن همراه", self.typed_mobile)
        await self.walker.press("فرستادن کد")
        await self.prove_mobile()

    async def expect_state(self, state: str) -> None:
        """The page of the request says so."""
        title = self.site.demo.desk.catalogue.text(f"services.{self.service}.states.{state}")
        await expect(self.walker.page.get_by_role("heading", level=2, name=title, exact=True)).to_be_visible()

    async def see_request(self, state: str) -> None:
        """Look at the request's page again."""
        await self.walker.open(f"/requests/{self.code}")
        await self.expect_state(state)

    async def staff_steps(self, *steps: tuple[str, Role, Mapping[str, object]]) -> None:
        """Let the staff do their part."""
        for step, role, inputs in steps:
            await self.site.demo.act(self.code, step, role, inputs)

    async def add_paper(self, paper: str) -> None:
        """Add a photo of a paper to the request."""
        await self.walker.follow("افزودن مدرک")
        await self.walker.attach(f"انتخاب عکس یا فایل {paper}", make_photo())
        await self.walker.press("فرستادن مدارک")
        await expect(self.walker.page.get_by_role("status")).to_have_text("مدرک رسید.")
        await self.take_picture("papers")

    async def answer(self, step: str, role: Role, question: str, words: str) -> None:
        """Be asked something, find it first among the own requests, and answer it; nothing was written at first."""
        page = self.walker.page
        await self.staff_steps((step, role, {"question": question}))
        await self.walker.follow("درخواست‌های من")
        await self.take_picture("list")
        await expect(page.locator(".request-list").first.get_by_role("link")).to_have_attribute(
            "href", f"/requests/{self.code}"
        )
        await self.walker.follow(self.site.demo.desk.wording.service_title(self.service))
        await expect(page.get_by_text(question).first).to_be_visible()
        await self.take_picture("question")
        await self.walker.press("فرستادن پاسخ")
        assert await list_problems(page)
        await self.walker.write("پاسخ شما", words)
        await self.walker.press("فرستادن پاسخ")
        await expect(page.get_by_role("status")).to_have_text("پاسخ شما رسید و بررسی می‌شود.")

    async def pay(self) -> None:
        """Pay the bill on the page of the request with a card of the sandbox bank, and see the receipt."""
        page = self.walker.page
        await self.see_request("awaiting_payment")
        await self.take_picture("bill")
        await self.walker.press("پرداخت اینترنتی و راه‌های دیگر")
        await self.take_picture("pay")
        await self.walker.press(re.compile("پرداخت.* با بانک آزمایشی"))
        if not self.scripts:
            await self.walker.press("رفتن به صفحهٔ بانک")
        await page.wait_for_url("**/sandbox-bank/*")
        await page.get_by_role("button", name="پرداخت", exact=True).click()
        if not self.scripts:
            await page.get_by_role("button", name="بازگشت به سایت پذیرنده").click()
        await expect(page.locator("h1.verdict")).to_contain_text("پرداخت شد")
        await self.take_picture("paid")
        await self.see_request("paid")
        await self.walker.press("دیدن رسید پرداخت")
        await self.take_picture("receipt")

    async def open_paper(self, title: str) -> None:
        """Take an issued paper."""
        link = self.walker.page.get_by_role("link", name=f"{title} (پی‌دی‌اف)")
        address = await link.get_attribute("href")
        assert address
        answer = await self.walker.page.context.request.get(str(self.walker.window.server.make_url(address)))
        assert answer.headers["content-type"] == "application/pdf"
        assert (await answer.body()).startswith(b"%PDF")

    async def rate(self) -> None:
        """Rate what was done, and see that it was taken."""
        page = self.walker.page
        await self.take_picture("done")
        await self.walker.choose("۵، بسیار راضی")
        await self.walker.write("چرا؟", "به‌موقع و با احترام")
        await self.walker.press("ثبت امتیاز")
        await expect(page.get_by_role("status")).to_have_text("سپاس از امتیاز شما.")
        await expect(page.get_by_role("button", name="ثبت امتیاز")).to_have_count(0)
        await self.take_picture("rated")


async def walk_machinery(walk: PortalWalk) -> None:
    """A loader for four hours: priced, paid online, done."""
    await ask_machinery(walk)
    await walk.send()
    await walk.leave()
    await walk.come_back()
    await walk.expect_state("submitted")
    await walk.answer("ask", Role.CIVIL, "راه ورود ماشین سنگین باز است؟", "بله، باز است")
    await walk.staff_steps(("accept", Role.CIVIL, {}), ("price", Role.REVENUE, {}))
    await walk.pay()
    await walk.staff_steps(
        ("schedule", Role.CIVIL, {}), ("hand_over", Role.CIVIL, {"early": "yes"}), ("complete", Role.CIVIL, {})
    )
    await walk.see_request("completed")
    await walk.open_paper("فرم تحویل ماشین‌آلات سنگین")
    await walk.rate()


async def ask_machinery(walk: PortalWalk) -> None:
    """Fill the form in."""
    walker = walk.walker
    await walk.find_service()
    await walk.take_picture("begin")
    await walker.press(BEGIN)
    await walker.pick("ماشین", "لودر")
    await walker.write("ساعت هر ماشین", "۴")
    await walk.take_picture("machines")
    await walk.go_on()
    await walker.choose("فردا")
    await walker.write("ساعت آغاز", "۸")
    await walk.take_picture("time")
    await walk.go_on()
    await walker.write("نشانی محل کار", "خیابان امام، جنب پارک")
    await walk.go_on()
    await walk.give_name()


async def walk_expert(walk: PortalWalk) -> None:
    """The worth of a property: papers are added later, a question is answered, the letter is taken."""
    await ask_opinion(walk)
    await walk.send()
    await walk.walker.follow("دیدن و پیگیری درخواست")
    for paper in ("سند مالکیت", "کارت ملی"):
        await walk.add_paper(paper)
    await walk.answer("ask", Role.EXPERT, "ملک چند دانگ است؟", "شش دانگ")
    await walk.staff_steps(
        ("assign", Role.MANAGER, {"officer": "expert", "visit": TODAY}),
        ("visit", Role.EXPERT, {"report": "ساختمان دوطبقه"}),
        ("price", Role.REVENUE, {}),
    )
    await walk.pay()
    await walk.staff_steps(("issue", Role.SECRETARIAT, {"text": LETTER}))
    await walk.see_request("answered")
    await walk.open_paper("پاسخ درخواست کارشناسی")
    await walk.rate()


async def ask_opinion(walk: PortalWalk) -> None:
    """Fill the form in."""
    walker = walk.walker
    await walk.find_service()
    await walker.press(BEGIN)
    await walker.choose("ارزیابی")
    await walk.go_on()
    await walker.write("کد پستی ملک", "۴۹۸۱۷۳۴۵۶۷")
    await walker.write("نشانی ملک", "خیابان طالقانی، پلاک ۱۲")
    await walk.take_picture("property")
    await walk.go_on()
    await walker.write("شرح درخواست", "ارزش ملک برای تقسیم ارث")
    await walk.go_on()
    await walk.give_name()
    await walk.go_on()  # the papers come later


async def walk_taxi_leave(walk: PortalWalk) -> None:
    """A driver proves the number first, so that the form knows the taxi; comes back after the leave."""
    await ask_leave(walk)
    await walk.send()
    await walk.staff_steps(("take", Role.TAXI_OFFICER, {}), ("approve", Role.TAXI_OFFICER, {}))
    await walk.see_request("approved")
    await walk.open_paper("مجوز مرخصی تاکسی")
    walk.site.clock.moved_on += timedelta(days=7)
    for _ in range(2):
        await run_due_timers(walk.site.demo.desk, walk.site.demo.store, TimerKind.DEADLINE)
    await walk.come_back()
    await walk.expect_state("ended")
    await walk.rate()


async def walk_taxi_renewal(walk: PortalWalk) -> None:
    """A driver proves the number, sends the date of a renewed insurance and brings its photo later."""
    walker = walk.walker
    await walk.find_service()
    await prove_first(walk)
    await walk.take_picture("paper")
    await walker.choose("بیمه تاکسی")
    await walk.go_on()
    await walk.take_picture("taxi")
    await walk.go_on()
    await walker.write("اعتبار تازه تا", "دیروز")
    assert await walk.go_on_refused("اعتبار تازه تا") == "دیروز"
    await walker.write("اعتبار تازه تا", "1406/09/15")
    await walk.take_picture("expiry")
    await walk.go_on()
    await walk.take_picture("papers")
    await walk.go_on()  # the photo comes later
    await walk.send()
    await walk.walker.follow("دیدن و پیگیری درخواست")
    await walk.add_paper("عکس مدرک تازه")
    await walk.staff_steps(("take", Role.TAXI_OFFICER, {}), ("record", Role.TAXI_OFFICER, {}))
    await walk.see_request("recorded")
    await walk.rate()


async def prove_first(walk: PortalWalk) -> None:
    """Prove the number before the form, so that it knows the taxi."""
    walker = walk.walker
    await walker.press("شماره‌ام را اول تأیید می‌کنم تا فرم پر شود")
    await walker.write("شمارهٔ تلفن همراه", walk.typed_mobile)
    await walker.press("فرستادن کد")
    await walk.take_picture("code")
    await walk.prove_mobile()


async def ask_leave(walk: PortalWalk) -> None:
    """Fill the form in; what the registries have stands there."""
    walker = walk.walker
    await walk.find_service()
    await prove_first(walk)
    await walk.take_picture("taxi")
    await expect(walker.page.get_by_label("سه رقم")).to_have_value("345")
    await walk.go_on()
    await walk.go_on()
    await walker.choose("فردا")
    await walker.write("تا روز", "دیروز")
    assert await walk.go_on_refused("تا روز") == "دیروز"
    await walker.write("تا روز", "1405/09/08")
    await walk.go_on()
    await walker.choose("داخل شهر")
    await walker.write("دلیل", "بیماری")
    await walk.go_on()


async def walk_taxi_report(walk: PortalWalk) -> None:
    """A passenger praises a driver; what happened is forgotten to be told at first."""
    walker = walk.walker
    await walk.find_service()
    await walker.press(BEGIN)
    await walker.choose("تشویق")
    await walk.go_on()
    for label, part in (("دو رقم", "12"), ("حرف", "ت"), ("سه رقم", "345"), ("ایران", "59")):
        await walker.write(label, part)
    await walk.take_picture("plate")
    await walk.go_on()
    assert await walk.go_on_refused("شرح") == ""
    await walker.write("شرح", "کیف مرا پس داد")
    await walk.go_on()
    await walk.send()
    await walk.leave()
    await walk.come_back()
    await walk.staff_steps(
        ("take", Role.TAXI_OFFICER, {}), ("record", Role.TAXI_OFFICER, {"driver": "0790419904", "kind": "honesty"})
    )
    await walk.see_request("recorded")
    await walk.rate()


async def walk_call_back(walk: PortalWalk) -> None:
    """Somebody wants to be called, without saying what about; the first call is missed. There is nothing to rate."""
    await walk.find_service()
    await walk.walker.press(BEGIN)
    await walk.take_picture("subject")
    await walk.go_on()
    await walk.send()
    await walk.leave()
    await walk.come_back()
    await walk.staff_steps(("miss", Role.SECRETARIAT, {}))
    await walk.see_request("not_reached")
    await walk.staff_steps(("call", Role.SECRETARIAT, {"note": "راه پرداخت عوارض گفته شد"}))
    await walk.see_request("called")


WALKS: Mapping[str, Callable[[PortalWalk], Awaitable[None]]] = {
    "machinery": walk_machinery,
    "expert": walk_expert,
    "taxi_leave": walk_taxi_leave,
    "taxi_renewal": walk_taxi_renewal,
    "taxi_report": walk_taxi_report,
    "call_back": walk_call_back,
}
"""Service → the way to its rating, or to its end where it has none."""

REQUESTED_SERVICES = tuple(service.key for service in SHIPPED_SERVICES.values() if service.form)
"""The services that citizens ask for, each of which has its walk; a further folder need not have one."""


def make_photo() -> FilePayload:
    """Return a picture as a phone takes it, but small."""
    content = BytesIO()
    Image.new("RGB", (32, 32), "olive").save(content, "JPEG")
    return {"name": "سند.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}
