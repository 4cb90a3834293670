"""How long one waits before a messenger is asked again."""

from datetime import timedelta

from telegram.error import RetryAfter

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 60.0


def pause_after(failures: int, fraction: float) -> float:
    """Return the seconds to wait after so many failures in a row (1 for the first).

    The span doubles up to a minute; `fraction`, random in [0, 1), picks a moment in its second half, so that what
    failed together does not come back together.
    """
    span = min(FIRST_SECONDS * 2.0 ** min(failures - 1, 10), LONGEST_SECONDS)
    return span * (1 + fraction) / 2


def seconds_of(flood: RetryAfter) -> float:
    """Return how long the messenger itself wants to be left alone; the library says it in one of two ways."""
    told = flood.retry_after
    return told.total_seconds() if isinstance(told, timedelta) else float(told)
