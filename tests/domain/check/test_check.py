"""`pishkhan check` proves the declarations: clean ones pass, each planted fault is found."""

from dataclasses import replace
from typing import Any

import pytest

from domain.bills.bill import BillState
from domain.blocks.charging import CloseOpenBills, WaiveBills, compute_payment_expiry
from domain.check import Flaw, check_services
from domain.fields.form import Field
from domain.fields.types import Text
from domain.fields.work_items import WorkItems
from domain.language.service import Service, State, Transition, Trigger
from domain.messages.catalogue import Catalogue, load_shipped_texts
from domain.requests.request import Phase
from domain.services import SERVICES
from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.services.taxi_leave.declaration import TAXI_LEAVE
from domain.values.actors import Role
from tests.support.tables import each_row

TEXTS = Catalogue.load()
NOTICES = "services.machinery.notices"
CIVIL = frozenset({Role.CIVIL})


def flaws(service: Service, catalogue: Catalogue = TEXTS) -> set[str]:
    """Check one service; return `kind: subject` of what was found in it."""
    return {
        f"{flaw.kind}: {flaw.subject}"
        for flaw in check_services([service], catalogue)
        if flaw.service_key == service.key
    }


def changed(*names: str, **changes: Any) -> Service:
    """Return machinery with every transition of these names changed."""
    steps = tuple(replace(one, **changes) if one.name in names else one for one in MACHINERY_WORK.transitions)
    return replace(MACHINERY_WORK, transitions=steps)


def without(*names: str) -> Service:
    """Return machinery without the transitions of these names."""
    steps = tuple(one for one in MACHINERY_WORK.transitions if one.name not in names)
    return replace(MACHINERY_WORK, transitions=steps)


def and_step(step: Transition, service: Service = MACHINERY_WORK) -> Service:
    """Return a service with one transition more."""
    return replace(service, transitions=(*service.transitions, step))


def texts(**notices: object) -> Catalogue:
    """Return the catalogue with an operator's own notices of machinery."""
    return Catalogue.load({"services": {"machinery": {"notices": notices}}})


class Lacking(Catalogue):
    """The catalogue without one text."""

    def __init__(self, key: str) -> None:
        super().__init__([{name: TEXTS._find_leaf(name) for name in TEXTS.list_keys("") if name != key}])


def test_the_services_of_today_are_clean() -> None:
    assert [str(flaw) for flaw in check_services(SERVICES, TEXTS)] == []


def test_an_unreachable_state() -> None:
    state = State("lost", Phase.IN_PROGRESS)
    service = replace(MACHINERY_WORK, states=(*MACHINERY_WORK.states, state))
    assert {"unreachable: lost", "dead_end: lost"} <= flaws(service)
    assert "unreachable: handed_over" in flaws(without("hand_over"))


def test_a_dead_end() -> None:
    assert flaws(without("complete")) >= {"dead_end: handed_over", "unreachable: awaiting_supplement"}
    service = and_step(Transition("park", ("paid",), "parked", CIVIL))
    service = replace(service, states=(*service.states, State("parked", Phase.IN_PROGRESS)))
    assert "dead_end: parked" in flaws(service)


def test_a_step_that_nobody_may_take() -> None:
    assert flaws(changed("accept", roles=frozenset())) == {"no_role: accept"}


def test_a_step_of_the_systems_that_people_may_take() -> None:
    assert flaws(changed("expire", roles=frozenset({Role.REVENUE}))) == {"triggered_with_role: expire"}


def test_an_end_that_is_left() -> None:
    again = replace(MACHINERY_WORK.steps_named("cancel")[-1], source_states=("completed",))
    assert flaws(and_step(again)) == {"final_state_left: completed"}
    later = Transition(
        "expire", ("rejected",), "expired", trigger=Trigger.DEADLINE, reckon_deadline=compute_payment_expiry
    )
    assert flaws(and_step(later)) == {"final_state_left: rejected"}


def test_an_unpaid_hand_over() -> None:
    assert flaws(changed("schedule", guards=())) == set()  # payment and hand-over are guarded still
    assert flaws(changed("schedule", "hand_over", "pay", guards=())) == {"given_unpaid: hand_over"}
    [schedule] = MACHINERY_WORK.steps_named("schedule")
    shortcut = Transition("hurry", ("awaiting_payment",), "scheduled", CIVIL, effects=schedule.effects)
    unnamed = "no_text: services.machinery.actions.hurry"
    found = flaws(and_step(shortcut, changed("hand_over", guards=())))
    assert found == {"given_unpaid: hand_over", "payment_unheard: scheduled", unnamed}
    assert flaws(and_step(shortcut)) == {unnamed}


def test_giving_before_there_is_any_bill() -> None:
    """No open bill is not a paid one: where none was made yet, asking for settled bills proves nothing."""
    hasty = changed("hand_over", source_states=("accepted", "scheduled"))
    assert flaws(hasty) == {"given_unpaid: hand_over", "lacks_kept_value: complete: quote"}
    early = replace(
        EXPERT_OPINION,
        transitions=tuple(
            replace(one, source_states=("visited", "paid")) if one.name == "issue" else one
            for one in EXPERT_OPINION.transitions
        ),
    )
    assert flaws(early) == {"given_unpaid: issue"}
    waived = Transition("waive", ("accepted",), "paid", CIVIL, effects=(WaiveBills(),))
    assert "given_unpaid: hand_over" in flaws(and_step(waived, changed("hand_over", guards=())))


def test_a_bill_after_payment_must_be_settled_again() -> None:
    [schedule] = MACHINERY_WORK.steps_named("schedule")
    bills = (*schedule.effects, *next(step.effects for step in MACHINERY_WORK.steps_named("bill")))
    again = replace(schedule, guards=(), effects=(*bills, CloseOpenBills(BillState.VOID)), undo_minutes=None)
    assert flaws(and_step(again)) == {"given_unpaid: hand_over"}
    again = replace(again, effects=bills)
    assert flaws(and_step(again, changed("hand_over", guards=()))) == {
        "given_unpaid: hand_over",
        "payment_unheard: scheduled",
    }
    assert flaws(and_step(again)) == set()


def test_a_payment_that_turns_out_to_be_wrong() -> None:
    """A person who gives a booked machine up later leaves no open bill behind, though its payment was reversed."""
    cancel = MACHINERY_WORK.steps_named("cancel")[-1]
    careless = tuple(
        replace(one, effects=tuple(effect for effect in one.effects if not effect.voids_bills))
        if one == cancel
        else one
        for one in MACHINERY_WORK.transitions
    )
    assert flaws(replace(MACHINERY_WORK, transitions=careless)) == {"bill_left_open: cancelled"}
    deaf = replace(
        MACHINERY_WORK.steps_named("await_payment")[0], trigger=Trigger.PAYMENT_REVERSED, target_state="completed"
    )
    assert "bill_left_open: completed" in flaws(changed("await_payment", target_state=deaf.target_state))


def test_unknown_and_double_states() -> None:
    assert flaws(changed("accept", target_state="nowhere")) == {"unknown_state: nowhere"}
    assert flaws(changed("accept", source_states=("nowhere",))) == {"unknown_state: nowhere"}
    assert "unknown_state: start" in flaws(replace(MACHINERY_WORK, initial_state="start"))
    doubled = replace(MACHINERY_WORK, states=(*MACHINERY_WORK.states, State("paid", Phase.DONE)))
    assert "double_state: paid" in flaws(doubled)


@each_row(
    "key",
    [
        "title",
        "description",
        "steps",
        "summary",
        "states.accepted",
        "fields.place.label",
        "fields.place.prompt",
        "fields.items_hours.prompt",
        "actions.accept",
        "inputs.hours",
        "notices.submit",
        "notices.accept",
        "notices.work_soon",
        "notices.no_answer",
        "answers.price",
    ],
)
def test_a_missing_text(key: str) -> None:
    assert flaws(MACHINERY_WORK, Lacking(f"services.machinery.{key}")) == {f"no_text: services.machinery.{key}"}


def test_a_state_may_do_without_a_status_text_of_its_own() -> None:
    assert flaws(MACHINERY_WORK, Lacking("services.machinery.status.submitted")) == set()


def test_state_maps() -> None:
    former = {1: {"received": Phase.RECEIVED, "cancelled": Phase.CANCELLED}, 2: {"submitted": Phase.RECEIVED}}
    former[2] |= {"cancelled": Phase.CANCELLED}
    newer = replace(MACHINERY_WORK, version=3, former_states=former)
    assert flaws(newer) == {"no_state_map: version 1", "no_state_map: version 2"}
    assert flaws(replace(newer, state_maps={1: {"received": "submitted"}, 2: {}})) == set()
    assert flaws(replace(newer, state_maps={1: {"received": "nowhere"}, 2: {}})) == {
        "state_map_into_nowhere: received -> nowhere"
    }
    assert flaws(replace(MACHINERY_WORK, state_maps={1: {}})) == {"state_map_of_no_version: version 1"}
    assert flaws(replace(MACHINERY_WORK, former_states={1: {}})) == {"state_map_of_no_version: version 1"}


def second(moves: dict[str, str], former: dict[str, Phase] | None = None) -> set[str]:
    """Check machinery as a second version, which the first one leads to by this map."""
    states = {1: former} if former is not None else {}
    return flaws(replace(MACHINERY_WORK, version=2, state_maps={1: moves}, former_states=states))


def test_a_state_that_a_map_forgets() -> None:
    """States that a map does not name keep their names, so they must be there still."""
    assert second({}, {"parked": Phase.IN_PROGRESS}) == {"state_map_into_nowhere: parked -> parked"}
    assert second({"parked": "paid"}, {"parked": Phase.IN_PROGRESS}) == set()


def test_a_map_leads_to_the_version_after_it() -> None:
    former = {1: {"received": Phase.RECEIVED}, 2: {"submitted": Phase.RECEIVED}}
    newer = replace(MACHINERY_WORK, version=3, former_states=former, state_maps={1: {"received": "accepted"}, 2: {}})
    assert flaws(newer) == {"state_map_into_nowhere: received -> accepted"}


def test_a_map_that_brings_a_finished_request_to_life() -> None:
    done = {"closed": Phase.DONE}
    assert second({"closed": "submitted"}, done) == {"finished_moved: closed -> submitted"}
    assert second({"closed": "cancelled"}, done) == {"finished_moved: closed -> cancelled"}
    assert second({"closed": "completed"}, done) == set()
    assert second({}, {"completed": Phase.DECLINED}) == {"finished_moved: completed -> completed"}


def test_a_map_without_the_states_that_it_is_about() -> None:
    """Values not kept of an old version can't be proved; what is known of today's states is proved even so."""
    assert second({"completed": "submitted"}) == {
        "no_former_states: version 1",
        "finished_moved: completed -> submitted",
    }
    assert second({"dreamt": "paid"}, {"paid": Phase.IN_PROGRESS}) == {"state_map_from_nowhere: version 1: dreamt"}


@pytest.mark.parametrize("version", [0, -3])
def test_a_version_that_is_none(version: int) -> None:
    assert flaws(replace(MACHINERY_WORK, version=version)) == {f"version_below_one: {version}"}


def test_a_placeholder_without_a_bound() -> None:
    assert flaws(MACHINERY_WORK, texts(accept="درخواست {code}: {weather}")) == {
        f"unbounded_placeholder: {NOTICES}.accept: longest.weather",
        f"unfilled: {NOTICES}.accept: weather",
    }


def test_a_text_over_its_budget() -> None:
    long = "ن" * 130
    assert flaws(MACHINERY_WORK, texts(accept=long + "{code}")) == {
        f"over_budget: {NOTICES}.accept needs 3 parts, may have 2"
    }
    assert flaws(MACHINERY_WORK, texts(accept={"text": long + "{code}", "parts": 3})) == set()
    name = len("شهرداری گمیشان\n")
    assert flaws(MACHINERY_WORK, texts(accept="ن" * (134 - name))) == set()
    assert flaws(MACHINERY_WORK, texts(accept="ن" * (135 - name))) == {
        f"over_budget: {NOTICES}.accept needs 3 parts with its sender, may have 2"
    }


@pytest.mark.parametrize("place", ["status.paid", "summary", "fields.place.prompt"])
def test_what_a_conversation_says_has_a_budget_too(place: str) -> None:
    own: Any = "ن" * 600
    for name in reversed(f"services.machinery.{place}".split(".")):
        own = {name: own}
    assert [flaw.kind for flaw in check_services([MACHINERY_WORK], Catalogue.load(own))] == ["over_budget"]


def test_what_people_write_is_shown_whole_or_the_text_says_that_it_is_not() -> None:
    short = Catalogue.load({"limits": {"place": 40}})
    assert flaws(MACHINERY_WORK, short) == {
        f"cuts_words: {key}: place may have 200, shown are 40"
        for key in (f"{NOTICES}.operator_booked", "services.machinery.summary")
    }
    own = texts(operator_booked="کار تازه {code}: {place:30}")
    assert flaws(MACHINERY_WORK, own) == set()
    longer = changed("ask", inputs=(Field("question", Text(300)),))
    told_in = (f"{NOTICES}.ask", "services.machinery.status.needs_info")
    assert {f"cuts_words: {key}: question may have 300, shown are 200" for key in told_in} <= flaws(longer)
    form = (Field("items", WorkItems(max_machines=11)), *MACHINERY_WORK.form[3:])
    more = replace(MACHINERY_WORK, form=form, form_sections=(), printables=(), changeable=())
    assert {flaw.split(":")[0] for flaw in flaws(more)} == {"cuts_words", "secret_shown"}, "no paper bears its token"


def test_texts_of_no_service_are_checked_too() -> None:
    own = {"sms": {"unknown": "ن" * 135, "left": "{nonsense}"}}
    found = {(flaw.service_key, flaw.kind) for flaw in check_services([MACHINERY_WORK], Catalogue.load(own))}
    assert found == {("texts", "over_budget"), ("texts", "unbounded_placeholder")}


def test_files_of_texts_are_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = {"longest.hours": "۹", "services.expert.summary": "متن", "services.machinery.summary": "ready"}
    files = {**load_shipped_texts(), "services/machinery/texts/planted.toml": planted}
    monkeypatch.setattr("domain.check.load_shipped_texts", lambda: files)
    found = {str(flaw) for flaw in check_services([MACHINERY_WORK], TEXTS)}
    assert found == {
        *(f"texts: text_twice: {key}" for key in planted),
        "machinery: bound_of_all: longest.hours",
        "machinery: text_of_another: services.expert.summary",
        "machinery: latin_word: services.machinery.summary",
    }


def test_a_word_of_two_services() -> None:
    other = replace(MACHINERY_WORK, key="other")
    found = {flaw for flaw in check_services([MACHINERY_WORK, other], TEXTS) if flaw.kind == "word_of_two_services"}
    assert Flaw("word_of_two_services", "other", "ماشین") in found


def test_a_flaw_says_where_it_is() -> None:
    assert str(Flaw("no_role", "machinery", "accept")) == "machinery: no_role: accept"


@each_row(
    ("step", "minutes", "flaw"),
    [
        ("accept", 0, "undo_minutes_beyond"),
        ("accept", 100_000, "undo_minutes_beyond"),
        ("pay", 60, "undo_of_no_staff"),
        ("reject", 60, "undo_ended"),
        ("cancel", 60, "undo_money"),
        ("waive", 60, "undo_money"),
        ("hand_over", 60, "undo_delivered"),
        ("complete", 60, "undo_lasts"),
    ],
)
def test_a_step_that_could_not_be_taken_back(step: str, minutes: int, flaw: str) -> None:
    assert f"{flaw}: {step}" in flaws(changed(step, undo_minutes=minutes))


@pytest.mark.parametrize("name", ["step_back", "note"])
def test_no_step_is_called_as_another_event_of_the_history_is(name: str) -> None:
    assert f"step_called_as_event: {name}" in flaws(changed("schedule", name=name))


def test_a_choice_without_a_price() -> None:
    priced = tuple(subject for subject in EXPERT_OPINION.priced_items if subject.dimensions["kind"] != "boundary")
    assert flaws(replace(EXPERT_OPINION, priced_items=priced)) == {"choice_unpriced: kind=boundary"}


def test_reasons_of_a_service_that_it_does_not_name() -> None:
    assert {flaw for flaw in flaws(replace(TAXI_LEAVE, reasons=())) if "reasons_unlisted" in flaw} == {
        f"reasons_unlisted: {reason_type.__name__}" for reason_type in TAXI_LEAVE.reasons
    }
