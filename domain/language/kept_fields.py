"""Fields that the requests of a service keep beside their form: it follows from what its effects keep and what it
shows."""

from dataclasses import replace

from domain.fields.stored import StoredField, StoredFields, StoredForm
from domain.fields.types import Text
from domain.language.service import Service
from domain.tariffs.tariff import Quote

QUOTE: StoredField[Quote] = StoredField(
    "quote",
    Text(),
    stored_form=StoredForm(lambda quote: quote.as_json(), Quote.from_json),
    take_figures=lambda quote_json: replace(Quote.from_json(quote_json), reason=None).as_json(),
)
"""Price by the tariff, explained, as the revenue unit may have set it, for a reason in its own words."""


def list_kept_fields(service: Service) -> StoredFields:
    """Return all of it, each once: the papers of a service may say it, and of it figures stay when a person is
    erased.
    """
    kept_by_effects = (field for effect in service.effects for field in (*effect.stores, *effect.may_store))
    return tuple({field.name: field for field in (*service.stored_fields, *kept_by_effects)}.values())
