"""Gateways offered for new attempts: one that opens no sessions is left out for a while, then tried again.

It concerns beginning alone: an attempt stays at the gateway where it began, and is asked about there. What is known is
what was stored of the last attempts, by whichever process.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES_BEFORE_REST = 3
"""Sessions in a row that did not open."""

REST = timedelta(minutes=5)
"""Time for which a failing gateway is not offered; afterwards one failure more begins the next rest."""

REMEMBERED_FOR = timedelta(hours=1)
"""Sessions that were asked for earlier say nothing of how a gateway does now."""


@dataclass(frozen=True, slots=True)
class SessionResult:
    """Result of a session that was asked for."""

    at: datetime
    """Time of the result, in UTC."""
    has_opened: bool
    """Whether it opened; where not, it was through no fault of the payer's."""


def is_resting(latest_results: Sequence[SessionResult], now: datetime) -> bool:
    """Tell whether a gateway is not offered now; the latest result comes first."""
    latest = latest_results[:FAILURES_BEFORE_REST]
    has_failed = len(latest) == FAILURES_BEFORE_REST and not any(result.has_opened for result in latest)
    return has_failed and now < latest[0].at + REST
