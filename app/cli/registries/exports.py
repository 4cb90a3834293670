"""`pishkhan export`: registries and reports into CSV and XLSX files."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import ActingUserOrSystem, AsJson, ConfigPath
from app.cli.output import print_json, print_line, reporting_errors
from app.cli.progress import progress_bar
from app.cli.reports.report_options import (
    FilterValues,
    FirstDay,
    LastDay,
    MonthOption,
    YearOption,
    collect_filter_values,
)
from app.cli.session import CommandSession, resolve_actor_or_system, run_in_session
from app.processes.exporting import export_report, export_table
from app.spreadsheets.sheet_writing import open_file_writer
from domain.actions.context import ActorContext
from domain.actions.registries.rows import audit_export, find_registry
from domain.actions.reports.declarations import REPORTS
from domain.actions.reports.filter_reading import read_report_filter
from domain.actions.reports.listing import audit_report_export
from domain.registries.declarations import REGISTRIES
from domain.reports.sheets import SheetSelection

ExportName = Annotated[
    str, typer.Argument(help=f"A table ({', '.join(REGISTRIES)}) or a report ({', '.join(REPORTS)}).")
]
_FILE_HELP = "File to be written; its end says how: .csv or .xlsx."


def export(
    what: ExportName,
    file: Annotated[Path | None, typer.Argument(help=_FILE_HELP, dir_okay=False)] = None,
    output: Annotated[Path | None, typer.Option("--output", help=_FILE_HELP, dir_okay=False)] = None,
    figures: Annotated[bool, typer.Option("--figures", help="A report's figures instead of its requests.")] = False,
    year: YearOption = None,
    month: MonthOption = None,
    first: FirstDay = None,
    last: LastDay = None,
    where: FilterValues = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Export a table, with headings that `import` takes back, or the requests of a report (of this Jalali year)."""
    filter_values = collect_filter_values(year, month, first, last, where)
    path = _choose_path(file, output)
    if what in REPORTS:
        _run_and_report(
            as_json,
            config,
            lambda session: _export_report(session, what, filter_values, path, figures, force, username),
        )
        return
    if filter_values or figures:
        raise typer.BadParameter("a table is exported whole", param_hint="filters")
    _run_and_report(as_json, config, lambda session: _export_table(session, what, path, force, username))


def _choose_path(file: Path | None, output: Path | None) -> Path:
    path = file or output
    if path is None or (file and output):
        raise typer.BadParameter("name one file", param_hint="--output")
    return path


def _run_and_report(as_json: bool, config: Path | None, run_command: Any) -> None:
    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['rows']} rows in {result['file']}")


async def _export_table(
    session: CommandSession, table_name: str, path: Path, force: bool, username: str | None
) -> dict[str, Any]:
    registry, dependencies, store = find_registry(table_name), session.dependencies, session.store
    actor = await resolve_actor_or_system(session, username)
    with open_file_writer(path, force=force) as write_row:
        async with store.open_unit() as uow:
            await audit_export(ActorContext(dependencies, uow, actor), registry, {"kind": _file_kind(path)})
        rows = await export_table(dependencies, store, registry, write_row, progress_bar)
    return {"table": table_name, "rows": rows, "file": str(path)}


async def _export_report(
    session: CommandSession,
    report_name: str,
    filter_values: dict[str, str],
    path: Path,
    figures: bool,
    force: bool,
    username: str | None,
) -> dict[str, Any]:
    dependencies, store = session.dependencies, session.store
    actor = await resolve_actor_or_system(session, username)
    selection = SheetSelection(
        report_name,
        read_report_filter(dependencies.services, filter_values, dependencies.clock.now()),
        _file_kind(path),
        figures,
    )
    with open_file_writer(path, force=force) as write_row:
        await audit_report_export(dependencies, store, selection, actor)
        rows = await export_report(dependencies, store, selection, actor, write_row, progress_bar)
    return {"report": report_name, "rows": rows, "file": str(path)}


def _file_kind(path: Path) -> str:
    return path.suffix.lower().lstrip(".")
