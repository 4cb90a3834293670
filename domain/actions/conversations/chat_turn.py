"""One update from a chat that has proved its mobile: read as what it is, done, and answered with words and buttons."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.actions.chats.deep_links import read_link_payload, write_track_command
from domain.actions.chats.officer_questions import answer_by_files
from domain.actions.chats.places import (
    ask_for_point,
    find_place_answer,
    find_place_field,
    keep_place,
    offer_uses,
    read_point,
)
from domain.actions.conversations import commands
from domain.actions.conversations.chat_account import (
    CHANGE_STEP,
    LEAVE_STEP,
    describe_account,
    leave_account,
)
from domain.actions.conversations.chat_lists import show_own_requests, show_tariff
from domain.actions.conversations.chat_papers import (
    ask_for_paper,
    find_captioned_request,
    print_paper,
    receive_file,
    stop_waiting_for_file,
    store_papers,
)
from domain.actions.conversations.chat_view import build_question_buttons, with_markup, with_menu_button
from domain.actions.conversations.converse import begin_intent, converse, repeat_question
from domain.actions.conversations.driver_menu import build_driver_menu, build_main_menu, describe_own_record
from domain.actions.conversations.languages import choose_language_by_button
from domain.actions.conversations.operator_chat import handle_operator_call
from domain.actions.conversations.turn_context import TurnContext, store_dialogue
from domain.actions.messages.notice_choice import EACH_CHANNEL, choose_notice_channel, find_notice_choice
from domain.authorization.request_policy import refuse_foreign_request
from domain.chats.chat import ButtonPressed, ChatBegun, ChatEvent, SentFile, SharedLocation, TextEdited, TextWritten
from domain.conversation.account_phrases import asks_account
from domain.conversation.buttons.answers import ButtonAnswer, ButtonVerb, digest_turn, read_button_answer
from domain.conversation.buttons.menus import build_notice_rows, menu_button_rows
from domain.conversation.command_fields import CODE_FIELD, MENU_INTENT, PAPERS_INTENT
from domain.conversation.frames import CONFIRM_STEP, Frame
from domain.conversation.parsed_message import UNKNOWN_INTENT
from domain.fields.places import Place
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ReplyMarkup, SpokenText
from domain.messages.spoken_texts import write_for_speech
from domain.parsing.read_aloud import find_read_aloud
from domain.values import tracking_codes
from domain.values.bill_ids import bill_barcode
from domain.values.errors import DomainError, ExpiredDialogue
from domain.values.languages import language_in_force

ALBUM_WINDOW = timedelta(hours=1)
"""An album comes within seconds; of one that is forwarded later everything is new."""

PLACE_INTENT = "place"
"""What is noted of a place that is no answer."""


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
    answered_message: str = ""
    """The messenger's number of our message whose question is over: its buttons go away; empty: none's do."""


async def handle_chat_event(turn: TurnContext, chat_event: ChatEvent) -> ChatTurn:
    """Do what an update asks, inside the unit of work of the turn."""
    match chat_event:
        case TextWritten(text=text, is_forwarded=is_forwarded):
            return await _handle_text(turn, text, is_forwarded=is_forwarded)
        case ChatBegun(link_payload=payload):
            return await _handle_start(turn, payload)
        case ButtonPressed(button_data=data, message_id=message_id, files=pressed_files):
            turn.pressed_files = pressed_files
            return await _handle_press(turn, read_button_answer(data), message_id)
        case SentFile():
            return await _handle_file(turn, chat_event)
        case SharedLocation():
            return await _handle_location(turn, chat_event)
    return await _reply_beside_question(turn, "edited" if isinstance(chat_event, TextEdited) else "unreadable")


async def _reply_beside_question(turn: TurnContext, name: str) -> ChatTurn:
    """Reply that something is not read, and ask what waits for an answer again, with its buttons."""
    question = await _repeat_question(turn)
    await store_dialogue(turn)
    reply = turn.render(f"chat.{name}")
    return ChatTurn(name, (reply, *question) if question else (with_menu_button(turn, reply),))


async def build_greeting(turn: TurnContext) -> RenderedMessage:
    """Return the welcome with the whole menu."""
    return replace(turn.render("chat.welcome"), markup=ReplyMarkup(await build_main_menu(turn)))


async def _handle_text(
    turn: TurnContext, text: str, *, is_command: bool = False, is_forwarded: bool = False
) -> ChatTurn:
    if asks_account(text):
        return ChatTurn("account", (describe_account(turn), *await _repeat_waiting(turn)))
    code = find_read_aloud(text) if turn.address.channel in turn.dependencies.policy.voice_channels else None
    if code is not None:
        return await _read_aloud(turn, code)
    answer = await converse(turn, text, is_command=is_command, is_forwarded=is_forwarded)
    reply = await with_markup(turn, answer)
    intent, asks_question = turn.intent, turn.asks_question
    return ChatTurn(intent, (reply, *(() if asks_question else await _repeat_waiting(turn))))


async def _read_aloud(turn: TurnContext, code: str) -> ChatTurn:
    """Tell the state of a request, of the newest where none is named, in a voice note too."""
    newest = [] if code else await commands.list_candidates(turn, "track")
    command = write_track_command(code or "".join(one.code for one in newest[:1]))
    chat_turn = await _handle_text(turn, command, is_command=True)
    voice = language_in_force().voice
    if turn.asks_question or not voice:
        return chat_turn
    reply, *others = chat_turn.replies
    spoken = SpokenText(write_for_speech(reply.text), voice)
    markup = replace(reply.markup or ReplyMarkup(), spoken=spoken)
    return replace(chat_turn, replies=(replace(reply, markup=markup), *others))


async def _repeat_waiting(turn: TurnContext) -> tuple[RenderedMessage, ...]:
    """Ask again what a form waits with, in a message of its own: its buttons are under no other text.

    A list that was left is not shown again: what is done with a request has buttons of its own.
    """
    top_frame = turn.dialogue.top
    if top_frame is None or top_frame.asked in {None, CODE_FIELD.name} or top_frame.intent == MENU_INTENT:
        return ()
    return await _repeat_question(turn)


async def _handle_start(turn: TurnContext, payload: str) -> ChatTurn:
    if command_text := read_link_payload(turn.conversation, payload):
        return await _handle_text(turn, command_text, is_command=True)
    return ChatTurn("start", (await build_greeting(turn),))


async def _handle_press(turn: TurnContext, button_answer: ButtonAnswer, message_id: str) -> ChatTurn:
    if button_answer.verb_call:
        return await _handle_call(turn, button_answer.verb_call)
    if not button_answer.turn_key:
        return await _handle_text(turn, button_answer.answer_text, is_command=True)
    if button_answer.turn_key != digest_turn(turn.dialogue.as_json()):
        return replace(await _answer_stale_press(turn), answered_message=message_id)
    if button_answer.wished_page is None:
        return replace(await _handle_text(turn, button_answer.answer_text), answered_message=message_id)
    if not button_answer.wished_page:
        return ChatTurn("page")  # a cell of the calendar that means nothing
    turn.wished_page = button_answer.wished_page
    pages = await _repeat_and_store(turn)
    return ChatTurn("page", tuple(_in_place_of(message_id, page) for page in pages))


def _in_place_of(message_id: str, reply: RenderedMessage) -> RenderedMessage:
    """Return a reply that takes the place of an earlier message of ours."""
    return replace(reply, markup=replace(reply.markup or ReplyMarkup(), replaced_message=message_id))


async def _answer_stale_press(turn: TurnContext) -> ChatTurn:
    """Reply that a button's question is over, and show the one that waits now; where that has run out of time and none
    does, the menu.
    """
    toast = turn.text_of("errors.expired_dialogue" if turn.has_expired else "chat.toasts.stale")
    replies = await _repeat_and_store(turn)
    if not replies and turn.has_expired:
        replies = (with_menu_button(turn, turn.render_error(ExpiredDialogue())),)
    return ChatTurn("stale", replies, toast)


async def _repeat_and_store(turn: TurnContext) -> tuple[RenderedMessage, ...]:
    replies = await _repeat_question(turn)
    await store_dialogue(turn)
    return replies


async def _repeat_question(turn: TurnContext) -> tuple[RenderedMessage, ...]:
    reply = await repeat_question(turn)
    return (await with_markup(turn, reply),) if reply else ()


async def _handle_file(turn: TurnContext, sent_file: SentFile) -> ChatTurn:
    """Take a file; of an album what comes after the first is answered only where it is refused."""
    try:
        reply, button_rows = await receive_file(turn, sent_file)
    except DomainError as error:
        reply, button_rows = turn.render_error(error), ()
    else:
        if sent_file.album and not await _begins_album(turn, sent_file.album):
            await store_dialogue(turn)
            return ChatTurn("file")
    await store_dialogue(turn)
    if turn.dialogue.top is not None and turn.dialogue.top.intent == PAPERS_INTENT:
        button_rows = (*button_rows, *build_question_buttons(turn))
    reply = replace(reply, markup=ReplyMarkup(button_rows or menu_button_rows(turn.text_of)))
    return ChatTurn("file", (reply, *await _handle_caption(turn, sent_file)))


async def _begins_album(turn: TurnContext, album: str) -> bool:
    """Return whether nothing of an album came before."""
    counter_key = f"album:{turn.address.channel}:{turn.address.recipient}:{album}"
    return await turn.uow.lines.add_hit(counter_key, turn.dependencies.clock.now(), ALBUM_WINDOW) == 1


async def _handle_caption(turn: TurnContext, sent_file: SentFile) -> tuple[RenderedMessage, ...]:
    """Do what is written under a file, where it is more than the code of the request that the file is for, and say so
    of what only looks like a wish; else ask again what waits for an answer. All other words describe the file.
    """
    caption = sent_file.caption
    parsed_caption = turn.dependencies.grammar.parse_message(caption, turn.sent_at)
    if caption and parsed_caption.intent not in {UNKNOWN_INTENT, "track", "reply"}:
        return (await _handle_text(turn, caption, is_command=True)).replies
    is_unclear = bool(parsed_caption.suggested_intents) and not await find_captioned_request(turn, caption)
    notices = (turn.render("chat.caption"),) if is_unclear else ()
    waits_for_file = turn.dialogue.top is not None and turn.dialogue.top.intent == PAPERS_INTENT
    return notices if waits_for_file else (*notices, *await _repeat_waiting(turn))


async def _handle_location(turn: TurnContext, location: SharedLocation) -> ChatTurn:
    """Take a place where one is asked for, or the form has one; else ask what it is for."""
    try:
        answer_text = find_place_answer(turn, location)
        is_kept = answer_text is None and keep_place(turn, location)
    except DomainError as error:
        return ChatTurn(PLACE_INTENT, (turn.render_error(error), *await _repeat_question(turn)))
    receipt = replace(turn.render("chat.place_kept"), markup=ReplyMarkup(clears_keyboard=True))
    if answer_text:
        answer_turn = await _handle_text(turn, answer_text)
        return replace(answer_turn, replies=(receipt, *answer_turn.replies))
    if is_kept:
        return ChatTurn(PLACE_INTENT, (receipt, *await _repeat_and_store(turn)))
    question = with_menu_button(turn, await offer_uses(turn, location))
    return ChatTurn(PLACE_INTENT, (question, *await _repeat_waiting(turn)))


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


async def _ask_for_papers(turn: TurnContext, code_text: str, paper_name: str) -> RenderedMessage:
    """Wait for a paper of a request, or take the files that waited as that paper."""
    code = tracking_codes.parse_code(code_text)
    if turn.pressed_files and paper_name:
        turn.dialogue.files = []
        reply, button_rows = await store_papers(turn, code, paper_name, turn.pressed_files)
        return replace(reply, markup=ReplyMarkup((*button_rows, *build_question_buttons(turn))))
    reply, button_rows = await ask_for_paper(turn, code, paper_name or None)
    return replace(reply, markup=ReplyMarkup(button_rows or build_question_buttons(turn)))


async def _answer_by_files(turn: TurnContext, code: str, _detail: str) -> RenderedMessage:
    """Take the files that waited as the answer to the question of a request; without any, ask for the answer."""
    if not turn.pressed_files:
        return await with_markup(turn, await begin_intent(turn, "reply", {"code": tracking_codes.parse_code(code)}))
    turn.dialogue.files = []
    return await with_markup(
        turn, await answer_by_files(turn, tracking_codes.parse_code(code), turn.pressed_files, text="")
    )


async def _finish_papers(turn: TurnContext, code: str, _detail: str) -> RenderedMessage:
    """Wait for no further file, and report the state of the request."""
    stop_waiting_for_file(turn.dialogue)
    return await with_markup(turn, await commands.track_request(turn, {"code": tracking_codes.parse_code(code)}))


async def _print_paper(turn: TurnContext, code: str, paper_kind: str) -> RenderedMessage:
    return await print_paper(turn, tracking_codes.parse_code(code), paper_kind)


async def _draw_barcode(turn: TurnContext, bill_id: str, _detail: str) -> RenderedMessage:
    """Tell of a bill once more, with its barcode where it can still be paid by one pair of ids."""
    reply = await commands.describe_payment(turn, {"bill_id": bill_id})
    payable_ids = reply.bill_pages.payable_ids
    barcode = bill_barcode(payable_ids) if payable_ids else ""
    return with_menu_button(turn, replace(reply, markup=ReplyMarkup(barcode=barcode)))


async def _ask_for_point(turn: TurnContext, _subject: str, _detail: str) -> RenderedMessage:
    return ask_for_point(turn)


async def _use_place(turn: TurnContext, point_text: str, purpose: str) -> RenderedMessage:
    """Take a place for what was chosen: an order that begins with it, or the answer to the question of a request."""
    place_text = read_point(turn, point_text)
    if field := find_place_field(turn, purpose):
        return await with_markup(turn, await begin_intent(turn, purpose, {field.name: place_text}))
    slots = {"code": tracking_codes.parse_code(purpose), "text": Place().render_value(place_text, turn.text_of)}
    return await with_markup(turn, await begin_intent(turn, "reply", slots))


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


async def _show_account(turn: TurnContext, step: str, _detail: str) -> RenderedMessage:
    """Describe whose chat it is, or take its number out of it."""
    return await leave_account(turn, step) if step in {LEAVE_STEP, CHANGE_STEP} else describe_account(turn)


async def _choose_language(turn: TurnContext, tag: str, _detail: str) -> RenderedMessage:
    return await choose_language_by_button(turn, tag)


async def _show_own_requests(turn: TurnContext, page_number: str, _detail: str) -> RenderedMessage:
    return with_menu_button(turn, await show_own_requests(turn, page_number))


async def _show_tariff(turn: TurnContext, service_key: str, subject: str) -> RenderedMessage:
    return with_menu_button(turn, await show_tariff(turn, service_key, subject))


async def _handle_operator_call(turn: TurnContext, code_text: str, step: str) -> RenderedMessage:
    return with_menu_button(turn, await handle_operator_call(turn, code_text, step))


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
    ButtonVerb.ACCOUNT: _show_account,
    ButtonVerb.LIST: _show_own_requests,
    ButtonVerb.TARIFF: _show_tariff,
    ButtonVerb.OPERATOR: _handle_operator_call,
    ButtonVerb.LANGUAGE: _choose_language,
    ButtonVerb.DRIVER: _show_driver_menu,
    ButtonVerb.RECORD: _show_driver_record,
    ButtonVerb.BARCODE: _draw_barcode,
    ButtonVerb.ANSWER: _answer_by_files,
    ButtonVerb.POINT: _ask_for_point,
    ButtonVerb.PLACE: _use_place,
}
