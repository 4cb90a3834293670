"""A stranger's service, composed of the building blocks in any order and sometimes wrongly: `check` refuses it with a
reason that names what is wrong, or it runs to every end by SMS, bot, SOAP and staff without a fault.

Many more are tried by `python -m tests.properties.random_declarations --examples 500`.
"""

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest_asyncio
from hypothesis import given

from tests.properties.support.random_trials import Tally, Trial, furnish, run_trial, trials
from tests.support.effort import EFFORT, examples


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def furnished(migrated: Path) -> Path:
    """The file of a town with staff, machines and a counter office, to be copied."""
    path = Path(shutil.copy(migrated, migrated.with_name("random.db")))
    await furnish(path)
    return path


def test_a_random_declaration_is_refused_with_a_reason_or_runs(furnished: Path) -> None:
    tally = Tally()

    @examples(10, cut_down=EFFORT > 1)
    @given(trials())
    def each(trial: Trial) -> None:
        with TemporaryDirectory(prefix="pishkhan-random-") as folder:
            asyncio.run(run_trial(trial, furnished, Path(folder), tally))

    each()
    assert tally.outcomes["refused"]
    assert tally.outcomes["runs"]
