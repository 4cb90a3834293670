"""A flooded form at the portal: it is sent again after work or some seconds, with all that was typed."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from channels.portal.flood_page import WORK_FIELD
from domain.actions.citizens import flooding
from domain.actions.citizens.flooding import is_worked
from tests.support.demo_site import DemoSite, demo_site
from tests.support.portal_citizen import PortalCitizen

BEGIN = "/services/machinery/request"
WAIT = timedelta(minutes=5)


@pytest.fixture
async def portal(database: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DemoSite]:
    """A portal in a flood."""
    monkeypatch.setattr(flooding, "FLOOD_LIMIT", 0)
    monkeypatch.setattr(flooding, "FLOOD_WAIT", WAIT)  # the clock of the tests goes on by itself
    async with demo_site(database) as built:
        yield built


async def test_a_flooded_form_passes_after_work_or_after_some_seconds(citizen: PortalCitizen, portal: DemoSite) -> None:
    await citizen.get(BEGIN)
    first = await citizen.post(BEGIN, note="الف")
    await citizen.get(BEGIN)
    page = await citizen.post(BEGIN, 429, note="ب «پ»")
    assert citizen.hidden_values(BEGIN)["note"] == "ب «پ»"
    described = re.search(r'data-work="([^"]+)" data-bits="16"', page)
    assert described
    nonce = next(str(number) for number in count() if is_worked(described[1], str(number)))
    assert await citizen.post(BEGIN, **{WORK_FIELD: nonce}) == first, "the same draft, as nothing was written in it"
    await citizen.get(BEGIN)
    await citizen.post(BEGIN, 429)
    portal.clock.at += WAIT
    assert await citizen.post(BEGIN) == first


async def test_who_has_proved_a_mobile_is_never_asked(citizen: PortalCitizen) -> None:
    await citizen.prove_mobile()
    for _ in range(5):
        await citizen.get(BEGIN)
        await citizen.post(BEGIN)
