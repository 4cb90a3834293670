"""The report of the month that is over, kept for those who oversee: once, whoever runs this how often."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import list_role_mobiles, notify_staff
from domain.actions.reports.declarations import REPORTS, Report
from domain.actions.reports.labels import load_labels, render_month_and_year
from domain.actions.reports.reporting import run_report
from domain.actions.reports.sheet import SheetCells, render_figure_rows
from domain.actions.staffing import today_in_tehran
from domain.messages.catalogue import RenderedMessage
from domain.reports.filter import ReportFilter, moments_of_span
from domain.reports.ports import StoredReport
from domain.unit_of_work import Store
from domain.values.actors import SYSTEM, Role
from domain.values.calendar import FIRST_YEAR, jalali_period, to_jalali

WorkbookMaker = Callable[[Iterable[SheetCells]], Awaitable[bytes]]
"""Makes a sheet (XLSX) of these rows."""


async def store_monthly_reports(dependencies: Dependencies, store: Store, make_workbook: WorkbookMaker) -> int:
    """Keep the last whole Jalali month's reports that are not kept yet, and notify the managers; return how many.

    A month before the first request of all is not reported: an organisation that opens today has nothing to report
    about it.
    """
    month_start, _ = jalali_period(*to_jalali(today_in_tehran(dependencies))[:2])
    year, month, _ = to_jalali(month_start - timedelta(days=1))
    criteria = ReportFilter(*jalali_period(year, month))
    if not await _had_requests(store, criteria):
        return 0
    return sum(
        [
            await _store_report(dependencies, store, make_workbook, report, criteria)
            for report in REPORTS.values()
            if report.monthly
        ]
    )


async def _had_requests(store: Store, criteria: ReportFilter) -> bool:
    since, before_day = jalali_period(FIRST_YEAR)[0], criteria.end_day
    async with store.open_unit(write=False) as uow:
        return bool(await uow.reports.list_request_lines({}, moments_of_span((since, before_day)), None, 1))


async def _store_report(
    dependencies: Dependencies, store: Store, make_workbook: WorkbookMaker, report: Report, criteria: ReportFilter
) -> bool:
    async with store.open_unit(write=False) as uow:
        if any(
            (earlier.first, earlier.last) == criteria.day_span for earlier in await uow.reports.list_reports(report.key)
        ):
            return False
        report_result = await run_report(ActorContext(dependencies, uow, SYSTEM), report, criteria)
        sheet_rows = list(
            render_figure_rows(await load_labels(ActionContext(dependencies, uow), criteria), report_result)
        )
    content = await make_workbook(sheet_rows)
    year, month, _ = to_jalali(criteria.first_day)
    file_name = f"{report.key}-{year:04}-{month:02}.xlsx"
    new_report = StoredReport(
        dependencies.ids.new_id(), report.key, *criteria.day_span, file_name, len(content), dependencies.clock.now()
    )
    async with store.open_unit() as uow:
        if not await uow.reports.save_report(new_report, content):
            return False  # another process was faster, and notified them

        def render_message() -> RenderedMessage:
            facts = {"month": render_month_and_year(criteria.first_day)}
            return dependencies.catalogue.render_message("staff.report_ready", facts)

        context = ActionContext(dependencies, uow)
        mobiles = await list_role_mobiles(context, Role.MANAGER)
        await notify_staff(context, mobiles, render_message)
    return True
