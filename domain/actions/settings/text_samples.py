"""Texts as citizens get them, with values such as real requests have."""

from contextlib import suppress

from domain.messages.catalogue import Catalogue, UnknownText, find_service
from domain.messages.templates import IN_TOMAN, PHONE, parse_template

_MISSING = "…"


def render_sample(catalogue: Catalogue, text_key: str) -> str:
    """Return a text with sample values: those of its service (`services.<service>.samples.<fact>`), else those that
    all texts share (`admin.texts.samples.<fact>`); of a list of texts, each on a line.
    """
    if not isinstance(catalogue.read_source(text_key), str):
        return "\n".join(catalogue.text_lines(text_key))
    fact_names, service_key = catalogue.list_fact_names(text_key) - {PHONE}, find_service(text_key)
    return catalogue.render(text_key, {name: find_sample(catalogue, service_key, name) for name in fact_names})


def list_longest_values(bound_catalogue: Catalogue, text_key: str) -> dict[str, str]:
    """Return the longest value of every fact that a text of this key may say, as it may be said: by its name, and by
    `name:toman` where the text says it so. What nothing bounds is left out.
    """
    known_facts = bound_catalogue.fact_names(text_key) | {PHONE}
    placeholders = {place for _, place in parse_template(bound_catalogue.text(text_key)) if place}
    forms = sorted(known_facts | {f"{place.name}:{IN_TOMAN}" for place in placeholders if place.in_toman})
    longest_values = dict[str, str]()
    for form in forms:
        with suppress(UnknownText):
            longest_values[form] = bound_catalogue.with_text(text_key, f"{{{form}}}").render_longest(text_key)
    return longest_values


def find_sample(catalogue: Catalogue, service_key: str, fact_name: str) -> str:
    """Return a value that a fact may have in the texts of a service ("": of none), else its longest one; three points
    where nobody said any.
    """
    keys = (
        f"services.{service_key}.samples.{fact_name}",
        f"admin.texts.samples.{fact_name}",
        f"services.{service_key}.longest.{fact_name}",
        f"longest.{fact_name}",
    )
    return catalogue.first_text(*keys, fallback=_MISSING)
