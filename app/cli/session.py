"""What commands work with: the settings, an open database, the desk on it, and who acts."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from app.cli.naming import ABOUT, COMMAND
from app.clock import SystemClock
from app.configuration.settings import Settings, load
from app.database import open_store
from app.security.key_check import refuse_another_key
from app.wiring import desk_of
from domain.actions.desk import Desk
from domain.actions.staff.refusals import note
from domain.actions.staff.staffing import staff_actor
from domain.fields.types import Day, ReadingContext
from domain.unit_of_work import UnitOfWork
from domain.values.actors import SYSTEM, Actor
from domain.values.calendar import in_tehran
from domain.values.errors import Forbidden, InvalidField
from store.unit_of_work import SqlStore

CHANNEL = "cli"
"""The channel that the history names for what was done here."""

_LONGEST_ABOUT = 200

ResultT = TypeVar("ResultT")


@dataclass(slots=True)
class CommandSession:
    """One command's desk over an open store, and who acts, once that was asked."""

    settings: Settings
    store: SqlStore
    desk: Desk
    actor: Actor | None = None


def in_session(
    config: Path | None, work: Callable[[CommandSession], Awaitable[ResultT]], *, any_key: bool = False
) -> ResultT:
    """Do the work on the configured database; `SettingsError`, and `NotReady` when the schema is another, or the secret
    key (with `any_key` the work itself deals with that).

    What somebody was not allowed to do is audited, as at the staff's site.
    """
    logging.basicConfig(level=logging.WARNING)
    return asyncio.run(_in_session(load(config), work, any_key=any_key))


async def _in_session(
    settings: Settings, work: Callable[[CommandSession], Awaitable[ResultT]], *, any_key: bool
) -> ResultT:
    store = await open_store(settings)
    try:
        if not any_key:
            await refuse_another_key(settings, store)
        session = CommandSession(settings, store, await desk_of(settings, store))
        try:
            return await work(session)
        except Forbidden as error:
            await _audit_denial(session, error)
            raise
    finally:
        await store.close()


async def _audit_denial(session: CommandSession, error: Forbidden) -> None:
    actor = session.actor
    if actor:
        about = ABOUT.get()[:_LONGEST_ABOUT]
        facts = {"command": COMMAND.get(), "about": about, "channel": CHANNEL, "why": error.detail}
        async with session.store.unit() as uow:
            await note(uow, session.desk.clock.now(), actor.kind, actor.ident, "denied", facts, known=_known_here)


async def _known_here() -> bool:
    """Return that who acts has a name here."""
    return True


def read_day(session: CommandSession, text: str, field: str = "day") -> date:
    """Read a day as people and programs write it (1405/12/27, 2027-03-18); `InvalidField` of that field."""
    try:
        return date.fromisoformat(Day(past=True).parse(text, ReadingContext(session.desk.clock.now())))
    except InvalidField as error:
        raise InvalidField(field, detail=error.detail, **error.params) from None


async def acting(session: CommandSession, uow: UnitOfWork, username: str) -> Actor:
    """Return the member of the staff who acts, for absent ones too; `AuthenticationFailed("as")` for a stranger."""
    session.actor = await staff_actor(uow, username, CHANNEL, in_tehran(SystemClock().now()).date())
    return session.actor


async def acting_or_system(session: CommandSession, username: str | None) -> Actor:
    """Return the member of the staff who acts, or the system, when somebody with a shell here names nobody."""
    if username is None:
        return replace(SYSTEM, ident=CHANNEL, channel=CHANNEL)
    async with session.store.unit(write=False) as uow:
        return await acting(session, uow, username)
