"""Messages that left, where no relay runs: what waits for long makes a desk promise no code."""

from datetime import datetime

from domain.messages.records import MessageState
from store.unit_of_work import SqlStore


async def mark_queued_sent(store: SqlStore, now: datetime) -> None:
    """Let a provider have taken all that waits."""
    async with store.open_unit() as uow:
        for message in await uow.outbox.list_recent(state=MessageState.QUEUED, limit=1000):
            await uow.outbox.raise_state(message.id, MessageState.SENT, now)
