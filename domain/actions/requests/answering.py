"""Answering a question in one step: in words, by putting right the fields that it is about, by sending the papers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.attach import attach_document
from domain.actions.documents.preparing import prepare_file
from domain.actions.requests.act import lock_request
from domain.actions.requests.change import change_request
from domain.actions.requests.citizen_commands import announce_command, require_shown_version
from domain.actions.requests.command import take_command
from domain.engine.engine import StepOutcome
from domain.language.question_subjects import MARKED_PAPERS
from domain.language.service import Command
from domain.repositories import RequestRepositories
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.errors import AlreadyDone, DocumentRejected, InvalidField, MissingField, TooLarge
from domain.values.files import PreparedFile
from domain.values.reasons import MissingReason
from domain.values.text import tidy_text
from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken

ANSWER_FIELD = "answer"
"""Field name in errors about the answer in words: a form may have a field that is called as the step's own input."""


@dataclass(frozen=True, slots=True)
class AnswerPaper:
    """A file that comes with an answer."""

    paper_name: str
    """Paper of the request."""
    file: PreparedFile
    """The file itself (`prepare_sent_paper`)."""


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """All that a page brings in answer to a question."""

    text: str
    """The answer in words; it may be empty where something was put right."""
    submitted: Mapping[str, object] = field(default_factory=dict)
    """Field of the form → what stands there now, as typed; unchanged values change nothing."""
    papers: Sequence[AnswerPaper] = ()
    """The files."""


async def prepare_sent_paper(
    dependencies: Dependencies,
    store: Store,
    code: TrackingCode,
    sent: tuple[str, str, bytes],
    actor: Actor,
) -> AnswerPaper:
    """Prepare a file, `sent` as paper, name and content, before the unit of work that takes the answer. Errors: those
    of `prepare_file` under `paper_field`.
    """
    paper_name, file_name, content = sent
    with naming_paper(paper_name):
        return AnswerPaper(paper_name, await prepare_file(dependencies, store, file_name, content, actor, code))


async def answer_question(
    context: ActorContext, code: TrackingCode, answer: QuestionAnswer, version: VersionToken
) -> StepOutcome:
    """Take an answer from the page that showed the question at this version: change, attach, go on, send the texts.

    All of it happens, or nothing. Errors: `MissingField("answer")` where there is neither a word nor anything new,
    those of `change_request`, those of `attach_document` under `paper_field`, and those of `take_shown_command`.
    """
    await open_question(context, code, answer.text, version)
    has_changed = await _change_form(context, code, answer)
    for paper in answer.papers:
        with naming_paper(paper.paper_name):
            await attach_document(context, code, paper.paper_name, paper.file)
    if not tidy_text(answer.text) and not has_changed and not answer.papers:
        raise MissingField(ANSWER_FIELD, MissingReason.ANSWER)
    try:
        inputs = _build_inputs(context.dependencies, answer.text)
        outcome = await take_command(context, code, Command.REPLY, inputs)
    except InvalidField as error:
        raise error.about_field(ANSWER_FIELD) from error
    return await announce_command(context, outcome)


async def open_question(
    context: ActorContext[RequestRepositories], code: TrackingCode, text: str, version: VersionToken
) -> ServiceRequest:
    """Return the request, locked, to the question of which an answer with this text came from a page that showed it at
    this version; errors: `require_shown_version`.
    """
    request, inputs = await lock_request(context.uow.requests, code), _build_inputs(context.dependencies, text)
    await require_shown_version(context, (request, version), Command.REPLY, inputs)
    return request


def _build_inputs(dependencies: Dependencies, text: str) -> dict[str, str]:
    """Return what the step gets that answers: what was put right is an answer too."""
    return {"text": tidy_text(text) or dependencies.catalogue.text("staff.answered_by_change")}


def paper_field(paper_name: str) -> str:
    """Return what errors of a paper in an answer name."""
    return f"{MARKED_PAPERS.name}-{paper_name}"


@contextmanager
def naming_paper(paper_name: str) -> Iterator[None]:
    """Let what is wrong with a file name the paper that it is meant to be."""
    try:
        yield
    except (DocumentRejected, TooLarge) as error:
        raise error.about_field(paper_field(paper_name)) from error


async def _change_form(context: ActorContext, code: TrackingCode, answer: QuestionAnswer) -> bool:
    """Change what differs; return whether anything did."""
    if not answer.submitted:
        return False
    try:
        await change_request(context, code, answer.submitted)
    except AlreadyDone:
        return False
    return True
