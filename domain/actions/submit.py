"""A new request, from any channel: the form is filled from what is known, read, and given to the engine."""

from collections.abc import Mapping
from typing import Any

from domain.accounts import Person
from domain.actions.desk import Desk
from domain.engine import Outcome
from domain.forms import Reading, read_fields
from domain.lifecycle import Service
from domain.people import Actor
from domain.ports import UnitOfWork


async def submit(
    desk: Desk, uow: UnitOfWork, service_key: str, raw: Mapping[str, object], actor: Actor, mobile: str | None
) -> Outcome:
    """Store a request of the citizen with that mobile (+989…; None while unproved) from form values as typed.

    Errors: `UnknownService`, and `MissingField` / `InvalidField` / `UnknownKind` naming the field. The caller announces
    the outcome.
    """
    service = desk.engine.service(service_key)
    known = await uow.people.person(mobile) if mobile else None
    given = autofilled(service, known) | {name: value for name, value in raw.items() if value not in (None, "")}
    values = read_fields(service.form, given, actor.channel, Reading(desk.clock.now()))
    outcome = await desk.engine.submit(uow, service, values, actor, mobile)
    if mobile:
        person = Person(mobile, values.get("full_name"), values.get("national_code"), desk.clock.now())
        await uow.people.put_person(person)
    return outcome


def autofilled(service: Service, person: Person | None) -> dict[str, Any]:
    """Return the form values that are known without asking."""
    if person is None:
        return {}
    sources = {"person.full_name": person.full_name, "person.national_code": person.national_code}
    found = {field.name: sources.get(field.autofill or "") for field in service.form}
    return {name: value for name, value in found.items() if value}
