"""Sections of a service's form for people who fill it in page by page: one question, or one group of fields, a page.

A service declares its sections, or none: then each field is a section by itself, together with what does as well in its
place (`Field.alternatives`). Titles are texts (`services.<service>.sections.<section>`), plain questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.fields.form import Field


@dataclass(frozen=True, slots=True)
class FormSection:
    """Fields of a form that are asked together."""

    name: str
    """Unique in its service; texts and addresses are called by it."""
    field_names: tuple[str, ...]
    """The fields, in the order in which they are asked."""

    def select_fields(self, form_fields: Sequence[Field]) -> tuple[Field, ...]:
        """Return the fields of this section out of a form's, in the section's order."""
        fields_by_name = {form_field.name: form_field for form_field in form_fields}
        return tuple(fields_by_name[name] for name in self.field_names if name in fields_by_name)


def list_asked_fields(form_fields: Sequence[Field]) -> list[Field]:
    """Return the fields that people are asked for: those that are derived are found, and never said."""
    return [form_field for form_field in form_fields if not form_field.is_derived]


def derive_sections(form_fields: Sequence[Field]) -> tuple[FormSection, ...]:
    """Return the sections of a form that declares none: a field each, with its alternatives."""
    sections: list[FormSection] = []
    placed_names: set[str] = set()
    asked_fields = {form_field.name: form_field for form_field in list_asked_fields(form_fields)}
    for form_field in asked_fields.values():
        if form_field.name in placed_names:
            continue
        group_names = _list_group(form_field, asked_fields, placed_names)
        placed_names.update(group_names)
        sections.append(FormSection(form_field.name, group_names))
    return tuple(sections)


def _list_group(form_field: Field, asked_fields: dict[str, Field], placed_names: set[str]) -> tuple[str, ...]:
    """Return a field and what is not placed yet of its alternatives, of theirs too, in the form's order."""
    group_names = {form_field.name}
    waiting_names = [form_field.name]
    while waiting_names:
        current_name = waiting_names.pop()
        related_names = {
            *asked_fields[current_name].alternatives,
            *(other.name for other in asked_fields.values() if current_name in other.alternatives),
        }
        new_names = [name for name in related_names - group_names - placed_names if name in asked_fields]
        group_names.update(new_names)
        waiting_names.extend(new_names)
    return tuple(name for name in asked_fields if name in group_names)
