"""Session of a command: the settings, an open database, the desk on it, and who acts."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from app.checking.key_check import refuse_another_key
from app.cli.naming import COMMAND_SUBJECT, RUNNING_COMMAND
from app.clock import SystemClock
from app.configuration.settings import Settings, load_settings
from app.database import open_store
from app.logs import set_up_logging
from app.wiring import load_dependencies
from domain.actions.dependencies import Dependencies
from domain.actions.staff.read_events import record_read_event
from domain.actions.staff.refusals import record_refusal
from domain.actions.staffing import load_staff_actor
from domain.audit.read_events import ReadKind, mask_filter_value
from domain.fields.moments import Day
from domain.fields.types import ReadingContext
from domain.people.ports import StaffMemberRepository
from domain.values.actors import SYSTEM, Actor
from domain.values.calendar import to_tehran
from domain.values.errors import Forbidden, InvalidField
from store.unit_of_work import SqlStore

CLI_CHANNEL = "cli"
"""The channel that the history names for what was done here."""

_MACHINE_ACTOR = replace(SYSTEM, identifier=CLI_CHANNEL, channel=CLI_CHANNEL)
"""Actor where nobody is named: whoever has a shell here."""

READING_COMMANDS = frozenset(
    {
        "request list",
        "request show",
        "request print",
        "staff list",
        "report show",
        "outbox list",
    }
)
"""Commands that show personal data: each run is a read event. `export` is in the audit."""

_LONGEST_SUBJECT = 200

ResultT = TypeVar("ResultT")


@dataclass(slots=True)
class CommandSession:
    """One command's desk over an open store, and who acts, once that was asked."""

    settings: Settings
    store: SqlStore
    dependencies: Dependencies
    actor: Actor | None = None


def run_in_session(
    config: Path | None, command: Callable[[CommandSession], Awaitable[ResultT]], *, any_key: bool = False
) -> ResultT:
    """Do the work on the configured database; `SettingsError`, and `NotReady` when the schema is another, or the secret
    key (with `any_key` the work itself deals with that).

    What somebody was not allowed to do is audited, as at the staff's site.
    """
    settings = load_settings(config)
    set_up_logging("warning", settings.log_format)
    return asyncio.run(_run_in_session(settings, command, any_key=any_key))


async def _run_in_session(
    settings: Settings, command: Callable[[CommandSession], Awaitable[ResultT]], *, any_key: bool
) -> ResultT:
    store = await open_store(settings)
    try:
        if not any_key:
            await refuse_another_key(settings, store)
        session = CommandSession(settings, store, await load_dependencies(settings, store))
        try:
            result = await command(session)
        except Forbidden as error:
            await _audit_denial(session, error)
            raise
        finally:
            await session.dependencies.file_cleaner.close()
        await _record_reading(session)
        return result
    finally:
        await store.close()


async def _record_reading(session: CommandSession) -> None:
    """Record that a command shows personal data, before it does: to who is named, or to whoever has the machine."""
    command_name = RUNNING_COMMAND.get()
    if command_name in READING_COMMANDS:
        viewer_label = (session.actor or _MACHINE_ACTOR).label
        subject = " ".join((command_name, *map(mask_filter_value, COMMAND_SUBJECT.get().split())))
        async with session.store.open_unit() as uow:
            await record_read_event(
                uow.audit, session.dependencies.clock.now(), viewer_label, ReadKind.COMMAND, subject
            )


async def _audit_denial(session: CommandSession, error: Forbidden) -> None:
    actor = session.actor
    if actor:
        subject_text = COMMAND_SUBJECT.get()[:_LONGEST_SUBJECT]
        denial_facts = {
            "command": RUNNING_COMMAND.get(),
            "about": subject_text,
            "channel": CLI_CHANNEL,
            "why": error.reason,
        }
        async with session.store.open_unit() as uow:
            await record_refusal(
                uow,
                session.dependencies.clock.now(),
                actor.kind,
                actor.identifier,
                "denied",
                denial_facts,
                is_known=_is_known_here,
            )


async def _is_known_here() -> bool:
    """Return that who acts has a name here."""
    return True


def read_day(session: CommandSession, text: str, field: str = "day") -> date:
    """Read a day as people and programs write it (1405/12/27, 2027-03-18); `InvalidField` of that field."""
    try:
        return date.fromisoformat(Day(allows_past=True).parse(text, ReadingContext(session.dependencies.clock.now())))
    except InvalidField as error:
        raise error.about_field(field) from None


async def resolve_actor(session: CommandSession, people: StaffMemberRepository, username: str) -> Actor:
    """Return the member of the staff who acts, for absent ones too; `AuthenticationFailed("as")` for a stranger."""
    session.actor = await load_staff_actor(people, username, CLI_CHANNEL, to_tehran(SystemClock().now()).date())
    return session.actor


async def resolve_actor_or_system(session: CommandSession, username: str | None) -> Actor:
    """Return the member of the staff who acts, or the system, when somebody with a shell here names nobody."""
    if username is None:
        return _MACHINE_ACTOR
    async with session.store.open_unit(write=False) as uow:
        return await resolve_actor(session, uow.people, username)
