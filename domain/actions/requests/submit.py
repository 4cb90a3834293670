"""A new request, from any channel: the form is filled from what is known, read, and given to the engine."""

from collections.abc import Mapping
from typing import Any

from domain.actions.desk import Desk
from domain.engine.engine import Outcome
from domain.fields.form import missing, read_what_can_be
from domain.fields.types import ReadingContext
from domain.language.service import Service
from domain.people.person import Person
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DomainError, Unavailable, raise_faults


async def submit(
    desk: Desk, uow: UnitOfWork, service_key: str, raw: Mapping[str, object], actor: Actor, mobile: str | None
) -> Outcome:
    """Store a request of the citizen with that mobile (+989…; None while unproved) from form values as typed.

    What is known of the person, and what the service's `fill` finds in the registries, need not be given. Errors:
    `UnknownService`, and `MissingField` / `InvalidField` / `UnknownKind` / `NotFound` naming the field, all faults of
    the form at once. The caller announces the outcome.
    """
    service = desk.engine.service(service_key)
    known = await uow.people.person(mobile) if mobile else None
    values, faults = await read_request(desk, uow, service, autofilled(service, known), raw, mobile, actor.channel)
    raise_faults(faults)
    outcome = await desk.engine.submit(uow, service, values, actor, mobile)
    if mobile:
        told = {field.autofill: values.get(field.name) for field in service.form}
        names = told.get("person.full_name"), told.get("person.national_code")
        if known is None or any(name and name not in (known.full_name, known.national_code) for name in names):
            await uow.people.put_person(Person(mobile, *names, desk.clock.now()))
    return outcome


async def read_request(
    desk: Desk,
    uow: UnitOfWork,
    service: Service,
    known: Mapping[str, object],
    raw: Mapping[str, object],
    mobile: str | None,
    channel: str,
) -> tuple[dict[str, Any], list[DomainError]]:
    """Return the values of a request's form and all its faults: what was typed counts before what is `known`, and that
    before what the service finds in the registries.
    """
    given = {**known, **{name: value for name, value in raw.items() if value not in (None, "")}}
    values, faults = read_what_can_be(service.form, given, ReadingContext(desk.clock.now()))
    if service.fill:
        try:
            values = {**(await service.fill(uow, mobile, values)).values, **values}
        except Unavailable:
            raise  # no fault of the form
        except DomainError as error:
            faults.append(error)
    return values, [*faults, *missing(service.form, values, channel, faults)]


def autofilled(service: Service, person: Person | None) -> dict[str, Any]:
    """Return the form values that are known without asking."""
    if person is None:
        return {}
    sources = {"person.full_name": person.full_name, "person.national_code": person.national_code}
    found = {field.name: sources.get(field.autofill or "") for field in service.form}
    return {name: value for name, value in found.items() if value}
