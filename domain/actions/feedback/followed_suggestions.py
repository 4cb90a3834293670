"""Suggestions with the steps of their life and the number of their supporters, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.feedback.opinions import Comment, CommentFilter, CommentState
from domain.feedback.suggestions import SuggestionStep
from domain.repositories import FeedbackRepositories
from domain.values.errors import NotFound
from domain.values.reasons import NotFoundReason


@dataclass(frozen=True, slots=True)
class FollowedSuggestion:
    """A suggestion with what became of it."""

    suggestion: Comment
    """As it is stored."""
    steps: tuple[SuggestionStep, ...]
    """The steps of its life, oldest first."""
    supporter_count: int
    """Lines that support it."""
    is_supported: bool = False
    """Whether the line that looks supports it."""


async def follow_suggestions(
    uow: FeedbackRepositories, comment_filter: CommentFilter, mobile: str | None = None
) -> list[FollowedSuggestion]:
    """Return suggestions of a filter, newest first, as the line `mobile` (+989…) sees them."""
    return await _follow(uow, await uow.feedback.list_comments(comment_filter), mobile)


async def follow_suggestion(uow: FeedbackRepositories, suggestion: Comment) -> FollowedSuggestion:
    """Return one suggestion with what became of it."""
    [followed] = await _follow(uow, [suggestion], None)
    return followed


async def find_followed(uow: FeedbackRepositories, number: int, mobile: str) -> FollowedSuggestion:
    """Return a suggestion by its number, as the line `mobile` (+989…) may see it; `NotFound("suggestion")` for one that
    is neither published nor its own.
    """
    suggestion = await uow.feedback.find_suggestion(number)
    if suggestion is None or (suggestion.state is not CommentState.PUBLISHED and suggestion.mobile != mobile):
        raise NotFound("suggestion", NotFoundReason.SUGGESTION)
    [followed] = await _follow(uow, [suggestion], mobile)
    return followed


async def _follow(
    uow: FeedbackRepositories, suggestions: Sequence[Comment], mobile: str | None
) -> list[FollowedSuggestion]:
    if not suggestions:
        return []
    suggestion_ids = [suggestion.id for suggestion in suggestions]
    steps = await uow.feedback.list_steps(suggestion_ids)
    supporter_counts = await uow.feedback.count_supports(suggestion_ids)
    supported_ids = await uow.feedback.list_supported(mobile, suggestion_ids) if mobile else frozenset()
    return [
        FollowedSuggestion(
            suggestion,
            tuple(step for step in steps if step.comment_id == suggestion.id),
            supporter_counts.get(suggestion.id, 0),
            suggestion.id in supported_ids,
        )
        for suggestion in suggestions
    ]
