"""`pishkhan calendar`: days that the municipality declares off or working, over the computed holidays."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer

from app.cli.options import AsJson, Config
from app.cli.output import emit_json, say, told
from app.cli.session import CommandSession, acting_or_system, in_session, read_day
from domain.actions.settings.changes import declare_day
from domain.values.calendar import jalali_long


class DayKind(StrEnum):
    """What a day is declared to be."""

    WORKING = "working"
    HOLIDAY = "holiday"


def set_day(
    day: Annotated[str, typer.Argument(help="The day: Jalali (1405/12/27) or ISO (2027-03-18).")],
    kind: Annotated[DayKind, typer.Argument(help="What it is.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Declare a day; running servers take it up within half a minute."""

    async def work(session: CommandSession) -> dict[str, Any]:
        found = read_day(session, day)
        actor = await acting_or_system(session, None)
        async with session.store.unit() as uow:
            await declare_day(session.desk, uow, found, kind is DayKind.WORKING, note, actor=actor)
        return {"day": found.isoformat(), "working": kind is DayKind.WORKING, "note": note}

    with told(as_json):
        row = in_session(config, work)
    if as_json:
        emit_json(row)
    else:
        say(f"{jalali_long(date.fromisoformat(row['day']))}: {kind.value}")
