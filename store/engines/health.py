"""Known health of one database: since when it fails, and why; it is logged once, not at each try."""

import logging
from collections.abc import Callable
from time import monotonic

from store.engines.faults import DatabaseUnavailable, FaultKind

LOGGED_AGAIN_SECONDS = 60.0
"""Seconds after which a fault that lasts is logged again."""

log = logging.getLogger(__name__)


class Health:
    """Notified of every fault by the engine, and by the probe (`SqlStore.probe`) that all is well again."""

    def __init__(self, steady_clock: Callable[[], float] = monotonic) -> None:
        self._steady_clock = steady_clock
        self._failing_since: float | None = None
        self._logged_at_by_kind: dict[FaultKind, float] = {}
        self.first_damage: DatabaseUnavailable | None = None
        """The first damage that was met: only a restart, after somebody looked, makes it forgotten."""

    def note_fault(self, fault: DatabaseUnavailable) -> None:
        """Note a fault."""
        now = self._steady_clock()
        if fault.kind is FaultKind.DAMAGED and self.first_damage is None:
            self.first_damage = fault
        if now - self._logged_at_by_kind.get(fault.kind, now - LOGGED_AGAIN_SECONDS) < LOGGED_AGAIN_SECONDS:
            return
        self._logged_at_by_kind[fault.kind] = now
        if fault.kind is FaultKind.BUSY:
            log.warning("the database is busy: %s", fault.cause)
        else:
            self._failing_since = now if self._failing_since is None else self._failing_since
            log.error("the database cannot be used (%s): %s", fault.kind, fault.cause)

    def note_success(self) -> None:
        """Note that something was written."""
        if self._failing_since is not None and self.first_damage is None:
            log.warning("the database can be used again after %.0f s", self._steady_clock() - self._failing_since)
            self._failing_since = None
            self._logged_at_by_kind.clear()
