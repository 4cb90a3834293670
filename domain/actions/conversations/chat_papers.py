"""Papers in a chat: files that a citizen sends for a request, and printed papers that are sent back as PDF."""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.conversations.turn_context import MOST_COUNTED, TurnContext
from domain.actions.documents.attach import attach_document
from domain.actions.documents.own_papers import find_own_request
from domain.actions.papers.printouts import list_printouts
from domain.blocks.papers_pending import find_missing_papers
from domain.chats.chat import SentFile
from domain.conversation.buttons.answers import ButtonVerb, verb_button
from domain.conversation.command_fields import PAPERS_INTENT
from domain.conversation.frames import Dialogue, Frame
from domain.language.papers import list_citizen_papers
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import AttachedPaper, Button, ButtonRows, ReplyMarkup, arrange_in_rows
from domain.requests.request import RequestFilter, ServiceRequest
from domain.values.errors import InvalidField, NotFound, TooLarge, Unavailable
from domain.values.languages import join_list
from domain.values.reasons import InvalidReason, NotFoundReason, UnavailableReason
from domain.values.tracking_codes import TrackingCode


async def ask_for_paper(
    turn: TurnContext, code: TrackingCode, paper_name: str | None = None
) -> tuple[RenderedMessage, ButtonRows]:
    """Wait for a file that is this paper of the request; without its name, offer the papers first.

    `NotFound("code")` for another's request, `InvalidField("paper")` for what is no paper of its service.
    """
    request = await find_own_request(turn.uow, code, turn.actor)
    paper_names = list_citizen_papers(turn.dependencies.engine.get_service(request.service).papers)
    if paper_name is None and len(paper_names) != 1:
        return turn.render_about(request, "chat.which_paper"), _build_paper_buttons(turn, request, paper_names)
    chosen_paper = paper_name or paper_names[0]
    if chosen_paper not in paper_names:
        raise InvalidField("paper", InvalidReason.UNKNOWN_PAPER)
    stop_waiting_for_file(turn.dialogue)
    turn.dialogue.frames.append(
        Frame(PAPERS_INTENT, {"code": request.code, "paper": chosen_paper}, asked="file", one_shot=False)
    )
    return replace(
        turn.render("chat.send_paper", paper=_render_paper_name(turn, chosen_paper)), request_id=request.id
    ), ()


def stop_waiting_for_file(dialogue: Dialogue) -> None:
    """Wait for no file any more."""
    dialogue.frames = [frame for frame in dialogue.frames if frame.intent != PAPERS_INTENT]


async def receive_file(turn: TurnContext, sent_file: SentFile) -> tuple[RenderedMessage, ButtonRows]:
    """Keep a file as the paper that is waited for; else ask what it is. Domain errors say why it cannot be kept."""
    frame = turn.dialogue.top
    if frame is not None and frame.intent == PAPERS_INTENT:
        return await _store_paper(turn, frame.slots["code"], frame.slots["paper"], sent_file)
    requests = await _list_paper_requests(turn)
    if not requests:
        return turn.render("chat.no_paper_wanted"), ()
    if len(requests) == 1:
        missing_papers = await _list_missing_papers(turn, requests[0])
        if len(missing_papers) == 1:
            return await _store_paper(turn, requests[0].code, missing_papers[0], sent_file)
    request_choices = [
        verb_button(_describe_request(turn, request), ButtonVerb.PAPERS, request.code) for request in requests
    ]
    return turn.render("chat.which_request"), arrange_in_rows(request_choices, 1)


async def _store_paper(
    turn: TurnContext, code: TrackingCode, paper_name: str, sent_file: SentFile
) -> tuple[RenderedMessage, ButtonRows]:
    if sent_file.is_too_large:
        raise TooLarge("document")
    if sent_file.refusal is not None:
        raise sent_file.refusal
    if sent_file.prepared_file is None:
        raise Unavailable("document", UnavailableReason.FILE)
    async with turn.uow.savepoint():
        await attach_document(turn.dependencies, turn.uow, code, paper_name, sent_file.prepared_file, turn.actor)
    request = await find_own_request(turn.uow, code, turn.actor)
    await ask_for_paper(turn, code, paper_name)  # another sheet of it may follow
    missing_papers = [name for name in await _list_missing_papers(turn, request) if name != paper_name]
    reply_lines = [turn.render("chat.paper_kept", paper=_render_paper_name(turn, paper_name)).text]
    if missing_papers:
        reply_lines.append(
            turn.render(
                "chat.papers_missing",
                missing=join_list(_render_paper_name(turn, missing) for missing in missing_papers),
            ).text
        )
    elif not request.lacks_papers:
        reply_lines.append(turn.render_about(request, "chat.papers_complete").text)
    return turn.reply_with("\n".join(reply_lines), "chat.paper_kept", request), _build_paper_buttons(
        turn, request, missing_papers
    )


async def print_paper(turn: TurnContext, code: TrackingCode, paper_kind: str) -> RenderedMessage:
    """Announce which paper comes, and have it printed when the message is sent; `NotFound` when there is none now."""
    request = await find_own_request(turn.uow, code, turn.actor)
    printable_titles = await list_printouts(turn.dependencies, turn.uow, request, turn.actor)
    if paper_kind not in printable_titles:
        raise NotFound("printout", NotFoundReason.NOT_ISSUED)
    announcement = turn.render_about(request, "chat.printed", title=printable_titles[paper_kind])
    return replace(announcement, markup=ReplyMarkup(paper=AttachedPaper(request.code, paper_kind)))


async def _list_paper_requests(turn: TurnContext) -> list[ServiceRequest]:
    """Return the citizen's open requests that take papers; those that lack some alone, if there are such."""
    criteria = RequestFilter(mobile=turn.actor.identifier, open_only=True, limit=MOST_COUNTED)
    paper_requests = [
        request
        for request in await turn.uow.requests.list_requests(criteria)
        if turn.dependencies.engine.get_service(request.service).papers
    ]
    return [request for request in paper_requests if request.lacks_papers] or paper_requests


async def _list_missing_papers(turn: TurnContext, request: ServiceRequest) -> Sequence[str]:
    return await find_missing_papers(turn.uow, turn.dependencies.engine.get_service(request.service).papers, request)


def _build_paper_buttons(turn: TurnContext, request: ServiceRequest, paper_names: Sequence[str]) -> ButtonRows:
    return tuple((_build_paper_button(turn, request, paper_name),) for paper_name in paper_names)


def _build_paper_button(turn: TurnContext, request: ServiceRequest, paper_name: str) -> Button:
    return verb_button(_render_paper_name(turn, paper_name), ButtonVerb.PAPERS, request.code, paper_name)


def _describe_request(turn: TurnContext, request: ServiceRequest) -> str:
    facts = turn.dependencies.wording.request_facts(request)
    return f"{facts['code']} {facts['service']}"


def _render_paper_name(turn: TurnContext, paper_name: str) -> str:
    return turn.dependencies.wording.paper_title(paper_name)
