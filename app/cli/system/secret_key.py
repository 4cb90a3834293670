"""`pishkhan secret-key`: the key of the settings that others are derived from, and its change."""

from typing import Annotated

import typer

from app.cli.options import AsJson, AsOrSystem, Config
from app.cli.output import emit_json, say, told
from app.cli.session import CommandSession, acting_or_system, in_session
from app.security.key_check import accept as accept_key
from app.wiring import build_signer


def accept(
    reason: Annotated[str, typer.Option(help="Why it was changed; it is kept in the audit.")],
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Take the present PISHKHAN_SECRET_KEY for the right one, after it was changed on purpose. What was made with the
    former one is lost: old seals, keys of offices, authenticators.
    """

    async def work(session: CommandSession) -> bool:
        build_signer(session.settings)  # there must be a key
        actor = await acting_or_system(session, username)
        now = session.desk.clock.now()
        async with session.store.unit() as uow:
            changed = await accept_key(session.settings, uow, session.desk.clock)
            if changed:
                await uow.audit.record(now, actor.label, "secret_key_accepted", {"reason": reason})
            return changed

    with told(as_json):
        changed = in_session(config, work, any_key=True)
    if as_json:
        emit_json({"accepted": changed})
    else:
        say("the present key is the right one from now on" if changed else "it is the right one already")
