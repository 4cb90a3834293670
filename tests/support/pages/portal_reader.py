"""A citizen's browser at the portal, without scripts and without cookies."""

from dataclasses import dataclass

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

PEOPLE = {"Accept": "text/html,application/xhtml+xml"}


@dataclass(frozen=True, slots=True)
class PortalReader:
    """Asks for pages as a browser does."""

    client: TestClient[web.Request, web.Application]

    async def ask(self, address: str, **headers: str) -> ClientResponse:
        """The answer to an address, redirections not followed."""
        return await self.client.get(address, headers=PEOPLE | headers, allow_redirects=False)

    async def read(self, address: str, status: int = 200) -> str:
        """The page at an address."""
        response = await self.ask(address)
        page = await response.text()
        assert response.status == status, (response.status, page[-2000:])
        return page

    async def send(self, address: str, form: dict[str, str], **headers: str) -> ClientResponse:
        """Send a form; the answer, redirections not followed."""
        return await self.client.post(address, data=form, headers=PEOPLE | headers, allow_redirects=False)
