"""Notes for an officer beside a leave that is to be decided: the share it leaves, and who else is off on its days."""

from collections.abc import Sequence
from datetime import date

from domain.language.staff_notes import NoteSource, StaffNote
from domain.services.taxi_leave.leaves import iterate_leaves
from domain.services.taxi_leave.staff_notes import find_review_notes, find_share_notes
from domain.values.identifiers import display_plate
from tests.support.scenarios.taxi_organisation import TaxiOrganisation
from tests.support.scenarios.taxi_registries import PLATE, SECOND_PLATE


async def review(taxis: TaxiOrganisation, code: str) -> dict[str, StaffNote]:
    """Return the notes beside a leave, by name."""
    leave, desk = await taxis.town.request(code), taxis.town.desk
    async with taxis.town.store.open_unit(write=False) as uow:
        notes = await find_review_notes(NoteSource(uow, desk.policy, desk.clock.now()), leave)
    return {note.text_name: note for note in notes}


async def share(taxis: TaxiOrganisation, plate: str) -> Sequence[StaffNote]:
    """Return what is said on the page of a taxi."""
    desk = taxis.town.desk
    async with taxis.town.store.open_unit(write=False) as uow:
        return (await find_share_notes(NoteSource(uow, desk.policy, desk.clock.now()), [PLATE, SECOND_PLATE]))[plate]


async def test_a_leave_says_what_it_leaves_of_the_years_share(taxis: TaxiOrganisation) -> None:
    await taxis.enters_leave("1405/09/05", "1405/10/05")  # 31 days, of which five are Fridays
    code = await taxis.enters_leave("1405/11/01", "1405/11/02")  # Thursday and Friday
    said = (await review(taxis, code))["share_with"].facts
    assert said == {"year": "۱۴۰۵", "used": "۲۶", "most": "۳۰", "after": "۲۷"}
    [note] = await share(taxis, PLATE)
    assert (note.facts["used"], note.facts["most"]) == ("۲۷", "۳۰")
    assert note.requests[0].code == code, "the newest leads to its request"
    assert (await share(taxis, SECOND_PLATE))[0].facts["used"] == "۰"


async def test_it_names_the_other_taxis_that_are_off_on_its_days(taxis: TaxiOrganisation) -> None:
    code = await taxis.enters_leave("1405/10/05", "1405/10/10")
    assert {*await review(taxis, code)} == {"share_with", "none_off"}
    other = await taxis.enters_leave("1405/10/10", "1405/10/12", plate=SECOND_PLATE)
    asked = (await review(taxis, code))["asked"]
    assert [(named.code, named.facts["plate"]) for named in asked.requests] == [(other, display_plate(SECOND_PLATE))]
    await taxis.enters_leave("1405/11/10", "1405/11/12", plate=SECOND_PLATE)  # on other days
    await taxis.does(other, "consent", "approve")
    off = (await review(taxis, code))["off"]
    assert (off.facts["count"], off.requests[0].code) == ("۱", other)


async def test_leaves_that_ended_before_a_day_are_not_read(taxis: TaxiOrganisation) -> None:
    """Asked for on 24 November 2026, a leave has ended two years later."""
    await taxis.enters_leave("1405/10/05", "1405/10/10")
    found = []
    async with taxis.town.store.open_unit(write=False) as uow:
        for since in (date(2028, 11, 20), date(2029, 1, 1)):
            found.append([leave.subject_key async for leave in iterate_leaves(uow.requests, [PLATE], since=since)])
    assert found == [[PLATE], []]
