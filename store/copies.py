"""Backup and restore: a whole database into one file and back."""

import asyncio
from pathlib import Path

from sqlalchemy import Connection, inspect, literal, select, table

from domain.values.errors import Conflict
from store.engines import engine_for
from store.engines.addresses import read_address
from store.engines.copies import COPIES, Copies, CopyDamaged, CopyFailed
from store.repositories.bills import FILE_NUMBERS
from store.repositories.sequences import drawing
from store.schema import counters

NUMBERS_SKIPPED = 10_000
"""File numbers that are left out after a restore. Bills drawn since the backup bear the next ones, and citizens hold
them who may still pay: a number drawn again would credit one citizen's money to another.
"""

_OF_THE_SCHEMA = {"alembic_version", "key_checks"}
"""What a database holds before anybody used it: its version, and the check of the key that it was migrated with."""


async def backup(url: str, file: Path, *, force: bool = False) -> None:
    """Write the whole database into `file`, which appears when it is complete; `CopyFailed`.

    Of a damaged database `file` appears too, and `CopyDamaged` is raised: that a page is broken must not end the
    backups, and it must not pass unseen.

    `Conflict("file")` when the file exists already, unless `force`.
    """
    if not force and await asyncio.to_thread(file.exists):
        raise Conflict("file")
    part = file.with_name(f"{file.name}.part")
    await asyncio.to_thread(part.unlink, missing_ok=True)
    try:
        await _written(_copies(url), part, file)
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)


async def _written(copies: Copies, part: Path, file: Path) -> None:
    try:
        await copies.write(part)
    except CopyDamaged:
        await asyncio.to_thread(part.replace, file)
        raise
    await asyncio.to_thread(part.replace, file)


async def restore(url: str, file: Path, *, force: bool = False) -> None:
    """Replace the whole database by what `file` holds; `CopyFailed`.

    File numbers go on `NUMBERS_SKIPPED` later. `Conflict("database")` when the database holds rows already, unless
    `force`.
    """
    if not force and not await is_empty(url):
        raise Conflict("database")
    await _copies(url).read(file)
    await _skip_file_numbers(url)


async def is_empty(url: str) -> bool:
    """Tell whether no table holds a row, whichever schema the database has."""
    engine = engine_for(url)
    try:
        with engine.telling():
            async with engine.inspection() as connection:
                return await connection.run_sync(_holds_nothing)
    finally:
        await engine.close()


async def _skip_file_numbers(url: str) -> None:
    """Skip them, whichever schema the database has; where nothing is, there are no bills that anybody could pay."""
    engine = engine_for(url)
    try:
        with engine.telling():
            async with engine.inspection() as connection:
                if await connection.run_sync(_has_numbers) and not await connection.run_sync(_holds_nothing):
                    await connection.execute(drawing(engine), {"of": FILE_NUMBERS, "by": NUMBERS_SKIPPED})
                    await connection.commit()
    finally:
        await engine.close()


def _has_numbers(connection: Connection) -> bool:
    return inspect(connection).has_table(counters.name)


def _holds_nothing(connection: Connection) -> bool:
    names = [name for name in inspect(connection).get_table_names() if name not in _OF_THE_SCHEMA]
    return not any(connection.execute(select(literal(1)).select_from(table(name)).limit(1)).first() for name in names)


def _copies(url: str) -> Copies:
    """Return how that database is copied; `ValueError` as `engine_for` for an address that cannot be."""
    parsed = read_address(url)
    if parsed.drivername not in COPIES:
        raise CopyFailed(f"there is no copying of {parsed.drivername!r}")
    return COPIES[parsed.drivername](parsed)
