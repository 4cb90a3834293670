"""Subject of a price, in words: the thing, and for a band from how many units on."""

from collections.abc import Mapping

from domain.messages.catalogue import Catalogue
from domain.tariffs.tariff import BAND_DIMENSION, read_band_start, without_band
from domain.values.languages import join_list
from domain.values.text import group_digits, persian_digits


def describe_thing(catalogue: Catalogue, dimensions: Mapping[str, str], unit: str) -> str:
    """Return what is priced by so many of a unit."""
    dimension_labels = [
        _text_or_value(catalogue, f"choices.{dimension}.{raw_value}", raw_value)
        for dimension, raw_value in without_band(dimensions).items()
    ]
    return join_list(
        [*dimension_labels, *([describe_band(catalogue, dimensions, unit)] if BAND_DIMENSION in dimensions else [])]
    )


def describe_band(catalogue: Catalogue, dimensions: Mapping[str, str], unit: str) -> str:
    """Return from how many units on a band prices."""
    band_facts = {"from": group_digits(read_band_start(dimensions)), "unit": describe_unit(catalogue, unit)}
    return catalogue.render("admin.tariffs.band", band_facts)


def describe_unit(catalogue: Catalogue, unit: str) -> str:
    """Return what is counted."""
    return _text_or_value(catalogue, f"admin.tariffs.units.{unit}", unit)


def _text_or_value(catalogue: Catalogue, key: str, raw_value: str) -> str:
    return catalogue.first_text(key, fallback=persian_digits(raw_value))
