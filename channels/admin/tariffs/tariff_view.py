"""Prices as the pages show them: what is priced, what it costs, since when and what is to come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from channels.admin.actors import describe_actor
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.tariffs.price_changes import PriceSample, sample_prices
from domain.actions.tariffs.price_differences import PriceDifference, find_difference
from domain.actions.tariffs.price_labels import describe_thing, describe_unit
from domain.actions.tariffs.priced_subjects import find_declared, list_priced
from domain.fields.types import format_number
from domain.language.wording import day_and_hour_text
from domain.registries.declarations import REGISTRIES
from domain.tariffs.tariff import (
    BAND_DIMENSION,
    PricedSubject,
    PriceTerms,
    ProposedTariff,
    TariffRow,
    find_next_band,
    rows_of_subject,
    without_band,
)
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import jalali_long_text, jalali_text
from domain.values.dated_rows import InsertionPoint, is_withdrawn, locate_insertion, preceding_row
from domain.values.errors import DomainError
from domain.values.text import group_digits

TARIFFS_PATH = "/staff/tariffs"


@dataclass(frozen=True, slots=True)
class PriceView:
    """A dated price, in words."""

    rate: str
    """Rials a unit, with Persian digits."""
    unit: str
    """Things counted."""
    minimum: str
    """The fewest units that are charged."""
    vat_percent: str
    """Value added tax, in percent."""
    first_day: str
    """Jalali."""
    last_day: str
    """Jalali; empty where it is open, or the price was withdrawn."""
    set_by: str
    """Name of the person who set it; empty where nobody has yet."""
    is_in_force: bool
    """It holds today."""
    is_upcoming: bool
    """It begins later and can be withdrawn: the price before it goes on then."""
    is_withdrawn: bool = False
    """It was withdrawn before it began."""
    has_no_successor: bool = False
    """There is no price before it that would go on if it were withdrawn."""
    id: int = 0
    """The row's; 0 for a price that is not set."""


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price that is not set, in words."""

    price: PriceView
    """As it would be."""
    replaced_rate: str
    """Rials a unit of the price whose place it takes; empty where it takes none's."""
    present_price: PriceView | None = None
    """The one that would hold without it; None where there would be none."""
    change_text: str = ""
    """Difference from that in percent; empty without one."""
    is_far: bool = False
    """It differs so much that it is asked about."""


@dataclass(frozen=True, slots=True)
class PricedLine:
    """Something that is priced: its page, the price in force, and the next one."""

    href: str
    title: str
    current_price: PriceView | None
    next_price: PriceView | None


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A price that waits for a second person's approval, in words."""

    id: int
    """The proposal's, for the forms that decide about it."""
    title: str
    """The service and what is priced."""
    new_price: NewPrice
    """The price, from the day on which it would begin."""
    proposed_by: str
    """By name."""
    proposed_at: str
    """Day and hour in Tehran."""
    is_own: bool
    """Its reader proposed it, and may not approve it."""
    samples: Sequence[tuple[str, str, str]] = ()
    """Prices of some amounts now and with it (`TariffViews.build_samples`)."""


class TariffViews:
    """Puts prices into words. `today` is the day in Tehran, `member_names` user name → full name."""

    def __init__(self, dependencies: Dependencies, today: date, member_names: Mapping[str, str]) -> None:
        self._dependencies = dependencies
        self._today = today
        self._member_names = member_names
        self._get_text = dependencies.catalogue.text

    def title_service(self, service_key: str) -> str:
        """Return what the service of a tariff is called."""
        if service_key in self._dependencies.services:
            return self._dependencies.wording.service_title(service_key)
        registry = next(
            candidate.key
            for candidate in REGISTRIES.values()
            if candidate.charge_terms and candidate.charge_terms.tariff_service == service_key
        )
        return self._get_text(f"choices.registry.{registry}")

    def describe_thing(self, priced_thing: PricedSubject | ProposedTariff) -> str:
        """Return what is priced."""
        return describe_thing(self._dependencies.catalogue, priced_thing.dimensions, priced_thing.unit)

    def describe_unit(self, unit: str) -> str:
        """Return what is counted."""
        return describe_unit(self._dependencies.catalogue, unit)

    def build_lines(self, service_key: str, rows: Sequence[TariffRow]) -> list[PricedLine]:
        """Return everything that is priced in a service: what is declared, and what else has a price."""
        return [self._build_line(service_key, thing, rows) for thing in self._list_things(service_key, rows)]

    def build_band_lines(self, service_key: str, thing: PricedSubject, rows: Sequence[TariffRow]) -> list[PricedLine]:
        """Return the bands of a thing, the least first; `rows` are those of its service."""
        band_things = [band for band in self._list_things(service_key, rows) if BAND_DIMENSION in band.dimensions]
        return [
            self._build_line(service_key, band, rows)
            for band in band_things
            if without_band(band.dimensions) == thing.dimensions
        ]

    def _list_things(self, service_key: str, rows: Sequence[TariffRow]) -> list[PricedSubject]:
        """Return what is priced, each band behind its thing."""
        things_by_address: dict[str, PricedSubject] = {}
        for candidate in (
            *list_priced(self._dependencies)[service_key],
            *(PricedSubject(row.dimensions, row.unit, ()) for row in rows),
        ):
            things_by_address.setdefault(price_address(service_key, candidate.dimensions), candidate)
        thing_order = [without_band(candidate.dimensions) for candidate in things_by_address.values()]
        return sorted(
            things_by_address.values(),
            key=lambda candidate: (thing_order.index(without_band(candidate.dimensions)), candidate.band_start),
        )

    def _build_line(self, service_key: str, thing: PricedSubject, rows: Sequence[TariffRow]) -> PricedLine:
        own_rows = rows_of_subject(rows, service_key, thing.dimensions)
        price_views = [self.build_price_view(row, own_rows) for row in own_rows]
        return PricedLine(
            price_address(service_key, thing.dimensions),
            self.describe_thing(thing),
            next((price_view for price_view in price_views if price_view.is_in_force), None),
            next((price_view for price_view in price_views if price_view.is_upcoming), None),
        )

    def build_price_view(self, row: TariffRow, rows: Sequence[TariffRow]) -> PriceView:
        """Return a row; `rows` are those of the same thing."""
        set_by = describe_actor(self._dependencies.catalogue, row.created_by, self._member_names)
        is_over = is_withdrawn(row)
        price_view = self._build_price(row, "" if is_over else _format_day(row.valid_to), set_by)
        is_upcoming = row.valid_from > self._today and not is_over
        has_no_successor = preceding_row(rows, row) is None
        return replace(
            price_view,
            is_in_force=row.is_in_force(self._today),
            is_upcoming=is_upcoming,
            is_withdrawn=is_over,
            has_no_successor=has_no_successor,
            id=row.id,
        )

    async def build_proposals(
        self, uow: UnitOfWork, proposals: Iterable[ProposedTariff], username: str
    ) -> list[ProposalView]:
        """Return prices that wait, as this member of the staff sees them."""
        return [await self._build_proposal(uow, proposal, username) for proposal in proposals]

    async def _build_proposal(self, uow: UnitOfWork, proposal: ProposedTariff, username: str) -> ProposalView:
        """Return a price that waits, from the day on which it would begin, with what some amounts cost by it."""
        proposed_by = self._member_names.get(proposal.proposed_by, proposal.proposed_by)
        title = f"{self.title_service(proposal.service)}: {self.describe_thing(proposal)}"
        rows = await uow.tariffs.list_of_service(proposal.service)
        terms = replace(proposal.terms, valid_from=max(proposal.valid_from, self._today))
        insertion = locate_insertion(rows_of_subject(rows, proposal.service, proposal.dimensions), terms.valid_from)
        new_price = self.build_new_price(terms, insertion, rows)
        return ProposalView(
            proposal.id,
            title,
            new_price,
            proposed_by,
            day_and_hour_text(proposal.proposed_at),
            proposal.proposed_by == username,
            await self._build_proposal_samples(uow, terms),
        )

    async def _build_proposal_samples(self, uow: UnitOfWork, terms: PriceTerms) -> list[tuple[str, str, str]]:
        """Return the samples of a proposed price; none of what is priced no more, or can be no price any more."""
        try:
            thing = find_declared(self._dependencies, terms.service, terms.dimensions)
            return await self.build_samples(uow, terms, thing) if thing else []
        except DomainError:  # prices that were set since; approving it says what is wrong
            return []

    async def build_samples(
        self, uow: UnitOfWork, terms: PriceTerms, thing: PricedSubject
    ) -> list[tuple[str, str, str]]:
        """Return what some amounts cost: so many units, what they cost without the price and with it."""
        samples = await sample_prices(ActionContext(self._dependencies, uow), terms, thing.sample_amounts)
        return [self._describe_sample(sample, terms.unit) for sample in samples]

    def build_new_price(
        self, terms: PriceTerms, insertion: InsertionPoint[TariffRow], rows: Sequence[TariffRow]
    ) -> NewPrice:
        """Return a price that is not set beside the present one, and what becomes of the others by it; `rows` are those
        of its service.
        """
        replaced_rate = group_digits(insertion.replaced_row.rate) if insertion.replaced_row else ""
        price, price_difference = (
            self._build_price(terms, jalali_long_text(insertion.valid_until) if insertion.valid_until else "", ""),
            find_difference(rows, terms),
        )
        if price_difference is None:
            return NewPrice(price, replaced_rate)
        present_price = self._build_price(price_difference.present, _format_day(price_difference.present.valid_to), "")
        return NewPrice(
            price, replaced_rate, present_price, self._describe_change(price_difference), price_difference.is_far
        )

    def _describe_change(self, price_difference: PriceDifference) -> str:
        """Return by how many percent a price differs, as it is read: «۳۰٪ بیشتر»."""
        if not price_difference.percent:
            return self._get_text(
                f"admin.tariffs.changes.{'same' if price_difference.percent == 0 else 'from_nothing'}"
            )
        service_key = "dearer" if price_difference.percent > 0 else "cheaper"
        return self._dependencies.catalogue.render(
            f"admin.tariffs.changes.{service_key}", {"percent": group_digits(abs(price_difference.percent))}
        )

    def _build_price(self, tariff_terms: TariffRow | PriceTerms, last_day: str, set_by: str) -> PriceView:
        return PriceView(
            group_digits(tariff_terms.rate),
            self.describe_unit(tariff_terms.unit),
            format_number(tariff_terms.minimum),
            format_number(tariff_terms.vat_percent),
            jalali_text(tariff_terms.valid_from),
            last_day,
            set_by,
            is_in_force=False,
            is_upcoming=False,
        )

    def describe_bands_above(self, terms: PriceTerms, rows: Sequence[TariffRow]) -> str:
        """Return what is said of a price while a band prices greater amounts; empty where none does."""
        band_above = find_next_band(rows, terms.dimensions, terms.valid_from)
        text_facts = {"from": group_digits(band_above or 0), "unit": self.describe_unit(terms.unit)}
        return self._dependencies.catalogue.render("admin.tariffs.below", text_facts) if band_above else ""

    def _describe_sample(self, sample: PriceSample, unit: str) -> tuple[str, str, str]:
        price_before = group_digits(sample.before) if sample.before is not None else "—"
        return f"{group_digits(sample.units)} {self.describe_unit(unit)}", price_before, group_digits(sample.after)


def _format_day(day: date | None) -> str:
    return jalali_text(day) if day else ""


def price_address(service_key: str, dimensions: Mapping[str, str]) -> str:
    """Return the page of what is priced."""
    return f"{TARIFFS_PATH}/{service_key}?{urlencode({**without_band(dimensions), **dimensions})}"
