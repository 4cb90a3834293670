"""The straight story of a request for an opinion, step by step; tests leave it where their own story begins."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from domain.values.calendar import WorkingCalendar
from tests.e2e.support.office import Office
from tests.e2e.support.people import Desk, Phone
from tests.e2e.support.text_matching import CATALOGUE, Facts
from tests.support.scenarios.sample_files import take_photo

TEXT = "زمین پشت مدرسه"
PAPERS = ("deed", "national_card", "plan")
LETTER = "تفکیک زمین به دو قطعه بلامانع است."
VISIT_RIALS, METRE_RIALS, VAT_PERCENT, AREA = 3_000_000, 10_000, 10, 200
PRICES = (
    ("visit", VISIT_RIALS, {"kind": "subdivision"}),
    ("square_metre", METRE_RIALS, {"kind": "subdivision", "per": "square_metre"}),
    ("visit", VISIT_RIALS, {"kind": "tree_felling"}),
)
PHOTO = take_photo()
OFFICERS = count(1)


async def furnish_experts(office: Office) -> None:
    """Give a furnished office its secretariat and the prices of opinions."""
    await office.cli("staff", "add", "secretariat", "--role", "secretariat", "--mobile", "09125559004")
    for unit, rate, dimensions in PRICES:
        terms = {"unit": unit, "rate": rate, "vat": VAT_PERCENT, "dimensions": dimensions}
        await office.deed("add_tariff", by="revenue", service="expert", **terms)


class ExpertStory:
    """One request of one citizen. `officer` is the user name of an expert of its own, whose phone is `expert`."""

    def __init__(self, office: Office, citizen: Phone, desk: Desk) -> None:
        self.office = office
        self.citizen = citizen
        self.desk = desk
        self.officer = f"expert-{next(OFFICERS)}"
        self.expert = Phone(office, f"0912666{1000 + int(self.officer.rpartition('-')[2])}")
        self.code = ""
        self.bill: Facts = {}

    async def engages(self) -> None:
        """The municipality has one expert more."""
        await self.office.cli(
            "staff",
            "add",
            self.officer,
            "--role",
            "expert",
            "--name",
            f"کارشناس {self.officer[7:]}",
            "--mobile",
            self.expert.mobile,
        )

    async def reaches(self, state: str, kind: str = "تفکیک") -> "ExpertStory":
        """Tell the story from the first text up to the state, each text heard."""
        await self.engages()
        await self.is_submitted(kind)
        for reached, step in self._steps().items():
            if state == "submitted":
                break
            await step()
            if reached == state:
                break
        return self

    def _steps(self) -> Mapping[str, Callable[[], Awaitable[object]]]:
        return {
            "assigned": self.is_assigned,
            "visited": self.is_visited,
            "awaiting_payment": self.is_billed,
            "paid": self.is_paid,
            "answered": self.is_answered,
        }

    async def is_submitted(self, kind: str = "تفکیک") -> None:
        """Everything in one text; the reply has the tracking code."""
        text = f"کارشناسی {kind} کد ملی 0499370899 کد پستی 4947113456 {TEXT}"
        self.code = (await self.citizen.says(text, self.key("submit")))["code"].replace(" ", "")

    def tomorrow(self, hour: int) -> str:
        """An hour of tomorrow, as a program says it."""
        day = (self.office.now + timedelta(days=1)).date()
        return f"{day.isoformat()}T{hour:02}:00"

    def soon_on_a_working_day(self) -> str:
        """The same, after the holidays that today may be one of."""
        while WorkingCalendar().is_holiday(self.office.now.date()):
            self.office.advance(days=1)
        return self.soon()

    def soon(self) -> str:
        """A half hour from now, as a program says it: a visit that can be reported of today."""
        return (self.office.now + timedelta(minutes=30)).isoformat()

    async def is_assigned(self) -> None:
        """The manager sends the officer at once."""
        await self.does("assign", by="manager", officer=self.officer, visit=self.soon(), outside_hours="yes")
        await self.hears("assign")
        await self.expert.hears(self.key("officer_assigned"))

    async def is_visited(self) -> None:
        """The officer collects the papers and reports."""
        await self.gets(*PAPERS)
        await self.does("visit", by=self.officer, report="زمین بایر", area=str(AREA))
        await self.hears("visit")

    async def gets(self, *papers: str, by: str | None = None) -> None:
        """Somebody adds papers to it."""
        photo = Path(self.office.home) / "photo.jpg"
        photo.write_bytes(PHOTO)
        for paper in papers:
            await self.office.deed("attach", by=by or self.officer, code=self.code, file=str(photo), field=paper)

    async def is_billed(self) -> None:
        """Revenue confirms the quote; the text has both ids."""
        await self.does("price", by="revenue")
        self.bill = await self.hears("bill")

    async def is_paid(self) -> None:
        """Revenue records the citizen's bank slip."""
        await self.desk.takes_payment(self.bill)
        await self.hears("pay")

    async def is_answered(self) -> Facts:
        """The secretariat issues the letter; the text has its number."""
        await self.does("issue", by="secretariat", text=LETTER)
        return await self.hears("issue")

    @staticmethod
    def key(notice: str) -> str:
        """The key of a notice of the service."""
        return f"services.expert.notices.{notice}"

    async def does(self, action: str, *, by: str, **inputs: str) -> dict[str, Any]:
        """Let the staff take a step."""
        return await self.desk.does(action, self.code, by=by, **inputs)

    async def may_not(self, action: str, *, by: str, **inputs: str) -> str:
        """Let the staff try a step that is refused; what is said about it."""
        return await self.desk.may_not(action, self.code, by=by, **inputs)

    async def hears(self, notice: str) -> Facts:
        """The citizen's next text is this notice, about this request."""
        facts = await self.citizen.hears(self.key(notice))
        assert facts["code"].replace(" ", "") == self.code
        return facts

    async def says(self, text: str, key: str) -> Facts:
        """The citizen texts and hears the reply: a text of the service, or of the catalogue at large."""
        own = f"services.expert.{key}"
        return await self.citizen.says(text, own if own in CATALOGUE else key)

    async def shown(self) -> dict[str, Any]:
        """The request as `request show` prints it."""
        return await self.desk.shows(self.code)

    async def stands(self, state: str, *bill_states: str) -> None:
        """It stands in this state, and so do its bills in theirs."""
        shown = await self.shown()
        assert (shown["state"], [bill["state"] for bill in shown["bills"]]) == (state, list(bill_states))
