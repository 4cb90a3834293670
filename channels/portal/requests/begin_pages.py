"""Pages for beginning a request, and for finding drafts again: those of this browser, and one of another device."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.portal.flood_page import do_with_work
from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.mobile_steps import build_mobile_address
from channels.portal.problems import Problem
from channels.portal.requests.addresses import (
    BEGIN_PATH,
    CONTINUE_PATH,
    DELETE_PATH,
    DRAFTS_PATH,
    RESUME_PATH,
    draft_address,
    read_draft_id,
    section_address,
)
from channels.portal.requests.draft_pages import (
    continue_address,
    ensure_session,
    find_form_service,
    leading_on,
    open_reading_unit,
    require_session,
)
from channels.portal.requests.offline_view import OfflineView, describe_owner
from channels.portal.requests.summary_view import minutes_text
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.actions.drafts.beginning import DRAFT_FORM, begin_draft, get_draft, list_drafts
from domain.actions.drafts.forgetting import delete_draft
from domain.actions.drafts.reading import read_draft
from domain.actions.drafts.resuming import resume_draft
from domain.drafts.draft import Draft
from domain.fields.types import Identifier
from domain.language.papers import list_citizen_papers
from domain.language.service import Service
from domain.values.calendar import jalali_long_text, to_tehran
from domain.values.errors import NotFound

PROVE_FIRST_BUTTON = "prove_first"
"""The button that begins with the proof of the mobile, so that the form is filled from what is known."""

RESUME_PURPOSE = "resume"
"""Purpose of a code that takes a draft up on another device."""


class BeginPages(SitePart):
    """Beginning a request, and going on with one."""

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        return (
            PortalRoute("GET", BEGIN_PATH, self._show_begin),
            PortalRoute(
                "POST",
                BEGIN_PATH,
                PortalSubmission("begin", self._begin, self._show_begin),
                flood_name="request",
            ),
            PortalRoute("GET", DRAFTS_PATH, self._show_drafts),
            PortalRoute("GET", RESUME_PATH, self._show_resume),
            PortalRoute("POST", RESUME_PATH, PortalSubmission("resume", self._resume, self._show_resume)),
            PortalRoute("GET", CONTINUE_PATH, leading_on(self._continue)),
            PortalRoute("POST", DELETE_PATH, PortalSubmission("delete", self._delete, self._show_drafts)),
        )

    async def _show_begin(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        service, error = find_form_service(self._dependencies, request), form_error(refused_form)
        drafts = [draft for draft in await self._list_drafts(visitor) if draft.service == service.key]
        context = {
            **self._describe_service(service),
            "offline": OfflineView(service.key, describe_owner(visitor.csrf_token)),
            "draft_rows": [self._build_row(draft) for draft in drafts if not draft.is_submitted],
            "may_prove_first": service.fill_form is not None or any(field.autofill for field in service.form),
            "problems": [Problem(self._dependencies.wording.render_error(error))] if error else [],
        }
        return render_portal_page(request, visitor, "portal/requests/begin.html", context, error=error)

    def _describe_service(self, service: Service) -> Mapping[str, Any]:
        get_text, prefix = self._dependencies.catalogue.text, f"services.{service.key}"
        needed_fields = [field for field in service.form if field.required and isinstance(field.type, Identifier)]
        return {
            "service_key": service.key,
            "service_title": get_text(f"{prefix}.title"),
            "description": get_text(f"{prefix}.description"),
            "needed_labels": [get_text(f"{prefix}.fields.{field.name}.label") for field in needed_fields],
            "paper_titles": [
                self._dependencies.wording.paper_title(name) for name in list_citizen_papers(service.papers)
            ],
            "minutes": minutes_text(len(service.sections)),
        }

    async def _begin(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        service = find_form_service(self._dependencies, request)

        async def begin(has_worked: bool) -> str:
            async with self._store.open_unit() as uow:
                context = ActionContext(self._dependencies, uow)
                session = await ensure_session(context, request, visitor)
                draft = await begin_draft(
                    context,
                    session.id,
                    service.key,
                    visitor.source_address,
                    has_worked=has_worked,
                )
            first_address = section_address(draft, service.sections[0].name)
            if PROVE_FIRST_BUTTON in visitor.form and visitor.proved_mobile is None:
                return build_mobile_address(f"draft-{draft.id}", first_address)
            return first_address

        return await do_with_work(request, visitor, DRAFT_FORM, self._dependencies, self._store, begin)

    async def _list_drafts(self, visitor: PortalVisitor) -> list[Draft]:
        """Return the drafts of this browser in which anything was saved."""
        if visitor.session is None:
            return []
        async with self._store.open_unit(write=False) as uow:
            drafts = await list_drafts(ActionContext(self._dependencies, uow), visitor.session.id)
        return [draft for draft in drafts if draft.saved_sections]

    def _build_row(self, draft: Draft) -> Mapping[str, Any]:
        return {
            "title": self._dependencies.wording.service_title(draft.service),
            "kept_until": jalali_long_text(to_tehran(draft.expires_at).date()),
            "request_code": draft.request_code,
            "continue_address": draft_address(draft, "continue"),
            "delete_address": draft_address(draft, "delete"),
        }

    async def _show_drafts(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        error = form_error(refused_form)
        context = {
            "draft_rows": [self._build_row(draft) for draft in await self._list_drafts(visitor)],
            "was_deleted": request.query.get("done") == "deleted",
            "problems": [Problem(self._dependencies.wording.render_error(error))] if error else [],
        }
        return render_portal_page(request, visitor, "portal/requests/drafts.html", context, error=error)

    async def _continue(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        session = require_session(visitor)
        async with open_reading_unit(self._store, visitor) as uow:
            context = ActionContext(self._dependencies, uow)
            draft = await get_draft(context, session.id, read_draft_id(request))
            reading = await read_draft(context, draft, visitor.proved_mobile)
        raise web.HTTPSeeOther(continue_address(reading))

    async def _delete(self, request: web.Request, visitor: PortalVisitor) -> str:
        session = require_session(visitor)
        async with self._store.open_unit() as uow:
            await delete_draft(ActionContext(self._dependencies, uow), session.id, read_draft_id(request))
        return f"{DRAFTS_PATH}?done=deleted"

    async def _show_resume(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        error = form_error(refused_form)
        context = {
            "typed_code": read_text(visitor.form, "resume_code"),
            "typed_mobile": read_text(visitor.form, "mobile"),
            "other_mobile_address": build_mobile_address(RESUME_PURPOSE, RESUME_PATH),
            "problems": [Problem(self._dependencies.wording.render_error(error), "#resume_code")] if error else [],
        }
        return render_portal_page(request, visitor, "portal/requests/resume.html", context, error=error)

    async def _resume(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        mobile = visitor.require_proved_mobile(RESUME_PURPOSE, read_text(visitor.form, "mobile"))
        session = require_session(visitor)
        async with self._store.open_unit() as uow:
            outcome = await resume_draft(
                ActionContext(self._dependencies, uow), session.id, mobile, read_text(visitor.form, "resume_code")
            )
        if isinstance(outcome, NotFound):  # mistyped, most likely: it is shown again
            return await self._show_resume(request, visitor, RefusedForm("resume", visitor.form, outcome))
        return draft_address(outcome, "continue")
