"""The reports as they are declared: their texts, their scope, and who may see and take them."""

from dataclasses import replace

import pytest

from domain.actions.context import ActionContext, ActorContext
from domain.actions.reports.declaration_check import check_reports
from domain.actions.reports.declarations import REPORTS, ReportSection, find_report
from domain.actions.reports.labels import load_labels
from domain.actions.reports.listing import require_export_right
from domain.actions.reports.reporting import require_report_right, run_report
from domain.actions.reports.sheet import render_figure_rows
from domain.authorization.rights import RIGHTS, Right
from domain.messages.catalogue import Catalogue
from domain.reports.figures import FACT_TABLES, MESSAGE_FACTS, QUEUE_FACTS, RECEIVED_COUNT, UTILISATION, Dimension
from domain.reports.filter import FILTER_DIMENSIONS, ReportFilter
from domain.values.actors import STAFF_ROLES, SYSTEM, Actor, Role
from domain.values.calendar import jalali_period
from domain.values.errors import Forbidden, UnknownKind
from tests.support.municipality import Municipality
from tests.support.scenarios.further_service import TREES
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES
from tests.support.tables import each_row

SEES = {
    "civil": {Role.CIVIL, Role.MANAGER, Role.AUDITOR},
    "expert": {Role.EXPERT, Role.MANAGER, Role.AUDITOR},
    "revenue": {Role.REVENUE, Role.MANAGER, Role.AUDITOR},
    "taxi": {Role.TAXI_OFFICER, Role.MANAGER, Role.AUDITOR},
    "manager": {Role.MANAGER, Role.AUDITOR},
}
"""services.md: the manager has all reports, an auditor reads everything, a unit has its own."""


def somebody(role: Role) -> Actor:
    """Return a member of the staff in that role."""
    return Actor(frozenset({role}), "staff", role.value, "cli")


def test_the_declarations_are_proved() -> None:
    assert check_reports(Catalogue.load()) == []


def test_a_figure_must_be_told_apart_as_its_section_is() -> None:
    wrong = ReportSection("wrong", (Dimension.METHOD,), (RECEIVED_COUNT, UTILISATION))
    flaws = check_reports(Catalogue.load(), [replace(REPORTS["civil"], sections=(wrong,))])
    assert {(one.kind, one.subject) for one in flaws} == {
        ("no_text", "reports.sections.wrong"),
        ("figure_untold", "wrong: received"),
        ("figure_untold", "wrong: utilisation"),
    }


@each_row("name", REPORTS)
@each_row("role", sorted(STAFF_ROLES))
def test_who_sees_which_report(name: str, role: Role) -> None:
    report, actor = REPORTS[name], somebody(role)
    if role in SEES[name]:
        assert require_report_right(report, actor) == actor
    else:
        with pytest.raises(Forbidden, match="report"):
            require_report_right(report, actor)
    if role in SEES[name]:
        assert require_export_right(report, actor) == actor
    else:
        with pytest.raises(Forbidden, match="report"):
            require_export_right(report, actor)


def test_the_rights_of_the_site_leave_nobody_out_who_has_a_report() -> None:
    assert RIGHTS[Right.REPORTS_VIEW].roles == frozenset().union(*SEES.values())
    assert RIGHTS[Right.REPORTS_EXPORT].roles == RIGHTS[Right.REPORTS_VIEW].roles


def test_the_system_sees_and_takes_everything() -> None:
    assert all(require_export_right(one, SYSTEM) == SYSTEM for one in REPORTS.values())


def test_citizens_see_none() -> None:
    citizen = Actor(frozenset({Role.CITIZEN}), "citizen", "+989121234567", "sms")
    assert not any(one.is_visible_to(citizen) for one in REPORTS.values())


def test_a_further_service_is_in_the_report_of_its_unit() -> None:
    known = {**SHIPPED_SERVICES, TREES.key: TREES}
    assert REPORTS["civil"].covered_services(known) == frozenset({"machinery", TREES.key})
    assert REPORTS["taxi"].covered_services(known) == frozenset(
        {"taxi_leave", "taxi_renewal", "taxi_report", "duty", "violation"}
    )
    assert REPORTS["expert"].covered_services(known) == frozenset({"expert"})
    assert REPORTS["manager"].covered_services(known) is REPORTS["revenue"].covered_services(known) is None


def test_an_unknown_report() -> None:
    with pytest.raises(UnknownKind, match="report"):
        find_report("moon")


def test_sums_have_one_name_each() -> None:
    names = [name for fact in FACT_TABLES for name in fact.sum_names]
    assert len(set(names)) == len(names)


def test_a_fact_answers_what_it_can_be_told_apart_by() -> None:
    assert [one for one in FILTER_DIMENSIONS if MESSAGE_FACTS.admits_filter(one)] == [Dimension.SERVICE]
    assert all(QUEUE_FACTS.admits_filter(one) for one in FILTER_DIMENSIONS)
    assert not QUEUE_FACTS.distinguishes(Dimension.PERIOD)


async def test_a_sheet_has_no_rows_of_days_to_come(town: Municipality) -> None:
    month = ReportFilter(*jalali_period(1405, 9))
    await town.order()
    async with town.store.open_unit(write=False) as uow:
        ran = await run_report(ActorContext(town.desk, uow, somebody(Role.MANAGER)), find_report("manager"), month)
        rows = list(render_figure_rows(await load_labels(ActionContext(town.desk, uow), month), ran))
    days = [row[0] for row in rows if row and str(row[0]).startswith("1405/09/")]
    assert set(days) == {"1405/09/01", "1405/09/02", "1405/09/03"}
