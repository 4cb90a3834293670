"""Pages for unreadable bodies, and for addresses that only take forms: Persian pages, codes for programs, and never a
fault."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from channels.demo.phone import PHONE_PATH as PHONE
from tests.support.demo_site import CONTACT, LINE, demo_site
from tests.support.staff_site import PAGES, staff_site, visitor

MULTIPART, PLAIN = "multipart/form-data", "application/x-www-form-urlencoded"
NAMED = b'--b\r\nContent-Disposition: form-data; name="username"\r\n'
BROKEN = {
    "no boundary": (MULTIPART, b"x"),
    "another boundary": (f"{MULTIPART}; boundary=b", b"--c\r\n\r\nx\r\n--c--\r\n"),
    "nothing": (f"{MULTIPART}; boundary=b", b""),
    "lines before the first part": (f"{MULTIPART}; boundary=b", b"\n\n" + NAMED + b"\r\ncivil\r\n--b--\r\n"),
    "a long boundary": (f"{MULTIPART}; boundary={'b' * 80}", b"x"),
    "cut off": (f"{MULTIPART}; boundary=b", NAMED + b"\r\nciv"),
    "no name": (f"{MULTIPART}; boundary=b", b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n"),
    "a nest": (f"{MULTIPART}; boundary=b", NAMED + b"Content-Type: multipart/mixed; boundary=c\r\n\r\nx\r\n--b--\r\n"),
    "a bad nest": (f"{MULTIPART}; boundary=b", NAMED + b"Content-Type: multipart/mixed\r\n\r\nx\r\n--b--\r\n"),
    "a bad header": (f"{MULTIPART}; boundary=b", b"--b\r\nContent-Disposition\r\n\r\nx\r\n--b--\r\n"),
    "a long header": (f"{MULTIPART}; boundary=b", b"--b\r\nX: " + b"x" * 9000 + b"\r\n\r\nx\r\n--b--\r\n"),
    "a charset of its own": (
        f"{MULTIPART}; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="_charset_"\r\n\r\n' + b"x" * 40 + b"\r\n--b--\r\n",
    ),
    "a charset that nobody knows": (f"{PLAIN}; charset=nonsense", b"username=civil"),
    "no text": (PLAIN, b"username=\xff\xfe"),
    "half a character": (f"{PLAIN}; charset=unicode_escape", b"username=civil&password=\\ud800"),
    "half a character for a name": (f"{PLAIN}; charset=unicode_escape", b"\\ud800=civil"),
    "a name that is no text": (
        f"{MULTIPART}; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--b--\r\n',
    ),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_a_body_that_is_no_form_is_told(database: Path, what: str) -> None:
    kind, body = BROKEN[what]
    async with staff_site(database) as site, visitor(site) as who:
        for headers in (PAGES, {}):
            sent = {**headers, "Content-Type": kind}
            response = await who.client.post("/staff/sign-in", data=body, headers=sent)
            told = await response.text()
            assert response.status == 400, told
            if headers:
                assert "این فرم خوانده نشد" in told
            else:
                error = json.loads(told)["error"]
                assert (error["code"], error["field"]) == ("invalid_field", "form")
        await who.sign_in("civil")
        sent = {**PAGES, "Content-Type": kind}
        response = await who.client.post("/staff/assign", data=body, headers=sent)
        assert response.status == 400
        assert "این فرم خوانده نشد" in await response.text()


@pytest.mark.parametrize("path", ["/staff/sign-in", PHONE])
@pytest.mark.parametrize("kind", [MULTIPART + "; boundary=b", PLAIN])
async def test_a_body_that_is_not_compressed_as_it_says_is_told(database: Path, path: str, kind: str) -> None:
    async with staff_site(database) as site, visitor(site) as who:
        sent = {**PAGES, "Content-Type": kind, "Content-Encoding": "gzip"}
        response = await who.client.post(path, data=b"username=civil", headers=sent)
        assert response.status == 400
        assert "این فرم خوانده نشد" in await response.text()


@pytest.mark.parametrize("what", BROKEN)
async def test_a_body_that_is_no_form_is_told_by_the_phone(database: Path, what: str) -> None:
    kind, body = BROKEN[what]
    async with demo_site(database) as demo, TestClient(TestServer(demo.app)) as client:
        response = await client.post(PHONE, data=body, headers={**PAGES, "Content-Type": kind})
        assert response.status == 400
        assert "این فرم خوانده نشد" in await response.text()


@pytest.mark.parametrize("origin", ["http://[", "null", "//", "[", "https://elsewhere.example:x"])
async def test_an_origin_that_is_none_is_another_site(database: Path, origin: str) -> None:
    async with staff_site(database) as site, visitor(site) as who:
        for path in ("/staff/sign-in", PHONE):
            response = await who.client.post(path, data={"text": "x"}, headers={**PAGES, "Origin": origin})
            assert response.status == 403


@pytest.mark.parametrize(("method", "path"), [("GET", "/staff/account"), ("POST", "/staff/assign")])
async def test_a_cookie_that_is_no_text_is_no_session(database: Path, method: str, path: str) -> None:
    async with staff_site(database) as site, visitor(site) as who:
        await who.get("/staff/sign-in")
        reader, writer = await asyncio.open_connection(who.client.host, who.client.port)
        lines = [f"{method} {path} HTTP/1.1", "Host: desk", "Content-Length: 0", "Connection: close"]
        writer.write("\r\n".join(lines).encode() + b"\r\nCookie: pishkhan_staff=\xff\xfe\r\n\r\n")
        answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 303 ")
        assert b"Location: /staff/sign-in?" in answer


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/staff/requests/123456786/act/visit", "/staff/requests/123456786"),
        ("/staff/requests/123456786/slip", "/staff/requests/123456786"),
        ("/staff/views/delete", "/staff"),
        ("/staff/assign", "/staff"),
        ("/staff/tariffs/machinery/preview?machine=loader", "/staff/tariffs/machinery?machine=loader"),
        ("/staff/tariffs/rows/1/withdraw", "/staff/tariffs"),
        ("/staff/tariffs/proposals/1/approve", "/staff/tariffs"),
    ],
)
async def test_the_address_of_a_form_leads_to_its_page(database: Path, path: str, above: str) -> None:
    async with staff_site(database) as site, visitor(site) as who:
        page = await who.get(path, 405)
        assert "این نشانی تنها برای فرستادن فرم است" in page
        assert f'<a role="button" href="{above}">رفتن به صفحهٔ این فرم</a>' in page
        response = await who.client.get(path, headers=who.headers)
        assert response.headers["Allow"] == "POST"
        response = await who.client.get(path)
        assert (await response.text()).startswith("405"), "a program gets the plain answer"


async def test_an_address_in_persian_digits_leads_to_its_page(database: Path) -> None:
    async with staff_site(database) as site, TestClient(TestServer(site.app)) as client:
        for path, there in (
            ("/requests/۱۲۳۴۵۶۷۸۶", "/requests/123456786"),
            ("/staff/requests/١٢٣/", "/staff/requests/123/"),
        ):
            response = await client.get(path, headers=PAGES, allow_redirects=False)
            assert (response.status, response.headers["Location"]) == (302, there)
        for path in ("/a//evil.example/۱", "/nothing"):
            assert (await client.get(path, headers=PAGES, allow_redirects=False)).status == 404


async def test_a_page_that_takes_no_forms_leads_home(database: Path) -> None:
    async with staff_site(database) as site, TestClient(TestServer(site.app)) as client:
        response = await client.post("/", headers=PAGES)
        assert response.status == 405
        assert 'href="/"' in await response.text()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no-such-page", 404),
        ("GET", "/services/moon", 404),
        ("POST", "/", 405),
        ("POST", "/services/expert/comments", 413),
    ],
)
async def test_where_a_page_leads_nowhere_there_are_other_ways(
    database: Path, method: str, path: str, status: int
) -> None:
    async with demo_site(database) as demo, TestClient(TestServer(demo.app)) as client:
        body = {"text": "x" * 60_000} if status == 413 else None
        response = await client.request(method, path, data=body, headers=PAGES)
        page = await response.text()
        assert response.status == status
        assert f'href="sms:{LINE}?body=' in page
        assert "پیامک «راهنما» به" in page
        assert [bot.address for bot in CONTACT.bots if f'href="{bot.address}"' not in page] == []
        assert f'href="tel:{CONTACT.phone.replace(" ", "")}"' in page


async def test_the_staff_are_not_shown_the_ways_of_citizens(database: Path) -> None:
    async with staff_site(database) as site, visitor(site) as who:
        assert f"sms:{LINE}" not in await who.get("/staff/none", 404)
