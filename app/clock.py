"""The real clock."""

from datetime import UTC, datetime


class SystemClock:
    """Implements `domain.unit_of_work.Clock` by the machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)
