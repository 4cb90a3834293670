"""The rules of street banners: what is priced, for how long, and until when money is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from domain.blocks.charging import QUOTE, store_quote
from domain.fields.decimals import Length, to_decimal
from domain.fields.stored import StoredFields, stored_text
from domain.fields.types import Choice, Integer
from domain.language.service import Effect, Guard, StepContext
from domain.services.banner_permit.periods import Period
from domain.settings.service_rules import ServiceRule
from domain.tariffs.tariff import PricedSubject, Quantity
from domain.values.errors import DomainError, InvalidField
from domain.values.money import round_quantity
from domain.values.reasons import InvalidReason
from domain.values.text import persian_digits

SERVICE_KEY = "banner_permit"
PERMIT_KIND = "permit"
PERIOD = Period("date", "days")

MOST_BANNERS, LONGEST_PERIOD = 50, 90
WIDTH = Length(Decimal("0.5"), Decimal(20))
HEIGHT = Length(Decimal("0.5"), Decimal(10))

STREET_CLASSES = ("main", "secondary", "alley")
STREET_CLASS = stored_text("street_class", Choice("street_class"), STREET_CLASSES)
"""Chosen by the officer, who knows the streets: it decides the rate."""

MOST_DAYS: ServiceRule[int] = ServiceRule(
    SERVICE_KEY, "banner_most_days", Integer(1, LONGEST_PERIOD), 30, "Days for which a street banner may hang."
)
"""Days for which a banner may hang; the municipality sets it."""

PRICED_ITEMS = tuple(
    PricedSubject({"street_class": street_class}, "square_metre_day", (1, 6, 42), max_amount=20 * 10 * LONGEST_PERIOD)
    for street_class in STREET_CLASSES
)


def list_quantities(context: StepContext) -> Sequence[Quantity]:
    """Return what is priced: for each banner its square metres, in hundredths rounded down, times its days."""
    fields = context.request.fields
    area = round_quantity(to_decimal(fields["width"]) * to_decimal(fields["height"]), "down")
    dimensions = {STREET_CLASS.name: STREET_CLASS.read(context.request)}
    return [Quantity(dimensions, area * int(fields["days"]), count=fields["banners"])]


@dataclass(frozen=True, slots=True)
class StoreStreetClass(Effect):
    """Keep the class of street that the officer chose."""

    stores: ClassVar[StoredFields] = (STREET_CLASS,)

    async def apply_effect(self, context: StepContext) -> None:
        """Write it beside the form, and into the history."""
        STREET_CLASS.write(context.request, context.inputs[STREET_CLASS.name])
        context.history_facts[STREET_CLASS.name] = context.inputs[STREET_CLASS.name]


@dataclass(frozen=True, slots=True)
class QuoteByTariff(Effect):
    """Quote what a request asks for, by the prices of its service in force today."""

    is_undoable: ClassVar[bool] = True
    makes_quote: ClassVar[bool] = True
    stores: ClassVar[StoredFields] = (QUOTE,)

    async def apply_effect(self, context: StepContext) -> None:
        """Keep the explained quote; errors: those of `store_quote`."""
        await store_quote(context, list_quantities(context))


@dataclass(frozen=True, slots=True)
class WithinMostDays(Guard):
    """A banner hangs no longer than the municipality allows."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Compare the days asked for with the rule."""
        return int(context.request.fields["days"]) <= MOST_DAYS.value_in(context.policy)

    def build_refusal(self, context: StepContext) -> DomainError:
        """Say how many days there may be."""
        most_days = persian_digits(MOST_DAYS.value_in(context.policy))
        return InvalidField("days", InvalidReason.RANGE, least=persian_digits(1), most=most_days)


def list_required_papers(form_values: object) -> tuple[str, ...]:
    """Return the papers that must be there when a request is accepted."""
    return ("design",)
