"""`pishkhan office till`: closing the till of a counter office for a day, and how the days of a month were closed."""

from typing import Annotated, Any

import typer

from app.cli.options import ActingUserOrSystem, AsJson, ConfigPath
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.people.offices import OfficeCode
from app.cli.session import CommandSession, read_day, resolve_actor_or_system, run_in_session
from domain.actions.offices.tills import close_till, load_till
from domain.actions.staff.staffing import today_in_tehran
from domain.offices.tills import TillClosing, TillDay
from domain.values.calendar import jalali_period, to_jalali

_LIST_COLUMNS = (
    "day",
    "payments",
    "amount",
    "declared",
    "difference",
    "closed_by",
    "closed_at",
    "note",
    "changed",
    "former",
)


def till(
    code: OfficeCode,
    day: Annotated[str | None, typer.Option(help="Day to close, up to today; Jalali or ISO.")] = None,
    amount: Annotated[int | None, typer.Option(help="What the office's terminal says of that day, in rials.")] = None,
    note: Annotated[str, typer.Option(help="Why that differs from what was reported; needed if it does.")] = "",
    listed: Annotated[
        bool,
        typer.Option("--list", help="Close nothing; list the Jalali month of --day, the present one if not given."),
    ] = False,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Close an office's till for a day, in place of a former closing of that day, or list how a month was closed."""
    if listed:
        _list_month(code, day, as_json, config)
    elif day is None or amount is None:
        raise typer.BadParameter("--day and --amount close a day; --list shows a month")
    else:
        _close_day(code, day, amount, note, username, as_json, config)


def _close_day(
    code: str, day: str, amount: int, note: str, username: str | None, as_json: bool, config: ConfigPath
) -> None:
    async def run_command(session: CommandSession) -> TillClosing:
        actor = await resolve_actor_or_system(session, username)
        async with session.store.open_unit() as uow:
            return await close_till(session.dependencies, uow, code, read_day(session, day), amount, note, actor=actor)

    with reporting_errors(as_json):
        closing = run_in_session(config, run_command)
    if as_json:
        print_json(_build_closing_view(closing))
    else:
        print_line(
            f"{closing.office}: {closing.day} closed, {closing.declared} rials declared and {closing.amount} reported"
        )


def _list_month(code: str, day: str | None, as_json: bool, config: ConfigPath) -> None:
    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        day_in_month = read_day(session, day) if day else today_in_tehran(session.dependencies)
        async with session.store.open_unit(write=False) as uow:
            till_month = await load_till(uow, code, *jalali_period(*to_jalali(day_in_month)[:2]))
        return [_build_day_view(till_day) for till_day in till_month.days]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    else:
        print_table([{**(row["closing"] or {}), **row, "former": len(row["former"])} for row in rows], _LIST_COLUMNS)


def _build_day_view(till_day: TillDay) -> dict[str, Any]:
    return {
        "day": till_day.day.isoformat(),
        "payments": till_day.ledger_takings.payment_count,
        "amount": till_day.ledger_takings.amount,
        "changed": till_day.has_changed,
        "closing": _build_closing_view(till_day.effective_closing) if till_day.effective_closing else None,
        "former": [_build_closing_view(former_closing) for former_closing in till_day.former_closings],
    }


def _build_closing_view(closing: TillClosing) -> dict[str, Any]:
    return {
        "office": closing.office,
        "number": closing.number,
        "day": closing.day.isoformat(),
        "declared": closing.declared,
        "payments": closing.payments,
        "amount": closing.amount,
        "difference": closing.difference_rials,
        "note": closing.note,
        "closed_by": closing.closed_by,
        "closed_at": closing.closed_at.isoformat(),
    }
