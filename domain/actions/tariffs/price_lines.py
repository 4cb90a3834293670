"""The prices of a service as lines of an answer, for every service that prices: whatever its declaration adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.actions.context import ActionContext
from domain.actions.tariffs.price_labels import describe_thing, describe_unit
from domain.actions.tariffs.public_prices import list_public_prices
from domain.language.service import Service
from domain.repositories import SettingRepositories
from domain.values.errors import NotFound
from domain.values.reasons import NotFoundReason
from domain.values.text import group_digits

PRICE_LINE_KEY = "sms.price_line"


@dataclass(frozen=True, slots=True)
class PriceText:
    """Price of one thing, in words."""

    text: str
    """The whole line."""
    facts: Mapping[str, Any]
    """For programs: `amount`, the rials of a unit with VAT."""


async def list_price_lines(context: ActionContext[SettingRepositories], services: Sequence[Service]) -> list[PriceText]:
    """Return what each thing that these services price costs today, its bands among them; `NotFound("tariff")` where no
    price is set.
    """
    catalogue = context.dependencies.catalogue
    price_lines = [
        PriceText(
            catalogue.render(
                PRICE_LINE_KEY,
                {
                    "thing": describe_thing(catalogue, row.dimensions, row.unit),
                    "unit": describe_unit(catalogue, row.unit),
                    "amount": group_digits(row.unit_price),
                },
            ),
            {"amount": row.unit_price},
        )
        for service in services
        for price in await list_public_prices(context, service)
        for row in price.rows
    ]
    if not price_lines:
        raise NotFound("tariff", NotFoundReason.TARIFF)
    return price_lines
