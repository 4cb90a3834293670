"""Texts that state how a request stands, queued in the place of what became too old, or wanted once more.

A bill is not sent behind its own deadline: its payer is told so, and the revenue unit, which gives another time.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from domain.actions.context import ActionContext
from domain.actions.messages.notify import (
    fill_links,
    find_status_text,
    list_role_mobiles,
    notify_line,
    notify_staff,
)
from domain.blocks.charging import LEAST_TIME_TO_PAY
from domain.language.message_links import LinkKind, LinkSubject
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass, OutboxMessage
from domain.requests.request import ServiceRequest
from domain.values.actors import SYSTEM, Role

LATE_BILL_EVENT = "late_bill"
"""Name, in the history, of a bill that would have arrived behind its deadline."""

LATE_BILL_KEY = "sms.late_bill"
"""Names the text to its payer."""


async def replace_expired_notices(context: ActionContext, expired_messages: Sequence[OutboxMessage]) -> None:
    """Put one fresh status text in the place of a citizen's notices that became too old to be true, for requests still
    running.

    What stands in such a place and expired itself is not replaced again: then nobody reads that line.
    """
    stale_notices = [
        notice
        for notice in expired_messages
        if not notice.cls.is_immediate and ".status." not in notice.key and notice.key != LATE_BILL_KEY
    ]
    stale_lines = {(notice.request_id, notice.correspondent) for notice in stale_notices if notice.request_id}
    for request_id, mobile_line in sorted(stale_lines):
        request = await context.uow.requests.get(request_id, lock=True)
        if request.mobile == mobile_line:
            await notify_status(context, request, mobile_line)


async def notify_status(context: ActionContext, request: ServiceRequest, mobile: str) -> None:
    """Put the text that states the phase of a request, with its open bill, into the outbox; nothing where the
    catalogue has none, and a second time of a bill that came too late. The request's row must be locked.
    """
    text_key, facts = await find_status_text(context, request)
    if comes_too_late(context, facts):
        if not await _record_late_bill(context, request, facts):
            return
        text_key = LATE_BILL_KEY
    if text_key in context.dependencies.catalogue:
        await notify_line(context, mobile, partial(_render_status, context, request, text_key, facts))


def comes_too_late(context: ActionContext, bill_facts: Mapping[str, Any]) -> bool:
    """Return whether a bill that is queued now would leave too little time until its deadline to be paid."""
    now, deadline = context.dependencies.clock.now(), bill_facts.get("deadline")
    sent_at = context.dependencies.calendar.next_sending_time(now, skip_holidays=False)
    return deadline is not None and sent_at >= deadline - LEAST_TIME_TO_PAY


async def _render_status(
    context: ActionContext, request: ServiceRequest, text_key: str, facts: Mapping[str, Any]
) -> RenderedMessage:
    status_text = context.dependencies.wording.render_about(request, text_key, facts, MessageClass.NOTICE)
    if text_key == LATE_BILL_KEY:
        return status_text
    return await fill_links(context, status_text, (LinkKind.BILL,), LinkSubject(request, facts))


async def _record_late_bill(context: ActionContext, request: ServiceRequest, facts: Mapping[str, Any]) -> bool:
    """Note in the history that a bill comes too late, and tell the revenue unit; return whether it is new."""
    events = await context.uow.history.list_of_request(request.id)
    bill_ids = [event.payload["bill_id"] for event in events if event.event == LATE_BILL_EVENT and event.payload]
    if facts["bill_id"] in bill_ids:
        return False
    payload = {"bill_id": facts["bill_id"], "amount": facts["amount"]}
    await context.dependencies.engine.record_event(context.uow, request, LATE_BILL_EVENT, SYSTEM, payload)

    def render_message() -> RenderedMessage:
        return context.dependencies.wording.render_about(request, "staff.late_bill", facts)

    await notify_staff(context, await list_role_mobiles(context, Role.REVENUE), render_message)
    return True
