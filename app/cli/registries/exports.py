"""`pishkhan export`: registries and reports into CSV and XLSX files."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import AsJson, AsOrSystem, Config
from app.cli.output import emit_json, say, told
from app.cli.progress import bar
from app.cli.reports.report_options import First, Last, Month, Where, Year, given
from app.cli.session import CommandSession, acting_or_system, in_session
from app.jobs.exporting import export_report, export_table
from app.spreadsheets.sheet_writing import written
from domain.actions.registries.rows import registry_named, take_along
from domain.actions.reports.declarations import REPORTS
from domain.actions.reports.filter_reading import read_filter
from domain.actions.reports.listing import audit
from domain.registries.declarations import REGISTRIES
from domain.unit_of_work import SheetWish

What = Annotated[str, typer.Argument(help=f"A table ({', '.join(REGISTRIES)}) or a report ({', '.join(REPORTS)}).")]
_FILE = "File to be written; its end says how: .csv or .xlsx."


def export(
    what: What,
    file: Annotated[Path | None, typer.Argument(help=_FILE, dir_okay=False)] = None,
    output: Annotated[Path | None, typer.Option("--output", help=_FILE, dir_okay=False)] = None,
    figures: Annotated[bool, typer.Option("--figures", help="A report's figures instead of its requests.")] = False,
    year: Year = None,
    month: Month = None,
    first: First = None,
    last: Last = None,
    where: Where = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Export a table, with headings that `import` takes back, or the requests of a report (of this Jalali year)."""
    said = given(year, month, first, last, where)
    path = _one(file, output)
    if what in REPORTS:
        _finish(as_json, config, lambda session: _report(session, what, said, path, figures, force, username))
        return
    if said or figures:
        raise typer.BadParameter("a table is exported whole", param_hint="filters")
    _finish(as_json, config, lambda session: _table(session, what, path, force, username))


def _one(file: Path | None, output: Path | None) -> Path:
    path = file or output
    if path is None or (file and output):
        raise typer.BadParameter("name one file", param_hint="--output")
    return path


def _finish(as_json: bool, config: Path | None, work: Any) -> None:
    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['rows']} rows in {shown['file']}")


async def _table(session: CommandSession, table: str, path: Path, force: bool, username: str | None) -> dict[str, Any]:
    registry, desk, store = registry_named(table), session.desk, session.store
    actor = await acting_or_system(session, username)
    with written(path, force=force) as write:
        async with store.unit() as uow:
            await take_along(desk, uow, registry, {"kind": _kind(path)}, actor)
        rows = await export_table(desk, store, registry, write, bar)
    return {"table": table, "rows": rows, "file": str(path)}


async def _report(
    session: CommandSession,
    name: str,
    said: dict[str, str],
    path: Path,
    figures: bool,
    force: bool,
    username: str | None,
) -> dict[str, Any]:
    desk, store = session.desk, session.store
    actor = await acting_or_system(session, username)
    wish = SheetWish(name, read_filter(desk.services, said, desk.clock.now()), _kind(path), figures)
    with written(path, force=force) as write:
        await audit(desk, store, wish, actor)
        rows = await export_report(desk, store, wish, actor, write, bar)
    return {"report": name, "rows": rows, "file": str(path)}


def _kind(path: Path) -> str:
    return path.suffix.lower().lstrip(".")
