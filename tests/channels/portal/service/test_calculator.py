"""Price calculator, asked by a form without scripts: the same answers as by SMS."""

import re
from datetime import date
from html import unescape

import pytest

from channels.demo.phone import PHONE_PATH
from domain.actions.context import ActorContext
from domain.actions.tariffs.price_changes import add_tariff
from domain.values.actors import Role
from tests.support.demo_site import CITIZENS, DemoSite
from tests.support.municipality import actor
from tests.support.pages.portal_reader import PEOPLE, PortalReader

MACHINERY = "/services/machinery/price"


async def answer_by_sms(reader: PortalReader, text: str) -> str:
    """Answer on the demonstration's phone to a citizen who texts it."""
    sent = {"mobile": CITIZENS[0].mobile, "text": text}
    answer = await reader.client.post(PHONE_PATH, data=sent, headers=PEOPLE)
    bubbles = re.findall(r'class="theirs[^"]*">.*?<p dir="auto">(.*?)</p>', await answer.text(), re.DOTALL)
    return unescape(bubbles[-1])


async def test_hours_of_a_machine(reader: PortalReader) -> None:
    page = unescape(await reader.read(f"{MACHINERY}?machine=loader&hours=۴"))
    assert '<div class="result" id="result" role="status">' in page
    assert "لودر، ۴ ساعت: ۱۳٬۲۰۰٬۰۰۰ ریال" in page
    assert '<option value="loader" selected>' in page
    assert 'value="۴"' in page


async def test_an_opinion_costs_its_visit_and_its_square_metres(reader: PortalReader, portal: DemoSite) -> None:
    async with portal.store.open_unit() as uow:
        for dimensions, rate, unit in (
            ({"kind": "valuation"}, 5_000_000, "visit"),
            ({"kind": "valuation", "per": "square_metre"}, 20_000, "square_metre"),
            ({"kind": "valuation", "per": "square_metre", "from": "200"}, 10_000, "square_metre"),
        ):
            await add_tariff(
                ActorContext(portal.desk, uow, actor(Role.REVENUE)),
                "expert",
                dimensions,
                rate=rate,
                unit=unit,
                vat_percent=10,
            )
    for area, total in ((100, "۷٬۷۰۰٬۰۰۰"), (250, "۸٬۲۵۰٬۰۰۰")):
        page = unescape(await reader.read(f"/services/expert/price?kind=valuation&area={area}"))
        assert f"متر مربع روی هم {total} ریال" in page, page
    assert "روی هم" not in unescape(await reader.read("/services/expert/price?kind=valuation&area="))


@pytest.mark.parametrize("hours", ["", "1", "2.5", "10"])
async def test_whatever_is_asked_the_tariff_is_that_of_every_channel(
    reader: PortalReader, portal: DemoSite, hours: str
) -> None:
    async with portal.store.open_unit() as uow:
        band = {"machine": "loader", "from": "8"}
        await add_tariff(
            ActorContext(portal.desk, uow, actor(Role.REVENUE)),
            "machinery",
            band,
            rate=2_500_000,
            unit="hour",
            vat_percent=10,
        )
    page = unescape(await reader.read(f"{MACHINERY}?machine=loader&hours={hours}"))
    texted = await answer_by_sms(reader, f"تعرفه لودر {hours} ساعت" if hours else "تعرفه لودر")
    assert all(line in page for line in texted.splitlines())
    assert "از ۸ ساعت به بالا: هر ساعت ۲٬۷۵۰٬۰۰۰ ریال" in page
    assert "(دست‌کم ۲ ساعت)" in page


@pytest.mark.parametrize(
    ("query", "status", "problem"),
    [
        ("machine=loader&hours=900", 422, "عددی از ۰٫۵ تا ۲۴ بفرستید."),
        ("hours=4", 422, "پاسخ این پرسش لازم است."),
        ("machine=moon&hours=4", 422, "machine"),
        ("machine=grader&hours=4", 404, "واحد درآمد هنوز برای این مورد تعرفه‌ای تعیین نکرده است."),
        ("machine=<script>alert(1)</script>", 422, "machine"),
    ],
)
async def test_what_cannot_be_reckoned_is_said_and_nothing_typed_is_lost(
    reader: PortalReader, query: str, status: int, problem: str
) -> None:
    page = await reader.read(f"{MACHINERY}?{query}", status)
    assert 'class="error-summary" role="alert"' in page
    assert problem in unescape(page)
    assert "<script>alert" not in page
    assert 'class="result"' not in page
    if "hours=900" in query:
        assert 'value="900"' in page


async def test_a_kind_of_opinion(reader: PortalReader, portal: DemoSite) -> None:
    async with portal.store.open_unit() as uow:
        for dimensions, unit, rate in (
            ({"kind": "valuation"}, "visit", 5_000_000),
            ({"kind": "valuation", "per": "square_metre"}, "square_metre", 20_000),
        ):
            await add_tariff(
                ActorContext(portal.desk, uow, actor(Role.REVENUE)), "expert", dimensions, rate=rate, unit=unit
            )
    page = unescape(await reader.read("/services/expert/price?kind=valuation"))
    assert "کارشناسی ارزیابی ملک: هر بازدید ۵٬۰۰۰٬۰۰۰ ریال" in page
    assert "به‌علاوه هر متر مربع ۲۰٬۰۰۰ ریال" in page
    assert "<dd>۵٬۰۰۰٬۰۰۰ ریال برای هر بازدید</dd>" in await reader.read("/services/expert")


async def test_the_empty_form_and_services_without_prices(reader: PortalReader) -> None:
    assert 'class="error-summary"' not in await reader.read(MACHINERY)
    await reader.read("/services/taxi_report/price", 404)
    await reader.read("/services/moon/price", 404)
    assert "حساب کن" not in await reader.read("/services/taxi_report")
    assert 'action="/services/machinery/price#result"' in await reader.read("/services/machinery")


async def test_a_price_that_is_no_longer_in_force_is_not_said(reader: PortalReader, portal: DemoSite) -> None:
    portal.clock.at = portal.clock.at.replace(year=2020)
    assert date(2026, 3, 21) > portal.clock.at.date()
    page = await reader.read("/")
    assert "ریال برای هر ساعت" not in page
