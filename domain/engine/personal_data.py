"""Personal data after its time: what of a request is erased, and what stays as figures.

Source: services.md, "Personal data". Erased are names, numbers, addresses and everybody's own words: values of fields
whose type is no figure, what steps added in words, the personal part of history events, files, and the texts that came
and went. Counts, dates, amounts, kinds, hours and states stay, so that reports of past years keep their figures.
"""

from collections.abc import Mapping
from typing import Any

from domain.language.service import Service
from domain.requests.request import JsonObject, ServiceRequest

STAYS = ("sla_broken", "payment_deadline")
"""What steps add in words that are the municipality's own."""

QUOTE, WORDS_OF_QUOTE = "quote", "reason"
"""A quote explains a bill and stays, but for the officer's own words."""


def bare(service: Service | None, request: ServiceRequest) -> None:
    """Take everything personal out of a request's own row; a service that exists no more keeps no field."""
    figures = {one.name for one in service.form if one.type.figures and not one.options} if service else set()
    request.fields = {name: value for name, value in request.fields.items() if name in figures}
    request.data = _figures(request.data)
    request.mobile = request.awaits = request.subject_key = None


def _figures(data: Mapping[str, Any]) -> JsonObject:
    quote = {name: value for name, value in data.get(QUOTE, {}).items() if name != WORDS_OF_QUOTE}
    numbers = {name: value for name, value in data.items() if _is_number(value)}
    return numbers | {name: data[name] for name in STAYS if name in data} | ({QUOTE: quote} if quote else {})


def _is_number(value: object) -> bool:
    """Whether a value is made of numbers alone."""
    if isinstance(value, list):
        return all(map(_is_number, value))
    return isinstance(value, int | float)
