"""Asking for updates: an offset is confirmed only when everything before it is durable.

Chats are worked off beside each other, one chat's updates in order. What dies in the middle is told again by the
messenger, and known by the inbox. One process polls at a time: the caller holds a lease.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from telegram.error import Conflict, TelegramError

from channels.telegram.arrangement import FIRST_PAUSE, Pauses
from channels.telegram.link import Link
from channels.telegram.reception import Reception
from channels.telegram.updates import Incoming
from domain.errors import DomainError

log = logging.getLogger(__name__)

CHATS_AT_ONCE = 8


async def poll(link: Link, reception: Reception, pauses: Pauses) -> None:
    """Ask for updates and take them, until it is cut off; return when somebody else set a webhook or polls too."""
    offset: int | None = None
    while True:
        try:
            raw = await link.updates(offset)
        except TelegramError as error:
            log.warning("%s: updates cannot be had now: %s", link.account.channel, type(error).__name__)
            await pauses.rest_after(error)
            if isinstance(error, Conflict):
                return
            continue
        pauses.forget()
        if raw:
            offset = await _confirmable(reception, raw)


async def _confirmable(reception: Reception, raw: Sequence[Mapping[str, Any]]) -> int:
    """Take updates, and return the offset that confirms those which are durable: what follows is told again."""
    lost = await _taken(reception, [one for one in map(reception.read, raw) if one is not None])
    if lost is None:
        return max(int(one["update_id"]) for one in raw) + 1
    log.error("updates from %s on could not be kept; they are asked for again", lost)
    await asyncio.sleep(FIRST_PAUSE)
    return lost


async def _taken(reception: Reception, updates: Sequence[Incoming]) -> int | None:
    """Take updates; return the number of the first that could not be kept, None when all are."""
    chats: defaultdict[str, list[Incoming]] = defaultdict(list)
    for one in sorted(updates, key=lambda one: one.number):
        chats[one.chat_id].append(one)
    gate = asyncio.Semaphore(CHATS_AT_ONCE)

    async def take_in_order(of_chat: list[Incoming]) -> int | None:
        async with gate:
            for one in of_chat:
                try:
                    await reception.take(one)
                except DomainError:  # the database does not answer: nothing was done of it
                    return one.number
        return None

    ends = await asyncio.gather(*map(take_in_order, chats.values()))
    return min((end for end in ends if end is not None), default=None)
