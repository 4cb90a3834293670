"""`pishkhan check`: proves configuration, declarations, texts and providers."""

import asyncio
import logging
from typing import Annotated

import typer

from app.cli.options import AsJson, Config
from app.cli.output import REFUSED, emit_json, say
from app.configuration.settings import SettingsError, load, unused_names


def check(
    connect: Annotated[
        bool, typer.Option("--connect", help="Ask the database, its schema and key, and the SMS panel too.")
    ] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Prove that this configuration may serve; each fault is one line, and with any the exit code is 1."""
    from app.configuration.checks import faults, remarks  # noqa: PLC0415 - what is broken in there shall not keep settings from being told
    from app.configuration.connecting import connection_faults  # noqa: PLC0415

    try:
        settings = load(config)
        found, notes = faults(settings), remarks(settings)
        if connect and not found:
            logging.disable()  # what it would say is among the faults
            found = asyncio.run(connection_faults(settings))
    except SettingsError as error:
        found, notes = error.faults, []
    notes += [f"{name} is set, and nothing reads it" for name in unused_names()]
    if as_json:
        emit_json({"faults": found, "remarks": notes})
    else:
        _print(found, notes)
    if found:
        raise typer.Exit(REFUSED)


def _print(found: list[str], notes: list[str]) -> None:
    for line in found:
        typer.echo(line, err=True)
    for line in notes:
        say(f"note: {line}")
    if not found:
        say("nothing is wrong")
