"""Personal data after its time: what of a request is erased, and what stays as figures.

Source: services.md, "Personal data". Erased are names, numbers, addresses and everybody's own words: values of fields
whose type is no figure, what steps added in words, the personal part of history events, files, and the texts that came
and went. Counts, dates, amounts, kinds, hours and states stay, so that reports of past years keep their figures.
"""

from collections.abc import Mapping
from typing import Any

from domain.blocks.charging import PAYMENT_DEADLINE, QUOTE
from domain.language.service import Service
from domain.requests.request import JsonObject, ServiceRequest

RETAINED_TEXTS = ("sla_broken", PAYMENT_DEADLINE.name)
"""What steps add in words that are the municipality's own."""

QUOTE_REASON_KEY = "reason"
"""A quote explains a bill and stays, but for the officer's own words."""


def erase_personal_data(service: Service | None, request: ServiceRequest) -> None:
    """Take everything personal out of a request's own row; a service that exists no more keeps no field."""
    figure_names = (
        {field.name for field in service.form if field.type.survives_erasure and not field.find_choices}
        if service
        else set()
    )
    request.fields = {name: value for name, value in request.fields.items() if name in figure_names}
    request.data = _retain_figures(request.data)
    request.mobile = request.unverified_mobile = request.awaits = request.subject_key = None


def _retain_figures(data: Mapping[str, Any]) -> JsonObject:
    quote = {name: value for name, value in data.get(QUOTE.name, {}).items() if name != QUOTE_REASON_KEY}
    numeric_values = {name: value for name, value in data.items() if _is_number(value)}
    return (
        numeric_values
        | {name: data[name] for name in RETAINED_TEXTS if name in data}
        | ({QUOTE.name: quote} if quote else {})
    )


def _is_number(value: object) -> bool:
    """Whether a value is made of numbers alone."""
    if isinstance(value, list):
        return all(map(_is_number, value))
    return isinstance(value, int | float)
