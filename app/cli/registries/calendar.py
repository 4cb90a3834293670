"""`pishkhan calendar`: days that the municipality declares off or working, over the computed holidays."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer

from app.cli.options import AsJson, ConfigPath
from app.cli.output import print_json, print_line, reporting_errors
from app.cli.session import CommandSession, read_day, resolve_actor_or_system, run_in_session
from domain.actions.fleet.booked_days import list_codes_booked_on
from domain.actions.settings.changes import declare_day
from domain.values.calendar import jalali_long_text


class DayKind(StrEnum):
    """Kind of a declared day."""

    WORKING = "working"
    HOLIDAY = "holiday"


def set_day(
    day: Annotated[str, typer.Argument(help="The day: Jalali (1405/12/27) or ISO (2027-03-18).")],
    kind: Annotated[DayKind, typer.Argument(help="What it is.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Declare a day; running servers take it up within half a minute."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        declared_day = read_day(session, day)
        actor = await resolve_actor_or_system(session, None)
        async with session.store.open_unit() as uow:
            await declare_day(session.dependencies, uow, declared_day, kind is DayKind.WORKING, note, actor=actor)
            booked = {} if kind is DayKind.WORKING else await list_codes_booked_on(uow, [declared_day])
        booked_codes = booked.get(declared_day, [])
        return {
            "day": declared_day.isoformat(),
            "working": kind is DayKind.WORKING,
            "note": note,
            "booked": booked_codes,
        }

    with reporting_errors(as_json):
        row = run_in_session(config, run_command)
    if as_json:
        print_json(row)
    else:
        print_line(f"{jalali_long_text(date.fromisoformat(row['day']))}: {kind.value}")
        if row["booked"]:
            print_line(f"booked on it, and left there: {', '.join(row['booked'])}")
