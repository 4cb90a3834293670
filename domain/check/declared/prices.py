"""Subjects that a service's tariff may price: each thing once, with words for what is counted, in quantities that a
quote holds.

Bands are made by the revenue unit (`domain/tariffs/tariff.py`); a declaration names what is priced without them.
"""

from collections import Counter
from collections.abc import Iterator

from domain.check.flaws import Flaw
from domain.language.service import Service
from domain.tariffs.tariff import BAND_DIMENSION, PricedSubject

UNIT_TABLE = "admin.tariffs.units"
"""The catalogue's words for what is counted."""

BAND_TABLE = "admin.tariffs.bands_of"
"""The catalogue's labels of where a band begins, by what is counted."""


def price_texts(service: Service) -> Iterator[str]:
    """Yield the keys of the words for everything that a service's tariff may price."""
    for priced_subject in service.priced_items:
        yield from priced_subject.text_keys()
        yield f"{UNIT_TABLE}.{priced_subject.unit}"
        if priced_subject.max_amount:
            yield f"{BAND_TABLE}.{priced_subject.unit}.{BAND_DIMENSION}"


def price_flaws(service: Service) -> Iterator[Flaw]:
    """Find things that are priced twice, by bands, or not at all, and samples that are never priced."""
    things = Counter(_describe(priced_subject) for priced_subject in service.priced_items)
    yield from (Flaw("same_priced_twice", service.key, thing) for thing, count in things.items() if count > 1)
    yield from _unpriced_choice_flaws(service)
    for priced_subject in service.priced_items:
        if BAND_DIMENSION in priced_subject.dimensions:
            yield Flaw("band_declared", service.key, _describe(priced_subject))
        if priced_subject.max_amount and any(
            sample > priced_subject.max_amount for sample in priced_subject.sample_amounts
        ):
            yield Flaw("sample_beyond", service.key, _describe(priced_subject))


def _unpriced_choice_flaws(service: Service) -> Iterator[Flaw]:
    """Find choices of a field that a dimension of prices is named after, which nothing prices."""
    dimension_values = {
        (dimension, value) for subject in service.priced_items for dimension, value in subject.dimensions.items()
    }
    for field in service.form:
        if any(dimension == field.name for dimension, _ in dimension_values):
            unpriced = [choice for choice in field.choices if (field.name, choice) not in dimension_values]
            yield from (Flaw("choice_unpriced", service.key, f"{field.name}={choice}") for choice in unpriced)


def _describe(priced_subject: PricedSubject) -> str:
    return ", ".join(f"{dimension}={value}" for dimension, value in sorted(priced_subject.dimensions.items()))
