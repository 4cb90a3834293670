"""A citizen's comment about an own request on the portal: a rating with words, comments; each stored once."""

import hashlib
from datetime import timedelta

from domain.actions.context import ActorContext
from domain.actions.feedback.feedback import rate_request, store_comment
from domain.actions.feedback.public_comments import COMMENT_WINDOW, LONGEST_COMMENT, MOST_COMMENTS
from domain.feedback.opinions import Comment
from domain.repositories import FeedbackRepositories
from domain.requests.request import ServiceRequest
from domain.values.errors import AlreadyDone, InvalidField, MissingField, TooManyRequests
from domain.values.reasons import AlreadyDoneReason, InvalidReason, MissingReason, TooManyRequestsReason
from domain.values.text import persian_digits, tidy_text
from domain.values.tracking_codes import TrackingCode

SCORES = range(1, 6)
"""Allowed ratings."""

REPEATED_WITHIN = timedelta(days=1)
"""Time within which the same comment about a request counts as sent again."""


async def rate_own_request(
    context: ActorContext, code: TrackingCode, score_text: str, rating_text: str
) -> ServiceRequest:
    """Rate an own request from a form. Errors: `MissingField("score")`, `InvalidField("rating_text")` for long words,
    and those of `rate_request`.
    """
    if score_text not in {str(score) for score in SCORES}:
        raise MissingField("score", MissingReason.SCORE)
    return await rate_request(context, code, int(score_text), _clean_text(rating_text, "rating_text"))


async def add_own_comment(
    context: ActorContext[FeedbackRepositories], code: TrackingCode, comment_text: str
) -> Comment:
    """Store a comment about an own request. Errors: `MissingField("comment")`, `InvalidField("comment")` for a long
    one, `AlreadyDone("comment")` for the same once more, `TooManyRequests`, and those of `store_comment`.
    """
    cleaned_text = _clean_text(comment_text, "comment")
    if cleaned_text is None:
        raise MissingField("comment")
    now, digest = context.dependencies.clock.now(), hashlib.sha256(" ".join(cleaned_text.split()).encode()).hexdigest()
    if await context.uow.lines.count_hits(f"comment:{context.actor.identifier}", now, COMMENT_WINDOW) >= MOST_COMMENTS:
        raise TooManyRequests("comment", TooManyRequestsReason.OWN_COMMENTS)
    if await context.uow.lines.add_hit(f"comment:{code}:{digest}", now, REPEATED_WITHIN) > 1:
        raise AlreadyDone("comment", AlreadyDoneReason.REPEATED_COMMENT)
    await context.uow.lines.add_hit(f"comment:{context.actor.identifier}", now, COMMENT_WINDOW)
    return await store_comment(context, cleaned_text, code=code)


def _clean_text(submitted_text: str, field_name: str) -> str | None:
    cleaned_text = tidy_text(submitted_text)
    if len(cleaned_text) > LONGEST_COMMENT:
        raise InvalidField(field_name, InvalidReason.TOO_LONG, limit=persian_digits(LONGEST_COMMENT))
    return cleaned_text or None
