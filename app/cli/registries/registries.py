"""`pishkhan registry`: rows of the registries, and the dates that run out."""

from typing import Annotated, Any

import typer

from app.cli.options import AsJson, ConfigPath, parse_pairs
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.session import CommandSession, run_in_session
from domain.actions.context import ActionContext
from domain.actions.registries.expiries import ExpiringDate, list_expiring
from domain.actions.registries.rows import find_registry, find_row, read_conditions
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.rows import PastChange, RegistryFilter, RegistryRow
from domain.registries.sheet import field_label, write_cell


def show(
    name: Annotated[str, typer.Argument(metavar="TABLE", help=f"One of: {', '.join(REGISTRIES)}.")],
    key: Annotated[str, typer.Argument(help="What names the row: plate, taxi code, national code …, or its id.")],
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Show a row, and who changed it when from what to what."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        registry = find_registry(name)
        async with session.store.open_unit(write=False) as uow:
            row = await find_row(ActionContext(session.dependencies, uow), registry, key)
            changes = await uow.registries.list_changes(registry.key, row.id)
        result = build_row_view(row) | {"changes": [_build_change_view(change) for change in changes]}
        return result | {"lines": _describe_row(session, registry, row)}

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    lines = result.pop("lines")
    if as_json:
        print_json(result)
        return
    for line in lines:
        print_line(line)
    if result["changes"]:
        print_table(result["changes"], ("at", "by", "before", "after"))


def list_rows(
    name: Annotated[str, typer.Argument(metavar="TABLE", help=f"One of: {', '.join(REGISTRIES)}.")],
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="FIELD=VALUE", help="A field's value; once for each.")
    ] = None,
    after: Annotated[int, typer.Option(min=0, help="Go on after the row with this id.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="How many, oldest first.")] = 50,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List rows of a table, oldest first."""
    field_values = parse_pairs(where)

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        registry = find_registry(name)
        criteria = RegistryFilter(
            registry.key, read_conditions(session.dependencies, registry, field_values), after, limit
        )
        async with session.store.open_unit(write=False) as uow:
            rows = await uow.registries.list_rows(criteria)
        return [build_row_view(row) | {"cells": _row_cells(session, registry, row)} for row in rows]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    cells = [{"id": row["id"], **row.pop("cells")} for row in rows]
    if as_json:
        print_json(rows)
    else:
        print_table(cells, ("id", *(field.name for field in REGISTRIES[name].fields)))


def expiring(
    days: Annotated[int, typer.Option(min=0, help="How many days ahead; what has run out is listed too.")] = 30,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List licences, insurance, inspections and health cards that have run out or soon will."""

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.open_unit(write=False) as uow:
            return [
                _build_due_view(session, due_row)
                for due_row in await list_expiring(ActionContext(session.dependencies, uow), days)
            ]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ("day", "days_left", "table", "key", "label", "mobile", "reminded"))


def build_row_view(row: RegistryRow) -> dict[str, Any]:
    """Return a row as `--json` prints it."""
    return {
        "id": row.id,
        "table": row.registry,
        "values": row.values,
        "revision": row.revision,
        "created_at": row.created_at.isoformat() if row.created_at else None,
        "updated_at": row.updated_at.isoformat() if row.updated_at else None,
    }


def _build_change_view(change: PastChange) -> dict[str, Any]:
    return {
        "at": change.changed_at.isoformat(),
        "by": change.changed_by,
        "before": change.values_before,
        "after": change.values_after,
    }


def _describe_row(session: CommandSession, registry: Registry, row: RegistryRow) -> list[str]:
    cells = _row_cells(session, registry, row)
    return [
        f"{field_label(session.dependencies.catalogue, registry, name)} ({name}): {cells[name] or '—'}"
        for name in cells
    ]


def _row_cells(session: CommandSession, registry: Registry, row: RegistryRow) -> dict[str, Any]:
    return {
        field.name: write_cell(field, row.values[field.name], session.dependencies.catalogue)
        for field in registry.fields
    }


def _build_due_view(session: CommandSession, due_row: ExpiringDate) -> dict[str, Any]:
    registry, row = due_row.expiring.registry, due_row.expiring.row
    return {
        "table": registry.key,
        "id": row.id,
        "key": " / ".join(map(str, registry.natural_key_of(row.values))),
        "field": due_row.expiring.date_field,
        "label": field_label(session.dependencies.catalogue, registry, due_row.expiring.date_field),
        "day": due_row.expiring.expires_on.isoformat(),
        "days_left": due_row.days_left,
        "mobile": due_row.mobile,
        "reminded": list(due_row.reminders_sent),
    }
