"""Drafts of a taxi's leave: who has proved the mobile finds the own taxi; who has not learns nothing of anybody's."""

from collections.abc import Mapping

import pytest

from domain.actions.drafts.reading import DraftReading
from tests.support.drafted_forms import DraftedForms
from tests.support.municipality import NEIGHBOUR
from tests.support.scenarios.taxi_organisation import TaxiOrganisation
from tests.support.scenarios.taxi_registries import (
    DRIVER_CODE,
    DRIVER_MOBILE,
    OWNER_MOBILE,
    PLATE,
    SECOND_PLATE,
)

LEAVE: Mapping[str, Mapping[str, str]] = {
    "period": {"from": "فردا", "days": "۳"},
    "purpose": {"scope": "in_city", "reason": "سفر"},
}


@pytest.fixture
def forms(taxis: TaxiOrganisation) -> DraftedForms:
    """The forms of a town with taxis."""
    return DraftedForms(taxis.town)


async def read(forms: DraftedForms, proved: str | None, **taxi: str) -> DraftReading:
    """Read a draft of a leave in which this was typed of the taxi."""
    draft = await forms.begin("taxi_leave")
    for section, values in {**LEAVE, "taxi": taxi}.items():
        draft = await forms.save(draft, section, values)
    return await forms.read(draft, proved)


async def test_a_driver_who_has_proved_the_mobile_names_no_taxi(forms: DraftedForms) -> None:
    reading = await read(forms, DRIVER_MOBILE)
    assert reading.faults == []
    assert reading.found_values["plate"] == PLATE
    request = await forms.submit(reading.draft, mobile=DRIVER_MOBILE)
    assert (request.subject_key, request.data["asked_by"]) == (PLATE, "driver")


async def test_an_owner_of_several_chooses_among_them(forms: DraftedForms) -> None:
    reading = await read(forms, OWNER_MOBILE)
    assert [fault.field for fault in reading.faults] == ["plate"]
    assert reading.remaining_choices == {"plate": (PLATE, SECOND_PLATE)}


@pytest.mark.parametrize("taxi", [{"plate": "98ت765-59"}, {"plate": PLATE}, {"national_code": DRIVER_CODE}])
async def test_without_a_proof_registries_say_nothing(forms: DraftedForms, taxi: Mapping[str, str]) -> None:
    reading = await read(forms, None, **taxi)
    assert reading.faults == []
    assert reading.found_values == {}
    assert reading.remaining_choices == {}


async def test_with_a_proof_a_taxi_that_nobody_has_is_a_fault(forms: DraftedForms) -> None:
    reading = await read(forms, NEIGHBOUR, plate="98ت765-59")
    assert [(fault.code, fault.field) for fault in reading.faults] == [("not_found", "plate")]


async def test_a_leave_that_ends_before_it_begins_is_refused_before_any_proof(forms: DraftedForms) -> None:
    draft = await forms.begin("taxi_leave")
    typed = {
        "taxi": {"plate": PLATE},
        "period": {"from": "۱۴۰۵/۰۹/۱۰", "to": "۱۴۰۵/۰۹/۰۸"},
        "purpose": LEAVE["purpose"],
    }
    for section, values in typed.items():
        draft = await forms.save(draft, section, values)
    assert [(fault.field, fault.reason) for fault in (await forms.read(draft)).faults] == [("to", "leave_order")]
