"""The report of the month that is over, kept for those who oversee: once, whoever runs this how often."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from domain.actions.desk import Desk
from domain.actions.messages.notify import queue, role_mobiles
from domain.actions.reports.declarations import REPORTS, Report
from domain.actions.reports.labels import month_name, names_of
from domain.actions.reports.reporting import run
from domain.actions.reports.sheet import Cells, figure_rows
from domain.actions.staff.staffing import today
from domain.reports.filter import ReportFilter, moments
from domain.reports.ports import StoredReport
from domain.unit_of_work import Store
from domain.values.actors import SYSTEM, Role
from domain.values.calendar import FIRST_YEAR, period, to_jalali

Make = Callable[[Iterable[Cells]], Awaitable[bytes]]
"""Makes a sheet (XLSX) of these rows."""


async def keep_monthly(desk: Desk, store: Store, make: Make) -> int:
    """Keep the last whole Jalali month's reports that are not kept yet, and tell the managers; return how many.

    A month before the first request of all is not reported: a house that opens today has nothing to tell of it.
    """
    this_month, _ = period(*to_jalali(today(desk))[:2])
    year, month, _ = to_jalali(this_month - timedelta(days=1))
    wanted = ReportFilter(*period(year, month))
    if not await _begun(store, wanted):
        return 0
    return sum([await _keep(desk, store, make, one, wanted) for one in REPORTS.values() if one.monthly])


async def _begun(store: Store, wanted: ReportFilter) -> bool:
    since, before = period(FIRST_YEAR)[0], wanted.last
    async with store.unit(write=False) as uow:
        return bool(await uow.reports.lines({}, moments((since, before)), None, 1, fields=False))


async def _keep(desk: Desk, store: Store, make: Make, report: Report, wanted: ReportFilter) -> bool:
    async with store.unit(write=False) as uow:
        if any((one.first, one.last) == wanted.span for one in await uow.reports.kept(report.key)):
            return False
        ran = await run(desk, uow, report, wanted, SYSTEM)
        rows = list(figure_rows(await names_of(desk, uow, wanted), ran))
    content = await make(rows)
    year, month, _ = to_jalali(wanted.first)
    name = f"{report.key}-{year:04}-{month:02}.xlsx"
    kept = StoredReport(desk.ids.new_id(), report.key, *wanted.span, name, len(content), desk.clock.now())
    async with store.unit() as uow:
        if not await uow.reports.keep(kept, content):
            return False  # another process was faster, and told them
        message = desk.catalogue.message("staff.report_ready", {"month": month_name(wanted.first)})
        for mobile in await role_mobiles(uow, desk, Role.MANAGER):
            await queue(desk, uow, mobile, message)
    return True
