"""`pishkhan office add`: a counter office with the key that its software signs with, for scripts that install one.

A key is shown once, when it is made; the store keeps it sealed.
"""

from typing import Annotated, Any

import typer

from app.cli.options import ActingUserOrSystem, AsJson, ConfigPath
from app.cli.printed_results import print_result
from app.cli.session import CommandSession, resolve_actor_or_system
from app.wiring import build_vault
from domain.actions.context import ActorContext
from domain.actions.offices import accounts


def add(
    code: Annotated[str, typer.Argument(help="Code of the office: 1–20 Latin letters, digits, «_» and «-».")],
    name: Annotated[str, typer.Argument(help="Name of the office, as the staff and its statement show it.")],
    user_name: Annotated[
        str | None, typer.Option("--username", help="What its software signs in as; office-CODE if not given.")
    ] = None,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Add a counter office; its key is shown this once."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        vault, actor = build_vault(session.settings), await resolve_actor_or_system(session, username)
        async with session.store.open_unit() as uow:
            context = ActorContext(session.dependencies, uow, actor)
            office, key = await accounts.add_office(context, vault, code, name, user_name)
        return {"code": office.code, "username": office.username, "key": key}

    print_result(
        config,
        run_command,
        lambda made: f"{made['code']}: user name {made['username']}, key {made['key']} (it is not shown again)",
        as_json=as_json,
    )
