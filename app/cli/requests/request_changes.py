"""Commands that change a request, but for its steps: `request reopen|step-back|note|correct-mobile|erase`."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app.cli.options import ActingUser, AsJson, ConfigPath
from app.cli.output import print_json, print_line, reporting_errors, showing_status
from app.cli.printed_results import print_result
from app.cli.requests import request_view
from app.cli.requests.requests import CodeArgument
from app.cli.session import CommandSession, read_day, resolve_actor, run_in_session
from domain.actions.context import ActionContext, ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.erase import erase_expired_requests, erase_request
from domain.actions.requests.notes import write_note
from domain.actions.requests.reopen import reopen_request as take_up
from domain.actions.requests.step_back import take_step_back
from domain.actions.walk_ins import mobile_correction
from domain.values.identifiers import display_mobile
from domain.values.tracking_codes import parse_code

ReasonOption = Annotated[str, typer.Option(help="Why; the history keeps it.")]


def reopen(
    code: CodeArgument, reason: ReasonOption, username: ActingUser, as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """Make a new request of a finished one, linked to it; the citizen gets the new code by SMS."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow.people, username)
            reopened = await take_up(ActionContext(session.dependencies, uow), parse_code(code), reason, actor)
            await announce_outcome(ActorContext(session.dependencies, uow, actor), reopened.outcome)
            return await request_view.build_request_view(session, uow, reopened.outcome.request)

    print_result(
        config,
        run_command,
        lambda result: f"{result['reopens']} is taken up again as {result['code']}",
        as_json=as_json,
    )


def step_back(code: CodeArgument, username: ActingUser, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Take back the last step of a request, while nothing follows from it; whoever got a text about it is told."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow.people, username)
            await take_step_back(ActorContext(session.dependencies, uow, actor), parse_code(code))
            return await request_view.build_view_by_code(session, uow, code)

    print_result(config, run_command, lambda result: f"{result['code']} is {result['state']} again", as_json=as_json)


def note(
    code: CodeArgument,
    text: Annotated[str, typer.Argument(help="What to tell; @username or @unit names who shall read it.")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Write a note about a request that only the staff read."""

    async def run_command(session: CommandSession) -> dict[str, bool]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow.people, username)
            return {"is_new": await write_note(ActorContext(session.dependencies, uow, actor), parse_code(code), text)}

    print_result(
        config,
        run_command,
        lambda result: "the note is kept" if result["is_new"] else "this note is there already",
        as_json=as_json,
    )


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
            actor = await resolve_actor(session, uow.people, username)
            corrected = await mobile_correction.correct_mobile(
                ActorContext(session.dependencies, uow, actor), parse_code(code), mobile, proof
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
                ActionContext(session.dependencies, uow),
                parse_code(code),
                reason,
                await resolve_actor(session, uow.people, username),
            )
            return await request_view.build_request_view(session, uow, request)

    print_result(config, run_command, lambda result: f"{result['code']}: the personal data is erased", as_json=as_json)
