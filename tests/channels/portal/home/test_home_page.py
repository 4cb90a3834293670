"""The front page over HTTP: a code first, then the services with what each costs and how long it takes."""

import re
from html import unescape
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer

from domain.reports.durations import LEAST_FINISHED, UsualDuration
from tests.support.demo_site import CONTACT, LINE, MORNING, DemoSite, build_desk, demo_site
from tests.support.pages.portal_reader import PortalReader
from tests.support.scenarios.further_service import TREES, WORDS
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES


async def test_the_front_page_says_what_this_is(reader: PortalReader, portal: DemoSite) -> None:
    page = await reader.read("/")
    assert '<html lang="fa" dir="rtl"' in page
    assert f'href="sms:{LINE}' in page
    assert "۳۰۰۰۱۴۰۵" in page
    for service in portal.desk.services.values():
        texts = f"services.{service.key}"
        assert portal.desk.catalogue.text(f"{texts}.title") in page
        assert portal.desk.catalogue.text(f"{texts}.description").partition(". ")[0] in page
        assert f'href="/services/{service.key}"' in page
        assert all(f"<kbd>{keyword.intent.certain_words[0]}</kbd>" in page for keyword in service.keywords)


async def test_whoever_has_a_code_is_asked_first(reader: PortalReader) -> None:
    body = (await reader.read("/")).partition("<main")[2]
    form = body.index('action="/track"')
    assert "کد رهگیری دارید؟" in body[: body.index("</form>")]
    assert form < body.index("<h1>")
    assert re.search(r'<input id="code" name="code"[^>]*>', body)


async def test_each_service_says_what_it_costs(reader: PortalReader) -> None:
    page = await reader.read("/")
    costs = dict(re.findall(r'<li class="card" id="(\w+)">.*?<dt>هزینه</dt><dd>(.*?)</dd>', page, re.DOTALL))
    assert {key: costs[key] for key in SHIPPED_SERVICES} == {
        "machinery": "۳٬۳۰۰٬۰۰۰ ریال برای هر ساعت",
        "expert": "نرخ هنوز تعیین نشده است",
        "taxi_leave": "رایگان",
        "taxi_renewal": "رایگان",
        "taxi_report": "رایگان",
        "call_back": "رایگان",
    }


async def test_how_long_a_service_takes_is_said_from_enough_requests_on(reader: PortalReader, portal: DemoSite) -> None:
    async with portal.store.open_unit() as uow:
        await uow.durations.replace_usual(
            [
                UsualDuration("machinery", 5, LEAST_FINISHED, MORNING),
                UsualDuration("expert", 9, LEAST_FINISHED - 1, MORNING),
                UsualDuration("taxi_leave", 0, 1_000, MORNING),
            ]
        )
    page = await reader.read("/")
    found = dict(re.findall(r'<li class="card" id="(\w+)">(.*?)</li>', page, re.DOTALL))
    assert "معمولاً تا ۵ روز کاری" in found["machinery"]
    assert "معمولاً همان روز" in found["taxi_leave"]
    assert "روز کاری" not in found["expert"]
    own_page = await reader.read("/services/machinery")
    assert "برآورد از ۲۰ درخواستِ انجام‌شده" in own_page
    assert "روز کاری" not in await reader.read("/services/expert")


async def test_other_ways_are_named(reader: PortalReader) -> None:
    page = unescape(await reader.read("/"))
    assert [bot.address for bot in CONTACT.bots if f'href="{bot.address}"' not in page] == []
    assert f'href="tel:{CONTACT.phone}"' in page
    assert CONTACT.address in page
    assert "دفترهای پیشخوان" in page


async def test_a_page_that_did_not_change_is_not_sent_again(reader: PortalReader) -> None:
    first = await reader.ask("/")
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "no-cache"
    again = await reader.ask("/", **{"If-None-Match": tag})
    assert (again.status, await again.read()) == (304, b"")
    assert again.headers["ETag"] == tag
    assert "Set-Cookie" not in first.headers
    assert (await reader.ask("/", **{"If-None-Match": 'W/"another"'})).status == 200


async def test_how_it_looks_where_it_is_shared(reader: PortalReader) -> None:
    page = await reader.read("/services/machinery")
    shared = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))
    assert shared["title"] == "کارکرد ماشین‌آلات"
    assert shared["url"] == "https://pishkhan.example/services/machinery"
    picture = shared["image"].removeprefix("https://pishkhan.example")
    answer = await reader.client.get(picture)
    assert (answer.status, answer.content_type) == (200, "image/png")
    assert len(await answer.read()) < 60_000


async def test_a_further_service_is_on_the_portal_without_a_line_of_code(database: Path) -> None:
    async with (
        demo_site(database, lambda clock: build_desk(clock, (*SHIPPED_SERVICES.values(), TREES), WORDS)) as site,
        TestClient(TestServer(site.app)) as client,
    ):
        reader, title = PortalReader(client), site.desk.catalogue.text(f"services.{TREES.key}.title")
        assert title in await reader.read("/")
        assert title in await reader.read(f"/services/{TREES.key}")
        assert f"/services/{TREES.key}" in await reader.read("/sitemap.xml")
