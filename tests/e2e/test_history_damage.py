"""Somebody with the database in hand changes the past: `history verify` finds it, and says what and where.

Edited and deleted rows, deleted requests, swapped pairs, rewritten seals: each by SQL in a real database of either
engine, found by the command as an operator runs it. The key of the seals is outside of the database.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from domain.requests.history import compute_seal_hash
from store.unit_of_work import SqlStore
from tests.e2e.support.machinery_story import PLACE
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.program_runs import Finished
from tests.support.database_tampering import DatabaseTampering

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

FORM = (
    "full_name=آنه محمدی",
    "national_code=0499370899",
    "items=لودر ۴ ساعت",
    "date=فردا",
    "start=۸",
    f"place={PLACE}",
)
FORGERS_KEY = {"PISHKHAN_SECRET_KEY": "the forger's own key, as long as a key must be"}

NEVER_SEALED_SO = "differs_from_seal"
GAP = frozenset({"event_missing_or_moved", "chain_broken", "head_differs", NEVER_SEALED_SO})
CUT = frozenset({"head_differs", NEVER_SEALED_SO})


@dataclass(frozen=True, slots=True)
class Damage:
    """Damage done by SQL, and the finding that it must lead to: the kinds of fault, and whose they are (or the seal's
    number)."""

    statements: tuple[str, ...]
    kinds: frozenset[str]
    subjects: frozenset[str] = frozenset({"first"})


def damage(*statements: str, kinds: frozenset[str] | set[str], subjects: str = "first") -> Damage:
    """Return a damage; subjects are separated by spaces."""
    return Damage(statements, frozenset(kinds), frozenset(subjects.split()))


def edited(change: str) -> str:
    """Return the statement that changes the second event of the first request."""
    return f"UPDATE history SET {change} WHERE request_id = :first AND seq = 2"  # noqa: S608 - it is our own


def swapped(table: str, key: str, one: str, other: str, spare: str) -> tuple[str, ...]:
    """Return the statements that let two rows exchange their key."""
    moves = ((spare, one), (one, other), (other, spare))
    return tuple(f"UPDATE {table} SET {key} = {new} WHERE {key} = {old}" for new, old in moves)  # noqa: S608


def swapped_events(one: int, other: int) -> tuple[str, ...]:
    """Return the statements that let two events of the first request exchange their places."""
    return tuple(
        f"{statement} AND request_id = :first" for statement in swapped("history", "seq", f"{one}", f"{other}", "-1")
    )


DAMAGES = {
    # an edited row
    "edited-event": damage(edited("event = 'reject'"), kinds={"event_edited"}),
    "edited-state": damage(edited("to_state = 'paid'"), kinds={"event_edited"}),
    "edited-channel": damage(edited("channel = 'sms'"), kinds={"event_edited"}),
    "edited-kind-of-actor": damage(edited("actor_kind = 'citizen'"), kinds={"event_edited"}),
    "edited-time": damage(
        edited("at = (SELECT at FROM history WHERE request_id = :third AND seq = 1)"),
        kinds={"event_edited"},
    ),
    "edited-digest": damage(edited("digest = '00'"), kinds={"event_edited", "payload_edited"}),
    "edited-actor": damage(edited("actor = 'staff:other'"), kinds={"payload_edited"}),
    "edited-note": damage(edited("note = 'دلیل دیگر'"), kinds={"payload_edited"}),
    "edited-values": damage(
        edited("payload = (SELECT payload FROM history WHERE request_id = :third AND seq = 1)"),
        kinds={"payload_edited"},
    ),
    "edited-without-salt": damage(edited("salt = NULL"), kinds={"payload_edited"}),
    "edited-head": damage("UPDATE requests SET head_hash = '00' WHERE id = :first", kinds={"head_differs"}),
    "edited-code": damage("UPDATE requests SET code = '123456786' WHERE id = :first", kinds={"code_changed"}),
    # a deleted row
    "deleted-event": damage("DELETE FROM history WHERE request_id = :first AND seq = 2", kinds=GAP),
    "deleted-first-event": damage("DELETE FROM history WHERE request_id = :first AND seq = 1", kinds=GAP),
    "deleted-last-event": damage("DELETE FROM history WHERE request_id = :first AND seq = 5", kinds=CUT),
    "deleted-last-event-and-head": damage(
        "DELETE FROM history WHERE request_id = :first AND seq = 5",
        "UPDATE requests SET head_seq = 4, head_hash = (SELECT hash FROM history WHERE request_id = :first AND seq = 4)"
        " WHERE id = :first",
        kinds={NEVER_SEALED_SO},
    ),
    "deleted-history": damage("DELETE FROM history WHERE request_id = :first", kinds=CUT),
    # a deleted request
    "deleted-request": damage("DELETE FROM requests WHERE id = :first", kinds={"request_missing"}),
    "deleted-request-and-history": damage(
        "DELETE FROM history WHERE request_id = :third",
        "DELETE FROM requests WHERE id = :third",
        kinds={"request_missing"},
        subjects="third",
    ),
    "deleted-all-requests": damage(
        "DELETE FROM history", "DELETE FROM requests", kinds={"request_missing"}, subjects="first second third"
    ),
    # a swapped pair
    "swapped-neighbours": damage(*swapped_events(2, 3), kinds={"event_edited", "chain_broken"}),
    "swapped-ends": damage(*swapped_events(1, 5), kinds=GAP - {"event_missing_or_moved"} | {"event_edited"}),
    "swapped-between-requests": damage(
        *(f"{one} AND seq = 2" for one in swapped("history", "request_id", ":first", ":second", "-1")),
        kinds={"event_edited", "chain_broken", "head_differs", NEVER_SEALED_SO},
        subjects="first second",
    ),
    "swapped-requests": damage(
        *swapped("history", "request_id", ":first", ":second", "-1"),
        kinds={"event_edited", "head_differs", NEVER_SEALED_SO},
        subjects="first second",
    ),
    # a rewritten seal
    "rewritten-heads": damage("UPDATE seals SET heads = '[]' WHERE number = 2", kinds={"seal_edited"}, subjects="2"),
    "rewritten-signature": damage(
        "UPDATE seals SET signature = (SELECT signature FROM seals WHERE number = 1) WHERE number = 2",
        kinds={"seal_forged"},
        subjects="2",
    ),
    "rewritten-time": damage(
        "UPDATE seals SET at = (SELECT at FROM seals WHERE number = 1) WHERE number = 2",
        kinds={"seal_edited"},
        subjects="2",
    ),
    "deleted-seal": damage("DELETE FROM seals WHERE number = 1", kinds={"seal_missing_or_moved"}, subjects="1"),
    "swapped-seals": damage(*swapped("seals", "number", "1", "2", "-1"), kinds={"seal_edited"}, subjects="1 2"),
}
"""Of the first request five events are sealed, of the second two, of the third one."""


@dataclass(frozen=True, slots=True)
class Archive:
    """An office with three requests, sealed twice; nobody serves meanwhile."""

    office: Office
    hands: DatabaseTampering
    codes: dict[str, str]
    ids: dict[str, int]

    async def verified(self) -> Finished:
        """Run `history verify --json`."""
        return await self.office.run("history", "verify", "--json")

    async def faults(self) -> set[tuple[str, str]]:
        """Return the kinds of fault that are found, each with whose it is (or the seal's number)."""
        finished, names = await self.verified(), {code: name for name, code in self.codes.items()}
        faults = finished.json["faults"]
        assert finished.code == (1 if faults else 0), finished
        return {(fault["kind"], names.get(fault["subject"], fault["subject"])) for fault in faults}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def archive(engine: str) -> AsyncIterator[Archive]:
    """The office and its requests, made by commands."""
    async with new_office(engine, furnish) as office:
        await office.cli("staff", "add", "admin", "--role", "admin")
        codes = {name: await _entered(office) for name in ("first", "second")}
        await office.cli("request", "act", codes["first"], "accept", "--as", "civil")
        await office.cli("request", "act", codes["second"], "reject", "--as", "civil", "--set", "reason=بیرون از شهر")
        await office.cli("history", "seal")
        await office.cli("request", "act", codes["first"], "price", "--as", "revenue")
        await office.cli("request", "act", codes["first"], "waive", "--as", "revenue", "--set", "reason=نیازمند")
        codes["third"] = await _entered(office)
        await office.cli("history", "seal")
        hands = DatabaseTampering(office.settings["PISHKHAN_DATABASE_URL"])
        rows = await hands.rows("SELECT id, code FROM requests")
        names = {code: name for name, code in codes.items()}
        await hands.keep()
        made = Archive(office, hands, codes, {names[row["code"]]: row["id"] for row in rows})
        yield made
        assert await made.faults() == set(), "all of it was put back"
        await hands.close()


async def _entered(office: Office) -> str:
    sets = [part for one in FORM for part in ("--set", one)]
    made = await office.cli("request", "submit", "machinery", "--as", "civil", "--mobile", "09121234567", *sets)
    return str(made["code"])


async def test_an_untouched_history_verifies(archive: Archive) -> None:
    finished = await archive.verified()
    assert finished.code == 0
    assert finished.json == {"faults": [], "requests": 3, "events": 8, "seals": 2, "unsealed": 0}


@pytest.mark.parametrize("name", DAMAGES)
async def test_a_damage_is_found(archive: Archive, name: str) -> None:
    done = DAMAGES[name]
    async with archive.hands.damage(*done.statements, **archive.ids):
        found = await archive.faults()
    assert {kind for kind, _ in found} >= done.kinds
    assert {subject for _, subject in found} >= done.subjects
    if not done.subjects & {"1", "2"}:
        assert {subject for _, subject in found} == done.subjects, "and nobody else is blamed"
        assert {kind for kind, _ in found} <= done.kinds | GAP, found


async def test_what_is_found_is_said_to_people_too(archive: Archive) -> None:
    async with archive.hands.damage(*DAMAGES["edited-event"].statements, **archive.ids):
        with archive.office.cold():
            found = await archive.office.run("history", "verify")
    assert found.code == 1
    assert f"event_edited: {archive.codes['first']}, event 2" in found.out
    assert "1 faults in 8 events of 3 requests and 2 seals" in found.out


async def test_a_chain_that_was_reckoned_anew_differs_from_its_seal(archive: Archive) -> None:
    try:
        await archive.hands.rewrite(archive.ids["first"], 2, event="reject")
        assert await archive.faults() == {(NEVER_SEALED_SO, "first")}
    finally:
        await archive.hands.put_back()


async def test_a_seal_that_was_reckoned_anew_lacks_the_signature(archive: Archive) -> None:
    """A person who writes tables can reckon chain, heads and the seal's own hash, but cannot sign."""
    try:
        await archive.hands.rewrite(archive.ids["first"], 2, event="reject")
        await _seal_in_tables(archive)
        assert await archive.faults() == {("seal_forged", "2")}
    finally:
        await archive.hands.put_back()


async def _seal_in_tables(archive: Archive) -> None:
    """Put the present head of the first request into the second seal, and the seal's hash with it."""
    store = await SqlStore.connect(archive.hands.url)
    async with store.open_unit(write=False) as uow:
        heads = {head.request_id: head async for head, _ in uow.history.stream_chains()}
        seal = [one async for one in uow.history.stream_seals()][1]
    await store.close()
    forged = [heads[head.request_id] for head in seal.heads]
    old, new = (next(one.hash for one in some if one.code == archive.codes["first"]) for some in (seal.heads, forged))
    digest = compute_seal_hash(seal.number, seal.at, forged, seal.previous)
    statements = {
        "sqlite": "UPDATE seals SET heads = replace(heads, :old, :new), hash = :hash WHERE number = 2",
        "postgresql": "UPDATE seals SET heads = CAST(replace(CAST(heads AS text), :old, :new) AS json), hash = :hash"
        " WHERE number = 2",
    }
    statement = statements[archive.hands.url.partition(":")[0]]
    await archive.hands.change(statement, old=old, new=new, hash=digest)


async def test_all_rewritten_and_sealed_with_another_key_is_found(archive: Archive) -> None:
    """The forger's database is whole by the forger's key; ours, which no database has, is what tells."""
    try:
        await archive.hands.rewrite(archive.ids["first"], 2, event="reject")
        await archive.hands.change("DELETE FROM seals", "UPDATE requests SET sealed_seq = 0")
        # Who has the database can make it take any key for the right one.
        taken = await archive.office.run_with(FORGERS_KEY, "secret-key", "accept", "--reason", "forgery", "--json")
        assert taken.json == {"accepted": True}
        sealed = await archive.office.run_with(FORGERS_KEY, "history", "seal", "--json")
        believed = await archive.office.run_with(FORGERS_KEY, "history", "verify", "--json")
        assert (sealed.code, believed.code, believed.json["faults"]) == (0, 0, [])
        assert await archive.faults() == {("seal_forged", "1")}
    finally:
        await archive.hands.put_back()
        await archive.office.cli("secret-key", "accept", "--reason", "ours again")


async def test_personal_data_that_was_erased_verifies_and_cannot_be_put_in_again(archive: Archive) -> None:
    code, ids = archive.codes["second"], {"second": archive.ids["second"]}
    try:
        await archive.office.cli("request", "erase", code, "--reason", "درخواست شهروند", "--as", "admin")
        events = await archive.hands.rows(
            "SELECT actor, note, payload, salt FROM history WHERE request_id = :second AND seq < 3 ORDER BY seq", **ids
        )
        assert [set(event.values()) for event in events] == [{None}, {None}], "nothing personal is left"
        finished = await archive.verified()
        assert (finished.code, finished.json["faults"], finished.json["unsealed"]) == (0, [], 1)
        for invented in ("note = 'دلیلی دیگر'", "actor = 'staff:other'", "salt = '00ff'"):
            await archive.hands.change(edited(invented), first=ids["second"])
            assert await archive.faults() == {("payload_edited", "second")}
            await archive.hands.change(
                "UPDATE history SET note = NULL, actor = NULL, salt = NULL WHERE request_id = :second AND seq = 2",
                **ids,
            )
        await archive.hands.change("DELETE FROM history WHERE request_id = :second AND seq = 1", **ids)
        assert {kind for kind, _ in await archive.faults()} >= GAP
    finally:
        await archive.hands.put_back()


async def test_what_came_after_the_last_seal_is_said_to_be_unsealed(archive: Archive) -> None:
    code, ids = archive.codes["third"], {"third": archive.ids["third"]}

    async def counted() -> tuple[int, list[Any], int]:
        finished = await archive.verified()
        return finished.code, finished.json["faults"], finished.json["unsealed"]

    try:
        await archive.office.cli("request", "act", code, "ask", "--as", "civil", "--set", "question=کدام کوچه؟")
        await archive.office.cli("request", "act", code, "answer", "--as", "civil", "--set", "text=کوچه دوم")
        assert await counted() == (0, [], 2)
        assert "2 events are not sealed yet" in (await archive.office.run("history", "verify")).out
        await archive.hands.change("UPDATE history SET event = 'x' WHERE request_id = :third AND seq = 2", **ids)
        assert await archive.faults() == {("event_edited", "third")}, "the chain alone finds an edited row"
        await archive.hands.rewrite(ids["third"], 2, event="ask", to_state="submitted")
        assert await counted() == (0, [], 2), "one that is reckoned anew is what only a seal would have shown"
        await archive.office.cli("history", "seal")
        assert await counted() == (0, [], 0)
    finally:
        await archive.hands.put_back()
