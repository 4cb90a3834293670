"""Descriptions of the bands of a tariff: from how many units on another price holds, and what one unit costs then."""

from collections.abc import Sequence

from domain.language.lookups import LookupAnswer, LookupContext
from domain.tariffs.tariff import TariffRow
from domain.values.text import group_digits

BAND_ANSWERS = ("price_band", "more_bands")

MOST_LISTED_BANDS = 3
"""Bands that one text lists, a message part each; of more the first, and the number of the rest."""


def describe_bands(lookup: LookupContext, bands: Sequence[TariffRow], **facts: str) -> list[LookupAnswer]:
    """Describe each band, the least first, with what a unit costs with VAT; `facts` are said beside it."""
    listed_bands = bands[:MOST_LISTED_BANDS] if lookup.is_brief else bands
    band_lines: list[LookupAnswer] = [
        ("price_band", {**facts, "band": group_digits(band.band_start), "amount": band.unit_price})
        for band in listed_bands
    ]
    unlisted_count = len(bands) - len(listed_bands)
    return [*band_lines, ("more_bands", {"count": unlisted_count})] if unlisted_count else band_lines
