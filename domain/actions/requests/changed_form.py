"""A sent form with some answers changed: how it is read, and why it would be refused.

Only what is changed is read: an answer that was right when the form was sent (a day that is past by now) stays. For the
same reason a guard that the form did not pass any more before refuses only what it says of a changed field.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from domain.actions.context import ActionContext, ActorContext
from domain.engine.engine import Engine
from domain.engine.step_admission import hold_submission
from domain.fields.form import list_missing, read_readable
from domain.fields.types import ReadingContext
from domain.language.service import Guard, Service, StepContext
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DomainError, Unavailable

ChangedForm = tuple[Mapping[str, Any], Sequence[str]]
"""The values of a whole form, and the names of those that were changed."""


async def read_changed_form(
    context: ActionContext, service: Service, request: ServiceRequest, submitted: Mapping[str, object]
) -> tuple[dict[str, Any], list[DomainError]]:
    """Return the form of a request with these answers in place of its own, and what is wrong with them.

    An empty answer takes the old one away. Of two answers that do as well as one another and now say different things,
    the one that was not changed is found anew: another number of days makes another last day.
    """
    typed_values = {name: value for name, value in submitted.items() if value not in (None, "", [])}
    read_values, faults = read_readable(service.form, typed_values, ReadingContext(context.dependencies.clock.now()))
    faulty_names = {fault.field for fault in faults}
    values = {name: value for name, value in request.fields.items() if name not in submitted or name in faulty_names}
    values |= read_values
    await _drop_contradictions(context.uow, service, request, values)
    for name, value in (await _find_values(context.uow, service, request, values, faults)).items():
        form_field = service.form_field(name)
        if form_field and (form_field.is_derived or (name not in values and _is_touched(service, name, submitted))):
            values[name] = value
    missing = list_missing(service.form, values, request.channel, faults)
    touched_faults = [fault for fault in [*faults, *missing] if _is_touched(service, fault.field, submitted)]
    return values, touched_faults


async def find_guard_refusal(
    context: ActorContext,
    service: Service,
    request: ServiceRequest,
    changed_form: ChangedForm,
    *,
    is_kept: bool,
) -> DomainError | None:
    """Return why a request would be refused with its form so changed; None where it would not be. `is_kept`: the change
    is made, and what the guards look at is held.
    """
    values, changed_names = changed_form
    if is_kept:
        await hold_submission(
            service, _build_context(context.dependencies.engine, context.uow, service, request, values, context.actor)
        )
    for guard in service.submit_guards:
        refusal = await _ask_guard(
            guard, _build_context(context.dependencies.engine, context.uow, service, request, values, context.actor)
        )
        if refusal is None:
            continue
        former_context = _build_context(
            context.dependencies.engine, context.uow, service, request, request.fields, context.actor
        )
        if refusal.field in changed_names or await _ask_guard(guard, former_context) is None:
            return refusal
    return None


async def _drop_contradictions(
    uow: UnitOfWork, service: Service, request: ServiceRequest, values: dict[str, Any]
) -> None:
    """Take away what says another thing than an answer that does as well: the one that was not changed, else the
    alternative.
    """
    changeable_names = {form_field.name for form_field in service.fields_changeable_in(request.state)}
    pairs = [(field.name, other_name) for field in service.form for other_name in field.alternatives]
    for field_name, other_name in pairs:
        if not {field_name, other_name} <= changeable_names & set(values):
            continue
        other_values = {name: value for name, value in values.items() if name != field_name}
        found_value = (await _find_values(uow, service, request, other_values, [])).get(field_name)
        if found_value in (None, values[field_name]):
            continue
        is_old = values[field_name] == request.fields.get(field_name)
        is_other_new = values[other_name] != request.fields.get(other_name)
        del values[field_name if is_old and is_other_new else other_name]


async def _find_values(
    uow: UnitOfWork,
    service: Service,
    request: ServiceRequest,
    values: Mapping[str, Any],
    faults: list[DomainError],
) -> Mapping[str, Any]:
    """Return what the service finds for a form unasked; what it finds wrong is added to the faults."""
    if service.fill_form is None:
        return {}
    try:
        return (await service.fill_form(uow, request.mobile, values)).found_values
    except Unavailable:
        raise  # no fault of the form
    except DomainError as error:
        faults.append(error)
        return {}


def _is_touched(service: Service, field_name: str | None, submitted: Mapping[str, object]) -> bool:
    """Return whether somebody changed this field, or one that does as well."""
    related_names = {
        field_name,
        *(name for field in service.form if field.name == field_name for name in field.alternatives),
        *(field.name for field in service.form if field_name in field.alternatives),
    }
    return bool(related_names & set(submitted))


def _build_context(
    engine: Engine,
    uow: UnitOfWork,
    service: Service,
    request: ServiceRequest,
    values: Mapping[str, Any],
    actor: Actor,
) -> StepContext:
    request_copy = deepcopy(request)
    request_copy.fields = dict(values)
    if service.subject_field:
        request_copy.subject_key = values.get(service.subject_field)
    return engine.build_context(uow, request_copy, {}, actor)


async def _ask_guard(guard: Guard, context: StepContext) -> DomainError | None:
    """Return why a guard refuses, whether it says so or raises it; None where it holds."""
    try:
        return None if await guard.is_satisfied(context) else guard.build_refusal(context)
    except Unavailable:
        raise  # no refusal: the database is away
    except DomainError as error:
        return error
