"""The pages of reports: figures, narrowing, sheets with a fresh proof, and what is kept."""

import csv
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientResponse
from openpyxl import load_workbook

from app.configuration.settings import Settings
from app.processes.report_process import write_sheet
from domain.actions.context import ActorContext
from domain.actions.offices import accounts
from domain.people.person import StaffMember
from domain.people.sessions import PROOF_FRESHNESS
from domain.reports.ports import StoredReport
from domain.reports.sheets import SheetSelection
from domain.values.actors import SYSTEM, Actor, Role
from tests.channels.admin.audit_reader import count_denials
from tests.support.demo_site import MORNING
from tests.support.scenarios import site_registries
from tests.support.scenarios.site_registries import words
from tests.support.scenarios.taxi_requests import complained
from tests.support.staff_site import OUTSIDE, PASSWORD, StaffSite, Visitor, visitor

STORED_XSS = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
FORMULA = "=1+1"
NAMED_OPTIONS = (
    '<option value="gone">سارا ایری (پیشین)<',
    '<option value="twin">کارمند civil (twin)<',
    '<option value="civil">کارمند civil (civil)<',
    '<option value="expert">کارمند expert<',
    '<option value="1001">دفتر مرکزی<',
    '<option value="L1">L1، لودر ۱<',
)
"""Staff, offices and machines as a report offers them."""

Exported = Callable[[], list[tuple[str, dict[str, Any]]]]


async def fetched(visitor: Visitor, path: str, status: int = 200) -> ClientResponse:
    """Answer to a call."""
    response = await visitor.client.get(path, headers=visitor.headers, allow_redirects=False)
    assert response.status == status, await response.text()
    return response


@pytest.fixture
def written_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets written in this process, which takes less time than to start one for each; those of the test of the fresh
    proof come from a process.
    """

    async def stream_here(
        _function: object, settings: Settings, selection: SheetSelection, actor: Actor
    ) -> AsyncIterator[bytes]:
        written = BytesIO()
        await write_sheet(settings, selection, actor, written)
        yield written.getvalue()

    monkeypatch.setattr("app.processes.report_process.stream_from_process", stream_here)


@pytest.fixture
def exported(database: Path) -> Exported:
    """Reads the audit: who took a report along, and what is kept of it."""

    def read() -> list[tuple[str, dict[str, Any]]]:
        with closing(sqlite3.connect(database)) as file:
            rows = file.execute("SELECT actor, detail FROM audit WHERE what = 'report_exported'").fetchall()
        return [(actor, json.loads(detail)) for actor, detail in rows]

    return read


async def test_each_sees_the_own_reports(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    page = await inside.get("/staff/reports")
    assert ("/staff/reports/civil" in page, "/staff/reports/revenue" in page) == (True, False)
    await inside.get("/staff/reports/revenue", 403)
    await inside.get("/staff/reports/moon", 404)


async def test_figures_charts_and_tables(site: StaffSite, inside: Visitor) -> None:
    await site.submitted()
    await inside.sign_in("civil")
    page = await inside.get("/staff/reports/civil")
    assert "گزارش واحد عمران" in page
    assert "<dt>دریافت شده</dt><dd>۱</dd>" in page
    assert '<svg class="chart columns" role="img"' in page
    assert "style=" not in page.replace("stylesheet", "")
    assert "از ۱۴۰۵/۰۹/۰۱ تا ۱۴۰۵/۰۹/۳۰" in page, "this month, unless another period is asked for"


async def test_the_period_before_stands_beside_each_figure(site: StaffSite, inside: Visitor) -> None:
    site.clock.at -= timedelta(days=31)
    await site.submitted()
    await site.submitted()
    site.clock.at += timedelta(days=31)
    await site.submitted()
    await inside.sign_in("manager")
    page = words(await inside.get("/staff/reports/manager"))
    assert "دریافت شده ۱ ۵۰٪ کمتر پیش‌تر ۲" in page
    assert "در کنار هر عدد: از ۱۴۰۵/۰۸/۰۱ تا ۱۴۰۵/۰۸/۰۳" in page, "as many days as have passed"
    for part in ("حجم کار", "زمان و مهلت", "پول", "جدول روند"):
        assert part in page


async def test_days_to_come_have_no_row(site: StaffSite, inside: Visitor) -> None:
    await site.submitted()
    await inside.sign_in("manager")
    month = await inside.get("/staff/reports/manager?year=1405&month=9")
    assert ('<th scope="row">۱۴۰۵/۰۹/۰۳</th>' in month, '<th scope="row">۱۴۰۵/۰۹/۰۴</th>' in month) == (True, False)
    year = await inside.get("/staff/reports/manager?year=1405")
    assert ('<th scope="row">آذر ۱۴۰۵</th>' in year, '<th scope="row">دی ۱۴۰۵</th>' in year) == (True, False)
    gone = await inside.get("/staff/reports/manager?year=1405&month=8")
    assert '<th scope="row">۱۴۰۵/۰۸/۳۰</th>' in gone


async def test_paper_says_whose_report_it_is(inside: Visitor) -> None:
    await inside.sign_in("manager")
    page = await inside.get("/staff/reports/manager")
    for shown in ('<p class="from">شهرداری گمیشان</p>', "خیابان امام خمینی", "۰۱۷-۳۴۱۱۲۲۳۳"):
        assert shown in page


async def test_a_report_is_narrowed_down_by_a_form(site: StaffSite, inside: Visitor) -> None:
    await site.submitted()
    await inside.sign_in("manager")
    page = await inside.get("/staff/reports/manager?from=۱۴۰۵/۰۹/۰۱&to=1405/09/30&channel=sms")
    assert "<dt>دریافت شده</dt><dd>۱</dd>" in page
    assert '<option value="sms" selected>' in page
    assert 'value="۱۴۰۵/۰۹/۰۱"' in page
    page = await inside.get("/staff/reports/manager?channel=walk_in&from=&service=machinery")
    assert "<dt>دریافت شده</dt><dd>۰</dd>" in page
    assert '<select id="state"' in page
    page = await inside.get("/staff/reports/manager?from=دیروزها", 422)
    assert "خوانده نشد" in page
    assert 'class="whole"' not in page
    page = await inside.get("/staff/reports/manager?year=1405&month=13", 422)
    assert 'role="alert"' in page


def form_of(page: str) -> dict[str, str]:
    """Values that the form of the filter would send: its fields with what stands in them."""
    part = page.partition('<form method="get"')[2].partition("</form>")[0]
    typed = dict(re.findall(r'<input [^>]*name="(\w+)" value="([^"]*)"', part))
    lists = re.findall(r'<select [^>]*name="(\w+)"(.*?)</select>', part, re.DOTALL)
    chosen = {name: re.findall(r'<option value="([^"]*)" selected>', options) for name, options in lists}
    return typed | {name: values[0] if values else "" for name, values in chosen.items()}


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("year=1405&month=9", "۱۴۰۵/۰۹/۰۱", "۱۴۰۵/۰۹/۳۰"),
        ("year=1404", "۱۴۰۴/۰۱/۰۱", "۱۴۰۴/۱۲/۲۹"),
        ("month=8", "۱۴۰۵/۰۸/۰۱", "۱۴۰۵/۰۸/۳۰"),
        ("to=1405/02/31", "۱۴۰۵/۰۱/۰۱", "۱۴۰۵/۰۲/۳۱"),
        ("year=1300&month=1", "۱۳۰۰/۰۱/۰۱", "۱۳۰۰/۰۱/۳۱"),
        ("year=1499", "۱۴۹۹/۰۱/۰۱", "۱۴۹۹/۱۲/۲۹"),
    ],
)
async def test_narrowing_down_keeps_the_days(
    site: StaffSite, inside: Visitor, asked: str, first: str, last: str
) -> None:
    await inside.sign_in("manager")
    page = await inside.get(f"/staff/reports/manager?{asked}")
    sent = form_of(page)
    assert (sent["from"], sent["to"]) == (first, last)
    again = await inside.get(f"/staff/reports/manager?{urlencode({**sent, 'channel': 'walk_in'})}")
    period = re.compile(r'class="period"><strong>([^<]+)<')
    assert period.findall(again) == period.findall(page) == [f"از {first} تا {last}"]
    assert form_of(again)["channel"] == "walk_in"


async def test_days_stay_where_something_else_is_wrong(inside: Visitor) -> None:
    await inside.sign_in("manager")
    sent = form_of(await inside.get("/staff/reports/manager?year=1405&month=9&phase=moon", 422))
    assert (sent["from"], sent["to"]) == ("۱۴۰۵/۰۹/۰۱", "۱۴۰۵/۰۹/۳۰")
    assert form_of(await inside.get("/staff/reports/manager"))["from"] == "", "the present month, whichever that is"


@pytest.mark.usefixtures("written_here")
async def test_staff_offices_and_machines_are_chosen_by_name(site: StaffSite, inside: Visitor) -> None:
    async with site.store.open_unit() as uow:
        await accounts.add_office(ActorContext(site.demo.desk, uow, SYSTEM), site.vault, "1001", "دفتر مرکزی")
        for username, name, active in (("gone", "سارا ایری", False), ("twin", "کارمند civil", True)):
            await uow.people.save_staff(StaffMember(username, frozenset({Role.CIVIL}), name, None, "", active, MORNING))
    request = await site.submitted()
    async with site.store.open_unit() as uow:
        found = await uow.requests.get(request.id, lock=True)
        found.assignee, found.office = "gone", "1001"
        await uow.requests.save(found)
    await inside.sign_in("manager")
    page = await inside.get("/staff/reports/manager")
    for option in NAMED_OPTIONS:
        assert option in page
    for query in ("officer=gone", "office=1001", "officer=gone&office=1001"):
        narrowed = await inside.get(f"/staff/reports/manager?{query}")
        assert "<dt>دریافت شده</dt><dd>۱</dd>" in narrowed
        assert query.partition("&")[0].partition("=")[2] in form_of(narrowed).values()
    assert "<dt>دریافت شده</dt><dd>۰</dd>" in await inside.get("/staff/reports/manager?officer=twin")
    await inside.get("/staff/reports/civil?machine=L1")
    headings, row = csv.reader(
        StringIO((await (await fetched(inside, "/staff/reports/manager.csv?officer=gone")).read()).decode("utf-8-sig"))
    )
    assert request.code in row
    assert len(headings) == len(row)


@pytest.mark.parametrize("query", ["officer=کارمند civil", "office=1001", "machine=X9"])
async def test_a_name_that_nobody_has_is_refused(
    site: StaffSite, inside: Visitor, exported: Exported, query: str
) -> None:
    await inside.sign_in("manager")
    page = await inside.get(f"/staff/reports/manager?{query}", 422)
    assert "در فهرست نیست" in page
    assert 'class="whole"' not in page
    assert "در فهرست نیست" in await inside.get(f"/staff/reports/manager.csv?{query}", 422)
    assert exported() == []


async def test_what_is_typed_stays_text(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("manager")
    page = await inside.get(f"/staff/reports/manager?officer={STORED_XSS}", 422)
    assert "<script>alert" not in page
    assert "<img src=x" not in page


async def test_sheets_need_a_fresh_proof_and_are_audited(site: StaffSite, inside: Visitor, exported: Exported) -> None:
    request = await site.submitted(full_name=FORMULA)
    await inside.sign_in("civil")
    site.clock.at += 2 * PROOF_FRESHNESS
    page = await inside.get("/staff/reports/civil.csv?year=1405&service=machinery", 401)
    assert "گذرواژه" in page
    assert exported() == []
    listing = "/staff/reports/civil.csv?year=1405&service=machinery"
    way = await inside.post("/staff/proof", next=listing, proof_password=PASSWORD)
    response = await fetched(inside, way)
    assert response.headers["Content-Disposition"] == 'attachment; filename="civil-14050101-14060101.csv"'
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    headings, row = csv.reader(StringIO((await response.read()).decode("utf-8-sig")))
    found = dict(zip(headings, row, strict=True))
    assert (found["کد رهگیری"], found["نام درخواست‌کننده"]) == (request.code, f"'{FORMULA}")
    [(actor, detail)] = exported()
    assert (actor, detail["report"], detail["figures"]) == ("staff:civil", "civil", False)


@pytest.mark.usefixtures("written_here")
async def test_a_workbook_and_the_figures(site: StaffSite, inside: Visitor) -> None:
    await site.submitted()
    await inside.sign_in("manager")
    response = await fetched(inside, "/staff/reports/manager.xlsx?year=1405")
    assert len(list(load_workbook(BytesIO(await response.read())).worksheets[0].iter_rows())) == 2
    response = await fetched(inside, "/staff/reports/manager.csv?year=1405&figures=yes")
    assert "figures" in response.headers["Content-Disposition"]
    assert (await response.read()).decode("utf-8-sig").startswith("گزارش مدیر")


async def listed(visitor: Visitor, path: str) -> list[dict[str, str]]:
    """The requests of a sheet."""
    headings, *rows = csv.reader(StringIO((await (await fetched(visitor, path)).read()).decode("utf-8-sig")))
    return [dict(zip(headings, row, strict=True)) for row in rows]


@pytest.mark.usefixtures("written_here")
async def test_a_list_holds_what_its_reader_may_open(site: StaffSite, inside: Visitor, exported: Exported) -> None:
    await site_registries.furnish(site)
    order, complaint = await site.submitted(), await complained(site)
    await inside.sign_in("revenue")
    page = await inside.get("/staff/reports/revenue")
    assert "/staff/reports/revenue.csv?" in page
    assert "فهرست، تنها درخواست‌هایی را دارد" in page
    rows = await listed(inside, "/staff/reports/revenue.csv")
    assert [one["کد رهگیری"] for one in rows] == [order.code]
    assert '/staff/reports/revenue.csv?service=taxi_report"' not in await inside.get(
        "/staff/reports/revenue?service=taxi_report"
    )
    for kind in ("csv", "xlsx"):
        await inside.get(f"/staff/reports/revenue.{kind}?service=taxi_report", 403)
    assert len(exported()) == 1
    await inside.get("/staff/reports/revenue.csv?service=taxi_report&figures=yes")
    assert await count_denials(site) == 2
    await inside.sign_in("manager")
    assert "فهرست، تنها درخواست‌هایی را دارد" not in await inside.get("/staff/reports/revenue")
    rows = await listed(inside, "/staff/reports/revenue.csv")
    assert {one["کد رهگیری"] for one in rows} == {order.code, complaint.code}


@pytest.mark.parametrize("path", ["/staff/reports/revenue.csv", "/staff/reports/manager.xlsx"])
async def test_no_sheet_of_anothers_report(inside: Visitor, path: str, exported: Exported) -> None:
    await inside.sign_in("civil")
    await inside.get(path, 403)
    assert exported() == []


@pytest.mark.usefixtures("written_here")
async def test_an_auditor_takes_along_what_he_reads(site: StaffSite, inside: Visitor, exported: Exported) -> None:
    await site.submitted()
    await inside.sign_in("auditor")
    assert "/staff/reports/revenue.csv" in await inside.get("/staff/reports/revenue")
    assert len(await listed(inside, "/staff/reports/manager.csv")) == 1
    assert [actor for actor, _ in exported()] == ["staff:auditor"]


async def test_an_auditor_reads_kept_reports_with_a_fresh_proof(
    site: StaffSite, inside: Visitor, exported: Exported
) -> None:
    kept = StoredReport(7, "manager", date(2026, 10, 23), date(2026, 11, 22), "manager-1405-08.xlsx", 3, MORNING)
    async with site.store.open_unit() as uow:
        await uow.reports.save_report(kept, b"abc")
    await inside.sign_in("auditor")
    assert "گزارش مدیر، آبان ۱۴۰۵" in await inside.get("/staff/reports")
    site.clock.at += PROOF_FRESHNESS
    assert 'name="proof_password"' in await inside.get("/staff/reports/kept/7", 401)
    assert exported() == []
    await inside.post("/staff/proof", next="/staff/reports/kept/7", proof_password=PASSWORD)
    assert await (await fetched(inside, "/staff/reports/kept/7")).read() == b"abc"
    assert [actor for actor, _ in exported()] == ["staff:auditor"]
    secret = await site.enrolled("auditor")
    async with visitor(site, OUTSIDE) as outside:
        await outside.sign_in("auditor")
        await outside.get("/staff/reports/kept/7", 303)
        await outside.get("/staff/second-factor")
        await outside.post("/staff/second-factor", code=site.code_of(secret))
        assert await (await fetched(outside, "/staff/reports/kept/7")).read() == b"abc"
        site.clock.at += PROOF_FRESHNESS
        assert 'name="proof_code"' in await outside.get("/staff/reports/kept/7", 401)


async def test_kept_reports_are_listed_and_taken(site: StaffSite, inside: Visitor) -> None:
    kept = StoredReport(7, "manager", date(2026, 10, 23), date(2026, 11, 22), "manager-1405-08.xlsx", 3, MORNING)
    async with site.store.open_unit() as uow:
        await uow.reports.save_report(kept, b"abc")
    await inside.sign_in("manager")
    page = await inside.get("/staff/reports")
    assert "گزارش مدیر، آبان ۱۴۰۵" in page
    response = await fetched(inside, "/staff/reports/kept/7")
    assert (await response.read(), response.headers["Content-Disposition"]) == (
        b"abc",
        'attachment; filename="manager-1405-08.xlsx"',
    )
    await inside.get("/staff/reports/kept/9223372036854775808", 404)


async def test_a_kept_report_is_not_for_everybody(site: StaffSite, inside: Visitor) -> None:
    kept = StoredReport(7, "manager", date(2026, 10, 23), date(2026, 11, 22), "m.xlsx", 3, MORNING)
    async with site.store.open_unit() as uow:
        await uow.reports.save_report(kept, b"abc")
    await inside.sign_in("civil")
    assert "kept/7" not in await inside.get("/staff/reports")
    await inside.get("/staff/reports/kept/7", 403)


@pytest.mark.usefixtures("written_here")
async def test_a_units_list_keeps_the_forms_of_both_its_services(site: StaffSite, inside: Visitor) -> None:
    await site_registries.furnish(site)
    complaint = await complained(site)
    await inside.sign_in("taxi_officer")
    [row] = await listed(inside, "/staff/reports/taxi.csv")
    assert row["کد رهگیری"] == complaint.code
    catalogue, title = site.demo.desk.catalogue, site.demo.desk.catalogue.text("services.taxi_report.title")
    own_text = f"{catalogue.text('services.taxi_report.fields.text.label')} ({title})"
    assert row[own_text] == complaint.fields["text"]
    of_leaves = [heading for heading in row if catalogue.text("services.taxi_leave.title") in heading]
    assert of_leaves
    assert {row[heading] for heading in of_leaves} == {""}
