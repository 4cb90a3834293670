"""The repositories of inbox, dialogues and lines, on every engine."""

import asyncio
from datetime import timedelta

from domain.messages.records import InboundState, MessageState
from domain.unit_of_work import Store
from store.unit_of_work import SqlStore
from tests.support.factories import MOBILE, NOW, a_message, a_request, an_inbound

MINUTE = timedelta(minutes=1)


async def test_an_incoming_text_is_kept_once(store: SqlStore) -> None:
    first, second = an_inbound(), an_inbound(text="دوباره")
    async with store.open_unit() as uow:
        assert await uow.inbox.add(first)
        assert not await uow.inbox.add(second)
        assert await uow.inbox.add(an_inbound(provider="kannel"))
        assert await uow.inbox.find_duplicate("sms", "kavenegar", first.fingerprint) == first
        assert await uow.inbox.find_duplicate("sms", "kavenegar", "1") is None
        asked = [first.fingerprint, "1"]
        assert await uow.inbox.list_known_fingerprints("sms", "kavenegar", asked) == {first.fingerprint}
        assert await uow.inbox.list_known_fingerprints("sms", "sms_ir", asked) == set()
        assert await uow.inbox.list_known_fingerprints("sms", "kavenegar", []) == set()


async def test_what_became_of_a_text_is_saved(store: SqlStore) -> None:
    message, reply, request = an_inbound(provider_id=None), a_message(), a_request()
    async with store.open_unit() as uow:
        await uow.inbox.add(message)
        message.state, message.intent, message.reason = InboundState.ANSWERED, "help", "loop"
        message.reply_id, message.request_id = reply.id, request.id
        await uow.inbox.save(message)  # before what it refers to: keys are checked at the commit
        await uow.requests.add(request)
        await uow.outbox.add(reply)
    async with store.open_unit(write=False) as uow:
        assert await uow.inbox.find_duplicate("sms", "kavenegar", message.fingerprint) == message


async def test_the_newest_texts_of_a_sender_come_first(store: SqlStore) -> None:
    texts = [an_inbound(fingerprint=str(n), received_at=NOW + n * MINUTE) for n in range(3)]
    async with store.open_unit() as uow:
        for message in [*texts, an_inbound(sender="30001234", mobile=None, fingerprint="x")]:
            await uow.inbox.add(message)
        assert await uow.inbox.list_last_from("sms", MOBILE, 2) == [texts[2], texts[1]]
        assert await uow.inbox.list_last_from("bale", MOBILE, 2) == []


async def test_the_newest_texts_of_all_come_first(store: SqlStore) -> None:
    other = "+989350000001"
    texts = [
        an_inbound(fingerprint="a"),
        an_inbound(fingerprint="b", state=InboundState.FAILED, reason="KeyError"),
        an_inbound(fingerprint="c", sender="30001234", mobile=None, state=InboundState.NOT_A_MOBILE),
        an_inbound(fingerprint="d", channel="bale", sender="77"),
        an_inbound(fingerprint="e", sender=other, mobile=other, state=InboundState.FAILED),
    ]
    async with store.open_unit() as uow:
        for message in texts:
            await uow.inbox.add(message)
        assert await uow.inbox.list_recent() == texts[::-1]
        assert await uow.inbox.list_recent(limit=2, before=texts[4].id) == [texts[3], texts[2]]
        assert await uow.inbox.list_recent(mobile=MOBILE) == [texts[3], texts[1], texts[0]], "out of its chats too"
        assert await uow.inbox.list_recent(state=InboundState.FAILED) == [texts[4], texts[1]]
        assert await uow.inbox.list_recent(state=InboundState.FAILED, mobile=MOBILE) == [texts[1]]
        assert await uow.inbox.list_recent(state=InboundState.LIMITED) == []


async def test_of_many_deliveries_at_once_one_is_stored_and_the_others_see_it(
    store: SqlStore, other_store: SqlStore
) -> None:
    async def deliver(through: Store) -> tuple[bool, int]:
        async with through.open_unit() as uow:
            message = an_inbound()
            added = await uow.inbox.add(message)
            known = await uow.inbox.find_duplicate("sms", "kavenegar", message.fingerprint)
            assert known is not None
            return added, known.id

    results = await asyncio.gather(*(deliver(one) for one in [store, other_store] * 3))
    assert sum(added for added, _ in results) == 1
    assert len({known for _, known in results}) == 1


async def test_a_dialogue_is_replaced_and_dropped(store: SqlStore) -> None:
    state = {"frames": [{"intent": "machinery", "slots": {"hours": 4, "place": None}}], "turn": 1}
    async with store.open_unit() as uow:
        assert await uow.dialogues.load("sms", MOBILE) is None
        await uow.dialogues.save("sms", MOBILE, {"turn": 0}, NOW)
        await uow.dialogues.save("sms", MOBILE, state, NOW + MINUTE)
        await uow.dialogues.save("bale", MOBILE, {}, NOW)
        assert await uow.dialogues.load("sms", MOBILE) == (state, NOW + MINUTE)
        await uow.dialogues.delete("sms", MOBILE)
        assert await uow.dialogues.load("sms", MOBILE) is None
        assert await uow.dialogues.load("bale", MOBILE) == ({}, NOW)


async def test_the_last_word_about_an_opt_out_counts(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        assert not await uow.lines.has_opted_out(MOBILE)
        await uow.lines.save_opt_out(MOBILE, True, NOW)
        assert await uow.lines.has_opted_out(MOBILE)
        await uow.lines.save_opt_out(MOBILE, False, NOW + MINUTE)
        assert not await uow.lines.has_opted_out(MOBILE)


async def test_the_last_language_of_a_line_counts_until_it_is_forgotten(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        assert await uow.lines.find_language(MOBILE) is None
        await uow.lines.save_language(MOBILE, "fa", NOW)
        await uow.lines.save_language(MOBILE, "tk", NOW + MINUTE)
        await uow.lines.save_language("telegram:77", "fa", NOW)
        assert await uow.lines.find_language(MOBILE) == "tk"
        await uow.lines.delete_language(MOBILE)
        found = [await uow.lines.find_language(line) for line in (MOBILE, "telegram:77")]
        assert found == [None, "fa"]


async def test_hits_are_counted_in_windows_aligned_to_the_epoch(store: SqlStore) -> None:
    start = NOW.replace(second=0, microsecond=0)
    async with store.open_unit() as uow:
        assert [await uow.lines.add_hit("in", NOW, MINUTE) for _ in range(2)] == [1, 2]
        assert await uow.lines.add_hit("in", start + timedelta(seconds=59), MINUTE) == 3
        assert await uow.lines.count_hits("in", start, MINUTE) == 3
        assert await uow.lines.count_hits("in", start + MINUTE, MINUTE) == 0
        assert await uow.lines.count_hits("in", NOW, 2 * MINUTE) == 0
        assert await uow.lines.count_hits("out", NOW, MINUTE) == 0


async def test_a_count_is_taken_back_found_by_its_beginning_and_forgotten(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        for key in ("at%_a|1", "at%_a|1", "at%_a|2", "atXXa|1"):
            await uow.lines.add_hit(key, NOW, MINUTE)
        await uow.lines.take_back_hit("at%_a|1", NOW, MINUTE)
        await uow.lines.take_back_hit("at%_a|2", NOW + MINUTE, MINUTE)  # of another window
        found = await uow.lines.list_counts("at%_a|", NOW)
        assert {key.rsplit("|", 2)[0]: count for key, count in found.items()} == {"at%_a|1": 1, "at%_a|2": 1}
        assert await uow.lines.list_counts("at%_a|", NOW + MINUTE) == {}
        for _ in range(3):
            await uow.lines.take_back_hit("at%_a|1", NOW, MINUTE)
        assert await uow.lines.count_hits("at%_a|1", NOW, MINUTE) == 0
        assert await uow.lines.delete_counts("at%_a|") == 2
        assert await uow.lines.count_hits("at%_a|2", NOW, MINUTE) == 0
        assert await uow.lines.count_hits("atXXa|1", NOW, MINUTE) == 1


async def test_a_key_is_shut_until_its_moment(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        assert not await uow.lines.is_blocked("door", NOW)
        await uow.lines.block_until("door", NOW + MINUTE)
        assert await uow.lines.is_blocked("door", NOW + timedelta(seconds=59))
        assert not await uow.lines.is_blocked("door", NOW + MINUTE)
        assert not await uow.lines.is_blocked("window", NOW)
        await uow.lines.block_until("door", NOW + 2 * MINUTE)
        assert await uow.lines.is_blocked("door", NOW + MINUTE)
        await uow.lines.add_hit("line", NOW + 2 * MINUTE, MINUTE)
        assert not await uow.lines.is_blocked("door", NOW), "a past one is swept out"


async def test_past_windows_are_swept_out(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        for number in range(5):
            await uow.lines.add_hit(f"line {number}", NOW, MINUTE)
        await uow.lines.add_hit("later", NOW + MINUTE, MINUTE)
        assert await uow.lines.count_hits("line 1", NOW, MINUTE) == 0
        assert await uow.lines.count_hits("later", NOW + MINUTE, MINUTE) == 1


async def test_messages_are_counted_by_state(store: SqlStore) -> None:
    old, sent, fresh = a_message(), a_message(state=MessageState.SENT), a_message()
    arrived = [an_inbound(fingerprint="a"), an_inbound(fingerprint="b", state=InboundState.FAILED)]
    gone = a_message(state=MessageState.SENT)
    async with store.open_unit() as uow:
        for message in (old, sent, fresh, gone):
            await uow.outbox.add(message)
        for text in arrived:
            await uow.inbox.add(text)
    async with store.open_unit(write=False) as uow:
        assert await uow.message_counts.outgoing(gone.id) == {MessageState.QUEUED: 2, MessageState.SENT: 1}
        assert await uow.message_counts.outgoing(gone.id + 1) == {MessageState.QUEUED: 2}, "however old"
        assert await uow.message_counts.incoming(arrived[0].id) == {one.state: 1 for one in arrived}
        assert await uow.message_counts.incoming(arrived[1].id) == {InboundState.FAILED: 1}
