"""Changes that citizens make to a sent form, service by service; what is refused; pages that showed an earlier
version."""

from asyncio import gather
from collections.abc import Mapping

import pytest

from domain.actions.context import ActorContext
from domain.actions.requests.answering import QuestionAnswer, answer_question, prepare_sent_paper
from domain.actions.requests.assign import assign_request
from domain.actions.requests.change import FormChange, change_request
from domain.language.form_changes import UNREVIEWED_CHANGES
from domain.values.actors import Actor, Role
from domain.values.errors import AlreadyDone, Conflict, DomainError, InvalidField, MissingField, NotAllowedNow, NotFound
from domain.values.tracking_codes import parse_code
from domain.values.version_token import VersionToken
from tests.support.municipality import CITIZEN, CIVIL_OFFICER, NEIGHBOUR, Municipality, actor, clerk
from tests.support.scenarios.expert_unit import OFFICER, PHOTO, VISIT, Experts
from tests.support.scenarios.taxi_organisation import COMPLAINT, STRANGER, TaxiOrganisation
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE

OWN = actor(Role.CITIZEN, CITIZEN, "portal")
PLACE = "خیابان طالقانی، پلاک ۷"


async def change(
    town: Municipality, code: str, by: Actor = OWN, version: VersionToken | None = None, **values: object
) -> FormChange:
    """Change a request in a unit of its own."""
    async with town.store.open_unit() as uow:
        return await change_request(ActorContext(town.desk, uow, by), parse_code(code), values, version)


async def answer(
    town: Municipality,
    code: str,
    text: str = "",
    papers: Mapping[str, bytes] | None = None,
    version: VersionToken | None = None,
    **values: object,
) -> None:
    """Answer the question of a request from its present page, or one that showed another version."""
    shown = version or (await town.request(code)).version_token
    sent = [(name, f"{name}.jpg", content) for name, content in (papers or {}).items()]
    files = [await prepare_sent_paper(town.desk, town.store, parse_code(code), paper, OWN) for paper in sent]
    async with town.store.open_unit() as uow:
        await answer_question(
            ActorContext(town.desk, uow, OWN), parse_code(code), QuestionAnswer(text, values, files), shown
        )


async def test_place_and_hours_of_machinery_are_changed_once(town: Municipality) -> None:
    code = (await town.submit()).code
    async with town.store.open_unit() as uow:
        await assign_request(ActorContext(town.desk, uow, actor(Role.CIVIL, "civil")), code, "civil")
    page = (await town.request(code)).version_token
    items = [{"machine": "loader", "hours": 6, "count": 1}]
    changed = await change(town, code, version=page, place=PLACE, items=items, date="2026-11-26", full_name="آنه یلقی")
    assert changed.changed_names == ("full_name", "items", "date", "place")
    request = await town.request(code)
    assert (request.fields["place"], request.fields["items"], request.fields["start"]) == (PLACE, items, "08:00")
    assert UNREVIEWED_CHANGES.read(request) == ["full_name", "items", "date", "place"]
    event = (await town.history(code))[-1]
    assert (event.event, event.actor, event.channel) == ("change", OWN.label, "portal")
    assert (event.payload or {})["changes"]["place"] == {"before": "خیابان امام", "after": PLACE}
    assert "request_changed" in await town.keys(CIVIL_OFFICER)
    with pytest.raises(AlreadyDone, match="repeated_form"):
        await change(town, code, version=page, place=PLACE, items=items, date="2026-11-26", full_name="آنه یلقی")
    with pytest.raises(Conflict, match="changed_meanwhile"):
        await change(town, code, version=page, place="جای دیگر")
    with pytest.raises(AlreadyDone, match="nothing_changed"):
        await change(town, code, place=PLACE)
    assert len([entry for entry in await town.history(code) if entry.event == "change"]) == 1
    async with town.store.open_unit(write=False) as uow:
        person = await uow.people.find_person(CITIZEN)
    assert (person.full_name if person else "") == "آنه یلقی"
    assert UNREVIEWED_CHANGES.name not in (await town.do(code, "accept", Role.CIVIL)).data, "who took a step knows"


async def test_of_two_changes_at_once_one_is_refused(town: Municipality) -> None:
    code = (await town.submit()).code
    page = (await town.request(code)).version_token
    outcomes = await gather(
        *(change(town, code, version=page, place=f"کوچه {number}") for number in range(4)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 3 + ["FormChange"]
    assert [event.event for event in await town.history(code)] == ["submit", "change"]


async def test_what_is_wrong_is_refused_as_in_a_new_form(town: Municipality) -> None:
    code = (await town.submit()).code
    with pytest.raises(DomainError) as refused:
        await change(town, code, place="", items=[{"machine": "loader", "hours": 40}])
    assert {(fault.code, fault.field) for fault in refused.value.faults} == {
        ("invalid_field", "items"), ("missing_field", "place"),
    }  # fmt: skip
    with pytest.raises(InvalidField, match="start"):
        await change(town, code, date="2026-11-24", start="08:00")
    town.advance(days=2)
    await change(town, code, place=PLACE)
    assert (await town.request(code)).fields["date"] == "2026-11-25", "what passed meanwhile does not hinder"
    with pytest.raises(InvalidField, match="date"):
        await change(town, code, date="2026-11-25", start="10:00")


@pytest.mark.parametrize("state", ["accepted", "awaiting_payment", "scheduled", "completed"])
async def test_what_was_accepted_stays(town: Municipality, state: str) -> None:
    code = await town.reach(state)
    with pytest.raises(NotAllowedNow, match="nothing_changeable"):
        await change(town, code, place=PLACE)


async def test_nobody_changes_what_is_not_theirs(town: Municipality) -> None:
    code = (await town.submit()).code
    for by in (actor(Role.CITIZEN, NEIGHBOUR), clerk()):
        with pytest.raises(NotFound):
            await change(town, code, by, place=PLACE)
    with pytest.raises(DomainError, match="forbidden"):
        await change(town, code, actor(Role.CIVIL), place=PLACE)
    await town.brought_by(code)
    assert (await change(town, code, clerk(), place=PLACE)).changed_names == ("place",)


async def test_an_opinion_keeps_its_kind_and_both_codes(experts: Experts) -> None:
    town, code = experts.town, (await experts.enter(CITIZEN, renovation_code="12-3-4-5")).code
    assert (await change(town, code, postal_code="4981734567", address=PLACE)).changed_names == (
        "postal_code",
        "address",
    )
    assert (await town.request(code)).fields["renovation_code"], "one of two codes is no word about the other"
    with pytest.raises(NotAllowedNow, match="field_unchangeable"):
        await change(town, code, kind="valuation")
    await town.do(code, "take", OFFICER, visit=VISIT)
    with pytest.raises(NotAllowedNow, match="nothing_changeable"):
        await change(town, code, address="جای دیگر")


async def test_days_of_a_leave_are_counted_anew(taxis: TaxiOrganisation) -> None:
    town, own = taxis.town, actor(Role.CITIZEN, DRIVER_MOBILE, "portal")
    code = await taxis.asks()
    assert (await change(town, code, own, days="3")).changed_names == ("to", "days")
    fields = (await town.request(code)).fields
    assert (fields["from"], fields["to"], fields["counted"]) == ("2026-11-25", "2026-11-27", 2)
    assert set((await change(town, code, own, to="2026-11-26")).changed_names) == {"to", "days"}
    assert "days" not in (await town.request(code)).fields
    other = await taxis.asks("مرخصی از ۱۴۰۵/۰۹/۱۵ تا ۱۴۰۵/۰۹/۱۶ سفر")
    with pytest.raises(Conflict, match="leave_overlap"):
        await change(town, other, own, None, **{"from": "2026-11-26"})
    await town.do(code, "take", actor(Role.TAXI_OFFICER, "officer"))
    with pytest.raises(NotAllowedNow, match="nothing_changeable"):
        await change(town, code, own, reason="دیگر")
    await town.do(code, "ask", actor(Role.TAXI_OFFICER, "officer"), question="چرا؟", marked_fields="reason")
    with pytest.raises(NotAllowedNow, match="field_unchangeable"):
        await change(town, code, own, to="2026-11-27")
    assert (await change(town, code, own, reason="درمان پدرم")).changed_names == ("reason",)


async def test_a_report_is_about_the_other_taxi(taxis: TaxiOrganisation) -> None:
    town, code = taxis.town, (await taxis.town.say(STRANGER, COMPLAINT)).code
    changed = await change(town, code, plate="12ت346-59")
    request = await town.request(code)
    assert (changed.changed_names, request.subject_key) == (("plate", "taxi_code"), "12ت346-59")
    assert request.fields["taxi_code"] == "115", "the code of the other taxi, by the registry"


async def test_a_question_marks_what_it_is_about_and_its_answer_puts_it_right(experts: Experts) -> None:
    town, expert = experts.town, OFFICER
    code = (await experts.enter()).code
    with pytest.raises(DomainError, match="marked_fields"):
        await town.do(code, "ask", expert, question="کدام زمین؟", marked_fields="kind")
    await town.do(
        code, "ask", expert, question="نشانی و سند خوانا نیست.", marked_fields="address", marked_papers="deed"
    )
    assert "(نشانی ملک، سند مالکیت)" in (await town.sent())[-1].text
    shown = (await town.request(code)).version_token
    with pytest.raises(MissingField, match="answer"):
        await answer(town, code, address="خیابان امام، پلاک ۳")
    with pytest.raises(DomainError, match="document_rejected:marked_papers-deed"):
        await answer(town, code, papers={"deed": b"text"}, address=PLACE)
    assert (await town.request(code)).version_token == shown, "nothing of a refused answer is kept"
    await answer(town, code, papers={"deed": PHOTO}, address=PLACE)
    request = await town.request(code)
    assert (request.state, request.fields["address"]) == ("submitted", PLACE)
    assert [entry.event for entry in await town.history(code)][-3:] == ["change", "attach", "answer"]
    assert request.data["answers"][0]["answer"] == "آنچه پرسیده شده بود، درست شد."
    assert not {"question", "marked_fields", "marked_papers"} & set(request.data)
    with pytest.raises(AlreadyDone, match="repeated_form"):
        await answer(town, code, papers={"deed": PHOTO}, version=shown, address=PLACE)
    long_question = "نشانی شما روشن نیست. " * 9
    await town.do(code, "ask", expert, question=long_question, marked_fields="address,text")
    assert "(نشانی ملک" not in (await town.sent())[-1].text, "names only where a message has the place"
    await answer(town, code, "همان است")
    assert (await town.request(code)).fields["address"] == PLACE
