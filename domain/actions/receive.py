"""An incoming text, from the provider's webhook to the queued reply, in one unit of work.

It is acknowledged only after that unit is committed. The same delivery again is recognised and acted on no further. A
fault of ours rolls everything back; the text itself is then kept as failed and the citizen is told, so that nothing
is lost.
"""

import hashlib
import logging
from datetime import timedelta

from domain import people
from domain.actions.converse import converse
from domain.actions.desk import Desk
from domain.actions.notify import SMS, by_sms, reply
from domain.errors import DomainError, Internal, InvalidField, TooManyRequests
from domain.message_repositories import Stored
from domain.messages import Message
from domain.outgoing import InboundMessage, InboundState, MessageClass
from domain.ports import ReceivedSms, Store, UnitOfWork
from domain.text import shown

log = logging.getLogger(__name__)

LONGEST_TEXT = 2000
"""Characters kept of one text: twelve parts of the longest concatenated SMS are far below it."""


async def receive(desk: Desk, store: Store, provider: str, sms: ReceivedSms) -> InboundMessage:
    """Act on one delivery of an incoming text and return what became of it (of the first delivery, when repeated)."""
    message = _inbound(desk, provider, sms)
    try:
        async with store.unit() as uow:
            return await _handle(desk, uow, message)
    except DomainError:
        raise
    except Exception as error:  # the edge of the channel: whatever our fault is, the text must not be lost
        log.exception("inbound text %s failed", message.id)
        async with store.unit() as uow:
            return await _keep_failed(desk, uow, message, type(error).__name__)


def _inbound(desk: Desk, provider: str, sms: ReceivedSms) -> InboundMessage:
    text = shown(sms.text)[:LONGEST_TEXT]
    try:
        mobile = people.mobile(sms.sender)
    except InvalidField:
        mobile = None
    identity = desk.ids.new_id()
    sender = shown(sms.sender)[:40]
    provider_id = shown(sms.provider_id or "") or None
    return InboundMessage(
        identity,
        SMS,
        provider,
        provider_id,
        provider_id or "",
        mobile or sender,
        mobile,
        shown(sms.recipient)[:40],
        text,
        desk.clock.now(),
    )


async def _handle(desk: Desk, uow: UnitOfWork, message: InboundMessage) -> InboundMessage:
    await uow.serialise(f"sms:{message.sender}")
    earlier = await _earlier(desk, uow, message)
    if earlier is not None:
        return earlier
    arrived = await uow.inbox.arrive(message, desk.policy.inbound_window)
    if arrived is None:
        return await uow.inbox.known(SMS, message.provider, message.fingerprint) or message
    count, dialogue = arrived
    if message.mobile is None:
        message.state = InboundState.NOT_A_MOBILE
    elif not await _limited(desk, uow, message, count):
        await _answer(desk, uow, message, message.mobile, dialogue)
    await uow.inbox.save(message)
    return message


async def _earlier(desk: Desk, uow: UnitOfWork, message: InboundMessage) -> InboundMessage | None:
    """Recognise a repeated delivery without a provider's id: by sender, text and where the dialogue stands."""
    if message.provider_id is not None:
        return None  # the inbox itself tells, when it is added
    stored = await uow.dialogues.load(SMS, message.sender)
    position = hashlib.sha256(f"{message.text}\0{stored[0] if stored else None}".encode()).hexdigest()
    message.fingerprint = f"{position}:{message.id}"
    since = desk.clock.now() - desk.policy.duplicate_window
    for one in await uow.inbox.last_from(SMS, message.sender, 5):
        if one.fingerprint.startswith(position) and one.received_at >= since:
            return one
    return None


async def _limited(desk: Desk, uow: UnitOfWork, message: InboundMessage, count: int) -> bool:
    """Of a line's texts past the limit the citizen is told once, then nothing is answered in this window."""
    policy = desk.policy
    if count <= policy.inbound_limit:
        return False
    message.state = InboundState.LIMITED
    if count == policy.inbound_limit + 1 and message.mobile:
        words = desk.wording.error(TooManyRequests())
        await _reply(desk, uow, message, message.mobile, ("errors.too_many_requests", words))
    return True


async def _answer(desk: Desk, uow: UnitOfWork, message: InboundMessage, mobile: str, dialogue: Stored | None) -> None:
    answer = await converse(desk, uow, mobile, message.text, SMS, dialogue)
    message.intent, message.request_id = answer.intent, answer.said.request_id
    if answer.intent == "unknown" and await _looping(desk, uow, message):
        message.reason = "loop"
        return
    message.state = InboundState.ANSWERED
    await _reply(desk, uow, message, mobile, (answer.said.key, answer.said.text), answer.said.request_id)


async def _looping(desk: Desk, uow: UnitOfWork, message: InboundMessage) -> bool:
    """Two machines answering each other: the last texts of this line were all unknown and came within minutes."""
    guard = desk.policy.loop_guard
    last = [one for one in await uow.inbox.last_from(SMS, message.sender, guard + 1) if one.id != message.id][:guard]
    since = message.received_at - timedelta(minutes=10)
    return len(last) == guard and all(one.intent == "unknown" and one.received_at >= since for one in last)


async def _reply(
    desk: Desk,
    uow: UnitOfWork,
    message: InboundMessage,
    mobile: str,
    said: tuple[str, str],
    request_id: int | None = None,
) -> None:
    key, text = said
    row = await reply(desk, uow, by_sms(mobile), Message(key, MessageClass.REPLY, text), request_id)
    message.reply_id = row.id


async def _keep_failed(desk: Desk, uow: UnitOfWork, message: InboundMessage, reason: str) -> InboundMessage:
    message.fingerprint = message.provider_id or f"failed:{message.id}"
    message.state, message.reason, message.intent = InboundState.FAILED, reason, None
    if not await uow.inbox.add(message):
        return await uow.inbox.known(SMS, message.provider, message.fingerprint) or message
    if message.mobile:
        words = desk.wording.error(Internal())
        await _reply(desk, uow, message, message.mobile, ("errors.internal", words))
        await uow.inbox.save(message)
    return message
