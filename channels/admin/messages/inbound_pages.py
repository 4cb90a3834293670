"""The log of texts that came in: what became of each, and what is left to do about one that failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import FAILURE_AGE, NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.messages.message_pages import (
    INBOUND_PATH,
    MAX_FAILED,
    PAGE_SIZE,
    PAGE_TABS,
    cut_failed,
    load_requests,
    resolve_message_access,
)
from channels.web.forms import FormWording, build_controls, describe_stray, read_form
from channels.web.paging import ListPage, build_list_page, read_page_start
from channels.web.site_part import SitePart
from domain.authorization.rights import Right
from domain.fields.form import Field, read_submitted
from domain.fields.types import Choice, Identifier, ReadingContext
from domain.messages.records import InboundMessage, InboundState
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor

FILTER_FIELDS = (
    Field("state", Choice(), required=False, choices=tuple(one.value for one in InboundState)),
    Field("mobile", Identifier("mobile"), required=False),
)

_SILENCE_REASONS = frozenset({"loop", "twice", "stopped", "resumed"})
"""Reasons for leaving a text without an answer, or for its needing none; any other needed no words."""


@dataclass(frozen=True, slots=True)
class InboundView:
    """A text that came in, with the word for what became of it."""

    id: int
    """The message's, from which the next page of the list goes on."""
    message: InboundMessage
    """As it is stored."""
    outcome_key: str
    """The key of that word."""
    code: str | None
    """Its request's tracking code; None without one, and for who may not see the request."""
    shown_text: str | None
    """Text; None for who may not read it."""


class InboundPages(SitePart):
    """The log."""

    sections: Sequence[NavigationSection] = ()

    def list_routes(self) -> Sequence[PageRoute]:
        return (PageRoute("GET", INBOUND_PATH, Right.MESSAGES_VIEW, self._show_inbound),)

    async def _show_inbound(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Show the texts that the filters leave; one that cannot be understood is reported, and leaves none."""
        filter_values = read_form(FILTER_FIELDS, request.query)
        message_page, filter_error = await load_filtered(
            self._find_messages(request, filter_values, visitor), ListPage((), None)
        )
        is_first_page = not filter_values and read_page_start(request) is None
        failed_messages, failed_count = cut_failed(await self._find_failed(visitor) if is_first_page else [])
        failed_ids = {failed_message.id for failed_message in failed_messages}
        context = {
            "failed_messages": failed_messages,
            "failed_count": failed_count,
            "other_messages": [listed for listed in message_page.rows if listed.id not in failed_ids],
            "problem": describe_stray(FILTER_FIELDS, filter_error, self._build_wording()) if filter_error else None,
            "filters": build_controls(FILTER_FIELDS, filter_values, self._build_wording(), filter_error),
            "list_page": message_page,
            "tabs": PAGE_TABS,
        }
        return render_staff_page(request, visitor, "admin/messages/inbound.html", context, error=filter_error)

    async def _find_messages(
        self, request: web.Request, filter_values: Mapping[str, Any], visitor: Visitor
    ) -> ListPage[InboundView]:
        parsed_filter = read_submitted(FILTER_FIELDS, filter_values, ReadingContext(visitor.now))
        async with self._store.open_unit(write=False) as uow:
            found_messages = await uow.inbox.list_recent(
                state=InboundState(parsed_filter["state"]) if "state" in parsed_filter else None,
                mobile=parsed_filter.get("mobile"),
                before=read_page_start(request),
                limit=PAGE_SIZE + 1,
            )
            return build_list_page(
                request,
                INBOUND_PATH,
                await self._build_inbound_views(uow, found_messages, visitor.actor),
                PAGE_SIZE,
            )

    async def _find_failed(self, visitor: Visitor) -> list[InboundView]:
        """Return the texts of the last days that were not dealt with: they stand above everything else."""
        async with self._store.open_unit(write=False) as uow:
            failed_messages = await uow.inbox.list_recent(state=InboundState.FAILED, limit=MAX_FAILED + 1)
            recent_messages = [
                message for message in failed_messages if message.received_at >= visitor.now - FAILURE_AGE
            ]
            return await self._build_inbound_views(uow, recent_messages, visitor.actor)

    async def _build_inbound_views(
        self, uow: UnitOfWork, messages: Sequence[InboundMessage], actor: Actor
    ) -> list[InboundView]:
        requests_by_id = await load_requests(uow.requests, messages)
        return [
            self._build_inbound_view(message, requests_by_id.get(message.request_id or 0), actor)
            for message in messages
        ]

    def _build_inbound_view(
        self, message: InboundMessage, service_request: ServiceRequest | None, actor: Actor
    ) -> InboundView:
        request_code, may_read = resolve_message_access(self._dependencies, service_request, actor)
        return InboundView(
            message.id, message, inbound_outcome(message), request_code, message.text if may_read else None
        )

    def _build_wording(self) -> FormWording:
        catalogue = self._dependencies.catalogue
        titles_by_field = {
            "state": {inbound_state.value: f"admin.received.states.{inbound_state}" for inbound_state in InboundState}
        }
        return FormWording(
            self._dependencies.wording,
            lambda field_name: catalogue.text(f"admin.received.{field_name}"),
            titles_by_field,
            blank_key="web.form.every",
        )


def inbound_outcome(message: InboundMessage) -> str:
    """Return the word of `admin.received.became` for what became of a text: its state, or why it is in it."""
    if message.state is InboundState.ANSWERED and message.intent == "unknown":
        return "not_understood"
    if message.state is InboundState.SILENT:
        return next(
            (
                silence_reason
                for silence_reason in (message.reason, message.intent)
                if silence_reason and silence_reason in _SILENCE_REASONS
            ),
            message.state.value,
        )
    return message.state.value
