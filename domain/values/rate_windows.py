"""The windows in which things are counted against a limit: of one length, aligned to the epoch."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def current_window_end(now: datetime, window_length: timedelta) -> datetime:
    """Return when the present window of that length ends, and counting begins again."""
    return EPOCH + ((now - EPOCH) // window_length + 1) * window_length
