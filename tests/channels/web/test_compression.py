"""Pages and what they load travel compressed, where nobody can learn from their length."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from channels.demo.phone import PHONE_PATH
from channels.web.site import STATIC_PATH
from tests.support.demo_site import demo_site

Client = TestClient[web.Request, web.Application]
TAKES = {"Accept": "text/html", "Accept-Encoding": "gzip"}


async def raw(client: Client, address: str, **headers: str) -> tuple[str, bytes]:
    """Encoding of an answer, and its bytes as they travelled."""
    async with client.get(address, headers={**TAKES, **headers}) as answer:
        assert answer.status == 200
        return answer.headers.get("Content-Encoding", ""), await answer.read()


@pytest.fixture
async def client(database: Path) -> AsyncIterator[Client]:
    """A browser that shows how things travel."""
    async with demo_site(database) as site, TestClient(TestServer(site.app), auto_decompress=False) as opened:
        yield opened


@pytest.mark.parametrize("by", ["same-origin", "none"])
async def test_a_page_that_we_or_the_person_asked_for(client: Client, by: str) -> None:
    _, plain = await raw(client, PHONE_PATH)
    coding, packed = await raw(client, PHONE_PATH, **{"Sec-Fetch-Site": by})
    assert coding == "gzip"
    assert gzip.decompress(packed) == plain
    assert len(packed) * 2 < len(plain)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
        {"Sec-Fetch-Site": "none", "Accept-Encoding": "identity"},
        {"Sec-Fetch-Site": "none", "Accept-Encoding": "br, gzip;q=0, identity"},
        {"Sec-Fetch-Site": "none", "Accept-Encoding": "gzip; q=0.0"},
    ],
)
async def test_a_page_that_others_ask_for_or_that_is_not_taken_so(client: Client, headers: dict[str, str]) -> None:
    coding, page = await raw(client, PHONE_PATH, **headers)
    assert coding == ""
    assert page.startswith(b"<!doctype html>")


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}])
async def test_a_page_that_is_the_same_for_everybody_is_packed_whoever_asks(
    client: Client, headers: dict[str, str]
) -> None:
    coding, packed = await raw(client, "/", **headers)
    assert coding == "gzip"
    plain_coding, plain = await raw(client, "/", **headers, **{"Accept-Encoding": "identity"})
    assert (plain_coding, gzip.decompress(packed)) == ("", plain)


@pytest.mark.parametrize("name", ["pico.min.css", "site.css", "emblem.svg", "jalalidatepicker.min.js"])
async def test_assets_that_are_text(client: Client, name: str) -> None:
    address = f"{STATIC_PATH}/web/{name}"
    coding, packed = await raw(client, address, **{"Sec-Fetch-Site": "cross-site"})
    assert coding == "gzip"
    assert (await raw(client, address, **{"Accept-Encoding": "GZIP;q=0.5"}))[0] == "gzip"
    plain_coding, plain = await raw(client, address, **{"Accept-Encoding": "identity, gzip;q=0"})
    assert plain_coding == ""
    assert gzip.decompress(packed) == plain
    async with client.get(address, headers=TAKES) as answer:
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Content-Type"].startswith(("text/", "image/svg+xml", "application/javascript"))


async def test_fonts_travel_as_they_are(client: Client) -> None:
    coding, font = await raw(client, f"{STATIC_PATH}/web/vazirmatn-arabic-wght-normal.woff2")
    assert (coding, font[:4]) == ("", b"wOF2")
