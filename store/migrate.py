"""Bringing a database to the schema of this code, and refusing one whose schema is another."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from store.engines import engine_for
from store.engines.base import Engine


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


async def check(engine: Engine) -> None:
    """Check the schema of an engine's database, as `check_schema`; `Unavailable` when it does not answer."""
    found = await _found(engine)
    if found != head_revision():
        _refuse(found)


async def current_revision(url: str) -> str | None:
    """Return the version at which a database stands, None when it was never migrated."""
    engine = engine_for(url)
    try:
        return await _found(engine)
    finally:
        await engine.close()


def head_revision() -> str:
    """Return the version that this code needs."""
    return _scripts().get_current_head() or ""


async def _found(engine: Engine) -> str | None:
    with engine.telling():
        async with engine.reader.connect() as connection:
            return await connection.run_sync(_revision)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse(found: str | None) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    mismatch = SchemaOlder if found is None or found in known else SchemaNewer
    raise mismatch(found, head_revision())


def _upgrade(connection: Connection) -> None:
    found = _revision(connection)
    if found is not None and found not in {script.revision for script in _scripts().walk_revisions()}:
        raise SchemaNewer(found, head_revision())
    command.upgrade(_config(connection), "head")


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "store:migrations")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
