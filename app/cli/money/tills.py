"""`pishkhan office till`: closing the till of a counter office for a day, and how the days of a month were closed."""

from typing import Annotated, Any

import typer

from app.cli.options import AsJson, AsOrSystem, Config
from app.cli.output import emit_json, say, table, told
from app.cli.people.offices import Code
from app.cli.session import CommandSession, acting_or_system, in_session, read_day
from domain.actions.offices.tills import close_till, till_of
from domain.actions.staff.staffing import today
from domain.offices.tills import TillClosing, TillDay
from domain.values.calendar import period, to_jalali

_COLUMNS = (
    "day", "payments", "amount", "declared", "difference", "closed_by", "closed_at", "note", "changed", "former",
)  # fmt: skip


def till(
    code: Code,
    day: Annotated[str | None, typer.Option(help="Day to close, up to today; Jalali or ISO.")] = None,
    amount: Annotated[int | None, typer.Option(help="What the office's terminal says of that day, in rials.")] = None,
    note: Annotated[str, typer.Option(help="Why that differs from what was reported; needed if it does.")] = "",
    listed: Annotated[
        bool,
        typer.Option("--list", help="Close nothing; list the Jalali month of --day, the present one if not given."),
    ] = False,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Close an office's till for a day, in place of a former closing of that day, or list how a month was closed."""
    if listed:
        _list(code, day, as_json, config)
    elif day is None or amount is None:
        raise typer.BadParameter("--day and --amount close a day; --list shows a month")
    else:
        _close(code, day, amount, note, username, as_json, config)


def _close(
    code: str, day: str, amount: int, note: str, username: str | None, as_json: bool, config: Config
) -> None:  # fmt: skip
    async def work(session: CommandSession) -> TillClosing:
        actor = await acting_or_system(session, username)
        async with session.store.unit() as uow:
            return await close_till(session.desk, uow, code, read_day(session, day), amount, note, actor=actor)

    with told(as_json):
        made = in_session(config, work)
    if as_json:
        emit_json(_closing_view(made))
    else:
        say(f"{made.office}: {made.day} closed, {made.declared} rials declared and {made.amount} reported")


def _list(code: str, day: str | None, as_json: bool, config: Config) -> None:
    async def work(session: CommandSession) -> list[dict[str, Any]]:
        meant = read_day(session, day) if day else today(session.desk)
        async with session.store.unit(write=False) as uow:
            found = await till_of(uow, code, *period(*to_jalali(meant)[:2]))
        return [_day_view(one) for one in found.days]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table([{**(row["closing"] or {}), **row, "former": len(row["former"])} for row in rows], _COLUMNS)


def _day_view(one: TillDay) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "payments": one.taken.payments,
        "amount": one.taken.amount,
        "changed": one.changed,
        "closing": _closing_view(one.closing) if one.closing else None,
        "former": [_closing_view(former) for former in one.former],
    }


def _closing_view(made: TillClosing) -> dict[str, Any]:
    return {
        "office": made.office,
        "number": made.number,
        "day": made.day.isoformat(),
        "declared": made.declared,
        "payments": made.payments,
        "amount": made.amount,
        "difference": made.difference,
        "note": made.note,
        "closed_by": made.closed_by,
        "closed_at": made.closed_at.isoformat(),
    }
