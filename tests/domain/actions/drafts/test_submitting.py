"""Submitting a draft makes one request, whoever sends it how often; without a code, one that waits for its proof."""

from dataclasses import replace
from typing import Any

import pytest

from domain.actions.citizens.flooding import WORK_NEEDED
from domain.actions.context import ActionContext, ActorContext
from domain.actions.drafts.saving import save_relation
from domain.actions.drafts.submitting import (
    REPRESENTED,
    REQUESTS_PER_MOBILE,
    UNVERIFIED_PER_ADDRESS,
    submit_unverified,
)
from domain.actions.requests.unverified import verify_request_mobile
from domain.actions.walk_ins.mobile_correction import correct_mobile
from domain.drafts.draft import Relation
from domain.messages.records import OutboxMessage
from domain.requests.request import ServiceRequest
from domain.values.actors import Role
from domain.values.errors import AlreadyDone, DomainError, MissingField, NotFound, TooManyRequests
from domain.values.tracking_codes import parse_code
from tests.support.drafted_forms import ADDRESS, BROWSER, DraftedForms
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality, actor


@pytest.fixture
def forms(town: Municipality) -> DraftedForms:
    """The forms of the town."""
    return DraftedForms(town)


async def texts(forms: DraftedForms, request: ServiceRequest) -> list[OutboxMessage]:
    """Texts queued about a request."""
    async with forms.town.store.open_unit(write=False) as uow:
        return await uow.outbox.list_recent(request_id=request.id, limit=10)


async def submit_without_code(
    forms: DraftedForms, mobile: str = CITIZEN, *, has_worked: bool = False
) -> ServiceRequest:
    """Submit a whole form while no code can be sent."""
    draft = await forms.fill()
    async with forms.town.store.open_unit() as uow:
        return await submit_unverified(
            ActionContext(forms.town.desk, uow), BROWSER, draft.id, mobile, ADDRESS, has_worked=has_worked
        )


async def test_the_citizen_gets_a_request_and_the_text_that_comes_by_sms(forms: DraftedForms) -> None:
    draft = await forms.fill()
    request = await forms.submit(draft)
    assert (request.channel, request.mobile, request.state) == ("portal", CITIZEN, "submitted")
    assert request.fields["items"] == [{"machine": "loader", "hours": 4, "count": 1}]
    [message] = await texts(forms, request)
    assert (message.recipient, message.key) == (CITIZEN, "services.machinery.notices.submit")
    assert request.code[:3] in message.text


async def test_the_same_draft_again_is_the_same_request(forms: DraftedForms) -> None:
    draft = await forms.fill()
    codes = {(await forms.submit(draft)).code for _ in range(5)}
    assert len(codes) == 1
    assert len(await forms.town.requests_of()) == 1


async def test_a_form_with_faults_makes_nothing_and_stays(forms: DraftedForms) -> None:
    draft = await forms.fill(("machines", "time"))
    with pytest.raises(DomainError) as refusal:
        await forms.submit(draft)
    assert isinstance(refusal.value, MissingField)
    assert {fault.field for fault in refusal.value.faults} == {"place", "full_name", "national_code"}
    assert await forms.held() == [draft]
    assert await forms.town.requests_of() == []


async def test_another_answer_after_it_was_sent_is_another_draft(forms: DraftedForms) -> None:
    draft = await forms.fill()
    request = await forms.submit(draft)
    same = await forms.save(draft, "place")
    assert same.id == draft.id
    other = await forms.save(draft, "place", {"place": "خیابان طالقانی"})
    assert other.id != draft.id
    assert other.request_code is None
    assert other.typed_values["items"] == draft.typed_values["items"]
    other_request = await forms.submit(other)
    assert other_request.code != request.code
    assert (await forms.town.request(request.code)).fields["place"] == "خیابان امام، جنب پارک"


async def test_for_whom_it_is_asked_is_in_the_request_and_its_history(forms: DraftedForms) -> None:
    draft = await forms.fill()
    async with forms.town.store.open_unit() as uow:
        await save_relation(ActionContext(forms.town.desk, uow), BROWSER, draft.id, Relation.FAMILY, "مادرم، آی‌جمال")
    request = await forms.submit(draft)
    represented = {"relation": "family", "name": "مادرم، آی‌جمال"}
    assert REPRESENTED.read(request) == represented
    async with forms.town.store.open_unit(write=False) as uow:
        events = await uow.history.list_of_request(request.id)
    assert [(event.event, event.payload) for event in events][1:] == [("act_for", {REPRESENTED.name: represented})]


async def test_a_mobile_submits_only_so_many_requests_an_hour(forms: DraftedForms) -> None:
    for _ in range(REQUESTS_PER_MOBILE):
        await forms.submit(await forms.fill())
    with pytest.raises(TooManyRequests):
        await forms.submit(await forms.fill())
    await forms.submit(await forms.fill(), mobile=NEIGHBOUR)


async def test_what_strangers_send_under_a_number_shuts_its_owner_out_of_nothing(forms: DraftedForms) -> None:
    for _ in range(UNVERIFIED_PER_ADDRESS):
        await submit_without_code(forms)
    with pytest.raises(TooManyRequests, match=WORK_NEEDED):
        await submit_without_code(forms)
    await submit_without_code(forms, "+989121110000", has_worked=True)
    assert (await forms.submit(await forms.fill())).mobile == CITIZEN


async def test_all_addresses_submit_only_so_many_without_a_proof_as_the_setting_says(forms: DraftedForms) -> None:
    desk = forms.town.desk
    desk.apply_settings(1, replace(desk.policy, unverified_an_hour=2), desk.calendar, {})
    for _ in range(2):
        await submit_without_code(forms)
    with pytest.raises(TooManyRequests):
        await submit_without_code(forms)
    assert (await forms.submit(await forms.fill())).mobile == CITIZEN


async def test_without_a_code_the_request_waits_and_nothing_is_sent(forms: DraftedForms) -> None:
    request = await submit_without_code(forms)
    assert request.mobile is None
    assert request.unverified_mobile == CITIZEN
    assert await texts(forms, request) == []
    await forms.town.do(request.code, "accept", Role.CIVIL)
    await forms.town.do(request.code, "price", Role.REVENUE)
    assert [message for message in await texts(forms, request) if message.recipient == CITIZEN] == []
    assert await forms.town.requests_of() == []  # nobody sees it by that number


async def verify(forms: DraftedForms, code: str, mobile: str) -> ServiceRequest:
    """Prove the mobile of a request."""
    async with forms.town.store.open_unit() as uow:
        citizen = actor(Role.CITIZEN, mobile, "portal")
        return await verify_request_mobile(ActorContext(forms.town.desk, uow, citizen), parse_code(code), mobile)


async def test_proved_later_it_is_as_any_other(forms: DraftedForms) -> None:
    code = (await submit_without_code(forms)).code
    with pytest.raises(NotFound):
        await verify(forms, code, NEIGHBOUR)
    request = await verify(forms, code, CITIZEN)
    assert (request.mobile, request.unverified_mobile) == (CITIZEN, None)
    [message] = await texts(forms, request)
    assert (message.recipient, message.cls.value) == (CITIZEN, "receipt")
    assert [found.code for found in await forms.town.requests_of()] == [code]
    with pytest.raises(AlreadyDone):
        await verify(forms, code, CITIZEN)
    async with forms.town.store.open_unit(write=False) as uow:
        events = await uow.history.list_of_request(request.id)
        person = await uow.people.find_person(CITIZEN)
    assert [event.event for event in events] == ["submit", "await_proof", "verify_mobile"]
    assert person
    assert person.full_name == "آنه محمدی"


async def test_staff_may_correct_the_number_of_one_that_waits(forms: DraftedForms) -> None:
    code = (await submit_without_code(forms)).code
    async with forms.town.store.open_unit() as uow:
        corrected = await correct_mobile(
            ActorContext(forms.town.desk, uow, actor(Role.CIVIL)), code, NEIGHBOUR, "کارت ملی"
        )
    assert corrected.request.mobile == NEIGHBOUR
    with pytest.raises(NotFound):
        await verify(forms, code, CITIZEN)


async def test_a_request_that_waits_for_no_proof_gives_nothing_away(forms: DraftedForms) -> None:
    request = await forms.submit(await forms.fill(), mobile=NEIGHBOUR)
    with pytest.raises(NotFound):
        await verify(forms, request.code, CITIZEN)


async def test_the_policy_is_no_part_of_a_draft(forms: DraftedForms) -> None:
    """A form that was complete may be refused by the rules of the day on which it is sent; it stays as it was."""
    draft = await forms.fill()
    policy = replace(forms.town.desk.policy, service_values={"max_hours_per_machine": 2})
    changes: dict[str, Any] = {"policy": policy}
    forms.town.desk.engine = replace(forms.town.desk.engine, **changes)
    with pytest.raises(DomainError):
        await forms.submit(draft)
    assert await forms.held() == [draft]
