"""How fast messages leave, and how long one waits: a bucket, a back-off schedule, and recipients that are held.

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
    span = min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)
    return span * (1 + fraction) / 2


class Bucket:
    """One carrier's rate: it fills with `rate` parts a second and holds what one second brings, at least one part.

    `monotonic` tells seconds that only grow (`time.monotonic`). A text of more parts than the bucket holds leaves when
    it is full and is paid off before the next one leaves, so that the rate holds on average.
    """

    def __init__(self, rate: float, monotonic: Callable[[], float]) -> None:
        if rate <= 0:
            raise ValueError("a rate is above zero")
        self._rate = rate
        self._size = max(rate, 1.0)
        self._monotonic = monotonic
        self._level = self._size
        self._filled_at = monotonic()

    def take(self, parts: int) -> float:
        """Take a text's parts and return 0.0; or take nothing and return the seconds after which to ask again."""
        self._fill()
        lacking = min(parts, self._size) - self._level
        if lacking > 0:
            return lacking / self._rate
        self._level -= parts
        return 0.0

    def pause(self, seconds: float) -> None:
        """Let nothing through for `seconds`: the panel itself said that it was too much."""
        self._fill()
        self._level = min(self._level, 1.0 - seconds * self._rate)

    def _fill(self) -> None:
        now = self._monotonic()
        self._level = min(self._size, self._level + (now - self._filled_at) * self._rate)
        self._filled_at = now


class Holds:
    """Recipients that nothing is sent to for a while, each until its moment, so that what goes to them stays in order.

    Kept in memory: what was put back carries its moment in the outbox too, so a process that takes over knows most of
    it, and is told the rest by the carrier. A hold from the future is void: its clock was ahead.
    """

    def __init__(self) -> None:
        self._until: dict[str, tuple[datetime, datetime]] = {}
        self._floods: dict[str, datetime] = {}

    def hold(self, recipient: str, until: datetime, now: datetime) -> None:
        """Hold a recipient, at least until then."""
        self._until[recipient] = now, max(until, self.until(recipient, now) or until)

    def until(self, recipient: str, now: datetime) -> datetime | None:
        """Return until when a recipient is held; None when it is not."""
        since, until = self._until.get(recipient, (now, now))
        if since <= now < until:
            return until
        self._until.pop(recipient, None)
        return None

    def flooded(self, recipient: str, until: datetime, now: datetime) -> int:
        """Note that a recipient's messages came too fast; return of how many that is so now."""
        self._floods = {other: end for other, end in self._floods.items() if end > now} | {recipient: until}
        return len(self._floods)
