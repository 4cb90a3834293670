"""PostgreSQL restarted, or fallen down, while citizens text: what it did not take is delivered again."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.support.office_setup import furnish
from tests.faults.conftest import Site
from tests.faults.support.mortal_office import mortal_office
from tests.faults.support.round_plan import Plan, Receipts
from tests.faults.support.state_checks import Expected

pytestmark = [pytest.mark.e2e, pytest.mark.postgresql, pytest.mark.asyncio(loop_scope="module")]

STORIES = ("orders", "fills_in", "cancels", "asks", "cancels")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    """An office of this module's own: its log tells of a database that is away."""
    async with mortal_office("postgresql", furnish) as office:
        yield Site(office, Expected())
        assert await office.close() == 0
        office.assert_clean_log()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_restarted_in_the_middle(site: Site, how: signal.Signals) -> None:
    office, server = site.office, site.office.postgresql
    assert server
    before = len(office.panel.sent)

    async def restarted() -> None:
        for texts in (2, 6):
            await office.panel.wait_until(lambda: len(office.panel.sent) >= before + texts, f"{texts} texts")  # noqa: B023
            await asyncio.to_thread(server.restart, how)

    receipts = (Receipts((10,), copies=2), Receipts((11,)), Receipts(()))
    await site.plays(Plan(0, STORIES, receipts=receipts), restarted())
    assert site.expected.refusals > 0
    assert await office.is_ready()
