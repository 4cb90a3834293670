"""Invariants of every request of every service, whatever was done: looked at after each step of a walk.

A rule gets one step (the store before and after it) and one request as it is now; it knows no service by name. What
only one service promises is in `service_rules.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from domain.actions.dependencies import Dependencies
from domain.bills.bill import BillKind, BillState, PaymentOutcome
from domain.fleet.resources import slot_numbers
from domain.language.service import Audience, Notice, Service, StoredMobile, Transition, Trigger
from domain.messages.catalogue import DEFAULT_PART_BUDGET, JOINED_PART_BUDGET, Catalogue
from domain.messages.records import OutboxMessage
from domain.requests.history import HistoryEvent, find_chain_faults
from domain.requests.request import Phase, ServiceRequest, TimerKind
from domain.tariffs.tariff import Quote
from domain.values.actors import Role
from domain.values.message_parts import count_parts
from tests.properties.support.snapshots import Snapshot

GIVEN = frozenset({"letter_number", "letter_token", "delivery_token", "handed_over_at"})
"""Values that a request keeps once the citizen has what was paid for."""

QUESTIONS = (".fields.", ".summary", "ask.", "sms.offer.")
"""Parts of the keys of questions."""

CAME_TO_NOTHING = frozenset({Phase.CANCELLED, Phase.DECLINED})


@dataclass(frozen=True, slots=True)
class Step:
    """The store before and after something was done, and who is in which unit: user name → mobile."""

    desk: Dependencies
    before: Snapshot
    after: Snapshot
    unit_mobiles: Mapping[Role, Mapping[str, str]]

    def service(self, request: ServiceRequest) -> Service:
        """Return the declaration of a request's service."""
        return self.desk.services[request.service]

    def earlier(self, request: ServiceRequest) -> ServiceRequest | None:
        """Return the request as it was; None when it is new."""
        return self.before.requests.get(request.id)

    def new_events(self, request: ServiceRequest) -> list[HistoryEvent]:
        """Return what the step appended to a request's history."""
        return self.after.events[request.id][len(self.before.events.get(request.id, [])) :]

    def taken(self, request: ServiceRequest, event: HistoryEvent) -> list[Transition]:
        """Return the transitions that an event may stand for: of one name, from one state into one."""
        named = self.service(request).steps_named(event.event)
        return [one for one in named if event.from_state in one.source_states and one.target_state == event.to_state]

    @property
    def new_texts(self) -> list[OutboxMessage]:
        """Return the texts that the step queued."""
        return [text for id_, text in self.after.texts.items() if id_ not in self.before.texts]


Rule = Callable[[Step, ServiceRequest], None]


def phase_is_that_of_the_state(step: Step, now: ServiceRequest) -> None:
    """A request shows the phase that its state is declared with."""
    assert now.phase is step.service(now).state_named(now.state).phase


def history_is_whole(step: Step, now: ServiceRequest) -> None:
    """The chain verifies to its head, only grows, and leads from state to state to where the request stands."""
    events = step.after.events[now.id]
    assert find_chain_faults(now.code, events, now.head_seq, now.head_hash) == []
    before = step.before.events.get(now.id, [])
    assert events[: len(before)] == before
    assert (events[0].event, events[0].from_state, events[-1].to_state) == ("submit", None, now.state)
    assert all(earlier.to_state == later.from_state for earlier, later in pairwise(events))


def every_move_is_declared(step: Step, now: ServiceRequest) -> None:
    """No event moves a state but by a transition of the declaration."""
    for event in step.new_events(now):
        moved = event.from_state not in {None, event.to_state}
        assert not moved or step.taken(now, event), event


def what_ended_stays(step: Step, now: ServiceRequest) -> None:
    """A final phase is for ever; a final state is left, if at all, by a declared step within that phase."""
    was = step.earlier(now)
    if was is not None and was.phase.is_final:
        assert now.phase is was.phase
        on = {one.target_state for one in step.service(now).transitions if was.state in one.source_states}
        assert now.state in {was.state} | on
        assert now.fields == was.fields


def nothing_is_given_unpaid(step: Step, now: ServiceRequest) -> None:
    """No letter, permit or machine before its bill, or while one is neither paid nor waived: when it is given, and
    after.
    """
    was, accounts = step.earlier(now), step.after.bills(now)
    fresh = GIVEN & now.data.keys() - (was.data.keys() if was else frozenset())
    taken = [one for event in step.new_events(now) for one in step.taken(now, event)]
    if fresh or any(effect.delivers_result for one in taken for effect in one.effects):
        assert all(_closed(one.bill.state) for one in (*step.before.bills(now), *accounts))
        assert not _charges(step.service(now)) or accounts or now.data["quote"]["total"] == 0, "nobody was asked to pay"
    if GIVEN & now.data.keys():
        assert all(_closed(one.bill.state) for one in accounts if one.bill.kind is BillKind.MAIN)


def _charges(service: Service) -> bool:
    return any(effect.issues_bill for step in service.transitions for effect in step.effects)


def _closed(state: BillState) -> bool:
    return state.is_settled or state is BillState.VOID


def money_adds_up(step: Step, now: ServiceRequest) -> None:
    """Money that came in settled bills, each once and in full, or is surplus that goes back; never more goes back than
    came.

    What came in for a request that came to nothing goes back whole.
    """
    accounts = step.after.bills(now)
    for one in accounts:
        settling = [payment for payment in one.payments if payment.outcome is PaymentOutcome.SETTLED]
        surplus = sorted(payment.amount for payment in one.payments if payment.outcome is PaymentOutcome.SURPLUS)
        assert [payment.amount for payment in settling] in ([], [one.bill.amount])
        assert surplus == sorted(refund.amount for refund in one.refunds if refund.reason == "surplus_payment")
        assert one.came_in == sum(payment.amount for payment in settling) + sum(surplus)
        assert one.due_back <= one.came_in
        assert one.bill.state is not BillState.PAID or settling
        assert not one.bill.state.is_payable or not one.payments
    came_in = sum(one.came_in for one in accounts)
    if now.phase in CAME_TO_NOTHING:
        assert sum(one.due_back for one in accounts) == came_in


def bills_stay_as_made(step: Step, now: ServiceRequest) -> None:
    """Amount, ids and explanation of a bill never change; one that was settled or closed never opens again,
    unless a payment of it was reversed.
    """
    for one in step.after.bills(now):
        known = step.before.accounts.get(one.bill.id)
        if known is not None:
            was, bill = known.bill, one.bill
            end: dict[str, Any] = {
                "state": was.state,
                "settled_at": was.settled_at,
                "note": was.note,
                "revision": was.revision,
            }
            if one.reversed:  # it has days of its own to be paid in
                end["deadline"] = was.deadline
            assert replace(bill, **end) == was
            if len(one.reversed) > len(known.reversed):
                assert tuple(payment for payment in one.reversed if payment in known.reversed) == known.reversed
                continue
            assert was.state.is_payable or not bill.state.is_payable
            assert bill.state.is_settled or not was.state.is_settled
            assert one.payments[: len(known.payments)] == known.payments
            assert one.refunds[: len(known.refunds)] == known.refunds


def no_bill_expires_too_early(step: Step, now: ServiceRequest) -> None:
    """Nothing expires before its deadline and the banks' lag, nor is closed while a bank is busy with it."""
    for one in step.after.bills(now):
        known = step.before.accounts.get(one.bill.id)
        was, state = known and known.bill.state, one.bill.state
        assert was is not BillState.PAYING or state not in {BillState.EXPIRED, BillState.VOID, BillState.WAIVED}
        if was is not state is BillState.EXPIRED:
            assert one.bill.deadline
            banking_days = step.desk.policy.settlement_banking_days
            assert step.desk.clock.now() >= step.desk.calendar.add_banking_days(one.bill.deadline, banking_days)


def quote_adds_up_and_stays(step: Step, now: ServiceRequest) -> None:
    """A quote's lines come to its total, the main bill is over it, and whatever happens to tariffs it stays as made."""
    was, quote = step.earlier(now), now.data.get("quote")
    assert was is None or "quote" not in was.data or quote == was.data["quote"]
    if quote is None:
        return
    assert Quote.from_json(quote).as_json() == quote
    counted = [max(Decimal(str(one["asked"])), one["minimum"]) for one in quote["lines"]]
    amounts = [int(units * one["rate"] * one["count"]) for units, one in zip(counted, quote["lines"], strict=True)]
    vat = [amount * one["vat_percent"] // 100 for amount, one in zip(amounts, quote["lines"], strict=True)]
    assert [one["amount"] for one in quote["lines"]] == amounts
    assert (quote["subtotal"], quote["vat"]) == (sum(amounts), sum(vat))
    assert 0 <= quote["subtotal"] + quote["vat"] - quote["computed"] < quote["step"]
    assert quote["total"] == (quote["computed"] if quote["override"] is None else quote["override"])
    main = [one.bill.amount for one in step.after.bills(now) if one.bill.kind is BillKind.MAIN]
    assert main in ([], [quote["total"]])


def one_bill_waits_where_payment_is_needed(step: Step, now: ServiceRequest) -> None:
    """While the citizen has to pay there is one bill to pay, at any other time there is none."""
    payable = [one for one in step.after.bills(now) if one.bill.state.is_payable]
    assert len(payable) == (now.phase is Phase.NEEDS_PAYMENT)


def timers_are_those_of_the_state(step: Step, now: ServiceRequest) -> None:
    """A request waits for every deadline of its state, and for no reminder or working time of another."""
    service, state = step.service(now), step.service(now).state_named(now.state)
    timers = step.after.timers[now.id]
    deadlines = {one.name for one in service.steps_from(state.name, Trigger.DEADLINE)}
    assert {name for kind, name in timers if kind is TimerKind.DEADLINE} == deadlines
    assert {name for kind, name in timers if kind is TimerKind.REMINDER} <= {one.text_name for one in state.reminders}
    assert {name for kind, name in timers if kind is TimerKind.SLA} <= {state.name}


def only_an_asked_one_is_awaited(step: Step, now: ServiceRequest) -> None:
    """Somebody else's answer is awaited only where the state asks for one."""
    asks = any(one.awaited_may_take for one in step.service(now).steps_from(now.state))
    assert now.awaits is None or asks


def what_ended_holds_nothing(step: Step, now: ServiceRequest) -> None:
    """Machines, operators and officers are free again."""
    assert not now.phase.is_final or step.after.held(now) == []


def everybody_is_told(step: Step, now: ServiceRequest) -> None:
    """Each step's notices were queued for all whom they are meant for, but for the citizen who took the step.

    That one has the reply instead. Of steps that share name and states, those of one must be there.
    """
    events = step.new_events(now)
    answered = {str(one.actor).partition(":")[2] for one in events if one.actor_kind == "citizen"}
    queued = {(text.recipient, text.key) for text in step.new_texts if text.request_id == now.id}
    for event in events:
        ways = [one.notices for one in step.taken(now, event)]
        if event.event == "submit" and now.parent_id is None:
            ways = [(Notice("submit"),)]
        wanted = [set(_wanted(step, now, notices, answered)) for notices in ways]
        assert not wanted or any(way <= queued for way in wanted), (event, wanted, queued)


def _wanted(
    step: Step, now: ServiceRequest, notices: tuple[Notice, ...], answered: set[str]
) -> Iterator[tuple[str, str]]:
    for notice in notices:
        key = f"services.{now.service}.notices.{notice.text_name}"
        yield from ((mobile, key) for mobile in _meant(step, now, notice.audience) if mobile not in answered)


def _meant(step: Step, now: ServiceRequest, to: Audience | StoredMobile) -> list[str]:
    if isinstance(to, StoredMobile):
        return [mobile for mobile in [to.mobile_field.find(now)] if mobile]
    if to is Audience.CITIZEN:
        return [now.mobile] if now.mobile else []
    if to is Audience.OPERATORS:
        return [resource.mobile for _, resource in step.after.held(now) if resource.mobile]
    unit = step.service(now).state_named(now.state).unit
    mobiles = step.unit_mobiles.get(unit, {}) if unit else {}
    own_mobile = mobiles.get(now.assignee or "")
    return [own_mobile] if own_mobile else list(mobiles.values())


RULES: tuple[Rule, ...] = (
    phase_is_that_of_the_state,
    history_is_whole,
    every_move_is_declared,
    what_ended_stays,
    nothing_is_given_unpaid,
    money_adds_up,
    bills_stay_as_made,
    no_bill_expires_too_early,
    quote_adds_up_and_stays,
    one_bill_waits_where_payment_is_needed,
    timers_are_those_of_the_state,
    only_an_asked_one_is_awaited,
    what_ended_holds_nothing,
    everybody_is_told,
)


def nothing_is_lost(step: Step) -> None:
    """Requests, bills and texts that there were are there."""
    assert step.before.requests.keys() <= step.after.requests.keys()
    assert step.before.accounts.keys() <= step.after.accounts.keys()
    assert step.before.texts.keys() <= step.after.texts.keys()


def nothing_is_booked_twice(step: Step) -> None:
    """Every booking has all its half hours and no other has one of them; no half hour is taken for nobody."""
    after = step.after
    wanted = [(one.id, resource.id, slot_numbers(one.start, one.end)) for one, resource in after.bookings]
    taken = [(slot, resource, booking) for booking, resource, touched in wanted for slot in touched]
    assert sorted(taken) == sorted(after.slots)
    assert len({(slot, resource) for slot, resource, _ in after.slots}) == len(after.slots)


def texts_fit_their_budget(step: Step) -> None:
    """Every text that was queued says something, and fits the parts that it may have.

    A question may begin with what was wrong with the answer, and a reply that interrupts a dialogue ends with what that
    still asks; an answer of several lines has room for each.
    """
    for text in step.new_texts:
        assert text.text.strip()
        assert count_parts(text.text) <= room_of(step.desk.catalogue, text), (text.key, text.text)


def room_of(catalogue: Catalogue, text: OutboxMessage) -> int:
    """Return the message parts that a text may have."""
    waits = [catalogue.text(key) for key in ("sms.waiting", "sms.waiting_in_short")]
    two = any(mark in text.key for mark in QUESTIONS) or any(one in text.text for one in waits)
    lines = text.text.count("\n") + 1
    own = catalogue.part_budget(text.key) if text.key in catalogue else DEFAULT_PART_BUDGET * lines
    return max(own, JOINED_PART_BUDGET if two else 0)


def numbers_and_tokens_are_unique(step: Step) -> None:
    """No letter has the number of another (but for the secretariat's own), and no two things one token."""
    kept = [(one, one.data) for one in step.after.requests.values()]
    numbers = [data["letter_number"] for _, data in kept if "/" in data.get("letter_number", "")]
    tokens = [data[name] for _, data in kept for name in ("letter_token", "delivery_token") if name in data]
    assert len(set(tokens)) == len(tokens)
    assert all(one.code not in data.get("letter_token", "") for one, data in kept)
    ours = [number for number in numbers if number.count("/") == 2 and not number.split("/")[1].isdigit()]
    assert len(set(ours)) == len(ours)


WHOLE: tuple[Callable[[Step], None], ...] = (
    nothing_is_lost,
    nothing_is_booked_twice,
    texts_fit_their_budget,
    numbers_and_tokens_are_unique,
)
