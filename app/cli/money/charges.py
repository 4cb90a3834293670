"""What a row of a registry owes, for the commands of duties and of fines: billed, waived, and its receipt."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from app.cli.output import emit_json, say, told
from app.cli.requests.printing import write
from app.cli.requests.request_view import bill_view
from app.cli.session import CommandSession, acting, in_session
from domain.actions.registries.charges import bill_and_tell, waive_and_tell
from domain.actions.registries.row_receipts import row_receipt
from domain.actions.registries.rows import read_where
from domain.papers.document import Printout
from domain.registries.declarations import Registry
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import NotFound

Key = Mapping[str, object]
"""The row's natural key as it was typed, by field."""

Work = Callable[[CommandSession, UnitOfWork, int, Actor], Awaitable[dict[str, Any]]]
"""What is done to the row with that id, as its `--json` tells it."""


def bill(registry: Registry, key: Key, username: str, as_json: bool, config: Path | None) -> None:
    """Bill a row, or show the bill that it has."""

    async def work(session: CommandSession, uow: UnitOfWork, row_id: int, actor: Actor) -> dict[str, Any]:
        return bill_view(await bill_and_tell(session.desk, uow, registry, row_id, actor))

    shown = _on_row(registry, key, username, as_json, config, work)
    if not as_json:
        ids = f"bill {shown['bill_id']}, payment id {shown['payment_id']}"
        say(f"{ids}: {shown['amount']} rials, {shown['state']}")


def waive(registry: Registry, key: Key, reason: str, username: str, as_json: bool, config: Path | None) -> None:
    """Let somebody off what a row owes."""

    async def work(session: CommandSession, uow: UnitOfWork, row_id: int, actor: Actor) -> dict[str, Any]:
        return (await waive_and_tell(session.desk, uow, registry, row_id, reason, actor)).values

    shown = _on_row(registry, key, username, as_json, config, work)
    if not as_json:
        named = " ".join(str(shown[name]) for name in registry.natural_key[:-1])
        say(f"{named}: {shown['state']}")


def receipt(
    registry: Registry, key: Key, output: Path, force: bool, username: str | None, as_json: bool, config: Path | None
) -> None:
    """Print the receipt of what was paid for a row into a file."""

    async def find(session: CommandSession, uow: UnitOfWork, actor: Actor) -> Printout:
        return await row_receipt(session.desk, uow, registry, await _row_id(session, uow, registry, key), actor)

    write(find, output, force, username, as_json, config)


def _on_row(
    registry: Registry, key: Key, username: str, as_json: bool, config: Path | None, work: Work
) -> dict[str, Any]:
    async def found(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            return await work(session, uow, await _row_id(session, uow, registry, key), actor)

    with told(as_json):
        shown = in_session(config, found)
    if as_json:
        emit_json(shown)
    return shown


async def _row_id(session: CommandSession, uow: UnitOfWork, registry: Registry, key: Key) -> int:
    row = await uow.registries.one(registry.key, read_where(session.desk, registry, key))
    if row is None:
        raise NotFound(registry.key)
    return row.id
