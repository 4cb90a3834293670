"""Chats, proofs of mobiles and where notices go, on every engine; and what the outbox keeps for messengers."""

from datetime import timedelta

import pytest

from domain.chats.chat import Chat, ChatAddress, ChatState, MobileProof
from domain.messages.records import MessageState
from store.unit_of_work import SqlStore
from tests.support.factories import MOBILE, NOW, a_message, a_request, an_inbound

OTHER = "+989351112222"
HOUR = timedelta(hours=1)


def a_chat(chat_id: str = "77", channel: str = "telegram", mobile: str | None = MOBILE) -> Chat:
    """A linked, active chat."""
    return Chat(channel, chat_id, mobile, "آنه 😀", ChatState.ACTIVE, NOW if mobile else None, NOW)


async def test_a_chat_is_kept_and_changed(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        await uow.chats.save(a_chat(mobile=None))
    async with store.open_unit() as uow:
        assert await uow.chats.find("telegram", "77") == a_chat(mobile=None)
        assert await uow.chats.find("bale", "77") is None
        await uow.chats.save(a_chat())
    async with store.open_unit() as uow:
        assert await uow.chats.find("telegram", "77") == a_chat()
        assert await uow.chats.list_linked("telegram", MOBILE) == [a_chat()]
        assert await uow.chats.list_linked("bale", MOBILE) == []


async def test_ways_to_a_person_are_active_chats_with_what_was_wished(store: SqlStore) -> None:
    own, other = a_request(channel="bale"), a_request(channel="telegram", mobile=OTHER)
    async with store.open_unit() as uow:
        for request in (own, other):
            await uow.requests.add(request)
        await uow.chats.save(a_chat())
        await uow.chats.save(a_chat("8", "bale"))
    async with store.open_unit() as uow:
        ways = await uow.chats.list_addresses(MOBILE, own.id)
        assert set(ways) == {ChatAddress("telegram", "77", None, "bale"), ChatAddress("bale", "8", None, "bale")}
        foreign = await uow.chats.list_addresses(MOBILE, other.id)
        assert {way.request_channel for way in foreign} == {None}, "another's request is not this person's"
        await uow.chats.save_chosen_channel(MOBILE, "sms", NOW)
        await uow.chats.save_chosen_channel(MOBILE, "telegram", NOW)
        await uow.chats.mark_blocked("bale", "8", NOW)
        assert await uow.chats.find_chosen_channel(MOBILE) == "telegram"
        assert await uow.chats.list_addresses(MOBILE, None) == [ChatAddress("telegram", "77", "telegram", None)]
        await uow.chats.save_chosen_channel(MOBILE, None, NOW)
        assert await uow.chats.find_chosen_channel(MOBILE) is None
        assert await uow.chats.list_addresses(OTHER, other.id) == []


async def test_one_code_for_each_address(store: SqlStore) -> None:
    proof = MobileProof("telegram", "77", MOBILE, "salt", "digest", NOW)
    async with store.open_unit() as uow:
        await uow.mobile_proofs.save(proof)
        proof.tries, proof.digest = 2, "other"
        await uow.mobile_proofs.save(proof)
    async with store.open_unit() as uow:
        assert await uow.mobile_proofs.find("telegram", "77") == proof
        assert await uow.mobile_proofs.find("bale", "77") is None
        await uow.mobile_proofs.delete("telegram", "77")
        assert await uow.mobile_proofs.find("telegram", "77") is None


async def test_what_a_messenger_shows_is_kept_with_its_text(store: SqlStore) -> None:
    message = a_message(channel="bale", recipient="8", mobile=MOBILE, content={"buttons": [[["بله ✔", "a:1"]]]})
    async with store.open_unit() as uow:
        await uow.outbox.add(message)
    async with store.open_unit() as uow:
        assert await uow.outbox.get(message.id) == message
        [claimed] = await uow.outbox.claim_due("bale", NOW, 10, HOUR, "token")
        assert (claimed.content, claimed.correspondent) == (message.content, MOBILE)


async def test_texts_of_a_mobile_are_found_in_its_chats_too(store: SqlStore) -> None:
    request = a_request()
    by_sms, by_chat = a_message(request_id=request.id), a_message(channel="bale", recipient="8", mobile=MOBILE)
    by_chat.request_id = request.id
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        for message in (by_sms, by_chat, a_message(channel="bale", recipient="9", mobile=OTHER)):
            await uow.outbox.add(message)
    async with store.open_unit() as uow:
        assert [one.id for one in await uow.outbox.list_recent(recipient=MOBILE)] == [by_chat.id, by_sms.id]
        assert await uow.outbox.withdraw_waiting(request.id, MOBILE, NOW, "mobile_corrected") == 2


async def test_only_what_waited_past_its_time_moves_and_only_once(store: SqlStore) -> None:
    late = a_message(channel="bale", recipient="8", mobile=MOBILE, moves_at=NOW)
    early = a_message(channel="bale", recipient="8", mobile=MOBILE, moves_at=NOW + HOUR)
    stays, elsewhere = a_message(channel="bale", recipient="8"), a_message(channel="telegram", moves_at=NOW)
    async with store.open_unit() as uow:
        for message in (late, early, stays, elsewhere):
            await uow.outbox.add(message)
    async with store.open_unit() as uow:
        [moved] = await uow.outbox.expire_for_rerouting("bale", NOW, 10)
        assert (moved.id, moved.state, moved.reason) == (late.id, MessageState.EXPIRED, "moved")
        assert await uow.outbox.expire_for_rerouting("bale", NOW, 10) == []


async def test_a_message_that_is_on_its_way_does_not_move(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        await uow.outbox.add(a_message(channel="bale", recipient="8", mobile=MOBILE, moves_at=NOW))
        await uow.outbox.claim_due("bale", NOW, 10, HOUR, "token")
        assert await uow.outbox.expire_for_rerouting("bale", NOW + HOUR, 10) == []


async def test_what_waits_behind_a_message_on_its_way_moves_with_it(store: SqlStore) -> None:
    first, second = (a_message(channel="bale", recipient="8", mobile=MOBILE, moves_at=NOW) for _ in range(2))
    elsewhere = a_message(channel="bale", recipient="9", mobile=OTHER, moves_at=NOW)
    async with store.open_unit() as uow:
        await uow.outbox.add(first)
        [sending] = await uow.outbox.claim_due("bale", NOW, 10, HOUR, "token")
        for message in (second, elsewhere):
            await uow.outbox.add(message)
    async with store.open_unit() as uow:
        assert [one.id for one in await uow.outbox.expire_for_rerouting("bale", NOW, 10)] == [elsewhere.id]
        sending.state = MessageState.QUEUED
        assert await uow.outbox.save_outcome(sending, "token")
        assert [one.id for one in await uow.outbox.expire_for_rerouting("bale", NOW, 10)] == [first.id, second.id]


async def test_what_waits_for_a_chat_that_is_left_ends_but_for_what_is_on_its_way(store: SqlStore) -> None:
    first, second = (a_message(channel="bale", recipient="8", mobile=MOBILE) for _ in range(2))
    elsewhere = a_message(channel="bale", recipient="9", mobile=OTHER)
    async with store.open_unit() as uow:
        await uow.outbox.add(first)
        await uow.outbox.claim_due("bale", NOW, 10, HOUR, "token")
        for message in (second, elsewhere):
            await uow.outbox.add(message)
    async with store.open_unit() as uow:
        [ended] = await uow.outbox.expire_waiting_in_chat("bale", "8", NOW)
        assert (ended.id, ended.state, ended.reason) == (second.id, MessageState.EXPIRED, "unlinked")
        assert await uow.outbox.expire_waiting_in_chat("bale", "8", NOW) == []


async def test_erasing_a_line_erases_its_chats(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        await uow.chats.save(a_chat())
        await uow.chats.save(a_chat("78", mobile=OTHER))
        await uow.chats.save_chosen_channel(MOBILE, "telegram", NOW)
        await uow.mobile_proofs.save(MobileProof("telegram", "99", MOBILE, "salt", "digest", NOW))
        await uow.dialogues.save("telegram", "77", {"frames": []}, NOW)
        await uow.outbox.add(a_message(channel="telegram", recipient="77", mobile=MOBILE, content={"contact": "x"}))
        await uow.inbox.add(an_inbound(channel="telegram", sender="77", fingerprint="1"))
        await uow.inbox.add(an_inbound(channel="telegram", sender="78", mobile=OTHER, fingerprint="2"))
    async with store.open_unit() as uow:
        assert await uow.personal_data.erase_line(MOBILE, NOW)
    async with store.open_unit(write=False) as uow:
        assert await uow.chats.find("telegram", "77") is None
        assert await uow.chats.find("telegram", "78") is not None
        assert await uow.chats.find_chosen_channel(MOBILE) is None
        assert await uow.mobile_proofs.find("telegram", "99") is None
        assert await uow.dialogues.load("telegram", "77") is None
        [message] = await uow.outbox.list_recent()
        assert (message.recipient, message.mobile, message.text, message.content) == ("", None, "", None)
        assert await uow.inbox.list_last_from("telegram", "77", 5) == []
        [kept] = await uow.inbox.list_last_from("telegram", "78", 5)
        assert kept.text


@pytest.mark.parametrize("linked", [True, False])
async def test_old_chats_of_nobody_are_forgotten(store: SqlStore, linked: bool) -> None:
    request = a_request()
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        await uow.chats.save(a_chat(mobile=MOBILE if linked else None))
    async with store.open_unit() as uow:
        await uow.personal_data.erase_older(NOW + HOUR, NOW + HOUR)
    async with store.open_unit(write=False) as uow:
        assert (await uow.chats.find("telegram", "77") is not None) is linked
