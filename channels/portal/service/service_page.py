"""The page of a service: what it is, costs and needs, how long it takes, what people think of it, their comments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from channels.portal.flood_page import do_with_work
from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor
from channels.portal.lookups.lookup_cards import build_lookup_card
from channels.portal.service.calculator import build_price_controls
from channels.portal.service.cost_view import build_cost_view, load_durations
from channels.portal.service.page_date import build_page_date
from channels.portal.service.scenario import build_scenario
from channels.portal.service.service_card import build_service_card
from channels.portal.service.suggestion_views import build_suggestion_view
from channels.web.error_pages import status_of
from channels.web.pages import render_page, render_public_page
from channels.web.paging import START_PARAMETER, read_page_start
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm
from channels.web.site_part import SitePart
from domain.actions.citizens.sessions import citizen_actor
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.feedback.page_dates import find_changed_day
from domain.actions.feedback.public_comments import LONGEST_COMMENT, add_public_comment
from domain.actions.feedback.service_page import ServicePage, visit_service_page
from domain.actions.feedback.suggestions import support_suggestion
from domain.actions.feedback.view_counting import ViewCounter
from domain.actions.lookups.public_lookups import list_lookups
from domain.feedback.opinions import OLD_SITE_CHANNEL, Comment
from domain.language.service import Service
from domain.reports.durations import LEAST_FINISHED
from domain.unit_of_work import Store
from domain.values.calendar import jalali_text, to_tehran
from domain.values.errors import UnknownService

SERVICE_PATH = "/services/{key}"
COMMENTS_PATH = f"{SERVICE_PATH}/comments"
SUPPORT_PATH = f"{SERVICE_PATH}/suggestions/{{number:[0-9]{{1,9}}}}/support"

COMMENT_INPUT = "comment"
TRAP_INPUT = "website"
_COMMENT_FORM = "comment"
"""Form name of the proof of work for a comment from a crowded address."""
"""An input that nobody sees: only programs that fill in whatever there is write in it."""

RECEIVED_PARAMETER = "received"
"""The parameter of the page that answers a comment: the number of a suggestion, else «yes»."""

SUPPORTED_PARAMETER, OLDER_SUGGESTIONS_PARAMETER = "supported", "suggestions_before"
"""The parameters of the page that answers the support of a suggestion, and of further pages of suggestions."""

KIND_INPUT, SUGGESTION_KIND = "kind", "suggestion"
"""The choice whether it is a comment or a suggestion."""

SUPPORT_FORM, SUPPORT_PURPOSE = "support", "suggestions"
"""The form that supports a suggestion, and what a mobile is proved for on it."""

MAX_COMMENT_BYTES = 16 * 1024
"""Of a posted comment: a letter takes six bytes on its way."""

_LATER_PARAMETERS = frozenset({START_PARAMETER, RECEIVED_PARAMETER, SUPPORTED_PARAMETER, OLDER_SUGGESTIONS_PARAMETER})
"""Parameters of pages that are no view of their own."""


@dataclass(frozen=True, slots=True)
class PublishedComment:
    """A published comment; nobody is named."""

    day: str
    """Day of writing: a Jalali day in Tehran."""
    text: str
    """In its writer's words."""
    answer: str | None
    """The municipality's; None without one."""
    is_from_old_site: bool
    """Whether it was written on the site before this one."""


class CitizenServicePages(SitePart):
    """The pages of all services, for anybody; their forms for comments bear the token of a session, if there is one."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._view_counter = ViewCounter(store)

    def list_routes(self) -> Sequence[PortalRoute]:
        submission = PortalSubmission(_COMMENT_FORM, self._store_comment, self._show_refused)
        support_submission = PortalSubmission(SUPPORT_FORM, self._support_suggestion, self._show_refused)
        return (
            PortalRoute("GET", SERVICE_PATH, self._show_service),
            PortalRoute("HEAD", SERVICE_PATH, self._show_service),
            PortalRoute("POST", COMMENTS_PATH, submission, MAX_COMMENT_BYTES, flood_name=_COMMENT_FORM),
            PortalRoute("POST", SUPPORT_PATH, support_submission),
        )

    async def _show_service(self, request: web.Request, visitor: PortalVisitor) -> web.StreamResponse:
        """Show a service. Every whole page that is read counts as a view; further pages of comments and suggestions do
        not, nor does the page that answers a form.
        """
        is_first_page = not _LATER_PARAMETERS & request.query.keys()
        return await self._render_service(request, visitor, counts_as_view=request.method == "GET" and is_first_page)

    async def _store_comment(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        """Store a comment; what only a program writes is let vanish, and answered alike."""

        async def store(has_worked: bool) -> str:
            received = "yes"
            if not read_text(visitor.form, TRAP_INPUT):
                async with self._store.open_unit() as uow:
                    opinion = await add_public_comment(
                        ActionContext(self._dependencies, uow),
                        request.match_info["key"],
                        read_text(visitor.form, COMMENT_INPUT),
                        visitor.source_address,
                        mobile=visitor.proved_mobile,
                        has_worked=has_worked,
                        is_suggestion=read_text(visitor.form, KIND_INPUT) == SUGGESTION_KIND,
                    )
                    received = str(opinion.number or received)
            return f"{request.rel_url.parent.raw_path}?{RECEIVED_PARAMETER}={received}#your-comment"

        return await do_with_work(request, visitor, _COMMENT_FORM, self._dependencies, self._store, store)

    async def _support_suggestion(self, request: web.Request, visitor: PortalVisitor) -> str:
        """Support a suggestion by the proved mobile; else ask for the proof, and be called again by it."""
        number, mobile = int(request.match_info["number"]), visitor.require_proved_mobile(SUPPORT_PURPOSE)
        async with self._store.open_unit() as uow:
            await support_suggestion(ActorContext(self._dependencies, uow, citizen_actor(mobile)), number)
        return f"/services/{request.match_info['key']}?{SUPPORTED_PARAMETER}={number}#suggestion-{number}"

    async def _show_refused(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm
    ) -> web.Response:
        return await self._render_service(request, visitor, counts_as_view=False, refused_form=refused_form)

    async def _render_service(
        self,
        request: web.Request,
        visitor: PortalVisitor,
        *,
        counts_as_view: bool,
        refused_form: RefusedForm | None = None,
    ) -> web.Response:
        service_page = await self._load_page(request, visitor, counts_as_view=counts_as_view)
        context = {
            "visitor": visitor,
            "service_page": service_page,
            "comments": [_describe_comment(comment) for comment in service_page.comments],
            "request_address": await find_request_form(request, service_page.service.key),
            **await self._build_context(service_page.service),
            **self._build_comment_form(request, refused_form),
            **self._build_support_forms(request, service_page, refused_form),
        }
        render = render_page if visitor.session else render_public_page
        status = status_of(refused_form.error) if refused_form else 200
        return render(request, "portal/service.html", context, status=status)

    async def _load_page(self, request: web.Request, visitor: PortalVisitor, *, counts_as_view: bool) -> ServicePage:
        """Return the page of the service that the address names; `HTTPNotFound` where it names none."""
        try:
            return await visit_service_page(
                self._dependencies,
                self._store,
                request.match_info["key"],
                read_page_start(request),
                view_counter=self._view_counter if counts_as_view else None,
                suggestions_before=read_page_start(request, OLDER_SUGGESTIONS_PARAMETER),
                mobile=visitor.proved_mobile,
            )
        except UnknownService:
            raise web.HTTPNotFound from None

    async def _build_context(self, service: Service) -> Mapping[str, Any]:
        async with self._store.open_unit(write=False) as uow:
            durations = await load_durations(uow.durations)
            cost = await build_cost_view(ActionContext(self._dependencies, uow), service, durations)
        changed_on = find_changed_day(self._dependencies, service, cost.priced_on)
        return {
            "page_date": build_page_date(self._dependencies.catalogue, service.key, changed_on),
            "service": build_service_card(self._dependencies.wording, service),
            "cost": cost,
            "scenario": build_scenario(self._dependencies.catalogue, service, durations),
            "least_finished": LEAST_FINISHED,
            "price_controls": build_price_controls(self._dependencies, service),
            "lookups": [
                build_lookup_card(self._dependencies.catalogue, entry)
                for entry in list_lookups(self._dependencies.services)
                if entry.service is service
            ],
        }

    def _build_support_forms(
        self, request: web.Request, service_page: ServicePage, refused_form: RefusedForm | None
    ) -> Mapping[str, Any]:
        is_refused = refused_form is not None and refused_form.name == SUPPORT_FORM
        return {
            "suggestions": [build_suggestion_view(followed) for followed in service_page.suggestions],
            "supported_number": request.query.get(SUPPORTED_PARAMETER, ""),
            "refused_number": request.match_info["number"] if is_refused else "",
            "support_problem": self._dependencies.wording.render_error(refused_form.error)
            if refused_form and is_refused
            else "",
        }

    def _build_comment_form(self, request: web.Request, refused_form: RefusedForm | None) -> Mapping[str, Any]:
        refused_form = refused_form if refused_form and refused_form.name == _COMMENT_FORM else None
        received = request.query.get(RECEIVED_PARAMETER, "")
        return {
            "received_number": received if received.isascii() and received.isdecimal() else "",
            "is_suggestion": refused_form is not None
            and read_text(refused_form.posted_form, KIND_INPUT) == SUGGESTION_KIND,
            "comment_text": read_text(refused_form.posted_form, COMMENT_INPUT) if refused_form else "",
            "comment_problem": self._dependencies.wording.render_error(refused_form.error) if refused_form else "",
            "comment_received": RECEIVED_PARAMETER in request.query,
            "longest_comment": LONGEST_COMMENT,
        }


async def find_request_form(request: web.Request, service_key: str) -> str:
    """Return where a request of the service is made on the portal; empty where there is no such page."""
    form_address = f"/services/{service_key}/request"
    resolved_route = await request.app.router.resolve(request.clone(method="GET", rel_url=form_address))
    return form_address if resolved_route.http_exception is None else ""


def _describe_comment(comment: Comment) -> PublishedComment:
    day_text = jalali_text(to_tehran(comment.at).date())
    return PublishedComment(day_text, comment.text, comment.answer, comment.channel == OLD_SITE_CHANNEL)
