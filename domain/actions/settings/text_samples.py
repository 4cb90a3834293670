"""Texts as citizens get them, with values such as real requests have."""

from domain.messages.catalogue import Catalogue, find_service
from domain.messages.templates import PHONE

_MISSING = "…"


def render_sample(catalogue: Catalogue, text_key: str) -> str:
    """Return a text with sample values: those of its service (`services.<service>.samples.<fact>`), else those that
    all texts share (`admin.texts.samples.<fact>`); of a list of texts, each on a line.
    """
    if not isinstance(catalogue.read_source(text_key), str):
        return "\n".join(catalogue.text_lines(text_key))
    fact_names, service_key = catalogue.list_fact_names(text_key) - {PHONE}, find_service(text_key)
    return catalogue.render(text_key, {name: find_sample(catalogue, service_key, name) for name in fact_names})


def find_sample(catalogue: Catalogue, service_key: str, fact_name: str) -> str:
    """Return a value that a fact may have in the texts of a service ("": of none); three points where nobody said
    one.
    """
    keys = (f"services.{service_key}.samples.{fact_name}", f"admin.texts.samples.{fact_name}")
    return next((catalogue.text(key) for key in keys if key in catalogue), _MISSING)
