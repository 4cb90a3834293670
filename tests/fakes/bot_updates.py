"""Updates of a messenger for a bot: the queue of updates, asked for by `getUpdates` or posted to a webhook."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from tests.fakes.bot_text import Refused

FIRST_UPDATE_ID = 740_000_000
RETRY_SECONDS = 0.05
"""Time until the messenger posts again what was not answered by 2xx; the real ones take longer."""

WEBHOOK_ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it first"
OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(frozen=True, slots=True)
class Update:
    """One update: its id, its kind (`message`, `callback_query` …), the chat that it is of, and its content."""

    update_id: int
    kind: str
    chat_id: int
    content: Mapping[str, Any]

    def json(self) -> dict[str, Any]:
        """As the messenger tells it."""
        return {"update_id": self.update_id, self.kind: self.content}


@dataclass(frozen=True, slots=True)
class Webhook:
    """Address for posting updates. `secret` goes into a header (not in Bale); `gate` lets so many posts out at once."""

    url: str
    secret: str
    gate: asyncio.Semaphore


@dataclass(frozen=True, slots=True)
class Delivery:
    """One post to the webhook: which update, where to, and the HTTP status; 0 when no answer came."""

    update_id: int
    address: str
    status: int


@dataclass(slots=True)
class Updates:
    """The updates of one bot that are not confirmed yet.

    `front` are the servers behind the webhook's public address, tried in turn: without any it is posted to as it is.
    `deliveries` holds every post. One chat's updates are posted in order, each after the one before was taken; those
    of several chats at once. An update that is not answered by 2xx within `patience` seconds is posted again.
    """

    allowed: frozenset[str] | None = None
    webhook: Webhook | None = None
    front: Sequence[str] = ()
    patience: float = 10.0
    pending: list[Update] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: "count[int]" = field(default_factory=lambda: count(FIRST_UPDATE_ID))
    _turns: "count[int]" = field(default_factory=count)
    _lines: defaultdict[int, deque[Update]] = field(default_factory=lambda: defaultdict(deque))
    _posting: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _poll: asyncio.Future[None] | None = None
    _session: ClientSession | None = None

    def wake(self) -> None:
        """Tell everybody who waits that something happened."""
        self.changed.set()
        self.changed = asyncio.Event()

    def add(self, kind: str, chat_id: int, content: Mapping[str, Any]) -> Update:
        """Make an update and take it in, unless the bot does not want its kind."""
        update = Update(next(self._ids), kind, chat_id, content)
        if self.allowed is None or kind in self.allowed:
            self.pending.append(update)
            if self.webhook:
                self._line_up(update)
            self.wake()
        return update

    async def poll(self, offset: int | None, limit: int, seconds: float) -> Sequence[Update]:
        """Answer of `getUpdates`; an offset confirms everything before it."""
        if self.webhook:
            raise Refused(409, WEBHOOK_ACTIVE)
        if self._poll and not self._poll.done():
            self._poll.set_result(None)
        mine = self._poll = asyncio.get_running_loop().create_future()
        self._confirm(offset)
        end = asyncio.get_running_loop().time() + seconds
        while not self.pending and (left := end - asyncio.get_running_loop().time()) > 0:
            changed = asyncio.ensure_future(self.changed.wait())
            await asyncio.wait({changed, mine}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            changed.cancel()
            if mine.done() or self.webhook:
                raise Refused(409, OTHER_POLLER if mine.done() else WEBHOOK_ACTIVE)
        if self._poll is mine:
            self._poll = None
        return self.pending[:limit]

    def _confirm(self, offset: int | None) -> None:
        if offset is None:
            return
        if offset < 0:
            self.pending = self.pending[offset:]
        self.pending = [update for update in self.pending if update.update_id >= offset]
        self.wake()

    def set_webhook(self, webhook: Webhook | None, *, drop: bool = False) -> None:
        """Post updates from now on, those that wait first, or (without a webhook) keep them for `getUpdates`. One that
        is on its way when the same webhook is set again is not posted twice.
        """
        if drop:
            self.pending.clear()
        if drop or webhook is None:
            self._lines.clear()
        self.webhook = webhook
        if webhook:
            for update in self.pending:
                if update not in self._lines[update.chat_id]:
                    self._line_up(update)
        self.wake()

    async def post_again(self, update: Update, address: str | None = None) -> int:
        """Post an update that was posted before, as a messenger does that lost the answer; the HTTP status."""
        assert self.webhook
        return await self._post(update, self.webhook, address)

    async def close(self) -> None:
        """Stop posting."""
        posting = list(self._posting.values())
        for task in posting:
            task.cancel()
        await asyncio.gather(*posting, return_exceptions=True)
        if self._session:
            await self._session.close()

    def _line_up(self, update: Update) -> None:
        self._lines[update.chat_id].append(update)
        if update.chat_id not in self._posting:
            self._posting[update.chat_id] = asyncio.create_task(self._post_line(update.chat_id))

    async def _post_line(self, chat_id: int) -> None:
        try:
            while (line := self._lines[chat_id]) and (webhook := self.webhook):
                update = line[0]
                if not 200 <= await self._post(update, webhook) < 300:
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                self.pending = [one for one in self.pending if one is not update]
                if line and line[0] is update:
                    line.popleft()
                self.wake()
        finally:
            self._posting.pop(chat_id, None)

    async def _post(self, update: Update, webhook: Webhook, address: str | None = None) -> int:
        self._session = self._session or ClientSession()
        public = URL(webhook.url)
        front = address or (self.front[next(self._turns) % len(self.front)] if self.front else str(public.origin()))
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        try:
            async with (
                webhook.gate,
                self._session.post(
                    URL(front).join(public.relative()),
                    json=update.json(),
                    headers=headers,
                    timeout=ClientTimeout(self.patience),
                ) as answer,
            ):
                status = answer.status
        except (ClientError, TimeoutError):
            status = 0
        self.deliveries.append(Delivery(update.update_id, front, status))
        self.wake()
        return status
