"""Views of the pages of a change: what may be changed, one section of it, and what the change would make of it."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from channels.portal.requests.controls import SectionControl, read_section_values
from channels.portal.requests.field_controls import ShownValues, build_field_controls
from channels.portal.tracking.addresses import change_address
from channels.web.posted import PostedForm, read_text
from domain.actions.dependencies import Dependencies
from domain.actions.requests.change import FormChange
from domain.actions.requests.described_changes import DescribedChange, describe_change
from domain.fields.form import Field
from domain.language.form_sections import FormSection
from domain.language.service import Service
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor
from domain.values.errors import DomainError

CHANGES_INPUT = "changes"
"""The hidden input with what was typed on the sections that were changed before (JSON): nothing is kept of a change
that is not confirmed yet.
"""


@dataclass(frozen=True, slots=True)
class ChangeableSection:
    """A section of a form of which something may be changed now."""

    name: str
    """As its service names it."""
    title: str
    """Its question."""
    address: str
    """Address at which it is changed."""
    answers: Sequence[DescribedChange]
    """Answers that may be changed, as they are now."""


@dataclass(frozen=True, slots=True)
class OpenedChange:
    """A request whose form is being changed, at one call."""

    request: ServiceRequest
    """The request."""
    actor: Actor
    """Actor."""
    service: Service
    """Its service."""
    fields: Sequence[Field]
    """Fields of its form that may be changed now."""
    pending_values: Mapping[str, Any]
    """Field → what was typed on the sections that were changed before; empty texts take answers away."""

    @property
    def sections(self) -> list[FormSection]:
        """The sections of which something may be changed."""
        return [section for section in self.service.sections if section.select_fields(self.fields)]

    def find_section(self, section_name: str) -> FormSection | None:
        """Return one of them."""
        return next((section for section in self.sections if section.name == section_name), None)

    @property
    def shown_values(self) -> Mapping[str, Any]:
        """Values of the form, with those typed before."""
        return {**self.request.fields, **self.pending_values}


class ChangeViews:
    """Builds what the pages of a change show."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    def build_sections(self, opened: OpenedChange) -> list[ChangeableSection]:
        """Return the sections of which something may be changed, with their present answers."""
        return [
            ChangeableSection(
                section.name,
                self._dependencies.wording.section_title(opened.service.key, section.name),
                change_address(opened.request.code, section.name),
                [
                    self._describe(opened, form_field, opened.request.fields)
                    for form_field in section.select_fields(opened.fields)
                ],
            )
            for section in opened.sections
        ]

    def build_controls(
        self, opened: OpenedChange, section: FormSection, posted: PostedForm, faults: Sequence[DomainError], rows: int
    ) -> list[SectionControl]:
        """Return the controls of a section: what was posted for it, else what stands in the form."""
        fields = section.select_fields(opened.fields)
        typed_values = read_section_changes(fields, posted) if is_section_posted(posted) else {}
        values = {**opened.shown_values, **typed_values}
        shown_values = ShownValues(values, opened.request.fields)
        return build_field_controls(self._dependencies, opened.service, fields, shown_values, faults, work_rows=rows)

    def build_changed_answers(self, opened: OpenedChange, change: FormChange) -> list[DescribedChange]:
        """Return the answers that a change makes others, those that follow from it too (days that count)."""
        return [
            self._describe(opened, form_field, change.values)
            for form_field in opened.service.form
            if opened.request.fields.get(form_field.name) != change.values.get(form_field.name)
        ]

    def _describe(self, opened: OpenedChange, form_field: Field, values: Mapping[str, Any]) -> DescribedChange:
        wording, service = self._dependencies.wording, opened.service
        return describe_change(wording, service, form_field.name, opened.request.fields, values)


SECTION_INPUT = "section"
"""The input that names a section: of a posted one, and of one that is asked for."""


def is_section_posted(posted: PostedForm) -> bool:
    """Return whether the controls of a section were posted, and not only its name."""
    return bool(read_text(posted, "filled"))


def read_section_changes(fields: Sequence[Field], posted: PostedForm) -> dict[str, Any]:
    """Return what a section's page posted for these fields, as typed; an empty text for what was left empty."""
    typed_values = read_section_values(fields, posted)
    return {form_field.name: typed_values.get(form_field.name, "") for form_field in fields}


def read_pending_values(posted: PostedForm, fields: Sequence[Field]) -> dict[str, Any]:
    """Return what was typed on the sections before, of the fields that may be changed; nothing of what is no such."""
    pending_values: object = {}
    with suppress(ValueError, RecursionError):
        pending_values = json.loads(read_text(posted, CHANGES_INPUT) or "{}")
    field_names = {form_field.name for form_field in fields}
    if not isinstance(pending_values, dict):
        return {}
    return {name: value for name, value in pending_values.items() if name in field_names and _is_typed_value(value)}


def write_pending_values(pending_values: Mapping[str, Any]) -> str:
    """Return what was typed so far, for the hidden input."""
    return json.dumps(pending_values, ensure_ascii=False)


def _is_typed_value(value: object) -> bool:
    """Return whether a page could have posted this: a text, texts of several choices, rows of machines."""
    if isinstance(value, list):
        return all(isinstance(entry, str | dict) for entry in value)
    return isinstance(value, str)
