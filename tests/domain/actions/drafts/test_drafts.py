"""Drafts: what is typed is kept whatever it is, in any order, by several tabs, and for nobody else."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from domain.actions.context import ActionContext
from domain.actions.drafts.beginning import DRAFTS_PER_ADDRESS, DRAFTS_PER_SESSION, get_draft
from domain.actions.drafts.forgetting import delete_draft, forget_expired_drafts
from domain.actions.drafts.resuming import resume_draft
from domain.actions.drafts.saving import MAX_TYPED_BYTES, save_mobile, save_relation
from domain.drafts.draft import Draft, Relation, display_resume_code
from domain.people.person import Person
from domain.unit_of_work import UnitOfWork
from domain.values.errors import InvalidField, NotFound, TooLarge, TooManyRequests, UnknownService
from domain.values.text import persian_digits
from tests.support.drafted_forms import BROWSER, MACHINERY_ANSWERS, OTHER_BROWSER, DraftedForms
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality


@pytest.fixture
def forms(town: Municipality) -> DraftedForms:
    """The forms of the town."""
    return DraftedForms(town)


async def test_what_is_wrong_is_kept_and_said_where_it_is(forms: DraftedForms) -> None:
    draft = await forms.fill()
    typed = {"date": "روزی که نیست", "start": "۲۵:۷۰"}
    draft = await forms.save(draft, "time", typed)
    assert {name: draft.typed_values[name] for name in typed} == typed
    reading = await forms.read(draft)
    section = next(section for section in reading.service.sections if section.name == "time")
    assert [fault.field for fault in reading.list_faults_of(section)] == ["date", "start"]
    assert reading.find_open_section() == section
    draft = await forms.save(draft, "time")
    assert (await forms.read(draft)).is_complete


async def test_an_emptied_answer_is_no_answer(forms: DraftedForms) -> None:
    draft = await forms.fill()
    draft = await forms.save(draft, "place", {})
    assert "place" not in draft.typed_values
    assert [fault.code for fault in (await forms.read(draft)).faults] == ["missing_field"]


async def test_two_tabs_keep_both_their_sections(forms: DraftedForms) -> None:
    draft = await forms.begin()
    await forms.save(draft, "machines")
    await forms.save(draft, "place")  # of a page that was opened before
    [held] = await forms.held()
    assert held.typed_values == {**MACHINERY_ANSWERS["machines"], **MACHINERY_ANSWERS["place"]}
    assert held.saved_sections == ("machines", "place")


async def test_a_past_hour_of_today_is_refused_before_the_form_is_sent(forms: DraftedForms) -> None:
    draft = await forms.fill()
    draft = await forms.save(draft, "time", {"date": "امروز", "start": "۶"})
    assert [(fault.field, fault.reason) for fault in (await forms.read(draft)).faults] == [("start", "past")]


async def test_beginning_again_without_having_typed_anything_is_the_same_draft(forms: DraftedForms) -> None:
    draft = await forms.begin()
    assert await forms.begin() == draft
    await forms.save(draft, "place")
    assert (await forms.begin()).id != draft.id


async def test_who_begins_too_much_is_refused_and_others_are_not(forms: DraftedForms) -> None:
    for _ in range(DRAFTS_PER_SESSION):
        await forms.save(await forms.begin(), "place")
    with pytest.raises(TooManyRequests):
        await forms.begin()
    await forms.begin(session=OTHER_BROWSER)


async def test_an_address_begins_only_so_many(forms: DraftedForms) -> None:
    for number in range(DRAFTS_PER_ADDRESS):
        await forms.begin(session=number + 1)
    with pytest.raises(TooManyRequests):
        await forms.begin(session=BROWSER)
    await forms.begin(session=BROWSER, address="198.51.100.1")


@pytest.mark.parametrize("service", ["no_service", "taxi_duty"])
async def test_only_services_with_a_form_have_drafts(forms: DraftedForms, service: str) -> None:
    with pytest.raises(UnknownService):
        await forms.begin(service)


async def test_too_much_is_refused_whole(forms: DraftedForms) -> None:
    draft = await forms.save(await forms.begin(), "place", {"place": "ب" * (MAX_TYPED_BYTES // 2 - 50)})
    with pytest.raises(TooLarge):
        await forms.save(draft, "place", {"place": "ب" * MAX_TYPED_BYTES})
    assert await forms.held() == [draft]


async def test_signs_that_no_database_takes_are_left_out(forms: DraftedForms) -> None:
    rows = [{"machine": "lo\x00ader", "hours": "۴\ud800"}]
    draft = await forms.save(await forms.begin(), "machines", {"items": rows})
    assert draft.typed_values["items"] == [{"machine": "loader", "hours": "۴"}]


async def test_a_sent_draft_begins_no_more_further_ones_than_a_session_may_have(forms: DraftedForms) -> None:
    sent = await forms.fill()
    await forms.submit(sent)
    for number in range(DRAFTS_PER_SESSION):
        await forms.save(sent, "place", {"place": f"کوچه {number}"})
    with pytest.raises(TooManyRequests):
        await forms.save(sent, "place", {"place": "کوچه دیگر"})
    assert len(await forms.held()) == 1 + DRAFTS_PER_SESSION


Reaching = Callable[[Municipality, UnitOfWork, Draft], Coroutine[Any, Any, object]]


@pytest.mark.parametrize(
    "reach",
    [
        lambda town, uow, draft: get_draft(ActionContext(town.desk, uow), OTHER_BROWSER, draft.id),
        lambda town, uow, draft: delete_draft(ActionContext(town.desk, uow), OTHER_BROWSER, draft.id),
        lambda town, uow, draft: save_mobile(ActionContext(town.desk, uow), OTHER_BROWSER, draft.id, NEIGHBOUR),
        lambda town, uow, draft: save_relation(
            ActionContext(town.desk, uow), OTHER_BROWSER, draft.id, Relation.FAMILY, "مادر"
        ),
    ],
)
async def test_drafts_of_others_are_as_if_they_were_not_there(forms: DraftedForms, reach: Reaching) -> None:
    draft = await forms.fill()
    with pytest.raises(NotFound) as refusal:
        async with forms.town.store.open_unit() as uow:
            await reach(forms.town, uow, draft)
    assert refusal.value.field == "draft"
    with pytest.raises(NotFound):
        await forms.save(draft, "place", session=OTHER_BROWSER)
    with pytest.raises(NotFound):
        await forms.submit(draft, session=OTHER_BROWSER)
    assert await forms.held(OTHER_BROWSER) == []
    assert await forms.held() == [draft]


async def resume(forms: DraftedForms, mobile: str, code: str) -> Draft | NotFound:
    """Take a draft up in the other browser."""
    async with forms.town.store.open_unit() as uow:
        return await resume_draft(ActionContext(forms.town.desk, uow), OTHER_BROWSER, mobile, code)


async def test_another_device_takes_it_up_by_the_short_code_and_the_mobile(forms: DraftedForms) -> None:
    draft = await forms.fill()
    assert isinstance(await resume(forms, CITIZEN, draft.resume_code), NotFound)  # it has no mobile yet
    async with forms.town.store.open_unit() as uow:
        draft = await save_mobile(ActionContext(forms.town.desk, uow), BROWSER, draft.id, "۰۹۱۲ ۱۲۳ ۴۵۶۷")
    typed_code = persian_digits(display_resume_code(draft.resume_code))
    assert isinstance(await resume(forms, NEIGHBOUR, typed_code), NotFound)
    assert isinstance(await resume(forms, CITIZEN, "000000"), NotFound)
    assert await resume(forms, CITIZEN, typed_code) == draft
    assert await forms.held() == await forms.held(OTHER_BROWSER) == [draft]


async def test_guessing_short_codes_ends(forms: DraftedForms) -> None:
    for _ in range(forms.town.desk.policy.guess_limit_sender):
        assert isinstance(await resume(forms, NEIGHBOUR, "000000"), NotFound)
    with pytest.raises(TooManyRequests):
        await resume(forms, NEIGHBOUR, "000000")


async def test_a_mobile_that_is_none_is_refused(forms: DraftedForms) -> None:
    draft = await forms.begin()
    with pytest.raises(InvalidField):
        async with forms.town.store.open_unit() as uow:
            await save_mobile(ActionContext(forms.town.desk, uow), BROWSER, draft.id, "۱۲۳")


async def test_a_draft_ends_so_many_days_after_its_last_saving(forms: DraftedForms) -> None:
    draft, days = await forms.fill(), forms.town.desk.policy.draft_days
    forms.town.advance(days=days - 1)
    await forms.save(draft, "place")
    forms.town.advance(days=days - 1)
    assert len(await forms.held()) == 1
    assert await forget_expired_drafts(forms.town.desk, forms.town.store) == 0
    forms.town.advance(days=1)
    assert await forms.held() == []
    with pytest.raises(NotFound):
        await forms.save(draft, "place")
    assert await forget_expired_drafts(forms.town.desk, forms.town.store) == 1


async def test_who_has_proved_the_mobile_finds_the_form_filled(forms: DraftedForms) -> None:
    person = Person(CITIZEN, "آنه محمدی", "0499370899", forms.town.clock.now())
    async with forms.town.store.open_unit() as uow:
        await uow.people.save_person(person)
    draft = await forms.fill(("machines", "time", "place"))
    unproved, proved = await forms.read(draft), await forms.read(draft, CITIZEN)
    assert [fault.field for fault in unproved.faults] == ["full_name", "national_code"]
    assert unproved.found_values == {}
    assert proved.found_values == {"full_name": "آنه محمدی", "national_code": "0499370899"}
    assert proved.faults == []


async def test_for_whom_one_asks_has_a_name_unless_it_is_oneself(forms: DraftedForms) -> None:
    draft = await forms.fill()

    async def save(relation: Relation, name: str) -> Draft:
        async with forms.town.store.open_unit() as uow:
            return await save_relation(ActionContext(forms.town.desk, uow), BROWSER, draft.id, relation, name)

    with pytest.raises(InvalidField):
        await save(Relation.COMPANY, " ")
    assert (await save(Relation.COMPANY, "شرکت آب")).represented_name == "شرکت آب"
    assert (await save(Relation.SELF, "هرچه")).represented_name == ""
