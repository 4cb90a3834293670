"""`history verify` over a database that somebody changed behind the application's back, by SQL."""

from dataclasses import replace

import pytest

from app.security.signing import Ed25519Signer
from domain.actions.history import sealing
from domain.actions.history.sealing import Verification, seal_history, verify_history
from domain.requests.history import compute_event_hash
from domain.values.actors import Role
from tests.support.municipality import NEIGHBOUR, Municipality

SIGNER = Ed25519Signer("a secret outside of the database")

SWAP = [
    "UPDATE history SET seq = -1 WHERE request_id = {id} AND seq = 2",
    "UPDATE history SET seq = 2 WHERE request_id = {id} AND seq = 3",
    "UPDATE history SET seq = 3 WHERE request_id = {id} AND seq = -1",
]
GONE = [
    "DELETE FROM history WHERE request_id = {id}",
    "DELETE FROM timers WHERE request_id = {id}",
    "DELETE FROM requests WHERE id = {id}",
]
EVENT_GONE = {"event_missing_or_moved", "chain_broken", "head_differs", "differs_from_seal"}


@pytest.fixture(params=[1, sealing.REQUESTS_AT_ONCE], autouse=True)
def _requests_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verify request by request, and all of them together."""
    monkeypatch.setattr(sealing, "REQUESTS_AT_ONCE", request.param)


async def check(town: Municipality) -> Verification:
    """Verify all."""
    return await verify_history(town.store, SIGNER)


async def two_sealed_requests(town: Municipality) -> tuple[str, int]:
    """Make two requests with some history, sealed twice; return code and id of the one to tamper with."""
    code = await town.reach("accepted")
    await town.order(mobile=NEIGHBOUR)
    await seal_history(town.desk, town.store, SIGNER)
    await town.do(code, "price", Role.REVENUE)
    town.advance(minutes=10)
    await seal_history(town.desk, town.store, SIGNER)
    return code, (await town.request(code)).id


async def rewrite_last_event(town: Municipality, code: str) -> None:
    """Change the last event of a request, and reckon its hash and the request's head anew."""
    last = (await town.history(code))[-1]
    forged = compute_event_hash(replace(last, to_state="paid"))
    town.sql("UPDATE history SET to_state = 'paid', hash = ? WHERE hash = ?", forged, last.hash)
    town.sql("UPDATE requests SET head_hash = ? WHERE code = ?", forged, code)


async def test_untouched_history_verifies(town: Municipality) -> None:
    assert await check(town) == Verification()
    code, _ = await two_sealed_requests(town)
    assert await check(town) == Verification([], requests=2, events=5, seals=2, unsealed=0)
    await town.pay(code)
    assert await check(town) == Verification([], requests=2, events=6, seals=2, unsealed=1)


async def test_only_what_changed_is_sealed_again(town: Municipality) -> None:
    code = await town.order()
    await town.order(mobile=NEIGHBOUR)
    (first,) = await seal_history(town.desk, town.store, SIGNER)
    assert (first.number, len(first.heads)) == (1, 2)
    assert await seal_history(town.desk, town.store, SIGNER) == []
    await town.do(code, "accept", Role.CIVIL)
    (second,) = await seal_history(town.desk, town.store, SIGNER)
    assert (second.number, second.previous, [head.code for head in second.heads]) == (2, first.hash, [code])


@pytest.mark.parametrize(
    ("statements", "kinds"),
    [
        (["UPDATE history SET to_state = 'paid' WHERE request_id = {id} AND seq = 2"], {"event_edited"}),
        (
            ["UPDATE history SET at = '2026-01-01 00:00:00.000000' WHERE request_id = {id} AND seq = 1"],
            {"event_edited"},
        ),
        (["UPDATE history SET actor = 'staff:other' WHERE request_id = {id} AND seq = 2"], {"payload_edited"}),
        (["UPDATE history SET payload = '[]' WHERE request_id = {id} AND seq = 2"], {"payload_edited"}),
        (["UPDATE history SET note = 'دلیل' WHERE request_id = {id} AND seq = 3"], {"payload_edited"}),
        (["UPDATE history SET salt = NULL, payload = '[]' WHERE request_id = {id} AND seq = 4"], {"payload_edited"}),
        (["DELETE FROM history WHERE request_id = {id} AND seq = 2"], EVENT_GONE),
        (["DELETE FROM history WHERE request_id = {id} AND seq = 4"], {"head_differs", "differs_from_seal"}),
        (SWAP, {"chain_broken", "event_edited"}),
        (GONE, {"request_missing"}),
        (["UPDATE requests SET code = '987654320' WHERE id = {id}"], {"code_changed"}),
        (["UPDATE requests SET head_hash = '00' WHERE id = {id}"], {"head_differs"}),
        (["UPDATE seals SET heads = '[]' WHERE number = 2"], {"seal_edited"}),
        (["UPDATE seals SET heads = '7' WHERE number = 2"], {"seal_edited"}),
        (["""UPDATE seals SET heads = '[7, [], ["x", "y", 1, "z"]]' WHERE number = 2"""], {"seal_edited"}),
        (["UPDATE seals SET signature = '00' WHERE number = 2"], {"seal_forged"}),
        (["DELETE FROM seals WHERE number = 1"], {"seal_missing_or_moved"}),
    ],
)
async def test_tampering_is_found(town: Municipality, statements: list[str], kinds: set[str]) -> None:
    _, request = await two_sealed_requests(town)
    for statement in statements:
        town.sql(statement.format(id=request))
    found = {fault.kind for fault in (await check(town)).faults}
    assert kinds <= found
    assert found - kinds <= ({"seal_missing_or_moved", "request_missing"} if "seals" in statements[0] else set())


async def test_a_chain_rewritten_whole_still_differs_from_its_seal(town: Municipality) -> None:
    """A person who can write the table can reckon every hash anew, but cannot sign."""
    code, _ = await two_sealed_requests(town)
    await rewrite_last_event(town, code)
    found = (await check(town)).faults
    assert [(fault.kind, fault.subject) for fault in found] == [("differs_from_seal", code)]


async def test_seals_rewritten_with_the_chain_are_forged(town: Municipality) -> None:
    code, _ = await two_sealed_requests(town)
    await rewrite_last_event(town, code)
    town.sql("DELETE FROM seals")
    town.sql("UPDATE requests SET sealed_seq = 0")
    await seal_history(town.desk, town.store, Ed25519Signer("the forger's own key"))
    assert {fault.kind for fault in (await check(town)).faults} == {"seal_forged"}


async def test_fewer_events_than_were_sealed_are_not_counted_as_unsealed(town: Municipality) -> None:
    code, request = await two_sealed_requests(town)
    await town.pay(code)
    assert (await check(town)).unsealed == 1
    town.sql("DELETE FROM history WHERE request_id = ?", request)
    assert (await check(town)).unsealed == 0


async def test_an_erased_personal_part_verifies(town: Municipality) -> None:
    _, request = await two_sealed_requests(town)
    town.sql("UPDATE history SET actor = NULL, note = NULL, payload = NULL, salt = NULL WHERE request_id = ?", request)
    assert (await check(town)).faults == []


async def test_each_event_keeps_the_step_and_who_took_it(town: Municipality) -> None:
    code = await town.reach("paid")
    events = await town.history(code)
    assert [one.seq for one in events] == [1, 2, 3, 4, 5]
    who = ["citizen:+989121234567", "staff:civil", "staff:revenue", "system:engine", "staff:revenue"]
    assert [one.actor for one in events] == who
    assert len({one.salt for one in events}) == 5
    request = await town.request(code)
    assert (request.head_seq, request.head_hash) == (5, events[-1].hash)
