"""A form divided into sections: those that a service declares, and those that follow from its fields."""

from dataclasses import replace

import pytest

from domain.check import check_services
from domain.fields.form import Field
from domain.fields.types import Text
from domain.language.form_sections import FormSection, derive_sections, list_asked_fields
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.services import SERVICES
from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.taxi_leave.declaration import TAXI_LEAVE
from tests.support.scenarios.further_service import TREES, WORDS

TEXTS = Catalogue.load()


def section_flaws(service: Service, catalogue: Catalogue = TEXTS) -> set[str]:
    """Findings of `pishkhan check` about a service's sections."""
    return {
        f"{flaw.kind}: {flaw.subject}"
        for flaw in check_services([service], catalogue)
        if "section" in str(flaw) or flaw.kind == "alternatives_apart"
    }


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.key)
def test_each_asked_field_is_in_exactly_one_section(service: Service) -> None:
    names = [name for section in service.sections for name in section.field_names]
    assert sorted(names) == sorted(field.name for field in list_asked_fields(service.form))
    assert section_flaws(service) == set()


def test_a_service_without_sections_asks_a_field_a_page_and_by_its_label() -> None:
    assert [section.field_names for section in TREES.sections] == [(field.name,) for field in TREES.form]
    assert section_flaws(TREES, Catalogue.load(WORDS)) == set()


def test_what_does_as_well_is_asked_on_the_same_page() -> None:
    sections = derive_sections(TAXI_LEAVE.form)
    assert sections[0] == FormSection("plate", ("plate", "taxi_code", "national_code"))
    assert FormSection("to", ("to", "days")) in sections
    assert all("taxi" not in section.field_names for section in sections)  # it is derived


def test_alternatives_named_by_a_later_field_come_along() -> None:
    form = (Field("code", Text(), required=False), Field("name", Text(), alternatives=("code",)))
    assert derive_sections(form) == (FormSection("code", ("code", "name")),)


@pytest.mark.parametrize(
    ("sections", "found"),
    [
        ((("kind", ("kind",)),), "field_in_no_section: address"),
        ((("all", ("kind", "kind")),), "field_in_two_sections: kind"),
        ((("kind", ("kind", "colour")),), "unknown_section_field: colour"),
        ((("kind", ("kind",)), ("kind", ("text",))), "double_section: kind"),
        ((("code", ("postal_code",)), ("other", ("renovation_code",))), "alternatives_apart: postal_code"),
        ((("kind", ("kind",)), ("unworded", ("text",))), "no_text: services.expert.sections.unworded.title"),
    ],
)
def test_check_finds_what_is_wrong_with_sections(sections: tuple[tuple[str, tuple[str, ...]], ...], found: str) -> None:
    declared = tuple(FormSection(name, fields) for name, fields in sections)
    assert found in section_flaws(replace(EXPERT_OPINION, form_sections=declared))
