"""Figures of a town's reports, reckoned from all that there is in it: after a walk, both have to be the same."""

from collections import Counter
from datetime import datetime
from typing import Any

from domain.bills.bill import BillState, Payment, PaymentMethod, PaymentOutcome, RefundState
from domain.engine import step_records
from domain.requests.history import HistoryEvent
from domain.requests.request import ServiceRequest
from tests.properties.support.snapshots import BEGINNING, Snapshot
from tests.support.municipality import Municipality
from tests.support.report_figures import adds_up, run_town_report, section_rows, section_totals

ALL_DAYS = {"from": "1390/01/01", "to": "1450/01/01"}
FROM_ELSEWHERE = {"citizen", "clerk"}

_KEPT = "SELECT at, request_id, seq, state, seconds, worked, late, outcome, remote, officer FROM steps ORDER BY 2, 3"


async def reports_say_what_there_is(town: Municipality, now: Snapshot) -> None:
    """The manager's report over all days is what the requests, their events and their money say."""
    report = await run_town_report(town, "manager", **ALL_DAYS)
    assert [one.section.key for one in report.tables if not adds_up(one)] == []
    found, expected = section_totals(report), _money(now) | _moves(town, now)
    assert {name: found[name] for name in expected} == expected
    by_service = Counter(request.service for request in now.requests.values())
    assert {
        key: one["received"] for key, one in section_rows(report, "services").items() if one["received"]
    } == by_service
    live = Counter((one.service, one.state) for one in now.requests.values() if not one.phase.is_final)
    assert {key: one["standing"] for key, one in section_rows(report, "now").items()} == live
    _steps_are_those_of_the_history(town, now)


def _money(now: Snapshot) -> dict[str, int]:
    accounts = list(now.accounts.values())
    bills = [account.bill for account in accounts]
    back = [refund for account in accounts for refund in account.refunds]
    settled = _paid(now, PaymentOutcome.SETTLED)
    surplus, returned = _paid(now, PaymentOutcome.SURPLUS), _paid(now, PaymentOutcome.RETURNED)
    return {
        "billed": sum(bill.amount for bill in bills),
        "outstanding": sum(bill.amount for bill in bills if bill.state in {BillState.OPEN, BillState.PAYING}),
        "paid": settled,
        "returned": returned,
        "net": settled + surplus - returned,
        "refund_due": sum(refund.amount for refund in back if refund.state is RefundState.DUE),
    }


def _paid(now: Snapshot, outcome: PaymentOutcome) -> int:
    return sum(one.amount for one in _payments(now) if one.outcome is outcome)


def _payments(now: Snapshot) -> list[Payment]:
    return [payment for account in now.accounts.values() for payment in account.payments]


def _moves(town: Municipality, now: Snapshot) -> dict[str, Any]:
    ended = Counter(request.phase.value for request in now.requests.values() if request.phase.is_final)
    by_hand = sum(
        _came_from_elsewhere(town, now.requests[id_], one) for id_, all_ in now.events.items() for one in all_
    )
    elsewhere = sum(
        one.outcome is PaymentOutcome.SETTLED and (one.method is not PaymentMethod.POS or one.office is not None)
        for one in _payments(now)
    )
    phases = {name: ended[name] for name in ("done", "declined", "cancelled")}
    visits = by_hand + elsewhere
    return {"received": len(now.requests), "ended": sum(ended.values()), "visits_avoided": visits, **phases}


def _came_from_elsewhere(town: Municipality, request: ServiceRequest, event: HistoryEvent) -> bool:
    named = town.desk.services[request.service].steps_named(event.event)
    ways = [one for one in named if event.from_state in one.source_states and event.to_state == one.target_state]
    moved = event.from_state is None or any(one.trigger is None for one in ways)
    return moved and event.actor_kind in FROM_ELSEWHERE


def _steps_are_those_of_the_history(town: Municipality, now: Snapshot) -> None:
    """Facts kept with each step are those that the whole history would leave now; each stay begins where one ended."""
    kept = [(datetime.fromisoformat(at).replace(tzinfo=BEGINNING.tzinfo), *rest) for at, *rest in town.rows(_KEPT)]
    counted = [
        (
            one.at,
            one.request_id,
            one.seq,
            one.state,
            one.seconds,
            one.worked,
            one.late,
            one.outcome,
            one.remote,
            one.officer,
        )
        for request in sorted(now.requests.values(), key=lambda one: one.id)
        for one in step_records.rebuild_step_records(
            town.desk.services[request.service], town.desk.calendar, request, now.events[request.id]
        )
    ]
    assert kept == counted
    for request in now.requests.values():
        last = max(at for at, id_, *_ in kept if id_ == request.id)
        assert request.entered_at == last
