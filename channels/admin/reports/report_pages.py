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

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.reports import report_view
from channels.admin.reports.report_choices import NamedChoices, load_named_choices, refuse_unknown_names
from channels.web.forms import FormWording, build_controls, describe_stray
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.reports.comparison import compare_with_before
from domain.actions.reports.declarations import REPORTS, Report, find_report
from domain.actions.reports.filter_reading import read_report_filter
from domain.actions.reports.labels import ReportLabels, load_labels, render_month_and_year
from domain.actions.reports.listing import (
    audit_report_export,
    may_list_requests,
    omits_requests,
    require_export_right,
    require_sheet_right,
)
from domain.actions.reports.reporting import require_report_right, run_report
from domain.authorization.rights import Right
from domain.reports.filter import DATE_PARAMETERS, FILTER_DIMENSIONS, ReportFilter
from domain.reports.sheets import ReportSheets, SheetSelection
from domain.unit_of_work import Store
from domain.values.calendar import jalali_text
from domain.values.errors import DomainError, UnknownKind
from domain.values.text import ascii_digits

REPORTS_PATH = "/staff/reports"
_REPORT_PATH = f"{REPORTS_PATH}/{{name:[a-z]+}}"
_STORED_REPORT_PATH = f"{REPORTS_PATH}/kept/{{id:[0-9]{{1,19}}}}"

MAX_CONCURRENT_REPORTS = 2
"""Reports that are run at once."""

FIGURES_PARAMETER = "figures"
"""The word in a sheet's address for a report's figures instead of its requests."""

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ReportPages(SitePart):
    """The reports that somebody may see, each on its page and as sheets."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(REPORTS_PATH, "admin.sections.reports", Right.REPORTS_VIEW),
    )

    def __init__(self, dependencies: Dependencies, store: Store, report_sheets: ReportSheets) -> None:
        super().__init__(dependencies, store)
        self._report_sheets = report_sheets
        self._run_slots = asyncio.Semaphore(MAX_CONCURRENT_REPORTS)

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", REPORTS_PATH, Right.REPORTS_VIEW, self._show_reports),
            PageRoute("GET", _REPORT_PATH, Right.REPORTS_VIEW, self._show_report),
            PageRoute("GET", f"{_REPORT_PATH}.{{kind:csv|xlsx}}", Right.REPORTS_EXPORT, self._send_sheet),
            PageRoute("GET", _STORED_REPORT_PATH, Right.REPORTS_EXPORT, self._send_stored_report),
        )

    async def _show_reports(self, request: web.Request, visitor: Visitor) -> web.Response:
        get_text = self._dependencies.catalogue.text
        own_reports = [entry for entry in REPORTS.values() if entry.is_visible_to(visitor.actor)]
        report_rows = [
            (entry.key, get_text(f"reports.titles.{entry.key}"), get_text(f"reports.about.{entry.key}"))
            for entry in own_reports
        ]
        async with self._store.open_unit(write=False) as uow:
            stored_files = [
                stored_files for entry in own_reports for stored_files in await uow.reports.list_reports(entry.key)
            ]
        file_rows = [
            (entry.id, entry.name, get_text(f"reports.titles.{entry.report}"), render_month_and_year(entry.first))
            for entry in stored_files
        ]
        return render_staff_page(
            request, visitor, "admin/reports/reports.html", {"reports": report_rows, "monthly_files": file_rows}
        )

    async def _show_report(self, request: web.Request, visitor: Visitor) -> web.Response:
        report, query_values = _find_report(request), _read_query(request)
        require_report_right(report, visitor.actor)
        try:
            report_filter, offered_choices = await self._read_filter(query_values, visitor)
        except DomainError as error:  # another page: a report without a filter has no figures to leave empty
            return await self._render_unreadable(request, visitor, report, error)
        async with self._run_slots, self._store.open_unit(write=False) as uow:
            actor_context = ActorContext(self._dependencies, uow, visitor.actor)
            report_result = await run_report(actor_context, report, report_filter)
            period_before = await compare_with_before(actor_context, report, report_filter)
            report_labels = await load_labels(ActionContext(self._dependencies, uow), report_filter)
        shown_report = report_view.build_report_view(report_labels, report_result, period_before)
        context = {
            "report": shown_report,
            "report_query": urlencode(query_values),
            "may_list_requests": may_list_requests(self._dependencies, report_filter, visitor.actor),
            "omits_requests": omits_requests(self._dependencies, report, visitor.actor),
            **self._build_narrowing(request, visitor, report, report_labels, offered_choices),
        }
        return render_staff_page(request, visitor, "admin/reports/report.html", context)

    async def _read_filter(
        self, query_values: Mapping[str, str], visitor: Visitor
    ) -> tuple[ReportFilter, NamedChoices]:
        """Return the filter of an address, with the names that there are; `InvalidField`."""
        report_filter = read_report_filter(self._dependencies.services, query_values, visitor.now)
        async with self._store.open_unit(write=False) as uow:
            offered_choices = await load_named_choices(self._dependencies.catalogue, uow)
        refuse_unknown_names(offered_choices, report_filter)
        return report_filter, offered_choices

    async def _render_unreadable(
        self, request: web.Request, visitor: Visitor, report: Report, error: DomainError
    ) -> web.Response:
        """Show the form again, with what is wrong with it, and no figures."""
        async with self._store.open_unit(write=False) as uow:
            report_labels = await load_labels(
                ActionContext(self._dependencies, uow), read_report_filter(self._dependencies.services, {}, visitor.now)
            )
            offered_choices = await load_named_choices(self._dependencies.catalogue, uow)
        form_context = self._build_narrowing(request, visitor, report, report_labels, offered_choices, error)
        context = {"report": None, "report_query": "", **form_context}
        return render_staff_page(request, visitor, "admin/reports/report.html", context, error=error)

    def _build_narrowing(
        self,
        request: web.Request,
        visitor: Visitor,
        report: Report,
        report_labels: ReportLabels,
        offered_choices: NamedChoices,
        error: DomainError | None = None,
    ) -> dict[str, Any]:
        """Return what the page says of the report and its form, filled in as the report was asked for."""
        query_values, near_periods = _read_query(request), report_view.list_near_periods(report_labels, visitor.now)
        service_key, get_text = query_values.get("service"), self._dependencies.catalogue.text
        form_fields = report_view.build_fields(report, self._dependencies.services, service_key, offered_choices)
        form_wording = FormWording(
            self._dependencies.wording,
            lambda field_name: get_text(f"reports.by.{field_name}"),
            report_view.build_choice_titles(report_labels, form_fields, service_key, offered_choices),
            blank_key="web.form.every",
        )
        return {
            "title": get_text(f"reports.titles.{report.key}"),
            "report_key": report.key,
            "controls": build_controls(
                form_fields, {**query_values, **report_view.period_days(query_values, visitor.now)}, form_wording, error
            ),
            "problem": describe_stray(form_fields, error, form_wording),
            "near_periods": [
                (label, urlencode({**_without_days(query_values), **days})) for label, days in near_periods
            ],
            "is_filtered": bool(query_values),
        }

    async def _send_sheet(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        report, file_kind = _find_report(request), request.match_info["kind"]
        require_export_right(report, visitor.actor)
        report_filter, _ = await self._read_filter(_read_query(request), visitor)
        sheet_selection = SheetSelection(report.key, report_filter, file_kind, FIGURES_PARAMETER in request.query)
        require_sheet_right(
            self._dependencies, sheet_selection, visitor.actor
        )  # before the process that makes it: there it would be a fault
        async with aclosing(self._report_sheets.stream_sheet(sheet_selection, visitor.actor)) as sheet_chunks:
            first_chunk = await anext(sheet_chunks)  # what fails at once becomes a page
            await audit_report_export(self._dependencies, self._store, sheet_selection, visitor.actor)
            response = web.StreamResponse(
                headers=_build_headers(file_kind, f"{_build_file_name(sheet_selection)}.{file_kind}")
            )
            await response.prepare(request)
            await response.write(first_chunk)
            async for sheet_chunk in sheet_chunks:
                await response.write(sheet_chunk)
        await response.write_eof()
        return response

    async def _send_stored_report(self, request: web.Request, visitor: Visitor) -> web.Response:
        async with self._store.open_unit() as uow:
            stored_report, file_content = await uow.reports.get_report(get_row_id(request))
            exporting_actor = require_export_right(find_report(stored_report.report), visitor.actor)
            audit_facts = {"report": stored_report.report, "format": "xlsx", "file": stored_report.name}
            await uow.audit.add_entry(visitor.now, exporting_actor.label, "report_exported", audit_facts)
        return web.Response(body=file_content, headers=_build_headers("xlsx", stored_report.name))


def _find_report(request: web.Request) -> Report:
    try:
        return find_report(request.match_info["name"])
    except UnknownKind:
        raise web.HTTPNotFound from None


def _read_query(request: web.Request) -> dict[str, str]:
    """Return what the address says of a filter."""
    allowed_names = {*DATE_PARAMETERS, *FILTER_DIMENSIONS}
    return {
        name: parameter_value
        for name, parameter_value in request.query.items()
        if name in allowed_names and parameter_value.strip()
    }


def _without_days(query_values: Mapping[str, str]) -> dict[str, str]:
    return {name: parameter_value for name, parameter_value in query_values.items() if name not in DATE_PARAMETERS}


def _build_file_name(sheet_selection: SheetSelection) -> str:
    days = "-".join(ascii_digits(jalali_text(day)).replace("/", "") for day in sheet_selection.report_filter.day_span)
    return f"{sheet_selection.report_key}-{days}" + (f"-{FIGURES_PARAMETER}" if sheet_selection.figures_only else "")


def _build_headers(file_kind: str, file_name: str) -> dict[str, str]:
    return {"Content-Type": MEDIA_TYPES[file_kind], "Content-Disposition": f'attachment; filename="{file_name}"'}
