"""`pishkhan request step-back`: the last step of a request is taken back."""

from typing import Any

from app.cli.options import ActingUser, AsJson, ConfigPath
from app.cli.output import print_json, print_line, reporting_errors
from app.cli.requests import request_view
from app.cli.requests.requests import CodeArgument
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.requests.step_back import take_step_back
from domain.values.tracking_codes import parse_code


def step_back(code: CodeArgument, username: ActingUser, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Take back the last step of a request, while nothing follows from it; whoever got a text about it is told."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow, username)
            await take_step_back(session.dependencies, uow, parse_code(code), actor)
            return await request_view.build_view_by_code(session, uow, code)

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['code']} is {result['state']} again")
