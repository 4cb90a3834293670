"""What is known of the health of one database: since when it fails, and why; the log is told once, not at each try."""

import logging
from collections.abc import Callable
from time import monotonic

from store.engines.faults import DatabaseUnavailable, FaultKind

AGAIN_AFTER = 60.0
"""Seconds after which a fault that lasts is logged again."""

log = logging.getLogger(__name__)


class Health:
    """Hears of every fault from the engine, and from the probe (`SqlStore.probe`) that all is well again."""

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._since: float | None = None
        self._logged: dict[FaultKind, float] = {}
        self.damage: DatabaseUnavailable | None = None
        """The first damage that was met: only a restart, after somebody looked, makes it forgotten."""

    def failed(self, fault: DatabaseUnavailable) -> None:
        """Note a fault."""
        now = self._seconds()
        if fault.kind is FaultKind.DAMAGED and self.damage is None:
            self.damage = fault
        if now - self._logged.get(fault.kind, now - AGAIN_AFTER) < AGAIN_AFTER:
            return
        self._logged[fault.kind] = now
        if fault.kind is FaultKind.BUSY:
            log.warning("the database is busy: %s", fault.cause)
        else:
            self._since = now if self._since is None else self._since
            log.error("the database cannot be used (%s): %s", fault.kind, fault.cause)

    def worked(self) -> None:
        """Note that something was written."""
        if self._since is not None and self.damage is None:
            log.warning("the database can be used again after %.0f s", self._seconds() - self._since)
            self._since = None
            self._logged.clear()
