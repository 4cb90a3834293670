"""Ports of chats."""

from datetime import datetime
from typing import Protocol

from domain.chats.chat import Chat, ChatAddress, MobileProof


class ChatRepository(Protocol):
    """Chats, and where people want their notices."""

    async def find(self, channel: str, chat_id: str) -> Chat | None:
        """Return a chat."""
        ...

    async def save(self, chat: Chat) -> None:
        """Store a new or changed chat."""
        ...

    async def list_linked(self, channel: str, mobile: str) -> list[Chat]:
        """Return the chats of a messenger that have this mobile."""
        ...

    async def list_addresses(self, mobile: str, request_id: int | None) -> list[ChatAddress]:
        """Return every active chat of a mobile."""
        ...

    async def mark_blocked(self, channel: str, chat_id: str, now: datetime) -> None:
        """Note that the bot may not write to a chat any more, or that the chat is gone."""
        ...

    async def save_chosen_channel(self, mobile: str, channel: str | None, now: datetime) -> None:
        """Remember by which channel (sms, or a messenger) a person wants notices; None: by that of each request."""
        ...

    async def find_chosen_channel(self, mobile: str) -> str | None:
        """Return what was chosen."""
        ...


class MobileProofRepository(Protocol):
    """Codes under way; one for each address of a channel."""

    async def save(self, mobile_proof: MobileProof) -> None:
        """Keep a code in the place of an earlier one, or count its tries."""
        ...

    async def find(self, channel: str, address: str) -> MobileProof | None:
        """Return the code that was sent last at this address's request."""
        ...

    async def delete(self, channel: str, address: str) -> None:
        """Forget it."""
        ...

    async def delete_expired(self, expired_before: datetime) -> int:
        """Forget the codes that ended before; return how many."""
        ...
