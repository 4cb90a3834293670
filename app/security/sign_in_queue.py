"""Whose attempt at signing in comes next in this process: a few at once, one address after the other, nobody for long.

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

AT_ONCE, STRANGERS_AT_ONCE, OF_SOURCE_AT_ONCE = 3, 2, 2
"""Attempts that are looked at: of all, of strangers, of one source. Passwords are compared one by one besides."""

WAITING_OF_SOURCE, WAITING = 20, 100
"""Attempts that wait: of one source, and of all known ones, or all strangers. Who comes then is told to come again."""

PAUSE_SECONDS = 2.0
"""After this a refusal for too many attempts is answered: a program that tries again at once keeps nobody busy."""


@dataclass(slots=True)
class _Source:
    """Attempts of one source: those that wait, how many are looked at, and when one of it had its last turn."""

    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    running: int = 0
    last_turn: int = 0

    def first(self) -> asyncio.Future[None] | None:
        """Return who of it may be next: whoever still waits, where not too many are looked at."""
        if self.running >= OF_SOURCE_AT_ONCE:
            return None
        return next((one for one in self.waiting if not one.done()), None)


@dataclass(slots=True)
class _Lane:
    """Those who are known, or strangers, by source; `most` of them are looked at."""

    most: int
    sources: dict[str, _Source] = field(default_factory=dict)

    @property
    def running(self) -> int:
        """How many are looked at."""
        return sum(one.running for one in self.sources.values())

    def join(self, name: str) -> asyncio.Future[None]:
        """Wait at the end of the source's own line; `TooManyRequests("busy")` where that, or the lane, is full."""
        source = self.sources.get(name, _Source())
        waiting = sum(len(one.waiting) for one in self.sources.values())
        if len(source.waiting) >= WAITING_OF_SOURCE or waiting >= WAITING:
            raise TooManyRequests(detail="busy")
        place = asyncio.get_running_loop().create_future()
        self.sources.setdefault(name, source).waiting.append(place)
        return place

    def admit(self, turn: int) -> bool:
        """Let the source in that had its turn longest ago; False where nobody may come in."""
        able = [one for one in self.sources.values() if one.first()] if self.running < self.most else []
        source = min(able, key=lambda one: one.last_turn, default=None)
        place = source.first() if source else None
        if source is None or place is None:
            return False
        source.waiting.remove(place)
        source.running += 1
        source.last_turn = turn
        place.set_result(None)
        return True

    def forget(self, name: str) -> None:
        """Forget a source of which nobody is there any more."""
        source = self.sources[name]
        if not source.waiting and not source.running:
            del self.sources[name]


class SignInQueue:
    """Implements `domain.sign_in_ports.AttemptQueue`."""

    def __init__(self, pause: float = PAUSE_SECONDS) -> None:
        self._pause = pause
        self._known, self._strangers = _Lane(AT_ONCE), _Lane(STRANGERS_AT_ONCE)
        self._turns = 0

    @asynccontextmanager
    async def turn(self, source: str, *, known: bool) -> AsyncIterator[None]:
        """Wait for a turn and have it until the block ends; `TooManyRequests("busy")` where too many wait.

        Whoever is told that there were too many, here or in the block, is told so after a pause.
        """
        lane = self._known if known else self._strangers
        try:
            await self._enter(lane, source)
            try:
                yield
            finally:
                self._end(lane, source)
        except TooManyRequests:
            await asyncio.sleep(self._pause)
            raise

    async def _enter(self, lane: _Lane, source: str) -> None:
        place = lane.join(source)
        self._admit()
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                lane.sources[source].waiting.remove(place)
                lane.forget(source)
            else:
                self._end(lane, source)  # its turn had come
            raise

    def _end(self, lane: _Lane, source: str) -> None:
        lane.sources[source].running -= 1
        lane.forget(source)
        self._admit()

    def _admit(self) -> None:
        """Let those in whose turn it is, known ones first."""
        while self._known.running + self._strangers.running < AT_ONCE:
            self._turns += 1
            if not (self._known.admit(self._turns) or self._strangers.admit(self._turns)):
                return
