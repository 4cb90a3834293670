"""A draft read as the form that it is: what is understood, what was found without asking, and what is wrong where.

Who has not proved a mobile is told nothing that the registries know, neither as values nor as faults: then the form is
read by its own fields alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.actions.citizens.sessions import PORTAL_CHANNEL, citizen_actor
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.requests.submit import autofill_values, read_request_form
from domain.drafts.draft import Draft
from domain.engine.form_preview import find_form_refusal
from domain.fields.form import list_missing, read_readable
from domain.fields.types import ReadingContext
from domain.language.form_sections import FormSection
from domain.language.service import Service
from domain.unit_of_work import UnitOfWork
from domain.values.errors import DomainError, Unavailable


@dataclass(frozen=True, slots=True)
class DraftReading:
    """A draft as it is understood now."""

    draft: Draft
    service: Service
    values: Mapping[str, Any]
    """Field → value, as far as it can be read or was found."""
    found_values: Mapping[str, Any]
    """Those of them that nobody typed: of the person, and of registries."""
    faults: Sequence[DomainError]
    """Everything that is wrong with it, in the form's order; what was not asked yet is missing too."""
    remaining_choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field → what is left to choose from, where the registries know it (the citizen's own taxis)."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is wrong with it, and every section was looked at."""
        return not self.faults and self.find_unsaved_section() is None

    def find_unsaved_section(self) -> FormSection | None:
        """Return the first section that was not saved yet, unless all that it must say was found."""
        return next((section for section in self.service.sections if not self._is_answered(section)), None)

    def find_open_section(self) -> FormSection | None:
        """Return the first section that was not saved yet, or has a fault."""
        return next(
            (
                section
                for section in self.service.sections
                if not self._is_answered(section) or self.list_faults_of(section)
            ),
            None,
        )

    def list_faults_of(self, section: FormSection) -> list[DomainError]:
        """Return the faults of a section's fields."""
        return [fault for fault in self.faults if fault.field in section.field_names]

    def list_stray_faults(self) -> list[DomainError]:
        """Return the faults that name no field of the form."""
        asked_names = {name for section in self.service.sections for name in section.field_names}
        return [fault for fault in self.faults if fault.field not in asked_names]

    def _is_answered(self, section: FormSection) -> bool:
        return section.name in self.draft.saved_sections


async def read_draft(context: ActionContext, draft: Draft, proved_mobile: str | None) -> DraftReading:
    """Read a draft for whoever holds it; `proved_mobile` (+989…) is the one that the session has proved, if any."""
    service = context.dependencies.engine.get_service(draft.service)
    typed_values = select_typed_values(service, draft)
    remaining_choices: Mapping[str, tuple[str, ...]] = {}
    if proved_mobile is None:
        values, faults = _read_by_fields(context.dependencies, service, typed_values)
    else:
        person = await context.uow.people.find_person(proved_mobile)
        known_values = autofill_values(service, person)
        values, faults = await read_request_form(
            context, service, known_values, typed_values, proved_mobile, PORTAL_CHANNEL
        )
        if faults:
            remaining_choices = await _find_remaining_choices(context.uow, service, proved_mobile, values)
    if not faults and (
        refusal := await find_form_refusal(
            context.dependencies.engine, context.uow, service, values, citizen_actor(proved_mobile), proved_mobile
        )
    ):
        faults = [refusal]
    found_values = {name: value for name, value in values.items() if name not in typed_values}
    return DraftReading(draft, service, values, found_values, faults, remaining_choices)


def select_typed_values(service: Service, draft: Draft) -> dict[str, Any]:
    """Return what was typed for the fields that the form has now: a newer version may have others."""
    asked_names = {form_field.name for form_field in service.form if not form_field.is_derived}
    return {name: value for name, value in draft.typed_values.items() if name in asked_names}


def _read_by_fields(
    dependencies: Dependencies, service: Service, typed_values: Mapping[str, Any]
) -> tuple[dict[str, Any], list[DomainError]]:
    values, faults = read_readable(service.form, typed_values, ReadingContext(dependencies.clock.now()))
    return values, [*faults, *list_missing(service.form, values, PORTAL_CHANNEL, faults)]


async def _find_remaining_choices(
    uow: UnitOfWork, service: Service, mobile: str, values: Mapping[str, Any]
) -> Mapping[str, tuple[str, ...]]:
    """Return what is left to choose from; where the registries refuse what was typed, there is nothing to offer."""
    if service.fill_form is None:
        return {}
    try:
        return (await service.fill_form(uow, mobile, values)).remaining_choices
    except Unavailable:
        raise
    except DomainError:
        return {}
