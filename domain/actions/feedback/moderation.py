"""The public comments inside the house: who reads them, and the manager's part: publishing, hiding, answering.

Who decides or answers says what was looked at (`Comment.version_token`): if a colleague was quicker, nothing is
overwritten and nobody is texted twice. What stands already as it is wanted, sent once more by a second click, is done
and stays.
"""

from collections.abc import Mapping
from dataclasses import replace

from domain.actions.desk import Desk
from domain.actions.messages.notify import queue
from domain.actions.queues.visibility import SEE_ALL, sees, services_seen
from domain.feedback.opinions import Comment, CommentState
from domain.language.service import Service
from domain.messages.records import MessageClass
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.errors import Conflict, Forbidden, InvalidField
from domain.values.text import persian_digits, shown
from domain.values.version_token import VersionToken, refuse_stale

LONGEST_ANSWER = 250
"""Characters of an answer: the citizen gets all of it in one text."""

MODERATORS = frozenset({Role.MANAGER})


def topics_read(services: Mapping[str, Service], roles: frozenset[Role]) -> frozenset[str] | None:
    """Return the services and topics on which these roles read comments; None means on everything.

    A unit reads what is said of its own work: the design gives each service its comments (services.md, "Public comments
    and suggestions") and shows a unit no other's requests, and a complaint about a driver is as much of somebody as a
    request is. What is said of the desk at large belongs to no unit: the manager answers for it, and the auditor reads
    everything ("People").
    """
    if roles & (MODERATORS | SEE_ALL):
        return None
    return frozenset[str]().union(*(services[key].names for key in services_seen(services, roles)))


def writer_shown(services: Mapping[str, Service], actor: Actor, about: ServiceRequest | None) -> bool:
    """Tell whether this reader is shown the mobile of a comment's writer: who judges comments, as somebody must be able
    to call back, and who may see the request that it is about, which bears the same number.
    """
    return bool(MODERATORS & actor.role_names) or (about is not None and sees(services, actor, about))


async def moderate(
    desk: Desk, uow: UnitOfWork, comment_id: int, state: CommentState, actor: Actor, version: VersionToken | None = None
) -> Comment:
    """Publish a comment or hide it (again). One that stands so already stays as it is.

    `version` is that of what was looked at; None for whatever stands there. Errors: `Forbidden`,
    `NotFound("comment")`, `Conflict` when a colleague decided or answered since.
    """
    actor = moderator(actor)
    found = await uow.feedback.comment(comment_id, lock=True)
    if found.state is state:
        return found
    refuse_stale(version, found.version_token, Conflict("comment", detail="comment_changed"))
    kept = replace(found, state=state, moderated_by=actor.label, moderated_at=desk.clock.now())
    await uow.feedback.save_comment(kept)
    return kept


async def answer(
    desk: Desk, uow: UnitOfWork, comment_id: int, text: str, actor: Actor, version: VersionToken | None = None
) -> Comment:
    """Answer a comment, published or not; the citizen is told at once. A later answer takes the place of the first; the
    same one of the same person changes nothing, and nobody is told again.

    `version` is that of what was looked at; None for whatever stands there. Errors: `Forbidden`,
    `NotFound("comment")`, `InvalidField("answer")` for an empty or long one, `Conflict` when a colleague decided or
    answered since.
    """
    actor, words = moderator(actor), _readable(text)
    found = await uow.feedback.comment(comment_id, lock=True)
    if (found.answer, found.answered_by) == (words, actor.label):
        return found
    refuse_stale(version, found.version_token, Conflict("comment", detail="comment_changed"))
    kept = replace(found, answer=words, answered_by=actor.label, answered_at=desk.clock.now())
    await uow.feedback.save_comment(kept)
    if kept.mobile:
        message = desk.catalogue.message("sms.comment_answered", {"answer": words}, MessageClass.NOTICE)
        await queue(desk, uow, kept.mobile, message, kept.request_id)
    return kept


def _readable(text: str) -> str:
    words = shown(text)
    if not words:
        raise InvalidField("answer", detail="empty")
    if len(words) > LONGEST_ANSWER:
        raise InvalidField("answer", detail="too_long", limit=persian_digits(LONGEST_ANSWER))
    return words


def moderator(actor: Actor) -> Actor:
    """Return the actor as the moderator that it must be to see and judge comments; `Forbidden("comment")`."""
    if not MODERATORS & actor.role_names:
        raise Forbidden("comment")
    return actor.acting_by(MODERATORS)
