"""Which gateways are offered for new attempts: one that opens no sessions is left out for a while, then tried again.

It concerns beginning alone: an attempt stays at the gateway where it began, and is asked about there. What is known is
known to one process, from the sessions that it asked for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES_BEFORE_REST = 3
"""Sessions in a row that did not open."""

REST = timedelta(minutes=5)
"""How long a failing gateway is not offered; afterwards one failure more begins the next rest."""


@dataclass(slots=True)
class _StartFailures:
    failure_count: int = 0
    rests_until: datetime | None = None


class GatewayHealth:
    """How the gateways did lately."""

    def __init__(self) -> None:
        self._failures: dict[str, _StartFailures] = {}

    def note_started(self, gateway: str) -> None:
        """Note that a session was opened."""
        self._failures.pop(gateway, None)

    def note_failure(self, gateway: str, now: datetime) -> None:
        """Note that a session was not opened, through no fault of the payer's."""
        failures = self._failures.setdefault(gateway, _StartFailures())
        failures.failure_count += 1
        if failures.failure_count >= FAILURES_BEFORE_REST:
            failures.rests_until = now + REST

    def is_offered(self, gateway: str, now: datetime) -> bool:
        """Tell whether new attempts may begin there."""
        failures = self._failures.get(gateway)
        return failures is None or failures.rests_until is None or now >= failures.rests_until
