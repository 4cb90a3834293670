"""Rules of single services beyond the rules of all: by the service's key; a service without an entry has none."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, groupby

from domain.bills.bill import BillState
from domain.requests.request import ServiceRequest
from domain.services.taxi_leave.days import count_days, taken_days
from domain.values.calendar import to_tehran
from tests.properties.support.walk_rules import Step

LIVE = frozenset({"submitted", "awaiting_owner", "under_review", "needs_info", "approved", "in_effect"})
DAYS_A_YEAR = 30
HELD = frozenset({"accepted", "awaiting_payment", "paid"})
BOOKED = frozenset({"scheduled", "handed_over"})


def machines(step: Step, requests: Sequence[ServiceRequest]) -> None:
    """Every machine wanted is held until it is paid for, then booked with an operator; none is handed over unpaid."""
    for one in requests:
        held = step.after.held(one)
        units = sum(item["count"] for item in one.fields["items"])
        wanted = units if one.state in HELD else 2 * units if one.state in BOOKED else 0
        assert len(held) == wanted, (one.state, held)
        assert all(booking.hold is (one.state in HELD) for booking, _ in held)
        if one.state == "handed_over":
            states = [account.bill.state for account in step.after.bills(one)]
            assert all(state.is_settled or state is BillState.VOID for state in states)
            assert one.data["delivery_token"]


def opinions(step: Step, requests: Sequence[ServiceRequest]) -> None:
    """An officer is booked while the visit is to come; an answer has its letter and is paid for."""
    for one in requests:
        assert len(step.after.held(one)) == (one.state == "assigned")
        if one.state in {"answered", "closed"}:
            assert one.data["letter_number"]
            states = [account.bill.state for account in step.after.bills(one)]
            assert all(state.is_settled or state is BillState.VOID for state in states)
        assert not one.phase.is_final or bool(step.after.timers[one.id]) == (one.state == "answered")


def leaves(step: Step, requests: Sequence[ServiceRequest]) -> None:
    """A permit has its number and begins on its day; a taxi's leaves share no day and fit into the year's thirty."""
    today = to_tehran(step.desk.clock.now()).date()
    for one in requests:
        assert one.state not in {"approved", "in_effect", "ended"} or one.data["letter_number"]
        assert one.state != "in_effect" or date.fromisoformat(one.fields["from"]) <= today
        assert one.awaits is None or one.state == "awaiting_owner"
        assert not one.phase.is_final or step.after.timers[one.id] == set()
    by_taxi = sorted(requests, key=lambda one: one.subject_key or "")
    for _, of_taxi in groupby(by_taxi, key=lambda one: one.subject_key):
        _fair(list(of_taxi))


def _fair(requests: Sequence[ServiceRequest]) -> None:
    live = [days for one in requests if one.state in LIVE and (days := taken_days(one))]
    for (first, last), (begin, end) in combinations(live, 2):
        assert last < begin or end < first
    periods = [period for one in requests if (period := taken_days(one))]
    assert all(last - first < timedelta(days=366) for first, last in periods)
    for year in {year for period in periods for year in count_days(*period, fridays=False)}:
        assert sum(count_days(*period, fridays=False)[year] for period in periods) <= DAYS_A_YEAR


def reports(step: Step, requests: Sequence[ServiceRequest]) -> None:
    """A driver's record has one entry for each report that was recorded, and no other."""
    assert step.after.records == sorted(one.code for one in requests if one.state == "recorded")


RULES_OF_SERVICES: Mapping[str, Callable[[Step, Sequence[ServiceRequest]], None]] = {
    "machinery": machines,
    "expert": opinions,
    "taxi_leave": leaves,
    "taxi_report": reports,
}
