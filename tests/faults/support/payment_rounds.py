"""Rounds of payments through the real server: payers pay, the server dies at a named point, and is started again.

A round is one server process: with the next death before it, three new payers, and whoever was left waiting by the
process before. When nobody waits any more and the death did not come, the server is killed all the same. A seed decides
the plan of a round; which process gets its turn when is up to the machine.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import get_args

from tests.e2e.support.office_setup import furnish
from tests.e2e.support.program_runs import KILLED, Death
from tests.faults.support.mortal_office import MortalOffice, mortal_office
from tests.faults.support.payers import Payer, PayerPlan, PayerStory, PaymentSite, Witness
from tests.faults.support.payment_banks import CUTS, PaymentBank, bank_settings, open_banks
from tests.faults.support.payment_bills import FineOffice, LinkedBill
from tests.faults.support.payment_checks import find_violations, list_pending
from tests.support.patience import patient

PAYMENT_STEPS = (
    "attempt_open", "session_call", "session", "session_open", "callback_open", "callback", "attempt_claim",
    "bank_answer", "settle_answer", "bank_answer_open", "payment_open", "attempt_verified", "attempt_settled",
)  # fmt: skip
"""Places where a server dies: before a session is asked for, stored, and committed; inside the unit of a callback, and
after its commit; after the claim; after an answer, after that to the settlement, and inside its unit; in the middle of
counting; after the verification was committed, and after the settlement was."""

PAYERS_A_ROUND = 3
BILLS_A_BATCH = 30
ROUND_SECONDS = 60.0
STRIKE_SECONDS = 0.1
"""Time for the work behind the last page before a death that did not come is dealt from outside."""

LEASE_SECONDS, HALF_HOUR = 20, 2000
"""Until the next process may take the jobs and the claims of the dead one, and until sessions are over and whatever
nobody verified was given back.
"""

PAUSES = (*[LEASE_SECONDS] * 5, HALF_HOUR)
"""Times for which nobody starts a server that died."""

JOB_SECONDS = 1.3
"""A little longer than the job that advances attempts pauses."""

MOST_LOOKS = 60


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """Plan of a round, drawn from its seed."""

    seed: int
    death: Death | None
    payers: tuple[PayerPlan, ...]
    pause_seconds: int
    """Time for which nobody starts the server again."""

    def __str__(self) -> str:
        return f"{self.death or 'blow'}, then {self.pause_seconds} s; " + ", ".join(map(str, self.payers))


def draw_round(seed: int, banks: tuple[str, ...]) -> RoundPlan:
    """Draw a round; the steps take turns, so that each of them comes as often as the others."""
    chance = Random(seed)
    step = (*PAYMENT_STEPS, None)[seed % (len(PAYMENT_STEPS) + 1)]
    payers = [_draw_payer(chance, banks) for _ in range(PAYERS_A_ROUND)]
    if step in {"settle_answer", "attempt_verified"}:
        payers[0] = PayerPlan("pays", "behpardakht")
    elif step is not None:
        payers[0] = PayerPlan("pays", payers[0].bank)
    death = Death(step, chance.choice((1, 1, 1, 2))) if step else None
    return RoundPlan(seed, death, tuple(payers), chance.choice(PAUSES))


def _draw_payer(chance: Random, banks: tuple[str, ...]) -> PayerPlan:
    bank, story = chance.choice(banks), chance.choice(get_args(PayerStory) + ("pays",) * 2)
    operations = ("start", "verify", "settle") if bank == "behpardakht" else ("start", "verify")
    cuts = [(chance.choice(operations), chance.choice(CUTS)) for _ in range(chance.choice((0, 0, 1, 2)))]
    return PayerPlan(story, bank, tuple(cuts))


@dataclass(slots=True)
class PaymentRounds:
    """All rounds of one office."""

    office: MortalOffice
    banks: Mapping[str, PaymentBank]
    site: PaymentSite
    fine_office: FineOffice
    witness: Witness = field(default_factory=Witness)
    died: Counter[str] = field(default_factory=Counter)
    bills: list[LinkedBill] = field(default_factory=list)
    """All that were issued."""
    _unused: list[LinkedBill] = field(default_factory=list)
    _waiting: set[asyncio.Task[None]] = field(default_factory=set)

    async def play(self, plan: RoundPlan) -> None:
        """Play one round, up to the death of its server."""
        payers = [await self._new_payer(payer_plan) for payer_plan in plan.payers]
        await self._open(plan.death)
        self._waiting |= {asyncio.create_task(payer.act()) for payer in payers}
        await self._wait_for_end()
        await self._die(plan)
        self._pass_time(plan.pause_seconds)

    async def come_to_rest(self) -> list[str]:
        """Let everybody finish, and time pass until no attempt waits for anything; return all that is wrong then."""
        await self._open(None)
        await self._wait_for_end()
        assert not self._waiting, "somebody waits for ever"
        for _ in range(MOST_LOOKS):
            if not await list_pending(self.office.database):
                break
            self._pass_time(HALF_HOUR)
            await asyncio.sleep(JOB_SECONDS)
        violations = await self.find_violations()
        await self.shut()
        return violations

    async def find_violations(self) -> list[str]:
        """Return all that is wrong; the server is open."""
        return await find_violations(self.office, self.site, self.banks, self.bills, self.witness)

    async def pay_at_once(self, bank: PaymentBank, callback_count: int) -> list[tuple[int, str, str]]:
        """Let one payer pay at an open server, and so many callbacks come at once; return what browsers were shown."""
        [bill] = await self._take_bills(1)
        status, _, page = await self.site.fetch("POST", f"/pay/{bill.token}/start", {"gateway": bank.name})
        [reference] = [one for one in bank.sessions if one in page]
        self.witness.references[bank.name, reference] = bill
        brought = bank.pay(reference, "6037997500001236")
        assert (status, bool(brought)) == (200, True)
        path = bank.find_callback_path(reference)
        pages = await asyncio.gather(*(self.site.fetch(bank.method, path, brought) for _ in range(callback_count)))
        self.witness.result_paths += [(bank.name, reference, path) for _, path, _ in pages]
        self.witness.callback_count += callback_count
        return pages

    async def open(self) -> None:
        """Start a server that is not told to die."""
        await self._open(None)

    async def shut(self) -> None:
        """Stop the server as an operator does."""
        self.site.is_open.clear()
        assert await self.office.close() == 0

    async def stop(self) -> None:
        """Send everybody home."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)
        await self.site.close()

    async def _take_bills(self, wanted_count: int) -> list[LinkedBill]:
        if len(self._unused) < wanted_count:
            issued = await self.fine_office.issue_bills(BILLS_A_BATCH)
            self.bills += issued
            self._unused += issued
        return [self._unused.pop() for _ in range(wanted_count)]

    async def _new_payer(self, plan: PayerPlan) -> Payer:
        [bill] = await self._take_bills(1)
        return Payer(self.site, self.banks[plan.bank], bill, self.witness, plan)

    async def _open(self, death: Death | None) -> None:
        server = await self.office.begin(death)
        await self.office.is_up_or_dead(server)
        if not server.ended.done():
            self.site.is_open.set()

    async def _wait_for_end(self) -> None:
        """Wait until everybody has finished, or the server died."""
        assert self.office.server
        ended = self.office.server.ended
        async with asyncio.timeout(patient(ROUND_SECONDS)):
            while self._waiting and not ended.done():
                await asyncio.wait({*self._waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
                finished = {task for task in self._waiting if task.done()}
                self._waiting -= finished
                await asyncio.gather(*finished)

    async def _die(self, plan: RoundPlan) -> None:
        assert self.office.server
        server = self.office.server
        if plan.death:
            await server.ends_within(STRIKE_SECONDS)
        died_by_itself = server.ended.done()
        self.site.is_open.clear()
        await self.office.crash()
        assert server.ended.result() == KILLED, self.office.said[-3000:]
        self.died[plan.death.step if plan.death and died_by_itself else "blow"] += 1

    def _pass_time(self, seconds: int) -> None:
        self.office.advance(seconds=seconds)
        for bank in self.banks.values():
            bank.look_at_clock()


@asynccontextmanager
async def payment_rounds(engine: str) -> AsyncIterator[PaymentRounds]:
    """A furnished office with four banks, not opened yet."""
    async with mortal_office(engine, furnish) as office, open_banks(clock := office.clock) as banks:
        office.settings |= {"PISHKHAN_BASE_URL": office.url, **bank_settings(banks)}
        site = PaymentSite(office.url)
        rounds = PaymentRounds(office, banks, site, FineOffice(office.database.url, clock))
        try:
            yield rounds
        finally:
            await rounds.stop()
