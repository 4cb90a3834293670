"""Cost of verification codes, and whether they leave, on every engine."""

from datetime import timedelta
from typing import Any

from domain.messages.code_spending import ASSUMED_CODE_PARTS, CodeSpending
from domain.messages.records import MessageClass, MessageState, OutboxMessage
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_message

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
PATIENCE, MEMORY = timedelta(seconds=30), 10 * MINUTE


def a_code(**changes: Any) -> OutboxMessage:
    """A code that waits."""
    return a_message(**{"cls": MessageClass.SECURITY, "key": "sms.portal_code", **changes})


async def queue(store: SqlStore, *messages: OutboxMessage) -> None:
    async with store.open_unit() as uow:
        for message in messages:
            await uow.outbox.add(message)


async def are_held_up(store: SqlStore) -> bool:
    async with store.open_unit(write=False) as uow:
        return await uow.code_messages.are_held_up("sms", NOW, PATIENCE, MEMORY)


async def test_codes_are_added_up_by_cost_or_by_parts(store: SqlStore) -> None:
    sent = {"state": MessageState.SENT, "sent_at": NOW}
    await queue(
        store,
        a_code(),
        a_code(parts=1, **sent),
        a_code(parts=2, cost=1500, **sent),
        a_code(parts=1, cost=700, state=MessageState.FAILED),
        a_code(state=MessageState.EXPIRED),
        a_code(state=MessageState.FAILED),
        a_code(created_at=NOW - DAY, cost=9000, **sent),
        a_message(cost=9000, **sent),
    )
    async with store.open_unit(write=False) as uow:
        assert await uow.code_messages.get_spending(NOW - DAY) == CodeSpending(2200, ASSUMED_CODE_PARTS + 1)
        assert await uow.code_messages.get_spending(NOW) == CodeSpending(0, 0)


async def test_nothing_is_held_up_where_nothing_waits_for_long(store: SqlStore) -> None:
    assert not await are_held_up(store)
    await queue(
        store,
        a_code(created_at=NOW - PATIENCE, not_before=NOW - PATIENCE),
        a_message(cls=MessageClass.NOTICE, created_at=NOW - DAY),
        a_message(channel="bale", created_at=NOW - DAY),
        a_message(created_at=NOW - DAY, not_before=NOW + MINUTE),
    )
    assert not await are_held_up(store)


async def test_what_should_leave_at_once_and_does_not_holds_up(store: SqlStore) -> None:
    await queue(store, a_message(created_at=NOW - MINUTE))
    assert await are_held_up(store)


async def test_a_code_that_never_left_holds_up_until_something_leaves(store: SqlStore) -> None:
    lost_at = NOW - 6 * MINUTE
    await queue(store, a_code(created_at=lost_at, state=MessageState.EXPIRED))
    assert await are_held_up(store)
    await queue(store, a_message(channel="bale", state=MessageState.SENT, sent_at=NOW))
    assert await are_held_up(store), "a messenger's is no SMS"
    await queue(store, a_message(state=MessageState.SENT, sent_at=lost_at + MINUTE))
    assert not await are_held_up(store)


async def test_a_code_of_long_ago_says_nothing(store: SqlStore) -> None:
    await queue(store, a_code(created_at=NOW - MEMORY, state=MessageState.EXPIRED))
    assert not await are_held_up(store)


async def test_codes_that_nobody_knows_of_hold_up(store: SqlStore) -> None:
    await queue(
        store,
        a_code(created_at=NOW - 2 * MINUTE, state=MessageState.SENT, sent_at=NOW - 2 * MINUTE),
        a_code(created_at=NOW - MINUTE, state=MessageState.UNKNOWN),
    )
    assert await are_held_up(store)
