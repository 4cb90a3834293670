"""A price as a request's page explains it: so that whoever reads it can add it up."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.actions.tariffs.price_labels import describe_thing
from domain.fields.types import format_number
from domain.messages.catalogue import Catalogue
from domain.tariffs.tariff import Quote, QuoteLine
from domain.values.text import group_digits


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A line of a price, in words."""

    thing_label: str
    """Subject of the price."""
    units: str
    """Quantity, with the unit."""
    rate: str
    """Rials a unit, with Persian digits."""
    amount: str
    """Rials of the line, with Persian digits."""
    minimum_note: str | None
    """Reason for charging more than was asked for; None where that is not so."""


@dataclass(frozen=True, slots=True)
class QuoteView:
    """Reckoning of an amount, in words."""

    rows: Sequence[QuoteRow]
    """Its lines."""
    additions: Sequence[tuple[str, str]]
    """Additions to them: label and rials, in order."""
    total: str
    """Rials that are to be paid, with Persian digits."""
    override_reason: str | None
    """Reason for an amount other than the tariff's; None where it is the tariff's."""


def build_quote_view(catalogue: Catalogue, quote: Quote) -> QuoteView:
    """Return a price that a request keeps; an erasure took the officer's words from it."""
    additions = [("vat", group_digits(quote.vat))]
    if rounding := quote.computed - quote.subtotal - quote.vat:
        additions.append(("rounding", f"{'+' if rounding > 0 else '−'} {group_digits(abs(rounding))}"))
    if quote.override is not None:
        additions.append(("by_tariff", group_digits(quote.computed)))
    return QuoteView(
        [_build_quote_row(catalogue, quote_line) for quote_line in quote.lines],
        [(catalogue.text(f"admin.quote.{addition}"), amount) for addition, amount in additions],
        group_digits(quote.total),
        quote.reason if quote.override is not None else None,
    )


def _build_quote_row(catalogue: Catalogue, quote_line: QuoteLine) -> QuoteRow:
    minimum_facts = {"asked": format_number(quote_line.asked), "minimum": format_number(quote_line.minimum)}
    return QuoteRow(
        describe_thing(catalogue, quote_line.dimensions, quote_line.unit),
        f"{format_number(quote_line.units)} × {format_number(quote_line.count)}",
        group_digits(quote_line.rate),
        group_digits(quote_line.amount),
        catalogue.render("admin.quote.minimum", minimum_facts) if quote_line.minimum > quote_line.asked else None,
    )
