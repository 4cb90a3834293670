"""Fields that the requests of a service keep beside their form: it follows from what its effects keep and what it
shows."""

from domain.fields.stored import StoredFields
from domain.language.service import Service


def list_kept_fields(service: Service) -> StoredFields:
    """Return all of it, each once: the papers of a service may say it, and of it figures stay when a person is
    erased.
    """
    kept_by_effects = (field for effect in service.effects for field in (*effect.stores, *effect.may_store))
    return tuple({field.name: field for field in (*service.stored_fields, *kept_by_effects)}.values())
