"""The one way to call a bank: what is read of an answer, what never is, and what stands in the log."""

import asyncio
import json
import logging
import resource
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from domain.gateways.gateway import NOT_CONNECTED, TIMED_OUT, UNREADABLE
from payments.http_client import LARGEST_ANSWER, BankClient, parse_object

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
TOKEN = "s3cret-token"
MOST_MEMORY = 60 * 1024
"""KB that a call may add to the process at its height; the answer that it is given has 100 MB."""


@pytest.fixture
async def client() -> AsyncIterator[BankClient]:
    """A client with half a second of patience."""
    made = BankClient("sahel", connect_timeout=0.5, total_timeout=0.5)
    yield made
    await made.close()


class OneHandler:
    """A server of one handler."""

    def __init__(self, handler: Handler) -> None:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", handler)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aexit__(self, *exception: object) -> None:
        await self._runner.cleanup()


async def test_an_object_is_an_answer_whatever_its_status(client: BankClient) -> None:
    async def refuse(request: web.Request) -> web.StreamResponse:
        assert request.headers["Accept-Encoding"] == "identity"
        return web.json_response(await request.json(), status=422)

    async with OneHandler(refuse) as address:
        response = await client.post_json(address, {"code": -9})
    assert (response.document, response.unanswered) == ({"code": -9}, None)


async def test_the_byte_order_mark_of_some_servers_is_no_nonsense() -> None:
    assert parse_object(b'\xef\xbb\xbf{"ResCode": 0}') == {"ResCode": 0}


@pytest.mark.parametrize("body", [b"[1]", b"", b"{\xff}", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 50_000, b"nan"])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_object(body)


@pytest.mark.parametrize(("length", "unanswered"), [(LARGEST_ANSWER, None), (LARGEST_ANSWER + 1, UNREADABLE)])
async def test_so_much_is_read_and_no_more(client: BankClient, length: int, unanswered: str | None) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b'{"a": "' + b"x" * (length - 9) + b'"}')

    async with OneHandler(answer) as address:
        assert (await client.post_json(address, {})).unanswered == unanswered


async def test_an_answer_of_a_hundred_megabytes_takes_no_memory(client: BankClient) -> None:
    sent = 0

    async def flood(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1600):
            await response.write(b" " * 65_536)
            sent += 65_536
        return response

    async with OneHandler(flood) as address:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert (await client.post_json(address, {})).unanswered == UNREADABLE
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY
    assert sent < 20 * 1024 * 1024


async def test_a_trickle_is_cut_when_the_time_is_over(client: BankClient) -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)

    async with OneHandler(trickle) as address:
        assert (await client.post_json(address, {})).unanswered == TIMED_OUT


async def test_no_redirect_is_followed_and_no_cookie_kept(client: BankClient) -> None:
    seen = []

    async def redirect(request: web.Request) -> web.StreamResponse:
        seen.append((request.path, dict(request.cookies)))
        response = web.json_response({"code": 100}, status=302, headers={"Location": "/elsewhere"})
        response.set_cookie("session", "1")
        return response

    async with OneHandler(redirect) as address:
        assert [(await client.post_json(f"{address}/a", {})).unanswered for _ in range(2)] == [UNREADABLE] * 2
    assert seen == [("/a", {})] * 2


async def test_a_proxy_of_the_environment_is_not_used(client: BankClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response({})

    async with OneHandler(answer) as address:
        assert (await client.post_json(address, {})).unanswered is None


async def test_each_call_has_a_connection_of_its_own(client: BankClient) -> None:
    """One that was kept may be cut without the bank having seen the call, and nobody could tell."""
    ports = set()

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport
        ports.add(request.transport.get_extra_info("peername")[1])
        return web.json_response({})

    async with OneHandler(answer) as address:
        for _ in range(3):
            await client.post_json(address, {})
    assert len(ports) == 3


async def test_failures_are_told_apart_and_logged_without_what_is_secret(
    client: BankClient, caplog: pytest.LogCaptureFixture
) -> None:
    async def hang(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    async def cut(request: web.Request) -> web.StreamResponse:
        assert request.transport
        request.transport.abort()
        return web.Response()

    caplog.set_level(logging.DEBUG)
    ends = [(await client.post_json(f"http://127.0.0.1:1/{TOKEN}/v?t={TOKEN}", {"key": TOKEN})).unanswered]
    for handler in (hang, cut):
        async with OneHandler(handler) as address:
            ends.append((await client.post_json(f"{address}/{TOKEN}/v?t={TOKEN}", {"key": TOKEN})).unanswered)
    assert ends == [NOT_CONNECTED, TIMED_OUT, TIMED_OUT]
    lines = [record.getMessage() for record in caplog.records if record.name == "payments.http_client"]
    assert [line.split(" (")[0] for line in lines] == [f"gateway sahel: v: {end}" for end in ends]
    assert TOKEN not in caplog.text


async def test_a_name_that_does_not_resolve_is_no_connection(client: BankClient) -> None:
    assert (await client.post_json("http://bank.invalid/", {})).unanswered in {NOT_CONNECTED, TIMED_OUT}


async def test_letters_of_any_script_arrive(client: BankClient) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.Response(body=json.dumps(await request.json(), ensure_ascii=False).encode())

    async with OneHandler(echo) as address:
        response = await client.post_json(address, {"text": "عوارض نوسازی 🏠"})
    assert response.document == {"text": "عوارض نوسازی 🏠"}
