"""Citizens and staff on hosts of their own, over the whole table of routes."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from app.checking.faults import find_faults
from app.configuration.sections import StaffSettings
from app.configuration.settings import Settings
from app.http.server import SHARED_PATHS, build_application
from app.parts import open_parts
from tests.support.municipality import Municipality

Client = TestClient[web.Request, web.Application]

CITIZENS, STAFF = "pishkhan.example.ir", "staff.example.ir:8443"
READS_HTML = {"Accept": "text/html"}


@pytest.fixture
async def client(town: Municipality, database: Path) -> AsyncIterator[Client]:
    """A browser at a server whose staff have a host of their own."""
    settings = Settings(
        demo=True,
        database_url=f"sqlite:///{database}",
        base_url=f"https://{CITIZENS}",
        staff=StaffSettings(host=STAFF),
    )
    async with open_parts(settings) as parts, TestClient(TestServer(build_application(parts))) as opened:
        yield opened


async def ask(client: Client, host: str, path: str, method: str = "GET") -> ClientResponse:
    headers = {**READS_HTML, "Host": host}
    return await client.request(method, URL(path, encoded=True), headers=headers, allow_redirects=False)


def list_pages(client: Client, *, of_staff: bool) -> Iterator[tuple[str, str]]:
    """Every route of the one site, with something in the place of the parts of its address."""
    assert client.app is not None
    for resource in client.app.router.resources():
        path = re.sub(r"\{[^{}]*(\{[^{}]*\}[^{}]*)*\}", "1", resource.canonical)
        is_of_staff = path == "/staff" or path.startswith("/staff/")
        if is_of_staff == of_staff and not path.startswith(SHARED_PATHS):
            yield from ((route.method, path) for route in resource if route.method in ("GET", "POST"))


async def test_nothing_of_the_staff_is_where_citizens_are(client: Client) -> None:
    pages = list(list_pages(client, of_staff=True))
    assert len(pages) > 100
    assert [page for page in pages if (await ask(client, CITIZENS, page[1], page[0])).status != 404] == []
    assert [page for page in pages if (await ask(client, "10.0.0.8", page[1], page[0])).status != 404] == []


async def test_nothing_else_is_where_the_staff_are(client: Client) -> None:
    pages = [page for page in list_pages(client, of_staff=False) if page[1] != "/"]
    assert len(pages) > 10
    assert [page for page in pages if (await ask(client, STAFF, page[1], page[0])).status != 404] == []
    for path in ("/staffing", "/Staff", "/static/../staff", "/./staff/users", "/%73taff"):
        assert (await ask(client, CITIZENS, path)).status in {400, 404}, path


async def test_each_is_on_its_own_host(client: Client) -> None:
    home = await ask(client, CITIZENS, "/")
    assert home.status == 200
    assert f'href="https://{STAFF}/staff"' in await home.text()
    first = await ask(client, STAFF, "/")
    assert (first.status, first.headers["Location"]) == (303, "/staff")
    assert (await ask(client, STAFF.upper(), "/staff/sign-in")).status == 200
    for host in (CITIZENS, STAFF):
        assert (await ask(client, host, "/static/web/site.css")).status == 200
        assert (await ask(client, host, "/healthz")).status == 200


async def test_both_are_known_to_be_over_tls(client: Client) -> None:
    for host, path in ((CITIZENS, "/"), (STAFF, "/staff/sign-in")):
        assert "includeSubDomains" in (await ask(client, host, path)).headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in (await ask(client, "127.0.0.1", "/")).headers


async def test_a_host_that_a_caller_names_is_written_nowhere(client: Client) -> None:
    for path in ("/", "/mobile?for=my-requests&next=/", "/no/such/page", "/services/machinery"):
        answer = await ask(client, "evil.example", path)
        assert "evil.example" not in await answer.text()
        assert "evil.example" not in str(answer.headers)


def test_the_staff_s_host_is_not_that_of_citizens() -> None:
    settings = Settings(demo=True, base_url=f"https://{CITIZENS}", staff=StaffSettings(host=CITIZENS))
    assert [line for line in find_faults(settings) if line.startswith("PISHKHAN_STAFF__HOST")]
