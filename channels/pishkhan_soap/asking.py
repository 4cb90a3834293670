"""Operations that ask about the desk itself: is it there, which services it has, what they cost."""

from collections.abc import Mapping, Sequence
from typing import Any

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.declared import CHANNEL, answer_line, form_members
from channels.pishkhan_soap.operation import CounterCall, Operation
from channels.pishkhan_soap.schema import Doc, SchemaElement, SchemaRecord, listed
from domain.actions.conversations.look_up import look_up
from domain.fields.form import read_fields
from domain.fields.types import ReadingContext
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.values.errors import MissingField, UnknownService

STEPS = listed("Steps", "step", st.TEXT, Doc("گام‌ها", "What happens, step by step."), least=0)
NAMED = SchemaRecord(
    "NamedPaper",
    Doc("یک مدرک", "A paper that may be added."),
    (SchemaElement("name", shapes.PAPER), SchemaElement("title", st.TEXT)),
)
NAMED_PAPERS = listed("NamedPapers", "document", NAMED, Doc("مدارک", "Papers that may be added."), least=0)
SERVICE = SchemaRecord(
    "Service",
    Doc("یک خدمت شهرداری", "A municipal service."),
    (
        SchemaElement("service", shapes.SERVICE),
        SchemaElement("operation", st.ID, Doc("فراخوان ثبت", "The operation that submits a request of it.")),
        SchemaElement("title", st.TEXT),
        SchemaElement("description", st.TEXT),
        SchemaElement("steps", STEPS),
        SchemaElement("documents", NAMED_PAPERS),
    ),
)
SERVICES = listed("Services", "service", SERVICE, Doc("خدمات", "The services."), least=0)


async def ping(call: CounterCall) -> Mapping[str, Any]:
    """Say who was recognised, and what time it is here."""
    return {"time": call.desk.clock.now(), "office": call.office.name}


async def get_services(call: CounterCall) -> Mapping[str, Any]:
    """Tell every service with its papers."""
    return {"services": [_service(call.desk.catalogue, one) for one in call.desk.services.values()]}


def _service(catalogue: Catalogue, service: Service) -> Mapping[str, Any]:
    base, papers = f"services.{service.key}", service.documents.names if service.documents else ()
    return {
        "service": service.key,
        "operation": service.soap_operation,
        "title": catalogue.text(f"{base}.title"),
        "description": catalogue.text(f"{base}.description"),
        "steps": catalogue.lines(f"{base}.steps"),
        "documents": [{"name": one, "title": catalogue.text(f"choices.document.{one}")} for one in papers],
    }


async def get_tariff(call: CounterCall) -> Mapping[str, Any]:
    """Tell the price of what is named, by the service that prices it."""
    service = call.desk.services.get(call.values["service"])
    if service is None or service.prices is None:
        raise UnknownService("service")
    form = service.prices.form
    raw = {field.name: call.values[field.name] for field in form if field.name in call.values}
    if service.prices.subject not in raw:
        raise MissingField(service.prices.subject)
    values = read_fields(form, raw, CHANNEL, ReadingContext(call.desk.clock.now()))
    lines = await look_up(call.desk, call.uow, service, service.prices, values, call.clerk, brief=False)
    return {"lines": [answer_line(line.key, line.text, line.facts) for line in lines]}


def operations(services: Sequence[Service], catalogue: Catalogue) -> list[Operation]:
    """Return them; what a price depends on comes from the services that have prices."""
    priced = [one for one in services if one.prices]
    asked = {
        member.name: SchemaElement(member.name, member.type, member.doc, required=False, key=member.key)
        for one in priced if one.prices
        for member in form_members(one.prices.form, one.key, catalogue)
    }  # fmt: skip
    keys = ", ".join(one.key for one in priced)
    service = SchemaElement("service", shapes.SERVICE, Doc(f"یکی از {keys}", f"One of: {keys}.", "خدمت"))
    return [
        Operation(
            shapes.request("Ping", Doc("آزمون ارتباط و کلید", "Test the line, the key and the clock.")),
            shapes.answer("Ping", SchemaElement("time", st.MOMENT), SchemaElement("office", st.TEXT)),
            ping,
        ),
        Operation(
            shapes.request("GetServices", Doc("فهرست خدمات و مدارک", "The services and their papers.")),
            shapes.answer("GetServices", SchemaElement("services", SERVICES)),
            get_services,
        ),
        Operation(
            shapes.request("GetTariff", Doc("نرخ امروز", "Today's price."), service, *asked.values()),
            shapes.answer("GetTariff", SchemaElement("lines", shapes.LINES)),
            get_tariff,
        ),
    ]
