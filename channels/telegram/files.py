"""Fetching what a person sent: outside of any unit of work, never more than a document may have."""

import asyncio

from telegram import Bot
from telegram.error import BadRequest, TelegramError

from channels.telegram.updates import FileThere
from domain.chats.chat import SentFile
from domain.requests.documents import MAX_BYTES

TRIES = 3
PATIENCE_SECONDS = 30.0
"""However slow a messenger is: what the same chat sends next waits as long."""

PAUSE_SECONDS = 0.5


async def fetched(bot: Bot, file: FileThere) -> SentFile:
    """Return the file with its bytes; without them when it is too large, or could not be had in three tries."""
    if file.size is not None and file.size > MAX_BYTES:
        return SentFile(file.name, None, too_large=True, caption=file.caption)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await _tried(bot, file)
    except TimeoutError:
        return SentFile(file.name, None, caption=file.caption)


async def _tried(bot: Bot, file: FileThere) -> SentFile:
    for attempt in range(TRIES):
        try:
            there = await bot.get_file(file.file_id)
            return SentFile(file.name, bytes(await there.download_as_bytearray()), caption=file.caption)
        except BadRequest as error:  # larger than bots may fetch (20 MB), or gone
            return SentFile(file.name, None, too_large="too big" in error.message, caption=file.caption)
        except TelegramError:
            await asyncio.sleep(PAUSE_SECONDS * 2**attempt)
    return SentFile(file.name, None, caption=file.caption)
