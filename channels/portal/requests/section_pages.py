"""The pages of a form, a section each, and the page that says how one goes on later.

Whatever is posted is kept, valid or not. What was typed into a page whose browser holds its draft no more (its cookie
was lost, the draft's time was over) begins a draft anew and is kept there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.problems import Problem
from channels.portal.requests.addresses import (
    LATER_PATH,
    SECTION_PATH,
    comes_from_summary,
    draft_address,
    read_draft_id,
    section_address,
)
from channels.portal.requests.controls import read_section_values
from channels.portal.requests.draft_pages import (
    closing_address,
    ensure_session,
    find_form_service,
    leading_on,
    open_reading_unit,
    require_session,
)
from channels.portal.requests.offline_view import build_offline_view
from channels.portal.requests.section_view import SectionViews
from channels.web.forms import MORE_ROWS_BUTTON, count_work_rows, refuse_rows_without_machine
from channels.web.posted import PostedForm, read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.drafts.beginning import begin_draft, build_draft, get_draft
from domain.actions.drafts.reading import DraftReading, read_draft
from domain.actions.drafts.saving import find_section, save_mobile, save_section
from domain.drafts.draft import Draft, TypedForm, display_resume_code
from domain.language.form_sections import FormSection
from domain.language.service import Service
from domain.people.citizen_session import CitizenSession
from domain.unit_of_work import Store, UnitOfWork
from domain.values.calendar import jalali_long_text, to_tehran
from domain.values.errors import DomainError, InvalidField, NotFound
from domain.values.identifiers import display_mobile

LATER_BUTTON = "later"
"""The button that keeps what was typed and leads to the page that says how one goes on later."""

FIRST_WORK_ROWS = 1
"""Rows for machines before somebody asks for more: on a phone each fills half of the screen."""

_NOTICES = ("lost", "copied", "restarted")
"""Notices of earlier events in the address of a section (`web.request_form`)."""


@dataclass(frozen=True, slots=True)
class OpenedSection:
    """A section of a draft at one call."""

    reading: DraftReading
    """The draft."""
    section: FormSection
    """The section."""


class SectionPages(SitePart):
    """Filling a form in."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._views = SectionViews(dependencies)

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        return (
            PortalRoute("GET", SECTION_PATH, leading_on(self._show_section)),
            PortalRoute("POST", SECTION_PATH, PortalSubmission("section", self._save_section, self._show_again)),
            PortalRoute("GET", LATER_PATH, leading_on(self._show_later)),
            PortalRoute("POST", LATER_PATH, PortalSubmission("later", self._save_mobile, self._show_later)),
        )

    async def _show_section(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        _, section = self._find_section(request)
        session = require_session(visitor)
        async with open_reading_unit(self._store, visitor) as uow:
            context = ActionContext(self._dependencies, uow)
            draft = await get_draft(context, session.id, read_draft_id(request))
            reading = await read_draft(context, draft, visitor.proved_mobile)
        if draft.is_submitted and not comes_from_summary(request):
            raise web.HTTPSeeOther(draft_address(draft, "done"))
        faults = reading.list_faults_of(section) if comes_from_summary(request) else []
        return self._render_section(request, visitor, OpenedSection(reading, section), faults)

    async def _save_section(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        """Keep what was typed and go on to the next section; where something is wrong with it, show this one again."""
        service, section = self._find_section(request)
        typed_values = read_section_values(section.select_fields(service.form), visitor.form)
        async with self._store.open_unit() as uow:
            context = ActionContext(self._dependencies, uow)
            session = await ensure_session(context, request, visitor)
            typed_form = TypedForm(section.name, typed_values)
            draft, notice = await self._save_typed(uow, session, request, visitor, typed_form)
            reading = await read_draft(context, draft, visitor.proved_mobile)
        if LATER_BUTTON in visitor.form:
            return draft_address(draft, "later")
        if notice:
            return f"{section_address(draft, section.name)}?{notice}=1"
        return self._answer_saved(request, visitor, OpenedSection(reading, section))

    async def _save_typed(
        self,
        uow: UnitOfWork,
        session: CitizenSession,
        request: web.Request,
        visitor: PortalVisitor,
        typed_form: TypedForm,
    ) -> tuple[Draft, str]:
        """Keep what was typed, in a draft begun anew where this browser does not hold the one of the address. Return
        the draft that has it, and what its page says where it is another one.
        """
        draft_id = read_draft_id(request)
        context = ActionContext(self._dependencies, uow)
        try:
            draft = await save_section(context, session.id, draft_id, typed_form)
        except NotFound:
            service_key = request.match_info["key"]
            new_draft = await begin_draft(context, session.id, service_key, visitor.source_address)
            return await save_section(context, session.id, new_draft.id, typed_form), "lost"
        return draft, "" if draft.id == draft_id else "copied"

    def _answer_saved(self, request: web.Request, visitor: PortalVisitor, opened: OpenedSection) -> str | web.Response:
        if MORE_ROWS_BUTTON in visitor.form:
            return self._render_section(request, visitor, opened, [])
        faults = _list_section_faults(opened, visitor.form)
        if faults:
            return self._render_section(request, visitor, opened, faults, status=422)
        return _next_address(opened, from_summary=comes_from_summary(request))

    async def _show_again(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm
    ) -> web.Response:
        """Show a form that was refused as it was typed: nothing of it was kept."""
        service, section = self._find_section(request)
        async with self._store.open_unit() as uow:
            draft = await self._find_draft(uow, request, visitor, service)
            typed_values = read_section_values(section.select_fields(service.form), visitor.form)
            draft.save_section(section.name, section.field_names, typed_values)
            reading = await read_draft(ActionContext(self._dependencies, uow), draft, visitor.proved_mobile)
        opened = OpenedSection(reading, section)
        return self._render_section(request, visitor, opened, [refused_form.error], error=refused_form.error)

    async def _find_draft(
        self, uow: UnitOfWork, request: web.Request, visitor: PortalVisitor, service: Service
    ) -> Draft:
        """Return the draft of the address; where this browser does not hold it, one that is stored nowhere."""
        draft_id = read_draft_id(request)
        try:
            return await get_draft(ActionContext(self._dependencies, uow), require_session(visitor).id, draft_id)
        except NotFound:
            draft = build_draft(self._dependencies, service)
            draft.id = draft_id
            return draft

    def _render_section(
        self,
        request: web.Request,
        visitor: PortalVisitor,
        opened: OpenedSection,
        faults: Sequence[DomainError],
        *,
        error: DomainError | None = None,
        status: int = 200,
    ) -> web.Response:
        view = self._views.build_view(
            opened.reading,
            opened.section,
            faults,
            count_work_rows(visitor.form) if visitor.form else FIRST_WORK_ROWS,
            from_summary=comes_from_summary(request),
        )
        notice = next((name for name in _NOTICES if name in request.query), None)
        reading = opened.reading
        offline = build_offline_view(visitor, reading.service, reading.draft, opened.section.name)
        context = {"view": view, "notice": notice, "offline": offline}
        return render_portal_page(request, visitor, "portal/requests/section.html", context, error=error, status=status)

    def _find_section(self, request: web.Request) -> tuple[Service, FormSection]:
        service = find_form_service(self._dependencies, request)
        try:
            return service, find_section(service, request.match_info["section"])
        except NotFound:
            raise web.HTTPNotFound from None

    async def _show_later(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        """Say until when a draft is kept, and show the short code once a mobile is there that takes it up elsewhere."""
        session, error = require_session(visitor), form_error(refused_form)
        async with self._store.open_unit(write=False) as uow:
            draft = await get_draft(ActionContext(self._dependencies, uow), session.id, read_draft_id(request))
        context = {
            "offline": build_offline_view(visitor, self._dependencies.services[draft.service], draft),
            "service_title": self._dependencies.wording.service_title(draft.service),
            "kept_until": jalali_long_text(to_tehran(draft.expires_at).date()),
            "resume_code": display_resume_code(draft.resume_code) if draft.mobile else "",
            "mobile": display_mobile(draft.mobile) if draft.mobile else "",
            "typed_mobile": read_text(visitor.form, "mobile"),
            "continue_address": draft_address(draft, "continue"),
            "problems": [Problem(self._dependencies.wording.render_error(error), "#mobile")] if error else [],
        }
        return render_portal_page(request, visitor, "portal/requests/later.html", context, error=error)

    async def _save_mobile(self, request: web.Request, visitor: PortalVisitor) -> str:
        session, typed_mobile = require_session(visitor), read_text(visitor.form, "mobile")
        async with self._store.open_unit() as uow:
            draft = await save_mobile(
                ActionContext(self._dependencies, uow), session.id, read_draft_id(request), typed_mobile
            )
        return draft_address(draft, "later")


def _next_address(opened: OpenedSection, *, from_summary: bool) -> str:
    draft, sections = opened.reading.draft, opened.reading.service.sections
    following_sections = sections[sections.index(opened.section) + 1 :]
    if from_summary:
        return draft_address(draft, "summary")
    return section_address(draft, following_sections[0].name) if following_sections else closing_address(opened.reading)


def _list_section_faults(opened: OpenedSection, posted: PostedForm) -> list[DomainError]:
    """Return what is wrong with a section. A row of hours beside which no machine was chosen is called so."""
    section_fields = opened.section.select_fields(opened.reading.service.form)
    faults = opened.reading.list_faults_of(opened.section)
    try:
        refuse_rows_without_machine(section_fields, posted)
    except InvalidField as row_fault:
        return [row_fault, *(fault for fault in faults if fault.field != row_fault.field)]
    return faults
