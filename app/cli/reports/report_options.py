"""How a report is narrowed down on the command line: the same options wherever one is named."""

from typing import Annotated

import typer

from app.cli.options import pairs
from domain.reports.filter import FILTERS

Year = Annotated[str | None, typer.Option("--year", help="Jalali year.")]
Month = Annotated[str | None, typer.Option("--month", help="Jalali month, 1–12, of that year or of this one.")]
First = Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day: 1405/09/01, or ISO.")]
Last = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day, included.")]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where", metavar="NAME=VALUE", help=f"What requests must be like; once for each: {', '.join(FILTERS)}."
    ),
]


def given(
    year: str | None, month: str | None, first: str | None, last: str | None, where: list[str] | None
) -> dict[str, str]:
    """Return what was said, by the names of the filter."""
    days = {"year": year, "month": month, "from": first, "to": last}
    return pairs(where) | {name: value for name, value in days.items() if value is not None}
