"""`pishkhan staff substitute`, `end-substitute` and `substitutes`: who acts for whom while one of the staff is away."""

from typing import Annotated, Any

import typer

from app.cli.options import As, AsJson, Config
from app.cli.output import emit_json, say, table, told
from app.cli.session import CommandSession, acting, in_session, read_day
from domain.actions.staff import staffing
from domain.people.person import Substitution

Day = "Jalali (1405/12/27) or ISO (2027-03-18)."


def substitute(
    absent: Annotated[str, typer.Argument(help="User name of who is away.")],
    deputy: Annotated[str, typer.Argument(help="User name of who acts instead.")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help=f"First day: {Day}")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help=f"Last day, included: {Day}")],
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Let DEPUTY act for ABSENT on these days; given again from the same day, the last day is changed."""

    async def work(session: CommandSession) -> dict[str, Any]:
        days = read_day(session, first, "from"), read_day(session, last, "to")
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            return view(await staffing.substitute(session.desk, uow, absent, deputy, days, actor))

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['deputy']} acts for {shown['absent']} from {shown['from']} to {shown['to']}")


def end_substitute(
    absent: Annotated[str, typer.Argument(help="User name of who was away.")],
    deputy: Annotated[str, typer.Argument(help="User name of who acts instead.")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help=f"The first day of it: {Day}")],
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """End at once that DEPUTY acts for ABSENT, or will from that day on."""

    async def work(session: CommandSession) -> dict[str, Any]:
        day = read_day(session, first, "from")
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            return view(await staffing.end_substitution(session.desk, uow, absent, deputy, day, actor))

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['deputy']} does not act for {shown['absent']} any more")


def list_substitutes(as_json: AsJson = False, config: Config = None) -> None:
    """List who acts for whom, today and later."""

    async def work(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.unit(write=False) as uow:
            return [view(one) for one in await uow.people.substitutions(staffing.today(session.desk))]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table(rows, ("absent", "deputy", "from", "to", "by"))


def view(one: Substitution) -> dict[str, Any]:
    """Return a substitution; days are ISO, both included."""
    return {
        "absent": one.absent,
        "deputy": one.deputy,
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
        "by": one.made_by,
    }
