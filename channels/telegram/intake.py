"""Updates in work: chats beside each other, the updates of one chat one after another, and what can be confirmed.

A messenger confirms by an offset, and so everything before it at once. Behind an update that takes long (its file is
fetched) others are taken and kept all the same; they are only confirmed later, and known by their numbers when the
messenger delivers them again.
"""

import asyncio
import logging
from collections import deque

from channels.telegram.payment_updates import PaymentUpdate
from channels.telegram.reception import Reception
from channels.telegram.updates import IncomingUpdate
from domain.values.errors import DomainError

log = logging.getLogger(__name__)

TakenUpdate = IncomingUpdate | PaymentUpdate


class Intake:
    """Takes the updates that one poller gets."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._waiting_by_chat: dict[str, deque[TakenUpdate]] = {}
        self._workers_by_chat: dict[str, asyncio.Task[None]] = {}
        self._numbers_in_work: set[int] = set()
        self._undone_numbers: set[int] = set()
        self._done_numbers: set[int] = set()
        self._has_failed = False

    def has_taken(self, update_number: int) -> bool:
        """Return whether an update is in work or was done."""
        return update_number in self._numbers_in_work or update_number in self._done_numbers

    def take_up(self, update_number: int, incoming_update: TakenUpdate | None) -> None:
        """Take up an update; one for which there is nothing to do (None) is done."""
        if incoming_update is None:
            self._done_numbers.add(update_number)
            return
        self._undone_numbers.add(update_number)
        self._numbers_in_work.add(update_number)
        self._waiting_by_chat.setdefault(incoming_update.chat_id, deque()).append(incoming_update)
        if incoming_update.chat_id not in self._workers_by_chat:
            self._workers_by_chat[incoming_update.chat_id] = asyncio.create_task(
                self._process_chat(incoming_update.chat_id)
            )

    async def wait_until_idle(self, longest_seconds: float) -> None:
        """Wait until nothing is in work, at most so long."""
        if self._workers_by_chat:
            await asyncio.wait(list(self._workers_by_chat.values()), timeout=longest_seconds)

    def next_offset(self, last_offset: int | None) -> int | None:
        """Return the offset that confirms what is durable, `last_offset` being the last: what is not is delivered
        again.
        """
        if not self._undone_numbers and not self._done_numbers:
            return last_offset
        lowest_undone = min(self._undone_numbers) if self._undone_numbers else max(self._done_numbers) + 1
        self._done_numbers = {update_number for update_number in self._done_numbers if update_number >= lowest_undone}
        return lowest_undone

    def pop_failure_flag(self) -> bool:
        """Return, once, whether something could not be stored since this was asked last."""
        has_failed, self._has_failed = self._has_failed, False
        return has_failed

    async def close(self) -> None:
        """Cut off what is in work: it was not confirmed, and is delivered again."""
        worker_tasks = list(self._workers_by_chat.values())
        for worker_task in worker_tasks:
            worker_task.cancel()
        await asyncio.gather(*worker_tasks, return_exceptions=True)

    async def _process_chat(self, chat_id: str) -> None:
        """Take what waits of a chat, in order; after one that could not be stored all behind it is delivered again."""
        waiting_updates = self._waiting_by_chat[chat_id]
        try:
            while waiting_updates:
                await self._reception.take_update(waiting_updates[0])
                update_number = waiting_updates.popleft().update_number
                self._numbers_in_work.remove(update_number)
                self._undone_numbers.remove(update_number)
                self._done_numbers.add(update_number)
        except Exception as error:
            self._has_failed = True
            is_fault = not isinstance(error, DomainError)
            log.error(
                "updates from %s on could not be kept: %s",
                waiting_updates[0].update_number,
                type(error).__name__,
                exc_info=is_fault,
            )
        finally:
            self._numbers_in_work -= {waiting_update.update_number for waiting_update in waiting_updates}
            del self._waiting_by_chat[chat_id], self._workers_by_chat[chat_id]
