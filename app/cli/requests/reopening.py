"""`pishkhan request reopen`: a finished request is taken up again as a new one."""

from typing import Annotated, Any

import typer

from app.cli.options import As, AsJson, Config
from app.cli.output import emit_json, say, told
from app.cli.requests import request_view
from app.cli.requests.requests import Code
from app.cli.session import CommandSession, acting, in_session
from domain.actions.messages.notify import announce
from domain.actions.requests.reopen import reopen as take_up

Reason = Annotated[str, typer.Option(help="Why; the history keeps it.")]


def reopen(code: Code, reason: Reason, username: As, as_json: AsJson = False, config: Config = None) -> None:
    """Make a new request of a finished one, linked to it; the citizen gets the new code by SMS."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            reopened = await take_up(session.desk, uow, code, reason, actor)
            await announce(session.desk, uow, reopened.outcome, actor)
            return await request_view.view(session, uow, reopened.outcome.request)

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['reopens']} is taken up again as {shown['code']}")
