"""Asking for updates: an offset is confirmed only when everything before it is durable.

Chats are worked off beside each other and beside the asking, one chat's updates in order. What dies in the middle is
delivered again by the messenger, and recognised by the inbox. One process polls at a time: the caller holds a lease.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from telegram.error import Conflict, TelegramError

from channels.telegram.arrangement import FIRST_PAUSE_SECONDS, RetryPauses
from channels.telegram.intake import Intake
from channels.telegram.link import BotClient
from channels.telegram.reception import Reception

log = logging.getLogger(__name__)

LONGEST_REST_SECONDS = 0.25
"""Seconds between two questions while something is in work: the messenger answers each at once then, with the same
updates and what is new.
"""


async def poll_updates(bot_client: BotClient, reception: Reception, retry_pauses: RetryPauses) -> None:
    """Ask for updates and take them, until it is cut off; return when somebody else set a webhook or polls too."""
    intake = Intake(reception)
    try:
        await _poll_until_conflict(bot_client, reception, retry_pauses, intake)
    finally:
        await intake.close()


async def _poll_until_conflict(
    bot_client: BotClient, reception: Reception, retry_pauses: RetryPauses, intake: Intake
) -> None:
    offset: int | None = None
    while True:
        try:
            raw_updates = await bot_client.fetch_updates(offset)
        except TelegramError as error:
            log.warning("%s: updates cannot be had now: %s", bot_client.account.channel, type(error).__name__)
            await retry_pauses.rest_after(error)
            if isinstance(error, Conflict):
                return
            continue
        retry_pauses.reset_failures()
        _take_up_updates(reception, intake, raw_updates)
        await intake.wait_until_idle(LONGEST_REST_SECONDS)
        if intake.pop_failure_flag():
            await asyncio.sleep(FIRST_PAUSE_SECONDS)
        offset = intake.next_offset(offset)


def _take_up_updates(reception: Reception, intake: Intake, raw_updates: Sequence[Mapping[str, Any]]) -> None:
    for update_number, raw_update in sorted((int(raw_update["update_id"]), raw_update) for raw_update in raw_updates):
        if not intake.has_taken(update_number):
            intake.take_up(update_number, reception.read_update(raw_update))
