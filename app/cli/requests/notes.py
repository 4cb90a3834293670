"""`pishkhan request note`: colleagues are told something about a request."""

from typing import Annotated

import typer

from app.cli.options import ActingUser, AsJson, ConfigPath
from app.cli.output import print_json, print_line, reporting_errors
from app.cli.requests.requests import CodeArgument
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.requests.notes import write_note
from domain.values.tracking_codes import parse_code


def note(
    code: CodeArgument,
    text: Annotated[str, typer.Argument(help="What to tell; @username or @unit names who shall read it.")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Write a note about a request that only the staff read."""

    async def run_command(session: CommandSession) -> bool:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow, username)
            return await write_note(session.dependencies, uow, parse_code(code), text, actor)

    with reporting_errors(as_json):
        is_new = run_in_session(config, run_command)
    if as_json:
        print_json({"is_new": is_new})
    else:
        print_line("the note is kept" if is_new else "this note is there already")
