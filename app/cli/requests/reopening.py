"""`pishkhan request reopen`: a finished request is taken up again as a new one."""

from typing import Annotated, Any

import typer

from app.cli.options import ActingUser, AsJson, ConfigPath
from app.cli.output import print_json, print_line, reporting_errors
from app.cli.requests import request_view
from app.cli.requests.requests import CodeArgument
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.reopen import reopen_request as take_up
from domain.values.tracking_codes import parse_code

ReasonOption = Annotated[str, typer.Option(help="Why; the history keeps it.")]


def reopen(
    code: CodeArgument, reason: ReasonOption, username: ActingUser, as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """Make a new request of a finished one, linked to it; the citizen gets the new code by SMS."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow, username)
            reopened = await take_up(session.dependencies, uow, parse_code(code), reason, actor)
            await announce_outcome(session.dependencies, uow, reopened.outcome, actor)
            return await request_view.build_request_view(session, uow, reopened.outcome.request)

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['reopens']} is taken up again as {result['code']}")
