"""Asking for updates: an offset is confirmed only when everything before it is durable.

Chats are worked off beside each other and beside the asking, one chat's updates in order. What dies in the middle is
told again by the messenger, and known by the inbox. One process polls at a time: the caller holds a lease.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from telegram.error import Conflict, TelegramError

from channels.telegram.arrangement import FIRST_PAUSE, Pauses
from channels.telegram.intake import Intake
from channels.telegram.link import BotClient
from channels.telegram.reception import Reception

log = logging.getLogger(__name__)

MOST_REST = 0.25
"""Seconds between two questions while something is in work: the messenger answers each at once then, with the same
updates and what is new.
"""


async def poll(link: BotClient, reception: Reception, pauses: Pauses) -> None:
    """Ask for updates and take them, until it is cut off; return when somebody else set a webhook or polls too."""
    intake = Intake(reception)
    try:
        await _polled(link, reception, pauses, intake)
    finally:
        await intake.close()


async def _polled(link: BotClient, reception: Reception, pauses: Pauses, intake: Intake) -> None:
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
        _take_up(reception, intake, raw)
        await intake.rest(MOST_REST)
        if intake.failed():
            await asyncio.sleep(FIRST_PAUSE)
        offset = intake.offset(offset)


def _take_up(reception: Reception, intake: Intake, raw: Sequence[Mapping[str, Any]]) -> None:
    for number, one in sorted((int(one["update_id"]), one) for one in raw):
        if not intake.knows(number):
            intake.add(number, reception.read(one))
