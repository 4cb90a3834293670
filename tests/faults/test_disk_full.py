"""The disk is full: texts are refused and asked for again, nothing is half stored; with room again all goes on."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.support.office_setup import furnish
from tests.faults.conftest import Site
from tests.faults.support.full_disk import fill_disk, move_database, small_disk
from tests.faults.support.mortal_office import mortal_office
from tests.faults.support.outage_probes import readiness
from tests.faults.support.round_plan import Plan, Receipts
from tests.faults.support.state_checks import Expected
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

STORIES = ("orders", "fills_in", "cancels", "asks", "cancels", "orders", "asks", "fills_in", "cancels")
REFUSALS = 5


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, bool]]:
    """A folder for the database, and whether it is a file system of its own (or else a limit stands for one)."""
    with small_disk(tmp_path) as mounted:
        yield tmp_path, mounted


async def test_texts_wait_until_there_is_room(disk: tuple[Path, bool]) -> None:
    folder, mounted = disk
    async with mortal_office("sqlite", furnish) as office:
        move_database(office, folder)
        site = Site(office, Expected())

        async def crowded() -> None:
            await office.panel.wait_until(lambda: len(office.panel.sent) >= 2, "a text")
            with fill_disk(office, folder, mounted=mounted):
                async with asyncio.timeout(patient(20)):
                    while site.expected.refusals < REFUSALS:  # noqa: ASYNC110 - the panel's answers are counted
                        await asyncio.sleep(0.01)
                status, told = await readiness(office)
                assert (status, told["part"]) == (503, "database") or not mounted

        await site.plays(Plan(0, STORIES, receipts=(Receipts((10,), copies=2), Receipts(()))), crowded())
        assert await office.is_ready()
        assert await office.close() == 0
        office.assert_clean_log()
