"""Each provider with its fake panel, and what may stand in no log."""

import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from domain.messages.carriers import SmsProvider
from tests.contracts.logged_text import read_logged_text
from tests.contracts.sms.panels import FAKE_PANELS, KEY, SECRET, ContractPanel, FakePanel

PATIENCE, IMPATIENCE = 10.0, 0.5
"""Seconds that a provider waits for its panel: as long as it takes; or only until the panel must have the call."""


@pytest.fixture(params=sorted(FAKE_PANELS))
def provider_name(request: pytest.FixtureRequest) -> str:
    """The name of each provider."""
    return str(request.param)


@pytest.fixture
def fake_panel(provider_name: str) -> FakePanel:
    """Bank by which it is tried."""
    return FAKE_PANELS[provider_name]


@pytest.fixture
async def panel(fake_panel: FakePanel) -> AsyncIterator[ContractPanel]:
    """Its panel, on loopback."""
    async with fake_panel.open_panel() as opened:
        yield opened


@pytest.fixture
async def provider(fake_panel: FakePanel, panel: ContractPanel) -> AsyncIterator[SmsProvider]:
    """The provider, as it is built of its settings."""
    built = fake_panel.build_provider(panel, PATIENCE, KEY)
    yield built
    await built.close()


@pytest.fixture
async def impatient_provider(fake_panel: FakePanel, panel: ContractPanel) -> AsyncIterator[SmsProvider]:
    """The same with little patience, for a panel that does not answer."""
    built = fake_panel.build_provider(panel, IMPATIENCE, KEY)
    yield built
    await built.close()


@pytest.fixture(autouse=True)
def nothing_secret_is_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Read the log and the output of each test: neither the key nor the webhook's secret is in them."""
    caplog.set_level(logging.DEBUG)
    yield
    told = "\n".join([read_logged_text(caplog), *capfd.readouterr()])
    assert [secret for secret in (KEY, SECRET) if secret in told] == []
