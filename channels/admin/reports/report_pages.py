"""Reports: figures with their charts, and the requests behind them as sheets that are streamed.

A report adds up whole tables: two at a time are run, others wait for their turn, so that pages are never kept waiting
by them. Sheets are made elsewhere (`ReportSheets`); here their bytes only pass through.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.reports import report_view
from channels.admin.reports.report_choices import Choices, named_choices, refuse_unknown
from channels.web.forms import FormWords, controls, stray
from domain.actions.desk import Desk
from domain.actions.reports.declarations import REPORTS, Report, report_named
from domain.actions.reports.filter_reading import read_filter
from domain.actions.reports.labels import Names, month_name, names_of
from domain.actions.reports.listing import audit, leaves_out, may_have, may_list, may_take
from domain.actions.reports.reporting import may_see, run
from domain.reports.filter import DATES, FILTERS, ReportFilter
from domain.unit_of_work import ReportSheets, SheetWish, Store
from domain.values.calendar import jalali_text
from domain.values.errors import DomainError, UnknownKind
from domain.values.text import ascii_digits

PATH = "/staff/reports"
_ONE = f"{PATH}/{{name:[a-z]+}}"
_KEPT = f"{PATH}/kept/{{id:[0-9]{{1,19}}}}"

AT_ONCE = 2
"""Reports that are run at once."""

FIGURES = "figures"
"""The word in a sheet's address for a report's figures instead of its requests."""

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ReportPages:
    """The reports that somebody may see, each on its page and as sheets."""

    sections: Sequence[NavigationSection] = (NavigationSection(PATH, "admin.sections.reports", "reports.view"),)

    def __init__(self, desk: Desk, store: Store, sheets: ReportSheets) -> None:
        self._desk = desk
        self._store = store
        self._sheets = sheets
        self._turn = asyncio.Semaphore(AT_ONCE)

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", PATH, "reports.view", self._list),
            PageRoute("GET", _ONE, "reports.view", self._show),
            PageRoute("GET", f"{_ONE}.{{kind:csv|xlsx}}", "reports.export", self._sheet),
            PageRoute("GET", _KEPT, "reports.export", self._kept),
        )

    async def _list(self, request: web.Request, visit: Visit) -> web.Response:
        text = self._desk.catalogue.text
        mine = [one for one in REPORTS.values() if one.is_for(visit.actor)]
        reports = [(one.key, text(f"reports.titles.{one.key}"), text(f"reports.about.{one.key}")) for one in mine]
        async with self._store.unit(write=False) as uow:
            kept = [kept for one in mine for kept in await uow.reports.kept(one.key)]
        files = [(one.id, one.name, text(f"reports.titles.{one.report}"), month_name(one.first)) for one in kept]
        return staff_page(request, visit, "admin/reports/reports.html", {"reports": reports, "files": files})

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        report, said = _report(request), _said(request)
        may_see(report, visit.actor)
        try:
            wanted, named = await self._wanted(said, visit)
        except DomainError as error:
            return await self._unread(request, visit, report, error)
        async with self._turn, self._store.unit(write=False) as uow:
            ran = await run(self._desk, uow, report, wanted, visit.actor)
            names = await names_of(self._desk, uow, wanted)
        found = report_view.shown(names, ran)
        context = {
            "report": found,
            "query": urlencode(said),
            "listed": may_list(self._desk, wanted, visit.actor),
            "left_out": leaves_out(self._desk, report, visit.actor),
            **self._narrowing(request, visit, report, names, named),
        }
        return staff_page(request, visit, "admin/reports/report.html", context)

    async def _wanted(self, said: Mapping[str, str], visit: Visit) -> tuple[ReportFilter, Choices]:
        """Return the filter of an address, with the names that there are; `InvalidField`."""
        wanted = read_filter(self._desk.services, said, visit.now)
        async with self._store.unit(write=False) as uow:
            named = await named_choices(self._desk.catalogue, uow)
        refuse_unknown(named, wanted)
        return wanted, named

    async def _unread(self, request: web.Request, visit: Visit, report: Report, error: DomainError) -> web.Response:
        """Show the form again, with what is wrong with it, and no figures."""
        async with self._store.unit(write=False) as uow:
            names = await names_of(self._desk, uow, read_filter(self._desk.services, {}, visit.now))
            named = await named_choices(self._desk.catalogue, uow)
        form = self._narrowing(request, visit, report, names, named, error)
        context = {"report": None, "query": "", **form}
        return staff_page(request, visit, "admin/reports/report.html", context, error=error)

    def _narrowing(
        self,
        request: web.Request,
        visit: Visit,
        report: Report,
        names: Names,
        named: Choices,
        error: DomainError | None = None,
    ) -> dict[str, Any]:
        """Return what the page says of the report and its form, filled in as the report was asked for."""
        said, near = _said(request), report_view.near(names, visit.now)
        service, text = said.get("service"), self._desk.catalogue.text
        asked = report_view.fields(report, self._desk.services, service, named)
        words = FormWords(
            self._desk.wording, lambda name: text(f"reports.by.{name}"),
            report_view.titles(names, asked, service, named), blank="web.form.every",
        )  # fmt: skip
        return {
            "title": text(f"reports.titles.{report.key}"),
            "key": report.key,
            "controls": controls(asked, {**said, **report_view.days_shown(said, visit.now)}, words, error),
            "problem": stray(asked, error, words),
            "near": [(word, urlencode({**_without_days(said), **days})) for word, days in near],
            "narrowed": bool(said),
        }

    async def _sheet(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        report, kind = _report(request), request.match_info["kind"]
        may_take(report, visit.actor)
        wanted, _ = await self._wanted(_said(request), visit)
        wish = SheetWish(report.key, wanted, kind, FIGURES in request.query)
        may_have(self._desk, wish, visit.actor)  # before the process that makes it: there it would be a fault
        async with aclosing(self._sheets.stream(wish, visit.actor)) as chunks:
            first = await anext(chunks)  # what fails at once is told as a page
            await audit(self._desk, self._store, wish, visit.actor)
            response = web.StreamResponse(headers=_headers(kind, f"{_file_name(wish)}.{kind}"))
            await response.prepare(request)
            await response.write(first)
            async for chunk in chunks:
                await response.write(chunk)
        await response.write_eof()
        return response

    async def _kept(self, request: web.Request, visit: Visit) -> web.Response:
        async with self._store.unit() as uow:
            kept, content = await uow.reports.content(min(int(request.match_info["id"]), 2**63 - 1))
            by = may_take(report_named(kept.report), visit.actor)
            facts = {"report": kept.report, "kind": "xlsx", "file": kept.name}
            await uow.audit.record(visit.now, by.label, "report_exported", facts)
        return web.Response(body=content, headers=_headers("xlsx", kept.name))


def _report(request: web.Request) -> Report:
    try:
        return report_named(request.match_info["name"])
    except UnknownKind:
        raise web.HTTPNotFound from None


def _said(request: web.Request) -> dict[str, str]:
    """Return what the address says of a filter."""
    names = {*DATES, *FILTERS}
    return {name: value for name, value in request.query.items() if name in names and value.strip()}


def _without_days(said: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in said.items() if name not in DATES}


def _file_name(wish: SheetWish) -> str:
    days = "-".join(ascii_digits(jalali_text(day)).replace("/", "") for day in wish.filter.span)
    return f"{wish.report}-{days}" + (f"-{FIGURES}" if wish.figures else "")


def _headers(kind: str, name: str) -> dict[str, str]:
    return {"Content-Type": MEDIA_TYPES[kind], "Content-Disposition": f'attachment; filename="{name}"'}
