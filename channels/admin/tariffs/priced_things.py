"""What a price is for, in words: the thing, and for a band from how many units on."""

from collections.abc import Mapping

from domain.messages.catalogue import Catalogue
from domain.tariffs.tariff import FROM, least_of, without_band
from domain.values.text import grouped, persian_digits


def thing_named(catalogue: Catalogue, dimensions: Mapping[str, str], unit: str) -> str:
    """Return what is priced by so many of a unit."""
    words = [_named(catalogue, f"choices.{name}.{value}", value) for name, value in without_band(dimensions).items()]
    return "، ".join([*words, *([band_named(catalogue, dimensions, unit)] if FROM in dimensions else [])])


def band_named(catalogue: Catalogue, dimensions: Mapping[str, str], unit: str) -> str:
    """Return from how many units on a band prices."""
    start = {"from": grouped(least_of(dimensions)), "unit": unit_named(catalogue, unit)}
    return catalogue.render("admin.tariffs.band", start)


def unit_named(catalogue: Catalogue, unit: str) -> str:
    """Return what is counted."""
    return _named(catalogue, f"admin.tariffs.units.{unit}", unit)


def _named(catalogue: Catalogue, key: str, value: str) -> str:
    return catalogue.text(key) if key in catalogue else persian_digits(value)
