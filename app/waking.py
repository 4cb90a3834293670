"""Wake signals of the relays of one process: an event for each channel, set when a commit queued messages for it."""

import asyncio
from collections import defaultdict
from collections.abc import Collection


class WakeEvents:
    """Events by channel. A text for one channel wakes no other's relay: looking costs a write."""

    def __init__(self) -> None:
        self._events_by_channel: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def note_queued(self, channels: Collection[str]) -> None:
        """Note that messages were queued for these channels."""
        for channel in channels:
            self._events_by_channel[channel].set()

    async def wait_queued(self, channel: str) -> None:
        """Wait until something is queued for a channel since the last wait for it."""
        event = self._events_by_channel[channel]
        await event.wait()
        event.clear()
