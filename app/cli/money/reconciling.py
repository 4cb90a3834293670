"""`pishkhan payment reconcile`: a settlement file previewed and booked; gateway, files and ledger compared."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import AsJson, ConfigPath
from app.cli.output import EXIT_REFUSED, print_json, print_line, print_table, reporting_errors
from app.cli.progress import progress_bar
from app.cli.session import CommandSession, read_day, resolve_actor, run_in_session
from app.spreadsheets.sheet_writing import open_file_writer
from domain.actions.context import ActionContext, ActorContext
from domain.actions.settlement.booking import book_file, confirm_file
from domain.actions.settlement.examining import BroughtFile, examine_file, find_layout, load_examined_file
from domain.actions.settlement.reconciling import DayReconciliation, find_differences, load_reconciliation
from domain.actions.settlement.results import build_result_headings, list_result_rows
from domain.settlement.differences import PaymentDifference
from domain.settlement.settlement_file import ExaminedFile, FileState, LineOutcome
from domain.values.actors import Actor

SHOWN_FAULTS = 20

_DIFFERENCE_COLUMNS = ("day", "who", "kind", "source", "amount", "facts")
_TOTAL_COLUMNS = ("source", "counted", "counted_amount", "filed", "filed_amount", "even")


def reconcile(
    file: Annotated[
        Path | None, typer.Argument(help="Settlement file; without one, what differs.", exists=True, dir_okay=False)
    ] = None,
    layout: Annotated[str | None, typer.Option(help="Name of the file's layout.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Book the file; without it, only preview.")] = False,
    username: Annotated[
        str | None, typer.Option("--as", metavar="USERNAME", help="Member of the revenue unit who brings the file.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="CSV or XLSX file that takes what became of each line.")] = None,
    day: Annotated[str | None, typer.Option(help="Only what differs of this day (1405/09/03, 2026-11-24).")] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """With a file: show what each line comes to, and with --apply book it. Without: compare gateways, settlement files
    and ledger, and name every difference and who must act; exit code 1 when there is one.
    """
    if file is None:
        _compare(day, config, as_json=as_json)
    elif layout is None or username is None:
        raise typer.BadParameter("a file needs --layout and --as")
    else:
        _take_file(file, layout, username, report, config, apply=apply, as_json=as_json)


def _compare(day: str | None, config: Path | None, *, as_json: bool) -> None:
    async def run_command(session: CommandSession) -> dict[str, Any]:
        chosen_day = None if day is None else read_day(session, day)
        await find_differences(session.dependencies, session.store)
        async with session.store.open_unit(write=False) as uow:
            return _build_day_view(await load_reconciliation(ActionContext(session.dependencies, uow), chosen_day))

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['day']}: what was counted, and what files say")
        print_table(result["totals"], _TOTAL_COLUMNS)
        print_table(result["differences"], _DIFFERENCE_COLUMNS)
        counts = Counter(difference["who"] for difference in result["differences"])
        parties = ", ".join(f"{party}: {count}" for party, count in sorted(counts.items()))
        print_line(f"{sum(counts.values())} open differences" + (f" ({parties})" if parties else ""))
    if result["differences"]:
        raise typer.Exit(EXIT_REFUSED)


def _build_day_view(reconciliation: DayReconciliation) -> dict[str, Any]:
    totals = [
        {
            "source": one.source,
            "counted": one.counted,
            "counted_amount": one.counted_amount,
            "filed": one.filed,
            "filed_amount": one.filed_amount,
            "even": one.is_even,
        }
        for one in reconciliation.totals
    ]
    differences = [_build_difference_view(one) for one in reconciliation.differences]
    return {"day": reconciliation.day.isoformat(), "totals": totals, "differences": differences}


def _build_difference_view(difference: PaymentDifference) -> dict[str, Any]:
    return {
        "key": difference.key,
        "kind": difference.kind.value,
        "who": difference.party.value,
        "source": difference.source,
        "day": difference.day.isoformat(),
        "amount": difference.amount,
        "facts": dict(difference.facts),
        "since": difference.noted_at.isoformat(),
    }


def _take_file(
    file: Path,
    layout: str,
    username: str,
    report: Path | None,
    config: Path | None,
    *,
    apply: bool,
    as_json: bool,
) -> None:
    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit(write=False) as uow:
            actor = await resolve_actor(session, uow.people, username)
        with file.open("rb") as stream:
            brought = BroughtFile(file.name, stream, find_layout(session.dependencies, layout))
            examined = await examine_file(session.dependencies, session.store, brought, actor)
        booked_count = await _book(session, examined, actor) if apply else 0
        if report is not None:
            await _write_report(session, examined.file.id, report)
        return await _build_file_view(session, examined, booked_count)

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        _print_file(result)
    if result["to_act_on"]:
        raise typer.Exit(EXIT_REFUSED)


async def _book(session: CommandSession, examined: ExaminedFile, actor: Actor) -> int:
    """Book what is left of a file; one that was booked to its end has nothing left."""
    has_failed = LineOutcome.FAILED in examined.totals
    if examined.file.state is FileState.EXAMINED or (examined.file.state is FileState.BOOKED and has_failed):
        async with session.store.open_unit() as uow:
            await confirm_file(
                ActorContext(session.dependencies, uow, actor), examined.file.id, examined.file.version_token
            )
    line_count = sum(total.line_count for total in examined.totals.values())
    with progress_bar("booking", line_count) as report_progress:
        return await book_file(session.dependencies, session.store, examined.file.id, actor, report_progress)


async def _write_report(session: CommandSession, file_id: int, report: Path) -> None:
    with open_file_writer(report, force=True) as write_row:
        write_row(build_result_headings(session.dependencies.catalogue))
        async for row in list_result_rows(session.dependencies, session.store, file_id):
            write_row(row)


async def _build_file_view(session: CommandSession, examined: ExaminedFile, booked_count: int) -> dict[str, Any]:
    present = await load_examined_file(session.store, examined.file.id)
    async with session.store.open_unit(write=False) as uow:
        faults = await uow.settlement.list_lines(present.file.id, 0, SHOWN_FAULTS, LineOutcome.FAULTY)
    outcomes = {
        outcome.value: {"lines": total.line_count, "amount": total.amount} for outcome, total in present.totals.items()
    }
    return {
        "file": present.file.id,
        "name": present.file.name,
        "state": present.file.state.value,
        "same_file": examined.is_same_file,
        "booked": booked_count,
        "lines": sum(total.line_count for total in present.totals.values()),
        "outcomes": outcomes,
        "faults": [{"line": line.line_number, "reason": line.detail} for line in faults],
        "to_act_on": sum(total.line_count for one, total in present.totals.items() if one.needs_somebody),
    }


def _print_file(result: dict[str, Any]) -> None:
    if result["same_file"]:
        print_line("the same file was brought before: nothing is changed by bringing it again")
    for outcome, total in result["outcomes"].items():
        print_line(f"{outcome}: {total['lines']} lines, {total['amount']} rials")
    for fault in result["faults"]:
        print_line(f"line {fault['line']} cannot be read: {fault['reason']}")
    print_line(
        f"file {result['file']} ({result['name']}) is {result['state']}: {result['lines']} lines, "
        f"{result['booked']} booked now, {result['to_act_on']} that somebody has to look at"
    )
