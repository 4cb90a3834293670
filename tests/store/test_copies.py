"""Backup and restore, on both engines: what was there is there again, and nothing is overwritten by accident."""

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url

from domain.values.errors import Conflict
from store.copies import NUMBERS_SKIPPED, back_up_database, is_database_empty, restore_database
from store.engines.copies import CopyFailed
from store.migrate import migrate
from store.unit_of_work import SqlStore
from tests.support.postgres_server import PASSWORD

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FIRST, SECOND = "+989121111111", "+989122222222"


@pytest.fixture
async def sqlite_url(tmp_path: Path) -> str:
    """A migrated SQLite file without rows."""
    made = f"sqlite:///{tmp_path / 'pishkhan.db'}"
    await migrate(made)
    return made


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    """A migrated database without rows, on each engine."""
    found: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
    return found


async def opt_out(url: str, mobile: str) -> None:
    store = await SqlStore.connect(url)
    async with store.open_unit() as uow:
        await uow.lines.save_opt_out(mobile, True, NOW)
    await store.close()


async def opted_out(url: str, mobile: str) -> bool:
    store = await SqlStore.connect(url)
    async with store.open_unit(write=False) as uow:
        found = await uow.lines.has_opted_out(mobile)
    await store.close()
    return found


async def test_what_was_there_is_there_again(url: str, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    await opt_out(url, FIRST)
    await back_up_database(url, file)
    await opt_out(url, SECOND)
    with pytest.raises(Conflict, match="database"):
        await restore_database(url, file, now=NOW)
    assert await opted_out(url, SECOND)
    await restore_database(url, file, now=NOW, force=True)
    assert await opted_out(url, FIRST)
    assert not await opted_out(url, SECOND)


@pytest.mark.postgresql
async def test_a_password_may_stand_in_the_query_as_well(postgres_url: str, tmp_path: Path) -> None:
    file, url = tmp_path / "copy", make_url(postgres_url)
    in_query = url._replace(password=None).update_query_dict({"password": PASSWORD})
    asked_elsewhere = in_query.render_as_string(hide_password=False)
    await opt_out(asked_elsewhere, FIRST)
    await back_up_database(asked_elsewhere, file)
    await restore_database(asked_elsewhere, file, now=NOW, force=True)
    assert await opted_out(postgres_url, FIRST)
    wrong = url.set(password="wrong").render_as_string(hide_password=False)
    with pytest.raises(CopyFailed, match="password authentication failed"):
        await back_up_database(wrong, tmp_path / "other")


async def drawn(url: str) -> int:
    store = await SqlStore.connect(url)
    async with store.open_unit() as uow:
        found = await uow.bills.next_file_number()
    await store.close()
    return found


async def test_file_numbers_drawn_since_the_backup_are_not_drawn_again(url: str, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    await opt_out(url, FIRST)
    assert await drawn(url) == 1
    await back_up_database(url, file)
    assert [await drawn(url) for _ in range(3)] == [2, 3, 4]
    await restore_database(url, file, now=NOW, force=True)
    assert await drawn(url) == 1 + NUMBERS_SKIPPED + 1


async def test_file_numbers_are_skipped_where_the_backup_had_drawn_none(url: str, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    await opt_out(url, FIRST)
    await back_up_database(url, file)
    assert await drawn(url) == 1
    await restore_database(url, file, now=NOW, force=True)
    assert await drawn(url) == NUMBERS_SKIPPED + 1


async def test_order_numbers_that_banks_know_are_not_given_again(url: str, tmp_path: Path) -> None:
    store, file = await SqlStore.connect(url), tmp_path / "copy"
    async with store.open_unit() as uow:
        await uow.sequences.next_number("order:sandbox")
        await uow.sequences.next_number("letter:e:1405")
    await store.close()
    await back_up_database(url, file)
    await restore_database(url, file, now=NOW, force=True)
    store = await SqlStore.connect(url)
    async with store.open_unit() as uow:
        assert await uow.sequences.next_number("order:sandbox") == 1 + NUMBERS_SKIPPED + 1
        assert await uow.sequences.next_number("letter:e:1405") == 2
    await store.close()


async def test_a_copy_of_another_program_is_restored_as_it_is(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'pishkhan.db'}", tmp_path / "foreign"
    with closing(sqlite3.connect(file)) as foreign:
        foreign.execute("CREATE TABLE anything (name TEXT)")
        foreign.execute("INSERT INTO anything VALUES ('there')")
        foreign.commit()
    await restore_database(url, file, now=NOW)
    with closing(sqlite3.connect(tmp_path / "pishkhan.db")) as found:
        assert found.execute("SELECT name FROM anything").fetchall() == [("there",)]


async def test_an_empty_database_is_filled_without_force(url: str, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    assert await is_database_empty(url)
    await back_up_database(url, file)
    await restore_database(url, file, now=NOW)
    assert await is_database_empty(url)
    await opt_out(url, FIRST)
    assert not await is_database_empty(url)


async def test_a_backup_is_the_owners_and_overwrites_nothing(url: str, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    await back_up_database(url, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(Conflict, match="file"):
        await back_up_database(url, file)
    await back_up_database(url, file, force=True)
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


async def test_what_is_no_backup_changes_nothing(url: str, tmp_path: Path) -> None:
    await opt_out(url, FIRST)
    file = tmp_path / "copy"
    file.write_bytes(b"SQLite format 3\0 and then nothing that it could be")
    with pytest.raises(CopyFailed):
        await restore_database(url, file, now=NOW, force=True)
    file.write_bytes(b"no backup at all")
    with pytest.raises(CopyFailed):
        await restore_database(url, file, now=NOW, force=True)
    assert await opted_out(url, FIRST)


async def test_a_copy_that_cannot_be_made_leaves_nothing(url: str, tmp_path: Path) -> None:
    with pytest.raises((CopyFailed, OSError)):
        await back_up_database(url, tmp_path / "nowhere" / "copy")
    assert not (tmp_path / "nowhere").exists()


async def test_an_sqlite_copy_stands_alone(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'pishkhan.db'}", tmp_path / "copy.db"
    await migrate(url)
    await opt_out(url, FIRST)
    await back_up_database(url, file)
    fresh = f"sqlite:///{tmp_path / 'other.db'}"
    await restore_database(fresh, file, now=NOW)
    assert await opted_out(fresh, FIRST)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("copy")) == ["copy.db"]
