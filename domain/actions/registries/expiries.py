"""Licences, insurance, inspections and health cards that run out: reminded by SMS, and listed for the officer."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import notify_line
from domain.actions.registries.rows import find_contact, find_contacts
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.registries.rows import ExpiringRow
from domain.repositories import RegistryRepositories
from domain.unit_of_work import Store
from domain.values.calendar import to_tehran

REMINDER_LEAD_DAYS = (30, 7, 1)
"""Days before an end date at which it is reminded, most first; each once."""

FIRST_REMINDER_HOUR = 9
"""The hour of Tehran from which a day's reminders are queued."""

EARLIEST_DAY = date(1921, 3, 21)
"""The first day that the records can hold: the list of what has run out begins here."""


@dataclass(frozen=True, slots=True)
class ExpiringDate:
    """A date of a registry's row that runs out."""

    expiring: ExpiringRow
    """The row and which of its dates."""
    days_left: int
    """Below zero: so many days past."""
    mobile: str | None
    """Mobile to remind (+989…); None: unknown."""
    reminders_sent: tuple[int, ...]
    """Days before it at which reminders were sent."""


async def list_expiring(context: ActionContext[RegistryRepositories], days_ahead: int) -> list[ExpiringDate]:
    """Return all that has run out, or will within so many days, by day."""
    today = to_tehran(context.dependencies.clock.now()).date()
    expiring_rows = await context.uow.registries.list_expiring(EARLIEST_DAY, today + timedelta(days=days_ahead))
    reminders = await context.uow.registries.list_reminders(expiring_rows)
    mobiles: dict[tuple[str, int], str | None] = {}
    for registry in {expiring.registry.key: expiring.registry for expiring in expiring_rows}.values():
        rows = [expiring.row for expiring in expiring_rows if expiring.registry.key == registry.key]
        contacts = await find_contacts(context.uow.registries, registry, [row.values for row in rows])
        mobiles |= {(registry.key, row.id): mobile for row, mobile in zip(rows, contacts, strict=True)}
    return [
        ExpiringDate(
            expiring,
            (expiring.expires_on - today).days,
            mobiles[expiring.registry.key, expiring.row.id],
            tuple(sent_reminders),
        )
        for expiring, sent_reminders in zip(expiring_rows, reminders, strict=True)
    ]


async def queue_expiry_reminders(dependencies: Dependencies, store: Store) -> int:
    """Queue the reminders that are due today and were not sent yet; return how many.

    Nothing is done before nine in the morning. Run late or twice it does no harm: what a missed day should have
    reminded is reminded now, once. Lines that stopped reminders, and rows without a mobile, are passed over.
    """
    now = to_tehran(dependencies.clock.now())
    if now.hour < FIRST_REMINDER_HOUR:
        return 0
    today = now.date()
    async with store.open_unit(write=False) as uow:
        expiring_rows = await uow.registries.list_expiring(today, today + timedelta(days=max(REMINDER_LEAD_DAYS)))
    sent_count = 0
    for expiring in expiring_rows:
        async with store.open_unit() as uow:
            sent_count += await _queue_reminder(ActionContext(dependencies, uow), expiring, today)
    return sent_count


async def _queue_reminder(context: ActionContext, expiring: ExpiringRow, today: date) -> bool:
    await context.uow.serialise("expiries")
    days_left = (expiring.expires_on - today).days
    lead_days = min(candidate_lead for candidate_lead in REMINDER_LEAD_DAYS if days_left <= candidate_lead)
    mobile = await find_contact(context.uow.registries, expiring.registry, expiring.row.values)
    [sent_reminders] = await context.uow.registries.list_reminders([expiring])
    if mobile is None or any(sent_lead <= lead_days for sent_lead in sent_reminders):
        return False
    if await notify_line(context, mobile, partial(_render_reminder, context.dependencies, expiring, days_left)) is None:
        return False
    await context.uow.registries.add_reminder(expiring, lead_days, context.dependencies.clock.now())
    return True


async def _render_reminder(dependencies: Dependencies, expiring: ExpiringRow, days_left: int) -> RenderedMessage:
    facts = dependencies.wording.render_values(expiring.registry.fields, expiring.row.values | {"days": days_left})
    facts["day"] = facts[expiring.date_field]
    text_key = f"registries.{expiring.registry.key}.reminders.{expiring.date_field}"
    return dependencies.catalogue.render_message(text_key, facts, MessageClass.REMINDER)
