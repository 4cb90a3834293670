"""A question that staff asked, in a chat: it is asked again with what it is about, and answered by words, a file or a
place.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.conversations import commands
from domain.actions.conversations.turn_context import MOST_COUNTED, TurnContext
from domain.actions.documents.attach import attach_document
from domain.actions.documents.own_papers import find_own_request
from domain.blocks.asking import ANSWER_PAPER, QUESTION
from domain.chats.chat import MESSENGERS, SentFile
from domain.conversation.dialogue.frames import Frame
from domain.conversation.reading.command_fields import TEXT_FIELD
from domain.language.question_subjects import list_marked_papers
from domain.messages.catalogue import RenderedMessage
from domain.requests.request import RequestFilter, ServiceRequest
from domain.values.errors import NotAllowedNow, NotFound
from domain.values.tracking_codes import TrackingCode


def is_asked_for_answer(frame: Frame | None) -> bool:
    """Return whether a dialogue waits for the answer to a question of the staff."""
    return frame is not None and frame.intent == "reply" and frame.asked == TEXT_FIELD.name and "code" in frame.slots


async def render_officer_question(turn: TurnContext, frame: Frame) -> RenderedMessage | None:
    """Word the question of the staff that a chat is to answer; None where it is not asked here, or is no own one."""
    if turn.actor.channel not in MESSENGERS or not is_asked_for_answer(frame):
        return None
    try:
        request = await find_own_request(turn.uow.requests, frame.slots["code"], turn.actor)
    except NotFound:
        return None
    return turn.render_about(request, "chat.ask_answer") if QUESTION.is_kept_by(request) else None


async def list_open_questions(turn: TurnContext) -> list[ServiceRequest]:
    """Return the citizen's own requests that wait for an answer."""
    criteria = RequestFilter(mobile=turn.actor.identifier, open_only=True, limit=MOST_COUNTED)
    return [request for request in await turn.uow.requests.list_requests(criteria) if QUESTION.is_kept_by(request)]


async def answer_by_files(
    turn: TurnContext, code: TrackingCode, sent_files: Sequence[SentFile], text: str
) -> RenderedMessage:
    """Take files, with what is written under them, as the answer: they are added to the request as the paper that the
    question is about, or beside its papers. Errors: those of `attach_document` and of the step.
    """
    request = await find_own_request(turn.uow.requests, code, turn.actor)
    if not QUESTION.is_kept_by(request):
        raise NotAllowedNow("code")
    paper_name = _choose_paper(request)
    async with turn.uow.savepoint():
        for sent_file in sent_files:
            await attach_document(turn, code, paper_name, sent_file.require_prepared())
        answer_text = text or turn.text_of("chat.answered_by_file")
        reply = await commands.reply_to_staff(turn, {"code": code, "text": answer_text})
    turn.dialogue.frames = [frame for frame in turn.dialogue.frames if not is_asked_for_answer(frame)]
    return replace(reply, text=f"{reply.text}\n{turn.text_of('chat.answer_file_kept')}")


def _choose_paper(request: ServiceRequest) -> str:
    """Return which paper an answer is: the one that the question is about, where it is about a single one."""
    marked_papers = list_marked_papers(request)
    return marked_papers[0] if len(marked_papers) == 1 else ANSWER_PAPER
