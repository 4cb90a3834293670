"""`pishkhan old-site`: views and comments of the site before this one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import ActingUser, AsJson, ConfigPath
from app.cli.output import EXIT_REFUSED, print_json, reporting_errors
from app.cli.registries.imports import print_import
from app.cli.session import CommandSession, resolve_actor, run_in_session
from app.spreadsheets.sheets import open_sheet
from domain.actions.dependencies import Dependencies
from domain.actions.feedback.old_site import OldSiteImport, import_old_comments, import_old_views
from domain.registries.imports import SheetRows
from domain.unit_of_work import Store
from domain.values.actors import Actor

SheetFile = Annotated[Path, typer.Argument(help="CSV or XLSX file with a head line.", exists=True, dir_okay=False)]

_Import = Callable[[Dependencies, Store, Sequence[str], SheetRows, Actor], Awaitable[OldSiteImport]]


def import_views(file: SheetFile, username: ActingUser, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Take over the views of the services' pages: service and views. A later file takes the place of an earlier one."""
    _run_import(import_old_views, file, username, as_json, config)


def import_comments(file: SheetFile, username: ActingUser, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Take over comments: service, day, text, published; a name is not kept. The same comment again is one."""
    _run_import(import_old_comments, file, username, as_json, config)


def _run_import(import_rows: _Import, path: Path, username: str, as_json: bool, config: Path | None) -> None:
    async def run_command(session: CommandSession) -> OldSiteImport:
        async with session.store.open_unit(write=False) as uow:
            actor = await resolve_actor(session, uow.people, username)
        with open_sheet(path) as sheet:
            return await import_rows(session.dependencies, session.store, sheet.headings, sheet.rows, actor)

    with reporting_errors(as_json):
        imported = run_in_session(config, run_command)
    if as_json:
        print_json(_build_view(imported))
    else:
        print_import(_build_view(imported), "--json shows all of them")
    if imported.faults:
        raise typer.Exit(EXIT_REFUSED)


def _build_view(imported: OldSiteImport) -> dict[str, Any]:
    return {
        "preview": False,
        "kept": not imported.faults,
        **imported.tally.as_json(),
        "ignored_columns": list(imported.ignored_headings),
        "errors": [asdict(fault) for fault in imported.faults],
    }
