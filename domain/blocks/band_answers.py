"""How the bands of a tariff are told: from how many units on another price holds, and what one unit costs then."""

from collections.abc import Sequence

from domain.language.service import Answer, LookupContext
from domain.tariffs.tariff import TariffRow
from domain.values.text import grouped

BAND_ANSWERS = ("price_band", "more_bands")

LISTED = 3
"""Bands that one text tells, a message part each; of more the first, and the number of the rest."""


def tell_bands(asked: LookupContext, bands: Sequence[TariffRow], **facts: str) -> list[Answer]:
    """Tell each band, the least first, with what a unit costs with VAT; `facts` are said beside it."""
    told = bands[:LISTED] if asked.brief else bands
    lines: list[Answer] = [
        ("price_band", {**facts, "band": grouped(one.least), "amount": one.unit_price}) for one in told
    ]
    more = len(bands) - len(told)
    return [*lines, ("more_bands", {"count": more})] if more else lines
