"""The number of calls of each office within a minute, so that one office's looping software leaves the others' answers.

Counted in this process: each of several processes lets an office make as many.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

_WINDOW = timedelta(minutes=1)


@dataclass(slots=True)
class CallRate:
    """Proved calls of each office in windows of a minute, which begin with a call."""

    calls_per_minute: int
    """Calls that an office may make in a minute."""
    _windows: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    def find_next_moment(self, username: str, now: datetime) -> datetime | None:
        """Return when an office may call again; None where it may now."""
        began_at, call_count = self._windows.get(username, (now, 0))
        ends_at = began_at + _WINDOW
        return ends_at if call_count >= self.calls_per_minute and began_at <= now < ends_at else None

    def count_call(self, username: str, now: datetime) -> None:
        """Count a call that the office's key proved: strangers exhaust nobody's rate."""
        began_at, call_count = self._windows.get(username, (now, 0))
        is_over = not began_at <= now < began_at + _WINDOW
        self._windows[username] = (now, 1) if is_over else (began_at, call_count + 1)
