"""The fake panel itself: it refuses what the real one refuses, posts webhooks, and runs as a process of its own."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from tests.fakes import kavenegar
from tests.fakes.kavenegar import FakeKavenegar, Method, Webhooks


async def call(fake: FakeKavenegar, method: str, **fields: str) -> tuple[int, Any]:
    """The HTTP status and the entries of one call."""
    async with (
        ClientSession() as session,
        session.get(f"{fake.base_url}/v1/{fake.api_key}/{method}.json", params=fields) as response,
    ):
        answer = await response.json()
        assert answer["return"]["status"] == response.status
        return response.status, answer["entries"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"message": "x"}, 406),
        ({"receptor": "0912", "message": "x"}, 411),
        ({"receptor": "09121234567", "message": "x", "sender": "3000"}, 412),
        ({"receptor": "09121234567", "message": ""}, 413),
        ({"receptor": "09121234567", "message": "x" * 901}, 413),
        ({"receptor": ",".join(["09121234567"] * 201), "message": "x"}, 414),
        ({"receptor": "09121234567", "message": "x" * 900}, 200),
    ],
)
async def test_it_refuses_what_the_panel_refuses(fields: dict[str, str], status: int) -> None:
    async with FakeKavenegar() as fake:
        assert (await call(fake, "sms/send", **fields))[0] == status
        assert len(fake.sent) == (status == 200)


async def test_it_takes_a_local_id_once_and_counts_parts_and_credit() -> None:
    async with FakeKavenegar() as fake:
        before = fake.credit
        fields = {"receptor": "09121234567,09121234568", "message": "س" * 71, "localid": "1,2"}
        answers = [await call(fake, "sms/send", **fields) for _ in range(2)]
        assert answers[0] == answers[1]
        assert [(sent.localid, sent.receptor) for sent in fake.sent] == [("1", "09121234567"), ("2", "09121234568")]
        assert fake.parts == 4
        _, info = await call(fake, "account/info")
        assert info["remaincredit"] == before - sum(sent.cost for sent in fake.sent)


async def test_texts_wait_until_they_are_asked_for_and_unknown_methods_are_told() -> None:
    async with FakeKavenegar() as fake:
        fake.keep_inbound("09121234567", "پیگیری")
        asked = [await call(fake, "sms/receive", linenumber="10004346", isread=read) for read in ("0", "0", "1")]
        assert [[entry["message"] for entry in entries] for _, entries in asked] == [["پیگیری"], [], ["پیگیری"]]
        assert await call(fake, "sms/nothing") == (404, None)


@asynccontextmanager
async def listener() -> AsyncIterator[tuple[str, list[tuple[str, str, dict[str, str]]]]]:
    """A system under test that notes what comes in: (method, last part of the path, fields)."""
    seen: list[tuple[str, str, dict[str, str]]] = []

    async def take(request: web.Request) -> web.Response:
        form = request.query if request.method == "GET" else await request.post()
        seen.append((request.method, request.match_info["kind"], {name: str(form[name]) for name in form}))
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_route("*", "/sms/kavenegar/secret/{kind}", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/sms/kavenegar/secret", seen
    await runner.cleanup()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_webhooks_go_out_repeated_and_in_any_order(method: Method) -> None:
    async with listener() as (base_url, seen):
        webhooks = Webhooks(base_url)
        answers = await webhooks.inbound("09121234567", "لودر ۴ ساعت", messageid=5, method=method, copies=5)
        fields = {"from": "09121234567", "to": "10004346", "message": "لودر ۴ ساعت", "messageid": "5"}
        assert seen == [(method, "inbound", fields)] * 5
        assert answers == [(200, "ok")] * 5
        seen.clear()
        await webhooks.receipts([(1, 4), (1, 10)], method=method, copies=2, reverse=True)
        assert [kind for _, kind, _ in seen] == ["delivery"] * 4
        assert [(form["messageid"], form["status"]) for *_, form in seen] == [("1", "10")] * 2 + [("1", "4")] * 2


async def test_it_runs_by_itself_and_is_steered_over_http() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(kavenegar.__file__)), "--key", "k", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        base_url = (await process.stdout.readline()).decode().strip()
        async with ClientSession(base_url) as session:
            await session.post("/_control/faults", json=[{"kind": "status", "value": 409, "times": 2}])
            form = {"receptor": "09121234567", "message": "سلام", "localid": "7"}
            statuses = [(await session.post("/v1/k/sms/send.json", data=form)).status for _ in range(3)]
            [sent] = await (await session.get("/_control/sent")).json()
            await session.post("/_control/statuses", json={str(sent["messageid"]): 14})
            asked = await session.post("/v1/k/sms/statuslocalmessageid.json", data={"localid": "7"})
            [entry] = (await asked.json())["entries"]
            calls = await (await session.get("/_control/calls")).json()
        assert statuses == [409, 409, 200]
        assert (sent["localid"], sent["message"], sent["parts"]) == ("7", "سلام", 1)
        assert (entry["localid"], entry["status"], entry["messageid"]) == ("7", 14, sent["messageid"])
        assert [one["method"] for one in calls] == ["sms/send"] * 3 + ["sms/statuslocalmessageid"]
    finally:
        process.terminate()
        await process.wait()
