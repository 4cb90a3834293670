"""Tariffs and quotes: dated rows set by the revenue unit, and amounts that can be explained years later.

A row is never edited in place: a change closes the old row and opens a new one (services.md, "Tariffs and money"); a
wrong price is closed on its own first day, and stays in the history of prices.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.dated import holds
from domain.errors import NotFound
from domain.money import Rounding, round_rials

Dimensions = Mapping[str, str]
"""What a row is for, e.g. {"machine": "loader"} or {"kind": "valuation"}."""


@dataclass(frozen=True, slots=True)
class TariffRow:
    """One dated price. `rate` rials per `unit` (hour, visit …), at least `minimum` units, plus `vat_percent`.

    Valid on days d with valid_from <= d < valid_to (None: open end). Rows of the same service and dimensions never
    overlap. One that was withdrawn ends on its first day (domain/dated.py).
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


@dataclass(frozen=True, slots=True)
class Priced:
    """Something that has a price of its own: `dimensions`, what is counted, and amounts of it that show what a price
    means.
    """

    dimensions: Mapping[str, str]
    unit: str
    samples: tuple[int, ...]

    def texts(self) -> tuple[str, ...]:
        """Return the keys of its name, a dimension each."""
        return tuple(f"choices.{name}.{value}" for name, value in self.dimensions.items())


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
        """Units charged (halves allowed), the row's minimum applied."""
        return max(self.asked, self.minimum)

    @property
    def amount(self) -> int:
        """Rials before VAT; reckoned in half units, so that no fraction of a rial is ever rounded by a float."""
        return int(self.units * 2) * self.rate * self.count // 2

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

        Where the tariff asks the same as before (or asked nothing, so that nothing can be scaled), it stays as it is.
        """
        pairs = zip(self.lines, units, strict=True)
        other = replace(self, lines=tuple(replace(line, asked=asked) for line, asked in pairs))
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


def find_row(rows: Iterable[TariffRow], dimensions: Dimensions, day: date) -> TariffRow:
    """Return the row in force on that day; `NotFound` with the dimensions when the revenue unit has set none."""
    for row in rows:
        if row.dimensions == dict(dimensions) and row.in_force(day):
            return row
    raise NotFound("tariff", detail="tariff", **dimensions)


def quote(rows: Iterable[TariffRow], wanted: Iterable[Wanted], day: date, *, step: int, mode: Rounding) -> Quote:
    """Price all that is wanted by the rows in force on that day."""
    table = list(rows)
    lines = [_line(find_row(table, want.dimensions, day), want) for want in wanted]
    return Quote(tuple(lines), step, mode)


def _line(row: TariffRow, want: Wanted) -> QuoteLine:
    return QuoteLine(row.id, row.dimensions, row.unit, want.units, row.minimum, want.count, row.rate, row.vat_percent)


def of_thing(rows: Iterable[TariffRow], service: str, dimensions: Dimensions) -> list[TariffRow]:
    """Return the prices of one thing."""
    return [one for one in rows if (one.service, one.dimensions) == (service, dict(dimensions))]
