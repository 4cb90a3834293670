"""The manager's part in the public comments: publishing, hiding and answering them."""

from dataclasses import replace

from domain.accounts import Comment, CommentState
from domain.actions.desk import Desk
from domain.actions.notify import queue
from domain.errors import Forbidden, InvalidField
from domain.outgoing import MessageClass
from domain.people import Actor, Role
from domain.ports import UnitOfWork
from domain.text import persian_digits, shown

LONGEST_ANSWER = 250
"""Characters of an answer: the citizen gets all of it in one text."""

MODERATORS = frozenset({Role.MANAGER})


async def moderate(desk: Desk, uow: UnitOfWork, comment_id: int, state: CommentState, actor: Actor) -> Comment:
    """Publish a comment or hide it (again); `Forbidden`, `NotFound("comment")`."""
    actor = moderator(actor)
    found = await uow.feedback.comment(comment_id, lock=True)
    kept = replace(found, state=state, moderated_by=actor.label, moderated_at=desk.clock.now())
    await uow.feedback.save_comment(kept)
    return kept


async def answer(desk: Desk, uow: UnitOfWork, comment_id: int, text: str, actor: Actor) -> Comment:
    """Answer a comment, published or not; the citizen is told at once. A later answer takes the place of the first.

    `Forbidden`, `NotFound("comment")`, `InvalidField("answer")` for an empty or long one.
    """
    actor = moderator(actor)
    words = shown(text)
    if not words:
        raise InvalidField("answer", detail="empty")
    if len(words) > LONGEST_ANSWER:
        raise InvalidField("answer", detail="too_long", limit=persian_digits(LONGEST_ANSWER))
    found = await uow.feedback.comment(comment_id, lock=True)
    kept = replace(found, answer=words, answered_by=actor.label, answered_at=desk.clock.now())
    await uow.feedback.save_comment(kept)
    if kept.mobile:
        message = desk.catalogue.message("sms.comment_answered", {"answer": words}, MessageClass.NOTICE)
        await queue(desk, uow, kept.mobile, message, kept.request_id)
    return kept


def moderator(actor: Actor) -> Actor:
    """Return the actor as the moderator that it must be to see and judge comments; `Forbidden("comment")`."""
    if not MODERATORS & actor.role_names:
        raise Forbidden("comment")
    return actor.acting_by(MODERATORS)
