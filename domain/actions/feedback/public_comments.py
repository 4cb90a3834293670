"""Comments that anybody writes on a service's page, nobody named; the manager judges each.

They are bounded for each address, and never for all together, which a stranger could fill. An address may be a whole
town's (one operator's), so beyond its usual count a comment needs some work. Who has proved a mobile is counted by
that, and gets the answer by SMS; no other number is asked for, since one that is not proved is not texted.
"""

from datetime import timedelta

from domain.actions.citizens.flooding import WORK_NEEDED
from domain.actions.context import ActionContext
from domain.actions.feedback.suggestions import number_suggestion
from domain.feedback.opinions import Comment
from domain.repositories import FeedbackRepositories
from domain.values.addresses import network_for_address
from domain.values.errors import InvalidField, MissingField, TooManyRequests
from domain.values.reasons import InvalidReason, TooManyRequestsReason
from domain.values.text import persian_digits, tidy_text

PUBLIC_CHANNEL = "portal"
"""The channel of what comes by the portal."""

LONGEST_COMMENT = 1_000
"""Characters of a comment."""

MOST_COMMENTS, COMMENT_WINDOW = 10, timedelta(hours=1)
"""Comments that an address may leave in this time without proof of work, and a proved mobile at all."""

MOST_WORKED_COMMENTS = 100
"""Comments that an address may leave with proof of work: so many the manager has to judge."""


async def add_public_comment(
    context: ActionContext[FeedbackRepositories],
    service_key: str,
    comment_text: str,
    address: str,
    *,
    mobile: str | None,
    has_worked: bool = False,
    is_suggestion: bool = False,
) -> Comment:
    """Store a comment or suggestion on a service, to be moderated; `mobile` (+989…) is the one that its writer proved,
    if any.

    Errors: `UnknownService`, `MissingField("comment")`, `InvalidField("comment")` for a long one, `TooManyRequests`
    when too many came from that address (`WORK_NEEDED` where work would do) or that mobile.
    """
    service, text = context.dependencies.engine.get_service(service_key), tidy_text(comment_text)
    if not text:
        raise MissingField("comment")
    if len(text) > LONGEST_COMMENT:
        raise InvalidField("comment", InvalidReason.TOO_LONG, limit=persian_digits(LONGEST_COMMENT))
    now, writer = context.dependencies.clock.now(), mobile or network_for_address(address)
    written_count = await context.uow.lines.count_hits(f"comment:{writer}", now, COMMENT_WINDOW)
    if mobile and written_count >= MOST_COMMENTS:
        raise TooManyRequests("comment", TooManyRequestsReason.OWN_COMMENTS)
    if written_count >= MOST_WORKED_COMMENTS:
        raise TooManyRequests("comment", TooManyRequestsReason.COMMENTS)
    if written_count >= MOST_COMMENTS and not has_worked:
        raise TooManyRequests(WORK_NEEDED, TooManyRequestsReason.COMMENTS)
    await context.uow.lines.add_hit(f"comment:{writer}", now, COMMENT_WINDOW)
    new_comment = Comment(context.dependencies.ids.new_id(), service.key, None, mobile, text, PUBLIC_CHANNEL, now)
    if is_suggestion:
        new_comment = await number_suggestion(context, new_comment)
    await context.uow.feedback.add_comment(new_comment)
    return new_comment
