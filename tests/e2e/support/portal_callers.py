"""Browsers at the portal of a real process, each at an address of this machine, that send whatever they are told to."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import ClientResponse, ClientSession, CookieJar, TCPConnector

from store.unit_of_work import SqlStore
from tests.e2e.support.office import Office
from tests.support.pages.page_forms import list_forms

STEP = {"proof_purpose": "my-requests", "proof_return": "/session/end", "proof_method": "get"}
"""The hidden fields of the forms that prove a mobile."""


@asynccontextmanager
async def open_store(office: Office) -> AsyncIterator[SqlStore]:
    """The office's database, as the program itself opens it."""
    store = await SqlStore.connect(office.settings["PISHKHAN_DATABASE_URL"])
    yield store
    await store.close()


class Caller:
    """A browser at an address of this machine."""

    def __init__(self, office: Office, session: ClientSession) -> None:
        self.office = office
        self.session = session

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> str:
        """Return a page."""
        async with self.session.get(self.office.make_url(path), headers=headers, allow_redirects=False) as response:
            return await response.text()

    async def post(self, path: str, values: object, headers: Mapping[str, str] | None = None) -> ClientResponse:
        """Send a form; its answer, which was read."""
        url = self.office.make_url(path)
        async with self.session.post(url, data=values, headers=headers, allow_redirects=False) as response:
            await response.read()
            return response

    async def fill_form(self, path: str, ending: str, typed: Mapping[str, str]) -> ClientResponse:
        """Open a page and send its form that goes to an address with this ending, with what was typed."""
        [found_form] = [form for form in list_forms(await self.get(path), path) if form.action.endswith(ending)]
        return await self.post(found_form.action, {**found_form.values, **typed})

    async def ask_code(self, mobile: str) -> ClientResponse:
        """Ask for a code as the page does."""
        return await self.post("/mobile", {**STEP, "proof_mobile": mobile, "csrf": await self.csrf_token()})

    async def confirm(self, code: str, csrf_token: str) -> int:
        """Type a code; the status."""
        return (await self.post("/mobile/code", {**STEP, "proof_code": code, "csrf": csrf_token})).status

    async def csrf_token(self) -> str:
        """Return the token of this browser's forms."""
        found = re.search(r'name="csrf" value="([^"]*)"', await self.get("/session/end"))
        assert found
        return found[1]

    @property
    def session_token(self) -> str:
        """The token in the cookie; empty without one."""
        tokens = [cookie.value for cookie in self.session.cookie_jar if cookie.key == "pishkhan_portal"]
        return tokens[0] if tokens else ""


@asynccontextmanager
async def calling(office: Office, address: str = "127.0.3.1") -> AsyncIterator[Caller]:
    """A browser without cookies at an address."""
    connector = TCPConnector(local_addr=(address, 0), limit=0)
    headers = {"Accept": "text/html"}
    async with ClientSession(connector=connector, cookie_jar=CookieJar(unsafe=True), headers=headers) as session:
        yield Caller(office, session)


async def read_code(office: Office, mobile: str) -> str:
    """Return the code that came to a mobile (09…) last."""
    await office.panel.wait_until(lambda: bool(office.panel.of(mobile)), "the code")
    found = re.search(r"\d{6}", office.panel.of(mobile)[-1].message)
    assert found
    return found[0]
