"""`pishkhan migrate`, `backup` and `restore`: the database as a whole."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import AsJson, Config
from app.cli.output import emit_json, fail, fail_with, say, told, waiting
from app.configuration.settings import Settings, load
from app.database import open_store, told_once
from app.http.readiness import NotReady
from app.security.key_check import keep_or_refuse
from app.wiring import desk_of
from domain.actions.reports.recount import recount
from domain.actions.requests.upgrade import upgrade
from domain.values.errors import Conflict
from store import copies
from store.engines.copies import CopyFailed
from store.migrate import SchemaMismatch, current_revision
from store.migrate import migrate as bring_up

Force = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]


def migrate(as_json: AsJson = False, config: Config = None) -> None:
    """Bring the database to the schema of this code, and running requests to its declarations; again does no harm."""
    with told(as_json), waiting("migrating"):
        done = asyncio.run(_migrate(load(config)))
    if as_json:
        emit_json(done)
    else:
        say(
            f"the schema is at {done['revision']}; {done['counted']} requests were counted for the reports, "
            f"{done['moved']} were moved to new declarations"
        )


async def _migrate(settings: Settings) -> dict[str, Any]:
    url = settings.database_url
    try:
        with told_once():
            await bring_up(url)
    except SchemaMismatch as mismatch:
        raise NotReady([str(mismatch)]) from None
    except ValueError as error:
        raise NotReady([f"PISHKHAN_DATABASE_URL: {error}"]) from None
    store = await open_store(settings)
    try:
        desk = await desk_of(settings, store)
        await keep_or_refuse(settings, store, desk.clock)
        counted, moved = await recount(desk, store), await upgrade(desk, store)
    finally:
        await store.close()
    return {"revision": await current_revision(url), "counted": counted, "moved": moved}


def backup(
    file: Annotated[Path, typer.Argument(help="File to write.", dir_okay=False)],
    force: Force = False,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Copy the whole database into one file, beside running processes; it holds personal data."""
    with told(as_json), _copying(as_json), waiting("copying"):
        asyncio.run(copies.backup(load(config).database_url, file, force=force))
    _done(as_json, file, "written")


def restore(
    file: Annotated[Path, typer.Argument(help="File that `backup` wrote.", exists=True, dir_okay=False)],
    force: Force = False,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Replace the whole database by a backup; refused while the database holds anything, unless --force."""
    with told(as_json), _copying(as_json), waiting("copying"):
        asyncio.run(copies.restore(load(config).database_url, file, force=force))
    _done(as_json, file, "restored")


@contextmanager
def _copying(as_json: bool) -> Iterator[None]:
    try:
        yield
    except Conflict as error:
        fail(as_json, error, f"the {error.field} is there already and not empty: --force overwrites it")
    except CopyFailed as error:
        fail_with(as_json, [str(error)])
    except ValueError as error:
        fail_with(as_json, [f"PISHKHAN_DATABASE_URL: {error}"])


def _done(as_json: bool, file: Path, what: str) -> None:
    if as_json:
        emit_json({"file": str(file), "bytes": file.stat().st_size})
    else:
        say(f"{file}: {what}")
