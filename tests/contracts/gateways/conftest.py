"""Each gateway with its fake bank, and what may stand in no log."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from domain.gateways.gateway import PaymentGateway
from tests.contracts.gateways.banks import FAKE_BANKS, ContractBank, FakeBank
from tests.contracts.logged_text import read_logged_text
from tests.fakes.bank_server import FIRST_CARD, SECOND_CARD
from tests.support.own_certificate import write_own_certificate

PATIENCE, IMPATIENCE = 10.0, 0.25
"""Seconds that a gateway waits for its bank: as long as it takes, or only for a bank that will not answer."""


@pytest.fixture(params=sorted(FAKE_BANKS))
def gateway_name(request: pytest.FixtureRequest) -> str:
    """The name of each gateway."""
    return str(request.param)


@pytest.fixture
def fake_bank(gateway_name: str) -> FakeBank:
    """Bank by which it is tried."""
    return FAKE_BANKS[gateway_name]


@pytest.fixture
async def bank(fake_bank: FakeBank) -> AsyncIterator[ContractBank]:
    """Its bank, on loopback."""
    async with fake_bank.open_bank() as opened:
        yield opened


@pytest.fixture
async def gateway(fake_bank: FakeBank, bank: ContractBank) -> AsyncIterator[PaymentGateway]:
    """The gateway, as it is built of its settings."""
    built = fake_bank.build_gateway(bank, PATIENCE)
    yield built
    await built.close()


@pytest.fixture
async def impatient_gateway(fake_bank: FakeBank, bank: ContractBank) -> AsyncIterator[PaymentGateway]:
    """The same with little patience, for a bank that does not answer."""
    built = fake_bank.build_gateway(bank, IMPATIENCE)
    yield built
    await built.close()


@pytest.fixture(autouse=True)
def nothing_secret_is_logged(fake_bank: FakeBank, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Read the log of each test: no secret of the gateway and no whole card number is in it."""
    caplog.set_level(logging.DEBUG)
    yield
    told = read_logged_text(caplog)
    assert [secret for secret in (*fake_bank.secrets, FIRST_CARD, SECOND_CARD) if secret in told] == []


@pytest.fixture(scope="session")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody but its maker vouches for, with its key."""
    return write_own_certificate(tmp_path_factory.mktemp("tls") / "bank.pem")
