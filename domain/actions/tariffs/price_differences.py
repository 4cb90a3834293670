"""Difference between a price and the present one: who sets one far from it is asked whether it is meant."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.tariffs.tariff import PriceTerms, Quantity, TariffRow, find_price_row, read_band_start, without_band
from domain.values.errors import MissingField, NotFound
from domain.values.reasons import MissingReason
from domain.values.text import group_digits

FAR_PERCENT = 30
"""Percent by which a price differs from the present one so much that it is asked about: a digit too many is easily
typed.
"""


@dataclass(frozen=True, slots=True)
class PriceDifference:
    """Difference between a price and the present one that it would replace."""

    present: TariffRow
    """The present one's row."""
    percent: int | None
    """Percentage by which a unit, or the least charge, gets dearer: the greater; None where the present one is 0."""

    @property
    def is_far(self) -> bool:
        """Whether it is asked about."""
        return self.percent is None or abs(self.percent) >= FAR_PERCENT


def find_difference(rows: Sequence[TariffRow], terms: PriceTerms) -> PriceDifference | None:
    """Return how a price differs from what prices its first units on its first day without it; None where nothing
    does. `rows` are those of its service.
    """
    lowest = max(read_band_start(terms.dimensions), 1)
    try:
        present_row = find_price_row(rows, Quantity(without_band(terms.dimensions), lowest), terms.valid_from)
    except NotFound:
        return None
    charges_before, charges_after = (_unit_charges(price, lowest) for price in (present_row, terms))
    if charges_before == charges_after:
        return PriceDifference(present_row, 0)
    if 0 in charges_before:
        return PriceDifference(present_row, None)
    # Towards nothing, so that 29.5 % is no 30.
    pairs = zip(charges_before, charges_after, strict=True)
    percents = [(new - old) * 100 // old if new > old else -((old - new) * 100 // old) for old, new in pairs]
    return PriceDifference(present_row, max(percents, key=abs))


def _unit_charges(price: TariffRow | PriceTerms, lowest: int) -> tuple[int, int]:
    """Return what a unit costs with VAT, in hundredths of a rial, and the least that is charged from so many on."""
    unit_charge = price.rate * (100 + price.vat_percent)
    return unit_charge, unit_charge * max(price.minimum, lowest)


def refuse_far_price(difference: PriceDifference | None) -> None:
    """Refuse a price far from the present one (`MissingField("far")`), with both in the error."""
    if difference is not None and difference.is_far:
        change = "…" if difference.percent is None else group_digits(abs(difference.percent))
        raise MissingField(
            "far", MissingReason.FAR_PRICE, present=group_digits(difference.present.rate), percent=change
        )
