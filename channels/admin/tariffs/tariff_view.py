"""Prices as the pages show them: what is priced, what it costs, since when and what is to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from channels.admin.actors import actor_shown
from channels.admin.tariffs.priced_things import thing_named, unit_named
from domain.actions.desk import Desk
from domain.actions.tariffs.changes import Difference, Sample, difference, priced
from domain.fields.types import number_text
from domain.language.wording import day_and_hour
from domain.registries.declarations import REGISTRIES
from domain.tariffs.tariff import FROM, Priced, ProposedTariff, TariffRow, Terms, next_band, of_thing, without_band
from domain.values.calendar import jalali_text
from domain.values.dated_rows import InsertionPoint, ends_at, place, withdrawn
from domain.values.text import grouped

ROOM = "/staff/tariffs"


@dataclass(frozen=True, slots=True)
class PriceView:
    """A dated price in words; `now` when it is in force, `ahead` when it can be withdrawn: another one goes on then, or
    none (`alone`).
    """

    rate: str
    unit: str
    minimum: str
    vat: str
    first: str
    last: str
    who: str
    now: bool
    ahead: bool
    withdrawn: bool = False
    alone: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price that is not set: in words, and the rate of the one that it takes the place of, if any.

    `present` is the one that would hold without it, `change` by how many percent this one differs from that, and `far`
    whether it is asked about.
    """

    price: PriceView
    replaces: str
    present: PriceView | None = None
    change: str = ""
    far: bool = False


@dataclass(frozen=True, slots=True)
class PricedLine:
    """Something that is priced: its page, the price in force, and the next one."""

    href: str
    title: str
    now: PriceView | None
    ahead: PriceView | None


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A price that waits; `own` when its reader proposed it."""

    id: int
    title: str
    new: NewPrice
    who: str
    at: str
    own: bool


class TariffViews:
    """Puts prices into words. `today` is the day in Tehran, `names` user name → full name."""

    def __init__(self, desk: Desk, today: date, names: Mapping[str, str]) -> None:
        self._desk = desk
        self._today = today
        self._names = names
        self._text = desk.catalogue.text

    def service(self, key: str) -> str:
        """Return what the service of a tariff is called."""
        if key in self._desk.services:
            return self._desk.wording.service(key)
        registry = next(one.key for one in REGISTRIES.values() if one.owed and one.owed.tariff == key)
        return self._text(f"choices.registry.{registry}")

    def thing(self, one: Priced | ProposedTariff) -> str:
        """Return what is priced."""
        return thing_named(self._desk.catalogue, one.dimensions, one.unit)

    def unit(self, unit: str) -> str:
        """Return what is counted."""
        return unit_named(self._desk.catalogue, unit)

    def lines(self, service: str, rows: Sequence[TariffRow]) -> list[PricedLine]:
        """Return everything that is priced in a service: what is declared, and what else has a price."""
        return [self._line(service, one, rows) for one in self._things(service, rows)]

    def bands(self, service: str, thing: Priced, rows: Sequence[TariffRow]) -> list[PricedLine]:
        """Return the bands of a thing, the least first; `rows` are those of its service."""
        bands = [one for one in self._things(service, rows) if FROM in one.dimensions]
        return [self._line(service, one, rows) for one in bands if without_band(one.dimensions) == thing.dimensions]

    def _things(self, service: str, rows: Sequence[TariffRow]) -> list[Priced]:
        """Return what is priced, each band behind its thing."""
        found: dict[str, Priced] = {}
        for one in (*priced(self._desk)[service], *(Priced(row.dimensions, row.unit, ()) for row in rows)):
            found.setdefault(address(service, one.dimensions), one)
        order = [without_band(one.dimensions) for one in found.values()]
        return sorted(found.values(), key=lambda one: (order.index(without_band(one.dimensions)), one.least))

    def _line(self, service: str, thing: Priced, rows: Sequence[TariffRow]) -> PricedLine:
        own = of_thing(rows, service, thing.dimensions)
        shown = [self.price(row, own) for row in own]
        return PricedLine(
            address(service, thing.dimensions),
            self.thing(thing),
            next((one for one in shown if one.now), None),
            next((one for one in shown if one.ahead), None),
        )

    def price(self, row: TariffRow, rows: Sequence[TariffRow]) -> PriceView:
        """Return a row; `rows` are those of the same thing."""
        who = actor_shown(self._desk.catalogue, row.created_by, self._names)
        gone = withdrawn(row)
        shown = self._price(row, "" if gone else _day(row.valid_to), who)
        ahead = row.valid_from > self._today and not gone
        alone = ends_at(rows, row) is None
        return replace(shown, now=row.in_force(self._today), ahead=ahead, withdrawn=gone, alone=alone, id=row.id)

    def proposal(self, one: ProposedTariff, username: str, rows: Sequence[TariffRow]) -> ProposalView:
        """Return a price that waits, from the day on which it would begin; `rows` are those of its service."""
        who = self._names.get(one.proposed_by, one.proposed_by)
        title = f"{self.service(one.service)}: {self.thing(one)}"
        start = max(one.valid_from, self._today)
        where = place(of_thing(rows, one.service, one.dimensions), start)
        new = self.new(replace(one.terms, valid_from=start), where, rows)
        return ProposalView(one.id, title, new, who, day_and_hour(one.proposed_at), one.proposed_by == username)

    def new(self, terms: Terms, where: InsertionPoint[TariffRow], rows: Sequence[TariffRow]) -> NewPrice:
        """Return a price that is not set beside the present one, and what becomes of the others by it; `rows` are those
        of its service.
        """
        replaces = grouped(where.replaced.rate) if where.replaced else ""
        price, found = self._price(terms, _day(where.until), ""), difference(rows, terms)
        if found is None:
            return NewPrice(price, replaces)
        present = self._price(found.present, _day(found.present.valid_to), "")
        return NewPrice(price, replaces, present, self._change(found), found.far)

    def _change(self, found: Difference) -> str:
        """Return by how many percent a price differs, as it is read: «۳۰٪ بیشتر»."""
        if not found.percent:
            return self._text(f"admin.tariffs.changes.{'same' if found.percent == 0 else 'from_nothing'}")
        key = "dearer" if found.percent > 0 else "cheaper"
        return self._desk.catalogue.render(f"admin.tariffs.changes.{key}", {"percent": grouped(abs(found.percent))})

    def _price(self, one: TariffRow | Terms, last: str, who: str) -> PriceView:
        return PriceView(
            grouped(one.rate), self.unit(one.unit), number_text(one.minimum), number_text(one.vat_percent),
            jalali_text(one.valid_from), last, who, now=False, ahead=False,
        )  # fmt: skip

    def below(self, terms: Terms, rows: Sequence[TariffRow]) -> str:
        """Return what is said of a price while a band prices greater amounts; empty where none does."""
        above = next_band(rows, terms.dimensions, terms.valid_from)
        said = {"from": grouped(above or 0), "unit": self.unit(terms.unit)}
        return self._desk.catalogue.render("admin.tariffs.below", said) if above else ""

    def sample(self, one: Sample, unit: str) -> tuple[str, str, str]:
        """Return so many units, what they cost without the price and with it."""
        before = grouped(one.before) if one.before is not None else "—"
        return f"{grouped(one.units)} {self.unit(unit)}", before, grouped(one.after)


def _day(day: date | None) -> str:
    return jalali_text(day) if day else ""


def address(service: str, dimensions: Mapping[str, str]) -> str:
    """Return the page of what is priced."""
    return f"{ROOM}/{service}?{urlencode({**without_band(dimensions), **dimensions})}"
