"""`pishkhan migrate` and `backup`: the database as a whole."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from app.checking.key_check import keep_or_refuse_key
from app.cli.options import AsJson, ConfigPath
from app.cli.output import exit_with_error, exit_with_faults, print_json, print_line, reporting_errors, showing_status
from app.configuration.settings import Settings, load_settings
from app.database import muted_health_log, open_store
from app.readiness import NotReady
from app.wiring import load_dependencies
from domain.actions.reports.recount import recount_requests
from domain.actions.requests.upgrade import upgrade_requests
from domain.values.errors import Conflict
from store import copies
from store.engines.copies import CopyFailed
from store.migrate import SchemaMismatch, read_current_revision
from store.migrate import migrate as bring_up

ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]


def migrate(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Bring the database to the schema of this code, and running requests to its declarations; again does no harm."""
    with reporting_errors(as_json), showing_status("migrating"):
        result = asyncio.run(_migrate_database(load_settings(config)))
    if as_json:
        print_json(result)
    else:
        print_line(
            f"the schema is at {result['revision']}; {result['counted']} requests were counted for the reports, "
            f"{result['moved']} were moved to new declarations"
        )


async def _migrate_database(settings: Settings) -> dict[str, Any]:
    database_url = settings.database_url
    try:
        with muted_health_log():
            await bring_up(database_url)
    except SchemaMismatch as mismatch:
        raise NotReady([str(mismatch)]) from None
    except ValueError as error:
        raise NotReady([f"PISHKHAN_DATABASE_URL: {error}"]) from None
    store = await open_store(settings)
    try:
        dependencies = await load_dependencies(settings, store)
        await keep_or_refuse_key(settings, store, dependencies.clock)
        counted_requests, moved_requests = (
            await recount_requests(dependencies, store),
            await upgrade_requests(dependencies, store),
        )
    finally:
        await store.close()
    return {"revision": await read_current_revision(database_url), "counted": counted_requests, "moved": moved_requests}


def backup(
    file: Annotated[Path, typer.Argument(help="File to write.", dir_okay=False)],
    force: ForceOption = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Copy the whole database into one file, beside running processes; it holds personal data."""
    with reporting_errors(as_json), reporting_copy_errors(as_json), showing_status("copying"):
        asyncio.run(copies.back_up_database(load_settings(config).database_url, file, force=force))
    if as_json:
        print_json({"file": str(file), "bytes": file.stat().st_size})
    else:
        print_line(f"{file}: written")


@contextmanager
def reporting_copy_errors(as_json: bool) -> Iterator[None]:
    """Report what kept a copy from being made or read."""
    try:
        yield
    except Conflict as error:
        exit_with_error(as_json, error, f"the {error.field} is there already and not empty: --force overwrites it")
    except CopyFailed as error:
        exit_with_faults(as_json, [str(error)])
    except ValueError as error:
        exit_with_faults(as_json, [f"PISHKHAN_DATABASE_URL: {error}"])
