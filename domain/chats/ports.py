"""What chats need of the store."""

from datetime import datetime
from typing import Protocol

from domain.chats.chat import Chat, ChatAddress, MobileProof


class Chats(Protocol):
    """Chats, and where people want their notices."""

    async def get(self, channel: str, chat_id: str) -> Chat | None:
        """Return a chat."""
        ...

    async def put(self, chat: Chat) -> None:
        """Store a new or changed chat."""
        ...

    async def linked(self, channel: str, mobile: str) -> list[Chat]:
        """Return the chats of a messenger that have this mobile."""
        ...

    async def ways_to(self, mobile: str, request_id: int | None) -> list[ChatAddress]:
        """Return every active chat of a mobile."""
        ...

    async def blocked(self, channel: str, chat_id: str, now: datetime) -> None:
        """Note that the bot may not write to a chat any more, or that the chat is gone."""
        ...

    async def choose(self, mobile: str, channel: str | None, now: datetime) -> None:
        """Remember by which channel (sms, or a messenger) a person wants notices; None: by that of each request."""
        ...

    async def chosen(self, mobile: str) -> str | None:
        """Return what was chosen."""
        ...


class MobileProofs(Protocol):
    """Codes under way; one for each address of a channel."""

    async def put(self, proof: MobileProof) -> None:
        """Keep a code in the place of an earlier one, or count its tries."""
        ...

    async def of(self, channel: str, address: str) -> MobileProof | None:
        """Return the code that was sent last at this address's wish."""
        ...

    async def drop(self, channel: str, address: str) -> None:
        """Forget it."""
        ...
