"""The server dies at each step of filling in and sending forms: no draft is lost, no request is lost or doubled."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.support.program_runs import Death
from tests.faults.conftest import ENGINES
from tests.faults.support.draft_rounds import DRAFT_STEPS, DraftRounds, draft_rounds
from tests.support.effort import EFFORT

pytestmark = [pytest.mark.e2e, pytest.mark.day, pytest.mark.asyncio(loop_scope="module")]

STEPS_BY_ENGINE = {
    "sqlite": (
        *("draft_begun", "section_saved", "amid_upload", "upload_chunk_saved", "draft_file_open", "draft_file_saved"),
        *(
            "code_asked",
            "code_confirmed",
            "request_of_draft_open",
            "draft_submitted_open",
            "draft_submitted",
            "document_added",
        ),
    ),
    "postgresql": ("draft_file_open", "draft_submitted_open", "draft_submitted"),
}
"""In their order; with `EFFORT` (`make chaos`) every step on both."""

FEW_CITIZENS = 2


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def rounds(request: pytest.FixtureRequest) -> AsyncIterator[DraftRounds]:
    """An office on each database."""
    async with draft_rounds(request.param) as opened:
        yield opened
        opened.office.assert_clean_log()


async def test_no_draft_is_lost_and_no_request_doubled(rounds: DraftRounds) -> None:
    few_steps = STEPS_BY_ENGINE["postgresql" if rounds.office.postgresql else "sqlite"]
    deaths = [Death(step) for step in (few_steps if EFFORT == 1 else DRAFT_STEPS)]
    rounds.citizen_count = FEW_CITIZENS
    assert await rounds.play(deaths) == len(deaths)
    assert await rounds.find_violations() == []
