"""Backup and restore: a whole database into one file and back."""

import asyncio
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, literal, select, table

from domain.bills.ports import ORDER_SEQUENCE_PREFIX
from domain.values.errors import Conflict
from store.after_restore import NOTHING_CHANGED, ChangesSince, RestoreReport, secure_restored
from store.bills.bills import FILE_NUMBER_SEQUENCE
from store.engines import build_engine
from store.engines.addresses import read_database_url
from store.engines.copies import COPIERS, CopyDamaged, CopyFailed, DatabaseCopier
from store.repositories.sequences import draw_numbers
from store.schema import counters

NUMBERS_SKIPPED = 10_000
"""File numbers, and order numbers of each gateway, that are left out after a restore. Bills drawn since the backup bear
the next ones, and citizens hold them who may still pay; of orders since then the banks know. A number drawn again would
credit one citizen's money to another.
"""

_SELECT_ORDER_SEQUENCES = select(counters.c.name).where(
    counters.c.name.startswith(ORDER_SEQUENCE_PREFIX, autoescape=True)
)

_SCHEMA_TABLES = {"alembic_version", "key_checks"}
"""Tables that a database has before anybody used it: its version, and the check of the key that it was migrated
with."""


async def back_up_database(database_url: str, file: Path, *, force: bool = False) -> None:
    """Write the whole database into `file`, which appears when it is complete; `CopyFailed`.

    Of a damaged database `file` appears too, and `CopyDamaged` is raised: that a page is broken must not end the
    backups, and it must not pass unseen.

    `Conflict("file")` when the file exists already, unless `force`.
    """
    if not force and await asyncio.to_thread(file.exists):
        raise Conflict("file")
    part_file = file.with_name(f"{file.name}.part")
    await asyncio.to_thread(part_file.unlink, missing_ok=True)
    try:
        await _write_copy(_copier_for(database_url), part_file, file)
    finally:
        await asyncio.to_thread(part_file.unlink, missing_ok=True)


async def _write_copy(copier: DatabaseCopier, part_file: Path, file: Path) -> None:
    try:
        await copier.write_copy(part_file)
    except CopyDamaged:
        await asyncio.to_thread(part_file.replace, file)
        raise
    await asyncio.to_thread(part_file.replace, file)


async def restore_database(
    database_url: str,
    file: Path,
    *,
    now: datetime,
    changes: ChangesSince = NOTHING_CHANGED,
    force: bool = False,
) -> RestoreReport:
    """Replace the whole database by what `file` holds; `CopyFailed`.

    Nothing of it lets anybody in who was in before, and what changed since is done to it (`secure_restored`). File and
    order numbers go on `NUMBERS_SKIPPED` later. `Conflict("database")` when the database holds rows already, unless
    `force`.
    """
    if not force and not await is_database_empty(database_url):
        raise Conflict("database")
    await _copier_for(database_url).restore_copy(file)
    await _skip_numbers(database_url)
    return await _secure(database_url, changes, now)


async def is_database_empty(database_url: str) -> bool:
    """Return whether no table holds a row, whichever schema the database has."""
    engine = build_engine(database_url)
    try:
        with engine.error_translation:
            async with engine.open_inspection() as connection:
                return await connection.run_sync(_holds_no_rows)
    finally:
        await engine.close()


async def _secure(database_url: str, changes: ChangesSince, now: datetime) -> RestoreReport:
    engine = build_engine(database_url)
    try:
        with engine.error_translation:
            async with engine.open_inspection() as connection:
                if await connection.run_sync(_holds_no_rows):
                    return RestoreReport(0, ())
                report = await connection.run_sync(secure_restored, changes, now)
                await connection.commit()
                return report
    finally:
        await engine.close()


async def _skip_numbers(database_url: str) -> None:
    """Skip them, whichever schema the database has; where nothing is, there are no bills that anybody could pay."""
    engine = build_engine(database_url)
    try:
        with engine.error_translation:
            async with engine.open_inspection() as connection:
                if await connection.run_sync(_has_counters) and not await connection.run_sync(_holds_no_rows):
                    order_names = (await connection.execute(_SELECT_ORDER_SEQUENCES)).scalars().all()
                    for name in (FILE_NUMBER_SEQUENCE, *order_names):
                        await connection.execute(draw_numbers(engine), {"of": name, "by": NUMBERS_SKIPPED})
                    await connection.commit()
    finally:
        await engine.close()


def _has_counters(connection: Connection) -> bool:
    return inspect(connection).has_table(counters.name)


def _holds_no_rows(connection: Connection) -> bool:
    table_names = [
        table_name for table_name in inspect(connection).get_table_names() if table_name not in _SCHEMA_TABLES
    ]
    return not any(
        connection.execute(select(literal(1)).select_from(table(table_name)).limit(1)).first()
        for table_name in table_names
    )


def _copier_for(database_url: str) -> DatabaseCopier:
    """Return how that database is copied; `ValueError` as `build_engine` for an address that cannot be."""
    address = read_database_url(database_url)
    if address.drivername not in COPIERS:
        raise CopyFailed(f"there is no copying of {address.drivername!r}")
    return COPIERS[address.drivername](address)
