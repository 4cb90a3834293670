"""`pishkhan import`: registries from CSV and XLSX files."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import AsJson, AsOrSystem, Config
from app.cli.output import REFUSED, emit_json, say, told
from app.cli.progress import bar
from app.cli.session import CommandSession, acting_or_system, in_session
from app.jobs.importing import Imported, Wish, import_file
from domain.actions.registries.rows import registry_named
from domain.registries.declarations import REGISTRIES
from domain.registries.imports import RowFault, RowPreview

SHOWN_LINES = 20

Table = Annotated[str, typer.Argument(help=f"One of: {', '.join(REGISTRIES)}.")]


def import_table(
    table: Table,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX file with a head line.", exists=True, dir_okay=False)],
    preview: Annotated[bool, typer.Option("--preview", help="Only tell what would happen.")] = False,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave bad rows out, keep the others.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="CSV or XLSX file that takes every fault.", dir_okay=False)
    ] = None,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Import a table; rows with a known key change theirs. If any row is wrong, nothing is kept."""
    wish = Wish(preview, skip_bad_rows, report)

    async def work(session: CommandSession) -> dict[str, Any]:
        registry = registry_named(table)
        actor = await acting_or_system(session, username)
        done = await import_file(session.desk, session.store, registry, file, wish, actor, bar)
        return _view(table, wish, done)

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        _print(shown, report)
    if shown["bad"] and not skip_bad_rows:
        raise typer.Exit(REFUSED)


def _view(table: str, wish: Wish, done: Imported) -> dict[str, Any]:
    tally = done.examined.tally
    return {
        "table": table,
        "preview": wish.preview,
        "kept": done.kept is not None,
        **tally.as_json(),
        "ignored_columns": list(done.examined.ignored),
        "errors": [asdict(one) for one in done.faults],
        "first": [_seen(one) for one in done.examined.first],
    }


def _seen(one: RowPreview) -> dict[str, Any]:
    changes = {name: list(pair) for name, pair in one.changes.items()}
    return {"row": one.row, "fate": one.fate.value, "values": one.values, "changes": changes}


def _print(shown: dict[str, Any], report: Path | None) -> None:
    for one in shown["errors"][:SHOWN_LINES]:
        typer.echo(_line(RowFault(**one)), err=True)
    if shown["faults"] > SHOWN_LINES:
        where = f"see {report}" if report else "--report FILE takes all of them"
        typer.echo(f"… and {shown['faults'] - SHOWN_LINES} more: {where}", err=True)
    if shown["preview"]:
        for row in shown["first"]:
            say(f"row {row['row']}: {row['fate']}: {_values(row)}")
    if shown["ignored_columns"]:
        say(f"columns without a meaning here: {', '.join(shown['ignored_columns'])}")
    outcome = "nothing written" if not shown["kept"] else "written"
    say(
        f"{shown['rows']} rows: {shown['added']} new, {shown['changed']} changed, {shown['same']} as before, "
        f"{shown['bad']} wrong; {outcome}"
    )


def _line(fault: RowFault) -> str:
    return f"row {fault.row}, {fault.column or 'row'}: {fault.code}: {fault.message}"


def _values(row: dict[str, Any]) -> str:
    if row["changes"]:
        return ", ".join(f"{name} {before} → {after}" for name, (before, after) in row["changes"].items())
    return ", ".join(f"{name}={value}" for name, value in row["values"].items() if value not in (None, "", []))
