"""An incoming text, from the provider's webhook to the queued reply, in one unit of work.

It is acknowledged only after that unit is committed. The same delivery again is recognised and acted on no further. A
fault of ours rolls everything back; the text itself is then kept as failed and the citizen is told, so that nothing
is lost.
"""

import hashlib
from datetime import timedelta

from domain.actions.conversations.arriving import Arrival, acted_once
from domain.actions.conversations.converse import OFFERED, REFUSED, converse
from domain.actions.desk import Desk
from domain.actions.messages.notify import SMS, by_sms
from domain.messages.ports import ReceivedSms, Stored
from domain.messages.records import InboundMessage, InboundState
from domain.unit_of_work import Store, UnitOfWork
from domain.values import identifiers
from domain.values.errors import InvalidField
from domain.values.text import shown

LONGEST_TEXT = 2000
"""Characters kept of one text: twelve parts of the longest concatenated SMS are far below it."""


LOOP_WINDOW = timedelta(minutes=10)
"""Texts further apart are no answers of a machine; those from the future, of a clock that was ahead, neither."""


async def receive(desk: Desk, store: Store, provider: str, sms: ReceivedSms) -> InboundMessage:
    """Act on one delivery of an incoming text and return what became of it (of the first delivery, when repeated)."""
    message = _inbound(desk, provider, sms)
    address = by_sms(message.mobile) if message.mobile else None
    return await acted_once(desk, store, message, address, lambda uow: _handle(Arrival(desk, uow, message, address)))


def _inbound(desk: Desk, provider: str, sms: ReceivedSms) -> InboundMessage:
    text = shown(sms.text)[:LONGEST_TEXT]
    try:
        mobile = identifiers.mobile(sms.sender)
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


async def _handle(arrival: Arrival) -> InboundMessage:
    desk, uow, message = arrival.desk, arrival.uow, arrival.message
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
    elif not await arrival.limited(count):
        await _answer(arrival, message.mobile, dialogue)
    await uow.inbox.save(message)
    return message


async def _earlier(desk: Desk, uow: UnitOfWork, message: InboundMessage) -> InboundMessage | None:
    """Recognise a repeated delivery without a provider's id: by sender, text and where the dialogue stands."""
    if message.provider_id is not None:
        return None  # the inbox itself tells, when it is added
    stored = await uow.dialogues.load(SMS, message.sender)
    position = hashlib.sha256(f"{message.text}\0{stored[0] if stored else None}".encode()).hexdigest()
    message.fingerprint = f"{position}:{message.id}"
    now, window = desk.clock.now(), desk.policy.duplicate_window
    for one in await uow.inbox.last_from(SMS, message.sender, 5):
        if one.fingerprint.startswith(position) and abs(now - one.received_at) <= window:
            return one
    return None


async def _answer(arrival: Arrival, mobile: str, dialogue: Stored | None) -> None:
    desk, uow, message = arrival.desk, arrival.uow, arrival.message
    answer = await converse(desk, uow, by_sms(mobile), message.text, dialogue)
    message.intent, message.request_id = answer.intent, answer.said.request_id
    if answer.intent in {"unknown", OFFERED, REFUSED} and await _looping(desk, uow, message):
        message.reason = "loop"
        return
    message.state = InboundState.ANSWERED
    await arrival.answer(answer.said.key, answer.said.text, answer.said.request_id)


async def _looping(desk: Desk, uow: UnitOfWork, message: InboundMessage) -> bool:
    """Two machines answering each other: the last texts of this line were all unknown and came within minutes.

    A person who gets an offer looks for words and tries again; a machine sends the same text again.
    """
    guard = desk.policy.loop_guard
    last = [one for one in await uow.inbox.last_from(SMS, message.sender, guard + 1) if one.id != message.id][:guard]

    def says_nothing(one: InboundMessage) -> bool:
        return one.intent == "unknown" or (one.intent in {OFFERED, REFUSED} and one.text == message.text)

    return (
        says_nothing(message)
        and len(last) == guard
        and all(says_nothing(one) and abs(message.received_at - one.received_at) <= LOOP_WINDOW for one in last)
    )
