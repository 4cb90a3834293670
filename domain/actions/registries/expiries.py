"""Licences, insurance, inspections and health cards that run out: reminded by SMS, and listed for the officer."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.actions.desk import Desk
from domain.actions.messages.notify import queue
from domain.actions.registries.rows import contact_of
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.registries.rows import Expiring
from domain.unit_of_work import Store, UnitOfWork
from domain.values.calendar import in_tehran

DAYS_BEFORE = (30, 7)
"""How many days before its end a date is reminded, most first; each once."""

REMINDED_FROM = 9
"""The hour of Tehran from which a day's reminders are queued."""

LONG_PAST = date(1921, 3, 21)
"""The first day that the records can hold: the list of what has run out begins here."""


@dataclass(frozen=True, slots=True)
class Due:
    """A date that runs out: days left (below zero: past), the mobile to remind (None: unknown), reminders sent."""

    expiring: Expiring
    days_left: int
    mobile: str | None
    reminded: tuple[int, ...]


async def due(desk: Desk, uow: UnitOfWork, days: int) -> list[Due]:
    """Return all that has run out, or will within so many days, by day."""
    today = in_tehran(desk.clock.now()).date()
    found = await uow.registries.expiring(LONG_PAST, today + timedelta(days=days))
    return [await _due(uow, one, today) for one in found]


async def _due(uow: UnitOfWork, one: Expiring, today: date) -> Due:
    mobile = await contact_of(uow, one.registry, one.row.values)
    return Due(one, (one.day - today).days, mobile, tuple(await uow.registries.reminders_of(one)))


async def remind(desk: Desk, store: Store) -> int:
    """Queue the reminders that are due today and were not sent yet; return how many.

    Nothing is done before nine in the morning. Run late or twice it does no harm: what a missed day should have
    reminded is reminded now, once. Lines that stopped reminders, and rows without a mobile, are passed over.
    """
    now = in_tehran(desk.clock.now())
    if now.hour < REMINDED_FROM:
        return 0
    today = now.date()
    async with store.unit(write=False) as uow:
        found = await uow.registries.expiring(today, today + timedelta(days=max(DAYS_BEFORE)))
    sent = 0
    for one in found:
        async with store.unit() as uow:
            sent += await _remind(desk, uow, one, today)
    return sent


async def _remind(desk: Desk, uow: UnitOfWork, one: Expiring, today: date) -> bool:
    await uow.serialise("expiries")
    left = (one.day - today).days
    lead = min(days for days in DAYS_BEFORE if left <= days)
    mobile = await contact_of(uow, one.registry, one.row.values)
    if mobile is None or any(sent <= lead for sent in await uow.registries.reminders_of(one)):
        return False
    if await queue(desk, uow, mobile, _message(desk, one, left)) is None:
        return False
    await uow.registries.remember_reminder(one, lead, desk.clock.now())
    return True


def _message(desk: Desk, one: Expiring, left: int) -> RenderedMessage:
    facts = desk.wording.values(one.registry.fields, one.row.values | {"days": left})
    facts["day"] = facts[one.field]
    key = f"registries.{one.registry.key}.reminders.{one.field}"
    return desk.catalogue.message(key, facts, MessageClass.REMINDER)
