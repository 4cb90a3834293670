"""A citizen's browser at the portal: pages and forms as they come, and the codes that are sent to the own phone."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from domain.messages.records import MessageClass
from tests.support.demo_site import CITIZENS, DemoSite

PORTAL_COOKIE = "pishkhan_portal"
READS_HTML = {"Accept": "text/html,application/xhtml+xml"}
OWN_MOBILE = CITIZENS[0].mobile
"""The number of the citizen whose browser it is (+989…)."""

_HIDDEN_INPUT = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_FORM = re.compile(r'<form method="post" action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)


class PortalCitizen:
    """A browser. `headers` go with each call."""

    def __init__(self, client: TestClient[web.Request, web.Application], site: DemoSite) -> None:
        self.client = client
        self.site = site
        self.headers = dict(READS_HTML)
        self.page = ""
        """The page that was read last."""

    async def get(self, path: str, status: int = 200) -> str:
        """Return the page at an address; where it leads, of a redirection."""
        return await self._read(await self.client.get(path, headers=self.headers, allow_redirects=False), status)

    async def post(self, path: str, status: int = 303, /, **values: Any) -> str:
        """Send the form of the page read last that goes to `path`, with these values; the page that answers, or where
        it leads.
        """
        data = {**self.hidden_values(path), **values}
        response = await self.client.post(path, data=data, headers=self.headers, allow_redirects=False)
        return await self._read(response, status)

    async def post_raw(self, path: str, data: Any, headers: Mapping[str, str] | None = None) -> ClientResponse:
        """Send what no page of ours would."""
        return await self.client.post(
            path, data=data, headers={**self.headers, **(headers or {})}, allow_redirects=False
        )

    async def prove_mobile(self, address: str = "/mobile?for=my-requests&next=/", mobile: str = OWN_MOBILE) -> str:
        """Prove the mobile in the step at an address; return where that leads."""
        await self.get(address)
        await self.get(await self.post("/mobile", proof_mobile=f"0{mobile[3:]}"))
        return await self.post("/mobile/code", proof_code=await self.read_code(mobile))

    async def read_code(self, mobile: str = OWN_MOBILE) -> str:
        """Return the code that came to a phone last."""
        return await read_newest_code(self.site, mobile)

    def hidden_values(self, path: str) -> dict[str, str]:
        """Return the hidden fields of the form of the last page that goes to an address; none where there is none."""
        contents = [content for action, content in _FORM.findall(self.page) if unescape(action) == path]
        return {name: unescape(value) for name, value in _HIDDEN_INPUT.findall(contents[0])} if contents else {}

    def session_token(self) -> str:
        """Return the token of the session's cookie; empty without one."""
        cookies = self.client.session.cookie_jar.filter_cookies(URL(str(self.client.make_url("/"))))
        return cookies[PORTAL_COOKIE].value if PORTAL_COOKIE in cookies else ""

    def plant_token(self, token: str) -> None:
        """Put a token into the cookie, as somebody else might."""
        self.client.session.cookie_jar.update_cookies({PORTAL_COOKIE: token}, self.client.make_url("/"))

    async def _read(self, response: ClientResponse, status: int) -> str:
        page = await response.text()
        assert response.status == status, (response.status, response.headers.get("Location"), page[-2000:])
        if 300 <= status < 400:
            return response.headers["Location"]
        self.page = page
        return page


async def read_newest_code(site: DemoSite, mobile: str) -> str:
    """Return the code that came to a phone last."""
    async with site.store.open_unit(write=False) as uow:
        messages = await uow.outbox.list_recent(recipient=mobile)
    texts = [message.text for message in messages if message.cls is MessageClass.SECURITY]
    digits = re.search(r"\d{6}", texts[0])
    assert digits, texts[0]
    return digits[0]


@asynccontextmanager
async def portal_citizen(site: DemoSite) -> AsyncIterator[PortalCitizen]:
    """A browser with no cookies yet, at the site."""
    async with TestClient(TestServer(site.app)) as client:
        yield PortalCitizen(client, site)
