"""Forms that pages have by a list of declared fields: read, shown, and shown again as they were typed when refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.admin.frame import Visitor
from channels.web.forms import Control, FormValues, FormWording, build_controls, describe_stray, read_form
from channels.web.refused_forms import RefusedForm
from domain.fields.form import Field, read_fields
from domain.fields.types import ReadingContext
from domain.language.wording import Wording
from domain.values.errors import Conflict


@dataclass(frozen=True, slots=True)
class FormView:
    """A form of a page."""

    controls: Sequence[Control]
    """Its fields as they are shown."""
    problem: str | None
    """A fault that names none of its fields; None without one."""
    is_open: bool
    """It was just refused."""
    current_values: Sequence[tuple[str, str]] = ()
    """Label and stored value of what somebody else changed first; empty where nobody did."""


@dataclass(frozen=True, slots=True)
class PageForm:
    """A form of a page, as it is declared once."""

    name: str
    """Name for its page; begins the ids of its controls."""
    fields: tuple[Field, ...]
    """Fields, in order."""
    labels_prefix: str
    """Text key prefix of the labels of its fields, by their names."""
    titles_by_field: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Field → choice → what it is called, or the key of that."""
    blank_key: str = "web.form.choose"
    """The key of what a choice says while nothing is chosen."""
    hint_keys: Mapping[str, str] = field(default_factory=dict)
    """Field → the key of the text beside it, in place of the text of its kind."""

    def read_values(self, visitor: Visitor) -> dict[str, Any]:
        """Return the values of the visitor's form; a `DomainError` that names every field with a fault."""
        return read_fields(
            self.fields, read_form(self.fields, visitor.form), visitor.actor.channel, ReadingContext(visitor.now)
        )

    def build_view(
        self, wording: Wording, stored_values: Mapping[str, Any], refused_form: RefusedForm | None
    ) -> FormView:
        """Return the form with what is given, or as it was typed if it is the one that was refused."""
        form_wording = FormWording(
            wording,
            lambda field_name: wording.catalogue.text(f"{self.labels_prefix}.{field_name}"),
            self.titles_by_field,
            f"{self.name}-",
            self.blank_key,
            {field_name: wording.catalogue.text(key) for field_name, key in self.hint_keys.items()},
        )
        own_refusal = refused_form if refused_form and refused_form.name == self.name else None
        shown_values, error = (
            (read_form(self.fields, own_refusal.posted_form), own_refusal.error)
            if own_refusal
            else (stored_values, None)
        )
        current_values = (
            self._list_current_values(form_wording, stored_values, shown_values) if isinstance(error, Conflict) else ()
        )
        problem = describe_stray(self.fields, error, form_wording)
        return FormView(
            build_controls(self.fields, shown_values, form_wording, error),
            problem,
            own_refusal is not None,
            current_values,
        )

    def _list_current_values(
        self, form_wording: FormWording, stored_values: Mapping[str, Any], submitted_values: FormValues
    ) -> Sequence[tuple[str, str]]:
        changed_names = [
            form_field.name
            for form_field in self.fields
            if (stored_values.get(form_field.name) or None) != (submitted_values.get(form_field.name) or None)
        ]
        return [
            (
                form_wording.label_of(field_name),
                self._describe_value(form_wording, field_name, stored_values.get(field_name)),
            )
            for field_name in changed_names
        ]

    def _describe_value(self, form_wording: FormWording, field_name: str, value: Any) -> str:
        titles_by_value, values = (
            self.titles_by_field.get(field_name, {}),
            value if isinstance(value, list) else [value] if value else [],
        )
        value_labels = [titles_by_value.get(entry, str(entry)) for entry in values]
        return (
            "، ".join(
                form_wording.catalogue.text(entry) if entry in form_wording.catalogue else entry
                for entry in value_labels
            )
            or "—"
        )
