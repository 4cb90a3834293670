"""What a request holds beside its form, for the staff: its price line by line, visit, letter, bookings, corrections."""

from collections.abc import Sequence
from typing import Any

from domain.engine.personal_data import QUOTE_REASON_KEY as QUOTE_WORDS
from domain.fleet.resources import Booking, Resource
from domain.requests.history import HistoryEvent
from domain.requests.request import ServiceRequest
from domain.tariffs.tariff import Quote, QuoteLine
from domain.unit_of_work import UnitOfWork
from domain.values.money import quantity_as_json

SECRET_FIELDS = ("letter_token", "delivery_token")
"""Tokens of `/verify/…`: only the paper shows them."""

FIELDS_ELSEWHERE = ("question", "answers")
"""What the request as a whole shows by itself (`request_view.py`)."""

QUOTE_FIELD = "quote"
VISIT_FIELDS = ("officer", "officer_name", "officer_mobile", "visit_start", "visit_end", "visited_at", "report", "area")
LETTER_FIELDS = {"number": "letter_number", "date": "letter_date", "text": "letter_text"}


async def build_request_parts(
    uow: UnitOfWork, request: ServiceRequest, events: Sequence[HistoryEvent]
) -> dict[str, Any]:
    """Return `quote`, `visit`, `letter` (None where there is none), `bookings`, `corrections`; the rest as `data`."""
    data = request.data
    listed_fields = {QUOTE_FIELD, *VISIT_FIELDS, *LETTER_FIELDS.values(), *SECRET_FIELDS, *FIELDS_ELSEWHERE}
    return {
        "quote": _build_quote_view(data.get(QUOTE_FIELD)),
        "visit": {name: data[name] for name in VISIT_FIELDS if name in data} or None,
        "letter": {name: data.get(key) for name, key in LETTER_FIELDS.items()} if "letter_number" in data else None,
        "bookings": [_build_booking_view(*entry) for entry in await uow.fleet.list_of_request(request.id)],
        "corrections": [
            _build_correction_view(entry) for entry in events if entry.event == "correct_mobile" and entry.payload
        ],
        "data": {name: value for name, value in data.items() if name not in listed_fields},
    }


def _build_quote_view(stored_quote: dict[str, Any] | None) -> dict[str, Any] | None:
    if stored_quote is None:
        return None
    quote = Quote.from_json({QUOTE_WORDS: None, **stored_quote})  # an erasure takes the words
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
