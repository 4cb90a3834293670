"""A report's requests as rows: whoever may see the report may take the list along, and that is audited.

A report's figures are about everything that it adds up; its list holds only requests that its reader may open too.
The list holds personal data. It is read in pages out of one snapshot, so memory stays the same however long it is.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.reports.declarations import Report, find_report
from domain.actions.reports.labels import load_labels
from domain.actions.reports.request_rows import RequestSheet, SheetCell
from domain.actions.reports.scope import ReportScope, RowValues
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.authorization.visibility import openable_services
from domain.language.service import Service
from domain.reports.figures import REQUEST_FACTS, STATE_DIMENSIONS, Dimension
from domain.reports.filter import ReportFilter, moments_of_span
from domain.reports.ports import ReportRepository, RequestLine
from domain.reports.sheets import SheetSelection
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.errors import Forbidden

LINES_PER_PAGE = 500


@dataclass(frozen=True, slots=True)
class RequestListing:
    """A list under way: how many requests it has, its headings, and its rows, page by page."""

    total: int
    headings: list[str]
    pages: AsyncIterator[list[list[SheetCell]]]


def require_export_right(report: Report, actor: Actor) -> Actor:
    """Return the actor in whose place a report is taken along; `Forbidden("report")` for whoever may not."""
    return require_right(Right.REPORTS_EXPORT, actor, "report", declared_roles=report.roles)


def require_sheet_right(dependencies: Dependencies, requested_sheet: SheetSelection, actor: Actor) -> Actor:
    """Return the actor in whose place a sheet is taken along.

    Errors: `Forbidden("report")` as `require_export_right`, `Forbidden("service")` for a list of requests that are not
    this actor's to see.
    """
    exporter = require_export_right(find_report(requested_sheet.report_key), actor)
    if not requested_sheet.figures_only:
        _refuse_hidden_service(dependencies, requested_sheet.report_filter, actor)
    return exporter


async def audit_report_export(
    dependencies: Dependencies, store: Store, requested_sheet: SheetSelection, actor: Actor
) -> None:
    """Note that somebody takes a report along; `Forbidden` (`report`, `service`)."""
    exporter, criteria = require_sheet_right(dependencies, requested_sheet, actor), requested_sheet.report_filter
    facts = {
        "report": requested_sheet.report_key,
        "format": requested_sheet.file_format,
        "figures": requested_sheet.figures_only,
    }
    facts |= {"from": criteria.first_day.isoformat(), "before": criteria.end_day.isoformat()}
    filter_facts = {dimension.value: value for dimension, value in criteria.value_by_dimension.items()}
    async with store.open_unit() as uow:
        await uow.audit.add_entry(dependencies.clock.now(), exporter.label, "report_exported", facts | filter_facts)


async def build_listing(context: ActorContext, report: Report, criteria: ReportFilter) -> RequestListing:
    """Begin a list of the requests that were made in the filter's days, in a unit that reads.

    Errors: `Forbidden` (`report`, `service`).
    """
    require_export_right(report, context.actor)
    _refuse_hidden_service(context.dependencies, criteria, context.actor)
    scope = ReportScope(
        context.dependencies.services, report, criteria, openable_services(context.dependencies.services, context.actor)
    )
    sheet = RequestSheet(await load_labels(context, criteria), _list_chosen_services(context.dependencies, scope))
    return RequestListing(
        await _count_total(context.uow.reports, scope, criteria),
        sheet.render_headings(),
        _read_pages(context.uow.reports, sheet, scope, criteria),
    )


def may_list_requests(dependencies: Dependencies, criteria: ReportFilter, actor: Actor) -> bool:
    """Return whether somebody may have the requests of this filter's service listed, or it names none."""
    openable, requested_service = (
        openable_services(dependencies.services, actor),
        criteria.value_by_dimension.get(Dimension.SERVICE),
    )
    return openable is None or requested_service not in dependencies.services or requested_service in openable


def omits_requests(dependencies: Dependencies, report: Report, actor: Actor) -> bool:
    """Return whether a report's figures are about services whose requests its list leaves out for this actor."""
    openable, covered = openable_services(dependencies.services, actor), report.covered_services(dependencies.services)
    return openable is not None and not openable >= (
        dependencies.services.keys() if covered is None else covered & dependencies.services.keys()
    )


def _refuse_hidden_service(dependencies: Dependencies, criteria: ReportFilter, actor: Actor) -> None:
    if not may_list_requests(dependencies, criteria, actor):
        raise Forbidden("service")


def _list_chosen_services(dependencies: Dependencies, scope: ReportScope) -> list[Service]:
    """Return the services whose forms a list shows: those that the report or its filter names, a unit's own; none where
    it is about all of several, whose columns nobody could look through.
    """
    requested = scope.conditions.get(Dimension.SERVICE)
    if requested is None:
        return list(dependencies.services.values()) if len(dependencies.services) == 1 else []
    service_keys = {requested} if isinstance(requested, str) else requested
    return [service for service_key, service in dependencies.services.items() if service_key in service_keys]


async def _count_total(reports: ReportRepository, scope: ReportScope, criteria: ReportFilter) -> int:
    sum_cells = await reports.sum_facts(
        REQUEST_FACTS, STATE_DIMENSIONS, scope.conditions_for(REQUEST_FACTS), moments_of_span(criteria.day_span)
    )
    known_counts = (
        (scope.derive_known(REQUEST_FACTS, dict(zip(STATE_DIMENSIONS, values, strict=True))), request_count)
        for values, (request_count,) in sum_cells
    )
    return sum(
        request_count for row_values, request_count in known_counts if scope.admits_rows(REQUEST_FACTS, row_values)
    )


async def _read_pages(
    reports: ReportRepository, sheet: RequestSheet, scope: ReportScope, criteria: ReportFilter
) -> AsyncIterator[list[list[SheetCell]]]:
    conditions, moment_range, after_position = (
        scope.conditions_for(REQUEST_FACTS),
        moments_of_span(criteria.day_span),
        None,
    )
    while lines := await reports.list_request_lines(conditions, moment_range, after_position, LINES_PER_PAGE):
        yield [
            sheet.render_cells(line) for line in lines if scope.admits_rows(REQUEST_FACTS, _derive_known(scope, line))
        ]
        after_position = lines[-1].list_place


def _derive_known(scope: ReportScope, line: RequestLine) -> RowValues:
    return scope.derive_known(REQUEST_FACTS, {Dimension.SERVICE: line.service, Dimension.STATE: line.state})
