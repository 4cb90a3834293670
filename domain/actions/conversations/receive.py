"""An incoming text, from the provider's webhook to the queued reply, in one unit of work.

It is acknowledged only after that unit is committed. The same delivery again is recognised and acted on no further. A
fault of ours rolls everything back; the text itself is then kept as failed and the citizen is notified, so that nothing
is lost.
"""

import hashlib
from datetime import timedelta

from domain.actions.context import ActionContext
from domain.actions.conversations.arriving import Arrival, handle_once
from domain.actions.conversations.converse import converse
from domain.actions.conversations.languages import adopt_written_language, announce_language, choose_answer_letters
from domain.actions.conversations.misread_texts import OFFERED_INTENT, REFUSED_INTENT, UNANSWERED_INTENTS
from domain.actions.conversations.turn_context import open_turn
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import SMS_CHANNEL, Address, sms_address
from domain.conversation.dialogue.frames import question_state
from domain.conversation.reading.courtesies import COURTESY_INTENTS
from domain.gateways.written_secrets import hide_written_secrets
from domain.messages.carriers import ReceivedSms
from domain.messages.ports import InboxRepository, LineState
from domain.messages.records import InboundMessage, InboundState
from domain.unit_of_work import Store
from domain.values import identifiers
from domain.values.errors import InvalidField
from domain.values.languages import in_language
from domain.values.text import tidy_text

LONGEST_TEXT = 2000
"""Characters kept of one text: twelve parts of the longest concatenated SMS are far below it."""


LOOP_WINDOW = timedelta(minutes=10)
"""Texts further apart are no answers of a machine; those from the future, of a clock that was ahead, neither."""

COURTESY_WINDOW = timedelta(hours=1)
"""Within it a courtesy of one kind is answered once."""

MOST_EARLIER_COURTESIES = 10


async def receive_sms(dependencies: Dependencies, store: Store, provider: str, sms: ReceivedSms) -> InboundMessage:
    """Act on one delivery of an incoming text and return what became of it (of the first delivery, when repeated)."""
    message = _build_inbound_message(dependencies, provider, sms)
    address = sms_address(message.mobile) if message.mobile else None
    return await handle_once(
        dependencies, store, message, address, lambda uow: _handle_message(Arrival(dependencies, uow, message, address))
    )


def read_provider_id(sms: ReceivedSms) -> str | None:
    """Return the provider's id as it is stored, which is the fingerprint of the text; None where it gives none."""
    return tidy_text(sms.provider_id or "") or None


def _build_inbound_message(dependencies: Dependencies, provider: str, sms: ReceivedSms) -> InboundMessage:
    text = hide_written_secrets(tidy_text(sms.text))[:LONGEST_TEXT]
    try:
        mobile = identifiers.parse_mobile(sms.sender)
    except InvalidField:
        mobile = None
    message_id, now = dependencies.ids.new_id(), dependencies.clock.now()
    sender_text = tidy_text(sms.sender)[:40]
    provider_id = read_provider_id(sms)
    return InboundMessage(
        id=message_id,
        channel=SMS_CHANNEL,
        provider=provider,
        provider_id=provider_id,
        fingerprint=provider_id or "",
        sender=mobile or sender_text,
        mobile=mobile,
        recipient=tidy_text(sms.recipient)[:40],
        text=text,
        received_at=min(sms.received_at or now, now),
    )


async def _handle_message(arrival: Arrival) -> InboundMessage:
    dependencies, uow, message = arrival.dependencies, arrival.uow, arrival.message
    await uow.serialise(f"sms:{message.sender}")
    earlier_delivery = await _find_earlier_delivery(ActionContext(dependencies, uow), message)
    if earlier_delivery is not None:
        return earlier_delivery
    line_state = await uow.inbox.add_counted(message, dependencies.policy.inbound_window)
    if line_state is None:
        return await uow.inbox.find_duplicate(SMS_CHANNEL, message.provider, message.fingerprint) or message
    if arrival.address is None:
        message.state = InboundState.NOT_A_MOBILE
    elif not await arrival.refuse_over_limit(line_state.message_count):
        await _answer_message(arrival, arrival.address, line_state)
    await uow.inbox.save(message)
    return message


async def _find_earlier_delivery(context: ActionContext, message: InboundMessage) -> InboundMessage | None:
    """Recognise a repeated delivery without a provider's id: by sender, text and the state of the dialogue."""
    if message.provider_id is not None:
        return None  # the inbox itself recognises it, when it is added
    stored_dialogue = await context.uow.dialogues.load(SMS_CHANNEL, message.sender)
    question = question_state(stored_dialogue[0]) if stored_dialogue else None
    position = hashlib.sha256(f"{message.text}\0{question}".encode()).hexdigest()
    message.fingerprint = f"{position}:{message.id}"
    duplicate_window = context.dependencies.policy.duplicate_window
    for earlier in await context.uow.inbox.list_last_from(SMS_CHANNEL, message.sender, 5):
        if (
            earlier.fingerprint.startswith(position)
            and abs(message.received_at - earlier.received_at) <= duplicate_window
        ):
            return earlier
    return None


async def _answer_message(arrival: Arrival, address: Address, line_state: LineState) -> None:
    dependencies, uow, message = arrival.dependencies, arrival.uow, arrival.message
    context = ActionContext(dependencies, uow)
    turn = open_turn(
        context,
        address,
        line_state.stored_dialogue,
        sent_at=message.received_at,
        last_sent_text=line_state.last_sent_text,
    )
    adopted = await adopt_written_language(context, turn.line, message.text)
    with in_language(adopted or await choose_answer_letters(turn, message.text)):
        reply = await converse(turn, message.text)
        reply = announce_language(dependencies, reply) if adopted and turn.intent != "language" else reply
    message.intent, message.request_id = turn.intent, reply.request_id
    if turn.intent in COURTESY_INTENTS and await _was_answered_lately(uow.inbox, message):
        message.reason = "courtesy"
        return
    if turn.intent in UNANSWERED_INTENTS and await _is_machine_loop(context, message, line_state.last_sent_text):
        message.reason = "loop"
        return
    message.state = InboundState.ANSWERED
    await arrival.send_reply(reply)


async def _was_answered_lately(inbox: InboxRepository, message: InboundMessage) -> bool:
    """Return whether a courtesy of this kind was answered a while ago: one is enough, and nobody answers thanks for
    thanks for ever.
    """
    earlier_messages = await inbox.list_last_from(message.channel, message.sender, MOST_EARLIER_COURTESIES)
    return any(
        earlier.id != message.id
        and earlier.intent == message.intent
        and abs(message.received_at - earlier.received_at) <= COURTESY_WINDOW
        for earlier in earlier_messages
    )


async def _is_machine_loop(context: ActionContext, message: InboundMessage, last_sent_text: str) -> bool:
    """Two machines answering each other: the last texts of this line were all unknown and came within minutes.

    A person who gets an offer looks for words and tries again; a machine sends the same text again, or ours back.
    """
    is_echo = message.text == tidy_text(last_sent_text)
    loop_guard = context.dependencies.policy.loop_guard
    last_messages = [
        earlier
        for earlier in await context.uow.inbox.list_last_from(SMS_CHANNEL, message.sender, loop_guard + 1)
        if earlier.id != message.id
    ][:loop_guard]

    def is_unanswered(inbound_message: InboundMessage) -> bool:
        return inbound_message.intent == "unknown" or (
            inbound_message.intent in {OFFERED_INTENT, REFUSED_INTENT}
            and (is_echo or inbound_message.text == message.text)
        )

    return (
        is_unanswered(message)
        and len(last_messages) == loop_guard
        and all(
            is_unanswered(earlier) and abs(message.received_at - earlier.received_at) <= LOOP_WINDOW
            for earlier in last_messages
        )
    )
