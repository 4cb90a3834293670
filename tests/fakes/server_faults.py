"""Faults of a call of a fake server, whatever the server is: a bank, an SMS panel."""

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from aiohttp import web

HUGE_LENGTH = 100 * 1024 * 1024
_T = TypeVar("_T")


class ServerFault(StrEnum):
    """Fault of one call."""

    SILENT_BEFORE = "silent_before"
    SILENT_AFTER = "silent_after"
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"
    CUT_WITHIN = "cut_within"
    """The server acts, and the connection breaks in the middle of its answer."""
    HUGE = "huge"
    """The server acts, and its answer is 100 MB long."""
    NONSENSE = "nonsense"
    """The server acts, and answers 200 with a page of HTML."""
    SERVER_ERROR = "server_error"
    """The server does not act, and answers 502 with a page of HTML."""
    REDIRECT = "redirect"
    """The server does not act, and sends to another address."""
    COMPRESSED = "compressed"
    """The server acts, and its answer is a small archive of something very long."""

    @property
    def keeps_from_acting(self) -> bool:
        """Whether the server has done nothing."""
        return self in {self.SILENT_BEFORE, self.CUT_BEFORE, self.SERVER_ERROR, self.REDIRECT}

    @property
    def is_silent(self) -> bool:
        """Whether the client has to wait until it loses patience."""
        return self in {self.SILENT_BEFORE, self.SILENT_AFTER}


_STATUS_AND_HEADERS: Mapping[ServerFault, tuple[int, Mapping[str, str]]] = {
    ServerFault.SERVER_ERROR: (502, {}),
    ServerFault.REDIRECT: (307, {"Location": "/elsewhere"}),
    ServerFault.COMPRESSED: (200, {"Content-Encoding": "gzip"}),
}


class FailingAnswers:
    """Answers calls as a fault says."""

    def __init__(self) -> None:
        self.bytes_sent = 0
        self._closing = asyncio.Event()

    def end_waiting(self) -> None:
        """Let calls end that are kept waiting: the server closes."""
        self._closing.set()

    async def go_wrong(self, request: web.Request, fault: ServerFault, body: Any = b"") -> web.StreamResponse:
        """Answer a call; `body` is what the server would have answered."""
        match fault:
            case ServerFault.SILENT_BEFORE | ServerFault.SILENT_AFTER:
                await self._closing.wait()
            case ServerFault.CUT_BEFORE | ServerFault.CUT_AFTER:
                cut_connection(request)
            case ServerFault.CUT_WITHIN:
                await _answer_half(request, bytes(body))
            case ServerFault.HUGE:
                await self._answer_without_end(request)
        status, headers = _STATUS_AND_HEADERS.get(fault, (200, {}))
        return web.Response(text="<html>not now</html>", status=status, headers=headers, content_type="text/html")

    async def _answer_without_end(self, request: web.Request) -> None:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        chunk = b" " * 65_536
        with contextlib.suppress(ConnectionError):
            for _ in range(HUGE_LENGTH // len(chunk)):
                await response.write(chunk)
                self.bytes_sent += len(chunk)
            await response.write(b"{}")


class FaultGate:
    """Stands in front of a fake server as a middleware, and lets its next calls go wrong. Calls are known by the begin
    of their path.
    """

    def __init__(self) -> None:
        self.failing_answers = FailingAnswers()
        self.paths: list[str] = []
        """The paths of all calls, in order."""
        self._faults: defaultdict[str, deque[ServerFault]] = defaultdict(deque)
        self._bodies: defaultdict[str, deque[bytes]] = defaultdict(deque)

    def fail_next(self, path: str, fault: ServerFault, *, times: int = 1) -> None:
        """Let something go wrong with the next calls of a path."""
        self._faults[path].extend([fault] * times)

    def answer_next(self, path: str, body: bytes) -> None:
        """Answer the next call of a path with this body, without acting."""
        self._bodies[path].append(body)

    @web.middleware
    async def middleware(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Let a call through, or let it go wrong."""
        self.paths.append(request.path)
        body = _take_first(self._bodies, request.path)
        if body is not None:
            return web.Response(body=body, content_type="application/json")
        fault = _take_first(self._faults, request.path)
        if fault and fault.keeps_from_acting:
            return await self.failing_answers.go_wrong(request, fault)
        response = await handler(request)
        if not fault:
            return response
        assert isinstance(response, web.Response)
        return await self.failing_answers.go_wrong(request, fault, response.body)


def cut_connection(request: web.Request) -> None:
    """Break the connection of a call."""
    assert request.transport
    request.transport.abort()


async def _answer_half(request: web.Request, body: bytes) -> None:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    cut_connection(request)


def _take_first(queues: Mapping[str, deque[_T]], path: str) -> _T | None:
    queue = next((queue for prefix, queue in queues.items() if path.startswith(prefix) and queue), None)
    return queue.popleft() if queue else None
