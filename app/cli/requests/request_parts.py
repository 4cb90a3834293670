"""Stored parts of a request beside its form, for the staff: its price line by line, visit, letter, bookings,
corrections."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.blocks.asking import ANSWERS, QUESTION
from domain.blocks.letters import LETTER_DATE, LETTER_NUMBER, LETTER_TEXT
from domain.blocks.visits import FORMER_OFFICER_MOBILE, list_visit_fields
from domain.fields.stored import StoredField, StoredFields, list_stored, select_stored
from domain.fleet.ports import FleetRepository
from domain.fleet.resources import Booking, Resource
from domain.language.service import Service
from domain.language.step_before import STEP_BEFORE
from domain.language.stored_quote import QUOTE
from domain.requests.history import HistoryEvent
from domain.requests.request import ServiceRequest
from domain.tariffs.tariff import Quote, QuoteLine
from domain.values.money import quantity_as_json

FIELDS_ELSEWHERE = (QUESTION, ANSWERS, STEP_BEFORE)
"""Fields that the request as a whole shows by itself (`request_view.py`), and those shown to nobody."""

LETTER_PARTS: Mapping[str, StoredField[Any]] = {"number": LETTER_NUMBER, "date": LETTER_DATE, "text": LETTER_TEXT}


async def build_request_parts(
    fleet: FleetRepository, service: Service, request: ServiceRequest, events: Sequence[HistoryEvent]
) -> dict[str, Any]:
    """Return `quote`, `visit`, `letter` (None where there is none), `bookings`, `corrections`; the rest as `data`.

    Tokens of `/verify/…` are left out: only the paper shows them.
    """
    data = list_stored(request)
    visit_fields = tuple(field for field in list_visit_fields(service) if field is not FORMER_OFFICER_MOBILE)
    listed: StoredFields = (QUOTE, *visit_fields, *LETTER_PARTS.values(), *FIELDS_ELSEWHERE)
    secret_names = [printable.token_field.name for printable in service.printables if printable.token_field]
    listed_names = {*(field.name for field in listed), *secret_names}
    return {
        "quote": _build_quote_view(QUOTE.find(request)),
        "visit": select_stored(request, [field.name for field in visit_fields]) or None,
        "letter": (
            {name: data.get(field.name) for name, field in LETTER_PARTS.items()}
            if LETTER_NUMBER.is_kept_by(request)
            else None
        ),
        "bookings": [_build_booking_view(*entry) for entry in await fleet.list_of_request(request.id)],
        "corrections": [
            _build_correction_view(entry) for entry in events if entry.event == "correct_mobile" and entry.payload
        ],
        "data": {name: value for name, value in data.items() if name not in listed_names},
    }


def _build_quote_view(quote: Quote | None) -> dict[str, Any] | None:
    if quote is None:
        return None
    return {
        "lines": [_build_line_view(quote_line) for quote_line in quote.lines],
        "subtotal": quote.subtotal,
        "vat": quote.vat,
        "computed": quote.computed,
        "override": quote.override,
        "reason": quote.reason,
        "total": quote.total,
    }


def _build_line_view(line: QuoteLine) -> dict[str, Any]:
    """Return a line of a quote with what made its amount: units × rate × count, and VAT on it; rials."""
    return {
        "tariff": line.tariff_id,
        "for": line.dimensions,
        "unit": line.unit,
        "asked": quantity_as_json(line.asked),
        "minimum": line.minimum,
        "units": quantity_as_json(line.units),
        "count": line.count,
        "rate": line.rate,
        "amount": line.amount,
        "vat_percent": line.vat_percent,
        "vat": line.vat,
    }


def _build_booking_view(booking: Booking, resource: Resource) -> dict[str, Any]:
    return {
        "code": resource.code,
        "kind": resource.kind.value,
        "title": resource.title,
        "start": booking.start.isoformat(),
        "end": booking.end.isoformat(),
        "hold": booking.hold,
    }


def _build_correction_view(event: HistoryEvent) -> dict[str, Any]:
    payload = event.payload or {}
    facts = {name: payload.get(name) for name in ("mobile_before", "mobile", "proof")}
    return {"at": event.at.isoformat(), "actor": event.actor, **facts}
