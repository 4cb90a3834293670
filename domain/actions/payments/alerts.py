"""Alerts the staff that an attempt needs attention: a text to the revenue unit's mobiles."""

from datetime import timedelta

from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import list_role_mobiles, notify_staff
from domain.gateways.attempt import AttemptAlert, PaymentAttempt
from domain.messages.catalogue import RenderedMessage
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role
from domain.values.text import group_digits

REPEATED_ALERTS = frozenset({AttemptAlert.FOREIGN_CALLBACK, AttemptAlert.OUR_FAULT, AttemptAlert.UNRESOLVED})
REPEATED_WINDOW = timedelta(hours=1)
MOST_REPEATED_TEXTS = 3
"""So many texts of each of these go out in a window: whoever forges a thousand callbacks must not have a thousand sent,
nor does a bank that refuses our address, or answers nothing, to a thousand payers. Each attempt bears its alert all the
same.
"""


async def alert_revenue_unit(dependencies: Dependencies, uow: UnitOfWork, attempt: PaymentAttempt) -> None:
    """Queue the text about an attempt's alert."""
    if attempt.alert is None or not await _may_text(dependencies, uow, attempt.alert):
        return
    bill = await uow.bills.get(attempt.shares[0].bill_row_id)

    def render_message() -> RenderedMessage:
        facts = {"amount": group_digits(attempt.amount), "bill_id": bill.bill_id}
        return dependencies.catalogue.render_message(f"staff.payment_alerts.{attempt.alert}", facts)

    mobiles = await list_role_mobiles(uow, dependencies, Role.REVENUE)
    await notify_staff(dependencies, uow, mobiles, render_message)


async def _may_text(dependencies: Dependencies, uow: UnitOfWork, alert: AttemptAlert) -> bool:
    if alert not in REPEATED_ALERTS:
        return True
    sent_texts = await uow.lines.add_hit(f"alert:{alert}", dependencies.clock.now(), REPEATED_WINDOW)
    return sent_texts <= MOST_REPEATED_TEXTS
