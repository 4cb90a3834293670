"""Counter calls to two processes on one PostgreSQL: whichever gets which try of a call, it acts once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from tests.e2e.support.program_runs import Death
from tests.faults.counter import STEPS, CounterDay, closed_well, prepared, serving, signers_at
from tests.faults.support.counter_calls import Call, Ledger, Software
from tests.faults.support.counter_checks import violations
from tests.faults.support.counter_clerks import Clerk
from tests.faults.support.counter_connection import CallAnswer, SignedCall
from tests.faults.support.mortal_office import MortalOffice
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.postgresql, pytest.mark.asyncio]

SEED, CALLS = 5, 300
SECONDS = 20.0
WRITTEN_INTO = {"machinery": "people", "pay": "payments"}
"""A table that each kind of call writes into after it was begun, and no job of a server at this hour."""

_WAITS = (
    "SELECT wait_event FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    " ORDER BY wait_event"
)
AT_IT, BEHIND = "relation", "transactionid"
"""Places of waiting of a unit that is kept in its middle, and of one that waits for another's end."""


async def test_each_call_acts_once_whichever_process_gets_it() -> None:
    """Every try goes to the other process, while the one before is still at it or died over it; so do replays."""
    async with serving("postgresql", 2) as processes:
        played = CounterDay(processes, SEED, CALLS)
        outcome, ledger = await played.play(), played.ledger
        assert outcome.violations == []
        assert {end.step for end in outcome.died if isinstance(end, Death)} == set(STEPS)
        assert len(outcome.died) >= len(played.ends) - len(processes), "the last end of each may come too late"
        assert len(ledger.calls) == CALLS
        assert set(ledger.answered) == {one.port for one in processes}
        assert ledger.left_elsewhere >= CALLS // 10
        assert min(ledger.dropped_elsewhere, ledger.replays_elsewhere, ledger.reused) > 0
        await closed_well(processes)


class ScriptedClerk(Clerk):
    """A clerk who makes calls of these kinds, each by way of `sent`."""

    kinds: list[str]
    sent: Callable[[Call], Awaitable[CallAnswer]]

    def _kind(self) -> str:
        return self.kinds.pop()

    async def _done(self, call: Call) -> CallAnswer:
        return await self.sent(call)


class Crossing:
    """Sends each call to the second process while the first one is in the middle of it, and perhaps dies there."""

    def __init__(self, processes: list[MortalOffice], ledger: Ledger, *, killed: bool) -> None:
        self._first, self._second = processes
        self._ledger = ledger
        self._killed = killed

    async def send(self, call: Call) -> CallAnswer:
        """Return what the second process answers; the first one, or its successor, must answer the same."""
        one, other = (Software([process.port], self._ledger) for process in (self._first, self._second))
        async with asyncio.timeout(patient(SECONDS)), asyncio.TaskGroup() as group:
            async with self._kept(WRITTEN_INTO[call.kind]):
                early = group.create_task(one.answer(call, []))
                await self._waiting([AT_IT])
                late = group.create_task(other.answer(call, []))
                await self._waiting([AT_IT, BEHIND])
                if self._killed:
                    await self._first.crash()
            if self._killed:
                assert (await late)[0].fault is None
                await self._first.open()
        assert early.result()[0] == late.result()[0]
        await self._replayed(other, early.result()[1])
        await self._replayed(one, late.result()[1])
        return late.result()[0]

    async def _replayed(self, elsewhere: Software, letter: SignedCall) -> None:
        """Send what one process took to the other."""
        await elsewhere.refused(lambda: letter, "replayed")
        self._ledger.replays += 1
        elsewhere.hang_up()

    @asynccontextmanager
    async def _kept(self, table: str) -> AsyncIterator[None]:
        """Keep everybody from writing into a table."""
        keeper = await asyncpg.connect(self._first.database.url)
        try:
            async with keeper.transaction():
                await keeper.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
                yield
        finally:
            await keeper.close()

    async def _waiting(self, wanted: list[str]) -> None:
        while True:
            if [row["wait_event"] for row in await self._first.database.rows(_WAITS)] == wanted:
                return
            await asyncio.sleep(0.02)


async def test_a_call_that_another_process_is_at_waits_for_its_end() -> None:
    """It gets that one's answer, or is the first time when that one died; its nonce is known to both."""
    async with serving("postgresql", 2) as processes:
        ledger = Ledger()
        signers = await signers_at(processes[0])
        bills = await prepared(processes[0], ledger, 2)
        for process in processes:
            await process.open()
        for number, killed in enumerate((False, True)):
            desk = Software([processes[1].port], ledger)
            clerk = ScriptedClerk(number, SEED, signers[0], desk, ledger, [bills[number]])
            clerk.kinds, clerk.sent = list(WRITTEN_INTO), Crossing(processes, ledger, killed=killed).send
            await clerk.works(len(WRITTEN_INTO), lambda: None)
        assert await violations(processes, ledger, signers) == []
        assert (len(ledger.filed), len(ledger.paid)) == (2, 2)
        assert {one.outcome for one in ledger.paid} == {"settled"}
        await closed_well(processes)
