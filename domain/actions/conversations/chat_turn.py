"""One update from a chat that has proved its mobile: read as what it is, done, and answered with words and buttons."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from domain.actions.conversations import commands
from domain.actions.conversations.chat_papers import ask_for_paper, print_paper, receive_file, stop_waiting_for_file
from domain.actions.conversations.chat_view import build_question_buttons, with_markup, with_menu_button
from domain.actions.conversations.converse import converse, repeat_question
from domain.actions.conversations.driver_menu import build_driver_menu, build_main_menu, describe_own_record
from domain.actions.conversations.languages import choose_language_by_button
from domain.actions.conversations.turn_context import TurnContext, store_dialogue
from domain.actions.messages.notice_choice import EACH_CHANNEL, choose_notice_channel, find_notice_choice
from domain.authorization.request_policy import refuse_foreign_request
from domain.chats.chat import ButtonPressed, ChatBegun, ChatEvent, SentFile, TextEdited, TextWritten
from domain.conversation.buttons.answers import ButtonAnswer, ButtonVerb, digest_turn, read_button_answer
from domain.conversation.buttons.menus import build_notice_rows, menu_button_rows
from domain.conversation.command_fields import CODE_FIELD, MENU_INTENT, PAPERS_INTENT
from domain.conversation.dialogue import CONFIRM_STEP
from domain.conversation.frames import Frame
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ReplyMarkup
from domain.values import tracking_codes
from domain.values.errors import DomainError

TRACK_PAYLOAD_PREFIX = "track_"
"""What the payload of a link to a request begins with."""


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """What an update from a chat came to."""

    intent: str
    """What was understood."""
    replies: tuple[RenderedMessage, ...] = ()
    """The messages that answer it, in order."""
    toast: str | None = None
    """The notice that answers the pressed button; None: none."""
    invoice_token: str = ""
    """The payment link for whose bills an invoice is to be sent into the chat; empty: none is."""


async def handle_chat_event(turn: TurnContext, chat_event: ChatEvent) -> ChatTurn:
    """Do what an update asks, inside the unit of work of the turn."""
    match chat_event:
        case TextWritten(text=text):
            return await _handle_text(turn, text)
        case ChatBegun(link_payload=payload):
            return await _handle_start(turn, payload)
        case ButtonPressed(button_data=data):
            return await _handle_press(turn, read_button_answer(data))
        case SentFile():
            return await _handle_file(turn, chat_event)
        case TextEdited():
            return ChatTurn("edited", (turn.render("chat.edited"),))
    return ChatTurn("unreadable", (with_menu_button(turn, turn.render("chat.unreadable")),))


async def build_greeting(turn: TurnContext) -> RenderedMessage:
    """Return the welcome with the whole menu."""
    return replace(turn.render("chat.welcome"), markup=ReplyMarkup(await build_main_menu(turn)))


async def _handle_text(turn: TurnContext, text: str, *, is_command: bool = False) -> ChatTurn:
    reply = await with_markup(turn, await converse(turn, text, is_command=is_command))
    intent, asks_question = turn.intent, turn.asks_question
    return ChatTurn(intent, (reply, *(() if asks_question else await _repeat_waiting(turn))))


async def _repeat_waiting(turn: TurnContext) -> tuple[RenderedMessage, ...]:
    """Ask again what a form waits with, in a message of its own: its buttons are under no other text.

    A list that was left is not shown again: what is done with a request has buttons of its own.
    """
    top_frame = turn.dialogue.top
    if top_frame is None or top_frame.asked in {None, CODE_FIELD.name} or top_frame.intent == MENU_INTENT:
        return ()
    return await _repeat_question(turn)


async def _handle_start(turn: TurnContext, payload: str) -> ChatTurn:
    if payload.startswith(TRACK_PAYLOAD_PREFIX):
        return await _handle_text(turn, tracking_command(payload), is_command=True)
    return ChatTurn("start", (await build_greeting(turn),))


def tracking_command(payload: str) -> str:
    """Return a link's payload as the command that it encodes."""
    return f"پیگیری {payload.removeprefix(TRACK_PAYLOAD_PREFIX)}"


async def _handle_press(turn: TurnContext, button_answer: ButtonAnswer) -> ChatTurn:
    if button_answer.verb_call:
        return await _handle_call(turn, button_answer.verb_call)
    if not button_answer.turn_key:
        return await _handle_text(turn, button_answer.answer_text, is_command=True)
    if button_answer.turn_key != digest_turn(turn.dialogue.as_json()):
        return await _answer_stale_press(turn)
    if button_answer.wished_page is None:
        return await _handle_text(turn, button_answer.answer_text)
    if not button_answer.wished_page:
        return ChatTurn("page")  # a cell of the calendar that means nothing
    return ChatTurn("page", await _repeat_and_store(turn, button_answer.wished_page))


async def _answer_stale_press(turn: TurnContext) -> ChatTurn:
    """Reply that a button's question is over, and show the one that waits now, if there is one."""
    toast = turn.text_of("errors.expired_dialogue" if turn.has_expired else "chat.toasts.stale")
    return ChatTurn("stale", await _repeat_and_store(turn), toast)


async def _repeat_and_store(turn: TurnContext, page: str | None = None) -> tuple[RenderedMessage, ...]:
    replies = await _repeat_question(turn, page)
    await store_dialogue(turn)
    return replies


async def _repeat_question(turn: TurnContext, page: str | None = None) -> tuple[RenderedMessage, ...]:
    reply = await repeat_question(turn)
    return (await with_markup(turn, reply, page),) if reply else ()


async def _handle_file(turn: TurnContext, sent_file: SentFile) -> ChatTurn:
    try:
        reply, button_rows = await receive_file(turn, sent_file)
    except DomainError as error:
        reply, button_rows = turn.render_error(error), ()
    if sent_file.caption:  # nothing that is sent is dropped without a word
        reply = replace(reply, text=f"{reply.text}\n{turn.text_of('chat.caption')}")
    await store_dialogue(turn)
    if turn.dialogue.top is not None and turn.dialogue.top.intent == PAPERS_INTENT:
        markup = ReplyMarkup((*button_rows, *build_question_buttons(turn)))
        return ChatTurn("file", (replace(reply, markup=markup),))
    markup = ReplyMarkup(button_rows or menu_button_rows(turn.text_of))
    return ChatTurn("file", (replace(reply, markup=markup), *await _repeat_waiting(turn)))


async def _handle_call(turn: TurnContext, button_call: tuple[str, ...]) -> ChatTurn:
    """Do what only buttons can; an unknown verb is of a message of ours that is older than this code."""
    verb, subject, detail = (*button_call, "", "")[:3]
    if verb == ButtonVerb.INVOICE and subject and turn.address.channel in turn.dependencies.policy.invoice_channels:
        return ChatTurn(verb, toast=turn.text_of("chat.toasts.invoice"), invoice_token=subject)
    try:
        reply = await _HANDLERS_BY_VERB[ButtonVerb(verb)](turn, subject, detail) if verb in _HANDLERS_BY_VERB else None
    except DomainError as error:
        reply = with_menu_button(turn, turn.render_error(error))
    await store_dialogue(turn)
    if reply is None:
        return ChatTurn("stale", toast=turn.text_of("chat.toasts.stale"))
    return ChatTurn(verb, (reply, *(await _repeat_waiting(turn) if verb == ButtonVerb.DONE else ())))


async def _show_menu(turn: TurnContext, _subject: str, _detail: str) -> RenderedMessage:
    return replace(turn.render("sms.help", menu=""), markup=ReplyMarkup(await build_main_menu(turn)))


async def _confirm_cancellation(turn: TurnContext, code: str, _detail: str) -> RenderedMessage:
    """Ask whether a request is really to be cancelled: a finger slips more easily than a text is written."""
    request = await turn.uow.requests.get_by_code(tracking_codes.parse_code(code))
    refuse_foreign_request(request, turn.actor)
    other_frames = [frame for frame in turn.dialogue.frames if frame.intent != "cancel"]
    cancel_frame = Frame("cancel", {"code": request.code}, asked=CONFIRM_STEP, one_shot=False)
    turn.dialogue.frames = [*other_frames, cancel_frame]
    question = turn.render_about(request, "sms.offer.cancel")
    return replace(question, markup=ReplyMarkup(build_question_buttons(turn)))


async def _ask_for_papers(turn: TurnContext, code: str, paper_name: str) -> RenderedMessage:
    reply, button_rows = await ask_for_paper(turn, tracking_codes.parse_code(code), paper_name or None)
    return replace(reply, markup=ReplyMarkup(button_rows or build_question_buttons(turn)))


async def _finish_papers(turn: TurnContext, code: str, _detail: str) -> RenderedMessage:
    """Wait for no further file, and report the state of the request."""
    stop_waiting_for_file(turn.dialogue)
    return await with_markup(turn, await commands.track_request(turn, {"code": tracking_codes.parse_code(code)}))


async def _print_paper(turn: TurnContext, code: str, paper_kind: str) -> RenderedMessage:
    return await print_paper(turn, tracking_codes.parse_code(code), paper_kind)


async def _choose_notice_channel(turn: TurnContext, requested_channel: str, _detail: str) -> RenderedMessage:
    """Ask where notices shall go, or take the answer."""
    mobile = turn.actor.identifier
    if not requested_channel:
        choice = await find_notice_choice(turn.uow, mobile)
        notice_rows = build_notice_rows(turn.text_of, choice.channels, choice.chosen)
        return with_menu_button(turn, replace(turn.render("chat.notices"), markup=ReplyMarkup(notice_rows)))
    await choose_notice_channel(turn.dependencies, turn.uow, mobile, requested_channel)
    channel_name = turn.text_of(
        "chat.buttons.each" if requested_channel == EACH_CHANNEL else f"chat.channels.{requested_channel}"
    )
    return with_menu_button(turn, turn.render("chat.notices_set", channel=channel_name))


async def _choose_language(turn: TurnContext, tag: str, _detail: str) -> RenderedMessage:
    return await choose_language_by_button(turn, tag)


async def _show_driver_menu(turn: TurnContext, _subject: str, _detail: str) -> RenderedMessage:
    return build_driver_menu(turn)


async def _show_driver_record(turn: TurnContext, _subject: str, _detail: str) -> RenderedMessage:
    return with_menu_button(turn, await describe_own_record(turn))


_HANDLERS_BY_VERB: Mapping[ButtonVerb, Callable[[TurnContext, str, str], Awaitable[RenderedMessage]]] = {
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
