"""Options that many commands share."""

from pathlib import Path
from typing import Annotated

import typer

ConfigPath = Annotated[
    Path | None, typer.Option("--config", help="TOML file with settings; the environment wins over it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, errors too.")]
ActingUser = Annotated[str, typer.Option("--as", metavar="USERNAME", help="Member of the staff who does it.")]
ActingUserOrSystem = Annotated[
    str | None,
    typer.Option("--as", metavar="USERNAME", help="Member of the staff who does it; the system if not given."),
]
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
