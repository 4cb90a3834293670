"""One update from a chat that has proved its mobile: read as what it is, done, and answered with words and buttons."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from domain.actions.conversations import commands
from domain.actions.conversations.chat_papers import ask_for_paper, print_paper, receive_file, stop_waiting_for_file
from domain.actions.conversations.chat_view import build_markup, build_question_buttons
from domain.actions.conversations.converse import (
    ConversationReply,
    build_context,
    converse,
    current_dialogue,
    repeat_question,
    store_dialogue,
)
from domain.actions.conversations.driver_menu import build_driver_menu, build_main_menu, describe_own_record
from domain.actions.conversations.languages import choose_language_by_button
from domain.actions.conversations.turn_context import CommandReply, TurnContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notice_choice import EACH_CHANNEL, choose_notice_channel, find_notice_choice
from domain.actions.messages.notify import Address
from domain.actions.requests.act import refuse_foreign_request
from domain.chats.chat import ButtonPressed, ChatBegun, ChatEvent, SentFile, TextEdited, TextWritten
from domain.conversation.buttons.answers import ButtonAnswer, ButtonVerb, digest_turn, read_button_answer
from domain.conversation.buttons.menus import build_notice_rows, menu_button_rows
from domain.conversation.command_fields import CODE_FIELD, MENU_INTENT, PAPERS_INTENT
from domain.conversation.dialogue import CONFIRM_STEP
from domain.conversation.frames import Dialogue, Frame
from domain.messages.keyboards import ReplyMarkup
from domain.messages.ports import StoredDialogue
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.errors import DomainError

TRACK_PAYLOAD_PREFIX = "track_"
"""What the payload of a link to a request begins with."""


@dataclass(frozen=True, slots=True)
class ChatReply:
    """One message of an answer."""

    message: CommandReply
    markup: ReplyMarkup = field(default_factory=ReplyMarkup)


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """What an update from a chat came to."""

    intent: str
    """What was understood."""
    replies: tuple[ChatReply, ...] = ()
    """The messages that answer it, in order."""
    toast: str | None = None
    """The notice that answers the pressed button; None: none."""
    invoice_token: str = ""
    """The payment link for whose bills an invoice is to be sent into the chat; empty: none is."""


async def handle_chat_event(
    dependencies: Dependencies,
    uow: UnitOfWork,
    address: Address,
    chat_event: ChatEvent,
    stored_dialogue: StoredDialogue | None,
) -> ChatTurn:
    """Do what an update asks, inside the caller's unit of work. `stored_dialogue` is the dialogue of this chat."""
    turn = build_context(dependencies, uow, address)
    match chat_event:
        case TextWritten(text=text):
            return await _handle_text(turn, address, text, stored_dialogue)
        case ChatBegun(link_payload=payload):
            return await _handle_start(turn, address, payload, stored_dialogue)
        case ButtonPressed(button_data=data):
            return await _handle_press(turn, address, read_button_answer(data), stored_dialogue)
        case SentFile():
            return await _handle_file(turn, address, chat_event, stored_dialogue)
        case TextEdited():
            return ChatTurn("edited", (ChatReply(turn.render("chat.edited")),))
    return ChatTurn(
        "unreadable", (ChatReply(turn.render("chat.unreadable"), ReplyMarkup(menu_button_rows(turn.text_of))),)
    )


async def build_greeting(turn: TurnContext) -> ChatReply:
    """Return the welcome with the whole menu."""
    return ChatReply(turn.render("chat.welcome"), ReplyMarkup(await build_main_menu(turn)))


async def _handle_text(
    turn: TurnContext, address: Address, text: str, stored_dialogue: StoredDialogue | None, *, is_command: bool = False
) -> ChatTurn:
    reply = await converse(turn.dependencies, turn.uow, address, text, stored_dialogue, command=is_command)
    chat_reply = ChatReply(reply.message, await build_markup(turn, reply))
    return ChatTurn(
        reply.intent, (chat_reply, *(() if reply.asks_question else await _repeat_waiting(turn, reply.dialogue)))
    )


async def _repeat_waiting(turn: TurnContext, dialogue: Dialogue) -> tuple[ChatReply, ...]:
    """Ask again what a form waits with, in a message of its own: its buttons are under no other text.

    A list that was left is not shown again: what is done with a request has buttons of its own.
    """
    top_frame = dialogue.top
    if top_frame is None or top_frame.asked in {None, CODE_FIELD.name} or top_frame.intent == MENU_INTENT:
        return ()
    return await _repeat_question(turn, dialogue)


async def _handle_start(
    turn: TurnContext, address: Address, payload: str, stored_dialogue: StoredDialogue | None
) -> ChatTurn:
    if payload.startswith(TRACK_PAYLOAD_PREFIX):
        return await _handle_text(turn, address, tracking_command(payload), stored_dialogue, is_command=True)
    return ChatTurn("start", (await build_greeting(turn),))


def tracking_command(payload: str) -> str:
    """Return a link's payload as the command that it encodes."""
    return f"پیگیری {payload.removeprefix(TRACK_PAYLOAD_PREFIX)}"


async def _handle_press(
    turn: TurnContext, address: Address, button_answer: ButtonAnswer, stored_dialogue: StoredDialogue | None
) -> ChatTurn:
    if button_answer.verb_call:
        return await _handle_call(turn, address, button_answer.verb_call, stored_dialogue)
    if not button_answer.turn_key:
        return await _handle_text(turn, address, button_answer.answer_text, stored_dialogue, is_command=True)
    dialogue = current_dialogue(turn.dependencies, stored_dialogue)
    if button_answer.turn_key != digest_turn(dialogue.as_json()):
        return await _answer_stale_press(turn, address, dialogue, stored_dialogue)
    if button_answer.wished_page is None:
        return await _handle_text(turn, address, button_answer.answer_text, stored_dialogue)
    if not button_answer.wished_page:
        return ChatTurn("page")  # a cell of the calendar that means nothing
    return ChatTurn("page", await _repeat_and_store(turn, address, dialogue, button_answer.wished_page))


async def _answer_stale_press(
    turn: TurnContext, address: Address, dialogue: Dialogue, stored_dialogue: StoredDialogue | None
) -> ChatTurn:
    """Reply that a button's question is over, and show the one that waits now, if there is one."""
    has_expired = stored_dialogue is not None and stored_dialogue[0].get("frames") and dialogue.top is None
    toast = turn.text_of("errors.expired_dialogue" if has_expired else "chat.toasts.stale")
    return ChatTurn("stale", await _repeat_and_store(turn, address, dialogue), toast)


async def _repeat_and_store(
    turn: TurnContext, address: Address, dialogue: Dialogue, page: str | None = None
) -> tuple[ChatReply, ...]:
    state_before = dialogue.as_json()
    replies = await _repeat_question(turn, dialogue, page)
    await store_dialogue(turn, address, dialogue, state_before)
    return replies


async def _repeat_question(turn: TurnContext, dialogue: Dialogue, page: str | None = None) -> tuple[ChatReply, ...]:
    reply = await repeat_question(turn, dialogue)
    return (ChatReply(reply.message, await build_markup(turn, reply, page)),) if reply else ()


async def _handle_file(
    turn: TurnContext, address: Address, sent_file: SentFile, stored_dialogue: StoredDialogue | None
) -> ChatTurn:
    dialogue = current_dialogue(turn.dependencies, stored_dialogue)
    state_before = dialogue.as_json()
    try:
        command_reply, button_rows = await receive_file(turn, dialogue, sent_file)
    except DomainError as error:
        command_reply, button_rows = turn.render_error(error), ()
    if sent_file.caption:  # nothing that is sent is dropped without a word
        command_reply = replace(command_reply, text=f"{command_reply.text}\n{turn.text_of('chat.caption')}")
    await store_dialogue(turn, address, dialogue, state_before)
    if dialogue.top is not None and dialogue.top.intent == PAPERS_INTENT:
        return ChatTurn(
            "file", (ChatReply(command_reply, ReplyMarkup((*button_rows, *build_question_buttons(turn, dialogue)))),)
        )
    return ChatTurn(
        "file",
        (
            ChatReply(command_reply, ReplyMarkup(button_rows or menu_button_rows(turn.text_of))),
            *await _repeat_waiting(turn, dialogue),
        ),
    )


async def _handle_call(
    turn: TurnContext, address: Address, button_call: tuple[str, ...], stored_dialogue: StoredDialogue | None
) -> ChatTurn:
    """Do what only buttons can; an unknown verb is of a message of ours that is older than this code."""
    verb, subject, detail = (*button_call, "", "")[:3]
    if verb == ButtonVerb.INVOICE and subject and address.channel in turn.dependencies.policy.invoice_channels:
        return ChatTurn(verb, toast=turn.text_of("chat.toasts.invoice"), invoice_token=subject)
    dialogue = current_dialogue(turn.dependencies, stored_dialogue)
    state_before = dialogue.as_json()
    try:
        chat_reply = (
            await _HANDLERS_BY_VERB[ButtonVerb(verb)](turn, dialogue, subject, detail)
            if verb in _HANDLERS_BY_VERB
            else None
        )
    except DomainError as error:
        chat_reply = ChatReply(turn.render_error(error), ReplyMarkup(menu_button_rows(turn.text_of)))
    await store_dialogue(turn, address, dialogue, state_before)
    if chat_reply is None:
        return ChatTurn("stale", toast=turn.text_of("chat.toasts.stale"))
    return ChatTurn(verb, (chat_reply, *(await _repeat_waiting(turn, dialogue) if verb == ButtonVerb.DONE else ())))


async def _show_menu(turn: TurnContext, dialogue: Dialogue, _subject: str, _detail: str) -> ChatReply:
    return ChatReply(turn.render("sms.help", menu=""), ReplyMarkup(await build_main_menu(turn)))


async def _confirm_cancellation(turn: TurnContext, dialogue: Dialogue, code: str, _detail: str) -> ChatReply:
    """Ask whether a request is really to be cancelled: a finger slips more easily than a text is written."""
    request = await turn.uow.requests.get_by_code(tracking_codes.parse_code(code))
    refuse_foreign_request(request, turn.actor)
    dialogue.frames = [frame for frame in dialogue.frames if frame.intent != "cancel"]
    dialogue.frames.append(Frame("cancel", {"code": request.code}, asked=CONFIRM_STEP, one_shot=False))
    return ChatReply(
        turn.render_about(request, "sms.offer.cancel"), ReplyMarkup(build_question_buttons(turn, dialogue))
    )


async def _ask_for_papers(turn: TurnContext, dialogue: Dialogue, code: str, paper_name: str) -> ChatReply:
    command_reply, button_rows = await ask_for_paper(turn, dialogue, code, paper_name or None)
    return ChatReply(command_reply, ReplyMarkup(button_rows or build_question_buttons(turn, dialogue)))


async def _finish_papers(turn: TurnContext, dialogue: Dialogue, code: str, _detail: str) -> ChatReply:
    """Wait for no further file, and report the state of the request."""
    stop_waiting_for_file(dialogue)
    command_reply = await commands.track_request(turn, {"code": code})
    return ChatReply(command_reply, await build_markup(turn, ConversationReply(command_reply, "track", dialogue)))


async def _print_paper(turn: TurnContext, dialogue: Dialogue, code: str, paper_kind: str) -> ChatReply:
    return ChatReply(*await print_paper(turn, code, paper_kind))


async def _choose_notice_channel(
    turn: TurnContext, dialogue: Dialogue, requested_channel: str, _detail: str
) -> ChatReply:
    """Ask where notices shall go, or take the answer."""
    mobile = turn.actor.identifier
    if not requested_channel:
        choice = await find_notice_choice(turn.uow, mobile)
        button_rows = build_notice_rows(turn.text_of, choice.channels, choice.chosen)
        return ChatReply(turn.render("chat.notices"), ReplyMarkup((*button_rows, *menu_button_rows(turn.text_of))))
    await choose_notice_channel(turn.dependencies, turn.uow, mobile, requested_channel)
    channel_name = turn.text_of(
        "chat.buttons.each" if requested_channel == EACH_CHANNEL else f"chat.channels.{requested_channel}"
    )
    return ChatReply(turn.render("chat.notices_set", channel=channel_name), ReplyMarkup(menu_button_rows(turn.text_of)))


async def _choose_language(turn: TurnContext, dialogue: Dialogue, tag: str, _detail: str) -> ChatReply:
    command_reply, button_rows = await choose_language_by_button(turn, tag)
    return ChatReply(command_reply, ReplyMarkup(button_rows))


async def _show_driver_menu(turn: TurnContext, dialogue: Dialogue, _subject: str, _detail: str) -> ChatReply:
    command_reply, button_rows = build_driver_menu(turn)
    return ChatReply(command_reply, ReplyMarkup(button_rows))


async def _show_driver_record(turn: TurnContext, dialogue: Dialogue, _subject: str, _detail: str) -> ChatReply:
    return ChatReply(await describe_own_record(turn), ReplyMarkup(menu_button_rows(turn.text_of)))


_HANDLERS_BY_VERB: Mapping[ButtonVerb, Callable[[TurnContext, Dialogue, str, str], Awaitable[ChatReply]]] = {
    ButtonVerb.MENU: _show_menu,
    ButtonVerb.GIVE_UP: _confirm_cancellation,
    ButtonVerb.PAPERS: _ask_for_papers,
    ButtonVerb.DONE: _finish_papers,
    ButtonVerb.PRINT: _print_paper,
    ButtonVerb.NOTICES: _choose_notice_channel,
    ButtonVerb.LANGUAGE: _choose_language,
    ButtonVerb.DRIVER: _show_driver_menu,
    ButtonVerb.RECORD: _show_driver_record,
}
