"""Queues and services of each role, urgency of a request, and filters that prove what they are told."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.actions.queues.filter_reading import read_queue_filter
from domain.actions.queues.selecting import build_selection
from domain.actions.queues.visibility import visible_queues
from domain.authorization.visibility import visible_services, visible_units
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue, Sla, SlaMoments, assess_sla
from domain.queues.selection import RequestRange, Selection
from domain.requests.request import Phase
from domain.values.actors import STAFF_ROLES, Actor, Role
from domain.values.calendar import WorkingCalendar
from domain.values.errors import DomainError, InvalidField, UnknownKind, UnknownService
from domain.values.paging import Cursor, ListOrder
from tests.support.factories import a_request
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES
from tests.support.scenarios.site_members import at_site
from tests.support.tables import each_row

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # Tuesday, ten o'clock in Tehran
MOMENTS = SlaMoments.from_calendar(NOW, WorkingCalendar())


def staff(*roles: Role, stands_for: frozenset[str] = frozenset()) -> Actor:
    """A member of the staff."""
    return Actor(frozenset(roles), "staff", "sara", "admin", stands_for)


def selected(wanted: QueueFilter, *roles: Role) -> Selection:
    """Part of a filter that somebody with these roles sees."""
    return build_selection(SHIPPED_SERVICES, staff(*roles), wanted, MOMENTS)


def test_each_role_sees_the_services_that_it_works_on() -> None:
    seen = {role: visible_services(SHIPPED_SERVICES, at_site(role)) for role in STAFF_ROLES}
    assert seen == {
        Role.TAXI_OFFICER: ("taxi_leave", "taxi_renewal", "taxi_report"),
        Role.REVENUE: ("machinery", "expert"),
        Role.CIVIL: ("machinery",),
        Role.EXPERT: ("expert",),
        Role.SECRETARIAT: ("expert", "call_back"),
        Role.MANAGER: tuple(SHIPPED_SERVICES),
        Role.AUDITOR: tuple(SHIPPED_SERVICES),
        Role.ADMIN: (),
    }
    assert visible_services(SHIPPED_SERVICES, at_site(Role.ADMIN, Role.CIVIL)) == ("machinery",)


def test_each_role_is_shown_its_queues() -> None:
    shown = {role: visible_queues(SHIPPED_SERVICES, at_site(role)) for role in STAFF_ROLES}
    assert shown[Role.ADMIN] == ()
    assert shown[Role.CIVIL] == (
        (Queue.UNIT, Role.CIVIL),
        (Queue.MINE, None),
        (Queue.UNASSIGNED, None),
        (Queue.LATE, None),
        (Queue.SOON, None),
        (Queue.NEEDS_CITIZEN, None),
        (Queue.NEEDS_PAYMENT, None),
        (Queue.OPEN, None),
        (Queue.FINISHED, None),
    )
    units = [unit for queue, unit in shown[Role.AUDITOR] if queue is Queue.UNIT]
    assert units == [Role.TAXI_OFFICER, Role.REVENUE, Role.CIVIL, Role.EXPERT, Role.SECRETARIAT]
    assert shown[Role.AUDITOR] == shown[Role.MANAGER]
    assert visible_units(SHIPPED_SERVICES, at_site(Role.CIVIL, Role.REVENUE)) == (Role.REVENUE, Role.CIVIL)


def test_a_request_is_late_at_its_time_and_soon_two_working_hours_before() -> None:
    def colour(due: datetime | None, turn: str | None = "civil") -> Sla | None:
        return assess_sla(a_request(due_at=due, turn=turn), MOMENTS)

    assert MOMENTS.soon_until == NOW + timedelta(hours=2)
    assert colour(NOW) is Sla.LATE
    assert colour(NOW + timedelta(microseconds=1)) is Sla.SOON
    assert colour(MOMENTS.soon_until) is Sla.SOON
    assert colour(MOMENTS.soon_until + timedelta(microseconds=1)) is Sla.OK
    assert colour(None) is None
    assert colour(NOW, turn=None) is None
    evening = SlaMoments.from_calendar(NOW.replace(hour=15), WorkingCalendar())
    assert evening.soon_until.date() == NOW.date() + timedelta(days=1), "the office opens tomorrow"


def test_a_unit_s_queue_is_what_stands_with_it() -> None:
    revenue = selected(QueueFilter(Queue.UNIT, Role.REVENUE), Role.REVENUE)
    assert revenue.ranges == (RequestRange("machinery", "revenue"), RequestRange("expert", "revenue"))
    assert revenue.order is ListOrder.URGENT
    assert selected(QueueFilter(Queue.UNIT, Role.REVENUE), Role.CIVIL).ranges == ()
    paid = selected(QueueFilter(Queue.UNIT, Role.CIVIL, states=("paid", "visited")), Role.CIVIL)
    assert paid.ranges == (RequestRange("machinery", "civil", states=("paid",)),)


def test_queues_across_units_hold_what_one_may_see() -> None:
    taxi = selected(QueueFilter(Queue.NEEDS_CITIZEN), Role.TAXI_OFFICER)
    assert taxi.ranges == (
        RequestRange("taxi_leave", "taxi_officer", states=("awaiting_owner",)),
        RequestRange("taxi_leave", "needs_citizen"),
        RequestRange("taxi_renewal", "needs_citizen"),
        RequestRange("taxi_report", "needs_citizen"),
    )
    assert selected(QueueFilter(Queue.FINISHED), Role.EXPERT).ranges == (
        RequestRange("expert", "secretariat:done"),
        RequestRange("expert", has_ended=True),
    )
    declined = selected(QueueFilter(Queue.FINISHED, phase=Phase.DECLINED), Role.EXPERT)
    assert declined.ranges == (RequestRange("expert", has_ended=True, states=("rejected",)),)
    by_kind = selected(QueueFilter(Queue.ALL, kind="boundary"), Role.MANAGER)
    assert {(one.service, one.turn, one.has_ended) for one in by_kind.ranges} == {
        ("expert", "expert", False),
        ("expert", "revenue", False),
        ("expert", "secretariat", False),
        ("expert", "needs_citizen", False),
        ("expert", "needs_payment", False),
        ("expert", "secretariat:done", False),
        ("expert", None, True),
    }
    for whole in (QueueFilter(Queue.ALL, search="محمدی"), QueueFilter(Queue.ALL, assignee="ali")):
        assert selected(whole, Role.CIVIL).ranges == (RequestRange("machinery"),)
    assert len(selected(QueueFilter(), Role.MANAGER).ranges) == 16
    assert selected(QueueFilter(Queue.UNASSIGNED), Role.CIVIL).unassigned
    assert selected(QueueFilter(Queue.ALL), Role.ADMIN).ranges == ()


def test_letters_wait_for_being_handed_over_with_those_who_do_it() -> None:
    letters = selected(QueueFilter(Queue.HAND_OVER), Role.SECRETARIAT)
    assert (letters.ranges, letters.order) == ((RequestRange("expert", "secretariat:done"),), ListOrder.NEWEST)
    assert selected(QueueFilter(Queue.HAND_OVER), Role.EXPERT).ranges == ()
    shown = {role for role in STAFF_ROLES if (Queue.HAND_OVER, None) in visible_queues(SHIPPED_SERVICES, at_site(role))}
    assert shown == {Role.SECRETARIAT, Role.MANAGER, Role.AUDITOR}
    assert "answered" not in {state for one in selected(QueueFilter(), Role.SECRETARIAT).ranges for state in one.states}


def test_mine_is_also_what_absent_colleagues_have() -> None:
    deputy = staff(Role.CIVIL, stands_for=frozenset({"ali"}))
    assert build_selection(SHIPPED_SERVICES, deputy, QueueFilter(Queue.MINE), MOMENTS).assignees == ("ali", "sara")
    assert build_selection(SHIPPED_SERVICES, deputy, QueueFilter(Queue.MINE, assignee="ali"), MOMENTS).assignees == (
        "ali",
    )
    assert build_selection(SHIPPED_SERVICES, deputy, QueueFilter(Queue.MINE, assignee="reza"), MOMENTS).ranges == ()


def test_what_is_due_follows_from_queue_and_filter() -> None:
    def due(queue: Queue, sla: Sla | None) -> tuple[datetime | None, datetime | None]:
        found = selected(QueueFilter(queue, sla=sla), Role.CIVIL)
        return found.due_after, found.due_until

    assert due(Queue.LATE, None) == due(Queue.OPEN, Sla.LATE) == (None, NOW)
    assert due(Queue.SOON, None) == due(Queue.OPEN, Sla.SOON) == (NOW, MOMENTS.soon_until)
    assert due(Queue.OPEN, Sla.OK) == (MOMENTS.soon_until, None)
    assert due(Queue.LATE, Sla.OK) == (MOMENTS.soon_until, NOW), "nothing is both"


def test_days_are_tehrans_and_the_last_is_included() -> None:
    found = selected(QueueFilter(created_from=date(2026, 11, 24), created_to=date(2026, 11, 24)), Role.CIVIL)
    assert found.created_from == datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
    assert found.created_before == datetime(2026, 11, 24, 20, 30, tzinfo=UTC)


@each_row(
    ("wanted", "order"),
    [
        (QueueFilter(), ListOrder.URGENT),
        (QueueFilter(order=ListOrder.OLDEST), ListOrder.OLDEST),
        (QueueFilter(order=ListOrder.NAME), ListOrder.URGENT),
        (QueueFilter(Queue.FINISHED), ListOrder.NEWEST),
        (QueueFilter(Queue.ALL, order=ListOrder.URGENT), ListOrder.NEWEST),
        (QueueFilter(search="محمدی"), ListOrder.NAME),
        (QueueFilter(search="09121234567"), ListOrder.URGENT),
        (QueueFilter(Queue.ALL, search="09121234567", order=ListOrder.OLDEST), ListOrder.OLDEST),
    ],
)
def test_a_list_has_the_order_that_it_can_have(wanted: QueueFilter, order: ListOrder) -> None:
    assert wanted.effective_order is order


def test_a_filter_goes_into_json_and_back() -> None:
    typed: dict[str, object] = {
        "queue": "unit",
        "unit": "expert",
        "service": "expert",
        "states": ["submitted", "assigned"],
        "phase": "received",
        "kind": "boundary",
        "assignee": "sara",
        "channel": "sms",
        "office": "101",
        "created_from": "1405/01/01",
        "created_to": "۱۴۰۵/۰۹/۰۳",
        "sla": "late",
        "papers": "true",
        "found_by": "name",
        "search": "محمدي",
        "order": "oldest",
    }
    whole = read_queue_filter(SHIPPED_SERVICES, typed, NOW)
    assert (whole.created_from, whole.created_to) == (date(2026, 3, 21), date(2026, 11, 24))
    assert set(whole.as_json()) == {one.name for one in fields(QueueFilter)}
    assert read_queue_filter(SHIPPED_SERVICES, whole.as_json(), NOW) == whole
    assert read_queue_filter(SHIPPED_SERVICES, {"queue": "", "states": [], "search": None}, NOW) == QueueFilter()
    assert QueueFilter().as_json() == {"queue": "open"}
    assert read_queue_filter(SHIPPED_SERVICES, {"papers": False, "states": "paid"}, NOW) == QueueFilter(
        papers=False, states=("paid",)
    )


@each_row(
    ("name", "value", "error"),
    [
        ("queue", "none", UnknownKind),
        ("unit", "mayor", UnknownKind),
        ("service", "water", UnknownService),
        ("states", ["submitted", "nowhere"], UnknownKind),
        ("states", [{}], UnknownKind),
        ("phase", "x", UnknownKind),
        ("kind", "x", UnknownKind),
        ("kind", ["boundary"], UnknownKind),
        ("assignee", "a" * 61, InvalidField),
        ("created_from", "yesterday's", InvalidField),
        ("created_to", "9999-12-31", InvalidField),
        ("papers", "perhaps", UnknownKind),
        ("search", "آ", InvalidField),
        ("order", "random", UnknownKind),
        ("limit", "5", InvalidField),
        ("created_from", {"a": 1}, InvalidField),
    ],
)
def test_a_filter_refuses_what_means_nothing(name: str, value: object, error: type[DomainError]) -> None:
    with pytest.raises(error, match=name):
        read_queue_filter(SHIPPED_SERVICES, {name: value}, NOW)


@each_row(
    "text",
    [
        "",
        "1",
        "after~1",
        "after~x~",
        "beside~1~",
        "after~1~yesterday",
        "after~1~2026-11-24T00:00:00",
        "after~-1~",
        f"after~{2**63}~",
        "after~1~0001-01-01T00:00:00+14:00",
        "after~۱~",
        "after~1~2026-11-24T00:00:00+99:00",
    ],
)
def test_a_place_that_was_not_given_is_refused(text: str) -> None:
    with pytest.raises(InvalidField, match="bad_page"):
        Cursor.parse_cursor(text, ListOrder.URGENT)


def test_places_are_read_as_they_were_written() -> None:
    for cursor, order in (
        (Cursor(NOW, 5), ListOrder.NEWEST),
        (Cursor(None, 2**63 - 1, backwards=True), ListOrder.URGENT),
        (Cursor("محمدیآنه~", 7), ListOrder.NAME),
    ):
        assert Cursor.parse_cursor(str(cursor), order) == cursor
