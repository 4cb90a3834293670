"""Reports over a small town whose figures were reckoned by hand, on every engine."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.actions.bills import refunds, reversals
from domain.actions.context import ActorContext
from domain.actions.reports.aggregation import FigureTable
from domain.actions.reports.recount import recount_requests
from domain.actions.reports.reporting import ReportResult
from domain.bills.bill import PaymentMethod
from domain.services import SERVICES
from domain.values.actors import Role
from store.unit_of_work import SqlStore
from tests.support.database_tampering import DatabaseTampering
from tests.support.municipality import (
    CITIZEN,
    FOUR_HOURS,
    NEIGHBOUR,
    Municipality,
    StandingClock,
    actor,
    build_desk,
)
from tests.support.report_figures import (
    adds_up,
    find_table,
    pick_figures,
    run_town_report,
    section_rows,
    section_totals,
)
from tests.support.scenarios.expert_unit import ASKING, FEE, OFFICER, Experts
from tests.support.scenarios.payment_rows import find_payment_row

IBAN = "IR820540102680020817909002"


@pytest.fixture
async def town(store: SqlStore, tmp_path: Path) -> Municipality:
    """A furnished municipality on each engine, on Tuesday 1405/09/03 at ten; the office is open 7:30 to 14:30."""
    clock = StandingClock()
    opened = Municipality(build_desk(clock, services=SERVICES), store, clock, tmp_path)
    await opened.furnish()
    return opened


async def forget(url: str) -> None:
    """Make the database as it is behind a migration from a version that kept no steps."""
    hands = DatabaseTampering(url)
    async with hands.open() as connection:
        for statement in ("DELETE FROM steps", "DELETE FROM machine_work", "UPDATE requests SET entered_at = NULL"):
            await connection.execute(text(statement))
    await hands.close()


async def two_days(town: Municipality) -> str:
    """Let an order be worked off, another be entered and rejected late, a third be cancelled; a fourth waits.

    Tuesday 10:00 first and second come in; 12:00 accepted, 13:00 priced, 16:00 paid, 17:00 scheduled for Wednesday at
    8, and the third comes in. Wednesday 9:00 handed over; 13:00 completed and rated, second rejected, third cancelled
    by its citizen, fourth comes in.
    """
    first = await town.order()
    second = (await town.submit(NEIGHBOUR)).code
    for hours, action, role in ((2, "accept", Role.CIVIL), (1, "price", Role.REVENUE)):
        town.advance(hours=hours)
        await town.do(first, action, role)
    town.advance(hours=3)
    await town.pay(first)
    town.advance(hours=1)
    await town.do(first, "schedule", Role.CIVIL)
    third = await town.order(mobile=NEIGHBOUR)
    town.advance(hours=16)
    await town.do(first, "hand_over", Role.CIVIL, early="yes")
    town.advance(hours=4)
    await town.do(first, "complete", Role.CIVIL)
    await town.say(CITIZEN, "۴")
    await town.do(second, "reject", Role.CIVIL, reason="تکراری")
    await town.say(NEIGHBOUR, f"لغو {third}")
    await town.order(mobile=NEIGHBOUR)
    return first


WHOLE = {
    "received": 4,
    "ended": 3,
    "done": 1,
    "declined": 1,
    "cancelled": 1,
    "sla_kept": 5,
    "sla_broken": 1,
    "sla_share": 83.3,
    "billed": FOUR_HOURS,
    "paid": FOUR_HOURS,
    "outstanding": 0,
    "returned": 0,
    "net": FOUR_HOURS,
    "jobs": 1,
    "quoted_hours": 4.0,
    "worked_hours": 4.0,
    "rating": 4.0,
    "visits_avoided": 5,
}
"""Stays in a state with a time to be kept: first submitted, accepted, paid, handed over; third submitted (330 of 420
minutes); and late the second (600 of 420). Nobody came for: three orders, one cancellation, one payment.
"""


async def test_the_whole(town: Municipality) -> None:
    await two_days(town)
    assert pick_figures(section_totals(await run_town_report(town, "civil")), **WHOLE) == WHOLE


async def test_how_long_requests_stood_where(town: Municipality) -> None:
    await two_days(town)
    states = section_rows(await run_town_report(town, "civil"), "states")
    assert {key[1]: (one["stays"], one["stay_hours"], one["stay_worked"]) for key, one in states.items()} == {
        "submitted": (3, 16.33, 5.83),  # 2, 27 and 20 hours; 2, 10 and 5.5 of them in the office
        "accepted": (1, 1.0, 1.0),
        "priced": (1, 0.0, 0.0),
        "awaiting_payment": (1, 3.0, 1.5),
        "paid": (1, 1.0, 0.0),
        "scheduled": (1, 16.0, 1.5),
        "handed_over": (1, 4.0, 4.0),
    }
    units = section_rows(await run_town_report(town, "manager"), "units")
    assert {unit: (one["stays"], one["sla_kept"], one["sla_broken"]) for unit, one in units.items()} == {
        "civil": (6, 4, 1),
        "revenue": (1, 1, 0),
        None: (2, 0, 0),
    }


async def test_what_stands_and_is_late_now(town: Municipality) -> None:
    await two_days(town)
    standing = ("machinery", "submitted")
    assert section_rows(await run_town_report(town, "civil"), "now") == {standing: {"standing": 1, "overdue": 0}}
    town.advance(days=4)
    assert section_rows(await run_town_report(town, "civil"), "now") == {standing: {"standing": 1, "overdue": 1}}
    await town.run_timers()
    assert section_rows(await run_town_report(town, "civil"), "now") == {standing: {"standing": 1, "overdue": 1}}


async def test_days_and_months_are_tehrans(town: Municipality) -> None:
    await two_days(town)
    days = section_rows(await run_town_report(town, "civil"), "over_time")
    assert (len(days), {day: one["received"] for day, one in days.items() if one["received"]}) == (
        30,
        {"2026-11-24": 3, "2026-11-25": 1},
    )
    months = section_rows(await run_town_report(town, "civil", year="1405"), "over_time")
    assert (len(months), months["2026-11-22"]["received"]) == (12, 4)
    before = await run_town_report(town, "civil", **{"from": "1405/09/03", "to": "1405/09/03"})
    assert pick_figures(section_totals(before), received=3, ended=0, paid=0, worked_hours=0) == {
        "received": 3,
        "ended": 0,
        "paid": FOUR_HOURS,
        "worked_hours": 0.0,
    }


async def test_each_filter(town: Municipality) -> None:
    await two_days(town)
    for said, wanted in (
        ({"channel": "cli"}, {"received": 1, "sla_broken": 1, "paid": 0, "visits_avoided": 0}),
        ({"state": "submitted"}, {"received": 1, "sla_broken": 1, "paid": 0}),
        ({"phase": "done"}, {"received": 1, "sla_kept": 0, "paid": FOUR_HOURS}),
        ({"phase": "needs_payment"}, {"received": 0, "paid": 0}),
        ({"unit": "revenue"}, {"received": 0, "sla_kept": 1, "sla_broken": 0}),
        ({"machine": "LD-1"}, {"received": 1, "sla_kept": 4, "paid": FOUR_HOURS, "worked_hours": 4.0}),
        ({"machine": "LD-2"}, {"received": 0, "paid": 0, "worked_hours": 0.0}),
        ({"service": "machinery"}, {"received": 4, "worked_hours": 4.0, "paid": FOUR_HOURS}),
        ({"office": "1001"}, {"received": 0, "paid": 0, "worked_hours": None}),
        ({"officer": "civil"}, {"received": 0, "sla_kept": 0}),
        ({"kind": "valuation"}, {"received": 0, "paid": 0}),
    ):
        assert pick_figures(section_totals(await run_town_report(town, "civil", **said)), **wanted) == wanted, said


async def test_a_counter_office_and_an_officer(town: Municipality) -> None:
    first = await two_days(town)
    await town.brought_by(first, "1001")
    report = await run_town_report(town, "civil")
    assert section_rows(report, "by_office") == {
        "1001": {"received": 1, "ended": 0, "paid": FOUR_HOURS},
        None: {"received": 3, "ended": 3, "paid": 0},
    }
    experts = Experts(town)
    await experts.furnish()
    await experts.reach("awaiting_payment", ASKING, CITIZEN, visit="1405/09/04 16:00")
    officers = section_rows(await run_town_report(town, "expert"), "officers")
    assert {name: (one["stays"], one["sla_kept"]) for name, one in officers.items()} == {
        OFFICER.identifier: (3, 2),
        None: (1, 1),
    }
    kinds = section_rows(await run_town_report(town, "expert"), "by_kind")
    assert (list(kinds), kinds["expert", "subdivision"]["received"]) == ([("expert", "subdivision")], 1)
    assert section_totals(await run_town_report(town, "revenue"))["outstanding"] == FEE


async def test_money_that_goes_back(town: Municipality) -> None:
    code = await town.reach("paid")
    await town.do(code, "cancel", Role.CIVIL)
    due = section_totals(await run_town_report(town, "revenue"))
    assert pick_figures(due, paid=0, returned=0, refund_total=0, refund_due=0) == {
        "paid": FOUR_HOURS,
        "returned": 0,
        "refund_total": FOUR_HOURS,
        "refund_due": FOUR_HOURS,
    }
    [bill] = await town.bills(code)
    async with town.store.open_unit() as uow:
        await refunds.record_refund(
            ActorContext(town.desk, uow, actor(Role.REVENUE, "cashier")), bill.bill_id, IBAN, "tr-1"
        )
    back = section_totals(await run_town_report(town, "revenue"))
    assert pick_figures(back, returned=0, net=0, refund_due=0) == {"returned": FOUR_HOURS, "net": 0, "refund_due": 0}


async def test_money_that_was_recorded_wrongly_was_never_there(town: Municipality) -> None:
    code = await town.reach("paid")
    await town.pay(code, reference="again")
    [bill] = await town.bills(code)
    for reference in ("again", "slip-1"):
        async with town.store.open_unit() as uow:
            payment_row_id = await find_payment_row(uow, bill.bill_id, reference)
            await reversals.reverse_payment(
                ActorContext(town.desk, uow, actor(Role.REVENUE)), bill.bill_id, payment_row_id, "اشتباه"
            )
    report = await run_town_report(town, "revenue")
    assert pick_figures(
        section_totals(report), paid=0, surplus=0, reversed=0, net=0, outstanding=0, refund_total=0, refund_due=0
    ) == {
        "paid": 0,
        "surplus": 0,
        "reversed": 2 * FOUR_HOURS,
        "net": 0,
        "outstanding": FOUR_HOURS,
        "refund_total": 0,
        "refund_due": 0,
    }
    assert section_rows(report, "methods").get("slip", {"payments": 0})["payments"] == 0
    assert section_totals(await run_town_report(town, "civil"))["visits_avoided"] == 1, "the order alone"


async def test_a_payment_at_ones_own_terminal_is_a_visit(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    assert section_totals(await run_town_report(town, "civil"))["visits_avoided"] == 1
    await town.pay(code, method=PaymentMethod.POS)
    assert section_totals(await run_town_report(town, "civil"))["visits_avoided"] == 1
    methods = section_rows(await run_town_report(town, "revenue"), "methods")
    assert methods["pos"]["paid"] == FOUR_HOURS


async def test_utilisation_is_of_the_office_hours_so_far(town: Municipality) -> None:
    await two_days(town)
    machines = section_rows(await run_town_report(town, "civil"), "machines")
    # Sunday to Tuesday seven hours each, and Wednesday until 13:00: 26.5 hours a machine.
    assert {code: one["utilisation"] for code, one in machines.items()} == {"LD-1": 15.1, "LD-2": 0.0, "GR-1": 0.0}
    types = section_rows(await run_town_report(town, "civil"), "machine_types")
    assert {name: one["utilisation"] for name, one in types.items()} == {"loader": 7.5, "grader": 0.0}


async def test_every_table_adds_up_to_its_whole(town: Municipality) -> None:
    await two_days(town)
    for name in ("civil", "manager", "revenue", "expert", "taxi"):
        for said in ({}, {"year": "1405"}, {"from": "1390/01/01"}):
            report = await run_town_report(town, name, **said)
            assert [one.section.key for one in report.tables if not adds_up(one)] == [], (name, said)


def in_one_order(report: ReportResult) -> list[FigureTable]:
    """Tables whose rows do not stand as the database happens to group them."""
    return [replace(one, rows=tuple(sorted(one.rows, key=lambda row: str(row.key)))) for one in report.tables]


async def test_what_was_there_before_is_counted_out_of_the_history(town: Municipality, database_url: str) -> None:
    await two_days(town)
    before = [in_one_order(await run_town_report(town, name)) for name in ("civil", "manager")]
    await forget(database_url)
    assert section_totals(await run_town_report(town, "civil"))["ended"] == 0
    assert await recount_requests(town.desk, town.store) == 4
    assert [in_one_order(await run_town_report(town, name)) for name in ("civil", "manager")] == before
    assert await recount_requests(town.desk, town.store) == 0


async def test_a_request_that_is_not_counted_yet_waits_until_it_is(town: Municipality, database_url: str) -> None:
    code = await town.order()
    await forget(database_url)
    town.advance(hours=2)
    await town.do(code, "reject", Role.CIVIL, reason="تکراری")
    assert section_totals(await run_town_report(town, "civil"))["ended"] == 0
    await recount_requests(town.desk, town.store)
    assert pick_figures(section_totals(await run_town_report(town, "civil")), ended=1, sla_kept=1) == {
        "ended": 1,
        "sla_kept": 1,
    }
    assert find_table(await run_town_report(town, "civil"), "whole").rows != ()
