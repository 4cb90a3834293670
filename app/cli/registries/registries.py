"""`pishkhan registry`: rows of the registries, and the dates that run out."""

from typing import Annotated, Any

import typer

from app.cli.options import AsJson, Config, pairs
from app.cli.output import emit_json, say, table, told
from app.cli.session import CommandSession, in_session
from domain.actions.registries.expiries import Due, due
from domain.actions.registries.rows import find_row, read_where, registry_named
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.rows import PastChange, RegistryFilter, RegistryRow
from domain.registries.sheet import cell, label


def show(
    name: Annotated[str, typer.Argument(metavar="TABLE", help=f"One of: {', '.join(REGISTRIES)}.")],
    key: Annotated[str, typer.Argument(help="What names the row: plate, taxi code, national code …, or its id.")],
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Show a row, and who changed it when from what to what."""

    async def work(session: CommandSession) -> dict[str, Any]:
        registry = registry_named(name)
        async with session.store.unit(write=False) as uow:
            row = await find_row(session.desk, uow, registry, key)
            changes = await uow.registries.changes_of(registry.key, row.id)
        shown = row_view(row) | {"changes": [_change(one) for one in changes]}
        return shown | {"lines": _lines(session, registry, row)}

    with told(as_json):
        shown = in_session(config, work)
    lines = shown.pop("lines")
    if as_json:
        emit_json(shown)
        return
    for line in lines:
        say(line)
    if shown["changes"]:
        table(shown["changes"], ("at", "by", "before", "after"))


def list_rows(
    name: Annotated[str, typer.Argument(metavar="TABLE", help=f"One of: {', '.join(REGISTRIES)}.")],
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="FIELD=VALUE", help="A field's value; once for each.")
    ] = None,
    after: Annotated[int, typer.Option(min=0, help="Go on after the row with this id.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="How many, oldest first.")] = 50,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """List rows of a table, oldest first."""
    given = pairs(where)

    async def work(session: CommandSession) -> list[dict[str, Any]]:
        registry = registry_named(name)
        wanted = RegistryFilter(registry.key, read_where(session.desk, registry, given), after, limit)
        async with session.store.unit(write=False) as uow:
            rows = await uow.registries.find(wanted)
        return [row_view(row) | {"cells": _cells(session, registry, row)} for row in rows]

    with told(as_json):
        rows = in_session(config, work)
    cells = [{"id": row["id"], **row.pop("cells")} for row in rows]
    if as_json:
        emit_json(rows)
    else:
        table(cells, ("id", *(field.name for field in REGISTRIES[name].fields)))


def expiring(
    days: Annotated[int, typer.Option(min=0, help="How many days ahead; what has run out is listed too.")] = 30,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """List licences, insurance, inspections and health cards that have run out or soon will."""

    async def work(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.unit(write=False) as uow:
            return [_due(session, one) for one in await due(session.desk, uow, days)]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table(rows, ("day", "days_left", "table", "key", "label", "mobile", "reminded"))


def row_view(row: RegistryRow) -> dict[str, Any]:
    """Return a row as `--json` prints it."""
    return {
        "id": row.id,
        "table": row.registry,
        "values": row.values,
        "revision": row.revision,
        "created_at": row.created_at.isoformat() if row.created_at else None,
        "updated_at": row.updated_at.isoformat() if row.updated_at else None,
    }


def _change(one: PastChange) -> dict[str, Any]:
    return {"at": one.at.isoformat(), "by": one.by, "before": one.before, "after": one.after}


def _lines(session: CommandSession, registry: Registry, row: RegistryRow) -> list[str]:
    cells = _cells(session, registry, row)
    return [f"{label(session.desk.catalogue, registry, name)} ({name}): {cells[name] or '—'}" for name in cells]


def _cells(session: CommandSession, registry: Registry, row: RegistryRow) -> dict[str, Any]:
    return {field.name: cell(field, row.values[field.name], session.desk.catalogue) for field in registry.fields}


def _due(session: CommandSession, one: Due) -> dict[str, Any]:
    registry, row = one.expiring.registry, one.expiring.row
    return {
        "table": registry.key,
        "id": row.id,
        "key": " / ".join(map(str, registry.key_of(row.values))),
        "field": one.expiring.field,
        "label": label(session.desk.catalogue, registry, one.expiring.field),
        "day": one.expiring.day.isoformat(),
        "days_left": one.days_left,
        "mobile": one.mobile,
        "reminded": list(one.reminded),
    }
