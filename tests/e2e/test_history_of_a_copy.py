"""A copy of the database, taken while its server runs, verifies by itself; what was changed in it is found."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.e2e.support.machinery_story import Story
from tests.e2e.support.office import Office
from tests.e2e.support.people import Desk, Phone

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]

DAMAGES = {
    "edited": "UPDATE history SET event = 'reject' WHERE seq = 2 AND request_id = :id",
    "removed": "DELETE FROM history WHERE seq = 2 AND request_id = :id",
    "backdated": "UPDATE history SET at = '2036-11-20 08:00:00.000000' WHERE seq = 1 AND request_id = :id",
    "request_removed": "DELETE FROM requests WHERE id = :id",
}


@contextmanager
def copied(office: Office) -> Iterator[Path]:
    """A copy of the office's database, whole although the server writes."""
    original = office.settings["PISHKHAN_DATABASE_URL"].removeprefix("sqlite:///")
    copy = office.home / "copy.db"
    with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    yield copy
    copy.unlink()


async def test_damage_in_a_copy_is_found(office: Office, reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("accepted")
    await office.cli("history", "seal")
    with copied(office) as copy:
        whole = await office.run_with({"PISHKHAN_DATABASE_URL": f"sqlite:///{copy}"}, "history", "verify", "--json")
    assert (whole.code, whole.json["faults"]) == (0, [])
    for name, statement in DAMAGES.items():
        with copied(office) as copy:
            with closing(sqlite3.connect(copy)) as database, database:
                (request_id,) = database.execute("SELECT id FROM requests WHERE code = ?", [story.code]).fetchone()
                assert database.execute(statement, {"id": request_id}).rowcount == 1, name
            other = {"PISHKHAN_DATABASE_URL": f"sqlite:///{copy}"}
            found = await office.run_with(other, "history", "verify", "--json")
        assert found.code == 1, name
        assert story.code in {fault["subject"] for fault in found.json["faults"]}, (name, found)
