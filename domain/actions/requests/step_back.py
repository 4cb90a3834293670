"""Taking back the last step of a request, with the texts that it sent: what has not left is not sent, and whoever got
one is told that it no longer holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.actions.context import ActionContext, ActorContext
from domain.actions.messages.notify import SMS_CHANNEL, announce_outcome, notify_line
from domain.actions.messages.status_cards import CARD_KEY
from domain.actions.requests.act import lock_request
from domain.authorization.policy import with_every_proof
from domain.authorization.request_policy import refuse_unconcerned
from domain.bills.bill import BillState
from domain.blocks.charging import list_new_bills, list_request_bills
from domain.blocks.fleet_bookings import has_other_bookings
from domain.engine import undoing
from domain.engine.undoing import TAKEN_SEQ
from domain.language.service import Effect, StepContext
from domain.language.step_before import STEP_BEFORE, StepBefore
from domain.messages.catalogue import RenderedMessage
from domain.messages.ports import OutboxRepository
from domain.messages.records import MessageClass, MessageState, OutboxMessage
from domain.requests.history import HistoryEvent
from domain.requests.request import ServiceRequest
from domain.values.errors import AlreadyDone, DomainError, Forbidden
from domain.values.tracking_codes import TrackingCode

WITHDRAWN_REASON = "taken_back"
"""The reason of texts that were not sent, for their step was taken back."""

_TAKEN_BACK_CLASSES = frozenset({MessageClass.NOTICE, MessageClass.REMINDER})
_NOT_SENT = frozenset({MessageState.EXPIRED, MessageState.FAILED, MessageState.BLOCKED})
_MOST_TEXTS = 100
_SPOKEN_OF = timedelta(days=1)
"""Time after a step in which its page says why it cannot be taken back."""


@dataclass(frozen=True, slots=True)
class StepBackOffer:
    """The last step of a request, as it may be taken back or not."""

    step_name: str
    """Last step, as its service or the history names it."""
    seq: int
    """The number of its event."""
    obstacle: DomainError | None
    """Obstacle to taking it back now; None where it can."""
    until: datetime | None = None
    """Until when it can, in UTC."""
    state: str = ""
    """The state that the request comes back into."""
    notified_mobiles: Sequence[str] = ()
    """Mobiles (+989…) that are told that it no longer holds."""
    waiting_count: int = 0
    """Number of texts that are not sent any more."""
    changes_bookings: bool = False
    """Whether bookings are brought back to what they were."""
    voids_bill: bool = False
    """Whether its bill is withdrawn."""


async def take_step_back(context: ActorContext, code: TrackingCode, seq: int | None = None) -> bool:
    """Take back the last step of a request, and tell whom it concerns; False where that step was taken back already.

    `seq` is the number of the step's event as the page showed it: `NotAllowedNow` where another came after it. Errors:
    those of `Engine.take_back_step`.
    """
    request = await lock_request(context.uow.requests, code)
    refuse_unconcerned(request, context.actor)
    before = STEP_BEFORE.find(request)
    try:
        outcome = await context.dependencies.engine.take_back_step(context.uow, request, context.actor, seq)
    except AlreadyDone:
        events = await context.uow.history.list_of_request(request.id)
        last_event = undoing.find_last_event(context.dependencies.engine.get_service(request.service), events)
        if seq is None or (last_event.payload or {}).get(TAKEN_SEQ) != seq:
            raise
        return False
    if before is not None:
        await _take_texts_back(context, request, before.at)
    await announce_outcome(context, outcome)
    return True


async def find_step_back_offer(
    context: ActorContext, request: ServiceRequest, events: Sequence[HistoryEvent]
) -> StepBackOffer | None:
    """Return what taking back the last step would do, or why it cannot be; None for who may not take it back at all,
    where no step of the staff was last, and once its day is over: then nobody looks for it any more.
    """
    service, now = context.dependencies.engine.get_service(request.service), context.dependencies.clock.now()
    before = STEP_BEFORE.find(request)
    event = next((one for one in events if before and one.seq == before.seq), undoing.find_last_event(service, events))
    step_context = context.dependencies.engine.build_context(context.uow, request, {}, with_every_proof(context.actor))
    refusal = undoing.find_undo_refusal(service, request, events, step_context.actor, now)
    is_step = any(step.trigger is None for step in service.steps_named(event.event))
    if isinstance(refusal, Forbidden) or event.actor_kind != "staff" or not is_step or now > event.at + _SPOKEN_OF:
        return None
    effects = undoing.list_step_effects(service, events, event)
    if refusal is None:
        refusal = await undoing.find_guard_refusal(step_context, effects)
    if refusal is not None or before is None:
        return StepBackOffer(event.event, event.seq, refusal)
    return await _build_offer(step_context, effects, event, before)


async def _build_offer(
    context: StepContext, effects: Sequence[Effect], event: HistoryEvent, before: StepBefore
) -> StepBackOffer:
    texts = await _list_texts(context.uow.outbox, context.request, before.at)
    return StepBackOffer(
        step_name=event.event,
        seq=event.seq,
        obstacle=None,
        until=before.until,
        state=before.row["state"],
        notified_mobiles=_list_notified_mobiles(texts),
        waiting_count=sum(text.state is MessageState.QUEUED for text in texts),
        changes_bookings=await has_other_bookings(context, before),
        voids_bill=any(effect.issues_bill for effect in effects) and bool(await list_new_bills(context, before)),
    )


async def _list_texts(outbox: OutboxRepository, request: ServiceRequest, since: datetime) -> list[OutboxMessage]:
    """Return what was written about a request since a step, but for answers to people's own texts and its card."""
    texts = await outbox.list_recent(request_id=request.id, limit=_MOST_TEXTS)
    return [
        text for text in texts if text.created_at >= since and text.cls in _TAKEN_BACK_CLASSES and text.key != CARD_KEY
    ]


def _list_notified_mobiles(texts: Sequence[OutboxMessage]) -> list[str]:
    """Return to whom something was sent already, or may have been."""
    unsent = _NOT_SENT | {MessageState.QUEUED}
    mobiles = {
        text.mobile or (text.recipient if text.channel == SMS_CHANNEL else "")
        for text in texts
        if text.state not in unsent
    }
    return sorted(mobiles - {""})


async def _take_texts_back(context: ActionContext, request: ServiceRequest, since: datetime) -> None:
    await context.uow.outbox.withdraw_since(
        request.id, since, _TAKEN_BACK_CLASSES, context.dependencies.clock.now(), WITHDRAWN_REASON
    )
    is_billed = any(
        bill.created_at >= since and bill.state is BillState.VOID
        for bill in await list_request_bills(context.uow.bills, request)
    )
    for mobile in _list_notified_mobiles(await _list_texts(context.uow.outbox, request, since)):
        is_payer = is_billed and mobile == request.mobile

        async def render(
            text_key: str = "sms.bill_taken_back" if is_payer else "sms.step_taken_back",
        ) -> RenderedMessage:
            return context.dependencies.wording.render_about(request, text_key)

        await notify_line(context, mobile, render)
