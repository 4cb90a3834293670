"""`pishkhan check`: proves configuration, declarations, texts and providers."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson, ConfigPath
from app.cli.output import EXIT_REFUSED, print_json, print_line
from app.configuration.settings import SettingsError, find_unused_names, load_settings


def check(
    connect: Annotated[
        bool,
        typer.Option("--connect", help="Ask the database, its schema and key, SMS panel and scanner of files too."),
    ] = False,
    lists_missing: Annotated[
        bool,
        typer.Option("--missing-texts", help="List what each language on offer lacks, and nothing else."),
    ] = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Prove that this configuration may serve; each fault is one line, and with any the exit code is 1."""
    if lists_missing:
        return _list_missing_texts(config, as_json=as_json)
    fault_lines, remark_lines = _prove_configuration(config, connect=connect)
    if as_json:
        print_json({"faults": fault_lines, "remarks": remark_lines})
    else:
        _print_findings(fault_lines, remark_lines)
    if fault_lines:
        raise typer.Exit(EXIT_REFUSED)


def _prove_configuration(config: Path | None, *, connect: bool) -> tuple[list[str], list[str]]:
    """Return the faults and what is worth a look."""
    from app.checking.connections import examine_connections  # noqa: PLC0415
    from app.checking.faults import find_faults, find_remarks  # noqa: PLC0415 - what is broken in there shall not keep faults of settings from being reported

    try:
        settings = load_settings(config)
        fault_lines, remark_lines = find_faults(settings), find_remarks(settings)
        if connect and not fault_lines:
            logging.disable()  # what it would say is among the faults
            findings = asyncio.run(examine_connections(settings))
            fault_lines, remark_lines = findings.faults, [*remark_lines, *findings.remarks]
    except SettingsError as error:
        fault_lines, remark_lines = error.faults, []
    return fault_lines, [*remark_lines, *(f"{name} is set, and nothing reads it" for name in find_unused_names())]


def _list_missing_texts(config: Path | None, *, as_json: bool) -> None:
    from app.checking.faults import list_missing_by_language  # noqa: PLC0415 - as above

    keys_by_tag = list_missing_by_language(load_settings(config))
    if as_json:
        return print_json(keys_by_tag)
    for tag, keys in keys_by_tag.items():
        for key in keys:
            print_line(f"{tag} {key}")


def _print_findings(fault_lines: list[str], remark_lines: list[str]) -> None:
    for line in fault_lines:
        typer.echo(line, err=True)
    for line in remark_lines:
        print_line(f"note: {line}")
    if not fault_lines:
        print_line("nothing is wrong")
