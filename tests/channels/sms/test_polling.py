"""Texts that are fetched: each is acted on once, whatever breaks between the panel and the store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from channels.sms.polling import FIRST_REACH, MOST_RESTS, OVERLAP, InboundPoller
from channels.sms.providers.simulator import Simulator
from domain.messages.carriers import TOO_MANY, InboundListing, ReceivedSms
from domain.unit_of_work import Store, UnitOfWork
from domain.values.calendar import MomentSpan
from domain.values.errors import Unavailable
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality


class PolledProvider(Simulator):
    """A provider that lists whatever it has, as often as it is asked."""

    polls_inbound = True

    def __init__(self) -> None:
        super().__init__(webhook_secret="")
        self.texts: list[ReceivedSms] = []
        self.failure: str | None = None
        self.spans: list[MomentSpan] = []

    async def fetch_inbound(self, span: MomentSpan) -> InboundListing:
        """List all of it."""
        self.spans.append(span)
        if self.failure and self.failure != TOO_MANY:
            return InboundListing((), self.failure)
        return InboundListing(tuple(self.texts), self.failure)

    def keep(self, text_id: str, text: str, received_at: datetime, sender: str = CITIZEN) -> None:
        """Have a text, before those that it has."""
        self.texts.insert(0, ReceivedSms(text_id, sender, "3000", text, received_at))


class FailingStore:
    """A store whose next writing units but `left` find no database."""

    def __init__(self, store: Store, left: int) -> None:
        self._store = store
        self.left = left

    @asynccontextmanager
    async def open_unit(self, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """Open a unit, or tell that the database does not answer."""
        self.left -= write
        if write and self.left < 0:
            raise Unavailable("database")
        async with self._store.open_unit(write=write) as uow:
            yield uow


async def list_texts(town: Municipality) -> list[str]:
    """The texts that came in, in the order in which they were acted on."""
    async with town.store.open_unit(write=False) as uow:
        return [message.text for message in reversed(await uow.inbox.list_recent())]


async def test_each_text_is_acted_on_once_and_the_oldest_first(town: Municipality) -> None:
    provider, now = PolledProvider(), town.clock.at
    poller = InboundPoller(town.desk, town.store, [provider, Simulator(webhook_secret="x")])
    provider.keep("1", "راهنما", now - timedelta(minutes=3))
    provider.keep("3", "تعرفه", now - timedelta(minutes=1))
    provider.keep("2", "درخواست‌ها", now - timedelta(minutes=2), NEIGHBOUR)
    provider.keep("0", "دیروز", now - FIRST_REACH - timedelta(minutes=1))
    assert await poller.fetch_texts() == 3
    assert await poller.fetch_texts() == 0
    assert await list_texts(town) == ["راهنما", "درخواست‌ها", "تعرفه"], "what is older than a day is left alone"
    assert (len(await town.sent()), len(await town.sent(NEIGHBOUR))) == (2, 1)
    other_process = InboundPoller(town.desk, town.store, [provider])
    assert await other_process.fetch_texts() == 0


async def test_what_is_not_stored_is_fetched_again(town: Municipality) -> None:
    provider, failing = PolledProvider(), FailingStore(town.store, left=1)
    for number in range(3):
        provider.keep(str(number), f"پیام {number}", town.clock.at + timedelta(seconds=number), f"0912000000{number}")
    poller = InboundPoller(town.desk, failing, [provider])
    with pytest.raises(Unavailable):
        await poller.fetch_texts()
    assert await list_texts(town) == ["پیام 0"]
    failing.left = 100
    assert await poller.fetch_texts() == 2
    assert await list_texts(town) == ["پیام 0", "پیام 1", "پیام 2"]


async def test_a_panel_that_does_not_answer_is_left_alone_for_a_while(
    town: Municipality, caplog: pytest.LogCaptureFixture
) -> None:
    provider = PolledProvider()
    poller = InboundPoller(town.desk, town.store, [provider])
    await poller.fetch_texts()
    provider.failure = "timeout"
    for _ in range(40):
        await poller.fetch_texts()
    assert 40 // (MOST_RESTS + 1) <= len(provider.spans) <= 12
    assert caplog.messages == ["texts cannot be fetched from simulator: timeout"]
    broken_since = town.clock.at
    town.advance(hours=5)
    provider.failure = None
    provider.keep("1", "راهنما", broken_since + timedelta(minutes=1))
    for _ in range(MOST_RESTS + 1):
        await poller.fetch_texts()
    assert await list_texts(town) == ["راهنما"], "the listing reaches back to the last one that was whole"
    assert provider.spans[-1][0] in {broken_since - OVERLAP, town.clock.at - OVERLAP}
    assert caplog.messages[-1] == "texts are fetched from simulator again"


async def test_a_list_that_is_too_long_is_read_again_for_a_day(town: Municipality) -> None:
    provider = PolledProvider()
    poller = InboundPoller(town.desk, town.store, [provider])
    await poller.fetch_texts()
    whole_at, provider.failure = town.clock.at, TOO_MANY
    provider.keep("1", "راهنما", town.clock.at)
    assert await poller.fetch_texts() == 1, "what it lists is answered"
    for hours in (2, 10):
        town.advance(hours=hours)
        for _ in range(MOST_RESTS + 1):
            await poller.fetch_texts()
        assert provider.spans[-1][0] == whole_at - OVERLAP
    town.advance(hours=48)
    for _ in range(2 * (MOST_RESTS + 1)):
        await poller.fetch_texts()
    assert provider.spans[-1][0] == town.clock.at - FIRST_REACH
