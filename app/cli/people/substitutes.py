"""`pishkhan staff substitute`, `end-substitute` and `substitutes`: who acts for whom while one of the staff is away."""

from typing import Annotated, Any

import typer

from app.cli.options import ActingUser, AsJson, ConfigPath
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.session import CommandSession, read_day, resolve_actor, run_in_session
from domain.actions import staffing
from domain.actions.context import ActorContext
from domain.people.person import Substitution

DAY_HELP = "Jalali (1405/12/27) or ISO (2027-03-18)."


def substitute(
    absent: Annotated[str, typer.Argument(help="User name of who is away.")],
    deputy: Annotated[str, typer.Argument(help="User name of who acts instead.")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help=f"First day: {DAY_HELP}")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help=f"Last day, included: {DAY_HELP}")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Let DEPUTY act for ABSENT on these days; given again from the same day, the last day is changed."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        days = read_day(session, first, "from"), read_day(session, last, "to")
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow.people, username)
            return build_substitution_view(
                await staffing.name_substitute(ActorContext(session.dependencies, uow, actor), absent, deputy, days)
            )

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['deputy']} acts for {result['absent']} from {result['from']} to {result['to']}")


def end_substitute(
    absent: Annotated[str, typer.Argument(help="User name of who was away.")],
    deputy: Annotated[str, typer.Argument(help="User name of who acts instead.")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help=f"The first day of it: {DAY_HELP}")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """End at once that DEPUTY acts for ABSENT, or will from that day on."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        day = read_day(session, first, "from")
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow.people, username)
            return build_substitution_view(
                await staffing.end_substitution(ActorContext(session.dependencies, uow, actor), absent, deputy, day)
            )

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['deputy']} does not act for {result['absent']} any more")


def list_substitutes(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """List who acts for whom, today and later."""

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.open_unit(write=False) as uow:
            return [
                build_substitution_view(substitution)
                for substitution in await uow.people.list_substitutions(staffing.today_in_tehran(session.dependencies))
            ]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ("absent", "deputy", "from", "to", "by"))


def build_substitution_view(substitution: Substitution) -> dict[str, Any]:
    """Return a substitution; days are ISO, both included."""
    return {
        "absent": substitution.absent,
        "deputy": substitution.deputy,
        "from": substitution.first.isoformat(),
        "to": substitution.last.isoformat(),
        "by": substitution.made_by,
    }
