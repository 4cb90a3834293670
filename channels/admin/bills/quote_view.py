"""A price as a request's page explains it: so that whoever reads it can add it up."""

from collections.abc import Sequence
from dataclasses import dataclass

from channels.admin.tariffs.priced_things import thing_named
from domain.engine.personal_data import WORDS_OF_QUOTE
from domain.fields.types import number_text
from domain.messages.catalogue import Catalogue
from domain.requests.request import JsonObject
from domain.tariffs.tariff import Quote, QuoteLine
from domain.values.text import grouped


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A line of the price: for what, how much of it, the rate, the amount. `minimum` tells why more is charged than
    was asked for, where that is so.
    """

    what: str
    units: str
    rate: str
    amount: str
    minimum: str | None


@dataclass(frozen=True, slots=True)
class QuoteView:
    """The price: its lines, what is added to them (a label and an amount each, in order), and what is to be paid.
    `override` is why that is another amount than the tariff's.
    """

    rows: Sequence[QuoteRow]
    added: Sequence[tuple[str, str]]
    total: str
    override: str | None


def shown_quote(catalogue: Catalogue, stored: JsonObject) -> QuoteView:
    """Return a price that a request keeps; an erasure took the officer's words from it."""
    quote = Quote.from_json({WORDS_OF_QUOTE: None, **stored})
    added = [("vat", grouped(quote.vat))]
    if rounded := quote.computed - quote.subtotal - quote.vat:
        added.append(("rounding", f"{'+' if rounded > 0 else '−'} {grouped(abs(rounded))}"))
    if quote.override is not None:
        added.append(("by_tariff", grouped(quote.computed)))
    return QuoteView(
        [_row(catalogue, one) for one in quote.lines],
        [(catalogue.text(f"admin.quote.{name}"), amount) for name, amount in added],
        grouped(quote.total),
        quote.reason if quote.override is not None else None,
    )


def _row(catalogue: Catalogue, line: QuoteLine) -> QuoteRow:
    least = {"asked": number_text(line.asked), "minimum": number_text(line.minimum)}
    return QuoteRow(
        thing_named(catalogue, line.dimensions, line.unit),
        f"{number_text(line.units)} × {number_text(line.count)}",
        grouped(line.rate),
        grouped(line.amount),
        catalogue.render("admin.quote.minimum", least) if line.minimum > line.asked else None,
    )
