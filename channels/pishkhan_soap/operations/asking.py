"""Operations that ask about the desk itself: is it there, which services it has, what they cost."""

from collections.abc import Mapping, Sequence
from typing import Any

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.operation import CounterCall, Operation
from channels.pishkhan_soap.operations.declared import CHANNEL_KEY, build_answer_line, build_form_members
from channels.pishkhan_soap.schema import Doc, SchemaElement, SchemaRecord, list_type
from domain.actions.context import ActionContext, ActorContext
from domain.actions.lookups.answers import run_lookup
from domain.actions.tariffs.price_lines import list_price_lines
from domain.fields.form import read_fields
from domain.fields.types import ReadingContext
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.values.errors import MissingField, UnknownService

SERVICE_STEPS = list_type("Steps", "step", st.TEXT, Doc("گام‌ها", "What happens, step by step."), min_items=0)
NAMED_PAPER = SchemaRecord(
    "NamedPaper",
    Doc("یک مدرک", "A paper that may be added."),
    (SchemaElement("name", shapes.PAPER_NAME), SchemaElement("title", st.TEXT)),
)
NAMED_PAPERS = list_type("NamedPapers", "document", NAMED_PAPER, Doc("مدارک", "Papers that may be added."), min_items=0)
SERVICE_RECORD = SchemaRecord(
    "Service",
    Doc("یک خدمت شهرداری", "A municipal service."),
    (
        SchemaElement("service", shapes.SERVICE_KEY),
        SchemaElement("operation", st.IDENTIFIER, Doc("فراخوان ثبت", "The operation that submits a request of it.")),
        SchemaElement("title", st.TEXT),
        SchemaElement("description", st.TEXT),
        SchemaElement("steps", SERVICE_STEPS),
        SchemaElement("documents", NAMED_PAPERS),
    ),
)
SERVICE_LIST = list_type("Services", "service", SERVICE_RECORD, Doc("خدمات", "The services."), min_items=0)


async def answer_ping(call: CounterCall) -> Mapping[str, Any]:
    """Return who was recognised, and our time."""
    return {"time": call.dependencies.clock.now(), "office": call.office.name}


async def get_services(call: CounterCall) -> Mapping[str, Any]:
    """Return every service with its papers."""
    return {
        "services": [
            _service_values(call.dependencies.catalogue, service) for service in call.dependencies.services.values()
        ]
    }


def _service_values(catalogue: Catalogue, service: Service) -> Mapping[str, Any]:
    text_prefix, paper_names = f"services.{service.key}", service.papers.paper_names if service.papers else ()
    return {
        "service": service.key,
        "operation": service.soap_operation,
        "title": catalogue.text(f"{text_prefix}.title"),
        "description": catalogue.text(f"{text_prefix}.description"),
        "steps": catalogue.text_lines(f"{text_prefix}.steps"),
        "documents": [
            {"name": paper_name, "title": catalogue.text(f"choices.document.{paper_name}")}
            for paper_name in paper_names
        ],
    }


async def get_tariff(call: CounterCall) -> Mapping[str, Any]:
    """Return the price of what is named, by the service that prices it, or every price of one without a look-up."""
    service = call.dependencies.services.get(call.values["service"])
    if service is None or not _has_prices(service):
        raise UnknownService("service")
    if service.price_lookup is None:
        all_prices = await list_price_lines(ActionContext(call.dependencies, call.uow), (service,))
        return {"lines": [build_answer_line("price", line.text, line.facts) for line in all_prices]}
    price_form = service.price_lookup.form
    raw_fields = {field.name: call.values[field.name] for field in price_form if field.name in call.values}
    if service.price_lookup.subject.name not in raw_fields:
        raise MissingField(service.price_lookup.subject.name)
    field_values = read_fields(price_form, raw_fields, CHANNEL_KEY, ReadingContext(call.dependencies.clock.now()))
    price_lines = await run_lookup(
        ActorContext(call.dependencies, call.uow, call.clerk), service, service.price_lookup, field_values, brief=False
    )
    return {"lines": [build_answer_line(line.key, line.text, line.facts) for line in price_lines]}


def _has_prices(service: Service) -> bool:
    """Return whether counters may ask what a service costs."""
    return service.price_lookup is not None or bool(service.priced_items)


def build_operations(services: Sequence[Service], catalogue: Catalogue) -> list[Operation]:
    """Return them; what a price depends on comes from the services that have prices."""
    priced_services = [service for service in services if _has_prices(service)]
    price_elements = {
        member.name: SchemaElement(member.name, member.value_type, member.doc, required=False, key=member.key)
        for service in priced_services
        if service.price_lookup
        for member in build_form_members(service.price_lookup.form, service.key, catalogue)
    }
    service_keys = ", ".join(service.key for service in priced_services)
    service_element = SchemaElement(
        "service", shapes.SERVICE_KEY, Doc(f"یکی از {service_keys}", f"One of: {service_keys}.", "خدمت")
    )
    return [
        Operation(
            shapes.request("Ping", Doc("آزمون ارتباط و کلید", "Test the line, the key and the clock.")),
            shapes.answer("Ping", SchemaElement("time", st.ZONED_MOMENT), SchemaElement("office", st.TEXT)),
            answer_ping,
        ),
        Operation(
            shapes.request("GetServices", Doc("فهرست خدمات و مدارک", "The services and their papers.")),
            shapes.answer("GetServices", SchemaElement("services", SERVICE_LIST)),
            get_services,
        ),
        Operation(
            shapes.request("GetTariff", Doc("نرخ امروز", "Today's price."), service_element, *price_elements.values()),
            shapes.answer("GetTariff", SchemaElement("lines", shapes.ANSWER_LINES)),
            get_tariff,
        ),
    ]
