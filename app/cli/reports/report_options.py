"""Filters of a report on the command line: the same options wherever one is named."""

from typing import Annotated

import typer

from app.cli.options import parse_pairs
from domain.reports.filter import FILTER_DIMENSIONS

YearOption = Annotated[str | None, typer.Option("--year", help="Jalali year.")]
MonthOption = Annotated[str | None, typer.Option("--month", help="Jalali month, 1–12, of that year or of this one.")]
FirstDay = Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day: 1405/09/01, or ISO.")]
LastDay = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day, included.")]
FilterValues = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="NAME=VALUE",
        help=f"What requests must be like; once for each: {', '.join(FILTER_DIMENSIONS)}.",
    ),
]


def collect_filter_values(
    year: str | None, month: str | None, first: str | None, last: str | None, where: list[str] | None
) -> dict[str, str]:
    """Return the options given, by the names of the filter."""
    period_values = {"year": year, "month": month, "from": first, "to": last}
    return parse_pairs(where) | {name: value for name, value in period_values.items() if value is not None}
