"""`pishkhan request correct-mobile`: a number that was taken down wrong at the desk, or has changed."""

from typing import Annotated, Any

import typer

from app.cli.options import ActingUser, AsJson, ConfigPath
from app.cli.output import print_json, print_line, reporting_errors
from app.cli.requests import request_view
from app.cli.requests.requests import CodeArgument
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.walk_ins import mobile_correction
from domain.values.identifiers import display_mobile
from domain.values.tracking_codes import parse_code


def correct_mobile(
    code: CodeArgument,
    mobile: Annotated[str, typer.Argument(metavar="NEW", help="The citizen's right mobile.")],
    proof: Annotated[str, typer.Option(help="How the citizen proved who it is; the history keeps it.")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Correct a request's mobile: the new number gets the status, the old one hears of it and may object."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow, username)
            corrected = await mobile_correction.correct_mobile(
                session.dependencies, uow, parse_code(code), mobile, proof, actor
            )
            others = [request_view.build_request_line(session, other) for other in corrected.other_requests]
            request = await request_view.build_request_view(session, uow, corrected.request)
            return {"request": request, "awaits_second": corrected.awaits_second, "others": others}

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
        return
    _print_correction(result)


def _print_correction(result: dict[str, Any]) -> None:
    code = result["request"]["code"]
    if result["awaits_second"]:
        print_line(f"{code}: money is due back; a second person has to enter the same number")
        return
    print_line(f"{code} is of {display_mobile(result['request']['mobile'])} now")
    for other in result["others"]:
        print_line(f"still open under the old number, perhaps of the same person: {other['code']} ({other['service']})")
