"""The table of commands, and the program's entry.

A command is a function named by module; it is imported when it is called (or its help is asked for), so that
`pishkhan sms parse` starts without a database library and `pishkhan request show` without a web server.

Exit codes: 0 done; 1 refused (a domain error) or faults found; 2 wrong usage; 3 the surroundings: configuration,
database, schema, port. With `--json` an error is an object on standard output, {"error": {"code", "message", "field"}},
and the exit code is the same; without it the error is a sentence on standard error.
"""

import gc
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperGroup
from typer.main import get_command

from app import has_demo
from app.cli.naming import COMMAND_SUBJECT, RUNNING_COMMAND

CommandTable = Mapping[str, "str | CommandGroup"]
"""Name → `module:function` of a command, or a group of commands."""


@dataclass(frozen=True, slots=True)
class CommandGroup:
    """Commands under one name."""

    help_text: str
    commands: CommandTable


DEMO_COMMANDS: CommandTable = (
    {
        "demo": CommandGroup(
            "The demonstration municipality.",
            {"load": "app.cli.system.demo:load", "reset": "app.cli.system.demo:reset"},
        )
    }
    if has_demo()
    else {}
)
COMMANDS: CommandTable = {
    "serve": "app.cli.system.serving:serve",
    "migrate": "app.cli.system.database:migrate",
    "check": "app.cli.system.checking:check",
    **DEMO_COMMANDS,
    "request": CommandGroup(
        "Requests: enter, list, show, and take every step that staff can take.",
        {
            "submit": "app.cli.requests.requests:submit",
            "list": "app.cli.requests.requests:list_requests",
            "show": "app.cli.requests.requests:show",
            "act": "app.cli.requests.requests:act",
            "erase": "app.cli.requests.request_changes:erase",
            "print": "app.cli.requests.printing:print_paper",
        },
    ),
    "payment": CommandGroup(
        "Money that came in.",
        {
            "record": "app.cli.money.payments:record_slip",
            "reconcile": "app.cli.money.reconciling:reconcile",
        },
    ),
    "ledger": CommandGroup(
        "The ledger: its check, commission and corrections.",
        {
            "check": "app.cli.money.ledger:check",
            "commission": "app.cli.money.ledger:commission",
            "correct": "app.cli.money.ledger:correct",
        },
    ),
    "staff": CommandGroup(
        "Members of the staff.",
        {
            "add": "app.cli.people.staff:add",
            "reset-password": "app.cli.people.staff:reset_password",
            "totp": "app.cli.people.staff:totp",
            "unlock": "app.cli.people.staff:unlock",
            "list": "app.cli.people.staff:list_staff",
        },
    ),
    "office": CommandGroup("Counter offices.", {"add": "app.cli.people.offices:add"}),
    "import": "app.cli.registries.imports:import_table",
    "old-site": CommandGroup(
        "What the site before this one counted and published.",
        {
            "views": "app.cli.registries.old_site:import_views",
            "comments": "app.cli.registries.old_site:import_comments",
        },
    ),
    "export": "app.cli.registries.exports:export",
    "report": CommandGroup(
        "What is reported to the units and the manager.",
        {"list": "app.cli.reports.reports:list_reports", "show": "app.cli.reports.reports:show"},
    ),
    "outbox": CommandGroup("Texts on their way out.", {"list": "app.cli.messages.outbox:list_messages"}),
    "history": CommandGroup(
        "The history of all requests and its seals.",
        {
            "verify": "app.cli.system.history:verify",
            "seal": "app.cli.system.history:seal",
            "erase": "app.cli.requests.request_changes:erase_history",
        },
    ),
    "secret-key": CommandGroup("The key that others are derived from.", {"accept": "app.cli.system.secret_key:accept"}),
    "backup": "app.cli.system.database:backup",
    "restore": "app.cli.system.restoring:restore",
    "soap": CommandGroup("The counter offices' software.", {"wsdl": "app.cli.messages.soap:wsdl"}),
    "sms": CommandGroup(
        "Texts: what they mean, what they do, what they cost.",
        {
            "labelled": "app.cli.messages.labelled_texts:export_labelled",
            "parse": "app.cli.messages.sms_parse:parse",
            "simulate": "app.cli.messages.sms:simulate",
            "cost": "app.cli.messages.sms:cost",
        },
    ),
}
"""Every command."""


class _LazyCommands(MutableMapping[str, Any]):
    """The commands of one table, which are typed behind the words `group_path`; each is built when it is asked for."""

    def __init__(self, table: CommandTable, group_path: str = "") -> None:
        self._table = table
        self._group_path = group_path

    def __getitem__(self, name: str) -> Any:
        entry, command_path = self._table[name], f"{self._group_path} {name}".strip()
        return (
            _build_group(name, entry, command_path)
            if isinstance(entry, CommandGroup)
            else _load_command(name, entry, command_path)
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __setitem__(self, name: str, command: Any) -> None:
        raise TypeError("commands are declared in COMMANDS")

    def __delitem__(self, name: str) -> None:
        raise TypeError("commands are declared in COMMANDS")


class _LazyGroup(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names, without importing the commands."""
        return list(self.commands)


def _build_group(name: str, group: CommandGroup, command_path: str) -> TyperGroup:
    lazy_group = _LazyGroup(name=name, help=group.help_text, no_args_is_help=True, rich_markup_mode="rich")
    lazy_group.commands = _LazyCommands(group.commands, command_path)
    return lazy_group


def _load_command(name: str, path: str, command_path: str) -> Any:
    module_name, _, function_name = path.partition(":")
    single_app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    single_app.command(name)(getattr(_import_program(module_name), function_name))
    command = get_command(single_app)
    arguments = [
        parameter.name for parameter in command.params if parameter.name and isinstance(parameter, TyperArgument)
    ]
    command.callback = _with_command_name(command_path, arguments, command.callback)
    return command


def _import_program(module_name: str) -> ModuleType:
    """Import a module and what it needs. What modules hold stays until the end: looking through it for what could go
    costs a tenth of the start, and later every full collection a pause.
    """
    gc.disable()
    module = import_module(module_name)
    gc.freeze()
    gc.enable()
    return module


def _with_command_name(
    command_path: str, arguments: Sequence[str], command: Callable[..., Any] | None
) -> Callable[..., Any]:
    def run(**options: Any) -> Any:
        RUNNING_COMMAND.set(command_path)
        COMMAND_SUBJECT.set(" ".join(str(options[name]) for name in arguments if options.get(name) is not None))
        return command(**options) if command else None

    return run


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(version("pishkhan"))
        raise typer.Exit


def _read_root_options(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="TOML file with settings; the environment wins over it.")] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """The citizen-service desk of a municipality."""
    if config is not None:
        context.default_map = _config_defaults(COMMANDS, str(config))


def _config_defaults(table: CommandTable, config: str) -> dict[str, Any]:
    """Return the defaults that make `pishkhan --config FILE COMMAND` mean `pishkhan COMMAND --config FILE`."""
    return {
        name: _config_defaults(entry.commands, config) if isinstance(entry, CommandGroup) else {"config": config}
        for name, entry in table.items()
    }


def build_program(commands: CommandTable = COMMANDS) -> TyperGroup:
    """Return the whole command line."""
    root_app = typer.Typer(cls=_LazyGroup, no_args_is_help=True, add_completion=False, rich_markup_mode="rich")
    root_app.callback()(_read_root_options)
    command = get_command(root_app)
    assert isinstance(command, TyperGroup), "a callback makes it one"  # noqa: S101 - holds by construction
    command.commands = _LazyCommands(commands)
    return command


OTHERS_RIGHTS = 0o077
"""The rights of everybody but a file's owner."""


def main(commands: CommandTable = COMMANDS) -> None:
    """Run the command line; texts are UTF-8 whatever the locale says, and broken bytes become U+FFFD.

    Whatever it writes (database, backup, export, printed paper) is its owner's alone: nearly all holds personal data.
    """
    os.umask(OTHERS_RIGHTS)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments = [os.fsencode(argument).decode("utf-8", "replace") for argument in sys.argv[1:]]
    build_program(commands).main(arguments, prog_name="pishkhan")
