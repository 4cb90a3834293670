"""`pishkhan report`: which reports there are, and the figures of one."""

from typing import Annotated, Any

import typer

from app.cli.options import AsJson, AsOrSystem, Config
from app.cli.output import emit_json, say, table, told
from app.cli.reports.report_options import First, Last, Month, Where, Year, given
from app.cli.session import CommandSession, acting_or_system, in_session
from domain.actions.reports.aggregation import FigureTable
from domain.actions.reports.declarations import REPORTS, report_named
from domain.actions.reports.filter_reading import read_filter
from domain.actions.reports.labels import Names, names_of
from domain.actions.reports.reporting import Ran, run
from domain.actions.reports.sheet import headings

Name = Annotated[str, typer.Argument(help=f"One of: {', '.join(REPORTS)}.")]


def list_reports(username: AsOrSystem = None, as_json: AsJson = False, config: Config = None) -> None:
    """List the reports, or those that a member of the staff may see."""

    async def work(session: CommandSession) -> list[dict[str, Any]]:
        actor = await acting_or_system(session, username)
        text = session.desk.catalogue.text
        return [
            {
                "name": one.key,
                "title": text(f"reports.titles.{one.key}"),
                "roles": sorted(one.roles),
                "about": text(f"reports.about.{one.key}"),
            }
            for one in REPORTS.values()
            if one.is_for(actor)
        ]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table(rows, ("name", "title", "roles", "about"))


def show(
    name: Name,
    year: Year = None,
    month: Month = None,
    first: First = None,
    last: Last = None,
    where: Where = None,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Show a report's figures, of this Jalali year unless other days are named."""
    said = given(year, month, first, last, where)

    async def work(session: CommandSession) -> tuple[Ran, Names]:
        actor = await acting_or_system(session, username)
        wanted = read_filter(session.desk.services, said, session.desk.clock.now())
        async with session.store.unit(write=False) as uow:
            ran = await run(session.desk, uow, report_named(name), wanted, actor)
            return ran, await names_of(session.desk, uow, wanted)

    with told(as_json):
        ran, names = in_session(config, work)
    if as_json:
        emit_json(_view(ran))
    else:
        _print(ran, names)


def _view(ran: Ran) -> dict[str, Any]:
    return {
        "report": ran.report.key,
        "from": ran.filter.first.isoformat(),
        "before": ran.filter.last.isoformat(),
        "filter": {dimension.value: value for dimension, value in ran.filter.wanted.items()},
        "at": ran.at.isoformat(),
        "sections": {one.section.key: _section(one) for one in ran.tables},
    }


def _section(one: FigureTable) -> dict[str, Any]:
    by, figures = [each.value for each in one.section.by], [each.key for each in one.section.figures]
    rows = [dict(zip((*by, *figures), (*row.key, *row.values), strict=True)) for row in one.rows]
    return {"rows": rows if by else [], "whole": dict(zip(figures, one.whole, strict=True))}


def _print(ran: Ran, names: Names) -> None:
    text = names.desk.catalogue.text
    say(f"{text(f'reports.titles.{ran.report.key}')}: from {ran.filter.first} on and before {ran.filter.last}")
    for one in ran.tables:
        say(f"\n{text(f'reports.sections.{one.section.key}')} ({one.section.key})")
        columns, width = headings(names, one), len(one.section.by)
        if not width:
            for column, value in zip(columns, one.whole, strict=True):
                say(f"  {column}: {_shown(value)}")
            continue
        lines = [(*words, *row.values) for words, row in names.ordered(one)]
        whole = (text("reports.whole"), *[""] * (width - 1), *one.whole)
        table([dict(zip(columns, map(_shown, line), strict=True)) for line in (*lines, whole)], columns)


def _shown(value: str | float | None) -> str:
    if value is None:
        return "—"
    return value if isinstance(value, str) else f"{value:,}"
