"""`pishkhan import`: registries from CSV and XLSX files."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import ActingUserOrSystem, AsJson, ConfigPath
from app.cli.output import EXIT_REFUSED, print_json, print_line, reporting_errors
from app.cli.progress import progress_bar
from app.cli.session import CommandSession, resolve_actor_or_system, run_in_session
from app.processes.importing import FileImportResult, ImportOptions, import_file
from domain.actions.registries.rows import find_registry
from domain.registries.declarations import REGISTRIES
from domain.registries.imports import RowFault, RowPreview

SHOWN_FAULT_LINES = 20

TableName = Annotated[str, typer.Argument(help=f"One of: {', '.join(REGISTRIES)}.")]


def import_table(
    table: TableName,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX file with a head line.", exists=True, dir_okay=False)],
    preview: Annotated[bool, typer.Option("--preview", help="Only tell what would happen.")] = False,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave bad rows out, keep the others.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="CSV or XLSX file that takes every fault.", dir_okay=False)
    ] = None,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Import a table; rows with a known key change theirs. If any row is wrong, nothing is kept."""
    options = ImportOptions(preview, skip_bad_rows, report)

    async def run_command(session: CommandSession) -> dict[str, Any]:
        registry = find_registry(table)
        actor = await resolve_actor_or_system(session, username)
        imported = await import_file(session.dependencies, session.store, registry, file, options, actor, progress_bar)
        return _build_import_view(table, options, imported)

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_import(result, f"see {report}" if report else "--report FILE takes all of them")
    if result["bad"] and not skip_bad_rows:
        raise typer.Exit(EXIT_REFUSED)


def _build_import_view(table: str, options: ImportOptions, imported: FileImportResult) -> dict[str, Any]:
    tally = imported.examined.tally
    return {
        "table": table,
        "preview": options.preview_only,
        "kept": imported.kept_tally is not None,
        **tally.as_json(),
        "ignored_columns": list(imported.examined.ignored_headings),
        "errors": [asdict(finding) for finding in imported.faults],
        "first": [_build_row_view(finding) for finding in imported.examined.first_rows],
    }


def _build_row_view(row_preview: RowPreview) -> dict[str, Any]:
    changes = {name: list(pair) for name, pair in row_preview.changes.items()}
    return {"row": row_preview.row, "fate": row_preview.fate.value, "values": row_preview.values, "changes": changes}


def print_import(result: Mapping[str, Any], rest_hint: str) -> None:
    """Print what became of a file, with its first faults; `rest_hint` says where all of them are."""
    for fault in result["errors"][:SHOWN_FAULT_LINES]:
        typer.echo(_describe_fault(RowFault(**fault)), err=True)
    if result["faults"] > SHOWN_FAULT_LINES:
        typer.echo(f"… and {result['faults'] - SHOWN_FAULT_LINES} more: {rest_hint}", err=True)
    if result["preview"]:
        for row in result["first"]:
            print_line(f"row {row['row']}: {row['fate']}: {_describe_values(row)}")
    if result["ignored_columns"]:
        print_line(f"columns without a meaning here: {', '.join(result['ignored_columns'])}")
    outcome = "nothing written" if not result["kept"] else "written"
    print_line(
        f"{result['rows']} rows: {result['added']} new, {result['changed']} changed, {result['same']} as before, "
        f"{result['bad']} wrong; {outcome}"
    )


def _describe_fault(fault: RowFault) -> str:
    return f"row {fault.row}, {fault.column or 'row'}: {fault.code}: {fault.message}"


def _describe_values(row: dict[str, Any]) -> str:
    if row["changes"]:
        return ", ".join(f"{name} {before} → {after}" for name, (before, after) in row["changes"].items())
    return ", ".join(f"{name}={value}" for name, value in row["values"].items() if value not in (None, "", []))
