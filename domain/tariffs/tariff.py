"""Tariffs and quotes: dated rows set by the revenue unit, and amounts that can be explained years later.

A row is never edited in place: a change closes the old row and opens a new one (services.md, "Tariffs and money"); a
wrong price is closed on its own first day, and stays in the history of prices.

What is priced by a quantity may have bands: rows of the same thing with one more dimension, `from`. Each is a thing of
its own by its dimensions, dated by itself; only who looks for the price of an amount chooses among them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.values.dated_rows import holds
from domain.values.errors import InvalidField, NotFound
from domain.values.money import Rounding, exact_quantity, round_rials
from domain.values.text import ascii_digits, grouped

Dimensions = Mapping[str, str]
"""What a row is for, e.g. {"machine": "loader"} or {"kind": "valuation"}."""

FROM = "from"
"""The dimension of a band: the units from which on it prices the whole amount, as text ("8"); without it, from 0."""


def least_of(dimensions: Dimensions) -> int:
    """Return the units from which on a row with these dimensions prices."""
    return int(dimensions.get(FROM, 0))


def without_band(dimensions: Dimensions) -> dict[str, str]:
    """Return what is priced, whatever the amount."""
    return {name: value for name, value in dimensions.items() if name != FROM}


@dataclass(frozen=True, slots=True)
class TariffRow:
    """One dated price. `rate` rials per `unit` (hour, visit …), at least `minimum` units, plus `vat_percent`.

    Valid on days d with valid_from <= d < valid_to (None: open end). Rows of the same service and dimensions never
    overlap. One that was withdrawn ends on its first day (domain/values/dated_rows.py).
    """

    id: int
    service: str
    dimensions: dict[str, str]
    unit: str
    rate: int
    minimum: int
    vat_percent: int
    valid_from: date
    valid_to: date | None
    created_by: str
    created_at: datetime

    def in_force(self, day: date) -> bool:
        """Whether this row prices that day."""
        return holds(self, day)

    @property
    def least(self) -> int:
        """The units from which on it prices."""
        return least_of(self.dimensions)

    @property
    def unit_price(self) -> int:
        """Rials of one unit with VAT, the fraction dropped; the minimum is left aside."""
        return self.rate + self.rate * self.vat_percent // 100


@dataclass(frozen=True, slots=True)
class Priced:
    """Something that has a price of its own: `dimensions`, what is counted, and amounts of it that show what a price
    means. `most` is the greatest amount that is ever priced, 0 where it is not priced by a quantity: then it has no
    bands.
    """

    dimensions: Dimensions
    unit: str
    samples: tuple[int, ...]
    most: int = 0

    def texts(self) -> tuple[str, ...]:
        """Return the keys of its name, a dimension each."""
        return tuple(f"choices.{name}.{value}" for name, value in self.dimensions.items())

    @property
    def least(self) -> int:
        """The units from which on it is this, 0 for what is no band."""
        return least_of(self.dimensions)

    def band(self, start: str) -> "Priced":
        """Return its band from so many units on, digits of any script; samples are of the band.

        `InvalidField("from")` where it has no bands, or nothing of it is priced by that one.
        """
        if not self.most:
            raise InvalidField(FROM, detail="no_bands")
        digits = ascii_digits(start.strip()).lstrip("0")
        if not digits.isdecimal() or len(digits) > len(str(self.most)) or int(digits) > self.most:
            raise InvalidField(FROM, detail="range", least=grouped(1), most=grouped(self.most))
        least = int(digits)
        amounts = {least, min(2 * least, self.most), *(one for one in self.samples if one > least)}
        return replace(self, dimensions={**self.dimensions, FROM: str(least)}, samples=tuple(sorted(amounts)))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a price is to be, from which day on."""

    service: str
    dimensions: dict[str, str]
    unit: str
    rate: int
    minimum: int
    vat_percent: int
    valid_from: date


class ProposalState(StrEnum):
    """What became of a price that waits for a second person."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(slots=True)
class ProposedTariff:
    """A price that was proposed (`proposed_by` is a user name) and is not in force; `decided_by` is a label."""

    id: int
    service: str
    dimensions: dict[str, str]
    unit: str
    rate: int
    minimum: int
    vat_percent: int
    valid_from: date
    proposed_by: str
    proposed_at: datetime
    state: ProposalState = ProposalState.PENDING
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def terms(self) -> Terms:
        """Return what is proposed."""
        return Terms(*(getattr(self, one.name) for one in fields(Terms)))


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a quote by tariff row `tariff_id`: max(asked, minimum) `unit`s × `rate` × `count`, plus VAT on it."""

    tariff_id: int
    dimensions: dict[str, str]
    unit: str
    asked: float
    minimum: int
    count: int
    rate: int
    vat_percent: int

    @property
    def units(self) -> float:
        """Units charged, to two places, the row's minimum applied."""
        return max(self.asked, self.minimum)

    @property
    def amount(self) -> int:
        """Rials before VAT: exactly what the units come to as they are written, the fraction of a rial dropped."""
        return int(exact_quantity(self.units) * self.rate * self.count)

    @property
    def vat(self) -> int:
        """Rials of VAT, whole rials, the fraction dropped. Reckoned a line, so that rows may differ in percent."""
        return self.amount * self.vat_percent // 100


@dataclass(frozen=True, slots=True)
class Quote:
    """An amount and all that made it: the lines' amounts and VAT, rounded by `mode` to `step` rials.

    `override` is the amount that the revenue unit set instead, with `reason`; the lines still say what the tariff
    asked.
    """

    lines: tuple[QuoteLine, ...]
    step: int
    mode: Rounding
    override: int | None = None
    reason: str | None = None

    @property
    def subtotal(self) -> int:
        """Rials before VAT and rounding."""
        return sum(line.amount for line in self.lines)

    @property
    def vat(self) -> int:
        """Rials of VAT."""
        return sum(line.vat for line in self.lines)

    @property
    def computed(self) -> int:
        """Rials that the tariff asks, rounded."""
        return round_rials(self.subtotal + self.vat, self.step, self.mode)

    @property
    def total(self) -> int:
        """Rials to pay."""
        return self.computed if self.override is None else self.override

    def with_units(self, units: Sequence[float]) -> "Quote":
        """Return the same prices for other units, a number a line; an override is scaled by what the tariff says.

        What is priced keeps its prices: a line stays by its row, also where a band would price so many units today.
        Units are to two places (`InvalidField("units")`). Where the tariff asks the same as before (or asked nothing,
        so that nothing can be scaled), it stays as it is.
        """
        other = replace(self, lines=tuple(_with(line, asked) for line, asked in zip(self.lines, units, strict=True)))
        if self.override is None or self.computed in {0, other.computed}:
            return other
        scaled = round_rials(self.override * other.computed // self.computed, self.step, self.mode)
        return replace(other, override=scaled)

    def as_json(self) -> dict[str, Any]:
        """Return the form that is stored with the request and its bill."""
        sums = {"subtotal": self.subtotal, "vat": self.vat, "computed": self.computed, "total": self.total}
        return asdict(self) | {"lines": [asdict(line) | {"amount": line.amount} for line in self.lines]} | sums

    @staticmethod
    def from_json(stored: Mapping[str, Any]) -> "Quote":
        """Read back what `as_json` stored; derived sums are reckoned again."""
        names = [one.name for one in fields(QuoteLine)]
        lines = tuple(QuoteLine(**{name: line[name] for name in names}) for line in stored["lines"])
        return Quote(lines, stored["step"], stored["mode"], stored["override"], stored["reason"])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be priced: `units` of the row with these dimensions, `count` times."""

    dimensions: dict[str, str]
    units: float
    count: int = 1


def scale(rows: Iterable[TariffRow], dimensions: Dimensions, day: date) -> list[TariffRow]:
    """Return the rows that price one thing on that day, by where they begin: the plain one and its bands."""
    found = [one for one in rows if without_band(one.dimensions) == dict(dimensions) and one.in_force(day)]
    return sorted(found, key=lambda one: one.least)


def find_row(rows: Iterable[TariffRow], want: Wanted, day: date) -> TariffRow:
    """Return the row in force on that day that prices so many units: of those that begin by then, the last.

    `NotFound` with the dimensions when the revenue unit has set none.
    """
    begun = [one for one in scale(rows, want.dimensions, day) if one.least <= want.units]
    if not begun:
        raise NotFound("tariff", detail="tariff", **want.dimensions)
    return begun[-1]


def next_band(rows: Iterable[TariffRow], dimensions: Dimensions, day: date) -> int | None:
    """Return from how many units on another row prices the same thing that day; None where this is the last."""
    found = scale(rows, without_band(dimensions), day)
    return next((one.least for one in found if one.least > least_of(dimensions)), None)


def beside(rows: Iterable[TariffRow], row: TariffRow) -> list[TariffRow]:
    """Return the rows that price other amounts of the same thing on any day on which this one holds; `rows` are those
    of its service.
    """
    thing = without_band(row.dimensions)
    others = (one for one in rows if without_band(one.dimensions) == thing and one.least != row.least)
    return [one for one in others if one.in_force(day := max(one.valid_from, row.valid_from)) and row.in_force(day)]


def quote(rows: Iterable[TariffRow], wanted: Iterable[Wanted], day: date, *, step: int, mode: Rounding) -> Quote:
    """Price all that is wanted by the rows in force on that day, to two places of a unit; `InvalidField("units")` for
    finer ones, `NotFound("tariff")`.
    """
    table, wanted = list(rows), list(wanted)
    for want in wanted:
        exact_quantity(want.units)
    lines = [_line(find_row(table, want, day), want) for want in wanted]
    return Quote(tuple(lines), step, mode)


def _line(row: TariffRow, want: Wanted) -> QuoteLine:
    return QuoteLine(row.id, row.dimensions, row.unit, want.units, row.minimum, want.count, row.rate, row.vat_percent)


def _with(line: QuoteLine, units: float) -> QuoteLine:
    exact_quantity(units)
    return replace(line, asked=units)


def of_thing(rows: Iterable[TariffRow], service: str, dimensions: Dimensions) -> list[TariffRow]:
    """Return the prices of one thing; a band is a thing of its own."""
    return [one for one in rows if (one.service, one.dimensions) == (service, dict(dimensions))]
