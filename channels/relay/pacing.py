"""Pace at which messages leave, and waiting times: a bucket, a back-off schedule, and recipients that are held.

All are pure: time and chance come in as values. Panels count message parts, not texts, so a long text uses up more of
the rate; messengers count messages. Waiting for the rate never spends one of a message's attempts (channels.md, "SMS").
"""

from collections.abc import Callable
from datetime import datetime, timedelta

FIRST_DELAY = timedelta(seconds=10)
"""The longest wait after the first failed attempt."""

LONGEST_DELAY = timedelta(minutes=15)
"""No wait is longer."""

_MOST_DOUBLINGS = 20


def back_off(attempts: int, fraction: float) -> timedelta:
    """Return how long a message waits after its `attempts`-th failed attempt (1 for the first).

    The span doubles with each attempt up to `LONGEST_DELAY`; `fraction`, random in [0, 1), picks a moment in its second
    half, so that messages which failed together do not come back together.
    """
    doublings = min(max(attempts - 1, 0), _MOST_DOUBLINGS)
    delay_span = min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)
    return delay_span * (1 + fraction) / 2


class Bucket:
    """One carrier's rate: it fills with `rate` parts a second and holds what one second brings, at least one part.

    `monotonic` returns seconds that only grow (`time.monotonic`). A text of more parts than the bucket holds leaves
    when it is full and is paid off before the next one leaves, so that the rate holds on average.
    """

    def __init__(self, rate_per_second: float, monotonic: Callable[[], float]) -> None:
        if rate_per_second <= 0:
            raise ValueError("a rate is above zero")
        self._rate_per_second = rate_per_second
        self._capacity = max(rate_per_second, 1.0)
        self._monotonic = monotonic
        self._level = self._capacity
        self._filled_at = monotonic()

    def take_parts(self, part_count: int) -> float:
        """Take a text's parts and return 0.0; or take nothing and return the seconds after which to ask again."""
        self._refill_level()
        lacking_parts = min(part_count, self._capacity) - self._level
        if lacking_parts > 0:
            return lacking_parts / self._rate_per_second
        self._level -= part_count
        return 0.0

    def pause_for(self, pause_seconds: float) -> None:
        """Let nothing through for `pause_seconds`: the panel itself said that it was too much."""
        self._refill_level()
        self._level = min(self._level, 1.0 - pause_seconds * self._rate_per_second)

    def _refill_level(self) -> None:
        now = self._monotonic()
        self._level = min(self._capacity, self._level + (now - self._filled_at) * self._rate_per_second)
        self._filled_at = now


class RecipientHolds:
    """Recipients that nothing is sent to for a while, each until its moment, so that what goes to them stays in order.

    Kept in memory: what was put back carries its moment in the outbox too, so a process that takes over knows most of
    it, and learns the rest from the carrier. A hold from the future is void: its clock was ahead.
    """

    def __init__(self) -> None:
        self._holds_by_recipient: dict[str, tuple[datetime, datetime]] = {}
        self._floods_by_recipient: dict[str, datetime] = {}

    def hold_recipient(self, recipient: str, ends_at: datetime, now: datetime) -> None:
        """Hold a recipient, at least until then."""
        self._holds_by_recipient[recipient] = now, max(ends_at, self.held_until(recipient, now) or ends_at)

    def held_until(self, recipient: str, now: datetime) -> datetime | None:
        """Return until when a recipient is held; None when it is not."""
        held_since, ends_at = self._holds_by_recipient.get(recipient, (now, now))
        if held_since <= now < ends_at:
            return ends_at
        self._holds_by_recipient.pop(recipient, None)
        return None

    def note_flood(self, recipient: str, ends_at: datetime, now: datetime) -> int:
        """Note that a recipient's messages came too fast; return of how many that is so now."""
        self._floods_by_recipient = {
            other_recipient: flood_end
            for other_recipient, flood_end in self._floods_by_recipient.items()
            if flood_end > now
        } | {recipient: ends_at}
        return len(self._floods_by_recipient)
