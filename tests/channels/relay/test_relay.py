"""The relay and a real panel on loopback: what no credit, or a mark that fails, does to the other texts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from channels.relay.relay import LONGEST_DOWN_TIME, Relay
from channels.sms.providers.kavenegar import Kavenegar
from domain.messages.records import MessageState
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import Unavailable
from store.migrate import migrate
from tests.channels.sms.provider_clients import KEY, kavenegar
from tests.fakes.kavenegar import FakeKavenegar
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality, StandingClock, build_desk, municipality


class Failing:
    """A store one of whose next writing units finds no database: the `at`-th."""

    def __init__(self, store: Store, at: int) -> None:
        self._store = store
        self._left = at

    @asynccontextmanager
    async def open_unit(self, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """Open a unit, or tell that the database does not answer."""
        self._left -= write
        if write and self._left == 0:
            raise Unavailable("database")
        async with self._store.open_unit(write=write) as uow:
            yield uow


@pytest.fixture
async def panel() -> AsyncIterator[FakeKavenegar]:
    """A Kavenegar panel."""
    async with FakeKavenegar(api_key=KEY) as fake:
        yield fake


@pytest.fixture
async def provider(panel: FakeKavenegar) -> AsyncIterator[Kavenegar]:
    """A client of that panel."""
    made = kavenegar(panel.base_url)
    yield made
    await made.close()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Municipality]:
    """A municipality."""
    path, clock = tmp_path / "pishkhan.db", StandingClock()
    await migrate(f"sqlite:///{path}")
    async with municipality(path, build_desk(clock), clock) as opened:
        yield opened


async def test_texts_go_on_by_themselves_once_there_is_credit_again(
    town: Municipality, panel: FakeKavenegar, provider: Kavenegar
) -> None:
    seconds = 0.0
    relay = Relay(town.desk, town.store, [provider], lambda: seconds)
    credit, panel.credit = panel.credit, 0
    await town.say(CITIZEN, "راهنما")
    await relay.send_due()
    [waiting] = await town.sent()
    assert (waiting.state, waiting.reason, waiting.attempts) == (MessageState.QUEUED, "credit", 0)
    panel.credit = credit
    seconds = LONGEST_DOWN_TIME.total_seconds() - 1
    town.advance(seconds=seconds)
    assert await relay.send_due() == 0, "it is left alone for its time"
    seconds += 1
    town.advance(seconds=1)
    assert await relay.send_due() == 1
    [sent] = await town.sent()
    assert (sent.state, sent.attempts, len(panel.sent)) == (MessageState.SENT, 1, 1)


async def test_a_mark_that_fails_cuts_no_other_text_off(
    town: Municipality, panel: FakeKavenegar, provider: Kavenegar
) -> None:
    for mobile in (CITIZEN, NEIGHBOUR, "+989130000001", "+989130000002"):
        await town.say(mobile, "راهنما")
    relay = Relay(town.desk, Failing(town.store, at=2), [provider], lambda: 0.0)  # the first mark after the claim
    with pytest.raises(Unavailable):
        await relay.send_due()
    async with town.store.open_unit(write=False) as uow:
        states = sorted(message.state for message in await uow.outbox.list_recent())
    assert states == sorted([MessageState.SENDING, *[MessageState.SENT] * 3])
    assert len(panel.sent) == 4
