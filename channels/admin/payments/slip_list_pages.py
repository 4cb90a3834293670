"""A list of payments pasted on the desk for slips: what each line comes to, then one press that books those that fit.

It is a settlement file like any other: examined, booked line by line behind the page, and taken up again where that was
cut off (docs/settlement-files.md).
"""

from collections.abc import Sequence
from io import BytesIO

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.payments.settlement_view import SettlementViews
from channels.admin.payments.slip_list_view import PastedLineView, SlipListViews
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.paging import ListPage, build_list_page, read_page_start
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.settlement.booking import confirm_file
from domain.actions.settlement.examining import BroughtFile, bring_file, drop_file, load_examined_file
from domain.authorization.rights import Right
from domain.settlement.pasted_lists import (
    MOST_PASTED_BYTES,
    MOST_PASTED_LINES,
    describe_pasted_layout,
    list_bill_sources,
)
from domain.settlement.settlement_file import ExaminedFile, FileState
from domain.unit_of_work import Store
from domain.values.errors import InvalidField, MissingField, NotFound
from domain.values.reasons import InvalidReason
from domain.values.text import group_digits
from domain.values.version_token import VersionToken

LISTS_PATH = "/staff/slips/lists"
LIST_FIELD, SOURCE_FIELD = "list", "source"
LINES_PER_PAGE = 50
REFRESH_SECONDS = 2

_ONE_PATH = f"{LISTS_PATH}/{{id:[0-9]{{1,19}}}}"


class SlipListPages(SitePart):
    """The box, and one list."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._views = SlipListViews(dependencies)
        self._counts = SettlementViews(dependencies)
        self._sources = list_bill_sources(dependencies.settlement_layouts.values())

    def list_routes(self) -> Sequence[PageRoute]:
        bring = FormSubmission(LIST_FIELD, self._submit_list, self._render_box)
        book = FormSubmission("book", VersionedAction(self._submit_booking), self._render_list)
        drop = FormSubmission("drop", self._submit_drop, self._render_list)
        return (
            PageRoute("GET", LISTS_PATH, Right.SETTLEMENT_BRING, self._render_box),
            PageRoute("POST", LISTS_PATH, Right.SETTLEMENT_BRING, bring, 2 * MOST_PASTED_BYTES),
            PageRoute("GET", _ONE_PATH, Right.SETTLEMENT_VIEW, self._render_list),
            PageRoute("POST", f"{_ONE_PATH}/book", Right.SETTLEMENT_BOOK, book),
            PageRoute("POST", f"{_ONE_PATH}/drop", Right.SETTLEMENT_DROP, drop),
        )

    async def _render_box(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        error = form_error(refused_form)
        context = {
            "path": LISTS_PATH,
            "sources": [(source, self._views.describe_source(source)) for source in self._sources],
            "submitted_list": read_text(visitor.form, LIST_FIELD) if refused_form else "",
            "problem": self._dependencies.wording.render_error(error) if error else None,
        }
        return render_staff_page(request, visitor, "admin/payments/slip_lists.html", context, error=error)

    async def _submit_list(self, request: web.Request, visitor: Visitor) -> str:
        pasted_text = read_text(visitor.form, LIST_FIELD)
        content = pasted_text.encode()
        if not content:
            raise MissingField(LIST_FIELD)
        if len(content) > MOST_PASTED_BYTES:
            raise InvalidField(LIST_FIELD, InvalidReason.TOO_LONG, limit=group_digits(MOST_PASTED_BYTES))
        if len(pasted_text.splitlines()) > MOST_PASTED_LINES:
            raise InvalidField(LIST_FIELD, InvalidReason.TOO_MANY_LINES, most=group_digits(MOST_PASTED_LINES))
        source = read_text(visitor.form, SOURCE_FIELD) or self._sources[0]
        if source not in self._sources:
            raise InvalidField(SOURCE_FIELD, InvalidReason.UNREADABLE)
        name = self._dependencies.catalogue.text("admin.slips.pasted_name")
        brought = BroughtFile(name, BytesIO(content), describe_pasted_layout(source))
        examined = await bring_file(self._dependencies, self._store, brought, visitor.actor)
        return f"{LISTS_PATH}/{examined.file.id}" + ("?same=yes" if examined.is_same_file else "")

    async def _submit_booking(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        await self._load_list(request)
        async with self._store.open_unit() as uow:
            await confirm_file(ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request), version_token)
        return f"{LISTS_PATH}/{get_row_id(request)}"

    async def _submit_drop(self, request: web.Request, visitor: Visitor) -> str:
        await self._load_list(request)
        await drop_file(self._dependencies, self._store, get_row_id(request), visitor.actor)
        return LISTS_PATH

    async def _render_list(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        examined = await self._load_list(request)
        error, state = form_error(refused_form), examined.file.state
        context = {
            "path": LISTS_PATH,
            "list_address": f"{LISTS_PATH}/{examined.file.id}",
            "outcomes": self._counts.list_outcomes(examined),
            "list_page": None if state.is_running else await self._load_lines(request, visitor, examined.file.id),
            "state": self._dependencies.catalogue.text(f"settlement.states.{state}"),
            "is_same_list": "same" in request.query,
            "fitting_count": group_digits(fitting) if (fitting := self._counts.count_bookable(examined)) else "",
            "is_examined": state is FileState.EXAMINED,
            "version_token": examined.file.version_token,
            "problem": self._dependencies.wording.render_error(error) if error else None,
        }
        response = render_staff_page(request, visitor, "admin/payments/slip_list.html", context, error=error)
        if state.is_running:
            response.headers["Refresh"] = f"{REFRESH_SECONDS}; url={LISTS_PATH}/{examined.file.id}"
        return response

    async def _load_lines(self, request: web.Request, visitor: Visitor, file_id: int) -> ListPage[PastedLineView]:
        """Return a page of the lines, in the order in which they were pasted."""
        after_line = min(read_page_start(request) or 0, MOST_PASTED_LINES)
        async with self._store.open_unit(write=False) as uow:
            lines = await uow.settlement.list_lines(file_id, after_line, LINES_PER_PAGE + 1)
            line_page = build_list_page(request, f"{LISTS_PATH}/{file_id}", lines, LINES_PER_PAGE, "line_number")
            return ListPage(await self._views.build_lines(uow, visitor, line_page.rows), line_page.older_address)

    async def _load_list(self, request: web.Request) -> ExaminedFile:
        examined = await load_examined_file(self._store, get_row_id(request))
        if not examined.file.is_pasted:
            raise NotFound("settlement_file")
        return examined
