"""The text of a request's open bill, sent to its citizen once more because somebody of the staff asks for it."""

from datetime import timedelta

from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import notify_status
from domain.actions.requests.act import lock_request
from domain.authorization.request_policy import require_request_right
from domain.authorization.rights import Right
from domain.blocks.charging import list_request_bills
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import NotAllowedNow
from domain.values.reasons import NotAllowedReason
from domain.values.tracking_codes import TrackingCode

RESENT_EVENT = "resend_bill"

SAME_PRESS = timedelta(minutes=10)
"""Whoever asks again within it means the same text, by a second click or beside a colleague."""

MOST_A_DAY = 3
"""Texts of that sort about one request within a day."""


async def resend_bill(dependencies: Dependencies, uow: UnitOfWork, code: TrackingCode, actor: Actor) -> bool:
    """Queue the text that states the request's open bill for its citizen; return whether one goes out.

    None does where one was asked for within `SAME_PRESS`. Errors: `NotFound`, `Forbidden`, `NotAllowedNow` without an
    open bill or a proved mobile, and after `MOST_A_DAY`.
    """
    request = await lock_request(uow, code)
    service, now = dependencies.engine.get_service(request.service), dependencies.clock.now()
    sender = require_request_right(Right.BILLS_RESEND, service, request, actor)
    is_open = any(bill.state.is_payable for bill in await list_request_bills(uow, request))
    if not is_open or request.mobile is None:
        raise NotAllowedNow("bill", NotAllowedReason.NO_OPEN_BILL)
    asked_at = [event.at for event in await uow.history.list_of_request(request.id) if event.event == RESENT_EVENT]
    if any(at > now - SAME_PRESS for at in asked_at):
        return False
    if len([at for at in asked_at if at > now - timedelta(days=1)]) >= MOST_A_DAY:
        raise NotAllowedNow("bill", NotAllowedReason.BILL_SENT_OFTEN)
    await dependencies.engine.record_event(uow, request, RESENT_EVENT, sender, {})
    await notify_status(dependencies, uow, request, request.mobile)
    return True
