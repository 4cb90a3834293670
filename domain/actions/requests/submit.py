"""A new request, from any channel: the form is filled from what is known, read, and given to the engine."""

from collections.abc import Mapping
from typing import Any

from domain.actions.context import ActionContext, ActorContext
from domain.engine.engine import StepOutcome
from domain.fields.form import list_missing, read_readable, recheck_values
from domain.fields.types import ReadingContext
from domain.language.service import Service
from domain.people.person import Person
from domain.repositories import StaffRepositories
from domain.unit_of_work import UnitOfWork
from domain.values.errors import DomainError, Unavailable, raise_faults


async def submit_request(
    context: ActorContext,
    service_key: str,
    submitted: Mapping[str, object],
    mobile: str | None,
    provided_papers: frozenset[str] = frozenset(),
) -> StepOutcome:
    """Store a request of the citizen with that mobile (+989…; None while unproved) as `submit_for_person`, filled in
    from all that is known of the person.
    """
    known_person = await context.uow.people.find_person(mobile) if mobile else None
    return await submit_for_person(
        context, service_key, submitted, mobile=mobile, known_person=known_person, provided_papers=provided_papers
    )


async def submit_for_person(
    context: ActorContext,
    service_key: str,
    submitted: Mapping[str, object],
    *,
    mobile: str | None,
    known_person: Person | None,
    provided_papers: frozenset[str] = frozenset(),
) -> StepOutcome:
    """Store a request from form values as typed.

    What `known_person` says, and what the service's `fill_form` finds in the registries, need not be given. Errors:
    `UnknownService`, and `MissingField` / `InvalidField` / `UnknownKind` / `NotFound` naming the field, all faults of
    the form at once. The caller announces the outcome, and adds the `provided_papers`.
    """
    service = context.dependencies.engine.get_service(service_key)
    values, faults = await read_request_form(
        context, service, autofill_values(service, known_person), submitted, mobile, context.actor.channel
    )
    raise_faults(faults)
    outcome = await context.dependencies.engine.submit_request(
        context.uow, service, values, context.actor, mobile, provided_papers=provided_papers
    )
    if mobile:
        await _remember_person(context, service, values, mobile, known_person)
    return outcome


async def submit_read_form(context: ActorContext, service: Service, read_values: Mapping[str, Any]) -> StepOutcome:
    """Store a request of the citizen who speaks, from form values that a dialogue has read, as `submit_request`."""
    known_person = await context.uow.people.find_person(context.actor.identifier)
    values, faults = await complete_read_form(context, service, known_person, read_values)
    raise_faults(faults)
    outcome = await context.dependencies.engine.submit_request(
        context.uow, service, values, context.actor, context.actor.identifier
    )
    await _remember_person(context, service, values, context.actor.identifier, known_person)
    return outcome


async def complete_read_form(
    context: ActorContext, service: Service, known_person: Person | None, read_values: Mapping[str, Any]
) -> tuple[dict[str, Any], list[DomainError]]:
    """Return the values of a form that a dialogue has read, with what is known without asking, and all its faults."""
    now = context.dependencies.clock.now()
    values, faults = recheck_values(service.form, read_values, now)
    known_values = autofill_values(service, known_person)
    if unsaid_values := {name: value for name, value in known_values.items() if name not in read_values}:
        unsaid_values, known_faults = read_readable(service.form, unsaid_values, ReadingContext(now))
        values, faults = {**unsaid_values, **values}, [*faults, *known_faults]
    return await _fill_form(context.uow, service, values, faults, context.actor.identifier, context.actor.channel)


async def _remember_person(
    context: ActionContext[StaffRepositories],
    service: Service,
    values: Mapping[str, Any],
    mobile: str,
    known_person: Person | None,
) -> None:
    """Keep what a form says of whoever has that mobile, where it says anything new."""
    person_values = {field.autofill: values.get(field.name) for field in service.form}
    person_names = person_values.get("person.full_name"), person_values.get("person.national_code")
    if known_person is None or any(
        name and name not in (known_person.full_name, known_person.national_code) for name in person_names
    ):
        await context.uow.people.save_person(Person(mobile, *person_names, context.dependencies.clock.now()))


async def read_request_form(
    context: ActionContext,
    service: Service,
    known_values: Mapping[str, object],
    submitted: Mapping[str, object],
    mobile: str | None,
    channel: str,
) -> tuple[dict[str, Any], list[DomainError]]:
    """Return the values of a request's form and all its faults: what was typed counts before what is `known_values`,
    and that before what the service finds in the registries.
    """
    combined_values = {**known_values, **{name: value for name, value in submitted.items() if value not in (None, "")}}
    values, faults = read_readable(service.form, combined_values, ReadingContext(context.dependencies.clock.now()))
    return await _fill_form(context.uow, service, values, faults, mobile, channel)


async def _fill_form(
    uow: UnitOfWork,
    service: Service,
    values: dict[str, Any],
    faults: list[DomainError],
    mobile: str | None,
    channel: str,
) -> tuple[dict[str, Any], list[DomainError]]:
    """Add to the values of a form what the registries know, and to its faults what is missing then.

    What is known of a person is among the values already, as far as whoever enters the form may know it.
    """
    of_person = {field.name for field in service.form if field.autofill}
    if service.fill_form:
        try:
            found_values = (await service.fill_form(uow, mobile, values)).found_values
            values = {**{name: value for name, value in found_values.items() if name not in of_person}, **values}
        except Unavailable:
            raise  # no fault of the form
        except DomainError as error:
            faults.append(error)
    return values, [*faults, *list_missing(service.form, values, channel, faults)]


def autofill_values(service: Service, person: Person | None) -> dict[str, Any]:
    """Return the form values that are known without asking."""
    if person is None:
        return {}
    person_values = {"person.full_name": person.full_name, "person.national_code": person.national_code}
    field_values = {field.name: person_values.get(field.autofill or "") for field in service.form}
    return {name: value for name, value in field_values.items() if value}
