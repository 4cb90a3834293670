"""Queue of attempts at signing in within this process: a few at once, one address after the other, nobody for long.

Comparing a password costs memory and some tenths of a second by design, so whoever sends hundreds at once could keep
everybody else waiting. So few of one source (an address, a known device, a session) are looked at at once and few of
it wait; sources take turns; and those who are known here (inside, a known device, a session) come before strangers.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from domain.values.errors import TooManyRequests
from domain.values.reasons import TooManyRequestsReason

ATTEMPTS_AT_ONCE, STRANGERS_AT_ONCE, OF_SOURCE_AT_ONCE = 3, 2, 2
"""Attempts that are looked at: of all, of strangers, of one source. Passwords are compared one by one besides."""

WAITING_OF_SOURCE, WAITING_OF_LANE = 20, 100
"""Attempts that wait: of one source, and of all known ones, or all strangers. Who comes then is asked to come again."""

PAUSE_SECONDS = 2.0
"""After this a refusal for too many attempts is answered: a program that tries again at once keeps nobody busy."""


@dataclass(slots=True)
class _AttemptSource:
    """Attempts of one source: those that wait, how many are looked at, and when one of it had its last turn."""

    waiting_places: deque[asyncio.Future[None]] = field(default_factory=deque)
    running_count: int = 0
    last_turn: int = 0

    def next_waiting(self) -> asyncio.Future[None] | None:
        """Return who of it may be next: whoever still waits, where not too many are looked at."""
        if self.running_count >= OF_SOURCE_AT_ONCE:
            return None
        return next((place for place in self.waiting_places if not place.done()), None)


@dataclass(slots=True)
class _AttemptLane:
    """Those who are known, or strangers, by source; `most_running` of them are looked at."""

    most_running: int
    sources_by_name: dict[str, _AttemptSource] = field(default_factory=dict)

    @property
    def running_count(self) -> int:
        """Number of attempts being looked at."""
        return sum(source.running_count for source in self.sources_by_name.values())

    def join_line(self, source_name: str) -> asyncio.Future[None]:
        """Wait at the end of the source's own line; `TooManyRequests("busy")` where that, or the lane, is full."""
        source = self.sources_by_name.get(source_name, _AttemptSource())
        waiting_count = sum(len(other_source.waiting_places) for other_source in self.sources_by_name.values())
        if len(source.waiting_places) >= WAITING_OF_SOURCE or waiting_count >= WAITING_OF_LANE:
            raise TooManyRequests(reason=TooManyRequestsReason.BUSY)
        place = asyncio.get_running_loop().create_future()
        self.sources_by_name.setdefault(source_name, source).waiting_places.append(place)
        return place

    def admit_next(self, turn_number: int) -> bool:
        """Let the source in that had its turn longest ago; False where nobody may come in."""
        able_sources = (
            [candidate for candidate in self.sources_by_name.values() if candidate.next_waiting()]
            if self.running_count < self.most_running
            else []
        )
        source = min(able_sources, key=lambda candidate: candidate.last_turn, default=None)
        place = source.next_waiting() if source else None
        if source is None or place is None:
            return False
        source.waiting_places.remove(place)
        source.running_count += 1
        source.last_turn = turn_number
        place.set_result(None)
        return True

    def forget_source(self, source_name: str) -> None:
        """Forget a source of which nobody is there any more."""
        source = self.sources_by_name[source_name]
        if not source.waiting_places and not source.running_count:
            del self.sources_by_name[source_name]


class SignInQueue:
    """Implements `domain.people.ports.AttemptQueue`."""

    def __init__(self, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._pause_seconds = pause_seconds
        self._known_lane, self._stranger_lane = _AttemptLane(ATTEMPTS_AT_ONCE), _AttemptLane(STRANGERS_AT_ONCE)
        self._turn_count = 0

    @asynccontextmanager
    async def wait_for_turn(self, source: str, *, known: bool) -> AsyncIterator[None]:
        """Wait for a turn and have it until the block ends; `TooManyRequests("busy")` where too many wait.

        Whoever is refused because there were too many, here or in the block, is refused after a pause.
        """
        lane = self._known_lane if known else self._stranger_lane
        try:
            await self._enter_lane(lane, source)
            try:
                yield
            finally:
                self._end_turn(lane, source)
        except TooManyRequests:
            await asyncio.sleep(self._pause_seconds)
            raise

    async def _enter_lane(self, lane: _AttemptLane, source: str) -> None:
        place = lane.join_line(source)
        self._admit_waiting()
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                lane.sources_by_name[source].waiting_places.remove(place)
                lane.forget_source(source)
            else:
                self._end_turn(lane, source)  # its turn had come
            raise

    def _end_turn(self, lane: _AttemptLane, source: str) -> None:
        lane.sources_by_name[source].running_count -= 1
        lane.forget_source(source)
        self._admit_waiting()

    def _admit_waiting(self) -> None:
        """Let those in whose turn it is, known ones first."""
        while self._known_lane.running_count + self._stranger_lane.running_count < ATTEMPTS_AT_ONCE:
            self._turn_count += 1
            if not (self._known_lane.admit_next(self._turn_count) or self._stranger_lane.admit_next(self._turn_count)):
                return
