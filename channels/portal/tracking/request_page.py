"""The page of one request, for whom it concerns: its citizen sees all of it; who is asked for consent, or was named in
it, sees what that is about. For anybody else there is no such request.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalVisitor, render_portal_page
from channels.portal.mobile_steps import build_mobile_address
from channels.portal.problems import Problem
from channels.portal.tracking.addresses import (
    DOCUMENT_PATH,
    DONE_PARAMETER,
    OWN_REQUESTS_PURPOSE,
    PAPER_PATH,
    REQUEST_PATH,
    identify_call,
    read_request_code,
    request_address,
)
from channels.portal.tracking.question_view import QuestionView
from channels.portal.tracking.request_view import OwnRequestViews
from channels.portal.tracking.visit_pages import describe_visit
from channels.web.error_pages import WORDING
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from channels.web.stored_files import render_stored_file
from domain.actions.citizens.sessions import citizen_actor
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.links.consent_links import CONSENT_PREFIX
from domain.actions.papers.printouts import build_request_printout
from domain.actions.requests.own_requests import Concern, find_concerned_request, get_own_document
from domain.language.service import Command
from domain.papers.ports import Printer
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import DomainError, NotFound
from domain.values.identifiers import display_mobile

_PROBLEM_FIELDS: Mapping[str, str] = {
    "score": "score-5",
    "rating_text": "rating_text",
    "comment": "comment",
}
"""Names in errors → the id of the input at which they are mended."""

_DONE_HERE = frozenset(
    {
        "answer",
        "change",
        "unchanged",
        "document",
        "same_document",
        "withdraw",
        "rating",
        "reopen",
        "comment",
        "verify",
        "visit",
        "visit_preferences",
        "repeated",
    }
)
"""Acts that may have been done on the page."""


class RequestPage(SitePart):
    """The page, and the papers that it leads to."""

    def __init__(self, dependencies: Dependencies, store: Store, printer: Printer) -> None:
        super().__init__(dependencies, store)
        self._printer = printer
        self._views = OwnRequestViews(dependencies)

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        return (
            PortalRoute("GET", REQUEST_PATH, self.show_request),
            PortalRoute("GET", PAPER_PATH, self._send_paper),
            PortalRoute("GET", DOCUMENT_PATH, self._send_document),
        )

    async def show_request(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        """Show the request to whom it concerns, with a form that was refused as it was typed."""
        mobile, code = visitor.require_proved_mobile(OWN_REQUESTS_PURPOSE), read_request_code(request)
        try:
            async with self._store.open_unit(write=False) as uow:
                service_request, concern = await find_concerned_request(
                    ActionContext(self._dependencies, uow), code, mobile
                )
                context = await self._build_context(uow, service_request, concern, mobile, refused_form)
        except NotFound as not_theirs:
            return _render_missing(request, visitor, code, mobile, not_theirs)
        template_name = "request" if concern is Concern.OWN else "concerned"
        error, done = form_error(refused_form), request.query.get(DONE_PARAMETER, "")
        shared = {
            "address": request_address(code),
            "done": done if done in _DONE_HERE and error is None else "",
            **_describe_refusal(request, refused_form, _find_anchors(context)),
        }
        return render_portal_page(
            request, visitor, f"portal/tracking/{template_name}.html", {**shared, **context}, error=error
        )

    async def _build_context(
        self,
        uow: UnitOfWork,
        service_request: ServiceRequest,
        concern: Concern,
        mobile: str,
        refused_form: RefusedForm | None,
    ) -> Mapping[str, Any]:
        if concern is Concern.OWN:
            return {
                "view": await self._views.build_view(uow, service_request, mobile, refused_form),
                "visit_note": describe_visit(self._dependencies, service_request, mobile),
            }
        return {
            "progress": self._views.build_progress(service_request, mobile),
            "concern": concern.value,
            "mobile": display_mobile(mobile),
            "sent_lines": await self._list_sent_lines(uow, service_request, mobile),
            "may_withdraw": self._views.may_take(service_request, Command.CANCEL, citizen_actor(mobile)),
        }

    async def _list_sent_lines(self, uow: UnitOfWork, service_request: ServiceRequest, mobile: str) -> list[str]:
        """Return the text that went to somebody about another's request, line by line: that much they know of it. Its
        link is left out, since they are where it leads.
        """
        messages = await uow.outbox.list_recent(request_id=service_request.id)
        lines = next((message.text.splitlines() for message in messages if message.correspondent == mobile), [])
        link_start = f"{self._dependencies.policy.site_address}{CONSENT_PREFIX}"
        return [line for line in lines if not line.startswith(link_start)]

    async def _send_document(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        """Return a file that came from the citizen's side, to whose request it is; for anybody else it is not there."""
        mobile, code = visitor.require_proved_mobile(OWN_REQUESTS_PURPOSE), read_request_code(request)
        document_id = int(request.match_info["id"])
        async with self._store.open_unit(write=False) as uow:
            document, content = await get_own_document(
                ActionContext(self._dependencies, uow), code, document_id, mobile
            )
        return render_stored_file(document.media_type, content, document.id)

    async def _send_paper(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        code, actor = identify_call(request, visitor)
        async with self._store.open_unit(write=False) as uow:
            printout = await build_request_printout(
                ActorContext(self._dependencies, uow, actor), code, request.match_info["kind"]
            )
        headers = {"Content-Disposition": f'inline; filename="{printout.kind}-{printout.code}.pdf"'}
        pdf_bytes = await self._printer.render_pdf(printout)
        return web.Response(body=pdf_bytes, content_type="application/pdf", headers=headers)


def _find_anchors(context: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what errors of the page's forms name → the id of the input at which it is mended."""
    question: QuestionView | None = context["view"].question if "view" in context else None
    return {**_PROBLEM_FIELDS, **(question.anchors if question else {})}


def _describe_refusal(
    request: web.Request, refused_form: RefusedForm | None, anchors: Mapping[str, str]
) -> Mapping[str, Any]:
    """Return what was wrong with a form and what was typed into it; what was not is an empty text."""
    wording, faults = request.app[WORDING], refused_form.error.faults if refused_form else ()
    placed_problems = [(anchors.get(fault.field or "", ""), wording.render_error(fault)) for fault in faults]
    return {
        "problems": [Problem(message, f"#{input_id}" if input_id else "") for input_id, message in placed_problems],
        "field_problems": defaultdict(str, placed_problems),
        "submitted_texts": defaultdict(str, refused_form.submitted_texts if refused_form else {}),
        "refused_name": refused_form.name if refused_form else "",
    }


def _render_missing(
    request: web.Request, visitor: PortalVisitor, code: str, mobile: str, error: DomainError
) -> web.Response:
    """Say that the proved number has no such request, and how one goes on."""
    context = {
        "code": code,
        "mobile": display_mobile(mobile),
        "other_mobile_address": build_mobile_address(OWN_REQUESTS_PURPOSE, request_address(code)),
    }
    return render_portal_page(request, visitor, "portal/tracking/missing.html", context, error=error)
