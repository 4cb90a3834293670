"""Changing a sent form: what its citizen may still change, what that would make of the request, and the change itself.

One action for every channel. Which fields may be changed in which states is declared (`Service.changeable`); values are
read and judged as those of a new form are. The history keeps the old and the new value in its personal part.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import notify_assignee
from domain.actions.requests.act import lock_request
from domain.actions.requests.changed_form import find_guard_refusal, read_changed_form
from domain.actions.requests.request_citizen import build_citizen
from domain.authorization.request_policy import find_owner_refusal
from domain.blocks.papers_pending import find_missing_papers
from domain.engine.engine import Engine
from domain.fields.form import Field
from domain.language.form_changes import UNREVIEWED_CHANGES
from domain.language.service import Service
from domain.queues.request_words import list_request_words
from domain.requests.request import JsonObject, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import AlreadyDone, Conflict, DomainError, NotAllowedNow, raise_faults
from domain.values.reasons import AlreadyDoneReason, ConflictReason, NotAllowedReason
from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken

CHANGE_EVENT = "change"
"""The event of the history that a change leaves; its payload has `changes`: field → {before, after}."""


@dataclass(frozen=True, slots=True)
class FormChange:
    """Result of a change of a form."""

    values: Mapping[str, Any]
    """The whole form after it."""
    changed_names: tuple[str, ...]
    """The fields that people are asked for whose values differ, in the form's order."""


def list_changeable_fields(dependencies: Dependencies, request: ServiceRequest, actor: Actor) -> tuple[Field, ...]:
    """Return the fields of a request's form that this person may change now; none where nothing may be changed."""
    if request.erased_at is not None or find_owner_refusal(request, actor) is not None:
        return ()
    return dependencies.engine.get_service(request.service).fields_changeable_in(request.state)


async def preview_change(context: ActorContext, request: ServiceRequest, submitted: Mapping[str, object]) -> FormChange:
    """Return what a change would make of a request's form; nothing is kept.

    `submitted` are values as typed; an empty one takes an answer away. Errors: `NotAllowedNow` for what may not be
    changed now, and all faults of the form at once, as those of a new one, but for what was wrong before and is not
    changed.
    """
    return await _read_change(context, request, submitted, is_kept=False)


async def _read_change(
    context: ActorContext,
    request: ServiceRequest,
    submitted: Mapping[str, object],
    *,
    is_kept: bool,
) -> FormChange:
    _refuse_unchangeable(context.dependencies, request, submitted, context.actor)
    service = context.dependencies.engine.get_service(request.service)
    values, faults = await read_changed_form(context, service, request, submitted)
    raise_faults(faults)
    changed_names = _list_changed_names(service, request.fields, values)
    refusal = await find_guard_refusal(context, service, request, (values, changed_names), is_kept=is_kept)
    if refusal is not None:
        raise refusal
    return FormChange(
        await _repeat_effects(context.dependencies.engine, context.uow, service, request, values, context.actor),
        changed_names,
    )


async def change_request(
    context: ActorContext, code: TrackingCode, submitted: Mapping[str, object], version: VersionToken | None = None
) -> FormChange:
    """Change the form of the request with that tracking code, keep the old values in its history, tell who has it.

    `version` is that of the request as its page showed it. Errors: `NotFound("code")` for another's request,
    `Forbidden` for who may change none, `AlreadyDone("code")` where nothing would differ (the same form once more),
    `Conflict("code")` where the request was changed otherwise since the page, and those of `preview_change`.
    """
    request = await lock_request(context.uow.requests, code)
    if refusal := find_owner_refusal(request, context.actor):
        raise refusal
    is_stale = version is not None and version != request.version_token
    try:
        change = await _read_change(context, request, submitted, is_kept=True)
    except (NotAllowedNow, Conflict):
        if is_stale:
            raise Conflict("code", ConflictReason.CHANGED_MEANWHILE) from None
        raise
    if not change.changed_names:
        raise AlreadyDone("code", AlreadyDoneReason.REPEATED_FORM if is_stale else AlreadyDoneReason.NOTHING_CHANGED)
    if is_stale:
        raise Conflict("code", ConflictReason.CHANGED_MEANWHILE)
    await _store_change(context, request, change)
    return change


async def _store_change(context: ActorContext, request: ServiceRequest, change: FormChange) -> None:
    engine = context.dependencies.engine
    service, old_values = engine.get_service(request.service), dict(request.fields)
    request.fields = dict(change.values)
    if service.subject_field:
        request.subject_key = request.fields.get(service.subject_field)
    request.lacks_papers = bool(await find_missing_papers(context.uow.documents, service.papers, request))
    unreviewed_names = {*(UNREVIEWED_CHANGES.find(request) or ()), *change.changed_names}
    UNREVIEWED_CHANGES.write(request, [field.name for field in service.form if field.name in unreviewed_names])
    differences = {
        name: {"before": old_values.get(name), "after": request.fields.get(name)} for name in change.changed_names
    }
    await engine.record_event(context.uow, request, CHANGE_EVENT, context.actor, {"changes": differences})
    await context.uow.search_words.replace_all(request, list_request_words(service.form, request))
    if request.mobile and any(field.autofill for field in service.form if field.name in change.changed_names):
        await context.uow.people.save_person(build_citizen(context.dependencies, service, request, request.mobile))
    await notify_assignee(context, request, "staff.request_changed")


async def _repeat_effects(
    engine: Engine,
    uow: UnitOfWork,
    service: Service,
    request: ServiceRequest,
    values: Mapping[str, Any],
    actor: Actor,
) -> Mapping[str, Any]:
    """Return a changed form after what a new form leads to, as far as that follows the form (days that count)."""
    request_copy = deepcopy(request)
    request_copy.fields = dict(values)
    context = engine.build_context(uow, request_copy, {}, actor)
    for effect in service.submit_effects:
        if effect.repeats_on_change:
            await effect.apply_effect(context)
    return request_copy.fields


def _refuse_unchangeable(
    dependencies: Dependencies, request: ServiceRequest, submitted: Mapping[str, object], actor: Actor
) -> None:
    changeable_names = {field.name for field in list_changeable_fields(dependencies, request, actor)}
    if not changeable_names:
        raise NotAllowedNow("code", NotAllowedReason.NOTHING_CHANGEABLE)
    faults: Sequence[DomainError] = [
        NotAllowedNow(name, NotAllowedReason.FIELD_UNCHANGEABLE) for name in submitted if name not in changeable_names
    ]
    raise_faults(faults)


def _list_changed_names(service: Service, old_values: JsonObject, new_values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in service.form
        if not field.is_derived and old_values.get(field.name) != new_values.get(field.name)
    )
