"""Quote of a request by the tariff, as it is kept beside the form."""

from dataclasses import replace

from domain.fields.stored import StoredField, StoredForm
from domain.fields.types import Text
from domain.tariffs.tariff import Quote

QUOTE: StoredField[Quote] = StoredField(
    "quote",
    Text(),
    stored_form=StoredForm(lambda quote: quote.as_json(), Quote.from_json),
    take_figures=lambda quote_json: replace(Quote.from_json(quote_json), reason=None).as_json(),
)
"""Price by the tariff, explained, as the revenue unit may have set it, for a reason in its own words."""
