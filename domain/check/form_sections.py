"""The sections of a form: each field that people are asked for is in exactly one, and each has its title."""

from collections import Counter
from collections.abc import Iterator

from domain.check.flaws import Flaw
from domain.language.form_sections import list_asked_fields
from domain.language.service import Service


def section_flaws(service: Service) -> Iterator[Flaw]:
    """Find fields that no page would ask for, or two would, and fields that do as well as one of another section."""
    section_names = Counter(section.name for section in service.sections)
    yield from (Flaw("double_section", service.key, name) for name, count in section_names.items() if count > 1)
    places = Counter(name for section in service.sections for name in section.field_names)
    asked_fields = {form_field.name: form_field for form_field in list_asked_fields(service.form)}
    yield from (Flaw("unknown_section_field", service.key, name) for name in places if name not in asked_fields)
    yield from (Flaw("field_in_two_sections", service.key, name) for name, count in places.items() if count > 1)
    yield from (Flaw("field_in_no_section", service.key, name) for name in asked_fields if name not in places)
    for section in service.sections:
        for form_field in section.select_fields(service.form):
            if not set(form_field.alternatives) <= set(section.field_names):
                yield Flaw("alternatives_apart", service.key, form_field.name)


def section_texts(service: Service) -> Iterator[str]:
    """Yield the keys of the titles that a service's own sections must have; one that was derived may do without."""
    yield from (f"services.{service.key}.sections.{section.name}.title" for section in service.form_sections)
