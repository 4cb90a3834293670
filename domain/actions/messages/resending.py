"""Texts that went wrong: sent again by somebody's decision."""

from domain.actions.desk import Desk
from domain.messages.records import OutboxMessage
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.errors import Forbidden, MissingField, NotAllowedNow
from domain.values.text import shown

RETRIERS = frozenset({Role.MANAGER, Role.ADMIN})
"""Roles that let a text be sent again."""

RETRIED = "retried"
"""The reason of a text that waits because somebody wanted it sent again."""


async def retry(desk: Desk, uow: UnitOfWork, message_id: int, reason: str, actor: Actor) -> OutboxMessage:
    """Send a text again that failed or of which nobody knows what became; the citizen may get it twice.

    The audit keeps who wanted it and why. Errors: `Forbidden("message")`, `MissingField("reason")`,
    `NotFound("message")`, `NotAllowedNow("message")` in any other state.
    """
    if not RETRIERS & actor.role_names:
        raise Forbidden("message")
    why = shown(reason)
    if not why:
        raise MissingField("reason")
    before, now = await uow.outbox.get(message_id), desk.clock.now()
    if not await uow.outbox.requeue(message_id, now, RETRIED):
        raise NotAllowedNow("message", detail="not_failed")
    facts = {"message": message_id, "reason": why, "state": before.state.value, "failed_by": before.reason}
    await uow.audit.record(now, actor.acting_by(RETRIERS).label, "message_retried", facts)
    return await uow.outbox.get(message_id)
