"""Migrations and the refusal of another schema, on every engine; several engines and processes at once."""

import asyncio
import sys
from pathlib import Path

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Executable, text
from sqlalchemy.exc import SQLAlchemyError

from domain.values.errors import Unavailable
from store import schema
from store.engines import build_engine
from store.migrate import (
    SchemaBeforeFirstRelease,
    SchemaNewer,
    SchemaOlder,
    _known_revisions,
    head_revision,
    migrate,
    read_current_revision,
)
from store.unit_of_work import SqlStore

MIGRATE = "import asyncio, sys; from store.migrate import migrate; asyncio.run(migrate(sys.argv[1]))"
HIT = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from store.unit_of_work import SqlStore

async def main() -> None:
    store = await SqlStore.connect(sys.argv[1])
    for _ in range(20):
        async with store.open_unit() as uow:
            await uow.lines.add_hit("x", datetime(2026, 11, 24, tzinfo=UTC), timedelta(days=1))
            print(await uow.bills.next_file_number())
    await store.close()

asyncio.run(main())
"""


async def run(program: str, url: str) -> list[str]:
    """Run a small program as a process of its own; its words."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, url, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[4]
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode().split()


async def execute(url: str, statement: str) -> None:
    """Change a database behind the store's back."""
    engine = build_engine(url)
    try:
        async with engine.open_migration() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.close()


TURNED = "ix_search_words_service_word_request_id"
"""An index of which SQLite does not tell the tools that a column goes downwards."""


def differences(connection: Connection) -> object:
    """Operations that a further migration would need."""

    def comparable(_item: object, name: str | None, *_: object) -> bool:
        return name != TURNED or connection.dialect.name != "sqlite"

    context = MigrationContext.configure(connection, opts={"include_object": comparable})
    return compare_metadata(context, schema.metadata)


async def test_names_are_kept_with_the_newest_first(sqlite_url: str) -> None:
    engine = build_engine(sqlite_url)
    async with engine.open_inspection() as connection:
        written = await connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": TURNED})
    await engine.close()
    assert written.endswith("(service, word, request_id DESC)")


async def test_a_migrated_database_is_the_schema_of_the_code(empty_database_url: str) -> None:
    await migrate(empty_database_url)
    engine = build_engine(empty_database_url)
    async with engine.open_inspection() as connection:
        assert await connection.run_sync(differences) == []
    await engine.close()


def test_versions_are_known_in_the_order_of_their_chain() -> None:
    made = Config()
    made.set_main_option("script_location", "store:migrations")
    chain = ScriptDirectory.from_config(made).walk_revisions()
    assert list(_known_revisions()) == [one.revision for one in reversed(list(chain))]


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    await execute(database_url, "INSERT INTO counters (name, value) VALUES ('file_number', 7)")
    await migrate(database_url)
    store = await SqlStore.connect(database_url)
    async with store.open_unit() as uow:
        assert await uow.bills.next_file_number() == 8
    await store.close()


async def test_processes_that_migrate_at_once_wait_for_each_other(empty_database_url: str) -> None:
    await asyncio.gather(*(run(MIGRATE, empty_database_url) for _ in range(3)))
    assert await read_current_revision(empty_database_url) == head_revision()


async def test_engines_that_migrate_at_once_wait_for_each_other(empty_database_url: str) -> None:
    await asyncio.gather(*(migrate(empty_database_url) for _ in range(4)))
    assert await read_current_revision(empty_database_url) == head_revision()


async def test_processes_write_to_one_database_without_loss(database_url: str) -> None:
    outputs = await asyncio.gather(*(run(HIT, database_url) for _ in range(3)))
    numbers = sorted(int(number) for output in outputs for number in output)
    assert numbers == list(range(1, 61))


async def test_a_database_that_was_never_migrated_is_refused(empty_database_url: str) -> None:
    assert await read_current_revision(empty_database_url) is None
    with pytest.raises(SchemaOlder, match="pishkhan migrate"):
        await SqlStore.connect(empty_database_url)


async def test_a_schema_newer_than_the_code_is_refused(database_url: str) -> None:
    await execute(database_url, "UPDATE alembic_version SET version_num = '9999'")
    try:  # other tests use the database too
        for attempt in (SqlStore.connect, migrate):
            with pytest.raises(SchemaNewer, match=rf"newer Pishkhan.*9999.*{head_revision()}"):
                await attempt(database_url)
    finally:
        await execute(database_url, f"UPDATE alembic_version SET version_num = '{head_revision()}'")  # noqa: S608 - our own constant


async def test_a_schema_of_before_the_first_release_is_refused(database_url: str) -> None:
    await execute(database_url, "UPDATE alembic_version SET version_num = '0071'")
    try:
        for attempt in (SqlStore.connect, migrate):
            with pytest.raises(SchemaBeforeFirstRelease, match=r"to 0074 with .* It is at version 0071"):
                await attempt(database_url)
    finally:
        await execute(database_url, f"UPDATE alembic_version SET version_num = '{head_revision()}'")  # noqa: S608 - our own constant


async def test_a_crash_in_a_migration_leaves_the_old_version_whole(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements_run: list[Executable | str] = []
    execute_statement = op.execute

    def fail_late(statement: Executable | str) -> None:
        if len(statements_run) == 10:
            raise RuntimeError("the lights went out")
        statements_run.append(statement)
        execute_statement(statement)

    with monkeypatch.context() as patch:
        patch.setattr(op, "execute", fail_late)
        with pytest.raises(RuntimeError, match="lights"):
            await migrate(empty_database_url)
    assert await read_current_revision(empty_database_url) is None
    with pytest.raises(SQLAlchemyError):
        await execute(empty_database_url, "SELECT id FROM requests")
    await migrate(empty_database_url)
    assert await read_current_revision(empty_database_url) == head_revision()


async def test_a_database_that_cannot_be_reached_is_unavailable(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/missing/pishkhan.db", "postgresql://nobody@127.0.0.1:1/none"):
        with pytest.raises(Unavailable):
            await SqlStore.connect(url)
        with pytest.raises(Unavailable):
            await migrate(url)
