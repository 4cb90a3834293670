"""An update of a messenger's bot, from the channel to the queued reply, in one unit of work.

It is acknowledged only after that unit is committed. The same update again is recognised and acted on no further; the
updates of one chat wait for each other, whichever process got them. A fault of ours is treated as for SMS.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from domain.actions.context import ActionContext
from domain.actions.conversations.arriving import Arrival, handle_once
from domain.actions.conversations.chats.turn import ChatTurn, handle_chat_event
from domain.actions.conversations.chats.unproved import handle_unproved_event, prove_by_contact
from domain.actions.conversations.languages import adopt_written_language, announce_language, choose_answer_letters
from domain.actions.conversations.receive import LONGEST_TEXT
from domain.actions.conversations.turn_context import open_turn
from domain.actions.dependencies import Dependencies
from domain.actions.documents.preparing import prepare_file
from domain.actions.line_languages import name_chat_line
from domain.actions.messages.notify import Address, address_in_chat
from domain.chats.chat import (
    BotBlocked,
    BotUnblocked,
    ButtonPressed,
    Chat,
    ChatBegun,
    ChatEvent,
    ChatState,
    ReceivedUpdate,
    SentFile,
    SharedContact,
    TextWritten,
)
from domain.conversation.buttons.answers import read_button_answer
from domain.conversation.reading.bot_commands import LISTED_COMMANDS
from domain.gateways.written_secrets import hide_written_secrets
from domain.messages.ports import InboxRepository, LineState, OutboxRepository
from domain.messages.records import InboundMessage, InboundState
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.calendar import hour_text, to_tehran
from domain.values.errors import DomainError, TooManyRequests
from domain.values.languages import in_language, language_in_force
from domain.values.rate_windows import current_window_end
from domain.values.reasons import TooManyRequestsReason
from domain.values.text import tidy_text

DOUBLE_TAP_WINDOW = timedelta(seconds=10)
"""The same button of the same message, pressed again within this time and with nothing between, is one press."""

ONE_NOTICE_WINDOW = timedelta(seconds=10)
"""Time within which updates that come too fast, an album for one, are answered once."""

_UNHANDLED_STATES = frozenset({InboundState.FAILED, InboundState.LIMITED})
"""States of a press that is pressed again for a good reason: nothing came of it."""

LONGEST_NAME = 80

_NOTHING = ChatTurn("")
"""Of an update that was acted on before, or is not answered."""


@dataclass(frozen=True, slots=True)
class HandledUpdate:
    """Result of an update."""

    message: InboundMessage
    """As it is stored."""
    toast: str | None = None
    """The notice that answers a pressed button; None: none."""
    invoice_token: str = ""
    """The payment link for whose bills an invoice is to be sent into the chat, once; empty: none is."""
    answered_message: str = ""
    """The messenger's number of our message whose buttons are to go away; empty: none's are."""


async def receive_update(dependencies: Dependencies, store: Store, update: ReceivedUpdate) -> HandledUpdate:
    """Act on one delivery of an update and return what became of it (of the first delivery, when repeated)."""
    update = replace(update, chat_event=await _prepare_event(dependencies, store, update))
    message = _build_inbound_message(dependencies, update)
    chat_turns: list[ChatTurn] = []

    async def handle_update(uow: UnitOfWork) -> InboundMessage:
        chat_turns.clear()  # what was replied before the unit was undone is void
        chat_turns.append(await _handle_update(ActionContext(dependencies, uow), message, update))
        return message

    address = Address(update.channel, update.chat_id)
    stored_message = await handle_once(dependencies, store, message, address, handle_update)
    if stored_message.state is InboundState.FAILED or not chat_turns:
        return HandledUpdate(stored_message)
    chat_turn = chat_turns[-1]
    return HandledUpdate(stored_message, chat_turn.toast, chat_turn.invoice_token, chat_turn.answered_message)


async def _prepare_event(dependencies: Dependencies, store: Store, update: ReceivedUpdate) -> ChatEvent:
    """Return what came, with card numbers masked and its files, if it has any, prepared: before the unit of work that
    stores them.
    """
    sender = Actor(frozenset({Role.CITIZEN}), "citizen", update.chat_id, update.channel)
    match update.chat_event:
        case SentFile() as sent_file:
            shown_file = replace(sent_file, caption=hide_written_secrets(tidy_text(sent_file.caption)))
            return await _prepare_sent_file(dependencies, store, shown_file, sender)
        case TextWritten(text=text) as written:
            return replace(written, text=hide_written_secrets(tidy_text(text)))
        case ButtonPressed(files=files) as press:
            prepared_files = [await _prepare_sent_file(dependencies, store, file, sender) for file in files]
            return replace(press, files=tuple(prepared_files))
    return update.chat_event


async def _prepare_sent_file(dependencies: Dependencies, store: Store, sent_file: SentFile, sender: Actor) -> SentFile:
    if sent_file.content is None:
        return sent_file
    try:
        prepared_file = await prepare_file(dependencies, store, sent_file.file_name, sent_file.content, sender)
    except DomainError as refusal:
        return replace(sent_file, refusal=refusal)
    return replace(sent_file, prepared_file=prepared_file)


async def needs_file(dependencies: Dependencies, store: Store, update: ReceivedUpdate) -> bool:
    """Return whether a file is to be fetched: its chat has proved a mobile and is not past its limit, and the update
    was not acted on before.
    """
    now, policy = dependencies.clock.now(), dependencies.policy
    async with store.open_unit(write=False) as uow:
        chat = await uow.chats.find(update.channel, update.chat_id)
        if chat is None or chat.mobile is None:
            return False
        if await uow.inbox.count_arrivals(chat.channel, chat.chat_id, now, policy.inbound_window) >= policy.chat_limit:
            return False
        return await uow.inbox.find_duplicate(update.channel, update.channel, update.update_id) is None


def _build_inbound_message(dependencies: Dependencies, update: ReceivedUpdate) -> InboundMessage:
    pressed_message_id = update.chat_event.message_id if isinstance(update.chat_event, ButtonPressed) else ""
    return InboundMessage(
        id=dependencies.ids.new_id(),
        channel=update.channel,
        provider=update.channel,
        provider_id=update.update_id,
        fingerprint=update.update_id,
        sender=update.chat_id,
        mobile=None,
        recipient=pressed_message_id,
        text=_describe_update(update)[:LONGEST_TEXT],
        received_at=dependencies.clock.now(),
    )


def _describe_update(update: ReceivedUpdate) -> str:
    """Return what the inbox keeps of an update: words; numbers and files are kept where they belong."""
    match update.chat_event:
        case TextWritten(text=text):
            return tidy_text(text)
        case ChatBegun(link_payload=payload):
            return tidy_text(payload)
        case ButtonPressed(button_data=data):
            return tidy_text(read_button_answer(data).answer_text)
        case SentFile(file_name=name, caption=caption):
            return tidy_text(f"{name} {caption}".strip())
    return ""


async def _handle_update(context: ActionContext, message: InboundMessage, update: ReceivedUpdate) -> ChatTurn:
    """Act on an update; return what it came to, which is stored with all that it says but toast and invoice."""
    await context.uow.serialise(f"{update.channel}:{update.chat_id}")
    previous = await context.uow.inbox.list_last_from(update.channel, update.chat_id, 1) if message.recipient else []
    line_state = await context.uow.inbox.add_counted(message, context.dependencies.policy.inbound_window)
    if line_state is None:
        return _NOTHING
    chat = await _refresh_chat(context, update)
    message.mobile = chat.mobile
    arrival = Arrival(context.dependencies, context.uow, message, address_in_chat(chat))
    chat_turn = _NOTHING
    if isinstance(update.chat_event, BotBlocked | BotUnblocked):
        message.intent = update.chat_event.__class__.__name__.lower()
    elif previous and _is_repeated_press(previous[0], message):
        message.reason, toast = "twice", context.dependencies.catalogue.text("chat.toasts.twice")
        chat_turn = replace(_NOTHING, toast=toast)
    elif line_state.message_count > context.dependencies.policy.chat_limit:
        chat_turn = replace(_NOTHING, toast=await _announce_limit(arrival, update))
    else:
        chat_turn = await _answer_update(arrival, chat, update, line_state)
    await context.uow.inbox.save(message)
    return chat_turn


async def _announce_limit(arrival: Arrival, update: ReceivedUpdate) -> str | None:
    """Reply until when nothing of this chat is read: to every press where it was pressed, to all else by a message, one
    for what comes within `ONE_NOTICE_WINDOW`.
    """
    dependencies, message = arrival.dependencies, arrival.message
    message.state = InboundState.LIMITED
    window_ends_at = current_window_end(message.received_at, dependencies.policy.inbound_window)
    until_text = hour_text(to_tehran(window_ends_at).time())
    error_message = dependencies.wording.render_error_message(
        TooManyRequests(reason=TooManyRequestsReason.CHAT, until=until_text)
    )
    if isinstance(update.chat_event, ButtonPressed):
        return error_message.text
    counter_key = f"limited:{update.channel}:{update.chat_id}"
    if await arrival.uow.lines.add_hit(counter_key, message.received_at, ONE_NOTICE_WINDOW) == 1:
        await arrival.send_reply(error_message)
    return None


async def _refresh_chat(context: ActionContext, update: ReceivedUpdate) -> Chat:
    """Return the chat as it is now: who writes lets the bot write again."""
    now = context.dependencies.clock.now()
    chat_name = tidy_text(update.sender_name)[:LONGEST_NAME]
    chat_state = ChatState.BLOCKED if isinstance(update.chat_event, BotBlocked) else ChatState.ACTIVE
    chat = await context.uow.chats.find(update.channel, update.chat_id)
    if chat is None:
        chat = Chat(update.channel, update.chat_id, None, chat_name, chat_state, None, now)
    elif (chat.name, chat.state) == (chat_name, chat_state):
        return chat
    chat.name, chat.state, chat.updated_at = chat_name, chat_state, now
    await context.uow.chats.save(chat)
    return chat


async def _answer_update(arrival: Arrival, chat: Chat, update: ReceivedUpdate, line_state: LineState) -> ChatTurn:
    chat_turn = await _take_turn_in_language(arrival, chat, update, line_state)
    message = arrival.message
    message.intent, message.mobile = chat_turn.intent, chat.mobile
    reply_arrival = Arrival(arrival.dependencies, arrival.uow, message, address_in_chat(chat))
    for reply in chat_turn.replies:
        message.state, message.request_id = InboundState.ANSWERED, reply.request_id or message.request_id
        await reply_arrival.send_reply(reply)
    return chat_turn


async def _take_turn_in_language(
    arrival: Arrival, chat: Chat, update: ReceivedUpdate, line_state: LineState
) -> ChatTurn:
    """Answer in the language of the text, where the line has chosen none."""
    dependencies, event = arrival.dependencies, update.chat_event
    text = event.text if isinstance(event, TextWritten) else ""
    adopted = await adopt_written_language(ActionContext(dependencies, arrival.uow), name_chat_line(chat), text)
    with in_language(adopted or language_in_force()):
        chat_turn = await _take_turn(arrival, chat, update, line_state)
        if not adopted or not chat_turn.replies or chat_turn.intent == "language":
            return chat_turn
        first_reply, *others = chat_turn.replies
        return replace(chat_turn, replies=(announce_language(dependencies, first_reply), *others))


async def _take_turn(arrival: Arrival, chat: Chat, update: ReceivedUpdate, line_state: LineState) -> ChatTurn:
    dependencies, uow = arrival.dependencies, arrival.uow
    context = ActionContext(dependencies, uow)
    if chat.mobile is None:
        return await handle_unproved_event(context, chat, update.chat_event, line_state.stored_dialogue)
    chat_address = address_in_chat(chat)
    if isinstance(update.chat_event, SharedContact):
        return await prove_by_contact(
            open_turn(context, chat_address), chat, update.chat_event, line_state.stored_dialogue
        )
    turn = open_turn(context, chat_address, line_state.stored_dialogue, last_sent_text=line_state.last_sent_text)
    letters = await choose_answer_letters(turn, _find_written_text(update.chat_event))
    question_before = turn.dialogue.as_json() if turn.had_dialogue else None
    files_before = len(turn.dialogue.files)
    with in_language(letters):
        chat_turn = await handle_chat_event(turn, update.chat_event)
    if len(turn.dialogue.files) > files_before:
        return chat_turn  # a further file of an album waits for the same question
    if question_before and not chat_turn.answered_message and turn.dialogue.as_json() != question_before:
        return replace(chat_turn, answered_message=await find_answered_message(uow.inbox, uow.outbox, arrival.message))
    return chat_turn


def _find_written_text(event: ChatEvent) -> str:
    """Return what somebody wrote; empty where nobody did, and for the commands that a messenger offers, which are Latin
    for everybody.
    """
    text = event.text if isinstance(event, TextWritten) else ""
    return "" if text.split(" ")[0] in LISTED_COMMANDS else text


def _is_repeated_press(previous: InboundMessage, message: InboundMessage) -> bool:
    is_same_button = (previous.recipient, previous.text) == (
        message.recipient,
        message.text,
    ) and previous.state not in _UNHANDLED_STATES
    return is_same_button and message.received_at - previous.received_at < DOUBLE_TAP_WINDOW


async def find_answered_message(inbox: InboxRepository, outbox: OutboxRepository, message: InboundMessage) -> str:
    """Return the messenger's number of the message that answered what this chat sent before `message`; empty where it
    is not known: there was none, or it has not left yet.
    """
    arrivals = await inbox.list_last_from(message.channel, message.sender, 2)
    previous = next((arrival for arrival in arrivals if arrival.id != message.id), None)
    if previous is None or previous.reply_id is None:
        return ""
    return (await outbox.get(previous.reply_id)).sent_number
