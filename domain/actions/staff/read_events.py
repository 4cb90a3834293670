"""Recording that personal data were read, beside the answer that shows them.

The first reading of a thing by somebody in an hour is committed before the answer leaves, so that whatever happens to
the process nothing was shown that is not recorded; where it cannot be recorded, nothing is shown. Alike readings of the
same hour then cost nothing: a process remembers what it has recorded, and the store takes each only once.
"""

from datetime import datetime

from domain.actions.dependencies import Dependencies
from domain.audit.ports import AuditRepository
from domain.audit.read_events import LONGEST_SUBJECT, READ_EVENT_RETENTION, ReadKind, number_hour
from domain.unit_of_work import Store

MOST_REMEMBERED = 50_000
"""Readings of an hour that a process remembers at most; what comes on top is written each time."""


class ReadEventRecorder:
    """Records readings of one process in units of their own."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._clock = dependencies.clock
        self._store = store
        self._hour = 0
        self._recorded: set[tuple[str, ReadKind, str]] = set()

    async def record_reading(self, viewer_label: str, kind: ReadKind, subject: str) -> None:
        """Record that somebody is shown something; it is committed when this returns."""
        now = self._clock.now()
        if number_hour(now) != self._hour:
            self._hour, self._recorded = number_hour(now), set()
        reading = (viewer_label, kind, subject)
        if reading in self._recorded:
            return
        async with self._store.open_unit() as uow:
            await record_read_event(uow.audit, now, *reading)
        if number_hour(now) == self._hour and len(self._recorded) < MOST_REMEMBERED:
            self._recorded.add(reading)


async def record_read_event(
    audit: AuditRepository, read_at: datetime, viewer_label: str, kind: ReadKind, subject: str
) -> None:
    """Record a reading in a unit that is open anyway."""
    await audit.add_read_event(read_at, viewer_label, kind, subject[:LONGEST_SUBJECT])


async def forget_old_read_events(dependencies: Dependencies, store: Store) -> int:
    """Forget events whose time is over; return how many."""
    async with store.open_unit() as uow:
        return await uow.audit.delete_read_events_before(dependencies.clock.now() - READ_EVENT_RETENTION)
