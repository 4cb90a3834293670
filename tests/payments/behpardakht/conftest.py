"""The bank on loopback, and the gateway that calls it."""

from collections.abc import AsyncIterator

import pytest

from domain.gateways.gateway import PaymentGateway
from tests.fakes.behpardakht_bank import BehpardakhtBank
from tests.payments.behpardakht.whole_payment import build_gateway


@pytest.fixture
async def bank() -> AsyncIterator[BehpardakhtBank]:
    async with BehpardakhtBank() as running:
        yield running


@pytest.fixture
async def gateway(bank: BehpardakhtBank) -> AsyncIterator[PaymentGateway]:
    built = build_gateway(bank)
    yield built
    await built.close()


@pytest.fixture
async def hasty_gateway(bank: BehpardakhtBank) -> AsyncIterator[PaymentGateway]:
    """One that waits for no silent bank; not for calls that are to be answered, on a machine that is busy."""
    built = build_gateway(bank, timeout=0.3)
    yield built
    await built.close()
