"""A Bot API server on loopback: real HTTP, the methods that Pishkhan uses, their limits and errors, and Bale's ways.

    async with FakeBotApi() as telegram, FakeBotApi(bale=True) as bale:
        reza = Person(telegram, "رضا")          # tests/fakes/bot_people.py
        reza.starts()
        message = await reza.hears("سلام")

A person's doing becomes an update, which the bot asks for (`getUpdates`) or which is posted to its webhook.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Self

from aiohttp import web

from tests.fakes.bot_messenger import METHODS, TOKEN, Call, Messenger
from tests.fakes.bot_text import Refused

WAIT_SECONDS = 30.0
"""Time for something to happen before a test gives up: far more than it ever takes."""

JSON_FIELDS = {
    *("allowed_updates", "commands", "drop_pending_updates", "ok", "prices"),
    *("reply_markup", "reply_parameters", "show_alert"),
}
"""The parameters of the methods that are written as JSON even in a form."""

FaultKind = Literal["status", "slow", "cut_before", "cut_after", "garbage"]
DESCRIPTIONS = {
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Fault of one call.

    `status` answers that HTTP status (`value`; with 429, `retry_after` seconds) and does nothing. `slow` does what is
    asked and answers after `value` seconds. `cut_before` and `cut_after` break the connection with nothing done and
    all done. `garbage` does it and answers 200 with something that is no JSON. `method` and `chat` say which calls it
    meets: without them, any; `method` may be `file`, a download.
    """

    kind: FaultKind
    value: float = 0
    retry_after: int = 0
    method: str = ""
    chat: int = 0

    def meets(self, call: Call) -> bool:
        """Whether it goes wrong with this call."""
        return self.method in {"", call.method} and self.chat in {0, call.chat_id}

    def refusal(self) -> Refused:
        """Answer with a `status`."""
        status = int(self.value)
        words = DESCRIPTIONS.get(status, "Bad Request").format(retry_after=self.retry_after)
        return Refused(status, words, self.retry_after)


class FakeBotApi(Messenger):
    """The messenger on the network; `calls` holds every call, in order.

    `faults` are used up one a call, `standing` ones stay until they are taken away; `stop` and `start` are an outage
    on the same port.
    """

    def __init__(self, *, token: str = TOKEN, bale: bool = False, port: int = 0) -> None:
        super().__init__(token=token, bale=bale)
        self.calls: list[Call] = []
        self.faults: deque[Fault] = deque()
        self.standing: list[Fault] = []
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.updates.close()
        await self.stop()

    async def start(self) -> None:
        """Begin to serve; after `stop`, on the same port."""
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_route("*", r"/bot{token:[^/]+}/{method}", self._serve)
        app.router.add_get(r"/file/bot{token:[^/]+}/{path:.+}", self._download)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop serving: connections are refused."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    @property
    def base_url(self) -> str:
        """Address before a bot's token in that of a method."""
        return f"http://127.0.0.1:{self._port}/bot"

    @property
    def base_file_url(self) -> str:
        """Address before a bot's token in that of a file."""
        return f"http://127.0.0.1:{self._port}/file/bot"

    def called(self, method: str) -> list[Call]:
        """The calls of one method, in order."""
        return [call for call in self.calls if call.method == method]

    def fail_next(self, *faults: Fault, times: int = 1) -> None:
        """Let the next calls that a fault meets go wrong, one fault each, the row of them `times` over."""
        self.faults.extend(faults * times)

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[None]:
        """Let every call that the fault meets go wrong inside the block."""
        self.standing.append(fault)
        try:
            yield
        finally:
            self.standing.remove(fault)

    async def until(self, happened: Callable[[], bool], what: str) -> None:
        """Wait until `happened` is true; an AssertionError says that `what` never came."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                while not happened():
                    await self.updates.changed.wait()
        except TimeoutError:
            raise AssertionError(f"{what} did not come within {WAIT_SECONDS:.0f} s") from None

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        named = request.match_info["method"]
        call = Call(METHODS.get(named.lower(), named), await _fields(request))
        fault = self._note(call)
        if request.match_info["token"] != self.token:
            return _refusal(Refused(401, "Unauthorized"))
        if fault and fault.kind in {"status", "cut_before"}:
            return _refusal(fault.refusal()) if fault.kind == "status" else _cut(request)
        try:
            answer = web.json_response({"ok": True, "result": await self.carry_out(call)})
        except Refused as refused:
            answer = _refusal(refused)
        return await _spoilt(request, fault, answer) if fault else answer

    async def _download(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        fault = self._note(Call("file", {"path": path}))
        stored = [file for file in self.files.values() if file.path == path]
        if request.match_info["token"] != self.token or not stored:
            return _refusal(Refused(404, "Not Found"))
        if fault and fault.kind in {"status", "cut_before"}:
            return _refusal(fault.refusal()) if fault.kind == "status" else _cut(request)
        answer = web.Response(body=stored[0].content, content_type="application/octet-stream")
        return await _spoilt(request, fault, answer) if fault else answer

    def _note(self, call: Call) -> Fault | None:
        """Note a call and say what goes wrong with it."""
        self.calls.append(call)
        self.updates.wake()
        fault = next((one for one in (*self.standing, *self.faults) if one.meets(call)), None)
        if fault and fault not in self.standing:
            self.faults.remove(fault)
        return fault


async def _fields(request: web.Request) -> dict[str, Any]:
    """The parameters from the query and the body, whatever it is; what is JSON is read."""
    body = await (request.json() if request.content_type == "application/json" else request.post())
    fields: dict[str, Any] = {**request.query, **body}
    return {name: json.loads(value) if _is_json(name, value) else value for name, value in fields.items()}


def _is_json(name: str, value: Any) -> bool:
    return name in JSON_FIELDS and isinstance(value, str)


def _refusal(refused: Refused) -> web.Response:
    told: dict[str, Any] = {"ok": False, "error_code": refused.status, "description": refused.description}
    if refused.retry_after:
        told["parameters"] = {"retry_after": refused.retry_after}
    return web.json_response(told, status=refused.status)


async def _spoilt(request: web.Request, fault: Fault, answer: web.Response) -> web.StreamResponse:
    """An answer to a call that was carried out, as it reaches the bot."""
    if fault.kind == "slow":
        await asyncio.sleep(fault.value)
        return answer
    return (
        _cut(request) if fault.kind == "cut_after" else web.Response(text='{"ok": tr', content_type="application/json")
    )


def _cut(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()
