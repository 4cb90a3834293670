"""Forms for adding to an own request on its page: a rating and after a low one the wish to have it taken up again, a
comment, the proof of its mobile; and the way to where its bills are paid."""

from collections.abc import Sequence

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor
from channels.portal.tracking.addresses import (
    COMMENT_PATH,
    PAY_PATH,
    RATING_PATH,
    REOPEN_PATH,
    VERIFY_PATH,
    identify_call,
    request_address,
)
from channels.portal.tracking.request_page import RequestPage
from channels.web.posted import read_text
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.own_papers import find_own_request
from domain.actions.feedback.own_comments import add_own_comment, rate_own_request
from domain.actions.links.payment_links import ensure_payment_link
from domain.actions.messages.notify import queue_message
from domain.actions.requests.reopen import reopen_rated_request
from domain.actions.requests.unverified import verify_request_mobile
from domain.blocks.charging import list_request_bills
from domain.unit_of_work import Store
from domain.values.errors import NotFound


class RequestForms(SitePart):
    """The forms."""

    def __init__(self, dependencies: Dependencies, store: Store, request_page: RequestPage) -> None:
        super().__init__(dependencies, store)
        self._page = request_page

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        show_request = self._page.show_request
        return (
            PortalRoute("POST", RATING_PATH, PortalSubmission("rating", self._rate, show_request)),
            PortalRoute("POST", REOPEN_PATH, PortalSubmission("reopen", self._reopen, show_request)),
            PortalRoute("POST", COMMENT_PATH, PortalSubmission("comment", self._comment, show_request)),
            PortalRoute("POST", VERIFY_PATH, PortalSubmission("verify", self._verify_mobile, show_request)),
            PortalRoute("POST", PAY_PATH, PortalSubmission("pay", self._go_paying, show_request)),
        )

    async def _rate(self, request: web.Request, visitor: PortalVisitor) -> str:
        code, actor = identify_call(request, visitor)
        score_text, rating_text = read_text(visitor.form, "score"), read_text(visitor.form, "rating_text")
        async with self._store.open_unit() as uow:
            await rate_own_request(ActorContext(self._dependencies, uow, actor), code, score_text, rating_text)
        return request_address(code, "rating")

    async def _reopen(self, request: web.Request, visitor: PortalVisitor) -> str:
        """Take up again what was rated low, and lead to the new request; its code is texted too."""
        code, actor = identify_call(request, visitor)
        async with self._store.open_unit() as uow:
            reopened = await reopen_rated_request(ActorContext(self._dependencies, uow, actor), code)
            new_request = reopened.outcome.request
            await queue_message(ActionContext(self._dependencies, uow), actor.identifier, reopened.message)
        return request_address(new_request.code, "reopen")

    async def _comment(self, request: web.Request, visitor: PortalVisitor) -> str:
        code, actor = identify_call(request, visitor)
        async with self._store.open_unit() as uow:
            await add_own_comment(
                ActorContext(self._dependencies, uow, actor), code, read_text(visitor.form, "comment")
            )
        return request_address(code, "comment")

    async def _verify_mobile(self, request: web.Request, visitor: PortalVisitor) -> str:
        code, actor = identify_call(request, visitor)
        async with self._store.open_unit() as uow:
            await verify_request_mobile(ActorContext(self._dependencies, uow, actor), code, actor.identifier)
        return request_address(code, "verify")

    async def _go_paying(self, request: web.Request, visitor: PortalVisitor) -> str:
        """Lead to the page on which the open bills are paid, or to the receipt of those that were."""
        code, actor = identify_call(request, visitor)
        wants_receipt = read_text(visitor.form, "page") == "receipt"
        async with self._store.open_unit() as uow:
            service_request = await find_own_request(uow.requests, code, actor)
            bills = [
                bill
                for bill in await list_request_bills(uow.bills, service_request)
                if (bill.state.was_paid if wants_receipt else bill.state.is_payable)
            ]
            if not bills:
                raise NotFound("payment_link")
            link = await ensure_payment_link(ActionContext(self._dependencies, uow), bills)
        return f"/pay/{link.token}"
