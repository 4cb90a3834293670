"""Commands that erase personal data: `request erase`, `history erase`."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app.cli.options import ActingUser, AsJson, ConfigPath
from app.cli.output import print_json, print_line, reporting_errors, showing_status
from app.cli.printed_results import print_result
from app.cli.requests import request_view
from app.cli.requests.requests import CodeArgument
from app.cli.session import CommandSession, read_day, resolve_actor, run_in_session
from domain.actions.context import ActorContext
from domain.actions.requests.erase import erase_expired_requests, erase_request
from domain.values.tracking_codes import parse_code


def erase_history(
    username: ActingUser,
    before: Annotated[
        str | None, typer.Option(help="Only what ended before this day; not later than the retention time allows.")
    ] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Erase the personal data of requests that ended longer ago than it is kept; chains, seals and figures stay."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        day = read_day(session, before, "before") if before else None
        async with session.store.open_unit(write=False) as uow:
            actor = await resolve_actor(session, uow.people, username)
        return asdict(await erase_expired_requests(session.dependencies, session.store, day, actor))

    with reporting_errors(as_json), showing_status("erasing"):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['requests']} requests and {result['texts']} other texts were erased")


def erase(
    code: CodeArgument,
    reason: Annotated[str, typer.Option(help="Why; the history keeps it, so name nobody.")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Erase the personal data of one finished request now; it cannot be brought back."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            request = await erase_request(
                ActorContext(session.dependencies, uow, await resolve_actor(session, uow.people, username)),
                parse_code(code),
                reason,
            )
            return await request_view.build_request_view(session, uow, request)

    print_result(config, run_command, lambda result: f"{result['code']}: the personal data is erased", as_json=as_json)
