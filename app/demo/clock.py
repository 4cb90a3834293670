"""The clock of the demonstration: it begins in the past and moves forward, so that its histories are real."""

from datetime import datetime


class DemoClock:
    """Implements `domain.unit_of_work.Clock`; it shows what it was moved to and never goes back."""

    def __init__(self, started_at: datetime) -> None:
        self._now = started_at

    def now(self) -> datetime:
        """Return the moment that the demonstration has reached."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Move on to a moment; an earlier one changes nothing."""
        self._now = max(self._now, moment)
