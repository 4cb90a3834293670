"""Operations that come from declarations: each service's submission, each look-up. A further service appears by itself.

The form's fields become elements of the same names in lowerCamelCase; what the form takes from the person
(`autofill`) comes from `citizen`. What the XSD proves of a value, a day for one, is not read again; the form judges it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap.form_types import type_for_field
from channels.pishkhan_soap.operation import CounterCall, Operation, prepare_documents
from channels.pishkhan_soap.operations.request_status import build_status_values
from channels.pishkhan_soap.schema import Doc, SchemaElement, camel_case
from domain.actions.context import ActorContext
from domain.actions.documents.attach import attach_document
from domain.actions.lookups.answers import run_lookup
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.submit import submit_request
from domain.fields.closed_days import find_closed_day, may_ask_for_closed_day
from domain.fields.form import Field, read_fields
from domain.fields.types import ReadingContext
from domain.language.lookups import Lookup
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.offices.office import ACTION_ANSWER_RETENTION
from domain.requests.request import ServiceRequest
from domain.values import identifiers

CHANNEL_KEY = "pishkhan_soap"
"""The channel's key, as requests and history events keep it."""


def submission_operation(service: Service, catalogue: Catalogue) -> Operation:
    """Return the operation that submits a request of a service."""
    operation_name, service_title = service.soap_operation, catalogue.text(f"services.{service.key}.title")
    members = [
        SchemaElement("citizen", shapes.CITIZEN_RECORD),
        *build_form_members(service.form, service.key, catalogue),
    ]
    if service.papers:
        members.append(SchemaElement("documents", shapes.DOCUMENT_LIST, required=False))
    doc = Doc(f"ثبت درخواست «{service_title}»", f"Submit a request of the service {service.key}.")
    request_shape = shapes.request(operation_name, doc, *members)

    closed_day_elements = [shapes.CLOSED_DAY_ELEMENT] if may_ask_for_closed_day(service.form) else []

    async def run_submission(call: CounterCall) -> Mapping[str, Any]:
        return await _submit_request(call, service)

    return Operation(
        request_shape,
        shapes.answer(operation_name, *shapes.STATUS_ELEMENTS, *closed_day_elements),
        run_submission,
        answer_lifetime=ACTION_ANSWER_RETENTION,
        prepare_values=prepare_documents if service.papers else None,
    )


async def _submit_request(call: CounterCall, service: Service) -> Mapping[str, Any]:
    submitted_values = dict(call.values)
    citizen_values, documents = submitted_values.pop("citizen"), submitted_values.pop("documents", ())
    raw_fields = {field.name: submitted_values[field.name] for field in service.form if field.name in submitted_values}
    person_values = {f"person.{name}": value for name, value in citizen_values.items()}
    raw_fields |= {
        field.name: person_values[field.autofill] for field in service.form if field.autofill in person_values
    }
    citizen_mobile = identifiers.parse_mobile(citizen_values["mobile"])
    context = ActorContext(call.dependencies, call.uow, call.clerk)
    outcome = await submit_request(context, service.key, raw_fields, citizen_mobile)
    await announce_outcome(context, outcome)
    await _attach_documents(call, outcome.request, documents)
    closed_day = find_closed_day(service.form, outcome.request.fields, call.dependencies.calendar)
    return {**await build_status_values(call, outcome.request), "closed_day": closed_day}


async def _attach_documents(call: CounterCall, request: ServiceRequest, documents: Sequence[Mapping[str, Any]]) -> None:
    for document in documents:
        await attach_document(
            ActorContext(call.dependencies, call.uow, call.clerk), request.code, document["name"], document["content"]
        )


def lookup_operation(service: Service, lookup: Lookup, catalogue: Catalogue) -> Operation:
    """Return the operation of a look-up that counters may ask (`soap_operation`)."""
    operation_name = lookup.soap_operation or ""
    lookup_title = catalogue.text(f"intents.{lookup.intent.name}")
    doc = Doc(f"پرسش «{lookup_title}»", f"Look up: {lookup.intent.name}.")
    request_shape = shapes.request(
        operation_name, doc, *build_form_members(lookup.form, lookup.intent.name, catalogue, service.key)
    )

    async def answer_lookup(call: CounterCall) -> Mapping[str, Any]:
        raw_fields = {field.name: call.values[field.name] for field in lookup.form if field.name in call.values}
        field_values = read_fields(lookup.form, raw_fields, CHANNEL_KEY, ReadingContext(call.dependencies.clock.now()))
        answer_lines = await run_lookup(
            ActorContext(call.dependencies, call.uow, call.clerk), service, lookup, field_values, brief=False
        )
        return {"lines": [build_answer_line(line.key, line.text, line.facts) for line in answer_lines]}

    return Operation(
        request_shape,
        shapes.answer(operation_name, SchemaElement("lines", shapes.ANSWER_LINES)),
        answer_lookup,
        reads_personal_data=True,
    )


def build_answer_line(key: str, text: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of an answer: its text, and those of its facts that the contract knows."""
    fact_names = ("plate", "year", "amount", "bill_id", "payment_id")
    return {
        "kind": key,
        "text": text,
        **{fact_name: facts[fact_name] for fact_name in fact_names if fact_name in facts},
    }


def build_form_members(
    form_fields: Sequence[Field], owner: str, catalogue: Catalogue, service_key: str | None = None
) -> list[SchemaElement]:
    """Return an element for each field that people say themselves; `owner` begins the names of types of its own."""
    text_prefix = f"services.{service_key or owner}.fields"
    type_prefix = camel_case(f"_{owner}")
    return [
        SchemaElement(
            camel_case(field.name),
            type_for_field(field, type_prefix + camel_case(f"_{field.name}")),
            _find_label(catalogue, f"{text_prefix}.{field.name}.label", field.name),
            required=field.required and not field.alternatives,
            key=field.name,
        )
        for field in form_fields
        if not field.is_derived and not field.autofill
    ]


def _find_label(catalogue: Catalogue, key: str, field_name: str) -> Doc | None:
    return Doc(catalogue.text(key), f"{field_name.replace('_', ' ').capitalize()}.") if key in catalogue else None
