"""What a job of the scheduler is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from app.jobs.leases import LEASE_PERIOD
from app.jobs.timetable import JobTimes
from app.parts import ServerParts

USUAL_LIMIT = timedelta(minutes=10)
LONG_LIMIT = timedelta(hours=3)
"""For what looks through everything there is."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again."""

    name: str
    """Its own; its lease is `job:` and this."""
    times: JobTimes
    """When it is due, and from when on it is late."""
    action: Callable[[ServerParts], Awaitable[object]]
    """May run twice in a row without harm."""
    wake_channel: str | None = None
    """It also runs whenever a commit of this process queued a text for this channel, or left what is known by this
    name; None: by time alone.
    """
    runs_at_start: bool = False
    """It also runs when the process starts, which may have been away at its time."""
    in_every_process: bool = False
    """Each process has its own, and needs no lease."""
    messenger: str | None = None
    """It is there where this messenger's bot is; None: always."""
    needs_gateway: bool = False
    """It is there where a bank gateway is in use."""
    needs_polling: bool = False
    """It is there where texts are fetched from a provider."""
    is_idle: Callable[[ServerParts], bool] | None = None
    """Whether this process has nothing to do by it: then it is not begun, and holds no lease. None: never."""
    is_endless: bool = False
    """It runs until it is cut off, which loses nothing."""
    lease_period: timedelta = LEASE_PERIOD
    """How long its lease outlives a process that died with it."""
    run_limit: timedelta = USUAL_LIMIT
    """Any other is cut off when it runs for longer."""
