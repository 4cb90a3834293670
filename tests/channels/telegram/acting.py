"""Somebody behind a receiver who notes what came, in place of the municipality."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.chats import Came, ReceivedUpdate
from domain.errors import Unavailable


@dataclass(slots=True)
class Acting:
    """Notes each update; while `away`, it can take none. `toast` is what presses are told."""

    came: list[ReceivedUpdate] = field(default_factory=list)
    away: bool = False
    refused: int = 0
    toast: str | None = None

    async def act(self, update: ReceivedUpdate) -> str | None:
        """Take an update."""
        if self.away:
            self.refused += 1
            raise Unavailable("database")
        self.came.append(update)
        return self.toast

    def of(self, chat: int) -> Sequence[Came]:
        """What came from a chat, in order."""
        return [one.came for one in self.came if one.chat_id == str(chat)]
