"""Rounds of citizens at the portal, whose server dies at named steps, each as often as a round wants it.

In a round some citizens fill in forms side by side. The server dies at the first step of the round, is started again
and dies at the next one, until all were met; then everybody gets to the end.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.e2e.support.office_setup import furnish
from tests.e2e.support.program_runs import KILLED, Death, Run
from tests.fakes.kavenegar import RIALS_A_PART
from tests.faults.support.draft_checks import find_draft_violations
from tests.faults.support.mortal_office import MortalOffice, mortal_office
from tests.faults.support.portal_citizens import AskedRequest, PortalSite, StubbornCitizen
from tests.support.patience import patient

BEGIN_STEPS = ("draft_begun_open", "draft_begun")
FORM_STEPS = ("draft_open", "section_saved")
PROOF_STEPS = ("code_asked_open", "code_asked", "code_confirmed_open", "code_confirmed")
SUBMIT_STEPS = ("draft_submit", "request_of_draft_open", "draft_submitted_open", "draft_submitted")
AMID_UPLOAD = "amid_upload"
"""The server is killed from outside when half of a file has left."""

UPLOAD_STEPS = ("upload_chunk_open", "upload_chunk_saved")
DRAFT_PAPER_STEPS = (AMID_UPLOAD, *UPLOAD_STEPS, "draft_file_prepared", "draft_file_open", "draft_file_saved")
PAPER_STEPS = ("file_prepared", "document_open", "document_added")
DRAFT_STEPS = (*BEGIN_STEPS, *FORM_STEPS, *DRAFT_PAPER_STEPS, *PROOF_STEPS, *SUBMIT_STEPS, *PAPER_STEPS)
"""In the order in which a citizen comes by them: inside each unit, and after its commit before the answer leaves; of
the submit also before it, and between the request and the draft that notes it; of a paper also amid its way here, and
between its examination and the unit.
"""

ANY_COMMIT = ("commit", "committed")
"""Before and after whichever commit it is."""

CITIZENS_A_ROUND = 3
ROUND_SECONDS = 120.0
UPLOAD_PAUSE = 0.3
"""Seconds between the halves of a file, while the server is to be killed between them."""

LEASE_SECONDS = 20
"""Until another process may take over the jobs of a dead one."""

HOUR_SECONDS = 3700
"""Until codes, drafts and requests of a round are counted no more."""

SETTINGS = {
    "PISHKHAN_SMS__KAVENEGAR__PERSIAN_PART_RIALS": str(RIALS_A_PART),
    "PISHKHAN_POLICY__VERIFICATION_RIALS_A_DAY": str(10**9),
}
"""Codes as many as are asked for."""


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """Plan of a round, drawn from its seed. A death of None is a blow from outside, at any moment."""

    seed: int
    deaths: tuple[Death | None, ...]
    blow_seconds: float
    """Lifetime of a server that is killed from outside."""

    def __str__(self) -> str:
        return " ".join(str(death or "blow") for death in self.deaths)


def draw_round(seed: int) -> DraftPlan:
    """Draw a round of one to four deaths; the steps take turns, so that each comes as often as the others."""
    chance = Random(seed)
    candidates = (*DRAFT_STEPS, *ANY_COMMIT)
    first_step = (*candidates, None)[seed % (len(candidates) + 1)]
    first_death = Death(first_step, chance.choice((1, 1, 2, 3))) if first_step else None
    others = [
        chance.choice((None, Death(chance.choice(candidates), chance.choice((1, 2, 3, 5)))))
        for _ in range(chance.choice((0, 1, 2, 3)))
    ]
    return DraftPlan(seed, (first_death, *others), chance.uniform(0.02, 0.5))


@dataclass(slots=True)
class DraftRounds:
    """All rounds of one office."""

    office: MortalOffice
    site: PortalSite
    asked_requests: list[AskedRequest] = field(default_factory=list)
    died: Counter[str] = field(default_factory=Counter)
    citizen_count: int = CITIZENS_A_ROUND
    """Number of citizens who fill forms in side by side."""
    _served_count: int = 0

    async def play(self, deaths: Sequence[Death | None], blow_seconds: float = 0.1) -> int:
        """Play a round; return how many of its deaths came before everybody was served."""
        asking = asyncio.ensure_future(asyncio.gather(*(citizen.ask() for citizen in self._new_citizens())))
        try:
            async with asyncio.timeout(patient(ROUND_SECONDS)):
                met_count = await self._die_in_turn(deaths, blow_seconds, asking)
                if not asking.done():
                    await self._start(None)
                self.asked_requests += await asking
        finally:
            asking.cancel()
            self.site.is_open.clear()
        if self.office.server and not self.office.server.ended.done():
            assert await self.office.close() == 0
        self.office.advance(seconds=HOUR_SECONDS)
        return met_count

    async def find_violations(self) -> list[str]:
        """Return all that is wrong after every round."""
        return await find_draft_violations(self.office, self.asked_requests)

    async def _die_in_turn(
        self, deaths: Sequence[Death | None], blow_seconds: float, asking: "asyncio.Future[list[AskedRequest]]"
    ) -> int:
        for number, death in enumerate(deaths):
            is_from_outside = death is None or death.step == AMID_UPLOAD
            self.site.is_amid_upload.clear()
            self.site.upload_pause = UPLOAD_PAUSE if is_from_outside and death else 0.0
            server = await self._start(None if is_from_outside else death)
            patience = None if death else blow_seconds
            uploading = asyncio.ensure_future(self.site.is_amid_upload.wait())
            first_end: set[asyncio.Future[Any]] = {asking, server.ended}
            if is_from_outside and death:
                first_end.add(uploading)
            await asyncio.wait(first_end, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            uploading.cancel()
            if asking.done() and not server.ended.done():
                return number
            self.site.is_open.clear()
            await self.office.crash()
            assert server.ended.result() == KILLED, self.office.said[-3000:]
            self.died[death.step if death else "blow"] += 1
            self.office.advance(seconds=LEASE_SECONDS)
        return len(deaths)

    async def _start(self, death: Death | None) -> Run:
        server = await self.office.begin(death)
        await self.office.is_up_or_dead(server)
        if not server.ended.done():
            self.site.is_open.set()
        return server

    def _new_citizens(self) -> list[StubbornCitizen]:
        first_number = self._served_count
        self._served_count += self.citizen_count
        return [StubbornCitizen(self.site, number) for number in range(first_number, self._served_count)]


@asynccontextmanager
async def draft_rounds(engine: str, settings: Mapping[str, str] = SETTINGS) -> AsyncIterator[DraftRounds]:
    """A furnished office, not opened yet."""
    async with mortal_office(engine, furnish, settings=settings) as office:
        yield DraftRounds(office, PortalSite(office))
