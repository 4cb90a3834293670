"""Bringing a database to the schema of this code, and refusing one whose schema is another."""

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from store.engines import build_engine
from store.engines.base import DatabaseEngine

if TYPE_CHECKING:
    from alembic.config import Config


_VERSIONS_PACKAGE = "store.migrations.versions"
_REVISION_PATTERN = re.compile(r'^(revision|down_revision) = "([^"]+)"$', re.MULTILINE)


class SchemaMismatch(Exception):
    """The database's schema is not the one that this code works with; the message says what to do."""

    def __init__(self, found_revision: str | None, needed: str) -> None:
        self.found_revision = found_revision
        self.needed = needed
        super().__init__(self.__doc__, found_revision, needed)

    def __str__(self) -> str:
        return f"{self.__doc__} It is at version {self.found_revision or '(none)'}, this code needs {self.needed}."


class SchemaNewer(SchemaMismatch):
    """The database was written by a newer Pishkhan: run that version, or restore a backup made before the update."""


class SchemaBeforeFirstRelease(SchemaMismatch):
    """Versions before the first release are gone: migrate it to 0074 with the program that made it."""


class SchemaOlder(SchemaMismatch):
    """The database is not migrated: run `pishkhan migrate`."""


async def migrate(database_url: str) -> None:
    """Bring the database to the newest version; `SchemaNewer` when it is past that, `SchemaBeforeFirstRelease`.

    All or nothing, in one transaction. Another process that migrates at the same time is waited for.
    """
    engine = build_engine(database_url)
    try:
        with engine.error_translation:
            async with engine.open_migration() as connection:
                await connection.run_sync(_upgrade_schema)
    finally:
        await engine.close()


async def check_engine_schema(engine: DatabaseEngine) -> None:
    """Raise `SchemaMismatch` unless the database is at the version of this code; `Unavailable` without an answer."""
    revision = await engine.read_revision()
    if revision != head_revision():
        raise _build_mismatch(revision)


async def read_current_revision(database_url: str) -> str | None:
    """Return the version of a database's schema, None when it was never migrated."""
    engine = build_engine(database_url)
    try:
        return await engine.read_revision()
    finally:
        await engine.close()


def head_revision() -> str:
    """Return the version that this code needs."""
    return _known_revisions()[-1]


@cache
def _known_revisions() -> tuple[str, ...]:
    """Return every version, each after the one that it names as the version before; their numbers need not grow."""
    next_by_revision = dict(
        _read_revision_link(file.read_text("utf-8"))
        for file in files(_VERSIONS_PACKAGE).iterdir()
        if file.name.endswith(".py")
    )
    revisions: list[str] = []
    while (next_revision := next_by_revision.get(revisions[-1] if revisions else None)) is not None:
        revisions.append(next_revision)
    return tuple(revisions)


def _read_revision_link(source_text: str) -> tuple[str | None, str]:
    """Return what a version's file says: the version before it, and its own."""
    named_values = dict(_REVISION_PATTERN.findall(source_text))
    return named_values.get("down_revision"), named_values["revision"]


def _build_mismatch(found_revision: str | None) -> SchemaMismatch:
    known_revisions = _known_revisions()
    if found_revision is None or found_revision in known_revisions:
        return SchemaOlder(found_revision, known_revisions[-1])
    mismatch_class = SchemaBeforeFirstRelease if found_revision < known_revisions[0] else SchemaNewer
    return mismatch_class(found_revision, known_revisions[-1])


def _upgrade_schema(connection: Connection) -> None:
    # Alembic takes a third of a second to import, which a process that only serves can do without.
    from alembic import command  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    found_revision = MigrationContext.configure(connection).get_current_revision()
    if found_revision is not None and found_revision not in _known_revisions():
        raise _build_mismatch(found_revision)
    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection | None = None) -> "Config":
    """Return Alembic's configuration: where the versions are, and the connection that they run on."""
    from alembic.config import Config  # noqa: PLC0415

    configuration = Config(attributes={"connection": connection})
    configuration.set_main_option("script_location", "store:migrations")
    return configuration
