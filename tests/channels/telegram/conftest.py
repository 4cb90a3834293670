"""Bots at the fake messengers, a store that goes away, and what of a chat is kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from channels.telegram.link import Account, Link
from domain.errors import Unavailable
from domain.ports import Store, UnitOfWork
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_people import Person
from tests.support.municipality import Municipality

SECONDS = 1.0
"""How long the bot waits for its messenger."""


def soon() -> float:
    """Chance that makes every pause the shortest."""
    return 0.0


@pytest.fixture(params=["telegram", "bale"])
async def messenger(request: pytest.FixtureRequest) -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi(bale=request.param == "bale") as served:
        yield served


@pytest.fixture
async def telegram() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as served:
        yield served


@pytest.fixture
async def link(messenger: FakeBotApi) -> AsyncIterator[Link]:
    async for made in linked(messenger):
        yield made


@pytest.fixture
async def in_telegram(telegram: FakeBotApi) -> AsyncIterator[Link]:
    async for made in linked(telegram):
        yield made


async def linked(fake: FakeBotApi) -> AsyncIterator[Link]:
    """The bot, impatient; closed in the end."""
    channel = "bale" if fake.bale else "telegram"
    made = Link(Account(channel, fake.token, fake.base_url, fake.base_file_url, timeout=SECONDS))
    yield made
    await made.close()


@dataclass
class Flickering:
    """A store that is away while somebody says so; `asked` counts the units that it could not open."""

    store: Store
    away: bool = False
    asked: int = 0

    @asynccontextmanager
    async def unit(self, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """Open a unit, if it is there."""
        if self.away:
            self.asked += 1
            raise Unavailable("database")
        async with self.store.unit(write=write) as uow:
            yield uow


async def texts(town: Municipality, person: Person) -> list[str]:
    """What of a person's texts is kept, oldest first."""
    channel = "bale" if person.messenger.bale else "telegram"
    async with town.store.unit(write=False) as uow:
        found = await uow.inbox.last_from(channel, str(person.id), 100)
    return [one.text for one in reversed(found)]
