"""Settlement files: brought, shown with what each line comes to, booked when somebody says so; and what differs.

Examining and booking are done behind the pages, which ask again by themselves until it is done.
"""

import csv
from collections.abc import Sequence
from datetime import date
from io import BytesIO, StringIO

from aiohttp import web

from channels.admin.actors import load_staff_names
from channels.admin.addresses import SETTLEMENT_PATH
from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.payments.settlement_view import SettlementViews
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.posted import UploadedFile, read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.settlement.booking import confirm_file
from domain.actions.settlement.examining import (
    BroughtFile,
    bring_file,
    drop_file,
    find_layout,
    load_examined_file,
)
from domain.actions.settlement.reconciling import DayReconciliation, close_difference, load_reconciliation
from domain.actions.settlement.results import build_result_headings, list_result_rows
from domain.authorization.rights import Right
from domain.fields.moments import Day
from domain.fields.types import ReadingContext
from domain.registries.sheet import neutralise_formula
from domain.settlement.ports import SettlementRepository
from domain.settlement.settlement_file import MOST_PAGE_BYTES, ExaminedFile, FileLine, FileState, LineOutcome
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import InvalidField, MissingField
from domain.values.reasons import MissingReason
from domain.values.text import group_digits
from domain.values.version_token import VersionToken

MAX_FILE_FORM_BYTES = MOST_PAGE_BYTES + 64 * 1024
REFRESH_SECONDS = 2
MAX_FILES = 30
MAX_DIFFERENCES = 50
MAX_LINES = 30
"""Lines that somebody has to look at; the sheet takes all of them."""

_ONE_PATH = f"{SETTLEMENT_PATH}/{{id:[0-9]{{1,19}}}}"


class SettlementPages(SitePart):
    """The list of files with what differs, and one file."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(SETTLEMENT_PATH, "settlement.pages.title", Right.SETTLEMENT_VIEW),
    )

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._views = SettlementViews(dependencies)

    def list_routes(self) -> Sequence[PageRoute]:
        book, drop = VersionedAction(self._submit_booking), self._submit_drop
        close = FormSubmission("close", self._submit_closing, self._render_list)
        return (
            PageRoute("GET", SETTLEMENT_PATH, Right.SETTLEMENT_VIEW, self._render_list),
            PageRoute(
                "POST",
                SETTLEMENT_PATH,
                Right.SETTLEMENT_BRING,
                FormSubmission("file", self._submit_file, self._render_list),
                MAX_FILE_FORM_BYTES,
            ),
            PageRoute("POST", f"{SETTLEMENT_PATH}/close", Right.SETTLEMENT_BRING, close),
            PageRoute("GET", _ONE_PATH, Right.SETTLEMENT_VIEW, self._render_file),
            PageRoute("GET", f"{_ONE_PATH}/results.csv", Right.SETTLEMENT_VIEW, self._send_results),
            PageRoute(
                "POST", f"{_ONE_PATH}/book", Right.SETTLEMENT_BOOK, FormSubmission("book", book, self._render_file)
            ),
            PageRoute(
                "POST", f"{_ONE_PATH}/drop", Right.SETTLEMENT_BRING, FormSubmission("drop", drop, self._render_file)
            ),
        )

    async def _submit_file(self, request: web.Request, visitor: Visitor) -> str:
        uploaded_file = visitor.form.get("file")
        if not isinstance(uploaded_file, UploadedFile) or not uploaded_file.name:
            raise MissingField("file", MissingReason.NO_FILE)
        layout = find_layout(self._dependencies, read_text(visitor.form, "layout"))
        brought = BroughtFile(uploaded_file.name, BytesIO(uploaded_file.content), layout)
        examined = await bring_file(self._dependencies, self._store, brought, visitor.actor, most_bytes=MOST_PAGE_BYTES)
        return f"{SETTLEMENT_PATH}/{examined.file.id}" + ("?same=yes" if examined.is_same_file else "")

    async def _submit_booking(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        async with self._store.open_unit() as uow:
            await confirm_file(ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request), version_token)
        return f"{SETTLEMENT_PATH}/{get_row_id(request)}"

    async def _submit_drop(self, request: web.Request, visitor: Visitor) -> str:
        await drop_file(self._dependencies, self._store, get_row_id(request), visitor.actor)
        return SETTLEMENT_PATH

    async def _submit_closing(self, request: web.Request, visitor: Visitor) -> str:
        key, note = read_text(visitor.form, "key"), read_text(visitor.form, "note")
        async with self._store.open_unit() as uow:
            await close_difference(ActorContext(self._dependencies, uow, visitor.actor), key, note)
        return SETTLEMENT_PATH

    async def _render_list(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        day_text = request.query.get("day", "").strip()
        async with self._store.open_unit(write=False) as uow:
            nothing = await load_reconciliation(ActionContext(self._dependencies, uow), limit=MAX_DIFFERENCES)
            reconciliation, day_error = (
                await load_filtered(self._load_day(uow, day_text), nothing) if day_text else (nothing, None)
            )
            files, member_names = await uow.settlement.list_files(MAX_FILES), await load_staff_names(uow.people)
            open_count = await uow.payment_differences.count_open()
        page_error = day_error or form_error(refused_form)
        context = {
            "files": [self._views.describe_file(one, member_names) for one in files],
            "layouts": [(one.name, one.title) for one in self._dependencies.settlement_layouts.values()],
            "differences": [self._views.describe_difference(one) for one in reconciliation.differences],
            "further_count": max(0, open_count - len(reconciliation.differences)) if not day_text else 0,
            "day": self._views.describe_day(reconciliation.day),
            "day_text": day_text,
            "totals": [self._views.describe_totals(one) for one in reconciliation.totals],
            "problem": self._dependencies.wording.render_error(page_error) if page_error else None,
            "submitted_texts": refused_form.submitted_texts if refused_form else {},
        }
        return render_staff_page(request, visitor, "admin/payments/settlement.html", context, error=page_error)

    async def _load_day(self, uow: UnitOfWork, day_text: str) -> DayReconciliation:
        context = ReadingContext(self._dependencies.clock.now())
        try:
            iso_day = Day(allows_past=True).parse(day_text, context)
        except InvalidField as error:
            raise error.about_field("day") from None
        return await load_reconciliation(
            ActionContext(self._dependencies, uow), date.fromisoformat(iso_day), MAX_DIFFERENCES
        )

    async def _render_file(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        examined = await load_examined_file(self._store, get_row_id(request))
        settlement_file = examined.file
        async with self._store.open_unit(write=False) as uow:
            member_names = await load_staff_names(uow.people)
            lines = await _list_noteworthy_lines(uow.settlement, examined)
        error = form_error(refused_form)
        context = {
            "file": self._views.describe_file(settlement_file, member_names),
            "is_running": settlement_file.state.is_running,
            "is_same_file": "same" in request.query,
            "outcomes": self._views.list_outcomes(examined),
            "lines": [self._views.describe_line(line) for line in lines],
            "is_bookable": settlement_file.state is FileState.EXAMINED,
            "is_retryable": settlement_file.state is FileState.BOOKED and LineOutcome.FAILED in examined.totals,
            "booked_count": group_digits(self._views.count_bookable(examined)),
            "version_token": settlement_file.version_token,
            "problem": self._dependencies.wording.render_error(error) if error else settlement_file.problem,
        }
        response = render_staff_page(request, visitor, "admin/payments/settlement_file.html", context, error=error)
        if settlement_file.state.is_running:
            response.headers["Refresh"] = f"{REFRESH_SECONDS}; url={SETTLEMENT_PATH}/{settlement_file.id}"
        return response

    async def _send_results(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        """Send what became of each line, however many there are."""
        examined = await load_examined_file(self._store, get_row_id(request))
        async with self._store.open_unit() as uow:
            audit_facts = {"kind": "csv", "file": examined.file.name}
            await uow.audit.add_entry(visitor.now, visitor.actor.label, "export", audit_facts)
        response = web.StreamResponse(headers={"Content-Type": "text/csv; charset=utf-8"})
        response.headers["Content-Disposition"] = f'attachment; filename="settlement-{examined.file.id}.csv"'
        await response.prepare(request)
        await response.write(b"\xef\xbb\xbf" + _write_row(build_result_headings(self._dependencies.catalogue)))
        async for row in list_result_rows(self._dependencies, self._store, examined.file.id):
            await response.write(_write_row(row))
        await response.write_eof()
        return response


def _write_row(cells: Sequence[str | int | None]) -> bytes:
    text = StringIO()
    csv.writer(text).writerow(["" if cell is None else neutralise_formula(cell) for cell in cells])
    return text.getvalue().encode()


async def _list_noteworthy_lines(settlement: SettlementRepository, examined: ExaminedFile) -> list[FileLine]:
    """Return the first lines that somebody has to look at, or whose money goes back."""
    lines: list[FileLine] = []
    for outcome in LineOutcome:
        if outcome in examined.totals and (outcome.needs_somebody or outcome is LineOutcome.SURPLUS):
            lines += await settlement.list_lines(examined.file.id, 0, MAX_LINES - len(lines), outcome)
    return lines
