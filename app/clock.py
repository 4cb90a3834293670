"""The real clock."""

from datetime import UTC, datetime


class SystemClock:
    """Implements `domain.ports.Clock` by the machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)
