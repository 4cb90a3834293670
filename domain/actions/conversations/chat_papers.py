"""Papers in a chat: files that a citizen sends for a request, and printed papers that are sent back as PDF."""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.conversations.commands import COUNTED, CommandReply, Talk
from domain.actions.papers.printouts import printouts_for
from domain.actions.requests.act import own_or_not_found
from domain.actions.requests.attach import attach
from domain.blocks.papers_pending import lacking_of
from domain.chats.chat import SentFile
from domain.conversation.buttons.answers import Verb, calling
from domain.conversation.command_fields import PAPERS
from domain.conversation.frames import Dialogue, Frame
from domain.messages.keyboards import Button, Paper, ReplyMarkup, Rows, in_rows
from domain.requests.request import RequestFilter, ServiceRequest
from domain.values import tracking_codes
from domain.values.errors import InvalidField, NotFound, TooLarge, Unavailable


async def ask_for_paper(
    talk: Talk, dialogue: Dialogue, code: str, paper: str | None = None
) -> tuple[CommandReply, Rows]:
    """Wait for a file that is this paper of the request; without its name, offer the papers first.

    `NotFound("code")` for another's request, `InvalidField("paper")` for what is no paper of its service.
    """
    request = await _own(talk, code)
    papers = talk.desk.engine.service(request.service).documents
    names = papers.of_citizens if papers else ()
    if paper is None and len(names) != 1:
        return talk.say_about(request, "chat.which_paper"), _offered(talk, request, names)
    chosen = paper or names[0]
    if chosen not in names:
        raise InvalidField("paper", detail="unknown_paper")
    stop_waiting(dialogue)
    dialogue.frames = [
        *dialogue.frames,
        Frame(PAPERS, {"code": request.code, "paper": chosen}, asked="file", one_shot=False),
    ]
    return replace(talk.say("chat.send_paper", paper=_name(talk, chosen)), request_id=request.id), ()


def stop_waiting(dialogue: Dialogue) -> None:
    """Wait for no file any more."""
    dialogue.frames = [one for one in dialogue.frames if one.intent != PAPERS]


async def take_file(talk: Talk, dialogue: Dialogue, file: SentFile) -> tuple[CommandReply, Rows]:
    """Keep a file as the paper that is waited for; else ask what it is. Domain errors say why it cannot be kept."""
    frame = dialogue.top
    if frame is not None and frame.intent == PAPERS:
        return await _keep(talk, dialogue, frame.slots["code"], frame.slots["paper"], file)
    requests = await _wanting(talk)
    if not requests:
        return talk.say("chat.no_paper_wanted"), ()
    if len(requests) == 1:
        lacking = await _lacking(talk, requests[0])
        if len(lacking) == 1:
            return await _keep(talk, dialogue, requests[0].code, lacking[0], file)
    buttons = [calling(_titled(talk, one), Verb.PAPERS, one.code) for one in requests]
    return talk.say("chat.which_request"), in_rows(buttons, 1)


async def _keep(talk: Talk, dialogue: Dialogue, code: str, paper: str, file: SentFile) -> tuple[CommandReply, Rows]:
    if file.too_large:
        raise TooLarge("document")
    if file.content is None:
        raise Unavailable("document", detail="file")
    async with talk.uow.attempt():
        await attach(talk.desk, talk.uow, code, paper, file.name, file.content, talk.actor)
    request = await _own(talk, code)
    await ask_for_paper(talk, dialogue, code, paper)  # another sheet of it may follow
    lacking = [name for name in await _lacking(talk, request) if name != paper]
    lines = [talk.say("chat.paper_kept", paper=_name(talk, paper)).text]
    if lacking:
        lines.append(talk.say("chat.papers_missing", missing="، ".join(_name(talk, one) for one in lacking)).text)
    elif not request.lacks_papers:
        lines.append(talk.say_about(request, "chat.papers_complete").text)
    return talk.saying("\n".join(lines), "chat.paper_kept", request), _offered(talk, request, lacking)


async def print_paper(talk: Talk, code: str, kind: str) -> tuple[CommandReply, ReplyMarkup]:
    """Say which paper comes, and have it printed when the message is sent; `NotFound` when there is none now."""
    request = await _own(talk, code)
    there = await printouts_for(talk.desk, talk.uow, request, talk.actor)
    if kind not in there:
        raise NotFound("printout", detail="not_issued")
    return talk.say_about(request, "chat.printed", title=there[kind]), ReplyMarkup(paper=Paper(request.code, kind))


async def _own(talk: Talk, code: str) -> ServiceRequest:
    request = await talk.uow.requests.by_code(tracking_codes.parse(code))
    own_or_not_found(request, talk.actor)
    return request


async def _wanting(talk: Talk) -> list[ServiceRequest]:
    """Return the citizen's open requests that take papers; those that lack some alone, if there are such."""
    wanted = RequestFilter(mobile=talk.actor.ident, open_only=True, limit=COUNTED)
    found = [one for one in await talk.uow.requests.find(wanted) if talk.desk.engine.service(one.service).documents]
    return [one for one in found if one.lacks_papers] or found


async def _lacking(talk: Talk, request: ServiceRequest) -> Sequence[str]:
    return await lacking_of(talk.uow, talk.desk.engine.service(request.service).documents, request)


def _offered(talk: Talk, request: ServiceRequest, names: Sequence[str]) -> Rows:
    return tuple((_choosing(talk, request, name),) for name in names)


def _choosing(talk: Talk, request: ServiceRequest, name: str) -> Button:
    return calling(_name(talk, name), Verb.PAPERS, request.code, name)


def _titled(talk: Talk, request: ServiceRequest) -> str:
    facts = talk.desk.wording.facts(request)
    return f"{facts['code']} {facts['service']}"


def _name(talk: Talk, paper: str) -> str:
    return talk.text(f"choices.document.{paper}")
