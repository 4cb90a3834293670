"""The log of texts that went out or wait to, and sending one again by somebody's decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from aiohttp import web

from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import FAILURE_AGE, NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.web.forms import FormWording, build_controls, describe_stray, read_form
from channels.web.paging import ListPage, build_list_page, build_page_query, read_page_start
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.code_spending import find_spent_rials
from domain.actions.messages.resending import retry_message
from domain.authorization.policy import may_use
from domain.authorization.request_policy import may_see_request
from domain.authorization.rights import Right
from domain.fields.form import Field, read_submitted
from domain.fields.moments import Day
from domain.fields.types import Choice, Identifier, ReadingContext, Text
from domain.messages.records import InboundMessage, MessageState, OutboxMessage
from domain.requests.ports import RequestRepository
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Actor
from domain.values.calendar import day_bounds
from domain.values.errors import NotFound
from domain.values.text import persian_digits

MESSAGES_PATH, INBOUND_PATH = "/staff/messages", "/staff/messages/received"

PAGE_TABS: Mapping[str, str] = {MESSAGES_PATH: "admin.messages.title", INBOUND_PATH: "admin.received.title"}
"""The routes of these pages."""

PAGE_SIZE = 50
"""Texts on a page."""

MAX_FAILED = 20
"""Texts that are listed first because something is wrong with them."""

FILTER_FIELDS = (
    Field("state", Choice(), required=False, choices=tuple(one.value for one in MessageState)),
    Field("recipient", Identifier("mobile"), required=False),
    Field("code", Text(max_length=20), required=False),
    Field("day", Day(allows_past=True), required=False),
)

ListedView = TypeVar("ListedView")

_RESENDABLE_STATES = frozenset({MessageState.FAILED, MessageState.UNKNOWN})
"""States out of which a text can be sent again."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A text with what became of it, in words."""

    id: int
    """The message's, for addresses and forms."""
    message: OutboxMessage
    """As it is stored."""
    reason_text: str | None
    """Last failure; None where nothing did."""
    code: str | None
    """Its request's tracking code; None without one, and for who may not see the request."""
    shown_text: str | None
    """Text that was sent; None for who may not see the request."""
    carrier_name: str | None
    """Carrier; None where it did not."""
    may_resend: bool
    """Its state allows to put it back into the queue."""


async def load_requests(
    requests: RequestRepository, messages: Iterable[OutboxMessage | InboundMessage]
) -> dict[int, ServiceRequest]:
    """Return the requests that these texts are about, by id."""
    request_ids = {message.request_id for message in messages if message.request_id is not None}
    return {service_request.id: service_request for service_request in await requests.list_by_ids(request_ids)}


def resolve_message_access(
    dependencies: Dependencies, service_request: ServiceRequest | None, actor: Actor
) -> tuple[str | None, bool]:
    """Return the tracking code of a text's request, for who may see that, and whether this actor may read the text. One
    of no request may hold what anybody wrote to us, so it is for those alone who see every request.
    """
    may_read = (
        may_see_request(dependencies.services, actor, service_request)
        if service_request
        else may_use(Right.ALL_REQUESTS_VIEW, actor)
    )
    return service_request.code if service_request and may_read else None, may_read


def cut_failed(found: list[ListedView]) -> tuple[list[ListedView], str]:
    """Return the first of the texts that something is wrong with, and how many there are, in words: of more than are
    listed that there are more.
    """
    has_more = len(found) > MAX_FAILED
    return found[:MAX_FAILED], f"{persian_digits(min(len(found), MAX_FAILED))}{'+' if has_more else ''}"


class MessagePages(SitePart):
    """The log."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(
            MESSAGES_PATH,
            "admin.sections.messages",
            Right.MESSAGES_VIEW,
            lambda visitor: visitor.waiting_counts.failed_messages,
        ),
    )

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", MESSAGES_PATH, Right.MESSAGES_VIEW, self._render_page),
            PageRoute(
                "POST",
                f"{MESSAGES_PATH}/{{id:[0-9]{{1,18}}}}/retry",
                Right.MESSAGES_RETRY,
                FormSubmission("retry", self._submit_retry, self._render_page),
            ),
        )

    async def _submit_retry(self, request: web.Request, visitor: Visitor) -> str:
        retry_reason = read_text(visitor.form, "reason")
        async with self._store.open_unit() as uow:
            await retry_message(ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request), retry_reason)
        return f"{MESSAGES_PATH}?{build_page_query(request, done='message_retried')}"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        """Show the texts that the filters leave; one that cannot be understood is reported, and leaves none."""
        filter_values = read_form(FILTER_FIELDS, request.query)
        message_page, filter_error = await load_filtered(
            self._find_messages(request, filter_values, visitor), ListPage((), None)
        )
        async with self._store.open_unit(write=False) as uow:
            spent_rials = await find_spent_rials(ActionContext(self._dependencies, uow))
            is_first_page = not filter_values and read_page_start(request) is None
            found_failed = await self._find_failed(uow, visitor) if is_first_page else []
        failed_messages, failed_count = cut_failed(found_failed)
        failed_ids = {failed_message.id for failed_message in failed_messages}
        context = {
            "failed_messages": failed_messages,
            "failed_count": failed_count,
            "failed_states": sorted(_RESENDABLE_STATES),
            "other_messages": [listed for listed in message_page.rows if listed.id not in failed_ids],
            "spent_rials": spent_rials,
            "limit_rials": self._dependencies.policy.verification_rials_a_day,
            "problem": describe_stray(FILTER_FIELDS, filter_error, self._build_wording()) if filter_error else None,
            "filters": build_controls(FILTER_FIELDS, filter_values, self._build_wording(), filter_error),
            "list_page": message_page,
            "page_query": build_page_query(request),
            "tabs": PAGE_TABS,
            **self._describe_refusal(request, refused_form, [*failed_messages, *message_page.rows]),
        }
        return render_staff_page(
            request, visitor, "admin/messages/messages.html", context, error=form_error(refused_form) or filter_error
        )

    def _describe_refusal(
        self, request: web.Request, refused_form: RefusedForm | None, shown_messages: Sequence[MessageView]
    ) -> Mapping[str, Any]:
        """Return why a text is not sent again: beside it, or above everything where it is not listed any more."""
        if refused_form is None:
            return {"refused_message_id": None}
        message_id, problem = get_row_id(request), self._dependencies.wording.render_error(refused_form.error)
        if message_id not in {message_view.id for message_view in shown_messages}:
            return {"refused_message_id": None, "problem": problem}
        return {
            "refused_message_id": message_id,
            "refusal": problem,
            "submitted_reason": read_text(refused_form.posted_form, "reason"),
        }

    async def _find_messages(
        self, request: web.Request, filter_values: Mapping[str, Any], visitor: Visitor
    ) -> ListPage[MessageView]:
        parsed_filter = read_submitted(FILTER_FIELDS, filter_values, ReadingContext(visitor.now))
        async with self._store.open_unit(write=False) as uow:
            service_request = (
                await self._find_request(uow, parsed_filter["code"], visitor.actor) if "code" in parsed_filter else None
            )
            found_messages = await uow.outbox.list_recent(
                state=MessageState(parsed_filter["state"]) if "state" in parsed_filter else None,
                recipient=parsed_filter.get("recipient"),
                request_id=service_request.id if service_request else None,
                made=day_bounds(date.fromisoformat(parsed_filter["day"])) if "day" in parsed_filter else None,
                before=read_page_start(request),
                limit=PAGE_SIZE + 1,
            )
            return build_list_page(
                request,
                MESSAGES_PATH,
                await self._build_message_views(uow, found_messages, visitor.actor),
                PAGE_SIZE,
            )

    async def _find_failed(self, uow: UnitOfWork, visitor: Visitor) -> list[MessageView]:
        """Return what was not sent lately, or nobody knows: it stands above everything else."""
        lately = (visitor.now - FAILURE_AGE, visitor.now + timedelta(days=1))
        failed_messages = [
            message
            for state in sorted(_RESENDABLE_STATES)
            for message in await uow.outbox.list_recent(state=state, made=lately, limit=MAX_FAILED + 1)
        ]
        return await self._build_message_views(
            uow, sorted(failed_messages, key=lambda message: message.id, reverse=True), visitor.actor
        )

    async def _find_request(self, uow: UnitOfWork, code: str, actor: Actor) -> ServiceRequest:
        """Return the request of a tracking code; who may not see it does not learn that there is one."""
        service_request = await uow.requests.get_by_code(tracking_codes.parse_code(code))
        if not may_see_request(self._dependencies.services, actor, service_request):
            raise NotFound("code")
        return service_request

    async def _build_message_views(
        self, uow: UnitOfWork, messages: Sequence[OutboxMessage], actor: Actor
    ) -> list[MessageView]:
        requests_by_id = await load_requests(uow.requests, messages)
        return [
            self._build_message_view(message, requests_by_id.get(message.request_id or 0), actor)
            for message in messages
        ]

    def _build_message_view(
        self, message: OutboxMessage, service_request: ServiceRequest | None, actor: Actor
    ) -> MessageView:
        request_code, may_read = resolve_message_access(self._dependencies, service_request, actor)
        shown_text = message.staff_text if may_read else None
        return MessageView(
            message.id,
            message,
            self._describe_reason(message.reason),
            request_code,
            shown_text,
            self._name_carrier(message.provider),
            message.state in _RESENDABLE_STATES,
        )

    def _describe_reason(self, reason_code: str | None) -> str | None:
        """Return in words what went wrong last; a code that nobody worded is shown as it is."""
        key, catalogue = f"admin.messages.reasons.{reason_code}", self._dependencies.catalogue
        return catalogue.first_text(key, fallback=reason_code) if reason_code else None

    def _name_carrier(self, provider: str | None) -> str | None:
        """Return what a provider of text messages, or a messenger, is called; one without a name by its key."""
        keys = (f"reports.providers.{provider}", f"admin.channels.{provider}")
        return self._dependencies.catalogue.first_text(*keys, fallback=provider) if provider else None

    def _build_wording(self) -> FormWording:
        catalogue = self._dependencies.catalogue
        titles_by_field = {
            "state": {message_state.value: f"admin.message_states.{message_state}" for message_state in MessageState}
        }
        return FormWording(
            self._dependencies.wording,
            lambda field_name: catalogue.text(f"admin.messages.{field_name}"),
            titles_by_field,
            blank_key="web.form.every",
        )
