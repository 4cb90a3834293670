"""Texts that went wrong: sent again by somebody's decision."""

from domain.actions.context import ActorContext
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.messages.records import OutboxMessage
from domain.repositories import MessageRepositories
from domain.values.errors import MissingField, NotAllowedNow
from domain.values.reasons import NotAllowedReason
from domain.values.text import tidy_text

RETRIED_REASON = "retried"
"""The reason of a text that waits because somebody wanted it sent again."""


async def retry_message(context: ActorContext[MessageRepositories], message_id: int, reason: str) -> OutboxMessage:
    """Send a text again that failed or of which nobody knows what became; the citizen may get it twice.

    The audit keeps who wanted it and why. Errors: `Forbidden("message")`, `MissingField("reason")`,
    `NotFound("message")`, `NotAllowedNow("message")` in any other state.
    """
    label = require_right(Right.MESSAGES_RETRY, context.actor, "message").label
    reason_text = tidy_text(reason)
    if not reason_text:
        raise MissingField("reason")
    failed, now = await context.uow.outbox.get(message_id), context.dependencies.clock.now()
    if not await context.uow.outbox.requeue(message_id, now, RETRIED_REASON):
        raise NotAllowedNow("message", NotAllowedReason.NOT_FAILED)
    facts = {"message": message_id, "reason": reason_text, "state": failed.state.value, "failed_by": failed.reason}
    await context.uow.audit.add_entry(now, label, "message_retried", facts)
    return await context.uow.outbox.get(message_id)
