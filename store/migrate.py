"""Bringing a database to the schema of this code, and refusing one whose schema is another."""

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from store.engines import engine_for
from store.engines.base import DatabaseEngine

if TYPE_CHECKING:
    from alembic.config import Config


_VERSIONS = "store.migrations.versions"
_NAMED = re.compile(r'^(revision|down_revision) = "([^"]+)"$', re.MULTILINE)


class SchemaMismatch(Exception):
    """The database's schema is not the one that this code works with; the message says what to do."""

    def __init__(self, found: str | None, wanted: str) -> None:
        self.found = found
        self.wanted = wanted
        super().__init__(self.__doc__, found, wanted)

    def __str__(self) -> str:
        return f"{self.__doc__} It is at version {self.found or '(none)'}, this code needs {self.wanted}."


class SchemaNewer(SchemaMismatch):
    """The database was written by a newer Pishkhan: run that version, or restore a backup made before the update."""


class SchemaOlder(SchemaMismatch):
    """The database is not migrated: run `pishkhan migrate`."""


async def migrate(url: str) -> None:
    """Bring the database to the newest version; `SchemaNewer` when it is past that.

    All or nothing, in one transaction. Another process that migrates at the same time is waited for.
    """
    engine = engine_for(url)
    try:
        with engine.telling():
            async with engine.migration() as connection:
                await connection.run_sync(_upgrade)
    finally:
        await engine.close()


async def check_schema(url: str) -> None:
    """Raise `SchemaNewer` or `SchemaOlder` unless the database stands at the version of this code."""
    engine = engine_for(url)
    try:
        await check(engine)
    finally:
        await engine.close()


async def check(engine: DatabaseEngine) -> None:
    """Check the schema of an engine's database, as `check_schema`; `Unavailable` when it does not answer."""
    found = await engine.revision()
    if found != head_revision():
        raise _mismatch(found)


async def current_revision(url: str) -> str | None:
    """Return the version at which a database stands, None when it was never migrated."""
    engine = engine_for(url)
    try:
        return await engine.revision()
    finally:
        await engine.close()


def head_revision() -> str:
    """Return the version that this code needs."""
    return _known()[-1]


@cache
def _known() -> tuple[str, ...]:
    """Return every version, each after the one that it names as the version before; their numbers need not grow."""
    after = dict(_link(file.read_text("utf-8")) for file in files(_VERSIONS).iterdir() if file.name.endswith(".py"))
    known: list[str] = []
    while (following := after.get(known[-1] if known else None)) is not None:
        known.append(following)
    return tuple(known)


def _link(source: str) -> tuple[str | None, str]:
    """Return what a version's file says: the version before it, and its own."""
    found = dict(_NAMED.findall(source))
    return found.get("down_revision"), found["revision"]


def _mismatch(found: str | None) -> SchemaMismatch:
    mismatch = SchemaOlder if found is None or found in _known() else SchemaNewer
    return mismatch(found, head_revision())


def _upgrade(connection: Connection) -> None:
    # Alembic takes a third of a second to import, which a process that only serves can do without.
    from alembic import command  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in _known():
        raise SchemaNewer(found, head_revision())
    command.upgrade(config(connection), "head")


def config(connection: Connection | None = None) -> "Config":
    """Return Alembic's configuration: where the versions are, and the connection that they run on."""
    from alembic.config import Config  # noqa: PLC0415

    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", "store:migrations")
    return made
