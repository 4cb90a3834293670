"""A process stops or dies over messages of a messenger: the next one sends what was not under way."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from channels.relay.relay import MOST_RESENDS, SENDS_AT_ONCE, Relay, chat_route
from domain.messages.carriers import SendResult
from domain.messages.records import MessageClass, MessageState, OutboxMessage
from tests.channels.relay.scripted_carrier import ScriptedCarrier
from tests.support.municipality import Municipality

NOTICES = 30


class StuckCarrier(ScriptedCarrier):
    """Takes messages, and answers none of them."""

    def __init__(self) -> None:
        """Nothing is stuck yet."""
        super().__init__()
        self.stuck = asyncio.Event()

    async def send(self, message: OutboxMessage) -> SendResult:
        """Take it, and never come back."""
        await super().send(message)
        self.stuck.set()
        await asyncio.Event().wait()
        raise AssertionError("it waits for ever")


class EndingCarrier(ScriptedCarrier):
    """Ends its relay with the first message."""

    relay: Relay | None = None

    async def send(self, message: OutboxMessage) -> SendResult:
        """End the relay, and take the message."""
        assert self.relay
        self.relay.stop_claiming()
        return await super().send(message)


async def queue(town: Municipality) -> list[int]:
    """Queue notices, each to a chat of its own; their ids."""
    ids, now = [town.desk.ids.new_id() for _ in range(NOTICES)], town.clock.at
    async with town.store.open_unit() as uow:
        for at, number in enumerate(ids):
            text = f"خبر {at}"
            await uow.outbox.add(
                OutboxMessage(
                    id=number,
                    channel="telegram",
                    recipient=str(at),
                    cls=MessageClass.NOTICE,
                    key="sms.unknown",
                    text=text,
                    created_at=now,
                    not_before=now,
                )
            )
    return ids


async def states(town: Municipality, ids: list[int]) -> Counter[MessageState]:
    """Number of messages by state."""
    async with town.store.open_unit(write=False) as uow:
        return Counter([(await uow.outbox.get(number)).state for number in ids])


@pytest.mark.parametrize("rate", [1.0, 25.0, 1000.0])
async def test_what_was_under_way_is_sent_again(town: Municipality, database: Path, rate: float) -> None:
    ids = await queue(town)
    stuck, carrier = StuckCarrier(), ScriptedCarrier()
    stuck.rate_per_second = rate
    dying = Relay(town.desk, town.store, [stuck], lambda: 0.0, chat_route("telegram"))
    sending = asyncio.create_task(dying.send_due())
    await stuck.stuck.wait()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    with closing(sqlite3.connect(database)) as file, file:
        file.execute("UPDATE outbox SET claimed_until = 0 WHERE claimed_until IS NOT NULL")
    town.advance(seconds=timedelta(minutes=3).total_seconds())
    relay = Relay(town.desk, town.store, [carrier], lambda: 0.0, chat_route("telegram"))
    await relay.reconcile_unknown()
    await relay.send_due()
    assert await states(town, ids) == {MessageState.SENT: NOTICES}
    assert len(carrier.taken) == NOTICES
    async with town.store.open_unit(write=False) as uow:
        again = [one.recipient for number in ids if (one := await uow.outbox.get(number)).resends]
    assert {recipient for recipient, _ in stuck.taken} <= set(again)
    assert 1 <= len(again) <= SENDS_AT_ONCE, "no more than was taken up at once"


async def test_a_death_at_every_try_ends(town: Municipality, database: Path) -> None:
    await queue(town)
    for tries in range(MOST_RESENDS + 2):
        stuck = StuckCarrier()
        dying = Relay(town.desk, town.store, [stuck], lambda: 0.0, chat_route("telegram"))
        await dying.reconcile_unknown()
        sending = asyncio.create_task(dying.send_due())
        await stuck.stuck.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        with closing(sqlite3.connect(database)) as file, file:
            file.execute("UPDATE outbox SET claimed_until = 0 WHERE claimed_until IS NOT NULL")
        first = {recipient for recipient, _ in stuck.taken}
        assert ("0" in first) is (tries <= MOST_RESENDS)


async def test_a_relay_that_ends_finishes_what_it_took_up(town: Municipality) -> None:
    ids, carrier = await queue(town), EndingCarrier()
    relay = carrier.relay = Relay(town.desk, town.store, [carrier], lambda: 0.0, chat_route("telegram"))
    assert await relay.send_due() == SENDS_AT_ONCE
    assert await states(town, ids) == {MessageState.SENT: SENDS_AT_ONCE, MessageState.QUEUED: NOTICES - SENDS_AT_ONCE}
    assert await relay.send_due() == 0
