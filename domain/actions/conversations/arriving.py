"""What every channel does with a message that comes in: it is acted on once, in one unit of work, and never lost.

A fault of ours rolls everything back; the message is then kept alone as failed and its sender is told. A line that
sends too many texts is told so once; chats, where presses and photos count, have a limit of their own (receive_chat).
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, replace

from domain.actions.desk import Desk
from domain.actions.messages.notify import Address, reply
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ReplyMarkup
from domain.messages.records import InboundMessage, InboundState, MessageClass
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import Conflict, Internal, TooManyRequests, Unavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message on its way in. `address` is where its reply goes; None where nobody can be answered."""

    desk: Desk
    uow: UnitOfWork
    message: InboundMessage
    address: Address | None

    async def answer(
        self, key: str, text: str, request_id: int | None = None, shown: ReplyMarkup | None = None
    ) -> None:
        """Queue a reply; the last one is kept as the message's."""
        if self.address is not None:
            said = RenderedMessage(key, MessageClass.REPLY, text)
            row = await reply(self.desk, self.uow, self.address, said, request_id, shown)
            self.message.reply_id = row.id

    async def limited(self, count: int) -> bool:
        """Tell whether the sender is past the limit with so many messages: that is told once, then nothing is answered
        in this window.
        """
        most = self.desk.policy.inbound_limit
        if count <= most:
            return False
        self.message.state = InboundState.LIMITED
        if count == most + 1:
            await self.answer("errors.too_many_requests", self.desk.wording.error(TooManyRequests()))
        return True


Handle = Callable[[UnitOfWork], Awaitable[InboundMessage]]


async def acted_once(
    desk: Desk, store: Store, message: InboundMessage, address: Address | None, handle: Handle
) -> InboundMessage:
    """Let `handle` act on the message in a unit of work; return what became of it.

    Where somebody else was quicker (`Conflict`) it acts once more, on what there is now. `Unavailable` passes through:
    nothing was done, and who brought the message brings it again. Whatever else goes wrong would go wrong again, and
    what comes behind it would wait for ever.
    """
    as_it_came = replace(message)
    try:
        try:
            return await _acted(store, handle)
        except Conflict:
            for one in fields(message):
                setattr(message, one.name, getattr(as_it_came, one.name))
            return await _acted(store, handle)
    except Unavailable:
        raise
    except Exception as error:  # the edge of the channel: whatever our fault is, the message must not be lost
        log.exception("inbound text %s failed", message.id)
        async with store.unit() as uow:
            return await _keep_failed(Arrival(desk, uow, message, address), type(error).__name__)


async def _acted(store: Store, handle: Handle) -> InboundMessage:
    async with store.unit() as uow:
        return await handle(uow)


async def _keep_failed(arrival: Arrival, reason: str) -> InboundMessage:
    message, inbox = arrival.message, arrival.uow.inbox
    message.fingerprint = message.provider_id or f"failed:{message.id}"
    message.state, message.reason, message.intent = InboundState.FAILED, reason, None
    message.reply_id = message.request_id = None
    if not await inbox.add(message):
        return await inbox.known(message.channel, message.provider, message.fingerprint) or message
    if arrival.address is not None:
        await arrival.answer("errors.internal", arrival.desk.wording.error(Internal()))
        await inbox.save(message)
    return message
