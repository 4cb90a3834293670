"""Fetching what a person sent: outside of any unit of work, never more than a document may have."""

import asyncio

from telegram import Bot
from telegram.error import BadRequest, TelegramError

from channels.telegram.updates import RemoteFile
from domain.chats.chat import SentFile
from domain.values.files import MAX_DOCUMENT_BYTES

DOWNLOAD_TRIES = 3
PATIENCE_SECONDS = 30.0
"""Patience with a slow messenger: what the same chat sends next waits as long."""

PAUSE_SECONDS = 0.5


async def fetch_file(bot: Bot, remote_file: RemoteFile) -> SentFile:
    """Return the file with its bytes; without them when it is too large, or could not be had in three tries."""
    if remote_file.size_bytes is not None and remote_file.size_bytes > MAX_DOCUMENT_BYTES:
        return remote_file.to_sent_file(None, is_too_large=True)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await _try_download(bot, remote_file)
    except TimeoutError:
        return remote_file.to_sent_file(None)


async def _try_download(bot: Bot, remote_file: RemoteFile) -> SentFile:
    for try_number in range(DOWNLOAD_TRIES):
        try:
            telegram_file = await bot.get_file(remote_file.file_id)
            return remote_file.to_sent_file(bytes(await telegram_file.download_as_bytearray()))
        except BadRequest as error:  # larger than bots may fetch (20 MB), or gone
            return remote_file.to_sent_file(None, is_too_large="too big" in error.message)
        except TelegramError:
            await asyncio.sleep(PAUSE_SECONDS * 2**try_number)
    return remote_file.to_sent_file(None)
