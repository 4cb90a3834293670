"""What wakes the relays of one process: an event for each channel, set when a commit queued messages for it."""

import asyncio
from collections import defaultdict
from collections.abc import Collection


class Waking:
    """Events by channel. A text for one channel wakes no other's relay: looking costs a write."""

    def __init__(self) -> None:
        self._events: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def queued(self, channels: Collection[str]) -> None:
        """Note that messages were queued for these channels."""
        for channel in channels:
            self._events[channel].set()

    async def wait(self, channel: str) -> None:
        """Wait until something is queued for a channel since the last wait for it."""
        event = self._events[channel]
        await event.wait()
        event.clear()
