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
from app.database import open_store
from app.key_check import refuse_another_key
from app.settings import Settings, load
from app.wiring import desk_of
from domain.actions.desk import Desk
from domain.actions.refusals import note
from domain.actions.staffing import staff_actor
from domain.calendar import in_tehran
from domain.engine import SYSTEM
from domain.errors import Forbidden, InvalidField
from domain.field_types import Day, Reading
from domain.people import Actor
from domain.ports import UnitOfWork
from store.unit_of_work import SqlStore

CHANNEL = "cli"
"""The channel that the history names for what was done here."""

_LONGEST_ABOUT = 200

ResultT = TypeVar("ResultT")


@dataclass(slots=True)
class Session:
    """One command's desk over an open store, and who acts, once that was asked."""

    settings: Settings
    store: SqlStore
    desk: Desk
    actor: Actor | None = None


def in_session(config: Path | None, work: Callable[[Session], Awaitable[ResultT]], *, any_key: bool = False) -> ResultT:
    """Do the work on the configured database; `SettingsError`, and `NotReady` when the schema is another, or the secret
    key (with `any_key` the work itself deals with that).

    What somebody was not allowed to do is audited, as at the staff's site.
    """
    logging.basicConfig(level=logging.WARNING)
    return asyncio.run(_in_session(load(config), work, any_key=any_key))


async def _in_session(settings: Settings, work: Callable[[Session], Awaitable[ResultT]], *, any_key: bool) -> ResultT:
    store = await open_store(settings)
    try:
        if not any_key:
            await refuse_another_key(settings, store)
        session = Session(settings, store, await desk_of(settings, store))
        try:
            return await work(session)
        except Forbidden as error:
            await _audit_denial(session, error)
            raise
    finally:
        await store.close()


async def _audit_denial(session: Session, error: Forbidden) -> None:
    actor = session.actor
    if actor:
        about = ABOUT.get()[:_LONGEST_ABOUT]
        facts = {"command": COMMAND.get(), "about": about, "channel": CHANNEL, "why": error.detail}
        async with session.store.unit() as uow:
            await note(uow, session.desk.clock.now(), actor.kind, actor.ident, "denied", facts, known=_known_here)


async def _known_here() -> bool:
    """Return that who acts has a name here."""
    return True


def read_day(session: Session, text: str, field: str = "day") -> date:
    """Read a day as people and programs write it (1405/12/27, 2027-03-18); `InvalidField` of that field."""
    try:
        return date.fromisoformat(Day(past=True).parse(text, Reading(session.desk.clock.now())))
    except InvalidField as error:
        raise InvalidField(field, detail=error.detail, **error.params) from None


async def acting(session: Session, uow: UnitOfWork, username: str) -> Actor:
    """Return the member of the staff who acts, for absent ones too; `AuthenticationFailed("as")` for a stranger."""
    session.actor = await staff_actor(uow, username, CHANNEL, in_tehran(SystemClock().now()).date())
    return session.actor


async def acting_or_system(session: Session, username: str | None) -> Actor:
    """Return the member of the staff who acts, or the system, when somebody with a shell here names nobody."""
    if username is None:
        return replace(SYSTEM, ident=CHANNEL, channel=CHANNEL)
    async with session.store.unit(write=False) as uow:
        return await acting(session, uow, username)
