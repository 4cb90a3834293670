"""The public comments on the staff's side: who reads them, and the manager's part: publishing, hiding, answering.

Who decides or answers says what was looked at (`Comment.version_token`): if a colleague was quicker, nothing is
overwritten and nobody is texted twice. What has the requested state already, sent once more by a second click, is done
and stays.
"""

from collections.abc import Mapping
from dataclasses import replace

from domain.actions.context import ActorContext
from domain.actions.messages.notify import notify_line
from domain.authorization.policy import may_use, require_right
from domain.authorization.request_policy import may_see_request
from domain.authorization.rights import Right
from domain.feedback.opinions import Comment, CommentState
from domain.language.service import Service
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.repositories import FeedbackRepositories
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor
from domain.values.errors import Conflict, InvalidField, NotFound
from domain.values.reasons import ConflictReason, InvalidReason
from domain.values.text import persian_digits, tidy_text
from domain.values.version_token import VersionToken, refuse_stale

LONGEST_ANSWER = 250
"""Characters of an answer: the citizen gets all of it in one text."""


def may_see_writer(services: Mapping[str, Service], actor: Actor, subject_request: ServiceRequest | None) -> bool:
    """Return whether this reader is shown the mobile of a comment's writer: who judges comments, as somebody must be
    able to call back, and who may see the request that it is about, which bears the same number.
    """
    return may_use(Right.COMMENTS_MODERATE, actor) or (
        subject_request is not None and may_see_request(services, actor, subject_request)
    )


async def moderate_comment(
    context: ActorContext[FeedbackRepositories],
    comment_id: int,
    state: CommentState,
    version: VersionToken | None = None,
) -> Comment:
    """Publish a comment or hide it (again). One that is so already stays as it is.

    `version` is that of what was looked at; None for any version. Errors: `Forbidden`,
    `NotFound("comment")`, `Conflict` when a colleague decided or answered since.
    """
    moderator = require_moderator(context.actor)
    comment = await context.uow.feedback.get_comment(comment_id, lock=True)
    if comment.state is state:
        return comment
    refuse_stale(version, comment.version_token, Conflict("comment", ConflictReason.COMMENT_CHANGED))
    moderated_comment = replace(
        comment, state=state, moderated_by=moderator.label, moderated_at=context.dependencies.clock.now()
    )
    await context.uow.feedback.save_comment(moderated_comment)
    return moderated_comment


async def assign_service(
    context: ActorContext[FeedbackRepositories], comment_id: int, service_key: str, version: VersionToken | None = None
) -> Comment:
    """Put a comment or suggestion on the page of a service: by text people seldom name one. One that stands there
    already stays as it is.

    `version` is that of what was looked at; None for any version. Errors: `Forbidden`, `UnknownService`,
    `NotFound("comment")`, also for one about a request, `Conflict` when a colleague decided or answered since.
    """
    require_moderator(context.actor)
    comment = await context.uow.feedback.get_comment(comment_id, lock=True)
    if comment.request_id is not None:
        raise NotFound("comment")
    if comment.service == service_key:
        return comment
    refuse_stale(version, comment.version_token, Conflict("comment", ConflictReason.COMMENT_CHANGED))
    assigned_comment = replace(comment, service=context.dependencies.engine.get_service(service_key).key)
    await context.uow.feedback.save_comment(assigned_comment)
    return assigned_comment


async def answer_comment(
    context: ActorContext, comment_id: int, text: str, version: VersionToken | None = None
) -> Comment:
    """Answer a comment, published or not; the citizen is notified at once. A later answer takes the place of the first;
    the same one of the same person changes nothing, and nobody is notified again.

    `version` is that of what was looked at; None for any version. Errors: `Forbidden`,
    `NotFound("comment")`, `InvalidField("answer")` for an empty or long one, `Conflict` when a colleague decided or
    answered since.
    """
    moderator, answer_text = require_moderator(context.actor), _check_answer(text)
    comment = await context.uow.feedback.get_comment(comment_id, lock=True)
    if (comment.answer, comment.answered_by) == (answer_text, moderator.label):
        return comment
    refuse_stale(version, comment.version_token, Conflict("comment", ConflictReason.COMMENT_CHANGED))
    answered_comment = replace(
        comment, answer=answer_text, answered_by=moderator.label, answered_at=context.dependencies.clock.now()
    )
    await context.uow.feedback.save_comment(answered_comment)

    async def render_message() -> RenderedMessage:
        facts = {"answer": answer_text}
        return context.dependencies.catalogue.render_message(
            "sms.comment_answered", facts, MessageClass.NOTICE, answered_comment.request_id
        )

    if answered_comment.mobile:
        await notify_line(context, answered_comment.mobile, render_message)
    return answered_comment


def _check_answer(text: str) -> str:
    answer_text = tidy_text(text)
    if not answer_text:
        raise InvalidField("answer", InvalidReason.EMPTY)
    if len(answer_text) > LONGEST_ANSWER:
        raise InvalidField("answer", InvalidReason.TOO_LONG, limit=persian_digits(LONGEST_ANSWER))
    return answer_text


def require_moderator(actor: Actor) -> Actor:
    """Return the actor as the moderator that it must be to see and judge comments; `Forbidden("comment")`."""
    return require_right(Right.COMMENTS_MODERATE, actor, "comment")
