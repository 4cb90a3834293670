"""A citizen's commands on the page of a request: answering, giving up, agreeing or not to what somebody else asked for.

What ends a request is asked once more on a page of its own, which says what it means for money. Each is taken once,
however often its form is sent; a form of an older page is refused, and shown again.
"""

from collections.abc import Mapping, Sequence

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.problems import Problem
from channels.portal.tracking.addresses import (
    ANSWER_PATH,
    CONSENT_PATH,
    DONE_PARAMETER,
    OWN_REQUESTS_PATH,
    REFUSE_PATH,
    WITHDRAW_PATH,
    identify_call,
    request_address,
)
from channels.portal.tracking.question_view import ANSWER_FORM, QuestionViews
from channels.portal.tracking.request_page import RequestPage
from channels.portal.tracking.request_view import OwnRequestViews
from channels.web.posted import UploadedFile, read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.capacity import count_file
from domain.actions.requests.answering import ANSWER_FIELD, answer_question, open_question
from domain.actions.requests.citizen_commands import list_command_steps, preview_money_at_end, take_shown_command
from domain.actions.requests.own_requests import find_concern, find_concerned_request
from domain.language.service import Command
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.errors import AlreadyDone
from domain.values.files import MAX_DOCUMENT_BYTES
from domain.values.text import group_digits
from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken

MAX_ANSWER_BYTES = 2 * MAX_DOCUMENT_BYTES + 64 * 1024
"""Bytes of an answer with files: two of the largest, and what is around them; more come one by one as papers."""

_ENDING_COMMANDS: Mapping[str, Command] = {"withdraw": Command.CANCEL, "refuse": Command.DENY}
"""The form that ends a request → the citizen's command that it is."""


class CommandForms(SitePart):
    """The forms."""

    def __init__(self, dependencies: Dependencies, store: Store, request_page: RequestPage) -> None:
        super().__init__(dependencies, store)
        self._page = request_page
        self._views = OwnRequestViews(dependencies)
        self._question_views = QuestionViews(dependencies)

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        show_request = self._page.show_request
        return (
            PortalRoute(
                "POST", ANSWER_PATH, PortalSubmission(ANSWER_FORM, self._answer, show_request), MAX_ANSWER_BYTES
            ),
            PortalRoute("POST", CONSENT_PATH, PortalSubmission("consent", self._consent, show_request)),
            PortalRoute("GET", WITHDRAW_PATH, self._ask_withdrawal),
            PortalRoute("POST", WITHDRAW_PATH, PortalSubmission("withdraw", self._withdraw, self._ask_withdrawal)),
            PortalRoute("GET", REFUSE_PATH, self._ask_refusal),
            PortalRoute("POST", REFUSE_PATH, PortalSubmission("refuse", self._refuse, self._ask_refusal)),
        )

    async def _answer(self, request: web.Request, visitor: PortalVisitor) -> str:
        """Take the answer in words together with the fields and papers that were put right."""
        (code, actor), version_token = identify_call(request, visitor), VersionToken(read_text(visitor.form, "version"))
        done_name = "answer"
        try:
            files = await self._find_asked_files(visitor, code, actor, version_token)
            papers = await self._question_views.prepare_papers(self._store, code, actor, files)
            async with self._store.open_unit() as uow:
                service_request, _ = await find_concerned_request(
                    ActionContext(self._dependencies, uow), code, actor.identifier
                )
                answer = self._question_views.read_answer(service_request, actor, visitor.form, papers)
                await answer_question(ActorContext(self._dependencies, uow, actor), code, answer, version_token)
        except AlreadyDone:
            done_name = "repeated"
        return await self._find_way_on(code, actor.identifier, done_name)

    async def _find_asked_files(
        self, visitor: PortalVisitor, code: TrackingCode, actor: Actor, version_token: VersionToken
    ) -> list[tuple[str, UploadedFile]]:
        """Return the files of an answer that its question is about, counted: to open them is what costs most."""
        if not any(isinstance(value, UploadedFile) and value.is_chosen for value in visitor.form.values()):
            return []
        async with self._store.open_unit() as uow:
            context = ActionContext(self._dependencies, uow)
            await find_concerned_request(context, code, actor.identifier)
            text = read_text(visitor.form, ANSWER_FIELD)
            service_request = await open_question(
                ActorContext(self._dependencies, uow, actor), code, text, version_token
            )
            files = self._question_views.list_asked_files(service_request, actor, visitor.form)
            for _ in files:
                await count_file(context, visitor.source_address)
        return files

    async def _consent(self, request: web.Request, visitor: PortalVisitor) -> str:
        return await self._take(request, visitor, Command.CONFIRM, "consent")

    async def _withdraw(self, request: web.Request, visitor: PortalVisitor) -> str:
        return await self._take(request, visitor, Command.CANCEL, "withdraw")

    async def _refuse(self, request: web.Request, visitor: PortalVisitor) -> str:
        return await self._take(request, visitor, Command.DENY, "refuse")

    async def _take(
        self, request: web.Request, visitor: PortalVisitor, citizen_command: Command, done_name: str
    ) -> str:
        """Take a command once; return where it leads: the request's page, or, where it is none of theirs any more,
        their list.
        """
        code, actor = identify_call(request, visitor)
        version_token = VersionToken(read_text(visitor.form, "version"))
        try:
            async with self._store.open_unit() as uow:
                await take_shown_command(
                    ActorContext(self._dependencies, uow, actor), code, citizen_command, {}, version_token
                )
        except AlreadyDone:
            done_name = "repeated"
        return await self._find_way_on(code, actor.identifier, done_name)

    async def _find_way_on(self, code: TrackingCode, mobile: str, done_name: str) -> str:
        async with self._store.open_unit(write=False) as uow:
            service_request = await uow.requests.get_by_code(code)
        if find_concern(self._dependencies.services, service_request, mobile) is None:
            return f"{OWN_REQUESTS_PATH}?{DONE_PARAMETER}={done_name}"
        return request_address(code, done_name)

    async def _ask_withdrawal(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        return await self._ask_end(request, visitor, "withdraw", refused_form)

    async def _ask_refusal(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        return await self._ask_end(request, visitor, "refuse", refused_form)

    async def _ask_end(
        self, request: web.Request, visitor: PortalVisitor, form_name: str, refused_form: RefusedForm | None
    ) -> web.Response:
        """Ask once whether a request shall end; where that cannot be any more, show the request and why not."""
        code, actor = identify_call(request, visitor)
        citizen_command, error = _ENDING_COMMANDS[form_name], form_error(refused_form)
        async with self._store.open_unit(write=False) as uow:
            service_request, _ = await find_concerned_request(
                ActionContext(self._dependencies, uow), code, actor.identifier
            )
            if not list_command_steps(self._dependencies, service_request, citizen_command, actor):
                return await self._page.show_request(request, visitor, refused_form)
            money = await preview_money_at_end(
                ActorContext(self._dependencies, uow, actor), service_request, citizen_command
            )
        context = {
            "form_name": form_name,
            "progress": self._views.build_progress(service_request, actor.identifier),
            "address": request_address(code),
            "refunded": group_digits(money.refunded) if money.refunded else "",
            "forfeited": group_digits(money.forfeited) if money.forfeited else "",
            "unpaid": group_digits(money.unpaid) if money.unpaid else "",
            "problems": [Problem(self._dependencies.wording.render_error(error))] if error else [],
        }
        return render_portal_page(request, visitor, "portal/tracking/end.html", context, error=error)
