"""Changing a sent request: choose what, one section a page, the summary of what will be changed, and the confirmation.

Nothing is kept before it is confirmed: what was typed travels along in the forms. Each form bears the version of the
request that its page showed: one of an older page is refused, and shown again beside the present answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.problems import Problem
from channels.portal.requests.section_view import list_page_problems
from channels.portal.tracking.addresses import (
    CHANGE_PATH,
    CHANGE_SECTION_PATH,
    DONE_PARAMETER,
    change_address,
    identify_call,
    request_address,
)
from channels.portal.tracking.change_view import (
    CHANGES_INPUT,
    SECTION_INPUT,
    ChangeViews,
    OpenedChange,
    is_section_posted,
    read_pending_values,
    read_section_changes,
    write_pending_values,
)
from channels.portal.tracking.request_page import RequestPage
from channels.web.forms import MORE_ROWS_BUTTON, count_work_rows, refuse_rows_without_machine
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.requests.change import FormChange, change_request, list_changeable_fields, preview_change
from domain.actions.requests.own_requests import find_concerned_request
from domain.engine.form_preview import estimate_price
from domain.language.form_sections import FormSection
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import AlreadyDone, Conflict, DomainError
from domain.values.reasons import AlreadyDoneReason, ConflictReason
from domain.values.reasons.bases import ErrorReason
from domain.values.text import group_digits
from domain.values.version_token import VersionToken

_DONE_NAMES: Mapping[ErrorReason | None, str] = {AlreadyDoneReason.NOTHING_CHANGED: "unchanged"}
"""Reasons why nothing was done → names under which the request's page tells them; anything else came twice."""


class FormChangePages(SitePart):
    """The pages of a change."""

    def __init__(self, dependencies: Dependencies, store: Store, request_page: RequestPage) -> None:
        super().__init__(dependencies, store)
        self._page = request_page
        self._views = ChangeViews(dependencies)

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        return (
            PortalRoute("GET", CHANGE_PATH, self._show_choice),
            PortalRoute("POST", CHANGE_PATH, PortalSubmission("change", self._confirm, self._show_review)),
            PortalRoute("GET", CHANGE_SECTION_PATH, self._show_section),
            PortalRoute(
                "POST", CHANGE_SECTION_PATH, PortalSubmission("section", self._check_section, self._show_section)
            ),
        )

    async def _show_choice(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            opened = await self._open_change(uow, request, visitor)
        if not opened.fields:
            raise web.HTTPSeeOther(request_address(opened.request.code))
        context = {
            **self._build_shared_context(opened),
            "sections": self._views.build_sections(opened),
            "done": "unchanged" if request.query.get(DONE_PARAMETER) == "unchanged" else "",
        }
        return render_portal_page(request, visitor, "portal/tracking/change.html", context)

    async def _show_section(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            opened = await self._open_change(uow, request, visitor)
        section = opened.find_section(request.match_info[SECTION_INPUT])
        if section is None:
            return await self._leave_change(request, visitor, opened, refused_form)
        return self._render_section(request, visitor, opened, section, refused_form)

    async def _leave_change(
        self, request: web.Request, visitor: PortalVisitor, opened: OpenedChange, refused_form: RefusedForm | None
    ) -> web.Response:
        """Show the request where what was asked for cannot be changed any more, with why a form was refused."""
        if refused_form is None:
            raise web.HTTPSeeOther(request_address(opened.request.code))
        return await self._page.show_request(request, visitor, refused_form)

    def _render_section(
        self,
        request: web.Request,
        visitor: PortalVisitor,
        opened: OpenedChange,
        section: FormSection,
        refused_form: RefusedForm | None = None,
    ) -> web.Response:
        error = form_error(refused_form)
        faults = error.faults if error else ()
        items = self._views.build_controls(opened, section, visitor.form, faults, count_work_rows(visitor.form))
        wording = self._dependencies.wording
        context = {
            **self._build_shared_context(opened),
            "title": wording.section_title(opened.service.key, section.name),
            "hint": wording.section_hint(opened.service.key, section.name),
            "items": items,
            "problems": list_page_problems(wording, items, faults),
            "action": change_address(opened.request.code, section.name),
        }
        return render_portal_page(request, visitor, "portal/tracking/change_section.html", context, error=error)

    async def _check_section(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        """Read what was typed on a section's page, and show what it and those before would change."""
        async with self._store.open_unit() as uow:  # guards may lock what they look at
            opened = await self._open_change(uow, request, visitor)
            section = opened.find_section(request.match_info[SECTION_INPUT])
            if section is None:
                raise Conflict("code", ConflictReason.CHANGED_MEANWHILE)
            if MORE_ROWS_BUTTON in visitor.form or not is_section_posted(visitor.form):
                return self._render_section(request, visitor, opened, section)
            fields = section.select_fields(opened.fields)
            refuse_rows_without_machine(fields, visitor.form)
            typed_values = read_section_changes(fields, visitor.form)
            opened = replace(opened, pending_values={**opened.pending_values, **typed_values})
            _refuse_older_page(opened, visitor)
            change = await preview_change(
                ActorContext(self._dependencies, uow, opened.actor), opened.request, opened.pending_values
            )
            if not change.changed_names:
                return f"{change_address(opened.request.code)}?{DONE_PARAMETER}=unchanged"
            return await self._render_review(uow, request, visitor, opened, change)

    async def _show_review(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm
    ) -> web.Response:
        """Show again what would be changed, with why it was refused."""
        async with self._store.open_unit() as uow:
            opened = await self._open_change(uow, request, visitor)
            change = await self._preview_again(uow, opened)
            if opened.fields:
                return await self._render_review(uow, request, visitor, opened, change, refused_form.error)
        return await self._leave_change(request, visitor, opened, refused_form)

    async def _preview_again(self, uow: UnitOfWork, opened: OpenedChange) -> FormChange:
        try:
            return await preview_change(
                ActorContext(self._dependencies, uow, opened.actor), opened.request, opened.pending_values
            )
        except DomainError:
            return FormChange(opened.request.fields, ())

    async def _render_review(
        self,
        uow: UnitOfWork,
        request: web.Request,
        visitor: PortalVisitor,
        opened: OpenedChange,
        change: FormChange,
        error: DomainError | None = None,
    ) -> web.Response:
        engine, wording = self._dependencies.engine, self._dependencies.wording
        quote = await estimate_price(engine, uow, opened.service, change.values, opened.actor)
        context = {
            **self._build_shared_context(opened),
            "answers": self._views.build_changed_answers(opened, change),
            "sections": self._views.build_sections(opened),
            "estimate": group_digits(quote.total) if quote else "",
            "problems": [Problem(wording.render_error(fault)) for fault in error.faults] if error else [],
        }
        return render_portal_page(request, visitor, "portal/tracking/change_review.html", context, error=error)

    async def _confirm(self, request: web.Request, visitor: PortalVisitor) -> str:
        """Change the request, once."""
        code, actor = identify_call(request, visitor)
        version_token = VersionToken(read_text(visitor.form, "version"))
        try:
            async with self._store.open_unit() as uow:
                opened = await self._open_change(uow, request, visitor)
                await change_request(
                    ActorContext(self._dependencies, uow, actor), code, opened.pending_values, version_token
                )
        except AlreadyDone as error:
            return request_address(code, _DONE_NAMES.get(error.reason, "repeated"))
        return request_address(code, "change")

    async def _open_change(self, uow: UnitOfWork, request: web.Request, visitor: PortalVisitor) -> OpenedChange:
        """Return the request of the address with what its citizen may change of it; for anybody else `NotFound`."""
        code, actor = identify_call(request, visitor)
        service_request, _ = await find_concerned_request(
            ActionContext(self._dependencies, uow), code, actor.identifier
        )
        fields = list_changeable_fields(self._dependencies, service_request, actor)
        return OpenedChange(
            service_request,
            actor,
            self._dependencies.engine.get_service(service_request.service),
            fields,
            read_pending_values(visitor.form, fields),
        )

    def _build_shared_context(self, opened: OpenedChange) -> dict[str, object]:
        return {
            "service_title": self._dependencies.wording.service_title(opened.service.key),
            "code": opened.request.code,
            "address": request_address(opened.request.code),
            "change_address": change_address(opened.request.code),
            "version_token": opened.request.version_token,
            "changes_input": CHANGES_INPUT,
            "pending_text": write_pending_values(opened.pending_values),
        }


def _refuse_older_page(opened: OpenedChange, visitor: PortalVisitor) -> None:
    if read_text(visitor.form, "version") != str(opened.request.version_token):
        raise Conflict("code", ConflictReason.CHANGED_MEANWHILE)
