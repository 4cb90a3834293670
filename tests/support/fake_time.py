"""A clock that a test can move under a real process: Debian's libfaketime, preloaded into the child.

Only the wall clock is faked. Monotonic time stays real, so timers, thread waits and `asyncio.sleep` last as long as
they say; what the process reads as "now" (time, datetime, SQLite's own functions) is real time plus an offset that the
library reads again from a file at every look. Files keep their real times.

    clock = FakeTime(tmp_path / "clock")
    process = subprocess.Popen([...], env={**os.environ, **clock.env()})
    clock.advance(timedelta(days=3))
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


class FakeTime:
    """The clock of the processes started with `env()`; any number of them can share it.

    Keep it ahead of real time: a signal handler that interrupts a look at the clock sees real time, and PostgreSQL,
    whose time-outs are such handlers, would take that for a leap forward and end sessions.
    """

    def __init__(self, file: Path, start: datetime | None = None) -> None:
        """The clock begins at `start`, or at the real time.

        `file` is written by this object alone, and has to be readable by the user that the processes run as.
        """
        self._file = file
        self._offset = timedelta()
        self.set(start or self.now())

    def now(self) -> datetime:
        """Present moment of the processes (UTC)."""
        return datetime.now(UTC) + self._offset

    def set(self, moment: datetime) -> None:
        """Moves the clock to an aware `moment`, forwards or backwards; it runs on from there."""
        self._offset = moment - datetime.now(UTC)
        self._write()

    def advance(self, by: timedelta) -> None:
        """Moves the clock forwards."""
        self._offset += by
        self._write()

    def env(self) -> dict[str, str]:
        """Environment for a child to live by this clock."""
        return {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DISABLE_SHM": "1",  # a killed process would leave its shared memory behind
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Its remedy for old C libraries makes every timed wait end at once: threads that wait for Python's lock
            # would spin, and read the file at each turn.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            "NO_FAKE_STAT": "1",
        }

    def _write(self) -> None:
        """Replaces the file at once: a half-written one would show the processes a moment of real time."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{self._offset.total_seconds():+.6f}\n")
        os.replace(fresh, self._file)


def library() -> Path:
    """Path of libfaketime. Raises FileNotFoundError when it is not installed."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise FileNotFoundError("No libfaketime under /usr/lib: run `make system-deps`")
    return found[0]
