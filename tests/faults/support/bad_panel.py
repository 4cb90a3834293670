"""The Kavenegar panel at its worst: it may send a text again that it knows, forget what it sent, accept too late."""

import asyncio
from collections import deque
from collections.abc import Mapping

from aiohttp import web

from tests.e2e.support.sms_panel import Panel
from tests.fakes.kavenegar import Sent


class BadPanel(Panel):
    """A panel with further faults.

    Without `dedupes` each send makes a text, known `localid` or not. Without `remembers` it says of every `localid`
    that it never saw it. `late` holds seconds: so long after a send came in, whoever sent it may be gone, it is taken.
    """

    def __init__(self, *, api_key: str) -> None:
        super().__init__(api_key=api_key)
        self.dedupes = True
        self.remembers = True
        self.late: deque[float] = deque()
        self._taking: set[asyncio.Task[object]] = set()

    @property
    def repeats(self) -> int:
        """Number of texts sent again."""
        return len(self.sent) - len({sent.localid for sent in self.sent})

    def behave(self) -> None:
        """Be a good panel again, from the next call on."""
        self.faults.clear()
        self.late.clear()
        self.dedupes = self.remembers = True

    async def end(self) -> None:
        """Take nothing late any more."""
        for task in self._taking:
            task.cancel()
        await asyncio.gather(*self._taking, return_exceptions=True)

    async def _send(self, request: web.Request, fields: Mapping[str, str]) -> web.StreamResponse:
        if self.faults or not self.late:
            return await super()._send(request, fields)
        task = asyncio.create_task(self._take_late(self.late.popleft(), fields))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)
        await asyncio.shield(task)
        return await super()._send(request, fields) if self.dedupes else web.Response(status=504)

    async def _take_late(self, seconds: float, fields: Mapping[str, str]) -> None:
        await asyncio.sleep(seconds)
        self._take(fields)

    def _known(self, local_id: str) -> Sent | None:
        return super()._known(local_id) if self.dedupes else None

    async def _status_by_local_id(self, request: web.Request, fields: Mapping[str, str]) -> web.StreamResponse:
        if self.remembers:
            return await super()._status_by_local_id(request, fields)
        told, self.sent = self.sent, []  # nothing is awaited meanwhile
        try:
            return await super()._status_by_local_id(request, fields)
        finally:
            self.sent = told
