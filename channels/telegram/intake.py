"""Updates in work: chats beside each other, the updates of one chat one after another, and what can be confirmed.

A messenger confirms by an offset, and so everything before it at once. Behind an update that takes long (its file is
fetched) others are taken and kept all the same; they are only confirmed later, and known by their numbers when the
messenger tells them again.
"""

import asyncio
import logging
from collections import deque

from channels.telegram.reception import Reception
from channels.telegram.updates import Incoming
from domain.values.errors import DomainError

log = logging.getLogger(__name__)


class Intake:
    """Takes the updates that one poller gets."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._waiting: dict[str, deque[Incoming]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._in_work: set[int] = set()
        self._undone: set[int] = set()
        self._done: set[int] = set()
        self._failed = False

    def knows(self, number: int) -> bool:
        """Tell whether an update is in work or was done."""
        return number in self._in_work or number in self._done

    def add(self, number: int, incoming: Incoming | None) -> None:
        """Take up an update; one for which there is nothing to do (None) is done."""
        if incoming is None:
            self._done.add(number)
            return
        self._undone.add(number)
        self._in_work.add(number)
        self._waiting.setdefault(incoming.chat_id, deque()).append(incoming)
        if incoming.chat_id not in self._workers:
            self._workers[incoming.chat_id] = asyncio.create_task(self._work_off(incoming.chat_id))

    async def rest(self, seconds: float) -> None:
        """Wait until nothing is in work, at most so long."""
        if self._workers:
            await asyncio.wait(list(self._workers.values()), timeout=seconds)

    def offset(self, offset: int | None) -> int | None:
        """Return the offset that confirms what is durable, `offset` being the last: what is not is told again."""
        if not self._undone and not self._done:
            return offset
        least = min(self._undone) if self._undone else max(self._done) + 1
        self._done = {number for number in self._done if number >= least}
        return least

    def failed(self) -> bool:
        """Tell, once, whether something could not be kept since this was asked last."""
        failed, self._failed = self._failed, False
        return failed

    async def close(self) -> None:
        """Cut off what is in work: it was not confirmed, and is told again."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work_off(self, chat_id: str) -> None:
        """Take what waits of a chat, in order; after one that could not be kept all behind it is told again."""
        waiting = self._waiting[chat_id]
        try:
            while waiting:
                await self._reception.take(waiting[0])
                number = waiting.popleft().number
                self._in_work.remove(number)
                self._undone.remove(number)
                self._done.add(number)
        except Exception as error:
            self._failed = True
            fault = not isinstance(error, DomainError)
            log.error(
                "updates from %s on could not be kept: %s", waiting[0].number, type(error).__name__, exc_info=fault
            )
        finally:
            self._in_work -= {one.number for one in waiting}
            del self._waiting[chat_id], self._workers[chat_id]
