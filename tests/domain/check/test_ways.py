"""`pishkhan check` follows every way and its money: what is planted there, and passed before, is found."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, cast

import pytest

from domain.bills.bill import BillState
from domain.blocks.charging import BillsSettled, CloseOpenBills, FreeOfCharge, IssueBill, RefundAll, WaiveBills
from domain.blocks.letters import LETTER_INPUTS, IssueLetter, IssuePermit
from domain.check import check_services
from domain.fields.form import Field
from domain.fields.types import Integer, Text
from domain.language.service import Command, Effect, Guard, Service, State, StepContext, Transition, Trigger
from domain.messages.catalogue import Catalogue
from domain.requests.request import Phase
from domain.services import SERVICES
from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.expert.prices import PriceOpinion
from domain.services.expert.registers import ANSWER_REGISTER
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.services.taxi_leave.declaration import TAXI_LEAVE
from domain.services.taxi_leave.registers import PERMIT_REGISTER
from domain.services.taxi_leave.rules import PERMIT_KIND, SettleScope
from domain.values.actors import Role

TEXTS = Catalogue.load()
LETTER = IssueLetter(ANSWER_REGISTER)
REVENUE = frozenset({Role.REVENUE})


def flaws(service: Service) -> set[str]:
    """Check one service; return `kind: subject` of all but its texts."""
    return {f"{one.kind}: {one.subject}" for one in check_services([service], TEXTS) if one.kind != "no_text"}


def changed(service: Service, *names: str, **changes: Any) -> Service:
    """Return a service with every transition of these names changed."""
    steps = (replace(one, **changes) if one.name in names else one for one in service.transitions)
    return replace(service, transitions=tuple(steps))


def without(service: Service, *names: str) -> Service:
    """Return a service without the transitions of these names."""
    return replace(service, transitions=tuple(one for one in service.transitions if one.name not in names))


def and_steps(service: Service, *steps: Transition, states: Iterable[State] = ()) -> Service:
    """Return a service with more transitions and states."""
    return replace(service, states=(*service.states, *states), transitions=(*service.transitions, *steps))


# Money


@pytest.mark.parametrize("state", [BillState.VOID, BillState.EXPIRED])
def test_a_bill_that_was_closed_is_not_paid(state: BillState) -> None:
    assert flaws(changed(EXPERT_OPINION, "waive", effects=(CloseOpenBills(state),))) == {"given_unpaid: issue"}
    assert flaws(changed(MACHINERY_WORK, "waive", effects=(CloseOpenBills(state),))) == {"given_unpaid: hand_over"}


def test_a_bill_that_was_made_anew_may_be_paid() -> None:
    """Bills that were void before are no bill: the way goes back to the price, and what comes after it counts."""
    again = Transition("reprice", ("awaiting_payment",), "visited", REVENUE, effects=(CloseOpenBills(BillState.VOID),))
    assert flaws(and_steps(EXPERT_OPINION, again)) == set()


def test_the_effects_of_a_step_run_in_their_order() -> None:
    assert flaws(changed(EXPERT_OPINION, "issue", effects=(IssueBill(), LETTER))) == {"given_unpaid: issue"}
    assert flaws(changed(EXPERT_OPINION, "issue", effects=(LETTER, IssueBill()))) == {
        "bill_left_open: answered",
        "bill_left_open: closed",
    }
    assert flaws(changed(EXPERT_OPINION, "issue", effects=(IssueBill(), WaiveBills(), LETTER))) == set()


def test_a_waiver_and_the_letter_in_one_step() -> None:
    """No false alarm: what is waived first is given rightly."""
    at_once = Transition(
        "waive_and_issue", ("awaiting_payment",), "answered", REVENUE, LETTER_INPUTS, effects=(WaiveBills(), LETTER)
    )
    assert flaws(and_steps(EXPERT_OPINION, at_once)) == set()
    hasty = replace(at_once, effects=(LETTER, WaiveBills()))
    assert flaws(and_steps(EXPERT_OPINION, hasty)) == {"given_unpaid: waive_and_issue"}


def test_money_that_went_back_is_not_paid() -> None:
    assert flaws(changed(EXPERT_OPINION, "issue", effects=(RefundAll(), LETTER))) == {"given_unpaid: issue"}
    assert flaws(changed(EXPERT_OPINION, "pay", effects=(RefundAll(),))) == {"given_unpaid: issue"}
    [schedule] = MACHINERY_WORK.steps_named("schedule")
    found = flaws(changed(MACHINERY_WORK, "schedule", effects=(*schedule.effects, RefundAll()), undo_minutes=None))
    assert found == {"given_unpaid: hand_over"}


def test_a_bill_that_nobody_settles_before_the_end() -> None:
    assert flaws(changed(EXPERT_OPINION, "close", effects=(IssueBill(),))) == {"bill_left_open: closed"}
    assert flaws(changed(EXPERT_OPINION, "close_in_time", effects=(IssueBill(),))) == {"bill_left_open: closed"}
    assert flaws(changed(EXPERT_OPINION, "expire", effects=())) == {"bill_left_open: expired"}


def test_a_letter_with_the_first_step() -> None:
    assert "given_unpaid: submit" in flaws(replace(EXPERT_OPINION, submit_effects=(LETTER,)))


def test_a_payment_that_leads_to_nothing() -> None:
    assert flaws(without(EXPERT_OPINION, "pay")) == {"payment_unheard: awaiting_payment"}
    assert flaws(without(MACHINERY_WORK, "pay_supplement")) == {"payment_unheard: awaiting_supplement"}


def test_a_payment_may_let_staff_go_on() -> None:
    """No false alarm: where money moves nothing by itself, somebody may wait for it."""
    by_hand = Transition("go_on", ("awaiting_payment",), "paid", REVENUE, guards=(BillsSettled(),))
    assert flaws(and_steps(without(EXPERT_OPINION, "pay"), by_hand)) == set()


# Steps that fire


def test_a_deadline_that_is_never_reckoned() -> None:
    assert flaws(changed(TAXI_LEAVE, "begin", reckon_deadline=None)) == {
        "no_deadline: begin",
        "unreachable: in_effect",
        "unreachable: ended",
    }
    parked = State("parked", Phase.IN_PROGRESS)
    park = Transition("park", ("paid",), "parked", REVENUE)
    leave = Transition("leave", ("parked",), "expired", trigger=Trigger.DEADLINE)
    found = flaws(and_steps(MACHINERY_WORK, park, leave, states=(parked,)))
    assert found == {"no_deadline: leave", "dead_end: parked"}


def test_a_state_that_only_a_payment_leaves_where_no_bill_can_be() -> None:
    parked = State("parked", Phase.NEEDS_PAYMENT)
    park = Transition("park", ("submitted",), "parked", REVENUE)
    leave = Transition("leave", ("parked",), "expired", trigger=Trigger.BILL_SETTLED)
    found = flaws(and_steps(EXPERT_OPINION, park, leave, states=(parked,)))
    assert found == {"dead_end: parked", "never_taken: leave"}
    assert flaws(and_steps(TAXI_LEAVE, park, replace(leave, target_state="ended"), states=(parked,))) == found
    billed = replace(park, effects=(PriceOpinion(), IssueBill()))
    assert flaws(and_steps(EXPERT_OPINION, billed, leave, states=(parked,))) == set()


def test_a_bill_that_is_never_made() -> None:
    """The state that awaits it is left by its deadline and a waiver: what is lost is the payment."""
    assert "never_taken: pay" in flaws(changed(EXPERT_OPINION, "bill", effects=()))


def test_a_price_that_no_automatic_step_takes() -> None:
    for service in (EXPERT_OPINION, MACHINERY_WORK):
        assert flaws(without(service, "free")) == {"dead_end: priced"}
        assert "dead_end: priced" in flaws(without(service, "bill"))
    assert flaws(changed(EXPERT_OPINION, "free", guards=(BillsSettled(),))) == {"dead_end: priced"}


@dataclass(frozen=True, slots=True)
class Sunny(Guard):
    """A guard whose opposite nobody knows."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at the sky."""
        return True


def test_a_case_that_only_a_guard_without_an_opposite_takes() -> None:
    assert flaws(changed(EXPERT_OPINION, "free", condition=Sunny())) >= {"dead_end: priced"}
    last = Transition("rest", ("priced",), "visited", trigger=Trigger.AUTOMATIC)
    assert flaws(and_steps(without(EXPERT_OPINION, "free"), last)) == set()
    assert flaws(and_steps(EXPERT_OPINION, last)) == {"never_taken: rest"}
    refusing = replace(last, guards=(Sunny(),))
    assert flaws(and_steps(EXPERT_OPINION, refusing)) == {"never_taken: rest"}
    hidden = and_steps(without(EXPERT_OPINION, "bill", "free"), refusing, *EXPERT_OPINION.steps_named("free"))
    assert "never_taken: free" in flaws(hidden)
    assert flaws(and_steps(EXPERT_OPINION, replace(last, condition=FreeOfCharge()))) == {"never_taken: rest"}


def test_giving_up_is_no_way_on() -> None:
    """Out of a state that only the citizen's «لغو» leaves nothing comes; one that staff or a deadline ends is fine."""
    waits = without(TAXI_LEAVE, "approve", "reject", "ask")
    assert "dead_end: under_review" in flaws(waits)
    closed = Transition("close", ("under_review",), "rejected", REVENUE)
    assert "dead_end: under_review" not in flaws(and_steps(waits, closed))


# Who takes them


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.SYSTEM])
def test_a_step_of_those_who_take_none(role: Role) -> None:
    accept, _ = MACHINERY_WORK.steps_named("accept")
    taken_by_none = changed(MACHINERY_WORK, "accept", roles=frozenset({role}), undo_minutes=None)
    assert flaws(taken_by_none) == {f"role_takes_no_steps: accept: {role}"}
    assert flaws(changed(MACHINERY_WORK, "accept", roles=accept.roles | {role})) == {
        f"role_takes_no_steps: accept: {role}"
    }


def test_a_step_of_several_that_asks_something() -> None:
    asking = (Field("reason", Text(), is_note=True), Field("number", Integer(1, 9), required=False))
    assert flaws(changed(TAXI_LEAVE, "take", inputs=asking)) >= {"several_lack_input: take.reason"}
    assert "several_lack_input: take.number" not in flaws(changed(TAXI_LEAVE, "take", inputs=asking))


def test_a_citizens_command_that_no_citizen_may_take() -> None:
    civil = frozenset({Role.CIVIL})
    silent = changed(MACHINERY_WORK, "cancel", roles=civil)
    assert [str(one) for one in check_services([silent], TEXTS)] == ["machinery: command_without_citizen: cancel"]
    assert flaws(changed(MACHINERY_WORK, "answer", roles=civil)) == {"command_without_citizen: answer"}
    assert flaws(changed(TAXI_LEAVE, "consent", awaited_may_take=False)) == {"command_without_citizen: consent"}
    assert flaws(changed(MACHINERY_WORK, "pay", command=Command.CANCEL)) == {"command_without_citizen: pay"}


@pytest.mark.parametrize("command", [Command.CONFIRM, Command.DENY])
def test_an_answer_that_nobody_is_asked_for(command: Command) -> None:
    assert flaws(changed(MACHINERY_WORK, "cancel", command=command)) == {"answer_refused: cancel"}
    asked = changed(MACHINERY_WORK, "cancel", command=command, awaited_may_take=True)
    assert flaws(asked) == {"answer_of_nobody: cancel"}


def test_a_role_that_is_none() -> None:
    roles = frozenset({Role.CIVIL, cast(Role, "civils")})
    assert flaws(changed(MACHINERY_WORK, "reject", roles=roles)) == {"unknown_role: reject: civils"}


def test_a_citizens_command_that_asks_for_more_than_it_says() -> None:
    [ask] = MACHINERY_WORK.steps_named("ask")
    assert flaws(changed(MACHINERY_WORK, "cancel", inputs=ask.inputs)) == {"command_lacks_input: cancel.question"}
    [answer] = MACHINERY_WORK.steps_named("answer")
    more: tuple[Field, ...] = (*answer.inputs, *ask.inputs)
    assert flaws(changed(MACHINERY_WORK, "answer", inputs=more)) == {"command_lacks_input: answer.question"}


@pytest.mark.parametrize("change", [{"roles": REVENUE}, {"inputs": ()}, {"awaited_may_take": True}])
def test_namesakes_that_are_not_alike(change: dict[str, Any]) -> None:
    *others, last = (one for one in MACHINERY_WORK.transitions if one.name == "complete")
    steps = tuple(one for one in MACHINERY_WORK.transitions if one.name != "complete")
    service = replace(MACHINERY_WORK, transitions=(*steps, *others, replace(last, **change)))
    assert flaws(service) - {"answer_of_nobody: complete"} == {"unlike_namesakes: complete"}


# What all this leaves alone


@dataclass(frozen=True, slots=True)
class Gift(Effect):
    """Given by a service that never bills."""

    delivers_result: ClassVar[bool] = True

    async def apply_effect(self, context: StepContext) -> None:
        """Give it."""


def test_a_service_that_never_bills_may_give() -> None:
    assert (
        flaws(
            changed(TAXI_LEAVE, "approve", effects=(SettleScope(), IssuePermit(PERMIT_REGISTER, PERMIT_KIND), Gift()))
        )
        == set()
    )


@pytest.mark.parametrize("service", SERVICES, ids=lambda one: one.key)
def test_the_services_of_today_are_clean(service: Service) -> None:
    assert flaws(service) == set()
