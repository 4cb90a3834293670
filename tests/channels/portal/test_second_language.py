"""The portal in a second language: all that it says of itself is one of the texts; each reader has the own language."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from lxml import html

from channels.portal.guard import PORTAL_ROUTES
from domain.messages.records import MessageClass
from domain.values.languages import PERSIAN
from tests.channels.portal.requests.test_form_pages import ANSWERS, fill, requests_in, send
from tests.support.demo_site import CITIZENS, CONTACT, LETTERHEAD, DemoSite, build_desk, demo_site
from tests.support.pages.route_addresses import address
from tests.support.portal_citizen import OWN_MOBILE, READS_HTML, PortalCitizen, portal_citizen
from tests.support.scenarios import portal_requests
from tests.support.scenarios.pseudo_language import PSEUDO, find_unwrapped, offer_both_languages

LANGUAGE_COOKIE = "pishkhan_language"
SHOWN_ATTRIBUTES = ("alt", "aria-label", "placeholder", "title", "content", "data-text")
WRITTEN_BY_PEOPLE = (
    *(value for value in portal_requests.MACHINERY.values() if isinstance(value, str)),
    *(name for citizen in CITIZENS for name in [citizen.full_name or ""]),
    portal_requests.QUESTION,
    *(CONTACT.address, CONTACT.hours, LETTERHEAD.name, LETTERHEAD.address, PERSIAN.title),
    *("لودر ۱", "رحیم", "آنه محمدی", "خیابان امام، جنب پارک", "خیابان امام، پلاک ۷", "خاک‌برداری"),
)
"""Texts written by people or the configuration: no translation changes it."""


@pytest.fixture
async def portal(database: Path) -> AsyncIterator[DemoSite]:
    async with demo_site(database, lambda clock: offer_both_languages(build_desk(clock))) as built:
        yield built


@pytest.fixture
async def citizen(portal: DemoSite) -> AsyncIterator[PortalCitizen]:
    """A browser that chose the second language."""
    async with portal_citizen(portal) as browser:
        assert await browser.post("/language", language=PSEUDO.tag, **{"return": "/track"}) == "/track"
        yield browser


def list_shown_texts(page: str) -> Iterator[str]:
    """Yield whatever a page shows or reads out; what one writes to the desk (`kbd`) is understood in Persian."""
    document = html.fromstring(page)
    for element in document.iter():
        if not isinstance(element.tag, str) or element.tag in {"script", "style"}:
            continue
        if element.tag != "kbd":
            yield element.text or ""
        yield element.tail or ""
        yield from (element.get(name, "") for name in SHOWN_ATTRIBUTES)


def find_persian(page: str) -> list[str]:
    """Return what a page shows in Persian that neither people nor the configuration have put there."""
    for value in WRITTEN_BY_PEOPLE:
        page = page.replace(value, "")
    return [line for text in list_shown_texts(page) for line in find_unwrapped(text)]


def assert_translated(page: str) -> None:
    assert '<html lang="qps" dir="ltr"' in page
    assert find_persian(page) == []


PUBLIC_PAGES = ("/", "/services/machinery", "/services/expert/price", "/track", "/track?code=123456786", "/verify/abc")


@pytest.mark.parametrize("path", [*PUBLIC_PAGES, "/services/taxi_leave/request", "/mobile?for=x&next=/", "/nothing"])
async def test_every_word_of_a_page_comes_from_the_texts(citizen: PortalCitizen, path: str) -> None:
    response = await citizen.client.get(path, headers=citizen.headers)
    assert_translated(await response.text())
    assert "Cookie" in response.headers["Vary"]


async def test_a_form_and_what_becomes_of_it_are_in_the_language_of_the_browser(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    draft = await fill(citizen)
    assert_translated(await citizen.get(f"{draft}/form/time"))
    assert_translated(await citizen.post(f"{draft}/form/time", 422, date="other", start="99"))
    await citizen.post(f"{draft}/form/time", 303, **ANSWERS["machinery"]["time"])
    assert_translated(await citizen.get(f"{draft}/summary"))
    assert_translated(await citizen.get(await send(citizen, draft)))
    await citizen.get("/my-requests")
    assert_translated(citizen.page)
    code = re.search(r"/requests/(\d{9})", citizen.page)
    assert code
    assert_translated(await citizen.get(f"/requests/{code[1]}"))
    async with portal.store.open_unit(write=False) as uow:
        messages = await uow.outbox.list_recent(recipient=OWN_MOBILE)
        assert await uow.lines.find_language(OWN_MOBILE) == PSEUDO.tag, "proved, the mobile has the browser's language"
    assert [find_unwrapped(message.text) for message in messages] == [[]] * len(messages)


async def test_every_personal_page_of_a_request_in_any_state_is_translated(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    await citizen.prove_mobile()
    makers = (
        portal_requests.asked,
        portal_requests.submitted,
        portal_requests.completed,
        portal_requests.awaiting_owner,
    )
    requests = [await make(portal) for make in makers]
    await portal_requests.bill(portal, requests[1])
    read_routes = [route for route in portal.app[PORTAL_ROUTES] if route.method == "GET" and "pdf" not in route.path]
    for request in requests:
        for route in read_routes:
            place = {"code": request.code, "key": request.service, "kind": "delivery_form", "section": "place"}
            response = await citizen.client.get(
                address(route.path, place, "1"), headers=citizen.headers, allow_redirects=False
            )
            if response.status < 300 or response.status >= 400:
                assert (route.path, find_persian(await response.text())) == (route.path, [])


async def test_two_browsers_at_once_read_two_languages(portal: DemoSite) -> None:
    async with portal_citizen(portal) as browser:

        async def read(tag: str) -> str:
            response = await browser.client.get("/", headers={**READS_HTML, "Cookie": f"{LANGUAGE_COOKIE}={tag}"})
            return await response.text()

        pages = await asyncio.gather(*(read(("fa", "qps")[turn % 2]) for turn in range(12)))
    for turn, page in enumerate(pages):
        is_persian = turn % 2 == 0
        assert ('<html lang="fa" dir="rtl"' in page, "⟦" in page.replace(PSEUDO.title, "")) == (
            is_persian,
            not is_persian,
        )


async def test_a_page_that_is_kept_is_another_one_in_another_language(citizen: PortalCitizen) -> None:
    translated = await citizen.client.get("/", headers=citizen.headers)
    kept = {**citizen.headers, "If-None-Match": translated.headers["ETag"]}
    assert (await citizen.client.get("/", headers=kept)).status == 304
    await citizen.post("/language", language="fa", **{"return": "/"})
    persian = await citizen.client.get("/", headers=kept)
    assert (persian.status, 'lang="fa"' in await persian.text()) == (200, True)


async def test_the_switch_leads_back_and_to_no_other_site(citizen: PortalCitizen) -> None:
    page = await citizen.get("/track?code=123456786", 404)
    assert 'name="return" value="/track?code=123456786"' in page
    assert await citizen.post("/language", language="fa", **{"return": "//evil.example"}) == "/"
    assert await citizen.post("/language", language="xx", **{"return": "/track"}) == "/"
    assert 'lang="fa"' in await citizen.get("/"), "what is not offered changes nothing"
    crossing = await citizen.post_raw("/language", {"language": "qps"}, {"Sec-Fetch-Site": "cross-site"})
    assert (crossing.status, "Set-Cookie" in crossing.headers) == (403, False)


async def test_the_switch_of_whoever_proved_the_mobile_changes_the_language_of_the_line(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    await citizen.prove_mobile()
    await citizen.get("/")
    await citizen.post("/language", language="fa", **{"return": "/"})
    async with portal.store.open_unit(write=False) as uow:
        assert await uow.lines.find_language(OWN_MOBILE) == "fa"


async def test_a_form_goes_on_in_another_language_with_all_that_was_entered(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    await citizen.post("/language", language="fa", **{"return": "/"})
    draft = await fill(citizen)
    place = f"{draft}/form/place"
    assert await citizen.post("/language", language=PSEUDO.tag, **{"return": place}) == place
    assert "خیابان امام، جنب پارک" in await citizen.get(place)
    await citizen.post(place, 303, place="خیابان امام، پلاک ۷")
    assert_translated(await citizen.get(await send(citizen, draft)))
    [request] = await requests_in(portal)
    kept = {name: request.fields[name] for name in ("date", "start", "place", "national_code")}
    assert kept == {
        "date": "2026-11-25",
        "start": "08:00",
        "place": "خیابان امام، پلاک ۷",
        "national_code": "0499370899",
    }


async def test_a_notice_is_in_the_language_of_its_line_whoever_caused_it(portal: DemoSite) -> None:
    request = await portal_requests.submitted(portal)
    async with portal.store.open_unit() as uow:
        await uow.lines.save_language(OWN_MOBILE, PSEUDO.tag, portal.clock.now())
    await portal_requests.bill(portal, request)
    async with portal.store.open_unit(write=False) as uow:
        messages = await uow.outbox.list_recent(request_id=request.id)
    own_messages = [message for message in messages if message.recipient == OWN_MOBILE]
    notices = [message for message in own_messages if message.cls is MessageClass.NOTICE]
    assert ["⟦" in message.text for message in notices[::-1]] == [False, True, True][-len(notices) :]
    assert not any("⟦" in message.text for message in messages if message.recipient != OWN_MOBILE), "the staff's"


async def test_with_one_language_there_is_no_switch_no_cookie_and_nothing_varies(database: Path) -> None:
    async with demo_site(database) as plain, portal_citizen(plain) as browser:
        response = await browser.client.get("/", headers={**READS_HTML, "Cookie": f"{LANGUAGE_COOKIE}=qps"})
        page = await response.text()
        assert 'action="/language"' not in page
        assert ('<html lang="fa" dir="rtl"' in page, response.headers.get("Vary")) == (True, "Accept-Encoding")
        await browser.get("/language", 404)
