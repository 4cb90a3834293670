"""The outbox, on every engine: claims, marks, receipts in any order, and what is decided by hand."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from domain.messages.records import MessageClass, MessageState, OutboxMessage
from domain.unit_of_work import Store
from domain.values.errors import NotFound
from store.unit_of_work import SqlStore
from tests.support.factories import BIG, MOBILE, NOW, a_message, a_request

LEASE, NO_LEASE = timedelta(minutes=2), timedelta(0)
MINUTE = timedelta(minutes=1)
PANEL, HOLDER = "kavenegar", "t"


async def queue(store: Store, *messages: OutboxMessage) -> None:
    """Queue messages."""
    async with store.open_unit() as uow:
        for message in messages:
            await uow.outbox.add(message)


async def claim(
    store: Store, token: str = HOLDER, limit: int = 10, lease: timedelta = LEASE, now: datetime = NOW
) -> list[OutboxMessage]:
    """Claim for the panel, in a unit of its own."""
    async with store.open_unit() as uow:
        return await uow.outbox.claim_due("sms", now, limit, lease, token, provider=PANEL)


async def mark(store: Store, message: OutboxMessage, state: MessageState, token: str = HOLDER, **changes: Any) -> bool:
    """Mark a claimed message, in a unit of its own."""
    touched = replace(message, state=state, updated_at=NOW, **changes)
    async with store.open_unit() as uow:
        return await uow.outbox.save_outcome(touched, token)


async def receipt(store: Store, state: MessageState, provider_id: str = "p1") -> bool:
    """Take a receipt in, in a unit of its own."""
    async with store.open_unit() as uow:
        return await uow.outbox.apply_receipt(PANEL, provider_id, state, NOW + MINUTE)


async def now_of(store: Store, message: OutboxMessage) -> OutboxMessage:
    """The message as it stands."""
    async with store.open_unit(write=False) as uow:
        return await uow.outbox.get(message.id)


async def sent(store: Store, provider_id: str = "p1") -> OutboxMessage:
    """A message that the panel accepted."""
    await queue(store, a_message())
    (message,) = await claim(store)
    assert await mark(store, message, MessageState.SENT, provider_id=provider_id, cost=BIG, parts=1, sent_at=NOW)
    return message


async def test_a_message_comes_back_as_it_went_in(store: SqlStore) -> None:
    request = a_request()
    message = a_message(request_id=request.id, expires_at=NOW + MINUTE, cost=BIG, parts=2, reason="x")
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        await uow.outbox.add(message)
    assert await now_of(store, message) == message
    with pytest.raises(NotFound):
        await now_of(store, a_message())


async def test_claims_go_by_class_then_age_and_leave_what_must_wait(store: SqlStore) -> None:
    notice = a_message(cls=MessageClass.NOTICE, created_at=NOW - MINUTE)
    young, old = a_message(), a_message(created_at=NOW - MINUTE)
    waiting = a_message(not_before=NOW + MINUTE)
    stale = a_message(expires_at=NOW)
    elsewhere = a_message(channel="bale")
    await queue(store, notice, young, old, waiting, stale, elsewhere)
    assert [message.id for message in await claim(store, limit=1)] == [old.id]
    claimed = await claim(store)
    assert [message.id for message in claimed] == [young.id, notice.id]
    assert claimed[0] == replace(young, state=MessageState.SENDING, provider=PANEL, updated_at=NOW)
    assert await claim(store) == []
    assert [message.id for message in await claim(store, now=NOW + MINUTE)] == [waiting.id]


async def test_two_claimers_never_get_the_same_message(store: SqlStore, other_store: SqlStore) -> None:
    messages = [a_message() for _ in range(30)]
    await queue(store, *messages)
    claims = [claim(one, token=str(number), limit=4) for number, one in enumerate([store, other_store] * 5)]
    claimed = [message.id for batch in await asyncio.gather(*claims) for message in batch]
    assert len(claimed) == len(set(claimed))
    rest = [message.id for message in await claim(store, limit=30)]
    assert sorted(claimed + rest) == [message.id for message in messages]


async def test_a_mark_stores_the_outcome_and_ends_the_claim(store: SqlStore) -> None:
    message = await sent(store)
    stored = await now_of(store, message)
    assert (stored.state, stored.provider, stored.provider_id) == (MessageState.SENT, PANEL, "p1")
    assert (stored.cost, stored.parts, stored.sent_at, stored.updated_at) == (BIG, 1, NOW, NOW)
    assert not await mark(store, message, MessageState.FAILED)
    assert (await now_of(store, message)).state is MessageState.SENT


async def test_a_mark_may_put_the_message_back(store: SqlStore) -> None:
    await queue(store, a_message())
    (message,) = await claim(store)
    assert await mark(store, message, MessageState.QUEUED, attempts=1, reason="busy", not_before=NOW + MINUTE)
    assert await claim(store) == []
    (again,) = await claim(store, now=NOW + MINUTE)
    assert (again.id, again.attempts, again.reason) == (message.id, 1, "busy")


async def test_a_mark_must_say_what_became_of_the_message(store: SqlStore) -> None:
    await queue(store, a_message())
    (message,) = await claim(store)
    with pytest.raises(ValueError, match="still be sending"):
        await mark(store, message, MessageState.SENDING)


async def test_a_lost_claim_cannot_mark(store: SqlStore) -> None:
    await queue(store, a_message())
    (message,) = await claim(store, "dead", lease=NO_LEASE)
    assert not await mark(store, message, MessageState.SENT, token="other")
    async with store.open_unit() as uow:
        assert len(await uow.outbox.mark_abandoned("bale", LEASE, 10)) == 0
        assert len(await uow.outbox.mark_abandoned("sms", LEASE, 10)) == 1
        assert len(await uow.outbox.mark_abandoned("sms", LEASE, 10)) == 0
    assert not await mark(store, message, MessageState.SENT, token="dead")
    stored = await now_of(store, message)
    assert (stored.state, stored.reason, stored.provider) == (MessageState.UNKNOWN, "abandoned", PANEL)


async def test_what_was_abandoned_is_sent_again_so_often_and_no_more(store: SqlStore) -> None:
    await queue(store, a_message())
    for resends in range(2):
        (message,) = await claim(store, lease=NO_LEASE)
        assert message.resends == resends
        async with store.open_unit() as uow:
            assert await uow.outbox.resend_unknown("sms", NOW, 2, 10) == 0, "it is not known to be abandoned yet"
            assert len(await uow.outbox.mark_abandoned("sms", LEASE, 10)) == 1
            assert await uow.outbox.resend_unknown("bale", NOW, 2, 10) == 0
            assert await uow.outbox.resend_unknown("sms", NOW, 2, 10) == 1
            assert await uow.outbox.resend_unknown("sms", NOW, 2, 10) == 0
    (message,) = await claim(store, lease=NO_LEASE)
    async with store.open_unit() as uow:
        assert len(await uow.outbox.mark_abandoned("sms", LEASE, 10)) == 1
        assert await uow.outbox.resend_unknown("sms", NOW, 2, 10) == 0
    stored = await now_of(store, message)
    assert (stored.state, stored.resends) == (MessageState.UNKNOWN, 2)


async def test_only_abandoned_ones_are_sent_again_by_the_store(store: SqlStore) -> None:
    await queue(store, a_message())
    (message,) = await claim(store)
    assert await mark(store, message, MessageState.UNKNOWN, reason="timeout", resends=1)
    async with store.open_unit() as uow:
        assert await uow.outbox.resend_unknown("sms", NOW, 3, 10) == 0
    assert (await now_of(store, message)).resends == 1


async def test_a_running_claim_is_not_abandoned(store: SqlStore) -> None:
    await queue(store, a_message())
    (message,) = await claim(store)
    async with store.open_unit() as uow:
        assert len(await uow.outbox.mark_abandoned("sms", LEASE, 10)) == 0
        assert not await uow.outbox.raise_state(message.id, MessageState.SENT, NOW)  # its holder will tell
    assert await mark(store, message, MessageState.UNKNOWN)


async def test_a_claim_that_a_clock_ahead_left_behind_is_abandoned(store: SqlStore) -> None:
    await queue(store, a_message())
    (message,) = await claim(store, "dead", lease=timedelta(days=365))
    async with store.open_unit() as uow:
        assert len(await uow.outbox.mark_abandoned("sms", LEASE, 10)) == 1
    assert (await now_of(store, message)).state is MessageState.UNKNOWN


async def test_what_a_clock_ahead_put_off_is_due(store: SqlStore) -> None:
    """A reply that it queued, one that it put back, and one whose outcome nobody knows."""
    year = timedelta(days=365)

    async def marked_ahead(state: MessageState, **changes: Any) -> OutboxMessage:
        await queue(store, a_message())
        (message,) = await claim(store)
        async with store.open_unit() as uow:
            assert await uow.outbox.save_outcome(
                replace(message, state=state, updated_at=NOW + year, **changes), HOLDER
            )
        return message

    queued, later = a_message(created_at=NOW + year, not_before=NOW + year), a_message(not_before=NOW + MINUTE)
    await queue(store, queued, later)
    put_back = await marked_ahead(MessageState.QUEUED, not_before=NOW + year + MINUTE)
    unknown = await marked_ahead(MessageState.UNKNOWN)
    assert await claim(store) == []
    async with store.open_unit() as uow:
        assert await uow.outbox.pull_back_future("bale", NOW) == 0
        assert await uow.outbox.pull_back_future("sms", NOW) == 3
        assert await uow.outbox.pull_back_future("sms", NOW) == 0
        asked = await uow.outbox.list_awaiting("sms", PANEL, MessageState.UNKNOWN, (NOW - MINUTE, NOW + MINUTE), 10)
    assert [one.id for one in asked] == [unknown.id]
    assert [one.id for one in await claim(store)] == [put_back.id, queued.id]


async def test_late_receipts_raise_the_rank_and_never_lower_it(store: SqlStore) -> None:
    for order in permutations([MessageState.SENT, MessageState.UNDELIVERED, MessageState.DELIVERED]):
        provider_id = "-".join(order)
        message = await sent(store, provider_id)
        for state in order:
            await receipt(store, state, provider_id)
        stored = await now_of(store, message)
        assert (stored.state, stored.updated_at, stored.sent_at) == (MessageState.DELIVERED, NOW + MINUTE, NOW)
        assert not await receipt(store, MessageState.UNDELIVERED, provider_id)


async def test_an_end_stays_unless_the_message_was_delivered_after_all(store: SqlStore) -> None:
    message = await sent(store)
    assert await receipt(store, MessageState.UNDELIVERED)
    assert not await receipt(store, MessageState.BLOCKED)
    assert (await now_of(store, message)).state is MessageState.UNDELIVERED
    assert await receipt(store, MessageState.DELIVERED)


async def test_a_receipt_before_the_mark_is_applied_by_it(store: SqlStore) -> None:
    await queue(store, a_message())
    (message,) = await claim(store)
    for state in (MessageState.DELIVERED, MessageState.UNDELIVERED):  # out of order, too
        assert not await receipt(store, state)
    assert await mark(store, message, MessageState.SENT, provider_id="p1", sent_at=NOW)
    stored = await now_of(store, message)
    assert (stored.state, stored.updated_at, stored.sent_at) == (MessageState.DELIVERED, NOW + MINUTE, NOW)


async def test_a_receipt_before_the_answer_about_an_unknown_outcome_is_applied_by_it(store: SqlStore) -> None:
    await queue(store, a_message())
    (message,) = await claim(store)
    assert await mark(store, message, MessageState.UNKNOWN, reason="timeout")
    assert not await receipt(store, MessageState.DELIVERED)
    async with store.open_unit() as uow:
        assert await uow.outbox.raise_state(message.id, MessageState.SENT, NOW, provider_id="p1", cost=900)
    stored = await now_of(store, message)
    assert (stored.state, stored.provider_id, stored.cost) == (MessageState.DELIVERED, "p1", 900)
    assert (stored.reason, stored.sent_at) == ("timeout", NOW)


async def test_a_receipt_at_the_very_moment_of_the_mark_is_not_lost(store: SqlStore, other_store: SqlStore) -> None:
    messages = [a_message() for _ in range(10)]
    await queue(store, *messages)
    claimed = await claim(store)

    async def both(number: int, message: OutboxMessage) -> None:
        marking = mark(store, message, MessageState.SENT, provider_id=f"n{number}")
        await asyncio.gather(marking, receipt(other_store, MessageState.DELIVERED, f"n{number}"))

    await asyncio.gather(*(both(number, message) for number, message in enumerate(claimed)))
    assert {(await now_of(store, message)).state for message in messages} == {MessageState.DELIVERED}


async def test_early_receipts_that_nobody_asks_for_are_dropped_after_some_days(store: SqlStore) -> None:
    await receipt(store, MessageState.DELIVERED, "old")
    async with store.open_unit() as uow:
        await uow.outbox.apply_receipt(PANEL, "new", MessageState.DELIVERED, NOW + timedelta(days=8))
    messages = [a_message(), a_message()]
    await queue(store, *messages)
    for message, provider_id in zip(await claim(store), ("old", "new"), strict=True):
        await mark(store, message, MessageState.SENT, provider_id=provider_id)
    states = [(await now_of(store, message)).state for message in messages]
    assert states == [MessageState.SENT, MessageState.DELIVERED]


async def test_settling_raises_what_nobody_holds(store: SqlStore) -> None:
    await queue(store, message := a_message())
    async with store.open_unit() as uow:
        assert await uow.outbox.raise_state(message.id, MessageState.UNKNOWN, NOW, reason="asked")
        assert not await uow.outbox.raise_state(message.id, MessageState.UNKNOWN, NOW)
        assert await uow.outbox.raise_state(message.id, MessageState.FAILED, NOW, reason="credit")
        assert not await uow.outbox.raise_state(message.id, MessageState.SENT, NOW)
    stored = await now_of(store, message)
    assert (stored.state, stored.reason, stored.sent_at) == (MessageState.FAILED, "credit", None)


async def test_what_awaits_news_is_asked_about_in_turn(store: SqlStore) -> None:
    first, second = await sent(store, "p1"), await sent(store, "p2")
    since, before = NOW - MINUTE, NOW + timedelta(hours=1)

    async def awaited(limit: int, provider: str = PANEL) -> list[int]:
        async with store.open_unit(write=False) as uow:
            found = await uow.outbox.list_awaiting("sms", provider, MessageState.SENT, (since, before), limit)
            return [message.id for message in found]

    assert await awaited(1) == [first.id]
    async with store.open_unit() as uow:
        assert await uow.outbox.list_known_provider_ids(PANEL, ["p1", "p3"]) == {"p1"}
        assert await uow.outbox.list_known_provider_ids("kannel", ["p1"]) == set()
        await uow.outbox.mark_asked([first.id], NOW + MINUTE)
        await uow.outbox.mark_asked([], NOW + MINUTE)
    assert await awaited(10) == [second.id, first.id]
    assert await awaited(10, "kannel") == []
    before = NOW + MINUTE
    assert await awaited(10) == [second.id]
    since = NOW + MINUTE
    assert await awaited(10) == [], "what was sent long ago is asked about no more, however lately it was asked about"


async def test_somebody_may_send_an_unknown_or_failed_message_again(store: SqlStore) -> None:
    message = await sent(store)
    async with store.open_unit() as uow:
        assert not await uow.outbox.requeue(message.id, NOW, "again")
        assert await uow.outbox.raise_state(message.id, MessageState.FAILED, NOW)
        assert await uow.outbox.requeue(message.id, NOW + MINUTE, "again")
    assert await claim(store) == []
    (again,) = await claim(store, now=NOW + MINUTE)
    assert (again.id, again.reason) == (message.id, "again")


async def test_what_is_too_old_to_send_expires_once(store: SqlStore) -> None:
    stale, other = a_message(expires_at=NOW), a_message(expires_at=NOW + MINUTE)
    await queue(store, stale, other)
    async with store.open_unit() as uow:
        assert await uow.outbox.expire_overdue("sms", NOW, 10) == [
            replace(stale, state=MessageState.EXPIRED, updated_at=NOW)
        ]
        assert await uow.outbox.expire_overdue("sms", NOW, 10) == []


async def test_messages_are_listed_newest_first(store: SqlStore) -> None:
    request = a_request()
    first, second = a_message(request_id=request.id), a_message(recipient="+989120000000")
    async with store.open_unit() as uow:
        await uow.requests.add(request)
    await queue(store, first, second)
    async with store.open_unit(write=False) as uow:
        recent = uow.outbox.list_recent
        assert await recent() == [second, first]
        assert await recent(limit=1) == [second]
        assert await recent(recipient=MOBILE) == [first]
        assert await recent(request_id=request.id, state=MessageState.QUEUED) == [first]
        assert await recent(state=MessageState.SENT) == []
        assert await recent(before=second.id) == [first]
        assert await recent(before=first.id, recipient=MOBILE) == []


async def test_what_waits_for_one_recipient_is_withdrawn(store: SqlStore) -> None:
    request = a_request()
    waiting, other = a_message(request_id=request.id), a_message(request_id=request.id, recipient="+989120000000")
    sending = a_message(request_id=request.id, not_before=NOW)
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        await uow.outbox.add(sending)
        await uow.outbox.claim_due("sms", NOW, 1, timedelta(minutes=1), "t")
        for one in (waiting, other, a_message()):
            await uow.outbox.add(one)
        assert await uow.outbox.withdraw_waiting(request.id, MOBILE, NOW, "mobile_corrected") == 1
        withdrawn = await uow.outbox.get(waiting.id)
        assert (withdrawn.state, withdrawn.reason) == (MessageState.EXPIRED, "mobile_corrected")
        assert (await uow.outbox.get(other.id)).state is MessageState.QUEUED
        assert (await uow.outbox.get(sending.id)).state is MessageState.SENDING


async def test_messages_of_a_day_are_found(store: SqlStore) -> None:
    day = timedelta(days=1)
    before, first, last, after = (a_message(created_at=at) for at in (NOW - day, NOW, NOW + day / 2, NOW + day))
    await queue(store, before, first, last, after)
    async with store.open_unit(write=False) as uow:
        assert await uow.outbox.list_recent(made=(NOW, NOW + day)) == [last, first]
        assert await uow.outbox.list_recent(made=(NOW, NOW + day), before=last.id) == [first]
        assert await uow.outbox.list_recent(made=(NOW + 2 * day, NOW + 3 * day)) == []
