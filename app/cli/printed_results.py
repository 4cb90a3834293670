"""Commands run and printed: as one JSON value for programs, as a sentence or a table for people."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.session import CommandSession, run_in_session

ResultT = TypeVar("ResultT")


def print_result(
    config: Path | None,
    command: Callable[[CommandSession], Awaitable[ResultT]],
    describe: Callable[[ResultT], str],
    *,
    as_json: bool,
) -> None:
    """Run a command, and print what it returns or, for people, the sentence about it."""
    with reporting_errors(as_json):
        result = run_in_session(config, command)
    if as_json:
        print_json(result)
    else:
        print_line(describe(result))


def print_rows(
    config: Path | None,
    command: Callable[[CommandSession], Awaitable[Sequence[Mapping[str, Any]]]],
    columns: Sequence[str],
    *,
    as_json: bool,
) -> None:
    """Run a command, and print the rows that it returns, for people as a table of these columns."""
    with reporting_errors(as_json):
        rows = run_in_session(config, command)
    if as_json:
        print_json(rows)
    else:
        print_table(rows, columns)
