"""Result of a form that was sent: its tracking code, the text that went to the citizen, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.actions.context import ActionContext
from domain.actions.requests.own_requests import find_answer_deadline
from domain.blocks.papers_pending import find_missing_papers
from domain.messages.ports import OutboxRepository
from domain.requests.request import ServiceRequest
from domain.values.calendar import jalali_long_text, to_tehran
from domain.values.identifiers import display_mobile

_MOST_MESSAGES = 5


@dataclass(frozen=True, slots=True)
class DoneView:
    """A request that was just sent, in words."""

    code: str
    """Its tracking code, as machines write it."""
    service_title: str
    """Name of its service."""
    mobile: str
    """The citizen's, as people write it; of an unverified request the one that was typed."""
    is_unverified: bool
    """Nobody has proved that mobile yet."""
    message_lines: Sequence[str]
    """The text that was queued for the citizen, line by line; empty where none was."""
    next_steps: Sequence[str]
    """Next steps, in order."""
    unit_title: str
    """Unit whose turn it is; empty where it is nobody's of the municipality."""
    due_on: str
    """Until when that unit takes care of it, a Jalali day; empty where there is no such limit."""
    missing_papers: Sequence[str]
    """Names of the papers still to come."""


async def build_done_view(context: ActionContext, request: ServiceRequest) -> DoneView:
    """Return what is said of a request to whoever has just sent it."""
    catalogue = context.dependencies.catalogue
    service = context.dependencies.engine.get_service(request.service)
    due_at = find_answer_deadline(service, request)
    unverified_mobile, unit = request.unverified_mobile, service.state_named(request.state).unit
    mobile = request.mobile or unverified_mobile
    return DoneView(
        code=request.code,
        service_title=context.dependencies.wording.service_title(request.service),
        mobile=display_mobile(mobile) if mobile else "",
        is_unverified=unverified_mobile is not None,
        message_lines=await _list_message_lines(context.uow.outbox, request),
        next_steps=catalogue.text_lines(f"services.{request.service}.steps")[1:],
        unit_title=catalogue.text(f"roles.{unit}") if unit else "",
        due_on=jalali_long_text(to_tehran(due_at).date()) if due_at else "",
        missing_papers=[
            context.dependencies.wording.paper_title(name)
            for name in await find_missing_papers(context.uow.documents, service.papers, request)
        ],
    )


async def _list_message_lines(outbox: OutboxRepository, request: ServiceRequest) -> list[str]:
    """Return the lines of the text that confirmed the request to its citizen."""
    submit_key = f"services.{request.service}.notices.submit"
    messages = await outbox.list_recent(request_id=request.id, limit=_MOST_MESSAGES)
    own_messages = (message for message in messages if message.key == submit_key)
    message = next((found for found in own_messages if found.correspondent == request.mobile), None)
    return message.text.splitlines() if message else []
