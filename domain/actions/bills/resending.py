"""The text of what a request waits for, its open bill or question, sent to its citizen once more because somebody of
the staff asks for it.
"""

from datetime import timedelta

from domain.actions.context import ActorContext
from domain.actions.messages.notify import payable_bill_facts
from domain.actions.messages.status_notices import comes_too_late, notify_status
from domain.actions.requests.act import lock_request
from domain.authorization.request_policy import require_request_right
from domain.authorization.rights import Right
from domain.blocks.asking import QUESTION
from domain.blocks.charging import list_request_bills
from domain.idempotency.repeated_press import SAME_PRESS
from domain.requests.request import Phase, ServiceRequest
from domain.values.errors import NotAllowedNow
from domain.values.reasons import NotAllowedReason
from domain.values.tracking_codes import TrackingCode

BILL_EVENT, QUESTION_EVENT = "resend_bill", "resend_question"
"""Names of the resending in the history."""

MOST_A_DAY = 3
"""Texts of that sort about one request within a day."""


async def resend_bill(context: ActorContext, code: TrackingCode) -> bool:
    """Queue the text that states the request's open bill for its citizen; return whether one goes out.

    None does where one was asked for within `SAME_PRESS`. Errors: `NotFound`, `Forbidden`, `NotAllowedNow` without an
    open bill or a proved mobile, behind its deadline, and after `MOST_A_DAY`.
    """
    request, context = await _lock_for_sender(context, code)
    return await _resend_open_bill(context, request)


async def _resend_open_bill(context: ActorContext, request: ServiceRequest) -> bool:
    bill_facts = payable_bill_facts(await list_request_bills(context.uow.bills, request))
    if not bill_facts or request.mobile is None:
        raise NotAllowedNow("bill", NotAllowedReason.NO_OPEN_BILL)
    if comes_too_late(context, bill_facts):
        raise NotAllowedNow("bill", NotAllowedReason.LATE_BILL)
    return await _resend_status(context, request, BILL_EVENT)


async def remind_citizen(context: ActorContext, code: TrackingCode) -> bool:
    """Queue the text of what the request waits for: its open question, else its open bill. As `resend_bill`."""
    request, context = await _lock_for_sender(context, code)
    if has_open_question(request):
        return await _resend_status(context, request, QUESTION_EVENT)
    return await _resend_open_bill(context, request)


def has_open_question(request: ServiceRequest) -> bool:
    """Return whether the request waits for its citizen's answer, who can be written to."""
    return request.phase is Phase.NEEDS_CITIZEN and QUESTION.find(request) is not None and request.mobile is not None


async def _lock_for_sender(context: ActorContext, code: TrackingCode) -> tuple[ServiceRequest, ActorContext]:
    """Return the request, locked, and the context of whoever may resend its texts."""
    request = await lock_request(context.uow.requests, code)
    service = context.dependencies.engine.get_service(request.service)
    return request, context.acting_as(require_request_right(Right.BILLS_RESEND, service, request, context.actor))


async def _resend_status(context: ActorContext, request: ServiceRequest, event_name: str) -> bool:
    now, mobile = context.dependencies.clock.now(), request.mobile
    asked_at = [
        event.at for event in await context.uow.history.list_of_request(request.id) if event.event == event_name
    ]
    if mobile is None or any(at > now - SAME_PRESS for at in asked_at):
        return False
    if len([at for at in asked_at if at > now - timedelta(days=1)]) >= MOST_A_DAY:
        raise NotAllowedNow("bill", NotAllowedReason.BILL_SENT_OFTEN)
    await context.dependencies.engine.record_event(context.uow, request, event_name, context.actor, {})
    await notify_status(context, request, mobile)
    return True
