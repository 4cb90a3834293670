"""Papers in a chat: files that a citizen sends for a request, and printed papers that are sent back as PDF."""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.bills.own_bills import list_payable_own_bills
from domain.actions.conversations.chats.captions import find_named_papers, has_nothing_under_way
from domain.actions.conversations.chats.officer_questions import answer_by_files, is_asked_for_answer
from domain.actions.conversations.chats.waiting_files import keep_waiting, list_answer_buttons, may_wait
from domain.actions.conversations.enquiries.payment_claims import build_slip_button, claim_by_slip, has_claimed
from domain.actions.conversations.turn_context import MOST_COUNTED, TurnContext, store_dialogue
from domain.actions.documents.attach import attach_document
from domain.actions.documents.own_papers import find_own_request
from domain.actions.papers.printouts import list_printouts
from domain.blocks.asking import QUESTION
from domain.blocks.papers_pending import find_missing_papers
from domain.chats.chat import SentFile
from domain.conversation.buttons.answers import ButtonVerb, text_button, verb_button
from domain.conversation.buttons.menus import menu_button_rows
from domain.conversation.dialogue.frames import Dialogue, Frame
from domain.conversation.reading.command_fields import PAPERS_INTENT
from domain.language.papers import list_citizen_papers
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import AttachedPaper, Button, ButtonRows, ReplyMarkup, arrange_in_rows
from domain.parsing.claimed_codes import find_claimed_code
from domain.parsing.tokens import TokenStream
from domain.requests.request import RequestFilter, ServiceRequest
from domain.values.errors import CodeMistyped, InvalidField, NotFound
from domain.values.languages import join_list
from domain.values.reasons import InvalidReason, NotFoundReason
from domain.values.tracking_codes import TrackingCode, parse_code

PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".heic")
"""Endings of the names of photos."""


async def ask_for_paper(
    turn: TurnContext, code: TrackingCode, paper_name: str | None = None
) -> tuple[RenderedMessage, ButtonRows]:
    """Wait for a file that is this paper of the request; without its name, offer the papers first.

    `NotFound("code")` for another's request, `InvalidField("paper")` for what is no paper of its service.
    """
    request = await find_own_request(turn.uow.requests, code, turn.actor)
    paper_names = _list_papers(turn, request)
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
    """Keep a file as the paper or the answer that is waited for, or that is written under it; else ask what it is, and
    let it wait meanwhile. Domain errors say why it cannot be kept.
    """
    frame = turn.dialogue.top
    if frame is not None and frame.intent == PAPERS_INTENT:
        return await store_paper(turn, frame.slots["code"], frame.slots["paper"], sent_file)
    if frame is not None and is_asked_for_answer(frame):
        return await answer_by_files(turn, frame.slots["code"], (sent_file,), sent_file.caption), ()
    captioned_request = await find_captioned_request(turn, sent_file.caption)
    if captioned_request and QUESTION.is_kept_by(captioned_request):
        return await answer_by_files(turn, captioned_request.code, (sent_file,), sent_file.caption), ()
    requests = [captioned_request] if captioned_request else await _list_paper_requests(turn)
    is_claimed = await has_claimed(turn)
    if is_claimed and not requests and has_nothing_under_way(turn):
        turn.given_files = (sent_file,)
        return await claim_by_slip(turn), ()
    if not is_claimed and (paper_name := await _find_meant_paper(turn, requests, sent_file.caption)):
        return await store_paper(turn, requests[0].code, paper_name, sent_file)
    return await _ask_what_it_is(turn, sent_file, requests)


async def _find_meant_paper(turn: TurnContext, requests: Sequence[ServiceRequest], caption: str) -> str | None:
    """Return the paper of the one request that a file can be alone: the missing one, or that its caption names."""
    if len(requests) != 1:
        return None
    missing_papers = await _list_missing_papers(turn, requests[0])
    if len(missing_papers) == 1:
        return missing_papers[0]
    named_papers = find_named_papers(turn, _list_papers(turn, requests[0]), caption)
    return named_papers[0] if len(named_papers) == 1 else None


async def is_captioned_paper(turn: TurnContext, caption: str) -> bool:
    """Return whether what is written under a file names an open request, or a paper of the only one."""
    if await find_captioned_request(turn, caption):
        return True
    return bool(caption) and await _find_meant_paper(turn, await _list_paper_requests(turn), caption) is not None


async def find_captioned_request(turn: TurnContext, caption: str) -> ServiceRequest | None:
    """Return the open own request whose code is written under a file; None where there is none."""
    try:
        claimed_code = find_claimed_code(TokenStream(caption))
        if claimed_code is None:
            return None
        request = await find_own_request(turn.uow.requests, parse_code(claimed_code.code), turn.actor)
    except (CodeMistyped, NotFound):
        return None
    return None if request.phase.is_final else request


async def _ask_what_it_is(
    turn: TurnContext, sent_file: SentFile, requests: Sequence[ServiceRequest]
) -> tuple[RenderedMessage, ButtonRows]:
    """Ask what a file is for, and let it wait meanwhile; amid a form it waits for what the form becomes."""
    choices = await _list_own_uses(turn, requests)
    is_free = has_nothing_under_way(turn) and may_wait(sent_file)
    further = await _list_further_uses(turn) if is_free else []
    takes_papers = any(service.papers for service in turn.conversation.services.values())
    if not choices and not further:
        is_kept = takes_papers and keep_waiting(turn, sent_file)
        return turn.render("chat.file_waits" if is_kept else "chat.no_paper_wanted"), ()
    if sent_file.refusal is not None:
        raise sent_file.refusal
    if not keep_waiting(turn, sent_file):
        return turn.render("chat.which_request"), arrange_in_rows(choices, 1)
    return _ask_use(turn, choices, further)


def _ask_use(
    turn: TurnContext, choices: Sequence[Button], further: Sequence[Button]
) -> tuple[RenderedMessage, ButtonRows]:
    other = [verb_button(turn.text_of("chat.buttons.other_use"), ButtonVerb.MENU)] if further else []
    file = _name_waiting_file(turn)
    question = turn.render("chat.what_file", file=file) if choices else turn.render("chat.file_first", file=file)
    return question, arrange_in_rows([*choices, *further, *other], 1)


def _name_waiting_file(turn: TurnContext) -> str:
    """Return what the file is called that came last: a photo, or a file."""
    is_photo = turn.dialogue.files[-1].file_name.lower().endswith(PHOTO_ENDINGS)
    return turn.text_of("chat.file_kinds.photo") if is_photo else turn.text_of("chat.file_kinds.file")


async def ask_use_of_waiting_files(turn: TurnContext) -> RenderedMessage | None:
    """Return the question what the files are for that came before it could be asked; None where none waits."""
    if not turn.dialogue.files:
        return None
    choices = await _list_own_uses(turn, await _list_paper_requests(turn))
    question, button_rows = _ask_use(turn, choices, await _list_further_uses(turn))
    return replace(question, markup=ReplyMarkup((*button_rows, *menu_button_rows(turn.text_of))))


async def _list_own_uses(turn: TurnContext, requests: Sequence[ServiceRequest]) -> list[Button]:
    """Return what a file may be of what is open: the answer to a question, a paper of the one request, or of one of
    several.
    """
    choices = await list_answer_buttons(turn)
    for request in requests:
        paper_names = await _list_missing_papers(turn, request) or _list_papers(turn, request)
        if len(requests) > 1 and len(paper_names) > 1:
            choices.append(verb_button(_describe_request(turn, request), ButtonVerb.PAPERS, request.code))
        else:
            choices += [_build_paper_button(turn, request, name) for name in paper_names]
    return choices


async def _list_further_uses(turn: TurnContext) -> list[Button]:
    """Return what a file may begin: a request of a service that takes papers, or that a bill was paid."""
    services = [service for service in turn.conversation.services.values() if service.papers and service.intents]
    further = [
        text_button(
            turn.render("chat.new_request_of", service=turn.text_of(f"intents.{service.intents[0].name}")).text,
            service.intents[0].certain_words[0],
        )
        for service in services
    ]
    if await list_payable_own_bills(turn, turn.actor.identifier):
        further.append(build_slip_button(turn))
    return further


async def offer_waiting_files(turn: TurnContext, receipt: RenderedMessage) -> tuple[RenderedMessage, ...]:
    """Ask, behind the receipt of a new request, which paper of it the files are that came before it; of a request that
    takes no papers they are given up, and so it is said. Nothing where no file waits, or nothing was submitted.
    """
    is_form = turn.conversation.forms[turn.intent].is_service_form
    if not turn.dialogue.files or receipt.request_id is None or not is_form:
        return ()
    request = await turn.uow.requests.get(receipt.request_id)
    paper_names = await _list_missing_papers(turn, request) or _list_papers(turn, request)
    if not paper_names:
        turn.dialogue.files = []
        await store_dialogue(turn)
        return (turn.render("chat.file_not_taken"),)
    button_rows = _build_paper_buttons(turn, request, paper_names)
    question = turn.render("chat.what_file", file=_name_waiting_file(turn))
    return (replace(question, markup=ReplyMarkup(button_rows)),)


async def store_papers(
    turn: TurnContext, code: TrackingCode, paper_name: str, sent_files: Sequence[SentFile]
) -> tuple[RenderedMessage, ButtonRows]:
    """Keep files, at least one, as sheets of one paper."""
    replies = [await store_paper(turn, code, paper_name, sent_file) for sent_file in sent_files]
    return replies[-1]


async def store_paper(
    turn: TurnContext, code: TrackingCode, paper_name: str, sent_file: SentFile
) -> tuple[RenderedMessage, ButtonRows]:
    """Keep a file as a paper of a request, wait for another sheet, and say what is still missing."""
    prepared_file = sent_file.require_prepared()
    async with turn.uow.savepoint():
        await attach_document(turn, code, paper_name, prepared_file)
    request = await find_own_request(turn.uow.requests, code, turn.actor)
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
    request = await find_own_request(turn.uow.requests, code, turn.actor)
    printable_titles = await list_printouts(turn, request)
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
    return await find_missing_papers(
        turn.uow.documents, turn.dependencies.engine.get_service(request.service).papers, request
    )


def _list_papers(turn: TurnContext, request: ServiceRequest) -> tuple[str, ...]:
    return list_citizen_papers(turn.dependencies.engine.get_service(request.service).papers)


def _build_paper_buttons(turn: TurnContext, request: ServiceRequest, paper_names: Sequence[str]) -> ButtonRows:
    return tuple((_build_paper_button(turn, request, paper_name),) for paper_name in paper_names)


def _build_paper_button(turn: TurnContext, request: ServiceRequest, paper_name: str) -> Button:
    return verb_button(_render_paper_name(turn, paper_name), ButtonVerb.PAPERS, request.code, paper_name)


def _describe_request(turn: TurnContext, request: ServiceRequest) -> str:
    facts = turn.dependencies.wording.request_facts(request)
    return f"{facts['service']} {facts['code']}"


def _render_paper_name(turn: TurnContext, paper_name: str) -> str:
    return turn.dependencies.wording.paper_title(paper_name)
