"""Files that programs ask of the portal: robots, the map of the site, the manifest, and whom finders of holes write
to."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from aiohttp.test_utils import TestClient, TestServer

from channels.portal.installation import PortalInstallation, SecurityContact
from channels.portal.public_files import PERSONAL_PATHS, PublicFiles
from channels.web.site import Site
from domain.actions.lookups.public_lookups import list_lookups
from tests.support.demo_site import CONTACT, SITE_ADDRESS, DemoSite
from tests.support.pages.portal_reader import PortalReader


async def test_search_engines_keep_what_is_for_everybody(reader: PortalReader) -> None:
    answer = await reader.ask("/robots.txt")
    lines = (await answer.text()).splitlines()
    assert answer.content_type == "text/plain"
    assert lines[0] == "User-agent: *"
    assert {line.removeprefix("Disallow: ") for line in lines[1:-1]} == set(PERSONAL_PATHS)
    assert lines[-1] == f"Sitemap: {SITE_ADDRESS}/sitemap.xml"
    assert {"/staff", "/track", "/pay/", "/verify/"} <= set(PERSONAL_PATHS)


async def test_the_map_of_the_site_leads_to_pages_that_are_there(reader: PortalReader, portal: DemoSite) -> None:
    answer = await reader.ask("/sitemap.xml")
    tree = ET.fromstring(await answer.text())  # noqa: S314 - our own
    addresses = [one.text or "" for one in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(addresses) == 1 + len(portal.desk.services) + len(list_lookups(portal.desk.services))
    for address in addresses:
        await reader.read(address.removeprefix(SITE_ADDRESS))


async def test_it_can_be_put_on_a_home_screen(reader: PortalReader) -> None:
    page = await reader.read("/")
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    assert '<meta name="theme-color" content="#0d4f4c">' in page
    answer = await reader.ask("/manifest.webmanifest")
    manifest = json.loads(await answer.text())
    assert answer.content_type == "application/manifest+json"
    assert (manifest["dir"], manifest["lang"], manifest["start_url"]) == ("rtl", "fa", "/")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    icons = {icon["src"] for icon in manifest["icons"]} | set(re.findall(r'apple-touch-icon" href="([^"]+)"', page))
    for icon in (*icons, "/favicon.ico"):
        picture = await reader.client.get(icon)
        assert picture.status == 200
        assert picture.content_type.startswith("image/")
        assert len(await picture.read()) < 20_000


async def test_whom_finders_of_holes_write_to(reader: PortalReader) -> None:
    answer = await reader.ask("/.well-known/security.txt")
    text = await answer.text()
    assert (answer.status, answer.content_type, answer.charset) == (200, "text/plain", "utf-8")
    assert text.splitlines() == [
        "Contact: mailto:security@pishkhan.example",
        "Expires: 2027-03-20T23:59:59+03:30",
        "Preferred-Languages: fa, en",
        f"Canonical: {SITE_ADDRESS}/.well-known/security.txt",
    ]


async def test_nobody_is_named_after_their_time_or_where_nobody_is_configured(
    reader: PortalReader, portal: DemoSite
) -> None:
    portal.clock.at = portal.clock.at.replace(year=2028)
    await reader.read("/.well-known/security.txt", 404)
    application = type(portal.app)()
    Site(portal.desk.wording, {}).mount(application)
    installation = PortalInstallation(SITE_ADDRESS, CONTACT, lambda: "", SecurityContact((), None))
    PublicFiles(portal.desk, installation).add_routes(application.router)
    async with TestClient(TestServer(application)) as client:
        assert (await client.get("/.well-known/security.txt")).status == 404


ANSWERS_OF_EVERY_KIND = (
    "/", "/services/machinery", "/track", "/track?code=123456786", "/mobile?for=my-requests&next=/", "/session/end",
    "/no/such/page", "/robots.txt", "/static/no.css", "/staff", "/staff/sign-in", "/verify/none",
    "/pay/none", "/healthz",
)  # fmt: skip


@pytest.mark.parametrize("path", ANSWERS_OF_EVERY_KIND)
async def test_no_answer_is_framed_or_takes_another_base(reader: PortalReader, path: str) -> None:
    answer = await reader.ask(path)
    directives = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert (directives["frame-ancestors"], directives["base-uri"]) == ("'none'", "'none'")
    assert (directives["default-src"], answer.headers["X-Frame-Options"]) == ("'none'", "DENY")
