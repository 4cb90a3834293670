"""Browsers at the portal."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.support.demo_site import DemoSite, demo_site
from tests.support.pages.portal_reader import PortalReader
from tests.support.portal_citizen import PortalCitizen, portal_citizen


@pytest.fixture
async def portal(database: Path) -> AsyncIterator[DemoSite]:
    """The portal, with what stands behind it, of the test's own."""
    async with demo_site(database) as built:
        yield built


@pytest.fixture
async def citizen(portal: DemoSite) -> AsyncIterator[PortalCitizen]:
    """A citizen's browser, without a cookie."""
    async with portal_citizen(portal) as browser:
        yield browser


@pytest.fixture
async def reader(portal: DemoSite) -> AsyncIterator[PortalReader]:
    """Somebody who reads it, and keeps nothing."""
    async with TestClient(TestServer(portal.app)) as client:
        yield PortalReader(client)
