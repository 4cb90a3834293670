"""The server dies at each step of filling in and sending forms: no draft is lost, no request is lost or doubled."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.support.program_runs import Death
from tests.faults.conftest import ENGINES
from tests.faults.support.draft_rounds import DRAFT_STEPS, PAPER_STEPS, SUBMIT_STEPS, DraftRounds, draft_rounds

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

STEPS_BY_ENGINE = {"sqlite": DRAFT_STEPS, "postgresql": (*SUBMIT_STEPS[2:], *PAPER_STEPS[-1:])}
"""Every step on SQLite, the last ones on PostgreSQL."""


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def rounds(request: pytest.FixtureRequest) -> AsyncIterator[DraftRounds]:
    """An office on each database."""
    async with draft_rounds(request.param) as opened:
        yield opened
        opened.office.spoke_well()


async def test_no_draft_is_lost_and_no_request_doubled(rounds: DraftRounds) -> None:
    steps = STEPS_BY_ENGINE["postgresql" if rounds.office.postgresql else "sqlite"]
    deaths = [Death(step) for step in steps]
    assert await rounds.play(deaths) == len(deaths)
    assert await rounds.find_violations() == []
