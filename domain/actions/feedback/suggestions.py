"""Suggestions: their numbers, the support of others, and the steps of their life, of which the writer hears."""

from dataclasses import dataclass, replace

from domain.actions.context import ActionContext, ActorContext
from domain.actions.feedback.moderation import LONGEST_ANSWER, require_moderator
from domain.actions.messages.notify import notify_line
from domain.feedback.opinions import Comment, CommentState
from domain.feedback.suggestions import NEXT_PROGRESS, SuggestionProgress, SuggestionStep, SuggestionSupport
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.repositories import FeedbackRepositories
from domain.values.errors import AlreadyDone, Conflict, InvalidField, MissingField, NotAllowedNow, NotFound
from domain.values.reasons import (
    AlreadyDoneReason,
    ConflictReason,
    InvalidReason,
    MissingReason,
    NotAllowedReason,
    NotFoundReason,
)
from domain.values.text import persian_digits, tidy_text
from domain.values.version_token import VersionToken, refuse_stale


@dataclass(frozen=True, slots=True)
class SupportedSuggestion:
    """A suggestion that a line has supported just now."""

    suggestion: Comment
    supporter_count: int
    """With that line."""


async def number_suggestion(context: ActionContext[FeedbackRepositories], comment: Comment) -> Comment:
    """Return a new comment as a suggestion: with the next number, at the beginning of its life."""
    number = await context.uow.feedback.next_suggestion_number()
    return replace(comment, number=number, progress=SuggestionProgress.RECEIVED, progressed_at=comment.at)


async def support_suggestion(context: ActorContext[FeedbackRepositories], number: int) -> SupportedSuggestion:
    """Store the support of the citizen's line for a published suggestion, once.

    Errors: `NotFound("suggestion")` for one that is not published, `NotAllowedNow` for one's own and one that is
    declined or done, `AlreadyDone` for the same line once more.
    """
    suggestion = await context.uow.feedback.find_suggestion(number)
    if suggestion is None or suggestion.state is not CommentState.PUBLISHED or suggestion.progress is None:
        raise NotFound("suggestion", NotFoundReason.SUGGESTION)
    if not suggestion.progress.takes_support:
        raise NotAllowedNow("suggestion", NotAllowedReason.SUGGESTION_CLOSED)
    if suggestion.mobile == context.actor.identifier:
        raise NotAllowedNow("suggestion", NotAllowedReason.OWN_SUGGESTION)
    support = SuggestionSupport(
        context.dependencies.ids.new_id(),
        suggestion.id,
        context.actor.identifier,
        context.actor.channel,
        context.dependencies.clock.now(),
    )
    if not await context.uow.feedback.add_support(support):
        raise AlreadyDone("suggestion", AlreadyDoneReason.SUPPORTED)
    supporter_counts = await context.uow.feedback.count_supports([suggestion.id])
    return SupportedSuggestion(suggestion, supporter_counts[suggestion.id])


async def take_suggestion_step(
    context: ActorContext,
    comment_id: int,
    progress: SuggestionProgress,
    note_text: str,
    version: VersionToken | None = None,
) -> Comment:
    """Take a step in the life of a suggestion; its writer is notified. One that has come there already stays as it is,
    and nobody is notified again.

    `version` is that of what was looked at; None for any version. Errors: `Forbidden`, `NotFound`,
    `MissingField("note")` where the step says something, `InvalidField("note")` for a long one, `NotAllowedNow` for a
    step that does not follow, `Conflict` when a colleague decided or answered since.
    """
    moderator, note = require_moderator(context.actor), _check_note(progress, note_text)
    suggestion = await context.uow.feedback.get_comment(comment_id, lock=True)
    if suggestion.progress is None:
        raise NotFound("suggestion", NotFoundReason.SUGGESTION)
    if suggestion.progress is progress:
        return suggestion
    refuse_stale(version, suggestion.version_token, Conflict("comment", ConflictReason.COMMENT_CHANGED))
    if progress not in NEXT_PROGRESS[suggestion.progress]:
        raise NotAllowedNow("suggestion", NotAllowedReason.SUGGESTION_STEP)
    now = context.dependencies.clock.now()
    stepped_suggestion = replace(suggestion, progress=progress, progressed_at=now)
    step_id = context.dependencies.ids.new_id()
    await context.uow.feedback.add_step(SuggestionStep(step_id, suggestion.id, progress, note, moderator.label, now))
    await context.uow.feedback.save_comment(stepped_suggestion)
    await _notify_writer(context, stepped_suggestion, note)
    return stepped_suggestion


async def _notify_writer(context: ActionContext, suggestion: Comment, note: str | None) -> None:
    async def render_message() -> RenderedMessage:
        facts = {"number": persian_digits(suggestion.number or 0), "note": note or ""}
        return context.dependencies.catalogue.render_message(
            f"sms.suggestion.{suggestion.progress}", facts, MessageClass.NOTICE, suggestion.request_id
        )

    if suggestion.mobile:
        await notify_line(context, suggestion.mobile, render_message)


def _check_note(progress: SuggestionProgress, note_text: str) -> str | None:
    note = tidy_text(note_text)
    if progress.needs_note and not note:
        raise MissingField("note", MissingReason.SUGGESTION_NOTE)
    if len(note) > LONGEST_ANSWER:
        raise InvalidField("note", InvalidReason.TOO_LONG, limit=persian_digits(LONGEST_ANSWER))
    return note or None
