"""`pishkhan restore`: a whole database out of a backup, which gives nobody back what was taken away since."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson, ConfigPath
from app.cli.output import exit_with_faults, print_json, print_line, reporting_errors, showing_status
from app.cli.system.database import ForceOption, reporting_copy_errors
from app.clock import SystemClock
from app.configuration.settings import load_settings
from app.security import passwords
from domain.values.actors import STAFF_ROLES, Role
from store import copies
from store.after_restore import ChangesSince, RestoreReport

_ROLE_BY_NAME = {role.value: role for role in STAFF_ROLES}
_SAY_SO = (
    "say what changed since the backup: --dismissed USER, --roles USER=ROLE,ROLE, --reset USER, --office-off CODE, "
    "each once or more; or --unchanged"
)


@dataclass(frozen=True, slots=True)
class _StatedChanges:
    """Changes stated since the backup, as typed."""

    dismissed: Sequence[str]
    roles: Sequence[str]
    reset: Sequence[str]
    offices: Sequence[str]


def restore(
    file: Annotated[Path, typer.Argument(help="File that `backup` wrote.", exists=True, dir_okay=False)],
    dismissed: Annotated[list[str] | None, typer.Option(help="User name of who was dismissed since.")] = None,
    roles: Annotated[list[str] | None, typer.Option(help="USER=ROLE,ROLE of who has other roles since.")] = None,
    reset: Annotated[
        list[str] | None, typer.Option(help="User name of whose password or authenticator was given anew since.")
    ] = None,
    office_off: Annotated[
        list[str] | None, typer.Option(help="Code of an office that was switched off, or got another key, since.")
    ] = None,
    unchanged: Annotated[bool, typer.Option("--unchanged", help="None of that happened since.")] = False,
    force: ForceOption = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Replace the whole database by a backup; refused while the database holds anything, unless --force.

    All sessions end and all codes on paper are void. Who was dismissed, re-roled or reset since the backup is asked,
    where a person is at the terminal.
    """
    stated = _StatedChanges(dismissed or (), roles or (), reset or (), office_off or ())
    if not unchanged and stated == _StatedChanges((), (), (), ()):
        if not sys.stdin.isatty():
            exit_with_faults(as_json, [_SAY_SO])
        stated = _ask_what_changed()
    changes, new_passwords = _read_changes(stated, as_json)
    with reporting_errors(as_json), reporting_copy_errors(as_json), showing_status("copying"):
        database_url, now = load_settings(config).database_url, SystemClock().now()
        report = asyncio.run(copies.restore_database(database_url, file, now=now, changes=changes, force=force))
    _print_report(as_json, file, report, new_passwords)


def _ask_what_changed() -> _StatedChanges:
    """Ask the person at the terminal; an empty line is nobody."""

    def ask(question: str) -> list[str]:
        return str(typer.prompt(f"{question} (separated by spaces; Enter: none)", "", show_default=False)).split()

    return _StatedChanges(
        ask("User names of who was dismissed since this backup"),
        ask("USER=ROLE,ROLE of who has other roles since"),
        ask("User names of whose password or authenticator was given anew since"),
        ask("Codes of counter offices that were switched off, or got another key, since"),
    )


def _read_changes(stated: _StatedChanges, as_json: bool) -> tuple[ChangesSince, dict[str, str]]:
    """Return what changed, and the new passwords of who was reset; a role that is none ends the command."""
    roles_by_user = dict(_read_roles(entry, as_json) for entry in stated.roles)
    new_passwords = {username: passwords.generate_password() for username in stated.reset}
    changes = ChangesSince(
        frozenset(stated.dismissed),
        roles_by_user,
        {username: passwords.hash_password(password) for username, password in new_passwords.items()},
        frozenset(stated.offices),
    )
    return changes, new_passwords


def _read_roles(entry: str, as_json: bool) -> tuple[str, frozenset[Role]]:
    username, _, role_text = entry.partition("=")
    role_names = role_text.split(",")
    if not username or not all(name in _ROLE_BY_NAME for name in role_names):
        exit_with_faults(as_json, [f"--roles {entry}: write USER=ROLE,ROLE with roles of {', '.join(_ROLE_BY_NAME)}"])
    return username, frozenset(_ROLE_BY_NAME[name] for name in role_names)


def _print_report(as_json: bool, file: Path, report: RestoreReport, new_passwords: dict[str, str]) -> None:
    if as_json:
        facts = {"sessions_ended": report.sessions_ended, "unknown": list(report.unknown_names)}
        print_json({"file": str(file), "bytes": file.stat().st_size, **facts, "passwords": new_passwords})
        return
    print_line(f"{file}: restored; {report.sessions_ended} sessions and codes under way ended, paper codes are void")
    for name in report.unknown_names:
        print_line(f"{name}: not in this backup")
    for username, password in new_passwords.items():
        print_line(f"{username}: the password is {password} (it is not shown again)")
