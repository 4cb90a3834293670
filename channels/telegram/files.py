"""Files that citizens send, fetched from the messenger before any unit of work is open."""

from dataclasses import dataclass

from telegram import Bot
from telegram.error import TelegramError

from channels.telegram.account import FILE_SECONDS
from domain.documents import MAX_BYTES


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file's content; None when it is too large, or could not be had."""

    content: bytes | None
    too_large: bool = False


async def fetched(bot: Bot, file_id: str, size: int | None) -> Fetched:
    """Fetch a file; one that is said to be, or is, larger than a document may be, is not kept."""
    if (size or 0) > MAX_BYTES:
        return Fetched(None, too_large=True)
    try:
        file = await bot.get_file(file_id)
        if (file.file_size or 0) > MAX_BYTES:
            return Fetched(None, too_large=True)
        content = bytes(await file.download_as_bytearray(read_timeout=FILE_SECONDS))
    except TelegramError:
        return Fetched(None)
    return Fetched(None, too_large=True) if len(content) > MAX_BYTES else Fetched(content)
