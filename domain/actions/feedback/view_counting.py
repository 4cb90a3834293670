"""Counting how often pages are read, for many readers at once.

Every view adds one to the same row, and rows are written one after the other: where each reader waited for a commit of
their own, two hundred would wait for two hundred. So views that come while others are being written are written
together, and every reader waits for one commit that holds theirs.
"""

import asyncio
from collections import Counter

from domain.unit_of_work import Store


class ViewCounter:
    """Counts the views of one process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting_views: Counter[str] = Counter()
        self._turn = asyncio.Lock()
        self._next_writing: asyncio.Task[None] | None = None
        self._writings: set[asyncio.Task[None]] = set()  # a loop keeps no task by itself

    async def count_view(self, service_key: str) -> None:
        """Count one more view of a service's page; it is stored when this returns."""
        self._waiting_views[service_key] += 1
        if self._next_writing is None:
            self._next_writing = asyncio.create_task(self._write_views())
            self._writings.add(self._next_writing)
            self._next_writing.add_done_callback(self._writings.discard)
        await asyncio.shield(self._next_writing)

    async def _write_views(self) -> None:
        """Write what waits once it is this task's turn; what comes from then on is the next one's."""
        async with self._turn:
            views, self._waiting_views = self._waiting_views, Counter()
            self._next_writing = None
            async with self._store.open_unit() as uow:
                for service_key, view_count in sorted(views.items()):
                    await uow.service_views.count_views(service_key, view_count)
