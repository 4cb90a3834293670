"""Bots' accounts at the fake messengers."""

from collections.abc import AsyncIterator

import pytest

from channels.telegram.account import Account
from tests.fakes.bot_api import FakeBotApi


@pytest.fixture(params=["telegram", "bale"])
async def messenger(request: pytest.FixtureRequest) -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi(bale=request.param == "bale") as served:
        yield served


@pytest.fixture
async def telegram() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as served:
        yield served


@pytest.fixture
async def account(messenger: FakeBotApi) -> AsyncIterator[Account]:
    async for made in account_of(messenger):
        yield made


@pytest.fixture
async def in_telegram(telegram: FakeBotApi) -> AsyncIterator[Account]:
    async for made in account_of(telegram):
        yield made


async def account_of(fake: FakeBotApi) -> AsyncIterator[Account]:
    """The bot's account, closed in the end."""
    made = Account("bale" if fake.bale else "telegram", fake.token, fake.base_url, fake.base_file_url)
    yield made
    await made.close()
