"""Charges of a registry's row, for the commands of duties and of fines: billed, waived, and its receipt."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from app.cli.output import print_json, print_line, reporting_errors
from app.cli.requests.printing import print_to_file
from app.cli.requests.request_view import build_bill_view
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.context import ActorContext
from domain.actions.registries.charges import bill_and_notify, waive_and_notify
from domain.actions.registries.row_receipts import build_row_receipt
from domain.actions.registries.rows import read_conditions
from domain.papers.document import Printout
from domain.registries.declarations import Registry
from domain.registries.ports import RegistryRepository
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import NotFound

TypedKey = Mapping[str, object]
"""The row's natural key as it was typed, by field."""

RowAction = Callable[[CommandSession, UnitOfWork, int, Actor], Awaitable[dict[str, Any]]]
"""Action on the row with that id, as its `--json` prints it."""


def bill_row(registry: Registry, key: TypedKey, username: str, as_json: bool, config: Path | None) -> None:
    """Bill a row, or show the bill that it has."""

    async def run_command(session: CommandSession, uow: UnitOfWork, row_id: int, actor: Actor) -> dict[str, Any]:
        return build_bill_view(await bill_and_notify(ActorContext(session.dependencies, uow, actor), registry, row_id))

    result = _run_on_row(registry, key, username, as_json, config, run_command)
    if not as_json:
        ids_text = f"bill {result['bill_id']}, payment id {result['payment_id']}"
        print_line(f"{ids_text}: {result['amount']} rials, {result['state']}")


def waive_row(
    registry: Registry, key: TypedKey, reason: str, username: str, as_json: bool, config: Path | None
) -> None:
    """Let somebody off what a row owes."""

    async def run_command(session: CommandSession, uow: UnitOfWork, row_id: int, actor: Actor) -> dict[str, Any]:
        return (await waive_and_notify(ActorContext(session.dependencies, uow, actor), registry, row_id, reason)).values

    result = _run_on_row(registry, key, username, as_json, config, run_command)
    if not as_json:
        row_name = " ".join(str(result[name]) for name in registry.natural_key[:-1])
        print_line(f"{row_name}: {result['state']}")


def print_row_receipt(
    registry: Registry,
    key: TypedKey,
    output: Path,
    force: bool,
    username: str | None,
    as_json: bool,
    config: Path | None,
) -> None:
    """Print the receipt of what was paid for a row into a file."""

    async def find_printout(session: CommandSession, uow: UnitOfWork, actor: Actor) -> Printout:
        return await build_row_receipt(
            ActorContext(session.dependencies, uow, actor),
            registry,
            await _find_row_id(session, uow.registries, registry, key),
        )

    print_to_file(find_printout, output, force, username, as_json, config)


def _run_on_row(
    registry: Registry, key: TypedKey, username: str, as_json: bool, config: Path | None, row_action: RowAction
) -> dict[str, Any]:
    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow.people, username)
            return await row_action(session, uow, await _find_row_id(session, uow.registries, registry, key), actor)

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    return result


async def _find_row_id(
    session: CommandSession, registries: RegistryRepository, registry: Registry, key: TypedKey
) -> int:
    row = await registries.find_row(registry.key, read_conditions(session.dependencies, registry, key))
    if row is None:
        raise NotFound(registry.key)
    return row.id
