"""The bank on loopback, and the gateway that calls it."""

from collections.abc import AsyncIterator

import pytest

from domain.actions.payments.card_refunds import list_refunding_gateways
from domain.gateways.gateway import PaymentGateway
from tests.fakes.behpardakht_bank import BehpardakhtBank
from tests.payments.behpardakht.card_owner import CardOwner
from tests.payments.behpardakht.whole_payment import build_gateway
from tests.support.municipality import Municipality


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


@pytest.fixture
def owner(town: Municipality, bank: BehpardakhtBank, gateway: PaymentGateway) -> CardOwner:
    town.desk.card_refund_gateways = list_refunding_gateways({gateway.name: gateway})
    return CardOwner(town, bank, gateway)
