"""Steps shared by all channels for a message that comes in: it is acted on once, in one unit of work, and never lost.

A fault of ours rolls everything back; the message is then kept alone as failed and its sender is notified. A line that
sends too many texts is notified once; chats, where presses and photos count, have their own (chats.receive_update).
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.line_languages import find_address_language
from domain.actions.messages.notify import Address, queue_reply
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import InboundMessage, InboundState
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import Conflict, Internal, TooManyRequests, Unavailable
from domain.values.languages import in_language

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message on its way in."""

    dependencies: Dependencies
    """Dependencies of all actions."""
    uow: UnitOfWork
    """The unit that stores it, with all that it does."""
    message: InboundMessage
    """As it is stored."""
    address: Address | None
    """Address of its reply; None where nobody can be answered."""

    async def send_reply(self, reply: RenderedMessage) -> None:
        """Queue a reply; the last one is kept as the message's."""
        if self.address is not None:
            outbox_message = await queue_reply(ActionContext(self.dependencies, self.uow), self.address, reply)
            self.message.reply_id = outbox_message.id

    async def refuse_over_limit(self, message_count: int) -> bool:
        """Return whether the sender is past the limit with so many messages: they are notified once, then nothing is
        answered in this window.
        """
        inbound_limit = self.dependencies.policy.inbound_limit
        if message_count <= inbound_limit:
            return False
        self.message.state = InboundState.LIMITED
        if message_count == inbound_limit + 1:
            await self.send_reply(self.dependencies.wording.render_error_message(TooManyRequests()))
        return True


MessageHandler = Callable[[UnitOfWork], Awaitable[InboundMessage]]


async def handle_once(
    dependencies: Dependencies, store: Store, message: InboundMessage, address: Address | None, handler: MessageHandler
) -> InboundMessage:
    """Let `handler` act on the message in a unit of work; return what became of it.

    Where somebody else was quicker (`Conflict`) it acts once more, on what there is now. `Unavailable` passes through:
    nothing was done, and who brought the message brings it again. Whatever else goes wrong would go wrong again, and
    what comes behind it would wait for ever.
    """
    original_message = replace(message)
    try:
        try:
            async with _open_unit(dependencies, store, address) as uow:
                return await handler(uow)
        except Conflict:
            for message_field in fields(message):
                setattr(message, message_field.name, getattr(original_message, message_field.name))
            async with _open_unit(dependencies, store, address) as uow:
                return await handler(uow)
    except Unavailable:
        raise
    except Exception as error:  # the edge of the channel: whatever our fault is, the message must not be lost
        log.exception("inbound text %s failed", message.id)
        reason = type(error).__name__

        async with _open_unit(dependencies, store, address) as uow:
            return await _store_failed(Arrival(dependencies, uow, message, address), reason)


@asynccontextmanager
async def _open_unit(dependencies: Dependencies, store: Store, address: Address | None) -> AsyncIterator[UnitOfWork]:
    """Open a unit in which a message is handled; what is rendered in it is in the language of whom it answers."""
    async with store.open_unit() as uow:
        if address is None:
            yield uow
            return
        with in_language(
            await find_address_language(ActionContext(dependencies, uow), address.channel, address.recipient)
        ):
            yield uow


async def _store_failed(arrival: Arrival, reason: str) -> InboundMessage:
    message, inbox = arrival.message, arrival.uow.inbox
    message.fingerprint = message.provider_id or f"failed:{message.id}"
    message.state, message.reason, message.intent = InboundState.FAILED, reason, None
    message.reply_id = message.request_id = None
    if not await inbox.add(message):
        return await inbox.find_duplicate(message.channel, message.provider, message.fingerprint) or message
    if arrival.address is not None:
        await arrival.send_reply(arrival.dependencies.wording.render_error_message(Internal()))
        await inbox.save(message)
    return message
