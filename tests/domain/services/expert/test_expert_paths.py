"""Expert opinions from the request to its end: the straight path, the form, questions, refusals, cancelling."""

from typing import Any

import pytest

from domain.bills.bill import BillState, RefundState
from domain.requests.request import Phase, TimerKind
from domain.services.expert.declaration import EXPERT_OPINION
from domain.values.actors import Role
from domain.values.errors import AlreadyDone, InvalidField, MissingField, NotAllowedNow, PaymentUnknown, UnknownKind
from tests.support.municipality import CITIZEN, Municipality
from tests.support.scenarios.expert_unit import ASKING, COLLEAGUE_MOBILE, FEE, OFFICER_MOBILE, WALK_IN, Experts


@pytest.fixture
def town(experts: Experts) -> Municipality:
    """The experts' town."""
    return experts.town


async def test_the_straight_path(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("closed")
    request = await town.request(code)
    assert (request.phase, request.assignee) == (Phase.DONE, "ahmadi")
    events = [(one.event, one.actor_kind, one.to_state) for one in await town.history(code)]
    attached = [("attach", "staff", "assigned")] * 3
    assert events == [
        ("submit", "citizen", "submitted"),
        ("assign", "staff", "assigned"),
        *attached,
        ("visit", "staff", "visited"),
        ("price", "staff", "priced"),
        ("bill", "system", "awaiting_payment"),
        ("pay", "staff", "paid"),
        ("issue", "staff", "answered"),
        ("close", "staff", "closed"),
    ]
    assert await town.keys() == ["submit", "assign", "visit", "bill", "pay", "issue", "close"]
    assert await town.keys(OFFICER_MOBILE) == ["officer_assigned"]
    assert (await town.refunds(code), await town.bookings(code), await town.timers(code)) == ([], [], {})


async def test_phases_and_queues(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("answered")
    events = {event.to_state for event in await town.history(code)}
    states = {state.name: (state.phase, state.unit) for state in EXPERT_OPINION.states if state.name in events}
    assert states == {
        "submitted": (Phase.RECEIVED, Role.EXPERT),
        "assigned": (Phase.IN_PROGRESS, Role.EXPERT),
        "visited": (Phase.IN_PROGRESS, Role.REVENUE),
        "priced": (Phase.NEEDS_PAYMENT, None),
        "awaiting_payment": (Phase.NEEDS_PAYMENT, None),
        "paid": (Phase.IN_PROGRESS, Role.SECRETARIAT),
        "answered": (Phase.DONE, Role.SECRETARIAT),
    }


# Asking


async def test_a_walk_in_request_with_the_whole_form(experts: Experts, town: Municipality) -> None:
    request = await experts.enter()
    assert request.fields == WALK_IN
    assert "سند مالکیت، کارت ملی، نقشه" in (await town.sent())[-1].text
    assert (await town.history(request.code))[0].channel == "cli"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": ""}, "missing_field:kind"),
        ({"kind": "چاه"}, "unknown_kind:kind:choice"),
        ({"national_code": "0499370898"}, "invalid_field:national_code"),
        ({"full_name": ""}, "missing_field:full_name"),
        ({"address": ""}, "missing_field:address"),
        ({"postal_code": "", "address": ""}, "missing_field:postal_code"),
        ({"postal_code": "", "renovation_code": "12-13"}, "invalid_field:renovation_code"),
        ({"text": ""}, "missing_field:text"),
    ],
)
async def test_what_a_form_must_say(experts: Experts, changes: dict[str, Any], error: str) -> None:
    with pytest.raises((MissingField, InvalidField, UnknownKind), match=error):
        await experts.enter(None, **changes)


async def test_a_renovation_code_does_as_well(experts: Experts, town: Municipality) -> None:
    request = await experts.enter(postal_code="", renovation_code="۲/۱۴/۱۵/۲۰", kind="پایان کار")
    assert (request.fields["kind"], request.fields["renovation_code"]) == ("completion", "2-14-15-20")
    await experts.assign(request.code)
    assert "۲-۱۴-۱۵-۲۰" in (await town.sent(OFFICER_MOBILE))[-1].text


async def test_what_a_citizen_told_before_is_filled_in(experts: Experts) -> None:
    await experts.enter()
    again = await experts.enter(full_name="", national_code="")
    assert (again.fields["full_name"], again.fields["national_code"]) == ("آنه محمدی", "0499370899")


# Questions, refusals


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SECRETARIAT, Role.EXPERT])
async def test_a_question_is_asked_and_answered(experts: Experts, town: Municipality, role: Role) -> None:
    code = await town.order(ASKING)
    request = await town.do(code, "ask", role, question="پلاک چند است؟")
    assert (request.state, request.phase) == ("needs_info", Phase.NEEDS_CITIZEN)
    assert "پلاک چند است؟" in (await town.say(CITIZEN, code)).text
    assert (await town.say(CITIZEN, "پاسخ پلاک سه")).key == "services.expert.notices.answer"
    request = await town.request(code)
    assert (request.state, request.data["answers"][0]["answer"]) == ("submitted", "پلاک سه")
    await experts.assign(code)


async def test_an_unanswered_question_closes_the_request(town: Municipality) -> None:
    code = await town.order(ASKING)
    await town.do(code, "ask", Role.MANAGER, question="پلاک؟")
    town.advance(days=7)
    await town.run_timers()
    assert ((await town.request(code)).state, (await town.keys())[-1]) == ("rejected", "no_answer")


@pytest.mark.parametrize("state", ["submitted", "needs_info"])
async def test_rejected_with_a_reason(town: Municipality, state: str) -> None:
    code = await town.order(ASKING)
    if state == "needs_info":
        await town.do(code, "ask", Role.EXPERT, question="پلاک؟")
    with pytest.raises(MissingField, match="reason"):
        await town.do(code, "reject", Role.MANAGER)
    request = await town.do(code, "reject", Role.SECRETARIAT, reason="خارج از محدوده")
    assert (request.state, request.phase) == ("rejected", Phase.DECLINED)
    assert "خارج از محدوده" in (await town.sent())[-1].text


# The end


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.CLERK, Role.SECRETARIAT, Role.MANAGER])
async def test_collected(experts: Experts, town: Municipality, role: Role) -> None:
    code = await experts.reach("answered")
    await town.brought_by(code)
    request = await town.do(code, "close", role)
    assert (request.state, request.phase, await town.timers(code)) == ("closed", Phase.DONE, {})
    with pytest.raises(AlreadyDone):
        await town.do(code, "close", role)


async def test_closed_by_itself_after_thirty_days(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("answered")
    async with town.store.open_unit(write=False) as uow:
        assert ("expert", 1, "answered") in await uow.requests.list_live_states()
    town.advance(days=30, seconds=-1)
    await town.run_timers()
    assert (await town.request(code)).state == "answered"
    town.advance(seconds=1)
    await town.run_timers()
    assert (await town.request(code)).state == "closed"
    assert [one.event for one in await town.history(code)][-1] == "close_in_time"
    assert (await town.keys())[-2:] == ["issue", "close"]
    async with town.store.open_unit(write=False) as uow:
        assert await uow.requests.list_live_states() == set()


async def test_rated_as_soon_as_it_is_answered(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("answered")
    assert (await town.say(CITIZEN, "۴")).key == "sms.rated"
    await town.brought_by(code)
    await town.do(code, "close", Role.CLERK)


async def test_an_answered_request_is_neither_cancelled_nor_added_to(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("answered")
    with pytest.raises(NotAllowedNow):
        await town.do(code, "cancel", Role.CITIZEN)
    with pytest.raises(NotAllowedNow):
        await experts.add(code, "photo")


# Cancelling


@pytest.mark.parametrize("state", ["submitted", "needs_info", "assigned", "awaiting_payment"])
@pytest.mark.parametrize("role", [Role.CITIZEN, Role.SECRETARIAT])
async def test_cancelled_before_payment(experts: Experts, town: Municipality, state: str, role: Role) -> None:
    code = await experts.reach("submitted" if state == "needs_info" else state)
    if state == "needs_info":
        await town.do(code, "ask", Role.EXPERT, question="پلاک؟")
    request = await town.do(code, "cancel", role)
    assert (request.state, request.phase) == ("cancelled", Phase.CANCELLED)
    assert (await town.bookings(code), await town.timers(code), await town.refunds(code)) == ([], {}, [])
    assert {bill.state for bill in await town.bills(code)} <= {BillState.VOID}
    assert ("officer_relieved" in await town.keys(OFFICER_MOBILE)) == (state == "assigned")


async def test_cancelled_after_payment_the_money_is_due_back(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("paid")
    heard = await town.says(f"لغو {code}", "۱")
    assert (heard.key.rpartition(".")[2], "۱۱٬۰۰۰٬۰۰۰" in heard.text) == ("cancel_refund", True)
    [refund] = await town.refunds(code)
    assert (refund.amount, refund.state, refund.reason) == (FEE, RefundState.DUE, "cancelled")


async def test_cancelled_when_nothing_was_paid_nothing_is_due(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("awaiting_payment")
    await town.do(code, "waive", Role.REVENUE, reason="مسجد")
    await town.do(code, "cancel", Role.MANAGER)
    assert ((await town.keys())[-1], await town.refunds(code)) == ("cancel", [])


async def test_not_cancelled_while_the_bank_has_not_answered(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("awaiting_payment")
    await town.set_bill(code, BillState.PAYING)
    with pytest.raises(PaymentUnknown):
        await town.do(code, "cancel", Role.CITIZEN)


async def test_the_visit_is_done_and_cannot_be_cancelled(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("visited")
    with pytest.raises(NotAllowedNow):
        await town.do(code, "cancel", Role.CITIZEN)


async def test_late_work_alerts_the_unit(experts: Experts, town: Municipality) -> None:
    await town.order(ASKING)
    town.advance(days=3)
    await town.run_timers(TimerKind.SLA)
    assert await town.keys(OFFICER_MOBILE) == await town.keys(COLLEAGUE_MOBILE) == ["sla_broken"]
