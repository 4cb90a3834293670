"""`pishkhan secret-key`: the key of the settings that others are derived from, and its change."""

from typing import Annotated

import typer

from app.checking.key_check import accept_secret_key as accept_key
from app.cli.options import ActingUserOrSystem, AsJson, ConfigPath
from app.cli.output import print_json, print_line, reporting_errors
from app.cli.session import CommandSession, resolve_actor_or_system, run_in_session
from app.wiring import build_signer


def accept(
    reason: Annotated[str, typer.Option(help="Why it was changed; it is kept in the audit.")],
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Take the present PISHKHAN_SECRET_KEY for the right one, after it was changed on purpose. What was made with the
    former one is lost: old seals, keys of offices, authenticators.
    """

    async def run_command(session: CommandSession) -> bool:
        build_signer(session.settings)  # there must be a key
        actor = await resolve_actor_or_system(session, username)
        now = session.dependencies.clock.now()
        async with session.store.open_unit() as uow:
            is_changed = await accept_key(session.settings, uow, session.dependencies.clock)
            if is_changed:
                await uow.audit.add_entry(now, actor.label, "secret_key_accepted", {"reason": reason})
            return is_changed

    with reporting_errors(as_json):
        is_changed = run_in_session(config, run_command, any_key=True)
    if as_json:
        print_json({"accepted": is_changed})
    else:
        print_line("the present key is the right one from now on" if is_changed else "it is the right one already")
