"""Papers of a request, and receipts of registries' rows: to be looked at and printed from the browser, or as a PDF."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from aiohttp import web

from channels.admin.addresses import list_address
from channels.admin.frame import NavigationSection, PageRoute, Visitor
from channels.web.headers import build_document_policy
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.papers.printouts import build_request_printout
from domain.actions.queues.work import find_readable_request
from domain.actions.registries.row_receipts import build_row_receipt
from domain.authorization.rights import Right, registry_right
from domain.blocks.receipts import RECEIPT_KIND
from domain.papers.document import Printout
from domain.papers.ports import Printer
from domain.registries.declarations import REGISTRIES, Registry
from domain.unit_of_work import Store
from domain.values.tracking_codes import parse_code

_PRINT_PATH = "/staff/requests/{code:[0-9]{9}}/print/{kind:[a-z_]+}"

PAPER_POLICY = build_document_policy(
    "style-src 'unsafe-inline'", "font-src data:", "img-src data:", sandbox="sandbox allow-modals"
)
"""A paper carries all that it needs inside it; nothing of it may run or reach out."""

PrintoutFinder = Callable[[web.Request, Visitor], Awaitable[Printout]]
"""Gathers the facts of a paper; it is printed once the unit is closed."""


class PrintPages(SitePart):
    """The papers."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, dependencies: Dependencies, store: Store, printer: Printer) -> None:
        super().__init__(dependencies, store)
        self._printer = printer

    def list_routes(self) -> Sequence[PageRoute]:
        charged_registries = [candidate for candidate in REGISTRIES.values() if candidate.charge_terms]
        return (
            *self._list_format_routes(_PRINT_PATH, Right.REQUESTS_VIEW, self._find_request_printout),
            *(route for registry in charged_registries for route in self._list_receipt_routes(registry)),
        )

    def _list_receipt_routes(self, registry: Registry) -> Sequence[PageRoute]:
        base_path = f"{list_address(registry)}/{{id:[0-9]{{1,19}}}}/print/{RECEIPT_KIND}"
        return self._list_format_routes(
            base_path, registry_right(registry.key, "view"), partial(self._find_row_printout, registry)
        )

    def _list_format_routes(
        self, base_path: str, route_right: Right, find_printout: PrintoutFinder
    ) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", f"{base_path}.html", route_right, partial(self._show_html, find_printout)),
            PageRoute("GET", f"{base_path}.pdf", route_right, partial(self._show_pdf, find_printout)),
        )

    async def _show_html(self, find_printout: PrintoutFinder, request: web.Request, visitor: Visitor) -> web.Response:
        printout = await find_printout(request, visitor)
        headers = {"Content-Security-Policy": PAPER_POLICY}
        return web.Response(text=self._printer.render_html(printout), content_type="text/html", headers=headers)

    async def _show_pdf(self, find_printout: PrintoutFinder, request: web.Request, visitor: Visitor) -> web.Response:
        printout = await find_printout(request, visitor)
        file_name = f"{printout.kind}-{printout.code}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{file_name}"'}
        return web.Response(
            body=await self._printer.render_pdf(printout), content_type="application/pdf", headers=headers
        )

    async def _find_request_printout(self, request: web.Request, visitor: Visitor) -> Printout:
        code, printout_kind = parse_code(request.match_info["code"]), request.match_info["kind"]
        async with self._store.open_unit(write=False) as uow:
            context = ActorContext(self._dependencies, uow, visitor.actor)
            await find_readable_request(context, code)
            return await build_request_printout(context, code, printout_kind)

    async def _find_row_printout(self, registry: Registry, request: web.Request, visitor: Visitor) -> Printout:
        async with self._store.open_unit(write=False) as uow:
            return await build_row_receipt(
                ActorContext(self._dependencies, uow, visitor.actor), registry, get_row_id(request)
            )
