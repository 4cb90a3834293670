"""Asks a messenger for updates, over and over; an update is confirmed only when all that it does is durable.

The library's own updater confirms what lies in its queue in memory (decision 28). Whoever runs this holds a lease: of
all processes one polls.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence

from telegram import Update
from telegram.error import Conflict, RetryAfter, TelegramError

from channels.telegram.account import Account
from channels.telegram.pauses import pause_after, seconds_of
from channels.telegram.receiving import Receiver
from channels.telegram.updates import KINDS
from domain.errors import DomainError

log = logging.getLogger(__name__)

WAIT_SECONDS = 25
"""How long the messenger keeps a question without news open."""

CHATS_AT_ONCE = 8
"""So many chats of a batch are worked off beside each other: the database is everybody's."""


class Polling:
    """The poller of one bot. `fraction` is random in [0, 1): what failed together does not come back together."""

    def __init__(self, account: Account, receiver: Receiver, fraction: Callable[[], float]) -> None:
        self._account = account
        self._receiver = receiver
        self._fraction = fraction
        self._offset: int | None = None
        self._gate = asyncio.Semaphore(CHATS_AT_ONCE)

    async def run(self) -> None:
        """Poll until cancelled, which may be at any moment: what is not confirmed comes again."""
        failures = 0
        while True:
            wait = await self._round()
            if wait is None:
                failures = 0
                continue
            failures += 1
            await asyncio.sleep(max(wait, pause_after(failures, self._fraction())))

    async def _round(self) -> float | None:
        """Ask once and work off what comes; the least seconds to wait before the next time, None when all is well."""
        try:
            updates = await self._account.bot.get_updates(
                offset=self._offset, timeout=WAIT_SECONDS, allowed_updates=KINDS
            )
        except RetryAfter as error:
            return seconds_of(error)
        except Conflict:
            await self._drop_webhook()
            return 0.0
        except TelegramError as error:
            log.warning("%s gives no updates: %s", self._account.channel, type(error).__name__)
            return 0.0
        return None if await self._work_off(updates) else 0.0

    async def _drop_webhook(self) -> None:
        """A webhook of earlier days is in the way, or another poller; of the two only the webhook can be taken away."""
        log.warning("%s is asked for updates by somebody else, or has a webhook", self._account.channel)
        try:
            await self._account.bot.delete_webhook()
        except TelegramError as error:
            log.warning("%s keeps its webhook: %s", self._account.channel, type(error).__name__)

    async def _work_off(self, updates: Sequence[Update]) -> bool:
        """Work off a batch, the chats beside each other; confirm up to the first that could not be."""
        chats: defaultdict[int, list[Update]] = defaultdict(list)
        for update in updates:
            chats[update.effective_chat.id if update.effective_chat else 0].append(update)
        left = [one for rest in await asyncio.gather(*map(self._in_order, chats.values())) for one in rest]
        if updates:
            self._offset = min((one.update_id for one in left), default=updates[-1].update_id + 1)
        return not left

    async def _in_order(self, updates: Sequence[Update]) -> Sequence[Update]:
        """Work off one chat's updates; return those that are left when one could not be."""
        async with self._gate:
            for at, update in enumerate(updates):
                try:
                    await self._receiver.take(update)
                except DomainError as error:  # the database does not answer: it comes again
                    log.error("update %s could not be taken: %s", update.update_id, error)
                    return updates[at:]
        return ()
