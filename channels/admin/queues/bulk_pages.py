"""Steps for the ticked rows of a queue: given to somebody, a step of each taken, their citizens reminded."""

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.gate import as_local_address
from channels.admin.queues.queue_pages import DONE_PARAMETER, NEXT_FIELD, QueuePages
from channels.admin.queues.ticks import format_tick, read_ticks
from channels.admin.submissions import FormAction, FormSubmission
from channels.web.posted import read_text
from channels.web.site_part import SitePart
from domain.actions.dependencies import Dependencies
from domain.actions.queues.bulk import BulkResult, act_on_each, assign_each, gather_printouts, remind_each
from domain.actions.staff.read_events import record_read_event
from domain.audit.read_events import ReadKind
from domain.authorization.rights import Right
from domain.papers.document import Printout
from domain.papers.ports import Printer
from domain.unit_of_work import Store
from domain.values.text import persian_digits

ASSIGN_PATH, STEPS_PATH, REMINDERS_PATH = "/staff/assign", "/staff/steps", "/staff/reminders"
PAPERS_PATH = "/staff/papers"


class BulkPages(SitePart):
    """The forms around the rows of a queue. A refused one shows that queue again."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, dependencies: Dependencies, store: Store, queue_pages: QueuePages, printer: Printer) -> None:
        super().__init__(dependencies, store)
        self._printer = printer
        self._queue_pages = queue_pages

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            self._build_route(ASSIGN_PATH, Right.REQUESTS_ASSIGN, "assign", self._submit_assignment),
            self._build_route(STEPS_PATH, Right.REQUESTS_ACT, "steps", self._submit_steps),
            self._build_route(PAPERS_PATH, Right.REQUESTS_VIEW, "papers", self._submit_papers),
            self._build_route(REMINDERS_PATH, Right.BILLS_RESEND, "remind", self._submit_reminders),
        )

    def _build_route(self, path: str, right: Right, form_name: str, form_action: FormAction) -> PageRoute:
        return PageRoute("POST", path, right, FormSubmission(form_name, form_action, self._queue_pages.render_again))

    async def _submit_assignment(self, request: web.Request, visitor: Visitor) -> str | web.Response:
        ticked_requests, username = read_ticks(visitor.form), read_text(visitor.form, "assignee")
        results = await assign_each(self._dependencies, self._store, username, ticked_requests, visitor.actor)
        return await self._answer(request, visitor, results, "assigned")

    async def _submit_steps(self, request: web.Request, visitor: Visitor) -> str | web.Response:
        ticked_requests, action = read_ticks(visitor.form), read_text(visitor.form, "action")
        results = await act_on_each(self._dependencies, self._store, action, ticked_requests, visitor.actor)
        return await self._answer(request, visitor, results, "steps_taken")

    async def _submit_reminders(self, request: web.Request, visitor: Visitor) -> str | web.Response:
        results = await remind_each(self._dependencies, self._store, read_ticks(visitor.form), visitor.actor)
        return await self._answer(request, visitor, results, "reminded")

    async def _submit_papers(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Answer with one PDF of that paper of each; each is a reading of its own. Where some have none, it says
        which, and offers the others.
        """
        ticked_requests, paper_kind = read_ticks(visitor.form), read_text(visitor.form, "paper")
        gathered = await gather_printouts(self._dependencies, self._store, paper_kind, ticked_requests, visitor.actor)
        if gathered.lacking:
            context = {
                "lacking_codes": [ticked.code for ticked in gathered.lacking],
                "ticks": [format_tick(ticked) for ticked in ticked_requests if ticked not in gathered.lacking],
                "others_count": persian_digits(len(gathered.printouts)),
                "paper_kind": paper_kind,
                "papers_path": PAPERS_PATH,
                "return_address": as_local_address(read_text(visitor.form, NEXT_FIELD)),
            }
            return render_staff_page(request, visitor, "admin/queues/lacking_papers.html", context, status=409)
        return await self._send_papers(visitor, gathered.printouts)

    async def _send_papers(self, visitor: Visitor, printouts: Sequence[Printout]) -> web.Response:
        headers = {"Content-Disposition": f'inline; filename="{printouts[0].kind}.pdf"'}
        pdf_bytes = await self._printer.render_pdf(*printouts)
        async with self._store.open_unit() as uow:
            for printout in printouts:
                subject = f"{printout.code}/{printout.kind}"
                await record_read_event(uow.audit, visitor.now, visitor.actor.label, ReadKind.PAPER, subject)
        return web.Response(body=pdf_bytes, content_type="application/pdf", headers=headers)

    async def _answer(
        self, request: web.Request, visitor: Visitor, results: Sequence[BulkResult], done_key: str
    ) -> str | web.Response:
        """Lead back to the list where all was done; else say of each what became of it."""
        return_address = as_local_address(read_text(visitor.form, NEXT_FIELD))
        refused = [result for result in results if result.error]
        if not refused:
            return _add_done(return_address, done_key)
        for result in refused:
            if result.error:
                await visitor.audit_denial(result.error, result.code)
        render_error = self._dependencies.wording.render_error
        context = {
            "done_count": persian_digits(len(results) - len(refused)),
            "result_lines": [(result.code, render_error(result.error) if result.error else None) for result in results],
            "return_address": return_address,
        }
        return render_staff_page(request, visitor, "admin/queues/results.html", context, status=409)


def _add_done(page_address: str, done_key: str) -> str:
    """Return an address of this site that also says what was just done."""
    address_parts = urlsplit(page_address)
    query = "&".join(
        query_part for query_part in (address_parts.query, urlencode({DONE_PARAMETER: done_key})) if query_part
    )
    return address_parts._replace(query=query, fragment="").geturl()
