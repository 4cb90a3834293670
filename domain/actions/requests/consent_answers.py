"""The page under the link of a question, and the answer given there: the same command as by text.

A link is good for one question. Once that was answered, by whomever and however, or its time is over, the link only
tells what became of it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.actions.citizens.sessions import citizen_actor
from domain.actions.context import ActionContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.command import take_command_on
from domain.language.service import Command, Transition
from domain.people.sessions import digest_token
from domain.repositories import RequestRepositories
from domain.requests.consent_link import ConsentLink
from domain.requests.request import ServiceRequest
from domain.values.errors import NotFound
from domain.values.page_tokens import LINK_TOKEN_PATTERN
from domain.values.reasons import NotFoundReason

LINK_EVENT = "answer_by_link"
"""The event before an answer under a link: whoever had the text gave it, and no mobile was proved."""


class QuestionState(StrEnum):
    """State of a question."""

    OPEN = "open"
    """It can be answered."""
    AGREED = "agreed"
    """It was answered with yes."""
    REFUSED = "refused"
    """It was answered with no."""
    EXPIRED = "expired"
    """Its time is over."""
    ENDED = "ended"
    """The request went on, or was given up, without an answer."""


_STATE_BY_COMMAND = {Command.CONFIRM: QuestionState.AGREED, Command.DENY: QuestionState.REFUSED}


@dataclass(frozen=True, slots=True)
class ConsentQuestion:
    """A question that somebody was sent a link for."""

    link: ConsentLink
    """The link."""
    request: ServiceRequest
    """The request that asks."""
    state: QuestionState
    """Its outcome."""
    decided_at: datetime | None
    """Time of its answer or end, in UTC; None while it is open, and where only its time is over."""


async def find_consent_question(
    context: ActionContext[RequestRepositories], token: str, *, lock: bool = False
) -> ConsentQuestion:
    """Return the question that a link leads to; `NotFound("consent_link")`. `lock` keeps other writers off it."""
    link = await context.uow.consent_links.find(digest_token(token)) if LINK_TOKEN_PATTERN.fullmatch(token) else None
    if link is None:
        raise NotFound("consent_link", NotFoundReason.CONSENT_LINK)
    request = await context.uow.requests.get(link.request_id, lock=lock)
    steps = {step.name: step for step in context.dependencies.engine.get_service(request.service).transitions}
    for event in await context.uow.history.list_of_request(request.id):
        if event.seq > link.asked_seq and event.event in steps:
            return ConsentQuestion(link, request, _read_answer(steps[event.event]), event.at)
    is_late = link.expires_at is not None and link.expires_at <= context.dependencies.clock.now()
    return ConsentQuestion(link, request, QuestionState.EXPIRED if is_late else QuestionState.OPEN, None)


def _read_answer(step: Transition) -> QuestionState:
    """Return what a step made of the question before it."""
    if step.trigger is not None:
        return QuestionState.EXPIRED
    return _STATE_BY_COMMAND.get(step.command, QuestionState.ENDED) if step.command else QuestionState.ENDED


async def answer_consent_question(context: ActionContext, token: str, answer: Command) -> ConsentQuestion:
    """Answer a question by its link, `CONFIRM` or `DENY`, for the person who was asked, and send what follows: the
    text that this one gets goes to the asked mobile.

    A question that is not open any more is returned as it is, and nothing happens. Errors: `NotFound("consent_link")`
    and those of `take_command`.
    """
    question = await find_consent_question(context, token, lock=True)
    asked_mobile = question.request.awaits
    if question.state is not QuestionState.OPEN or asked_mobile is None:
        return question
    actor = citizen_actor(asked_mobile)
    await context.dependencies.engine.record_event(context.uow, question.request, LINK_EVENT, actor, {})
    actor_context = context.acting_as(actor)
    outcome = await take_command_on(actor_context, question.request, answer, {})
    await announce_outcome(actor_context, outcome, texts_actor=True)
    return await find_consent_question(context, token)
