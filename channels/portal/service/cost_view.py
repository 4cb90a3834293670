"""Price and duration of a service, in words: in a line on the front page, whole on the service's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.actions.context import ActionContext
from domain.actions.tariffs.price_labels import describe_thing, describe_unit
from domain.actions.tariffs.public_prices import PublicPrice, list_public_prices
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.reports.durations import UsualDuration
from domain.reports.ports import DurationRepository
from domain.tariffs.tariff import TariffRow
from domain.values.calendar import to_tehran
from domain.values.text import group_digits, persian_digits


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A price in force, in words."""

    amount: str
    """Rials of one unit with VAT, grouped, Persian digits."""
    unit: str
    """Things counted."""
    band_start: str
    """The units from which on it holds; empty where it holds from the first."""
    minimum: str
    """The fewest units that are charged; empty where one is."""


@dataclass(frozen=True, slots=True)
class PricedThing:
    """Something that has a price."""

    title: str
    """Name."""
    lines: Sequence[PriceLine]
    """Its prices, the least amount first."""


@dataclass(frozen=True, slots=True)
class CostView:
    """Price and duration of a service."""

    summary: str
    """The cost in a line."""
    things: Sequence[PricedThing]
    """Everything that has a price; empty where the service is free, or no price is set."""
    priced_on: date | None
    """The day from which the newest of these prices is in force; None without any."""
    duration: str
    """Usual duration; empty where too few were finished to say so."""
    duration_basis: str
    """Out of how many requests that was reckoned; empty likewise."""


DurationsByService = Mapping[str, UsualDuration]
"""The usual length of services, and of steps of their pages, that have one."""


async def load_durations(durations: DurationRepository) -> DurationsByService:
    """Return what was reckoned last."""
    return {duration.service: duration for duration in await durations.list_usual()}


async def build_cost_view(context: ActionContext, service: Service, durations: DurationsByService) -> CostView:
    """Return a service's cost and length in words."""
    catalogue, duration = context.dependencies.catalogue, durations.get(service.key)
    prices = await list_public_prices(context, service)
    is_known = duration is not None and duration.is_conclusive
    return CostView(
        summary=_summarise_prices(catalogue, service, prices),
        things=[_describe_price(catalogue, price) for price in prices],
        priced_on=max((_find_start(row) for price in prices for row in price.rows), default=None),
        duration=describe_duration(catalogue, duration) if duration and is_known else "",
        duration_basis=_describe_basis(catalogue, duration) if duration and is_known else "",
    )


def _summarise_prices(catalogue: Catalogue, service: Service, prices: Sequence[PublicPrice]) -> str:
    """Return the least price of what the service prices first (an hour, a visit): what adds to it is on its page."""
    if not prices:
        return catalogue.text("portal.cost.unset" if service.priced_items else "portal.cost.free")
    first_unit = prices[0].subject.unit
    amounts = {row.unit_price for price in prices if price.subject.unit == first_unit for row in price.rows}
    key = "portal.cost.same" if len(amounts) == 1 else "portal.cost.from"
    facts = {"amount": group_digits(min(amounts)), "unit": describe_unit(catalogue, first_unit)}
    return catalogue.render(key, facts)


def _describe_price(catalogue: Catalogue, price: PublicPrice) -> PricedThing:
    subject = price.subject
    title = describe_thing(catalogue, subject.dimensions, subject.unit)
    return PricedThing(title, [_describe_row(catalogue, row) for row in price.rows])


def _describe_row(catalogue: Catalogue, row: TariffRow) -> PriceLine:
    return PriceLine(
        amount=group_digits(row.unit_price),
        unit=describe_unit(catalogue, row.unit),
        band_start=group_digits(row.band_start) if row.band_start > 1 else "",
        minimum=group_digits(row.minimum) if row.minimum > 1 else "",
    )


def _find_start(row: TariffRow) -> date:
    """Return the first day on which people could read a price: one may be set for days that are over."""
    return max(row.valid_from, to_tehran(row.created_at).date())


def describe_duration(catalogue: Catalogue, duration: UsualDuration) -> str:
    """Return a usual duration in words."""
    if not duration.working_days:
        return catalogue.text("portal.duration.same_day")
    return catalogue.render("portal.duration.days", {"days": persian_digits(duration.working_days)})


def _describe_basis(catalogue: Catalogue, duration: UsualDuration) -> str:
    return catalogue.render("portal.duration.basis", {"count": group_digits(duration.finished_count)})
