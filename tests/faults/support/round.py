"""A round against the real server: citizens text, the panel errs, the server dies and comes back, all comes to rest."""

import asyncio
import signal
from collections.abc import Coroutine
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

from aiohttp import ClientError

from tests.e2e.support.program_runs import KILLED, Death, Run
from tests.fakes.kavenegar import Sent
from tests.faults.support.citizens import AGAIN_SECONDS, ANSWER_SECONDS, NOBODY, Citizen
from tests.faults.support.mortal_office import MortalOffice
from tests.faults.support.round_plan import Blow, End, Plan, Receipts
from tests.faults.support.state_checks import Expected, violations
from tests.support.patience import patient

ROUND_SECONDS = 90.0
"""Longest duration of a round."""

REST_SECONDS = 30.0
"""Time for the outbox to drain once nobody texts any more."""

BEAT_SECONDS = 0.3
BEAT = 16
"""Each beat lets that many seconds pass on the office's clock: the claim of a send under way (two minutes) outlasts the
panel's time-out all the same.
"""

AFTER_DEATH = 125
"""Seconds that pass while the server is dead: its claims and leases have run out when the next one comes."""

LOOK_SECONDS = 0.1
LOOKS = 15
"""Number of looks whether all is at rest before more time passes: jobs begin within a second."""

UNSEALED = "SELECT code FROM requests WHERE head_seq > sealed_seq"
UNSETTLED = "SELECT id, recipient, key, state, reason FROM outbox WHERE state IN ('queued', 'sending', 'unknown')"


@dataclass(slots=True)
class Result:
    """Result of a round: the ends that the servers met, how many texts came in, what was wrong."""

    died: list[End] = field(default_factory=list)
    texts: int = 0
    violations: list[str] = field(default_factory=list)


class Round:
    """One round in an office that may have had others; `expected` is what all of them together must have led to."""

    def __init__(self, office: MortalOffice, expected: Expected, plan: Plan) -> None:
        self._office = office
        self._expected = expected
        self._plan = plan
        self._over = asyncio.Event()
        self.result = Result()
        self._held_back: list[tuple[Sent, Receipts]] = []
        self._seen = len(office.panel.sent)
        self._receipts = cycle(plan.receipts)
        self._posting: set[asyncio.Task[None]] = set()
        self._background: asyncio.TaskGroup

    async def play(self, meanwhile: Coroutine[Any, Any, None] | None = None) -> Result:
        """Play it, let everything come to rest, and check the whole state. `meanwhile` happens while citizens text."""
        await self._begin()
        async with asyncio.timeout(patient(ROUND_SECONDS)), asyncio.TaskGroup() as background:
            self._background = background
            for always in (self._keep_open(), self._let_time_pass(), self._send_receipts()):
                background.create_task(always)
            await asyncio.gather(self._citizens_live(), *filter(None, [meanwhile]))
            await self._rest()
            self._over.set()
        self.result.violations = await violations(self._office, self._expected)
        return self.result

    async def _begin(self) -> None:
        server = self._office.server
        if server is not None and not server.ended.done():
            if self._plan.farewell:
                await self._office.is_up_or_dead(server)  # beside a second process a round may end before
            server.signal(signal.SIGTERM if self._plan.farewell else signal.SIGKILL)
            code = await asyncio.wait_for(server.ended, patient(ANSWER_SECONDS))
            assert code in (0, KILLED), f"the server ended with {code}:\n{self._office.said}"
        panel = self._office.panel
        panel.behave()
        panel.faults.extend(self._plan.faults)
        panel.late.extend(self._plan.late)
        panel.dedupes, panel.remembers = self._plan.dedupes, self._plan.remembers

    async def _keep_open(self) -> None:
        """Keep a server running; each has the next end of the plan before it."""
        for end in (*self._plan.ends, None):
            server = await self._office.begin(end if isinstance(end, Death) else None)
            if isinstance(end, Blow) and not await self._first_of(server, end.seconds):
                server.signal(signal.SIGKILL)
            await self._first_of(server, None)
            if not server.ended.done():
                return
            assert end, f"the server ended with {server.ended.result()}:\n{self._office.said}"
            assert server.ended.result() == KILLED, f"ended with {server.ended.result()}:\n{self._office.said}"
            self.result.died.append(end)
            self._office.advance(seconds=AFTER_DEATH)

    async def _first_of(self, server: Run, seconds: float | None) -> bool:
        """Wait for the end of the server or of the round; False when neither came in that time."""
        over = asyncio.create_task(self._over.wait())
        ends: list[asyncio.Future[Any]] = [server.ended, over]
        try:
            done, _ = await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
        return bool(done)

    async def _let_time_pass(self) -> None:
        while not await self._over_within(BEAT_SECONDS):
            self._office.advance(seconds=BEAT)

    async def _over_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._over.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _citizens_live(self) -> None:
        deliveries, deaths = cycle(self._plan.deliveries), cycle(self._plan.staff_deaths)
        citizens = [Citizen(self._office, story, self._plan) for story in self._plan.stories]
        self._expected.citizens.extend(citizens)
        async with asyncio.TaskGroup() as group:
            for citizen in citizens:
                group.create_task(citizen.lives(deliveries, deaths))
        self.result.texts = sum(len(citizen.texts) for citizen in citizens)

    async def _rest(self) -> None:
        """Wait until nothing is under way any more, then bring the receipts that were held back."""
        await self._comes_to_nothing(UNSETTLED, "outbox does not drain")
        if self._plan.seals:
            await self._comes_to_nothing(UNSEALED, "history is not sealed", minutes=10)
        self._meet_new()
        held_back, self._held_back = self._held_back, []
        for sent, receipts in held_back:
            self._post(sent, receipts)
        while self._posting:
            await asyncio.wait(self._posting)  # which always lets them be taken out of the set; `gather` may not

    async def _comes_to_nothing(self, query: str, complaint: str, minutes: int = 0) -> None:
        """Wait until a query finds nothing; from time to time so many minutes pass at once."""
        left: object = None
        try:
            async with asyncio.timeout(patient(REST_SECONDS)):
                for look in count():
                    if not (left := await self._office.database.rows(query)):
                        return
                    if look % LOOKS == 0:
                        self._office.advance(minutes=minutes)
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise AssertionError(f"the {complaint}: {left}\n{self._office.said[-3000:]}") from None

    async def _send_receipts(self) -> None:
        """Post what the panel has to tell of each text, from the moment that it took it."""
        while not self._over.is_set():
            self._meet_new()
            await asyncio.sleep(0.01)

    def _meet_new(self) -> None:
        new = self._office.panel.sent[self._seen :]
        self._seen += len(new)
        for sent in new:
            receipts = next(self._receipts)
            if receipts.late:
                self._held_back.append((sent, receipts))
            else:
                self._post(sent, receipts)

    def _post(self, sent: Sent, receipts: Receipts) -> None:
        task = self._background.create_task(self._tell(sent.messageid, receipts))
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)

    async def _tell(self, messageid: int, receipts: Receipts) -> None:
        for status in receipts.statuses:
            for _ in range(receipts.copies):
                await self._is_told(messageid, status)
            self._expected.told_of(messageid, status)

    async def _is_told(self, messageid: int, status: int) -> None:
        """Post until the server has taken it, as a panel does."""
        while True:
            try:
                async with asyncio.timeout(patient(ANSWER_SECONDS)):
                    [(code, body)] = await next(self._office.entrances).receipts([(messageid, status)])
            except (ClientError, TimeoutError, OSError):
                code, body = 503, NOBODY
            if code == 200:
                return
            assert code == 503, f"receipt {messageid} {status} was answered {code} {body}"
            await asyncio.sleep(AGAIN_SECONDS)
