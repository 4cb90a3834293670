"""The one web application: every channel mounted, faults named and not shown, nothing secret in the log."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NoReturn

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from app.configuration.settings import Settings
from app.configuration.sms_settings import SmsSettings
from app.http.access_log import AccessLog
from app.http.server import LARGEST_BODY, build_application
from app.parts import ServerParts, open_parts
from tests.support.municipality import Municipality
from tests.support.patience import patient

Client = TestClient[web.Request, web.Application]
Start = Callable[[web.Application], "asyncio.Future[Client]"]

SECRET = "wh-6b3f0b6f"
METRICS = "a token of the tests"
BEARER = {"Authorization": f"Bearer {METRICS}"}
INBOUND = f"/sms/simulator/{SECRET}/inbound"


def demo(database: Path, **other: object) -> Settings:
    sms = SmsSettings.model_validate({"simulator": {"webhook_secret": SECRET}})
    made = Settings(demo=True, database_url=f"sqlite:///{database}", sms=sms, **other)  # type: ignore[arg-type]  # as given
    made.metrics.token = SecretStr(METRICS)
    return made


@pytest.fixture
async def parts(town: Municipality, database: Path) -> AsyncIterator[ServerParts]:
    """Parts of the server, over a furnished database."""
    async with open_parts(demo(database)) as built:
        yield built


async def client_of(app: web.Application) -> Client:
    server = TestServer(app)
    await server.start_server(access_log_class=AccessLog, access_log=logging.getLogger("pishkhan.access"))
    return TestClient(server)


@pytest.fixture
async def client(parts: ServerParts) -> AsyncIterator[Client]:
    """A browser at the server."""
    opened_client = await client_of(build_application(parts))
    yield opened_client
    await opened_client.close()


@pytest.mark.parametrize("path", ["/", "/demo/phone", "/healthz", "/readyz"])
async def test_every_channel_is_mounted(client: Client, path: str) -> None:
    answer = await client.get(path)
    assert answer.status == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in answer.headers
    assert "Server" not in answer.headers
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("borne", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {METRICS}"}])
async def test_metrics_are_for_who_bears_their_token(client: Client, parts: ServerParts, borne: dict[str, str]) -> None:
    answer = await client.get("/metrics", headers=borne)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "pishkhan" not in await answer.text()
    assert (await client.get("/metrics", headers=BEARER)).status == 200
    parts.settings.metrics.token = SecretStr("")
    closed = await client_of(build_application(parts))
    for headers in (borne, BEARER, {"Authorization": "Bearer "}):
        assert (await closed.get("/metrics", headers=headers)).status == 404, "closed unless a token is set"
    await closed.close()


@pytest.mark.parametrize(("typed", "meant"), [("/staff/", "/staff"), ("/track/?code=1", "/track?code=1")])
async def test_a_slash_at_the_end_leads_to_the_page(client: Client, typed: str, meant: str) -> None:
    response = await client.get(typed, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (308, meant)
    assert (await client.get("/nowhere/", allow_redirects=False)).status == 404


async def test_a_text_is_taken_and_counted(client: Client, parts: ServerParts) -> None:
    answer = await client.post(
        INBOUND, data={"from": "09121234567", "to": "3000", "message": "راهنما", "messageid": "1"}
    )
    assert answer.status == 200
    async with asyncio.timeout(patient(5)):
        await parts.wake_events.wait_queued("sms")
    metrics = await (await client.get("/metrics", headers=BEARER)).text()
    assert 'pishkhan_inbox_messages{state="answered"} 1' in metrics
    assert 'pishkhan_outbox_messages{state="queued"} 1' in metrics
    memory = next(line for line in metrics.splitlines() if line.startswith("process_resident_memory_bytes "))
    assert float(memory.split()[1]) > 10_000_000


async def test_the_access_log_tells_routes_and_no_secrets(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pishkhan.access")
    await client.get(INBOUND + "?from=09121234567&message=hello&messageid=2")
    await client.get(f"/sms/{SECRET}/elsewhere")
    assert SECRET not in caplog.text
    assert "09121234567" not in caplog.text
    assert [record.getMessage().split()[1:4] for record in caplog.records] == [
        ["GET", "/sms/{provider}/{secret}/inbound", "200"],
        ["GET", "-", "404"],
    ]


async def broken(_request: web.Request) -> NoReturn:
    raise ValueError("the inside of the machine")


async def test_a_fault_is_logged_under_a_reference_and_not_shown(
    parts: ServerParts, caplog: pytest.LogCaptureFixture
) -> None:
    app = build_application(parts)
    app.router.add_get("/broken/{secret}", broken)
    client = await client_of(app)
    answer = await client.get(f"/broken/{SECRET}")
    told = (await answer.json())["error"]
    assert (answer.status, told["code"], told["field"]) == (500, "internal", None)
    page = await (await client.get(f"/broken/{SECRET}", headers={"Accept": "text/html"})).text()
    await client.close()
    assert 'lang="fa"' in page
    assert "inside of the machine" not in page + told["message"]
    [first, _] = caplog.records
    assert first.getMessage().endswith("in GET /broken/{secret}")
    assert first.exc_info
    assert SECRET not in first.getMessage()


async def test_a_large_body_is_refused(client: Client) -> None:
    answer = await client.post(INBOUND, data=b"from=09121234567&message=" + b"x" * LARGEST_BODY)
    assert answer.status == 413
    assert (await answer.json())["error"]["code"] == "too_large"


async def test_it_is_not_ready_on_another_schema(client: Client, town: Municipality) -> None:
    town.sql("UPDATE alembic_version SET version_num = '9999'")
    answer = await client.get("/readyz")
    told = await answer.json()
    assert (answer.status, told["status"], told["part"]) == (503, "unavailable", "schema")
    assert (await client.get("/healthz")).status == 200


async def test_the_caller_behind_a_trusted_proxy_is_seen(
    town: Municipality, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pishkhan.access")
    async with open_parts(demo(database, trusted_proxies=("127.0.0.0/8",))) as built:
        client = await client_of(build_application(built))
        answer = await client.get("/", headers={"X-Forwarded-For": "1.1.1.1, 5.6.7.8", "X-Forwarded-Proto": "https"})
        await client.close()
    assert answer.status == 200
    assert caplog.records[0].getMessage().startswith("5.6.7.8 GET / 200 ")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(("host", "strict"), [("desk.example.ir", True), ("10.0.0.5:8080", False)])
async def test_the_own_https_address_is_reached_by_tls(
    town: Municipality, database: Path, host: str, strict: bool
) -> None:
    async with open_parts(demo(database, base_url="https://desk.example.ir/")) as built:
        client = await client_of(build_application(built))
        answer = await client.get("/static/web/none", headers={"Host": host})
        await client.close()
    assert ("Strict-Transport-Security" in answer.headers) is strict


async def test_the_phone_is_there_in_demo_mode_only(town: Municipality, database: Path) -> None:
    settings = demo(database, secret_key=SecretStr("6b3f0b6f2f7c4d1e"))
    settings.demo = False
    async with open_parts(settings) as built:
        client = await client_of(build_application(built))
        assert (await client.get("/demo/phone")).status == 404
        assert (await client.get("/")).status == 200
        await client.close()


async def test_every_address_that_is_served_is_told_to_who_sets_up_a_proxy(parts: ServerParts) -> None:
    page = (Path(__file__).parents[3] / "docs" / "first-steps.md").read_text("utf-8")
    _, _, table = page.partition("\nWhich addresses must be reached, and by whom")
    told = set(re.findall(r"`/([a-z.-]*)", table.partition("\n## ")[0]))
    served = {one.canonical.split("/")[1] for one in build_application(parts).router.resources()}
    assert served | {"telegram", "bale"} == told


CHUNKED = b"Transfer-Encoding: chunked\r\n"
FRAMINGS = {
    "chunks and a length": b"Content-Length: 4\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
    "a length after chunks": CHUNKED + b"Content-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 4\r\n\r\n",
    "the same length twice": b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
    "a list of lengths": b"Content-Length: 0, 4\r\n\r\n",
    "a length with a sign": b"Content-Length: +0\r\n\r\n",
    "a length in other digits": "Content-Length: ۰\r\n\r\n".encode(),
    "a space before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a folded line": b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "an encoding that is none": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks that are not the last": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "two encodings": CHUNKED + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "a return alone": b"X: a\r" + CHUNKED + b"Content-Length: 0\r\n\r\n",
    "a line feed alone": b"X: a\nContent-Length: 0\n\n",
    "a chunk with a sign": CHUNKED + b"\r\n+0\r\n\r\n",
    "a chunk in another notation": CHUNKED + b"\r\n0x0\r\n\r\n",
    "a chunk that is longer than it says": CHUNKED + b"\r\n1\r\nabc\r\n0\r\n\r\n",
}
"""Heads after the first lines, and bodies, whose end two readers may see at two places."""

SMUGGLED = b"GET /robots.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


async def send_raw(client: Client, content: bytes) -> bytes:
    """Answer of the server until it ends the connection."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(content)
    answer = await asyncio.wait_for(reader.read(), patient(10))
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("version", "framing"),
    [
        *(("1.1", framing) for framing in FRAMINGS.values()),
        ("1.0", CHUNKED + b"Connection: keep-alive\r\n\r\n0\r\n\r\n"),
    ],
    ids=[*FRAMINGS, "chunks of a version without"],
)
async def test_a_message_whose_end_is_doubtful_is_refused_and_ends_the_connection(
    client: Client, version: str, framing: bytes
) -> None:
    answer = await send_raw(client, f"POST / HTTP/{version}\r\nHost: a\r\n".encode() + framing + SMUGGLED)
    assert answer.split(b" ", 2)[1] == b"400"
    assert len(re.findall(rb"^HTTP/1\.. [0-9]{3} ", answer, re.MULTILINE)) == 1
    assert b"Sitemap" not in answer


async def test_trace_is_refused(client: Client) -> None:
    answer = await send_raw(client, b"TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert answer.split(b" ", 2)[1] == b"405"


@pytest.mark.parametrize(
    "path",
    [
        "/static", "/static/", "/static/web", "/static/web/", "/static/admin/", "/static/portal/..",
        *(f"/static/web/{up}pages.py" for up in ("../", "%2e%2e/", "..%2f", "%2e%2e%2f", "..\\", "..%5c", "/")),
        "/static/web/%00site.css", "/static/web//etc/passwd", "/static/web/.git/config", "/.git/config", "/.env",
    ],
)  # fmt: skip
async def test_nothing_is_served_but_named_assets(client: Client, path: str) -> None:
    raw = f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
    answer = await send_raw(client, raw)
    assert answer.split(b" ", 2)[1] in {b"403", b"404"}, answer[:200]
    assert b"import" not in answer
