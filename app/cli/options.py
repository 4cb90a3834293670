"""Options that many commands share."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[Path | None, typer.Option("--config", help="TOML file with settings; the environment wins over it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, errors too.")]
As = Annotated[str, typer.Option("--as", metavar="USERNAME", help="Member of the staff who does it.")]
AsOrSystem = Annotated[
    str | None,
    typer.Option("--as", metavar="USERNAME", help="Member of the staff who does it; the system if not given."),
]
Number = Annotated[
    int, typer.Argument(min=1, max=2**63 - 1, help="Its number, as the list tells it, or whatever made it.")
]
"""A stored row: larger numbers than a database holds name none."""
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A field or input; once for each of them.")
]


def pairs(given: list[str] | None) -> dict[str, str]:
    """Read FIELD=VALUE, as often as it was given; a value may hold «=»."""
    read = {}
    for one in given or []:
        name, separator, value = one.partition("=")
        if not separator or not name:
            raise typer.BadParameter(f"{one!r} is not FIELD=VALUE", param_hint="--set")
        read[name.strip()] = value
    return read
