"""Operations that come from declarations: each service's submission, each look-up. A further service appears by itself.

The form's fields become elements of the same names in lowerCamelCase; what the form takes from the person
(`autofill`) comes from `citizen`. Whatever the XSD lets through is read by the form once more.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap.form_types import type_of
from channels.pishkhan_soap.operation import CounterCall, Operation
from channels.pishkhan_soap.schema import Doc, SchemaElement, camel
from channels.pishkhan_soap.standing import standing_of
from domain.actions.conversations.look_up import look_up
from domain.actions.messages.notify import announce
from domain.actions.requests.attach import attach
from domain.actions.requests.submit import submit
from domain.fields.form import Field, read_fields
from domain.fields.types import ReadingContext
from domain.language.service import Lookup, Service
from domain.messages.catalogue import Catalogue
from domain.offices.office import ACTS_KEEP
from domain.requests.request import ServiceRequest
from domain.values import identifiers

CHANNEL = "pishkhan_soap"
"""The channel's key, as requests and history events keep it."""


def submission(service: Service, catalogue: Catalogue) -> Operation:
    """Return the operation that submits a request of a service."""
    name, title = service.soap_operation, catalogue.text(f"services.{service.key}.title")
    members = [SchemaElement("citizen", shapes.CITIZEN), *form_members(service.form, service.key, catalogue)]
    if service.documents:
        members.append(SchemaElement("documents", shapes.DOCUMENTS, required=False))
    doc = Doc(f"ثبت درخواست «{title}»", f"Submit a request of the service {service.key}.")
    shape = shapes.request(name, doc, *members)

    async def run(call: CounterCall) -> Mapping[str, Any]:
        return await _submitted(call, service)

    return Operation(shape, shapes.answer(name, *shapes.STANDING), run, keeps=ACTS_KEEP)


async def _submitted(call: CounterCall, service: Service) -> Mapping[str, Any]:
    said = dict(call.values)
    citizen, documents = said.pop("citizen"), said.pop("documents", ())
    raw = {field.name: said[field.name] for field in service.form if field.name in said}
    known = {f"person.{name}": value for name, value in citizen.items()}
    raw |= {field.name: known[field.autofill] for field in service.form if field.autofill in known}
    mobile = identifiers.mobile(citizen["mobile"])
    outcome = await submit(call.desk, call.uow, service.key, raw, call.clerk, mobile)
    await announce(call.desk, call.uow, outcome, call.clerk)
    await _attached(call, outcome.request, documents)
    return await standing_of(call, outcome.request)


async def _attached(call: CounterCall, request: ServiceRequest, documents: Sequence[Mapping[str, Any]]) -> None:
    for one in documents:
        name = one.get("file_name", one["name"])
        await attach(call.desk, call.uow, request.code, one["name"], name, one["content"], call.clerk)


def look_up_operation(service: Service, lookup: Lookup, catalogue: Catalogue) -> Operation:
    """Return the operation of a look-up that counters may ask (`soap_operation`)."""
    name = lookup.soap_operation or ""
    title = catalogue.text(f"intents.{lookup.intent.name}")
    doc = Doc(f"پرسش «{title}»", f"Look up: {lookup.intent.name}.")
    shape = shapes.request(name, doc, *form_members(lookup.form, lookup.intent.name, catalogue, service.key))

    async def run(call: CounterCall) -> Mapping[str, Any]:
        raw = {field.name: call.values[field.name] for field in lookup.form if field.name in call.values}
        values = read_fields(lookup.form, raw, CHANNEL, ReadingContext(call.desk.clock.now()))
        lines = await look_up(call.desk, call.uow, service, lookup, values, call.clerk, brief=False)
        return {"lines": [answer_line(line.key, line.text, line.facts) for line in lines]}

    return Operation(shape, shapes.answer(name, SchemaElement("lines", shapes.LINES)), run)


def answer_line(key: str, text: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of an answer: its text, and those of its facts that the contract knows."""
    known = ("plate", "year", "amount", "bill_id", "payment_id")
    return {"kind": key, "text": text, **{name: facts[name] for name in known if name in facts}}


def form_members(
    form: Sequence[Field], owner: str, catalogue: Catalogue, service: str | None = None
) -> list[SchemaElement]:
    """Return an element for each field that people say themselves; `owner` begins the names of types of its own."""
    prefix = f"services.{service or owner}.fields"
    pascal = camel(f"_{owner}")
    return [
        SchemaElement(
            camel(field.name),
            type_of(field, pascal + camel(f"_{field.name}")),
            _label(catalogue, f"{prefix}.{field.name}.label", field.name),
            required=field.required and not field.instead,
            key=field.name,
        )
        for field in form
        if not field.found and not field.autofill
    ]


def _label(catalogue: Catalogue, key: str, name: str) -> Doc | None:
    return Doc(catalogue.text(key), f"{name.replace('_', ' ').capitalize()}.") if key in catalogue else None
