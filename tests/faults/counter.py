"""Clerks of two counter offices call the real server at once while lines break and it is killed.

`python -m tests.faults.counter --calls 2000 --seed 1 --database both` plays one day on each database, prints what came
of it, keeps the evidence of a violation and ends with 1 if there was one. With `--processes 2` the clerks call two
processes on one PostgreSQL, each try the other one than the try before it.
"""

import argparse
import asyncio
import random
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any

from app.ids import RandomIds
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.links.fillers import LINK_FILLERS
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.act import act_on_request
from domain.actions.requests.submit import submit_request
from domain.blocks.charging import list_request_bills
from domain.conversation.reading.grammar import Grammar
from domain.engine.engine import Engine
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.services import collect_intents, services_by_key
from domain.settings.policy import Policy
from domain.values.actors import Actor, Role
from domain.values.calendar import WorkingCalendar
from store.unit_of_work import SqlStore
from tests.e2e.support.office_factory import furnished_stock
from tests.e2e.support.office_setup import LOADERS, furnish
from tests.e2e.support.program_runs import KILLED, Death, Run
from tests.e2e.support.taxi_story import national_code
from tests.faults.support.counter_calls import Ledger, PreparedBill, Software, stored
from tests.faults.support.counter_checks import CHANNEL, PER_REQUEST, SHARE_PERCENT, violations
from tests.faults.support.counter_clerks import CITIZENS, Clerk, citizen_code, citizen_mobile
from tests.faults.support.counter_connection import Signer
from tests.faults.support.mortal_office import MortalOffice, mortal_office, second_process
from tests.faults.support.round import Result
from tests.faults.support.round_command import keep_evidence
from tests.support.patience import patient
from tests.support.scenarios.sample_files import UnchangedFiles

CLERKS = 32
OFFICES = ("1001", "1002")
CALLS_A_BILL = 9
DAY_SECONDS = 600.0
"""Longest duration of a day: an answer to a question is kept so long."""

CIVIL, REVENUE = (Actor(frozenset({role}), "staff", role.value, "cli") for role in (Role.CIVIL, Role.REVENUE))
CLERK = Actor(
    frozenset({Role.CLERK}), "clerk", f"{OFFICES[0]}/{national_code(140_999_999)}", CHANNEL, office_code=OFFICES[0]
)

STEPS = ("counter_begun", "counter_open", "counter")


@dataclass(frozen=True, slots=True)
class KillAfter:
    """A kill from outside, so many answered calls after the start, and a moment more."""

    answers: int
    seconds: float

    def __str__(self) -> str:
        return f"struck@{self.answers}"


def drawn_ends(seed: int, calls: int, processes: int = 1) -> tuple[Death | KillAfter, ...]:
    """Places where the servers of a day die: for each process once at each named step and at two moments, all of them
    early enough to come."""
    chance = random.Random(seed)
    span = calls // 8 // processes
    ends: list[Death | KillAfter] = []
    for _ in range(processes):
        ends += [Death(step, chance.randint(span // 3, span)) for step in STEPS]
        ends += [KillAfter(chance.randint(span // 3, span), chance.uniform(0, 0.02)) for _ in range(2)]
    chance.shuffle(ends)
    return tuple(ends)


class Progress:
    """Counts, and wakes who waits for a number."""

    def __init__(self) -> None:
        self.made = 0
        self._over = False
        self._waiting: dict[int, asyncio.Event] = {}

    def step(self) -> None:
        """Count one."""
        self.made += 1
        if event := self._waiting.pop(self.made, None):
            event.set()

    async def reach(self, number: int) -> None:
        """Wait until so many were counted, or no more will be."""
        if number > self.made and not self._over:
            await self._waiting.setdefault(number, asyncio.Event()).wait()

    def end(self) -> None:
        """Wake whoever waits for more than there were."""
        self._over = True
        for event in self._waiting.values():
            event.set()


class OfficeClock:
    """The office's clock for parts of the program that run here."""

    def __init__(self, office: MortalOffice) -> None:
        self._office = office

    def now(self) -> datetime:
        """Time of its clock."""
        return self._office.clock.now()


@dataclass(slots=True)
class Outcome:
    """Result of a day."""

    died: list[Death | KillAfter] = field(default_factory=list)
    seconds: float = 0.0
    violations: list[str] = field(default_factory=list)


class CounterDay:
    """One day at the counters of an office that has seen no other; several processes may serve it."""

    def __init__(self, processes: Sequence[MortalOffice], seed: int, calls: int) -> None:
        self._processes = processes
        self._office = processes[0]
        self._ports = [one.port for one in processes]
        self._seed = seed
        self._calls = calls
        self.ends = drawn_ends(seed, calls, len(processes))
        self._ends_left = iter(self.ends)
        self._progress = Progress()
        self._over = asyncio.Event()
        self.signers: list[Signer] = []
        self.ledger = Ledger()
        self.outcome = Outcome()

    async def play(self) -> Outcome:
        """Prepare bills, let the clerks work and servers die, ask everything once more, and check the whole state."""
        self.signers = await signers_at(self._office)
        bills = await prepared(self._office, self.ledger, max(4, self._calls // CALLS_A_BILL))
        began = monotonic()
        async with asyncio.timeout(patient(DAY_SECONDS)), asyncio.TaskGroup() as group:
            for process in self._processes:
                group.create_task(self._keep_open(process))
            await self._clerks_work(bills)
            self.outcome.seconds = monotonic() - began
            self._progress.end()
            await self._ask_again()
            self.outcome.violations = await violations(self._processes, self.ledger, self.signers)
            self._over.set()
        return self.outcome

    async def _clerks_work(self, bills: list[PreparedBill]) -> None:
        shares = [self._calls // CLERKS + (number < self._calls % CLERKS) for number in range(CLERKS)]
        desks = [Software(self._ports, self.ledger) for _ in range(CLERKS)]
        async with asyncio.TaskGroup() as group:
            for number, (share, desk) in enumerate(zip(shares, desks, strict=True)):
                clerk = Clerk(number, self._seed, self.signers[number % len(OFFICES)], desk, self.ledger, bills)
                group.create_task(clerk.works(share, self._progress.step))
        for desk in desks:
            desk.hang_up()

    async def _ask_again(self) -> None:
        """Repeat every call of the day at every process: its first answer is given again and nothing else happens."""
        waiting = iter(self.ledger.calls)

        async def repeat() -> None:
            desk = Software(self._ports, self.ledger)
            for call in waiting:
                for _ in self._ports:
                    await desk.answer(call, [])
            desk.hang_up()

        await asyncio.gather(*(repeat() for _ in range(CLERKS)))

    async def _keep_open(self, process: MortalOffice) -> None:
        """Keep a server of that process running; each that is started has the next end of the day before it."""
        while True:
            end = next(self._ends_left, None)
            server = await process.begin(end if isinstance(end, Death) else None)
            if isinstance(end, KillAfter):
                await self._strike(server, end)
            elif not await self._ended(server):
                return
            assert end, f"the server ended:\n{process.said[-3000:]}"
            assert server.ended.result() == KILLED, f"ended with {server.ended.result()}:\n{process.said[-3000:]}"
            self.outcome.died.append(end)

    async def _strike(self, server: Run, end: KillAfter) -> None:
        await self._progress.reach(self._progress.made + end.answers)
        await asyncio.sleep(end.seconds)
        server.signal(signal.SIGKILL)
        await server.ended

    async def _ended(self, server: Run) -> bool:
        """Wait for the end of the server or of the day; whether it was the server's."""
        over = asyncio.create_task(self._over.wait())
        try:
            ends: list[asyncio.Future[Any]] = [server.ended, over]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
        return server.ended.done()


async def signers_at(office: MortalOffice) -> list[Signer]:
    """Let the counter offices be entered, and what they earn; what each signs with."""
    signers = []
    for code in OFFICES:
        made = await office.cli("office", "add", code, f"دفتر پیشخوان {code}")
        signers.append(Signer(code, made["username"], made["key"], office.clock.now))
    await office.deed("add_commission", per_request=PER_REQUEST, share=str(SHARE_PERCENT))
    return signers


async def prepared(office: MortalOffice, ledger: Ledger, number: int) -> list[PreparedBill]:
    """Let so many requests be entered, every other one at a counter, and the staff accept and price them."""
    known = services_by_key()
    engine = Engine(known, OfficeClock(office), RandomIds(), WorkingCalendar(), Policy(company_code="077"))
    desk = Dependencies(
        engine, Wording(Catalogue.load(), known), Grammar(collect_intents(known)), UnchangedFiles(), LINK_FILLERS
    )
    store = await SqlStore.connect(office.database.url)
    try:
        ledger.prepared = [await _prepared(desk, store, one, office.now.date()) for one in range(number)]
    finally:
        await store.close()
    for one in ledger.prepared:
        for key in ("submit", "accept", "bill"):
            ledger.tell(one.mobile, f"services.machinery.notices.{key}")
    return ledger.prepared


async def _prepared(desk: Dependencies, store: SqlStore, number: int, today: date) -> PreparedBill:
    person, token, mobile = number % CITIZENS, f"prepared-{number}", citizen_mobile(number % CITIZENS)
    office = OFFICES[0] if number % 2 else None
    form: dict[str, Any] = {
        "full_name": "سارا احمدی",
        "national_code": citizen_code(person),
        "items": [{"machine": "loader", "hours": 2 + number % 3, "count": 1}],
        "date": (today + timedelta(days=2 + number // LOADERS)).isoformat(),
        "start": "08:00",
        "place": token,
    }
    async with store.open_unit() as uow:
        by = ActorContext(desk, uow, CLERK if office else CIVIL)
        outcome = await submit_request(by, "machinery", form, stored(mobile))
        await announce_outcome(ActorContext(desk, uow, CIVIL), outcome)
        for action, actor in (("accept", CIVIL), ("price", REVENUE)):
            context = ActorContext(desk, uow, actor)
            outcome = await act_on_request(context, outcome.request.code, action, {})
            await announce_outcome(context, outcome)
        [bill] = await list_request_bills(uow.bills, outcome.request)
    return PreparedBill(
        id=bill.id,
        request_id=outcome.request.id,
        bill_id=bill.bill_id,
        payment_id=bill.payment_id,
        amount=bill.amount,
        mobile=mobile,
        token=token,
        office=office,
    )


@asynccontextmanager
async def serving(engine: str, processes: int) -> AsyncIterator[list[MortalOffice]]:
    """One office with so many processes on its database, none of them opened yet."""
    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(mortal_office(engine, furnish))
        others = [await stack.enter_async_context(second_process(office)) for _ in range(processes - 1)]
        yield [office, *others]


async def closed_well(processes: Sequence[MortalOffice]) -> None:
    """Close every server; each must have spoken well and end in order."""
    for one in processes:
        assert await one.close() == 0, one.said[-3000:]
        one.assert_clean_log()


async def day(engine: str, seed: int, calls: int, processes: int = 1, *, keeps: bool = False) -> tuple[Outcome, Ledger]:
    """Play one day in an office of its own; `keeps` the evidence of what went wrong."""
    async with serving(engine, processes) as offices:
        played = CounterDay(offices, seed, calls)
        outcome = played.outcome
        try:
            await played.play()
            await closed_well(offices)
        except Exception:  # noqa: BLE001 - the edge of a day: whatever went wrong is what it found
            outcome.violations.append(traceback.format_exc())
        if outcome.violations and keeps:
            kept = [str(await keep_evidence(one, Result(violations=outcome.violations))) for one in offices]
            outcome.violations.append(f"evidence: {' '.join(kept)}")
        return outcome, played.ledger


async def run(engines: Sequence[str], seed: int, calls: int, processes: int = 1) -> int:
    """Play a day on each database; the exit code."""
    failed = False
    for engine in engines:
        outcome, ledger = await day(engine, seed, calls, processes, keeps=True)
        failed |= bool(outcome.violations)
        where = engine if processes == 1 else f"{processes} processes on one {engine}"
        print(f"counter seed {seed} {where}: {describe_day(outcome, ledger)}", flush=True)
        print(*outcome.violations, sep="\n  ", flush=True)
    return int(failed)


def describe_day(outcome: Outcome, ledger: Ledger) -> str:
    """Say in a line what a day came to."""
    cuts = [call.cuts for call in ledger.calls]
    return (
        f"{len(ledger.calls)} calls in {outcome.seconds:.1f} s, {sum(map(bool, cuts))} of them cut ({sum(cuts)} times),"
        f" {len(ledger.filed)} requests, {len(ledger.paid)} payments, {ledger.replays} replays and {ledger.reused} ids"
        f" used again refused, {ledger.unavailable} times unavailable, died: {' '.join(map(str, outcome.died))},"
        f" {len(outcome.violations)} violations{describe_sharing(ledger) if len(ledger.answered) > 1 else ''}"
    )


def describe_sharing(ledger: Ledger) -> str:
    """Say what two processes had to do with each other."""
    return (
        f"; answers {' and '.join(map(str, ledger.answered.values()))}, by another process than the one that a cut line"
        f" went to {ledger.left_elsewhere}, than the one that was killed {ledger.dropped_elsewhere}, replays refused by"
        f" another than the first {ledger.replays_elsewhere}"
    )


def main() -> int:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.counter", description=__doc__)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--processes", type=int, choices=[1, 2], default=1, help="2: on PostgreSQL alone")
    arguments = parser.parse_args()
    engines = ["sqlite", "postgresql"] if arguments.database == "both" else [arguments.database]
    if arguments.processes > 1:
        engines = ["postgresql"]
    with furnished_stock():
        return asyncio.run(run(engines, arguments.seed, arguments.calls, arguments.processes))


if __name__ == "__main__":
    sys.exit(main())
