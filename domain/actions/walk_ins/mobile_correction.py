"""The mobile of a request that was taken down wrong, or has changed: mended at the desk.

Whoever has the number is asked to which account money goes. So the old number is told, and may object ("رد" and the
code); and while money is due back, or after an objection, only the revenue unit or the manager changes it, with a
second person: that one enters the same number once more.
"""

from dataclasses import dataclass

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import list_role_mobiles, notify_line, notify_staff
from domain.actions.refunds.accounts import ask_new_line
from domain.actions.requests.act import lock_request
from domain.actions.requests.request_citizen import build_citizen, send_status
from domain.actions.requests.unverified import replace_mobile
from domain.audit.read_events import mask_filter_value
from domain.authorization.request_policy import may_use_on_request, require_request_right
from domain.authorization.rights import Right
from domain.bills.bill import acting_label
from domain.blocks.charging import REQUEST_SUBJECT
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.people.mobile_changes import MobileChange
from domain.repositories import RequestRepositories
from domain.requests.ports import PersonalDataRepository
from domain.requests.request import RequestFilter, ServiceRequest
from domain.values import identifiers
from domain.values.actors import Actor, Role
from domain.values.errors import DomainError, InvalidField, MissingField, NotAllowedNow
from domain.values.reasons import InvalidReason, NotAllowedReason
from domain.values.text import tidy_text
from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken

_MOST_OTHERS = 20


@dataclass(frozen=True, slots=True)
class MobileCorrection:
    """A request with its number, and what is open under the old one: of the same person, or of a stranger."""

    request: ServiceRequest
    other_requests: tuple[ServiceRequest, ...] = ()
    awaits_second: bool = False
    """Nothing has changed yet: a second person has to enter the same number."""


async def correct_mobile(
    context: ActorContext, code: TrackingCode, mobile: str, proof: str, version: VersionToken | None = None
) -> MobileCorrection:
    """Give a request its citizen's right mobile; `proof` says how the citizen showed who it is.

    The new number gets the request's status at once, the old one hears that it was changed, and nothing more. Managers
    and the units of the service may do so; who else is needed while money is due: above. Errors: `NotFound`,
    `Forbidden`, `MissingField("proof")`, `InvalidField("mobile")` (none, or the same), `NotAllowedNow` when the
    personal data was erased, `Conflict` when it is not at the `version` that was looked at.
    """
    new_mobile = identifiers.parse_mobile(mobile)
    request = await lock_request(context.uow.requests, code, version)
    service = context.dependencies.engine.get_service(request.service)
    last_change = await context.uow.mobile_changes.find_last(REQUEST_SUBJECT, request.id)
    right = await find_correcting_right(context.uow.personal_data, request, last_change)
    context = context.acting_as(require_request_right(right, service, request, context.actor))
    _refuse_needless(request, last_change, new_mobile, proof)
    change = _find_proposal(request, last_change, new_mobile)
    if change is None:
        change = _propose(context.dependencies, request, last_change, new_mobile, tidy_text(proof), context.actor)
        if right is Right.REQUESTS_MOBILE_OWED:
            return await _await_second(context, request, change)
    elif right is Right.REQUESTS_MOBILE_OWED and acting_label(change.proposed_by) == acting_label(context.actor.label):
        return MobileCorrection(request, awaits_second=True)
    return await _change(context, request, change)


async def find_correcting_right(
    personal_data: PersonalDataRepository, request: ServiceRequest, last_change: MobileChange | None
) -> Right:
    """Return the right that a change of a request's mobile needs now."""
    is_disputed = last_change is not None and last_change.objected_at is not None
    is_owed = is_disputed or await personal_data.has_refund_due(request.id)
    return Right.REQUESTS_MOBILE_OWED if is_owed else Right.REQUESTS_MOBILE


async def may_correct_mobile(context: ActorContext, request: ServiceRequest) -> bool:
    """Return whether to offer this member of the staff to change a request's mobile."""
    last_change = await context.uow.mobile_changes.find_last(REQUEST_SUBJECT, request.id)
    right = await find_correcting_right(context.uow.personal_data, request, last_change)
    return may_use_on_request(right, context.dependencies.engine.get_service(request.service), request, context.actor)


def _refuse_needless(request: ServiceRequest, last_change: MobileChange | None, new_mobile: str, proof: str) -> None:
    """Refuse what is no change; a number that was objected to may be entered again, for good."""
    if not tidy_text(proof):
        raise MissingField("proof")
    if request.erased_at:
        raise NotAllowedNow("code", NotAllowedReason.ERASED)
    is_disputed = last_change is not None and last_change.objected_at is not None
    if request.mobile == new_mobile and not is_disputed:
        raise InvalidField("mobile", InvalidReason.SAME_MOBILE)


def _find_proposal(request: ServiceRequest, last_change: MobileChange | None, new_mobile: str) -> MobileChange | None:
    """Return the change to this number that somebody has entered, and that waits for a second person."""
    if last_change is None or not last_change.is_waiting:
        return None
    return last_change if last_change.new_mobile == new_mobile else None


def _propose(
    dependencies: Dependencies,
    request: ServiceRequest,
    last_change: MobileChange | None,
    new_mobile: str,
    proof: str,
    corrector: Actor,
) -> MobileChange:
    is_same = request.mobile == new_mobile and last_change is not None
    old_mobile = last_change.old_mobile if is_same and last_change else request.mobile
    return MobileChange(
        id=dependencies.ids.new_id(),
        subject_kind=REQUEST_SUBJECT,
        subject_id=request.id,
        old_mobile=old_mobile,
        new_mobile=new_mobile,
        proof=proof,
        proposed_by=corrector.label,
        proposed_at=dependencies.clock.now(),
    )


async def _await_second(context: ActorContext, request: ServiceRequest, change: MobileChange) -> MobileCorrection:
    """Keep a change until a second person enters it too; the number that would be left hears of it already."""
    await context.uow.mobile_changes.save(change)
    await _note_change(context, request, change, "propose_mobile", "mobile_proposed")
    await _tell_old_number(context, request, change, "sms.mobile_proposed")
    return MobileCorrection(request, awaits_second=True)


async def _change(context: ActorContext, request: ServiceRequest, change: MobileChange) -> MobileCorrection:
    service = context.dependencies.engine.get_service(request.service)
    left_mobile = await replace_mobile(context, request, change.new_mobile)
    change.done_by, change.done_at = context.actor.label, context.dependencies.clock.now()
    await context.uow.mobile_changes.save(change)
    await _note_change(context, request, change, "correct_mobile", "mobile_corrected")
    await context.uow.people.save_person(build_citizen(context.dependencies, service, request, change.new_mobile))
    is_left = left_mobile is not None and left_mobile != change.new_mobile
    other_requests = await _leave_old_mobile(context, request, left_mobile) if is_left and left_mobile else []
    await ask_new_line(context.uow, request.id, change.new_mobile)
    await _tell_old_number(context, request, change, "sms.mobile_corrected")
    await send_status(context, request, change.new_mobile)
    return MobileCorrection(request, tuple(other_requests))


async def _note_change(
    context: ActorContext[RequestRepositories],
    request: ServiceRequest,
    change: MobileChange,
    event: str,
    audit_kind: str,
) -> None:
    """Note a change in the history of its request, and in the audit, with masked numbers."""
    numbers = {"mobile_before": change.old_mobile, "mobile": change.new_mobile}
    facts = numbers | {"proof": change.proof} if change.proof else numbers
    await context.dependencies.engine.record_event(context.uow, request, event, context.actor, facts)
    masked = {name: mask_filter_value(number) for name, number in numbers.items() if number}
    facts = {"about": request.code, **masked, "proposed_by": change.proposed_by}
    await context.uow.audit.add_entry(context.dependencies.clock.now(), context.actor.label, audit_kind, facts)


async def _tell_old_number(
    context: ActionContext, request: ServiceRequest, change: MobileChange, text_key: str
) -> None:
    """Tell whoever has the number that was left; it may be a stranger's, who learns nothing of the citizen."""
    if change.old_mobile is None:
        return

    async def render_message() -> RenderedMessage:
        facts = {"code": context.dependencies.wording.tracking_code_text(request.code)}
        return context.dependencies.catalogue.render_message(text_key, facts, MessageClass.RECEIPT)

    await notify_line(context, change.old_mobile, render_message)


async def object_to_change(context: ActorContext, code: TrackingCode) -> bool:
    """Keep that the old number of a request objects to its change, and alert manager and revenue unit; return whether
    there was a change to object to. What waited for a second person is dropped; no money leaves before it is settled.
    """
    try:
        request = await lock_request(context.uow.requests, code)
    except DomainError:
        return False
    change = await context.uow.mobile_changes.find_last(REQUEST_SUBJECT, request.id)
    if context.actor.kind != "citizen" or change is None or change.old_mobile != context.actor.identifier:
        return False
    if change.objected_at is None:
        change.objected_at = context.dependencies.clock.now()
        await context.uow.mobile_changes.save(change)
        await _note_change(context, request, change, "object_mobile", "mobile_objected")
        await _alert_staff(context, request)
    return True


async def _alert_staff(context: ActionContext, request: ServiceRequest) -> None:
    def render_message() -> RenderedMessage:
        facts = {"code": context.dependencies.wording.tracking_code_text(request.code)}
        return context.dependencies.catalogue.render_message("staff.mobile_objected", facts)

    managers = await list_role_mobiles(context, Role.MANAGER)
    revenue = await list_role_mobiles(context, Role.REVENUE)
    await notify_staff(context, dict.fromkeys((*managers, *revenue)), render_message)


async def _leave_old_mobile(context: ActionContext, request: ServiceRequest, old_mobile: str) -> list[ServiceRequest]:
    """Take back what was meant for the old number, and what this request said of whom it belongs to."""
    await context.uow.outbox.withdraw_waiting(
        request.id, old_mobile, context.dependencies.clock.now(), "mobile_corrected"
    )
    remaining_requests = await context.uow.requests.list_requests(RequestFilter(mobile=old_mobile, limit=_MOST_OTHERS))
    await context.uow.people.delete_person(old_mobile)
    if remaining_requests:
        newest_request = remaining_requests[0]
        await context.uow.people.save_person(
            build_citizen(
                context.dependencies,
                context.dependencies.engine.get_service(newest_request.service),
                newest_request,
                old_mobile,
            )
        )
    return [other_request for other_request in remaining_requests if not other_request.phase.is_final]
