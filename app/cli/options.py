"""Options that many commands share."""

from pathlib import Path
from typing import Annotated

import typer

from domain.values.row_ids import HIGHEST_ID

ConfigPath = Annotated[
    Path | None, typer.Option("--config", help="TOML file with settings; the environment wins over it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, errors too.")]
ActingUser = Annotated[str, typer.Option("--as", metavar="USERNAME", help="Member of the staff who does it.")]
ActingUserOrSystem = Annotated[
    str | None,
    typer.Option("--as", metavar="USERNAME", help="Member of the staff who does it; the system if not given."),
]
ToCard = Annotated[
    bool, typer.Option("--to-card", help="To the card that paid, where the money came by a gateway that can.")
]
RowNumber = Annotated[
    int, typer.Argument(min=1, max=HIGHEST_ID, help="Its number, as the list tells it, or whatever made it.")
]
"""A stored row: larger numbers than a database holds name none."""
FieldValues = Annotated[
    list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A field or input; once for each of them.")
]


def parse_pairs(entries: list[str] | None) -> dict[str, str]:
    """Read FIELD=VALUE, as often as it was given; a value may hold «=»."""
    values_by_name = {}
    for entry in entries or []:
        name, separator, value = entry.partition("=")
        if not separator or not name:
            raise typer.BadParameter(f"{entry!r} is not FIELD=VALUE", param_hint="--set")
        values_by_name[name.strip()] = value
    return values_by_name
