"""Both messengers on loopback, and a bot in each."""

from collections.abc import AsyncIterator

import pytest

from tests.channels.telegram.paying import BaleTown, bale_town
from tests.channels.telegram.running_bot import Bot, running_bot
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_people import Person
from tests.support.municipality import Municipality


@pytest.fixture(params=["telegram", "bale"])
async def messenger(request: pytest.FixtureRequest) -> AsyncIterator[FakeBotApi]:
    """Each messenger."""
    async with FakeBotApi(bale=request.param == "bale") as fake:
        yield fake


@pytest.fixture
async def bot(town: Municipality, messenger: FakeBotApi) -> AsyncIterator[Bot]:
    """The bot of the municipality there."""
    async with running_bot(town, messenger) as made:
        yield made


@pytest.fixture
def reza(messenger: FakeBotApi) -> Person:
    """A person there, who has the citizen's mobile."""
    return Person(messenger, "رضا")


@pytest.fixture
async def paying(town: Municipality) -> AsyncIterator[BaleTown]:
    """A citizen in Bale who is linked, at a bot that polls."""
    async with bale_town(town) as made:
        yield made
