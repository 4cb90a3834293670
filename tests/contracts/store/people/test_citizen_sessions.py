"""Sessions of the portal, on every engine."""

from dataclasses import replace
from datetime import datetime, timedelta

from domain.chats.chat import MobileProof
from domain.people.citizen_session import CitizenSession
from store.unit_of_work import SqlStore
from tests.support.factories import MOBILE, NOW, new_id

LATER = NOW + timedelta(minutes=7)


def a_session(digest: str = "first", used_at: datetime = NOW) -> CitizenSession:
    """A browser that has proved nothing."""
    return CitizenSession(new_id(), digest, "csrf", NOW, used_at)


async def test_a_session_is_found_by_its_digest_alone(store: SqlStore) -> None:
    session = a_session()
    async with store.open_unit() as uow:
        await uow.citizen_sessions.add(session)
        await uow.citizen_sessions.add(a_session("other"))
        assert await uow.citizen_sessions.find("first") == session
        assert await uow.citizen_sessions.find("third") is None
        await uow.citizen_sessions.save_last_use(session.id, LATER)
        assert await uow.citizen_sessions.find("first") == replace(session, last_used_at=LATER)


async def test_a_proof_is_found_by_both_digests_until_the_new_one_is_adopted(store: SqlStore) -> None:
    session = a_session()
    proved = replace(session, pending_digest="new", proved_mobile=MOBILE, proved_at=LATER)
    async with store.open_unit() as uow:
        await uow.citizen_sessions.add(session)
        await uow.citizen_sessions.add(a_session("other"))
        await uow.citizen_sessions.save_proof(session.id, "new", MOBILE, LATER)
        assert await uow.citizen_sessions.find("first") == await uow.citizen_sessions.find("new") == proved
        await uow.citizen_sessions.adopt_pending("nobody's")
        await uow.citizen_sessions.adopt_pending("new")
        assert await uow.citizen_sessions.find("first") is None
        assert await uow.citizen_sessions.find("new") == replace(proved, digest="new", pending_digest=None)
        await uow.citizen_sessions.delete_proof(session.id)
        assert await uow.citizen_sessions.find("new") == replace(session, digest="new")


async def test_sessions_end_one_by_one_and_by_their_age(store: SqlStore) -> None:
    old, young, ended = a_session("old", NOW - timedelta(seconds=1)), a_session("young"), a_session("ended")
    async with store.open_unit() as uow:
        for session in (old, young, ended):
            await uow.citizen_sessions.add(session)
        assert await uow.citizen_sessions.delete(ended.id)
        assert not await uow.citizen_sessions.delete(ended.id)
        assert await uow.citizen_sessions.delete_unused(NOW) == 1
        assert [await uow.citizen_sessions.find(digest) for digest in ("old", "young")] == [None, young]


async def test_old_proofs_are_forgotten_and_their_sessions_are_not(store: SqlStore) -> None:
    old, young = a_session("old"), a_session("young")
    async with store.open_unit() as uow:
        for session, proved_at in ((old, NOW), (young, LATER)):
            await uow.citizen_sessions.add(session)
            await uow.citizen_sessions.save_proof(session.id, f"new {session.digest}", MOBILE, proved_at)
        assert await uow.citizen_sessions.delete_old_proofs(LATER) == 1
        assert await uow.citizen_sessions.find("old") == replace(old, pending_digest="new old")
        kept = await uow.citizen_sessions.find("young")
    assert kept
    assert kept.proved_mobile == MOBILE


async def test_codes_that_ended_are_forgotten(store: SqlStore) -> None:
    proofs = [MobileProof("portal", str(number), MOBILE, "salt", "digest", at) for number, at in ((1, NOW), (2, LATER))]
    proofs[1].used_at = NOW
    async with store.open_unit() as uow:
        for proof in proofs:
            await uow.mobile_proofs.save(proof)
        assert await uow.mobile_proofs.delete_expired(LATER) == 1
        assert [await uow.mobile_proofs.find("portal", address) for address in ("1", "2")] == [None, proofs[1]]


async def test_an_erased_line_has_no_session(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        for digest, mobile in (("own", MOBILE), ("other", "+989120000000")):
            session = a_session(digest)
            await uow.citizen_sessions.add(session)
            await uow.citizen_sessions.save_proof(session.id, f"new {digest}", mobile, NOW)
        assert await uow.personal_data.erase_line(MOBILE, LATER)
        assert await uow.citizen_sessions.find("own") is None
        assert await uow.citizen_sessions.find("other") is not None
