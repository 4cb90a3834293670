"""The pages of the portal and the demonstration's phone, asked for over HTTP."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from channels.demo.phone import PHONE_PATH
from domain.feedback.opinions import Comment, CommentState
from domain.messages.records import InboundState
from domain.requests.request import RequestFilter, ServiceRequest
from domain.values.actors import Role
from domain.values.errors import Internal, NotAllowedNow
from tests.support.demo_site import CITIZENS, ORDER, DemoSite, demo_site

Client = TestClient[web.Request, web.Application]

PEOPLE = {"Accept": "text/html,application/xhtml+xml"}
MOBILE = "09121234567"
SERVICE = "/services/machinery"


@pytest.fixture
async def site(database: Path) -> AsyncIterator[DemoSite]:
    """A demonstration of the test's own."""
    async with demo_site(database) as built:
        yield built


@pytest.fixture
async def client(site: DemoSite) -> AsyncIterator[Client]:
    """A browser without scripts, in front of the site."""
    async with TestClient(TestServer(site.app)) as opened:
        yield opened


async def read(client: Client, address: str) -> str:
    """The page at an address."""
    response = await client.get(address, headers=PEOPLE)
    assert response.status == 200
    return await response.text()


async def send(client: Client, text: str, mobile: str = MOBILE, **headers: str) -> tuple[int, str]:
    """Send a text from the phone: the final status and page."""
    response = await client.post(PHONE_PATH, data={"mobile": mobile, "text": text}, headers=PEOPLE | headers)
    return response.status, await response.text()


async def the_request(site: DemoSite) -> ServiceRequest:
    """The only request in the store."""
    async with site.store.open_unit(write=False) as uow:
        (found,) = await uow.requests.list_requests(RequestFilter())
    return found


async def received(site: DemoSite) -> list[tuple[str, InboundState]]:
    """Texts that arrived from the first citizen, oldest first, and what became of them."""
    async with site.store.open_unit(write=False) as uow:
        messages = await uow.inbox.list_last_from("sms", CITIZENS[0].mobile, 50)
    return [(one.text, one.state) for one in reversed(messages)]


def bubbles(page: str) -> list[tuple[str, str]]:
    """(`mine` or `theirs`, text) of each text on the phone."""
    found = re.findall(r'<li id="[^"]*" class="(mine|theirs)[^"]*">.*?<p dir="auto">(.*?)</p>', page, re.DOTALL)
    return [(side, unescape(text)) for side, text in found]


def commands(page: str) -> list[str]:
    """The commands shown behind the desk: the next one of each request, and the others."""
    return [unescape(one) for one in re.findall(r"<code>(pishkhan .*?)</code>", page)]


async def comment(site: DemoSite, text: str, answer: str | None = None) -> None:
    """Store a published comment on machinery, answered or not."""
    async with site.store.open_unit() as uow:
        number, at = site.desk.ids.new_id(), site.clock.now()
        state = CommentState.PUBLISHED
        await uow.feedback.add_comment(
            Comment(
                id=number,
                service="machinery",
                request_id=None,
                mobile=CITIZENS[0].mobile,
                text=text,
                channel="sms",
                at=at,
                state=state,
                answer=answer,
            )
        )


async def test_the_page_of_a_service_says_all_of_it(client: Client, site: DemoSite) -> None:
    await comment(site, "راننده <b>خوب</b> بود", "سپاسگزاریم")
    page = await read(client, SERVICE)
    assert '<html lang="fa" dir="rtl"' in page
    catalogue = site.desk.catalogue
    for name in ("title", "description", "author"):
        assert catalogue.text(f"services.machinery.{name}") in page
    assert '<time datetime="2026-11-24">۱۴۰۵/۰۹/۰۳</time> <small>(نخستین بار: ۱۳۹۴/۰۴/۱۹)</small>' in page
    for name in ("benefits", "steps"):
        assert all(line in page for line in catalogue.text_lines(f"services.machinery.{name}"))
    assert "<dt>نوع خدمت</dt><dd>شهروند الکترونیک</dd>" in page
    [given] = re.findall(r'<ul class="given">(.*?)</ul>', page, re.DOTALL)
    assert re.findall(r"<li>(.*?)</li>", given) == ["پورتال", "پیامک", "ربات تلگرام", "ربات بله", "دفتر پیشخوان"]
    assert "راننده &lt;b&gt;خوب&lt;/b&gt; بود" in page
    assert "سپاسگزاریم" in page
    assert "۱۴۰۵/۰۹/۰۳" in page
    assert CITIZENS[0].mobile[3:] not in page
    assert f'href="{SERVICE}"' in await read(client, "/")


async def test_each_reading_of_a_service_page_counts_as_a_view(client: Client, site: DemoSite) -> None:
    for number in range(21):
        await comment(site, f"نظر {number}")
    assert "<dd>۱</dd>" in await read(client, SERVICE)
    page = await read(client, SERVICE)
    assert "<dd>۲</dd>" in page
    assert "<dd>۲۱</dd>" in page
    assert (await client.head(SERVICE)).status == 200
    older = re.search(r'href="(\?before=\d+)#comments"', page)
    assert older
    rest = await read(client, SERVICE + older[1])
    assert ("<dd>۲</dd>" in rest, "نظر 0" in rest, "نظر 1<" in rest) == (True, True, False)


@pytest.mark.parametrize("address", ["/services/moon", f"{SERVICE}?before=x", f"{SERVICE}?before=-1", "/services/"])
async def test_what_is_no_service_page(client: Client, address: str) -> None:
    assert (await client.get(address, headers=PEOPLE)).status == 404


async def test_what_the_front_page_offers_to_text_is_understood(site: DemoSite) -> None:
    catalogue = site.desk.catalogue
    says = [key for key in catalogue.list_keys("web.home.words.list.") if key.endswith(".say")]
    offered = [*says, *catalogue.list_keys("web.home.services.examples."), *catalogue.list_keys("web.phone.chips.")]
    parsed = {key: site.desk.grammar.parse_message(catalogue.text(key), site.clock.now()) for key in offered}
    assert {key: one.intent for key, one in parsed.items() if one.intent == "unknown"} == {}
    assert {
        key: one.missing_slots for key, one in parsed.items() if one.missing_slots and not key.endswith(".machine")
    } == {}


@pytest.mark.parametrize("address", ["/", SERVICE, PHONE_PATH, f"{PHONE_PATH}?mobile=12", "/no-such-page"])
async def test_pages_hold_no_inline_code_and_name_only_what_is_there(client: Client, address: str) -> None:
    response = await client.get(address, headers=PEOPLE)
    page = await response.text()
    assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:", page) == []
    assets = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    assert len(assets) >= 4
    for asset in assets:
        answer = await client.get(asset)
        assert answer.status == 200, asset
        assert ("immutable" in answer.headers["Cache-Control"]) == ("?v=" in asset)


@pytest.mark.parametrize("address", ["/", PHONE_PATH, "/no-such-page", "/static/web/site.css"])
async def test_every_answer_has_the_security_headers(client: Client, address: str) -> None:
    response = await client.get(address)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in response.headers  # without TLS it would mean nothing
    if not address.startswith("/static/"):  # what is the same for everybody may be kept, and is asked for again
        assert response.headers["Cache-Control"] == ("no-cache" if address == "/" else "no-store")


async def test_errors_are_pages_for_people_and_codes_for_programs(site: DemoSite) -> None:
    async def refuse(request: web.Request) -> web.Response:
        raise NotAllowedNow("action")

    async def stumble(request: web.Request) -> web.Response:
        raise Internal(reference="1234")

    site.app.router.add_get("/refuse", refuse)
    site.app.router.add_get("/stumble", stumble)
    async with TestClient(TestServer(site.app)) as client:
        missing = await client.get("/no-such-page", headers=PEOPLE)
        assert missing.status == 404
        assert "چنین صفحه‌ای پیدا نشد" in await missing.text()
        assert (await (await client.get("/no-such-page")).text()).startswith("404")
        refused = await client.get("/refuse")
        assert refused.status == 409
        error = (await refused.json())["error"]
        assert (error["code"], error["field"]) == ("not_allowed_now", "action")
        stumbled = await client.get("/stumble", headers=PEOPLE)
        assert stumbled.status == 500
        assert "خطایی در سامانه رخ داد" in await stumbled.text()
        assert "1234" not in await stumbled.text()


async def test_a_text_takes_the_way_of_a_webhook_and_is_answered(client: Client, site: DemoSite) -> None:
    response = await client.post(PHONE_PATH, data={"mobile": MOBILE, "text": ORDER}, allow_redirects=False)
    assert response.status == 303
    assert response.headers["Location"] == f"{PHONE_PATH}?mobile={MOBILE}#phone"
    assert await received(site) == [(ORDER, InboundState.ANSWERED)]
    request = await the_request(site)
    assert (request.mobile, request.channel, request.state) == (CITIZENS[0].mobile, "sms", "submitted")
    (asked, answered) = bubbles(await read(client, response.headers["Location"]))
    assert asked == ("mine", ORDER)
    assert answered[0] == "theirs"
    assert "ثبت شد" in answered[1]


async def test_each_phone_shows_its_own_texts_in_order(client: Client) -> None:
    await send(client, "راهنما")
    await send(client, "راهنما")
    _, page = await send(client, "درخواست‌های من", "۰۹۱۱ ۲۲۲ ۳۳۴۴")
    assert [side for side, _ in bubbles(page)] == ["mine", "theirs"]
    first = bubbles(await read(client, PHONE_PATH))
    assert [side for side, _ in first] == ["mine", "theirs", "mine", "theirs"]
    page = await read(client, f"{PHONE_PATH}?mobile={MOBILE}")
    assert "سه‌شنبه ۳ آذر ۱۴۰۵" in page
    assert re.search(r"<time[^>]*>۱۰:۰۰</time>", page)


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script><b>", "\"'&lt;&amp;", "سلام 😀👍🏽", "خط یک\nخط دو", "ن" * 1000]
)
async def test_texts_are_shown_as_they_were_written(client: Client, text: str) -> None:
    status, page = await send(client, text)
    assert status == 200
    assert bubbles(page)[0] == ("mine", text)
    assert "<script>" not in page


async def test_a_very_long_text_is_kept_and_answered(client: Client, site: DemoSite) -> None:
    status, page = await send(client, "ب" * 100_000)
    assert status == 200
    assert [side for side, _ in bubbles(page)] == ["mine", "theirs"]
    assert len((await received(site))[0][0]) == 2000


async def test_what_is_no_mobile_number_is_told(client: Client, site: DemoSite) -> None:
    for mobile in ("12", "02112345678", "<b>"):
        response = await client.get(PHONE_PATH, params={"mobile": mobile}, headers=PEOPLE)
        assert response.status == 422
        page = await response.text()
        assert "شمارهٔ تلفن همراه نیست" in page
        assert "<b>" not in page
        assert (await send(client, "راهنما", mobile))[0] == 422
    assert await received(site) == []


async def test_an_empty_text_is_not_sent(client: Client, site: DemoSite) -> None:
    status, page = await send(client, " \n ")
    assert status == 422
    assert "متن پیامک خالی بود" in page
    assert await received(site) == []


async def test_a_file_in_place_of_the_text_is_no_text(client: Client, site: DemoSite) -> None:
    form = FormData({"mobile": MOBILE})
    form.add_field("text", b"\x00\xff", filename="x.bin")
    response = await client.post(PHONE_PATH, data=form)
    assert response.status == 422
    assert await received(site) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
async def test_forms_of_other_sites_are_refused(client: Client, site: DemoSite, headers: dict[str, str]) -> None:
    status, _ = await send(client, "راهنما", **headers)
    assert status == 403
    assert await received(site) == []


async def test_the_own_form_is_taken(client: Client, site: DemoSite) -> None:
    own = str(client.make_url("/")).rstrip("/")
    assert (await send(client, "راهنما", **{"Origin": own}))[0] == 200
    assert (await send(client, "راهنما", **{"Sec-Fetch-Site": "same-origin", "Origin": own}))[0] == 200
    assert len(await received(site)) == 2


async def test_behind_the_desk_stands_the_next_command(client: Client, site: DemoSite) -> None:
    await send(client, ORDER)
    code = (await the_request(site)).code

    async def next_command() -> str:
        return commands(await read(client, PHONE_PATH))[0]

    assert await next_command() == f"pishkhan request act {code} accept --as civil"
    await site.act(code, "accept", Role.CIVIL)
    assert await next_command() == f"pishkhan request act {code} price --as revenue"
    await site.act(code, "price", Role.REVENUE)
    request = await the_request(site)
    async with site.store.open_unit(write=False) as uow:
        (bill,) = await uow.bills.list_of_subject("request", request.id)
    ids = f"{bill.bill_id} {bill.payment_id} {bill.amount}"
    assert await next_command() == f"pishkhan payment record {ids} --reference slip-{bill.file_number} --as revenue"
    await site.act(code, "waive", Role.REVENUE, {"reason": "کار عمومی"})
    assert await next_command() == f"pishkhan request act {code} schedule --as civil"
    await site.act(code, "schedule", Role.CIVIL)
    assert await next_command() == f"pishkhan request act {code} hand_over --as civil --set early=yes"
    await site.act(code, "hand_over", Role.CIVIL, {"early": "yes"})
    assert await next_command() == f"pishkhan request act {code} complete --as civil"
    await site.act(code, "complete", Role.CIVIL)
    page = await read(client, PHONE_PATH)
    assert commands(page) == []
    assert "کار این درخواست تمام است" in page


async def test_when_the_citizen_is_asked_the_answer_to_text_is_shown(client: Client, site: DemoSite) -> None:
    await send(client, ORDER)
    code = (await the_request(site)).code
    page = await read(client, PHONE_PATH)
    assert f"pishkhan request act {code} reject --as civil --set reason='بیرون از محدودهٔ شهر'" in commands(page)
    await site.act(code, "ask", Role.CIVIL, {"question": "راه باز است؟"})
    (reply,) = re.findall(r'<p class="reply">(.*?)</p>', await read(client, PHONE_PATH))
    await send(client, unescape(reply))
    assert (await the_request(site)).state == "submitted"


async def test_a_text_that_waits_for_the_morning_says_so(client: Client, site: DemoSite) -> None:
    await send(client, ORDER)
    site.clock.at = site.clock.at.replace(hour=18)  # 21:30 in Tehran
    await site.act((await the_request(site)).code, "accept", Role.CIVIL)
    page = await read(client, PHONE_PATH)
    assert "در صف تا ۰۸:۰۰" in page
    assert "پذیرفته شد" in bubbles(page)[-1][1]
    await send(client, "راهنما")
    asked, answered = bubbles(await read(client, PHONE_PATH))[-2:]
    assert asked == ("mine", "راهنما")
    assert answered[0] == "theirs"
    assert "پذیرفته شد" not in answered[1]
    site.clock.at += timedelta(hours=12)
    page = await read(client, PHONE_PATH)
    assert "چهارشنبه ۴ آذر ۱۴۰۵" in page
    assert "پذیرفته شد" in bubbles(page)[-1][1]
