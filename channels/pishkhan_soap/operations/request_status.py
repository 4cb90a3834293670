"""Elements of a request in answers: its state, its bills, its history, its form."""

from collections.abc import Mapping
from typing import Any

from channels.pishkhan_soap.operation import CounterCall
from channels.pishkhan_soap.schema import camel_case
from domain.authorization.request_policy import refuse_foreign_request
from domain.bills.bill import Bill
from domain.blocks.charging import list_request_bills
from domain.blocks.papers_pending import find_missing_papers
from domain.requests.history import HistoryEvent
from domain.requests.request import ServiceRequest
from domain.values import tracking_codes


async def get_own_request(call: CounterCall) -> ServiceRequest:
    """Return the request that the call names; one that is not the office's is `NotFound`, as if it did not exist."""
    request = await call.uow.requests.get_by_code(tracking_codes.parse_code(call.values["code"]))
    refuse_foreign_request(request, call.clerk)
    return request


async def build_status_values(call: CounterCall, request: ServiceRequest) -> dict[str, Any]:
    """Return the values of `shapes.STATUS_ELEMENTS`."""
    service_papers = call.dependencies.services[request.service].papers
    return {
        "code": request.code,
        "state": request.state,
        "phase": request.phase.value,
        "bills": [build_bill_values(bill) for bill in await list_request_bills(call.uow.bills, request)],
        "state_title": call.dependencies.wording.state_title(request),
        "missing": list(await find_missing_papers(call.uow.documents, service_papers, request)) or None,
    }


def build_bill_values(bill: Bill) -> dict[str, Any]:
    """Return the values of a bill."""
    return {
        "bill_id": bill.bill_id,
        "payment_id": bill.payment_id,
        "amount": bill.amount,
        "state": bill.state.value,
        "deadline": bill.deadline,
    }


def build_summary_values(call: CounterCall, request: ServiceRequest) -> dict[str, Any]:
    """Return the values of a request in a list."""
    return {
        "code": request.code,
        "service": request.service,
        "state": request.state,
        "phase": request.phase.value,
        "state_title": call.dependencies.wording.state_title(request),
        "created_at": request.created_at,
        "updated_at": request.updated_at,
    }


def build_event_values(event: HistoryEvent) -> dict[str, Any]:
    """Return the values of a step of the history: what, when and by whom, not by which person."""
    return {
        "at": event.at,
        "event": event.event,
        "state": event.to_state,
        "actor": event.actor_kind,
        "channel": event.channel,
        "note": event.note,
    }


def build_form_values(call: CounterCall, request: ServiceRequest) -> list[Mapping[str, Any]]:
    """Return the form's values as people read them."""
    service, catalogue = call.dependencies.services[request.service], call.dependencies.catalogue
    form_values: list[Mapping[str, Any]] = []
    for form_field in service.form:
        label_key = f"services.{service.key}.fields.{form_field.name}.label"
        if form_field.name in request.fields and label_key in catalogue:
            value_text = call.dependencies.wording.form_value_text(
                service, form_field.name, request.fields[form_field.name]
            )
            form_values.append(
                {"name": camel_case(form_field.name), "title": catalogue.text(label_key), "text": value_text}
            )
    return form_values
