"""How commands speak: JSON for programs, tables and sentences for people, and errors in either form."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

from app.configuration.settings import SettingsError
from app.http.readiness import NotReady
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.values.errors import DomainError

REFUSED = 1
SURROUNDINGS = 3

_WIDE = 200


def emit_json(value: object) -> None:
    """Print one JSON value on one line of standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")))


def say(sentence: str) -> None:
    """Print a sentence."""
    typer.echo(sentence)


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows under the names of these columns."""
    from rich.table import Table  # noqa: PLC0415 - not needed by programs, which ask for JSON

    shown = Table(*columns)
    for row in rows:
        shown.add_row(*(_cell(row.get(column)) for column in columns))
    show(shown)


def show(renderable: Any) -> None:
    """Print something of rich's; where no terminal is, lines are as long as they need to be."""
    from rich.console import Console  # noqa: PLC0415

    width = None if sys.stdout.isatty() else _WIDE
    Console(width=width, markup=False, highlight=False).print(renderable)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " ".join(f"{name}={one}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_cell, value))
    return str(value)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show on a terminal that something long goes on; programs see nothing of it."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415

    with Console(stderr=True).status(what):
        yield


@contextmanager
def told(as_json: bool) -> Iterator[None]:
    """Turn errors of the work inside into words (or JSON) and an exit code; see `app/cli/main.py`."""
    try:
        yield
    except DomainError as error:
        if error.code == "unavailable" and error.field == "database":
            from app.database import in_words  # noqa: PLC0415 - it is loaded already, wherever this can happen

            fail_with(as_json, [in_words(error)])
        fail(as_json, error)
    except (SettingsError, NotReady) as error:
        fail_with(as_json, error.faults)


def fail(as_json: bool, error: DomainError, message: str | None = None) -> NoReturn:
    """Tell a domain error, in the catalogue's words unless others are given, and exit.

    Further faults of the same form follow, a line each; in JSON as `others` beside `error`.
    """
    wording = Wording(Catalogue.load(), {})
    first, *others = [(one, wording.error(one)) for one in error.faults]
    told = [(error, message or first[1]), *others]
    if as_json:
        shown = [{"code": one.code, "message": words, "field": one.field} for one, words in told]
        emit_json({"error": shown[0], **({"others": shown[1:]} if others else {})})
    else:
        for one, words in told:
            typer.echo(f"{one}: {words}", err=True)
    raise typer.Exit(REFUSED)


def fail_with(as_json: bool, faults: Sequence[str]) -> NoReturn:
    """Tell what is wrong with the surroundings, a line each, and exit."""
    if as_json:
        emit_json({"error": {"code": "unavailable", "message": "\n".join(faults), "field": None}})
    else:
        for fault in faults:
            typer.echo(fault, err=True)
    raise typer.Exit(SURROUNDINGS)
