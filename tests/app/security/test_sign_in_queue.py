"""Order of attempts at signing in: no source keeps the others waiting, and nobody waits without an end."""

import asyncio

import pytest

from app.security.sign_in_queue import (
    ATTEMPTS_AT_ONCE,
    OF_SOURCE_AT_ONCE,
    STRANGERS_AT_ONCE,
    WAITING_OF_LANE,
    WAITING_OF_SOURCE,
    SignInQueue,
)
from domain.values.errors import TooManyRequests
from domain.values.reasons import TooManyRequestsReason
from tests.support.patience import patient


class Hall:
    """A queue with those who are looked at, in the order in which they came in, until they are let go."""

    def __init__(self) -> None:
        self.queue = SignInQueue(pause_seconds=0)
        self.seen: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []
        self._leave = asyncio.Semaphore(0)

    async def come(self, source: str, *, known: bool = False, times: int = 1) -> list[asyncio.Task[None]]:
        """Let somebody come so many times at once."""
        new = [asyncio.create_task(self._attempt(source, known)) for _ in range(times)]
        self.tasks += new
        await settled()
        return new

    async def _attempt(self, source: str, known: bool) -> None:
        async with self.queue.wait_for_turn(source, known=known):
            self.seen.append(source)
            await self._leave.acquire()

    async def go(self, times: int = 1) -> None:
        """Let so many go who are looked at."""
        for _ in range(times):
            self._leave.release()
            await settled()

    async def close(self) -> list[BaseException | None]:
        """Let everybody go; what came of them."""
        for _ in self.tasks:
            self._leave.release()
        return await asyncio.gather(*self.tasks, return_exceptions=True)


async def settled() -> None:
    """Let every task go on as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_few_of_a_source_are_looked_at_and_the_rest_of_it_waits_for_nobody_else() -> None:
    hall = Hall()
    await hall.come("a", known=True, times=10)
    assert hall.seen == ["a"] * OF_SOURCE_AT_ONCE
    await hall.come("b", known=True)
    assert hall.seen == ["a"] * OF_SOURCE_AT_ONCE + ["b"]
    await hall.close()


async def test_sources_take_turns() -> None:
    hall = Hall()
    for source in "abcd":
        await hall.come(source, times=3)
    await hall.go(10)
    assert hall.seen[:5] == list("aabcd")
    assert sorted(hall.seen) == list("aaabbbcccddd")
    await hall.close()


async def test_known_ones_come_before_strangers_and_have_a_place_of_their_own() -> None:
    hall = Hall()
    for number in range(5):
        await hall.come(f"stranger {number}", times=2)
    assert len(hall.seen) == STRANGERS_AT_ONCE < ATTEMPTS_AT_ONCE
    await hall.come("colleague", known=True)
    assert hall.seen[-1] == "colleague"
    await hall.come("another", known=True)
    await hall.go()
    assert hall.seen[-1] == "another"
    await hall.close()


async def test_who_comes_when_too_many_wait_is_told_so() -> None:
    hall = Hall()
    told = await hall.come("a", times=OF_SOURCE_AT_ONCE + WAITING_OF_SOURCE + 1)
    assert [one.done() for one in told].count(True) == 1
    with pytest.raises(TooManyRequests, match="busy"):
        await next(one for one in told if one.done())
    for number in range(WAITING_OF_LANE):
        await hall.come(f"stranger {number}", times=2)
    colleague = await hall.come("colleague", known=True)
    assert hall.seen[-1] == "colleague"
    assert not colleague[0].done()
    came = [one for one in await hall.close() if one is None]
    assert len(came) == STRANGERS_AT_ONCE + WAITING_OF_LANE + 1


async def test_a_refusal_for_too_many_attempts_is_answered_after_a_pause_that_holds_nobody_up() -> None:
    queue, began = SignInQueue(pause_seconds=0.2), asyncio.get_running_loop().time()

    async def refused() -> None:
        async with queue.wait_for_turn("a", known=False):
            raise TooManyRequests(reason=TooManyRequestsReason.SIGN_IN)

    several = [asyncio.create_task(refused()) for _ in range(WAITING_OF_SOURCE)]
    await settled()
    async with queue.wait_for_turn("b", known=False):
        assert asyncio.get_running_loop().time() - began < 0.1
    assert {str(one) for one in await asyncio.gather(*several, return_exceptions=True)} == {"too_many_requests:sign_in"}
    assert 0.2 <= asyncio.get_running_loop().time() - began < 1


@pytest.mark.parametrize("admitted", [False, True])
async def test_who_goes_away_keeps_no_place(admitted: bool) -> None:
    hall = Hall()
    await hall.come("a", times=OF_SOURCE_AT_ONCE)
    [gone] = await hall.come("a")
    if admitted:  # its turn comes, and it goes before it could take it
        hall._leave.release()
        await asyncio.sleep(0)
    gone.cancel()
    await settled()
    [after] = await hall.come("a")
    await hall.go(5)
    await asyncio.wait_for(after, patient(1))
    await hall.close()
    assert hall.queue._stranger_lane.sources_by_name == {}, "nothing is remembered of who has gone"
