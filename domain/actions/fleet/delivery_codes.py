"""Confirming a machine's delivery without paper: the citizen's code on the operator's sheet, or the citizen's own word.

The code of the hand-over is in the text that tells of it; that of the return goes out once the hours are known, with
these hours in it, so that nobody confirms hours unseen (decision 67). Nothing waits for a code: paper stays possible.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import notify_line
from domain.blocks.booking_fields import HOURS_DONE
from domain.blocks.delivery_confirmations import (
    CODE_FACT,
    CONFIRMED_HOURS,
    RECEIVED_AT,
    RETURNED_AT,
    DeliveryCode,
    DeliveryStage,
    find_awaited_stage,
    find_delivery_code,
    issue_delivery_code,
    withdraw_other_hours,
)
from domain.blocks.operator_reports import find_worked_hours
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.repositories import LineRepositories
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store
from domain.values.errors import AlreadyDone, InvalidField, NotAllowedNow, TooManyRequests
from domain.values.reasons import AlreadyDoneReason, InvalidReason, NotAllowedReason, TooManyRequestsReason
from domain.values.text import ascii_digits, persian_digits
from domain.values.tracking_codes import TrackingCode

CODE_FIELD = "confirmation_code"
"""Field of forms, and of errors, with a code that somebody typed."""

MOST_TRIES, TRY_WINDOW = 5, timedelta(hours=1)
"""Wrong codes for one request in this time."""

MOST_CODES = 5
"""Codes sent for one request in the same time, beside that of the hand-over."""


async def count_code_try(dependencies: Dependencies, store: Store, code: TrackingCode) -> None:
    """Count that a code is tried, before it is looked at and in a unit by itself (decision 32); `TooManyRequests` for
    too many. `take_back_try` follows where it was no miss.
    """
    async with store.open_unit() as uow:
        tries = await uow.lines.add_hit(_tries_key(code), dependencies.clock.now(), TRY_WINDOW)
    if tries > MOST_TRIES:
        raise TooManyRequests(CODE_FIELD, TooManyRequestsReason.DELIVERY_TRIES)


async def take_back_try(context: ActionContext[LineRepositories], code: TrackingCode) -> None:
    """Count a try no more: it was no miss."""
    await context.uow.lines.take_back_hit(_tries_key(code), context.dependencies.clock.now(), TRY_WINDOW)


def _tries_key(code: TrackingCode) -> str:
    return f"delivery:try:{code}"


async def confirm_by_code(
    context: ActorContext, request: ServiceRequest, typed_code: str, given_at: datetime | None = None
) -> None:
    """Keep what the code that a citizen told confirms; `given_at` is when, where that was not just now. The same code
    once more changes nothing. The request's row is locked.

    Errors: `InvalidField` for another code, `NotAllowedNow` where none was sent for what stands now.
    """
    delivery_code = find_delivery_code(request)
    if delivery_code is None:
        raise NotAllowedNow(CODE_FIELD, NotAllowedReason.NO_DELIVERY_CODE)
    if not delivery_code.matches(re.sub(r"[^0-9]", "", ascii_digits(typed_code))):
        raise InvalidField(CODE_FIELD, InvalidReason.DELIVERY_CODE)
    if _is_confirmed(request, delivery_code):
        return
    await _keep_confirmation(context, request, delivery_code.stage, delivery_code.hours, given_at)


async def confirm_own_delivery(context: ActorContext, request: ServiceRequest) -> DeliveryStage:
    """Keep that the citizen of a request, whose mobile is proved, confirms what can be confirmed now; return what it
    was. The request's row is locked.

    Errors: `AlreadyDone` where it was confirmed, `NotAllowedNow` where nothing can be.
    """
    stage = find_awaited_stage(request)
    if stage is None:
        if RECEIVED_AT.is_kept_by(request) or RETURNED_AT.is_kept_by(request):
            raise AlreadyDone("code", AlreadyDoneReason.DELIVERY_CONFIRMED)
        raise NotAllowedNow("code", NotAllowedReason.NO_CONSENT)
    hours = find_worked_hours(request) if stage is DeliveryStage.RETURNED else None
    await _keep_confirmation(context, request, stage, hours, None)
    return stage


def _is_confirmed(request: ServiceRequest, delivery_code: DeliveryCode) -> bool:
    if delivery_code.stage is DeliveryStage.RECEIVED:
        return RECEIVED_AT.is_kept_by(request)
    return CONFIRMED_HOURS.find(request) == delivery_code.hours


async def _keep_confirmation(
    context: ActorContext,
    request: ServiceRequest,
    stage: DeliveryStage,
    hours: Sequence[float] | None,
    given_at: datetime | None,
) -> None:
    """Keep it beside the form and in the history: an observation, which moves nothing."""
    confirmed_at = given_at or context.dependencies.clock.now()
    facts: dict[str, object] = {"reached_at": confirmed_at.isoformat()}
    if stage is DeliveryStage.RECEIVED:
        RECEIVED_AT.write(request, confirmed_at)
    else:
        RETURNED_AT.write(request, confirmed_at)
        CONFIRMED_HOURS.write(request, list(hours or ()))
        facts["hours"] = list(hours or ())
    await context.dependencies.engine.record_event(context.uow, request, f"citizen_{stage}", context.actor, facts)


async def ask_for_changed_hours(context: ActionContext, request: ServiceRequest) -> None:
    """Send the code of the return to a citizen who confirmed the hand-over without paper, once the hours are known or
    are others; what was confirmed of other hours counts no more. The request's row is locked and saved afterwards.
    """
    withdraw_other_hours(request)
    delivery_code = find_delivery_code(request)
    is_asked = delivery_code is not None and delivery_code.stage is DeliveryStage.RETURNED
    if is_asked or not RECEIVED_AT.is_kept_by(request):
        return
    if find_awaited_stage(request) is DeliveryStage.RETURNED and await _may_send(context, request):
        await _send_code(context, request, DeliveryStage.RETURNED)


async def send_delivery_code(context: ActorContext, request: ServiceRequest) -> None:
    """Send a new code for what can be confirmed now, in the place of an earlier one. The request's row is locked.

    Errors: `NotAllowedNow` where nothing can be confirmed, `TooManyRequests` for too many codes.
    """
    stage = find_awaited_stage(request)
    if stage is None:
        raise NotAllowedNow(CODE_FIELD, NotAllowedReason.NOTHING_TO_CONFIRM)
    if not await _may_send(context, request):
        raise TooManyRequests(CODE_FIELD, TooManyRequestsReason.DELIVERY_CODES)
    await _send_code(context, request, stage)
    await context.dependencies.engine.record_event(
        context.uow, request, "send_delivery_code", context.actor, {"stage": stage}
    )


async def _may_send(context: ActionContext[LineRepositories], request: ServiceRequest) -> bool:
    hits = await context.uow.lines.add_hit(
        f"delivery:sent:{request.code}", context.dependencies.clock.now(), TRY_WINDOW
    )
    return hits <= MOST_CODES


async def _send_code(context: ActionContext, request: ServiceRequest, stage: DeliveryStage) -> None:
    if request.mobile is None:
        return
    digits = issue_delivery_code(context.dependencies.ids, request, stage)
    facts = {CODE_FACT: persian_digits(digits), HOURS_DONE.name: find_worked_hours(request) or []}

    async def render_message() -> RenderedMessage:
        return context.dependencies.wording.render_about(
            request, f"sms.delivery.ask_{stage}", facts, MessageClass.SECURITY, for_chats=False
        )

    await notify_line(context, request.mobile, render_message)
