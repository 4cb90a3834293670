"""A report's requests as rows: whoever may see the report may take the list along, and that is audited.

A report's figures are about everything that it adds up; its list holds only requests that its reader may open too.
The list holds personal data. It is read in pages out of one snapshot, so memory stays the same however long it is.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from domain.actions.desk import Desk
from domain.actions.queues.visibility import SEE_ALL, services_seen
from domain.actions.reports.declarations import Report, report_named
from domain.actions.reports.labels import names_of
from domain.actions.reports.reporting import may_see
from domain.actions.reports.request_rows import Cell, RequestSheet
from domain.actions.reports.scope import Known, Scope
from domain.actions.staff.authorization import RIGHTS
from domain.language.service import Service
from domain.reports.figures import OF_STATE, REQUESTS, Dimension
from domain.reports.filter import ReportFilter, moments
from domain.reports.ports import RequestLine
from domain.unit_of_work import SheetWish, Store, UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import Forbidden

PAGE = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """A list under way: how many requests it has, its headings, and its rows, page by page."""

    total: int
    headings: list[str]
    pages: AsyncIterator[list[list[Cell]]]


def may_take(report: Report, actor: Actor) -> Actor:
    """Return the actor in whose place a report is taken along; `Forbidden("report")` for whoever may not."""
    by = may_see(report, actor)
    if actor.kind != "system" and not RIGHTS["reports.export"].roles & actor.role_names:
        raise Forbidden("report")
    return by


def may_have(desk: Desk, wish: SheetWish, actor: Actor) -> Actor:
    """Return the actor in whose place a sheet is taken along.

    Errors: `Forbidden("report")` as `may_take`, `Forbidden("service")` for a list of requests that are not this
    actor's to see.
    """
    by = may_take(report_named(wish.report), actor)
    if not wish.figures:
        _refuse_unseen(desk, wish.filter, actor)
    return by


async def audit(desk: Desk, store: Store, wish: SheetWish, actor: Actor) -> None:
    """Note that somebody takes a report along; `Forbidden` (`report`, `service`)."""
    by, wanted = may_have(desk, wish, actor), wish.filter
    facts = {"report": wish.report, "kind": wish.kind, "figures": wish.figures}
    facts |= {"from": wanted.first.isoformat(), "before": wanted.last.isoformat()}
    asked = {dimension.value: value for dimension, value in wanted.wanted.items()}
    async with store.unit() as uow:
        await uow.audit.record(desk.clock.now(), by.label, "report_exported", facts | asked)


async def listing(desk: Desk, uow: UnitOfWork, report: Report, wanted: ReportFilter, actor: Actor) -> Listing:
    """Begin a list of the requests that were made in the filter's days, in a unit that reads.

    Errors: `Forbidden` (`report`, `service`).
    """
    may_take(report, actor)
    _refuse_unseen(desk, wanted, actor)
    scope = Scope(desk.services, report, wanted, _seen(desk, actor))
    sheet = RequestSheet(await names_of(desk, uow, wanted), _only_service(desk, scope))
    return Listing(await _total(uow, scope, wanted), sheet.headings(), _pages(uow, sheet, scope, wanted))


def may_list(desk: Desk, wanted: ReportFilter, actor: Actor) -> bool:
    """Tell whether somebody may have the requests of this filter's service listed, or it names none."""
    seen, asked = _seen(desk, actor), wanted.wanted.get(Dimension.SERVICE)
    return seen is None or asked not in desk.services or asked in seen


def leaves_out(desk: Desk, report: Report, actor: Actor) -> bool:
    """Tell whether a report's figures are about services whose requests its list leaves out for this actor."""
    seen, about = _seen(desk, actor), report.services(desk.services)
    return seen is not None and not seen >= (desk.services.keys() if about is None else about & desk.services.keys())


def _seen(desk: Desk, actor: Actor) -> frozenset[str] | None:
    """Return the services whose requests somebody may open; None for who sees whatever there is (`queues.sees`)."""
    if actor.kind == "system" or actor.role_names & SEE_ALL:
        return None
    return frozenset(services_seen(desk.services, actor.role_names))


def _refuse_unseen(desk: Desk, wanted: ReportFilter, actor: Actor) -> None:
    if not may_list(desk, wanted, actor):
        raise Forbidden("service")


def _only_service(desk: Desk, scope: Scope) -> Service | None:
    """Return the service that all requests are of, if there is one alone."""
    asked = scope.where.get(Dimension.SERVICE)
    keys = {asked} if isinstance(asked, str) else set(asked or desk.services)
    known = [desk.services[key] for key in keys if key in desk.services]
    return known[0] if len(known) == 1 else None


async def _total(uow: UnitOfWork, scope: Scope, wanted: ReportFilter) -> int:
    cells = await uow.reports.sums(REQUESTS, OF_STATE, scope.of(REQUESTS), moments(wanted.span))
    known = ((scope.known(REQUESTS, dict(zip(OF_STATE, values, strict=True))), number) for values, (number,) in cells)
    return sum(number for one, number in known if scope.admits(REQUESTS, one))


async def _pages(
    uow: UnitOfWork, sheet: RequestSheet, scope: Scope, wanted: ReportFilter
) -> AsyncIterator[list[list[Cell]]]:
    where, when, after = scope.of(REQUESTS), moments(wanted.span), None
    while lines := await uow.reports.lines(where, when, after, PAGE, fields=sheet.with_fields):
        yield [sheet.cells(line) for line in lines if scope.admits(REQUESTS, _known(scope, line))]
        after = lines[-1].place


def _known(scope: Scope, line: RequestLine) -> Known:
    return scope.known(REQUESTS, {Dimension.SERVICE: line.service, Dimension.STATE: line.state})
