"""Output of commands: JSON for programs, tables and sentences for people, and errors in either form."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

from app.configuration.settings import SettingsError
from app.readiness import NotReady
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.values.errors import DomainError

EXIT_REFUSED = 1
EXIT_SURROUNDINGS = 3

_WIDE_COLUMNS = 200


def print_json(value: object) -> None:
    """Print one JSON value on one line of standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")))


def print_line(sentence: str) -> None:
    """Print a sentence."""
    typer.echo(sentence)


def print_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows under the names of these columns."""
    from rich.table import Table  # noqa: PLC0415 - not needed by programs, which ask for JSON

    rich_table = Table(*columns)
    for row in rows:
        rich_table.add_row(*(_format_cell(row.get(column)) for column in columns))
    print_renderable(rich_table)


def print_renderable(renderable: Any) -> None:
    """Print something of rich's; where no terminal is, lines are as long as they need to be."""
    from rich.console import Console  # noqa: PLC0415

    width = None if sys.stdout.isatty() else _WIDE_COLUMNS
    Console(width=width, markup=False, highlight=False).print(renderable)


def _format_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " ".join(f"{name}={member}" for name, member in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_format_cell, value))
    return str(value)


@contextmanager
def showing_status(status_text: str) -> Iterator[None]:
    """Show on a terminal that something long goes on; programs see nothing of it."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415

    with Console(stderr=True).status(status_text):
        yield


@contextmanager
def reporting_errors(as_json: bool) -> Iterator[None]:
    """Turn errors of the work inside into words (or JSON) and an exit code; see `app/cli/main.py`."""
    try:
        yield
    except DomainError as error:
        if error.code == "unavailable" and error.field == "database":
            from app.database import describe_database_fault  # noqa: PLC0415 - it is loaded already, wherever this can happen

            exit_with_faults(as_json, [describe_database_fault(error)])
        exit_with_error(as_json, error)
    except (SettingsError, NotReady) as error:
        exit_with_faults(as_json, error.faults)


def exit_with_error(as_json: bool, error: DomainError, message: str | None = None) -> NoReturn:
    """Print a domain error, in the catalogue's words unless others are given, and exit.

    Further faults of the same form follow, a line each; in JSON as `others` beside `error`.
    """
    wording = Wording(Catalogue.load(), {})
    first_fault, *other_faults = [(fault, wording.render_error(fault)) for fault in error.faults]
    fault_messages = [(error, message or first_fault[1]), *other_faults]
    if as_json:
        fault_views = [
            {"code": fault.code, "message": fault_text, "field": fault.field} for fault, fault_text in fault_messages
        ]
        print_json({"error": fault_views[0], **({"others": fault_views[1:]} if other_faults else {})})
    else:
        for fault, fault_text in fault_messages:
            typer.echo(f"{fault}: {fault_text}", err=True)
    raise typer.Exit(EXIT_REFUSED)


def exit_with_faults(as_json: bool, faults: Sequence[str]) -> NoReturn:
    """Print what is wrong with the environment, a line each, and exit."""
    if as_json:
        print_json({"error": {"code": "unavailable", "message": "\n".join(faults), "field": None}})
    else:
        for fault in faults:
            typer.echo(fault, err=True)
    raise typer.Exit(EXIT_SURROUNDINGS)
