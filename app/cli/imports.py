"""`pishkhan import`: machines and operators from CSV; all rows or none."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import AsJson, Config
from app.cli.output import REFUSED, emit_json, say, told
from app.cli.session import Session, in_session
from app.imports import TABLES, RowFault, keep, read_resources, read_rows
from domain.errors import UnknownKind


def import_table(
    table: Annotated[
        str, typer.Argument(help="machines (code,type,title,status,capacity) or operators (code,title,mobile,skills).")
    ],
    file: Annotated[Path, typer.Argument(help="CSV file in UTF-8 with a head line.", exists=True, dir_okay=False)],
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Import a table; rows with a known code change it. If any row is wrong, each fault is told and nothing is kept."""

    async def work(session: Session) -> dict[str, Any]:
        if table not in TABLES:
            raise UnknownKind("table", detail="choice", given=table[:30])
        found, faults = read_resources(read_rows(file, TABLES[table]), TABLES[table])
        if not faults:
            async with session.store.unit() as uow:
                await keep(uow, session.desk.ids, found)
        return {"imported": 0 if faults else len(found), "errors": [_view(session, one) for one in faults]}

    with told(as_json):
        done = in_session(config, work)
    if as_json:
        emit_json(done)
    else:
        _print(done)
    if done["errors"]:
        raise typer.Exit(REFUSED)


def _print(done: dict[str, Any]) -> None:
    for one in done["errors"]:
        typer.echo(f"row {one['row']}, {one['field']}: {one['code']}: {one['message']}", err=True)
    say(f"{done['imported']} imported, {len(done['errors'])} rows are wrong")


def _view(session: Session, fault: RowFault) -> dict[str, Any]:
    error = fault.error
    message = session.desk.wording.error(error)
    return {"row": fault.number, "code": error.code, "message": message, "field": error.field}
