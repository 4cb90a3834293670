"""One section of a form as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels.portal.problems import Problem, name_field
from channels.portal.requests.addresses import begin_address, draft_address, section_address
from channels.portal.requests.controls import SectionControl
from channels.portal.requests.field_controls import ShownValues, build_field_controls
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import build_draft
from domain.actions.drafts.reading import DraftReading, select_typed_values
from domain.language.form_sections import FormSection
from domain.language.service import Service
from domain.language.wording import Wording
from domain.values.errors import DomainError
from domain.values.text import persian_digits

MOST_WORK_ROWS = 99
"""More rows for machines than any form has: it then has as many as it may have."""


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section as its page shows it."""

    section_name: str
    """The section."""
    service_title: str
    """Name of the service."""
    title: str
    """The question."""
    hint: str
    """Hint below it; empty where nothing is."""
    progress: str
    """Number of the question and of all."""
    items: Sequence[SectionControl]
    """Its controls."""
    problems: Sequence[Problem]
    """Problems, each with the place where it is mended."""
    action: str
    """Address that its form is sent to."""
    previous_address: str
    """The section before it, or the page where the request was begun."""
    from_summary: bool
    """It leads back to the summary."""

    @property
    def is_single(self) -> bool:
        """Whether the question is that of its only field, whose label needs not be shown beside it."""
        return len(self.items) == 1


class SectionViews:
    """Builds the view of a section."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    def build_empty_views(self, service: Service) -> list[SectionView]:
        """Return all sections of a form with nothing in them, every row for machines there may be, and no days to
        choose from: the same for everybody on every day.
        """
        reading = DraftReading(build_draft(self._dependencies, service), service, {}, {}, [])
        return [
            self.build_view(reading, section, [], MOST_WORK_ROWS, from_summary=False, offers_days=False)
            for section in service.sections
        ]

    def build_view(
        self,
        reading: DraftReading,
        section: FormSection,
        faults: Sequence[DomainError],
        work_rows: int,
        *,
        from_summary: bool,
        offers_days: bool = True,
    ) -> SectionView:
        """Return a section with what was typed, and these faults of it; `offers_days`: with the next days to choose
        from.
        """
        wording, draft, service = self._dependencies.wording, reading.draft, reading.service
        sections = list(service.sections)
        position = sections.index(section)
        items = self._build_controls(reading, section, faults, work_rows, offers_days=offers_days)
        counts = {"number": persian_digits(position + 1), "count": persian_digits(len(sections))}
        return SectionView(
            section_name=section.name,
            service_title=wording.service_title(service.key),
            title=wording.section_title(service.key, section.name),
            hint=wording.section_hint(service.key, section.name),
            progress=wording.catalogue.render("web.request_form.step", counts),
            items=items,
            problems=list_page_problems(wording, items, faults),
            action=section_address(draft, section.name, from_summary=from_summary),
            previous_address=self._find_previous(reading, position, from_summary=from_summary),
            from_summary=from_summary,
        )

    def _find_previous(self, reading: DraftReading, position: int, *, from_summary: bool) -> str:
        if from_summary:
            return draft_address(reading.draft, "summary")
        if position == 0:
            return begin_address(reading.service.key)
        return section_address(reading.draft, reading.service.sections[position - 1].name)

    def _build_controls(
        self,
        reading: DraftReading,
        section: FormSection,
        faults: Sequence[DomainError],
        work_rows: int,
        *,
        offers_days: bool,
    ) -> list[SectionControl]:
        service = reading.service
        typed_values: Mapping[str, Any] = {**reading.found_values, **select_typed_values(service, reading.draft)}
        shown_values = ShownValues(typed_values, reading.values, reading.remaining_choices, offers_days=offers_days)
        fields = section.select_fields(service.form)
        return build_field_controls(self._dependencies, service, fields, shown_values, faults, work_rows=work_rows)


def list_page_problems(
    wording: Wording, items: Sequence[SectionControl], faults: Sequence[DomainError]
) -> list[Problem]:
    """Return the summary of errors of a page with these controls: what belongs to none of them comes last."""
    return list_problems(items, [wording.render_error(fault) for fault in _list_unplaced(items, faults)])


def list_problems(items: Sequence[SectionControl], unplaced_messages: Sequence[str] = ()) -> list[Problem]:
    """Return the summary of errors of a page: those of its controls, and those that belong to none."""
    problems = [
        Problem(name_field(item.control.label, item.control.problem), f"#{item.first_id}")
        for item in items
        if item.control.problem
    ]
    return [*problems, *(Problem(message) for message in unplaced_messages)]


def _list_unplaced(items: Sequence[SectionControl], faults: Sequence[DomainError]) -> list[DomainError]:
    control_names = {item.control.name for item in items}
    return [fault for fault in faults if fault.field not in control_names]
