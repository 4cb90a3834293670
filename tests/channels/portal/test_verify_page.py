"""`/verify/{token}` over HTTP: for people, from any address, without anything personal."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from domain.actions.token_guessing import MOST_MISSES
from domain.requests.request import RequestFilter
from domain.values.actors import Role
from tests.support.demo_site import CITIZENS, ORDER, DemoSite, demo_site

Client = TestClient[web.Request, web.Application]
PEOPLE = {"Accept": "text/html"}


@pytest.fixture
async def site(database: Path) -> AsyncIterator[DemoSite]:
    """A demonstration of the test's own."""
    async with demo_site(database) as built:
        yield built


@pytest.fixture
async def client(site: DemoSite) -> AsyncIterator[Client]:
    """A phone that scans."""
    async with TestClient(TestServer(site.app)) as opened:
        yield opened


async def handed_over(site: DemoSite, client: Client, name: str = "آنه <b>محمدی</b>") -> str:
    """Bring a request to the handing over; return its form's token."""
    await client.post("/demo/phone", data={"mobile": CITIZENS[0].mobile, "text": ORDER})
    async with site.store.open_unit() as uow:
        [request] = await uow.requests.list_requests(RequestFilter())
        request.fields["full_name"] = name
        await uow.requests.save(request)
    await site.act(request.code, "accept", Role.CIVIL)
    await site.act(request.code, "price", Role.REVENUE)
    await site.act(request.code, "waive", Role.REVENUE, {"reason": "کار عمومی"})
    await site.act(request.code, "schedule", Role.CIVIL)
    await site.act(request.code, "hand_over", Role.CIVIL, {"early": "yes"})
    async with site.store.open_unit(write=False) as uow:
        return str((await uow.requests.get_by_code(request.code)).data["delivery_token"])


def told(page: str) -> dict[str, str]:
    """Facts on the page."""
    rows = re.findall(r"<dt>(.*?)</dt><dd>(?:<bdi[^>]*>)?(.*?)(?:</bdi>)?</dd>", page)
    return {label: unescape(value) for label, value in rows}


async def test_a_genuine_form(site: DemoSite, client: Client) -> None:
    answer = await client.get(f"/verify/{await handed_over(site, client)}", headers=PEOPLE)
    page = await answer.text()
    assert answer.status == 200
    assert "این برگه اصل است و اعتبار دارد." in page
    assert '<p class="issuer">شهرداری گمیشان</p>' in page
    assert told(page) == {
        "صادرکننده": "شهرداری گمیشان",
        "برگه": "فرم تحویل ماشین‌آلات سنگین",
        "خدمت": "کارکرد ماشین‌آلات",
        "تاریخ صدور": "۱۴۰۵/۰۹/۰۳",
        "نام درخواست‌کننده": "آ… <…",
        "ماشین و ساعت کار": "لودر ۴ ساعت",
        "آغاز رزرو": "۱۴۰۵/۰۹/۰۳ ۱۰:۰۰",
    }
    assert CITIZENS[0].mobile[3:] not in page
    assert 'name="robots" content="noindex"' in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


async def test_a_paper_that_nobody_issued(client: Client) -> None:
    for token in ("0" * 32, "x", "%00", "<script>", "../../etc/passwd"):
        answer = await client.get(f"/verify/{token}", headers=PEOPLE)
        page = await answer.text()
        assert answer.status == 404, token
        assert ("چنین برگه‌ای پیدا نشد" in page) == ("/" not in token)
        assert "<script>" not in page


async def test_who_guesses_is_sent_away_and_a_genuine_paper_is_told(site: DemoSite, client: Client) -> None:
    token = await handed_over(site, client)
    statuses = [
        (await client.get(f"/verify/{number:032x}", headers=PEOPLE)).status for number in range(MOST_MISSES + 2)
    ]
    assert statuses == [404] * MOST_MISSES + [429] * 2
    limited = await client.get(f"/verify/{'f' * 32}", headers=PEOPLE)
    assert limited.status == 429
    assert "تعداد جست‌وجوهای ناموفق زیاد است" in await limited.text()
    assert (await client.get(f"/verify/{token}", headers=PEOPLE)).status == 200
