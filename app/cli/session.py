"""What commands work with: the settings, an open database, the desk on it, and who acts."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from app.clock import SystemClock
from app.database import open_store
from app.settings import Settings, load
from app.wiring import desk_of
from domain.actions.desk import Desk
from domain.actions.staffing import staff_actor
from domain.calendar import in_tehran
from domain.engine import SYSTEM
from domain.errors import InvalidField
from domain.field_types import Day, Reading
from domain.people import Actor
from domain.ports import UnitOfWork
from store.unit_of_work import SqlStore

CHANNEL = "cli"
"""The channel that the history names for what was done here."""

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Session:
    """One command's desk over an open store."""

    settings: Settings
    store: SqlStore
    desk: Desk


def in_session(config: Path | None, work: Callable[[Session], Awaitable[ResultT]]) -> ResultT:
    """Do the work on the configured database; `SettingsError`, and `NotReady` when the schema is another."""
    logging.basicConfig(level=logging.WARNING)
    return asyncio.run(_in_session(load(config), work))


async def _in_session(settings: Settings, work: Callable[[Session], Awaitable[ResultT]]) -> ResultT:
    store = await open_store(settings)
    try:
        return await work(Session(settings, store, await desk_of(settings, store)))
    finally:
        await store.close()


def read_day(session: Session, text: str, field: str = "day") -> date:
    """Read a day as people and programs write it (1405/12/27, 2027-03-18); `InvalidField` of that field."""
    try:
        return date.fromisoformat(Day(past=True).parse(text, Reading(session.desk.clock.now())))
    except InvalidField as error:
        raise InvalidField(field, detail=error.detail, **error.params) from None


async def acting(uow: UnitOfWork, username: str) -> Actor:
    """Return the member of the staff who acts, for absent ones too; `AuthenticationFailed("as")` for a stranger."""
    return await staff_actor(uow, username, CHANNEL, in_tehran(SystemClock().now()).date())


async def acting_or_system(session: Session, username: str | None) -> Actor:
    """Return the member of the staff who acts, or the system, when somebody with a shell here names nobody."""
    if username is None:
        return replace(SYSTEM, ident=CHANNEL, channel=CHANNEL)
    async with session.store.unit(write=False) as uow:
        return await acting(uow, username)
