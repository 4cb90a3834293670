"""A step that is taken back: the request, its timers, bookings and bill are as before, and who was told is told so."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from domain.actions.context import ActorContext
from domain.actions.requests.step_back import find_step_back_offer, take_step_back
from domain.bills.bill import BillState
from domain.engine.step_records import rebuild_step_records
from domain.fleet.resources import ResourceKind, ResourceStatus
from domain.language.service import Effect, Guard, StepContext, Transition, Trigger
from domain.language.step_before import STEP_BEFORE
from domain.messages.records import MessageState
from domain.requests.history import find_chain_faults
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.actors import Actor, Role
from domain.values.errors import AuthenticationFailed, Conflict, DomainError
from domain.values.tracking_codes import parse_code
from tests.support.municipality import (
    CITIZEN,
    DRIVER,
    NEIGHBOUR,
    Municipality,
    StandingClock,
    actor,
    build_desk,
    municipality,
)
from tests.support.scenarios.expert_unit import COLLEAGUE, OFFICER, OFFICER_MOBILE, SECRETARY, TODAY, Experts
from tests.support.scenarios.site_members import at_site

STEPS: tuple[tuple[str, str, Role, dict[str, object]], ...] = (
    ("submitted", "accept", Role.CIVIL, {}),
    ("submitted", "accept", Role.CIVIL, {"hours": "6"}),
    ("submitted", "ask", Role.CIVIL, {"question": "جلوی پارک؟"}),
    ("accepted", "price", Role.REVENUE, {}),
    ("paid", "schedule", Role.CIVIL, {}),
    ("scheduled", "reschedule", Role.CIVIL, {"start": "1405/09/05 10:00"}),
)
"""State before, the deed, and who does it."""

UNSAID = {"forbidden", "not_found", "other_officer", "undo_gone_on", "step_taken_back"}
"""Reasons why there is nothing for somebody to take back: then no page speaks of it."""


async def take_back(town: Municipality, code: str, by: Role | Actor, seq: int | None = None) -> bool:
    """Take back the last step of a request."""
    async with town.store.open_unit() as uow:
        who = actor(by) if isinstance(by, Role) else by
        return await take_step_back(ActorContext(town.desk, uow, who), parse_code(code), seq)


async def refusal(town: Municipality, code: str, by: Role | Actor) -> str:
    """Reason why the last step of a request cannot be taken back: the reason, or the error's code; empty where it
    could, and was. The page says the same before."""
    who = actor(by) if isinstance(by, Role) else by
    async with town.store.open_unit(write=False) as uow:
        request = await uow.requests.get_by_code(parse_code(code))
        events = await uow.history.list_of_request(request.id)
        offer = await find_step_back_offer(ActorContext(town.desk, uow, who), request, events)
    try:
        await take_back(town, code, who)
    except DomainError as error:
        said = name_reason(error)
        assert (offer and offer.obstacle and name_reason(offer.obstacle)) == (None if said in UNSAID else said)
        return said
    assert offer
    assert offer.obstacle is None
    return ""


def name_reason(error: DomainError) -> str:
    """Reason why something is refused."""
    return error.reason or error.code


async def picture(town: Municipality, code: str) -> dict[str, Any]:
    """All that a step may change of a request, but for its history and the moments of its stays."""
    request = await town.request(code)
    row = {name: value for name, value in asdict(request).items() if not name.startswith(("head_", "updated", "ent"))}
    row["data"] = {name: value for name, value in row["data"].items() if name != STEP_BEFORE.name}
    return {
        "row": {name: value for name, value in row.items() if name != "revision"},
        "timers": await town.timers(code),
        "bookings": {booking for booking, _ in await town.bookings(code)},
        "open": [bill.bill_id for bill in await town.bills(code) if bill.state.is_payable],
    }


@pytest.mark.parametrize(("state", "action", "role", "inputs"), STEPS)
async def test_all_is_as_before(
    town: Municipality, state: str, action: str, role: Role, inputs: dict[str, object]
) -> None:
    code = await town.reach(state)
    before = await picture(town, code)
    town.advance(minutes=5)
    await town.do(code, action, role, **inputs)
    assert await picture(town, code) != before
    town.advance(minutes=20)
    assert await take_back(town, code, role)
    assert await picture(town, code) == before
    town.advance(minutes=5)
    await town.do(code, action, role, **inputs)
    request, events = await town.request(code), await town.history(code)
    assert [event.event for event in events if event.event in {action, "step_back"}][-3:] == [
        action,
        "step_back",
        action,
    ]
    assert find_chain_faults(code, events, request.head_seq, request.head_hash) == []
    kept = town.rows("SELECT seq, seconds, officer FROM steps WHERE request_id = ? ORDER BY seq", request.id)
    service = town.desk.services[request.service]
    rebuilt = rebuild_step_records(service, town.desk.calendar, request, events)
    assert kept == [(one.seq, one.seconds, one.officer) for one in rebuilt]


@dataclass(frozen=True)
class Follow(Guard):
    """Condition of an automatic step, and what is asked before that is taken back."""

    holds: bool

    async def is_satisfied(self, context: StepContext) -> bool:
        """Return whether it follows."""
        return self.holds


@dataclass(frozen=True)
class Sealed(Effect):
    """An effect that is never taken back."""

    is_undoable: ClassVar[bool] = True
    undo_guards: ClassVar[tuple[Guard, ...]] = (Follow(holds=False),)

    async def apply_effect(self, context: StepContext) -> None:
        """Do nothing else."""


@pytest.mark.parametrize("is_followed", [False, True])
async def test_only_what_followed_is_asked_before_a_step_is_taken_back(database: Path, *, is_followed: bool) -> None:
    seal = Transition(
        "seal",
        ("accepted",),
        "submitted",
        trigger=Trigger.AUTOMATIC,
        condition=Follow(is_followed),
        effects=(Sealed(),),
    )
    service, clock = replace(MACHINERY_WORK, transitions=(*MACHINERY_WORK.transitions, seal)), StandingClock()
    async with municipality(database, build_desk(clock, services=(service,)), clock) as town:
        await town.furnish()
        code = await town.order()
        await town.do(code, "accept", Role.CIVIL)
        assert (await town.request(code)).state == ("submitted" if is_followed else "accepted")
        assert await refusal(town, code, Role.CIVIL) == ("guard" if is_followed else "")


async def test_a_step_of_an_earlier_release_is_taken_back(town: Municipality) -> None:
    code = await town.reach("paid")
    before = await picture(town, code)
    await town.do(code, "schedule", Role.CIVIL)
    async with town.store.open_unit() as uow:
        request = await uow.requests.get_by_code(parse_code(code), lock=True)
        kept = request.data[STEP_BEFORE.name]
        kept |= kept.pop("beside")
        await uow.requests.save(request)
    assert await take_back(town, code, Role.CIVIL)
    assert await picture(town, code) == before


async def test_texts_that_wait_are_not_sent_and_those_that_left_are_followed_by_another(town: Municipality) -> None:
    code = await town.reach("paid")
    await town.do(code, "schedule", Role.CIVIL)
    (told,) = [text for text in await town.sent() if text.key.endswith(".schedule")]
    async with town.store.open_unit() as uow:
        assert await uow.outbox.raise_state(told.id, MessageState.SENT, town.clock.now())
    town.advance(minutes=1)
    assert await take_back(town, code, Role.CIVIL)
    assert (await town.keys())[-1] == "step_taken_back"
    assert "پس گرفته شد" in (await town.sent())[-1].text
    (waiting,) = await town.sent(DRIVER)
    assert (waiting.state, waiting.reason) == (MessageState.EXPIRED, "taken_back")


async def test_a_bill_that_is_taken_back_is_not_to_be_paid(town: Municipality) -> None:
    code = await town.reach("accepted")
    async with town.store.open_unit() as uow:
        await uow.lines.save_language(CITIZEN, "tk", town.clock.now())
    await town.do(code, "price", Role.REVENUE)
    billed = (await town.sent())[-1]
    async with town.store.open_unit() as uow:
        await uow.outbox.raise_state(billed.id, MessageState.DELIVERED, town.clock.now())
    assert await take_back(town, code, Role.REVENUE)
    (bill,) = await town.bills(code)
    assert bill.state is BillState.VOID
    assert (await town.keys())[-1] == "bill_taken_back"
    late = await town.pay(code, bill=bill)
    assert (late.payment.outcome.value, (await town.request(code)).state) == ("surplus", "accepted")
    await town.do(code, "price", Role.REVENUE)
    assert [bill.state for bill in (await town.bills(code))[1:]] == [BillState.OPEN]


async def test_taking_back_is_offered_before_its_proof_is_asked_for(town: Municipality) -> None:
    code = await town.reach("accepted")
    await town.do(code, "price", at_site(Role.REVENUE), amount="5000000", reason="توافق")
    lacks_proof = at_site(Role.REVENUE, has_fresh_proof=False)
    async with town.store.open_unit(write=False) as uow:
        request = await uow.requests.get_by_code(parse_code(code))
        events = await uow.history.list_of_request(request.id)
        offer = await find_step_back_offer(ActorContext(town.desk, uow, lacks_proof), request, events)
    assert offer
    assert (offer.obstacle, offer.voids_bill) == (None, True)
    with pytest.raises(AuthenticationFailed):
        await take_back(town, code, lacks_proof)
    assert await take_back(town, code, at_site(Role.REVENUE))


async def test_only_the_last_step_by_who_may_take_it_and_for_a_while(town: Municipality) -> None:
    code = await town.order()
    assert await refusal(town, code, Role.CIVIL) == "undo_gone_on", "the citizen sent it"
    await town.do(code, "accept", Role.CIVIL)
    for role in (Role.REVENUE, Role.MANAGER, Role.AUDITOR, Role.EXPERT, Role.CITIZEN, Role.ADMIN):
        assert await refusal(town, code, role) in {"forbidden", "not_found"}, role
    town.advance(minutes=61)
    assert await refusal(town, code, Role.CIVIL) == "undo_over"
    await town.do(code, "price", Role.REVENUE)
    assert await refusal(town, code, Role.CIVIL) == "forbidden"
    await town.set_bill(code, BillState.PAYING)
    assert await refusal(town, code, Role.REVENUE) == "payment_unknown"
    await town.set_bill(code, BillState.OPEN)
    await town.pay(code)
    assert await refusal(town, code, Role.REVENUE) == "undo_gone_on"
    await town.do(code, "schedule", Role.CIVIL)
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    assert await refusal(town, code, Role.CIVIL) == "undo_delivered"
    await town.do(code, "complete", Role.CIVIL)
    assert await refusal(town, code, Role.CIVIL) == "undo_ended"
    asked = await town.order(mobile=NEIGHBOUR)
    await town.do(asked, "ask", Role.CIVIL, question="کجا؟")
    await town.say(NEIGHBOUR, "جلوی پارک")
    assert await refusal(town, asked, Role.CIVIL) == "undo_gone_on"
    waived = await town.reach("awaiting_payment", mobile="+989351112223")
    await town.do(waived, "waive", Role.REVENUE, reason="نیازمند")
    assert await refusal(town, waived, Role.REVENUE) == "undo_money"


async def test_pressed_twice_it_happens_once(town: Municipality) -> None:
    code = await town.reach("accepted")
    (seq,) = [event.seq for event in await town.history(code) if event.event == "accept"]
    assert await take_back(town, code, Role.CIVIL, seq)
    assert not await take_back(town, code, Role.CIVIL, seq)
    assert [event.event for event in await town.history(code)].count("step_back") == 1
    assert await refusal(town, code, Role.CIVIL) == "step_taken_back"
    await town.do(code, "ask", Role.CIVIL, question="کجا؟")
    with pytest.raises(DomainError, match="undo_gone_on"):
        await take_back(town, code, Role.CIVIL, seq)


async def test_what_was_booked_before_and_is_gone_keeps_the_step(town: Municipality) -> None:
    code = await town.reach("scheduled")
    await town.do(code, "reschedule", Role.CIVIL, start="1405/09/08 08:00")
    other = await town.reach("scheduled", "ماشین ۲ لودر ۴ ساعت فردا ساعت ۸ خیابان امام", NEIGHBOUR)
    assert len(await town.bookings(other)) == 4
    before = await picture(town, code)
    with pytest.raises(Conflict, match="booked_meanwhile"):
        await take_back(town, code, Role.CIVIL)
    assert await picture(town, code) == before


async def test_a_machine_that_was_retired_meanwhile_is_not_booked_again(town: Municipality) -> None:
    code = await town.reach("scheduled")
    [machine] = [one for _, one in await town.bookings(code) if one.kind is ResourceKind.MACHINE]
    other = {"LD-1": "LD-2", "LD-2": "LD-1"}[machine.code]
    await town.do(code, "reschedule", Role.CIVIL, machine=other)
    await town.put(replace(machine, status=ResourceStatus.MAINTENANCE))
    before = await picture(town, code)
    with pytest.raises(Conflict, match="booked_left") as refused:
        await take_back(town, code, Role.CIVIL)
    assert refused.value.params["title"] == machine.title
    assert await picture(town, code) == before


async def test_an_officers_hours_come_back(experts: Experts) -> None:
    town, code = experts.town, (await experts.enter()).code
    await experts.add(code, "deed", "national_card", "plan")
    said: dict[str, object] = {"report": "زمین ۲۵۰ متری", "area": "250"}
    for action, by, other, inputs in (
        ("assign", SECRETARY, OFFICER, {"officer": "ahmadi", "visit": TODAY}),
        ("reassign", SECRETARY, actor(Role.REVENUE), {"officer": "bahrami", "visit": TODAY}),
        ("visit", COLLEAGUE, OFFICER, said),
        ("price", actor(Role.REVENUE), COLLEAGUE, {}),
    ):
        town.advance(minutes=1)
        before = await picture(town, code)
        await town.do(code, action, by, **inputs)
        assert await refusal(town, code, other) in {"forbidden", "other_officer"}, action
        assert await take_back(town, code, by)
        assert await picture(town, code) == before, action
        town.advance(minutes=1)
        await town.do(code, action, by, **inputs)
    told = [text.key.rpartition(".")[2] for text in await town.sent(OFFICER_MOBILE) if text.reason != "taken_back"]
    assert told == ["officer_assigned", "officer_relieved"], "what was taken back had not left"


async def test_an_officer_who_left_meanwhile_is_not_booked_again(experts: Experts) -> None:
    town, code = experts.town, (await experts.enter()).code
    await experts.add(code, "deed", "national_card", "plan")
    await town.do(code, "assign", SECRETARY, officer="ahmadi", visit=TODAY)
    await town.do(code, "reassign", SECRETARY, officer="bahrami", visit=TODAY)
    await experts.engage("ahmadi", "رضا احمدی", OFFICER_MOBILE, active=False)
    before = await picture(town, code)
    with pytest.raises(Conflict, match="booked_left"):
        await take_back(town, code, SECRETARY)
    assert await picture(town, code) == before
