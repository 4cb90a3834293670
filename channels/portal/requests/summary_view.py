"""Answers for checking before they are sent, and the result afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass

from channels.portal.problems import Problem, name_field
from channels.portal.requests.addresses import draft_address, section_address
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.reading import DraftReading, select_typed_values
from domain.drafts.draft import Draft, Relation
from domain.fields.closed_days import find_closed_day
from domain.fields.form import Field
from domain.language.form_sections import FormSection
from domain.tariffs.tariff import Quote
from domain.values.calendar import jalali_long_text
from domain.values.text import group_digits, persian_digits


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, in words."""

    label: str
    """Question."""
    value: str
    """Answer, or the text typed where it cannot be read; empty where nothing was."""
    is_found: bool
    """Nobody typed it: it is what the municipality has of this person."""
    problem: str
    """Problem; empty where nothing is."""


@dataclass(frozen=True, slots=True)
class AnsweredSection:
    """A section with its answers."""

    title: str
    """Its question."""
    address: str
    """Address at which it is changed."""
    answers: Sequence[Answer]
    """Its answers, in order; what is optional and empty is left out."""


@dataclass(frozen=True, slots=True)
class SummaryView:
    """All answers of a draft."""

    service_title: str
    """Name of the service."""
    sections: Sequence[AnsweredSection]
    """Its sections."""
    problems: Sequence[Problem]
    """Problems, each with the section where it is mended."""
    applicant: str
    """Person for whom the citizen asks, in words."""
    applicant_address: str
    """Address at which that is changed."""
    estimate: str
    """Price by today's tariff, grouped rials; empty where nobody can say."""
    closed_day: str
    """The public holiday for which it asks work, in words; empty where it asks for none."""


class SummaryViews:
    """Builds the summary of a draft."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    def build_view(self, reading: DraftReading, quote: Quote | None) -> SummaryView:
        """Return all answers with what is wrong with them."""
        draft = reading.draft
        closed_day = find_closed_day(reading.service.form, reading.values, self._dependencies.calendar)
        return SummaryView(
            service_title=self._dependencies.wording.service_title(draft.service),
            sections=[self.build_section(reading, section) for section in reading.service.sections],
            problems=self._list_problems(reading),
            applicant=self.describe_applicant(draft),
            applicant_address=draft_address(draft, "applicant"),
            estimate=group_digits(quote.total) if quote else "",
            closed_day=jalali_long_text(closed_day) if closed_day else "",
        )

    def describe_applicant(self, draft: Draft) -> str:
        """Return for whom a citizen asks."""
        relation_title = self._dependencies.catalogue.text(f"web.request_form.relation.{draft.relation}")
        return relation_title if draft.relation is Relation.SELF else f"{relation_title}: {draft.represented_name}"

    def build_section(self, reading: DraftReading, section: FormSection) -> AnsweredSection:
        """Return a section with its answers."""
        fields = section.select_fields(reading.service.form)
        answers = [self._build_answer(reading, form_field) for form_field in fields]
        shown_answers = [answer for answer in answers if answer.value or answer.problem]
        return AnsweredSection(
            self._dependencies.wording.section_title(reading.service.key, section.name),
            section_address(reading.draft, section.name, from_summary=True),
            shown_answers or answers[:1],
        )

    def _build_answer(self, reading: DraftReading, form_field: Field) -> Answer:
        wording, name = self._dependencies.wording, form_field.name
        fault = next((fault for fault in reading.faults if fault.field == name), None)
        return Answer(
            label=self._label_field(reading, name),
            value=self._describe_value(reading, form_field),
            is_found=name in reading.found_values,
            problem=wording.render_error(fault) if fault else "",
        )

    def _describe_value(self, reading: DraftReading, form_field: Field) -> str:
        if form_field.name in reading.values:
            return form_field.type.render_value(reading.values[form_field.name], self._dependencies.catalogue.text)
        typed_value = select_typed_values(reading.service, reading.draft).get(form_field.name)
        return typed_value if isinstance(typed_value, str) else ""

    def _list_problems(self, reading: DraftReading) -> list[Problem]:
        wording, problems = self._dependencies.wording, list[Problem]()
        for section in reading.service.sections:
            address = section_address(reading.draft, section.name, from_summary=True)
            for fault in reading.list_faults_of(section):
                label = self._label_field(reading, str(fault.field))
                problems.append(Problem(name_field(label, wording.render_error(fault)), address))
        problems += [Problem(wording.render_error(fault)) for fault in reading.list_stray_faults()]
        return problems

    def _label_field(self, reading: DraftReading, field_name: str) -> str:
        return self._dependencies.catalogue.text(f"services.{reading.service.key}.fields.{field_name}.label")


def minutes_text(section_count: int) -> str:
    """Return how many minutes a form usually takes: half a minute a question, and two for the proof and the check."""
    return persian_digits(max(3, (section_count + 1) // 2 + 2))
