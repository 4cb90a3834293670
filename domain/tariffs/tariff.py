"""Tariffs and quotes: dated rows set by the revenue unit, and amounts that can be explained years later.

A row is never edited in place: a change closes the old row and opens a new one (services.md, "Tariffs and money"); a
wrong price is closed on its own first day, and stays in the history of prices.

What is priced by a quantity may have bands: rows of the same thing with one more dimension, `from`. Each is a thing of
its own by its dimensions, dated by itself; only who looks for the price of an amount chooses among them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.values.dated_rows import is_valid_on
from domain.values.errors import InvalidField, NotFound
from domain.values.money import QuantityInput, RoundingMode, exact_quantity, quantity_as_json, round_rials
from domain.values.reasons import InvalidReason, NotFoundReason
from domain.values.text import ascii_digits, group_digits

Dimensions = Mapping[str, str]
"""Subject of a row, e.g. {"machine": "loader"} or {"kind": "valuation"}."""

BAND_DIMENSION = "from"
"""The dimension of a band: the units from which on it prices the whole amount, as text ("8"); without it, from 0."""


def read_band_start(dimensions: Dimensions) -> int:
    """Return the units from which on a row with these dimensions prices."""
    return int(dimensions.get(BAND_DIMENSION, 0))


def without_band(dimensions: Dimensions) -> dict[str, str]:
    """Return what is priced, whatever the amount."""
    return {dimension: value for dimension, value in dimensions.items() if dimension != BAND_DIMENSION}


@dataclass(frozen=True, slots=True)
class TariffRow:
    """One dated price. Rows of the same service and dimensions never overlap.

    One that was withdrawn ends on its first day (domain/values/dated_rows.py).
    """

    id: int
    """The row's key in the store."""
    service: str
    """The service that it prices."""
    dimensions: dict[str, str]
    """Subject of the price; see `Dimensions`."""
    unit: str
    """Things counted: hour, visit …"""
    rate: int
    """In rials, of one unit."""
    minimum: int
    """Units that are charged at least."""
    vat_percent: int
    """VAT on top of the rate, in percent."""
    valid_from: date
    """The first day (Tehran) that it prices."""
    valid_to: date | None
    """The day that it prices no more; None: open end."""
    created_by: str
    """Person who set it, as a label."""
    created_at: datetime
    """Time of storing, in UTC."""

    def is_in_force(self, day: date) -> bool:
        """Whether this row prices that day."""
        return is_valid_on(self, day)

    @property
    def band_start(self) -> int:
        """The units from which on it prices."""
        return read_band_start(self.dimensions)

    @property
    def unit_price(self) -> int:
        """Rials of one unit with VAT, the fraction dropped; the minimum is left aside."""
        return self.rate + self.rate * self.vat_percent // 100


@dataclass(frozen=True, slots=True)
class PricedSubject:
    """Something that has a price of its own."""

    dimensions: Dimensions
    """Subject of the price; see `Dimensions`."""
    unit: str
    """Things counted: hour, visit …"""
    sample_amounts: tuple[int, ...]
    """Amounts of it that show what a price means."""
    max_amount: int = 0
    """The greatest amount that is ever priced; 0: not priced by a quantity, so it has no bands."""

    def text_keys(self) -> tuple[str, ...]:
        """Return the keys of its name, a dimension each."""
        return tuple(f"choices.{dimension}.{value}" for dimension, value in self.dimensions.items())

    @property
    def band_start(self) -> int:
        """The units from which on it is this, 0 for what is no band."""
        return read_band_start(self.dimensions)

    def for_band(self, start_text: str) -> "PricedSubject":
        """Return its band from so many units on, digits of any script; samples are of the band.

        `InvalidField("from")` where it has no bands, or nothing of it is priced by that one.
        """
        if not self.max_amount:
            raise InvalidField(BAND_DIMENSION, InvalidReason.NO_BANDS)
        start_digits = ascii_digits(start_text.strip()).lstrip("0")
        if (
            not start_digits.isdecimal()
            or len(start_digits) > len(str(self.max_amount))
            or int(start_digits) > self.max_amount
        ):
            raise InvalidField(
                BAND_DIMENSION, InvalidReason.RANGE, least=group_digits(1), most=group_digits(self.max_amount)
            )
        band_start = int(start_digits)
        amounts = {
            band_start,
            min(2 * band_start, self.max_amount),
            *(sample for sample in self.sample_amounts if sample > band_start),
        }
        return replace(
            self, dimensions={**self.dimensions, BAND_DIMENSION: str(band_start)}, sample_amounts=tuple(sorted(amounts))
        )


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """Terms of a price."""

    service: str
    """The service that it prices."""
    dimensions: dict[str, str]
    """Subject of the price; see `Dimensions`."""
    unit: str
    """Things counted: hour, visit …"""
    rate: int
    """In rials, of one unit."""
    minimum: int
    """Units that are charged at least."""
    vat_percent: int
    """VAT on top of the rate, in percent."""
    valid_from: date
    """The first day (Tehran) that it is to price."""


class ProposalState(StrEnum):
    """State of a price that waits for a second person."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(slots=True)
class ProposedTariff:
    """A price that was proposed and is not in force; all that `PriceTerms` has, and what became of it."""

    id: int
    """The row's key in the store."""
    service: str
    """The service that it is to price."""
    dimensions: dict[str, str]
    """Subject of the price; see `Dimensions`."""
    unit: str
    """Things counted: hour, visit …"""
    rate: int
    """In rials, of one unit."""
    minimum: int
    """Units that are charged at least."""
    vat_percent: int
    """VAT on top of the rate, in percent."""
    valid_from: date
    """The first day (Tehran) that it is to price."""
    proposed_by: str
    """The user name of who proposed it."""
    proposed_at: datetime
    """Time of the proposal, in UTC."""
    state: ProposalState = ProposalState.PENDING
    """Whether it waits, was approved or rejected."""
    decided_by: str | None = None
    """Person who decided, as a label; None while it waits."""
    decided_at: datetime | None = None
    """Time of that order, in UTC; None while it waits."""

    @property
    def terms(self) -> PriceTerms:
        """Return what is proposed."""
        return PriceTerms(*(getattr(self, terms_field.name) for terms_field in fields(PriceTerms)))


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a quote: max(asked, minimum) `unit`s × `rate` × `count`, plus VAT on it."""

    tariff_id: int
    """The tariff row that made it."""
    dimensions: dict[str, str]
    """Subject of the price; see `Dimensions`."""
    unit: str
    """Things counted: hour, visit …"""
    asked: Decimal
    """Units of each, exactly, in hundredths."""
    minimum: int
    """Units that are charged at least."""
    count: int
    """Number of these (machines)."""
    rate: int
    """In rials, of one unit."""
    vat_percent: int
    """VAT on top of the rate, in percent."""

    @property
    def units(self) -> Decimal:
        """Units charged, exactly, in hundredths, the row's minimum applied."""
        return max(self.asked, Decimal(self.minimum))

    @property
    def amount(self) -> int:
        """Rials before VAT: exactly what the units come to as they are written, the fraction of a rial dropped."""
        return int(self.units * 100) * self.rate * self.count // 100

    @property
    def vat(self) -> int:
        """Rials of VAT, whole rials, the fraction dropped. Reckoned a line, so that rows may differ in percent."""
        return self.amount * self.vat_percent // 100

    def as_json(self) -> dict[str, Any]:
        """Return the form that is stored."""
        return asdict(self) | {"asked": quantity_as_json(self.asked), "amount": self.amount}

    @staticmethod
    def from_json(stored_line: Mapping[str, Any]) -> "QuoteLine":
        """Read back what `as_json` stored."""
        line_values = {line_field.name: stored_line[line_field.name] for line_field in fields(QuoteLine)}
        return QuoteLine(**line_values | {"asked": exact_quantity(stored_line["asked"])})


@dataclass(frozen=True, slots=True)
class Quote:
    """An amount and all that made it."""

    lines: tuple[QuoteLine, ...]
    """Their amounts and VAT, added up."""
    step: int
    """The sum is rounded to so many rials."""
    mode: RoundingMode
    """Way of rounding: down, up or nearest."""
    override: int | None = None
    """Amount set by the revenue unit instead, in rials; the lines still say what the tariff asked. None: nothing."""
    reason: str | None = None
    """Reason, in somebody's words."""

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

    def with_units(self, units_by_line: Sequence[QuantityInput]) -> "Quote":
        """Return the same prices for other units, a number a line; an override is scaled by what the tariff says.

        What is priced keeps its prices: a line stays by its row, also where a band would price so many units today.
        Units are to two places (`InvalidField("units")`). Where the tariff asks the same as before (or asked nothing,
        so that nothing can be scaled), it stays as it is.
        """
        new_quote = replace(
            self, lines=tuple(_change_units(line, asked) for line, asked in zip(self.lines, units_by_line, strict=True))
        )
        if self.override is None or self.computed in {0, new_quote.computed}:
            return new_quote
        scaled_override = round_rials(self.override * new_quote.computed // self.computed, self.step, self.mode)
        return replace(new_quote, override=scaled_override)

    def as_json(self) -> dict[str, Any]:
        """Return the form that is stored with the request and its bill."""
        derived_sums = {"subtotal": self.subtotal, "vat": self.vat, "computed": self.computed, "total": self.total}
        return asdict(self) | {"lines": [line.as_json() for line in self.lines]} | derived_sums

    @staticmethod
    def from_json(stored_quote: Mapping[str, Any]) -> "Quote":
        """Read back what `as_json` stored; derived sums are reckoned again. An erasure took the reason."""
        lines = tuple(QuoteLine.from_json(stored_line) for stored_line in stored_quote["lines"])
        return Quote(
            lines, stored_quote["step"], stored_quote["mode"], stored_quote["override"], stored_quote.get("reason")
        )


@dataclass(frozen=True, slots=True)
class Quantity:
    """Quantity to be priced."""

    dimensions: dict[str, str]
    """Work asked for: the row with these dimensions prices it."""
    units: QuantityInput
    """Number of units of each, in hundredths at most; finer ones are refused when they are quoted."""
    count: int = 1
    """Number of them (machines)."""


def list_price_bands(tariff_rows: Iterable[TariffRow], dimensions: Dimensions, day: date) -> list[TariffRow]:
    """Return the rows that price one thing on that day, by where they begin: the plain one and its bands."""
    band_rows = [
        row for row in tariff_rows if without_band(row.dimensions) == dict(dimensions) and row.is_in_force(day)
    ]
    return sorted(band_rows, key=lambda row: row.band_start)


def find_price_row(tariff_rows: Iterable[TariffRow], quantity: Quantity, day: date) -> TariffRow:
    """Return the row in force on that day that prices so many units: of those that begin by then, the last.

    `NotFound` with the dimensions when the revenue unit has set none.
    """
    begun_rows = [
        row for row in list_price_bands(tariff_rows, quantity.dimensions, day) if row.band_start <= quantity.units
    ]
    if not begun_rows:
        raise NotFound("tariff", NotFoundReason.TARIFF, **quantity.dimensions)
    return begun_rows[-1]


def find_next_band(tariff_rows: Iterable[TariffRow], dimensions: Dimensions, day: date) -> int | None:
    """Return from how many units on another row prices the same thing that day; None where this is the last."""
    band_rows = list_price_bands(tariff_rows, without_band(dimensions), day)
    return next((row.band_start for row in band_rows if row.band_start > read_band_start(dimensions)), None)


def list_neighbour_rows(tariff_rows: Iterable[TariffRow], own_row: TariffRow) -> list[TariffRow]:
    """Return the rows that price other amounts of the same thing on any day on which this one holds; `tariff_rows` are
    those of its service.
    """
    subject = without_band(own_row.dimensions)
    other_rows = (
        other_row
        for other_row in tariff_rows
        if without_band(other_row.dimensions) == subject and other_row.band_start != own_row.band_start
    )
    return [
        other_row
        for other_row in other_rows
        if other_row.is_in_force(day := max(other_row.valid_from, own_row.valid_from)) and own_row.is_in_force(day)
    ]


def compute_quote(
    tariff_rows: Iterable[TariffRow], quantities: Iterable[Quantity], day: date, *, step: int, mode: RoundingMode
) -> Quote:
    """Price all that is wanted by the rows in force on that day, to two places of a unit; `InvalidField("units")` for
    finer ones, `NotFound("tariff")`.
    """
    row_list = list(tariff_rows)
    exact_quantities = [replace(quantity, units=exact_quantity(quantity.units)) for quantity in quantities]
    lines = [_build_line(find_price_row(row_list, quantity, day), quantity) for quantity in exact_quantities]
    return Quote(tuple(lines), step, mode)


def _build_line(row: TariffRow, quantity: Quantity) -> QuoteLine:
    return QuoteLine(
        tariff_id=row.id,
        dimensions=row.dimensions,
        unit=row.unit,
        asked=exact_quantity(quantity.units),
        minimum=row.minimum,
        count=quantity.count,
        rate=row.rate,
        vat_percent=row.vat_percent,
    )


def _change_units(line: QuoteLine, charged_units: QuantityInput) -> QuoteLine:
    return replace(line, asked=exact_quantity(charged_units))


def rows_of_subject(tariff_rows: Iterable[TariffRow], service: str, dimensions: Dimensions) -> list[TariffRow]:
    """Return the prices of one thing; a band is a thing of its own."""
    return [row for row in tariff_rows if (row.service, row.dimensions) == (service, dict(dimensions))]
