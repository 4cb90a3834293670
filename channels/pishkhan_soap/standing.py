"""What answers say of a request: where it stands, its bills, its history, its form."""

from collections.abc import Mapping
from typing import Any

from channels.pishkhan_soap.operation import CounterCall
from channels.pishkhan_soap.schema import camel
from domain.actions.requests.act import own_or_not_found
from domain.bills.bill import Bill
from domain.blocks.charging import bills_of
from domain.blocks.papers_pending import lacking_of
from domain.requests.history import HistoryEvent
from domain.requests.request import ServiceRequest
from domain.values import tracking_codes


async def own_request(call: CounterCall, *, lock: bool = False) -> ServiceRequest:
    """Return the request that the call names; one that is not the office's is `NotFound`, as if it did not exist."""
    request = await call.uow.requests.by_code(tracking_codes.parse(call.values["code"]), lock=lock)
    own_or_not_found(request, call.clerk)
    return request


async def standing_of(call: CounterCall, request: ServiceRequest) -> dict[str, Any]:
    """Return the values of `shapes.STANDING`."""
    papers = call.desk.services[request.service].documents
    return {
        "code": request.code,
        "state": request.state,
        "phase": request.phase.value,
        "bills": [bill_of(bill) for bill in await bills_of(call.uow, request)],
        "state_title": call.desk.wording.state(request),
        "missing": list(await lacking_of(call.uow, papers, request)) or None,
    }


def bill_of(bill: Bill) -> dict[str, Any]:
    """Return the values of a bill."""
    return {
        "bill_id": bill.bill_id,
        "payment_id": bill.payment_id,
        "amount": bill.amount,
        "state": bill.state.value,
        "deadline": bill.deadline,
    }


def summary_of(call: CounterCall, request: ServiceRequest) -> dict[str, Any]:
    """Return the values of a request in a list."""
    return {
        "code": request.code,
        "service": request.service,
        "state": request.state,
        "phase": request.phase.value,
        "state_title": call.desk.wording.state(request),
        "created_at": request.created_at,
        "updated_at": request.updated_at,
    }


def event_of(event: HistoryEvent) -> dict[str, Any]:
    """Return the values of a step of the history: what, when and by whom, not by which person."""
    return {
        "at": event.at,
        "event": event.event,
        "state": event.to_state,
        "actor": event.actor_kind,
        "channel": event.channel,
        "note": event.note,
    }


def form_of(call: CounterCall, request: ServiceRequest) -> list[Mapping[str, Any]]:
    """Return the form's values as people read them."""
    service, catalogue = call.desk.services[request.service], call.desk.catalogue
    shown: list[Mapping[str, Any]] = []
    for field in service.form:
        label = f"services.{service.key}.fields.{field.name}.label"
        if field.name in request.fields and label in catalogue:
            text = call.desk.wording.value(service, field.name, request.fields[field.name])
            shown.append({"name": camel(field.name), "title": catalogue.text(label), "text": text})
    return shown
