"""One update from a chat that has proved its mobile: read as what it is, done, and answered with words and buttons."""

from dataclasses import dataclass, replace
from datetime import timedelta

from domain.actions.conversations.chats.account import (
    describe_account,
)
from domain.actions.conversations.chats.button_calls import HANDLERS_BY_VERB
from domain.actions.conversations.chats.captions import begins_by_caption
from domain.actions.conversations.chats.deep_links import read_link_payload, write_track_command
from domain.actions.conversations.chats.driver_menu import build_main_menu
from domain.actions.conversations.chats.papers import (
    find_captioned_request,
    is_captioned_paper,
    offer_waiting_files,
    receive_file,
)
from domain.actions.conversations.chats.places import (
    find_place_answer,
    keep_place,
    offer_uses,
    wait_with_place,
)
from domain.actions.conversations.chats.view import (
    build_call_rows,
    build_question_buttons,
    with_markup,
    with_menu_button,
)
from domain.actions.conversations.chats.waiting_files import keep_waiting
from domain.actions.conversations.converse import amend_answer, converse, repeat_question
from domain.actions.conversations.open_requests import list_candidates
from domain.actions.conversations.repeated_replies import vary_reply
from domain.actions.conversations.turn_context import TurnContext, store_dialogue
from domain.chats.chat import (
    ButtonPressed,
    ChatBegun,
    ChatEvent,
    SentFile,
    SharedLocation,
    TextEdited,
    TextWritten,
    UnreadableContent,
)
from domain.conversation.buttons.answers import (
    ButtonAnswer,
    ButtonVerb,
    digest_turn,
    find_named_button,
    read_button_answer,
)
from domain.conversation.buttons.menus import menu_button_rows
from domain.conversation.reading.bot_commands import asks_account
from domain.conversation.reading.command_fields import CODE_FIELD, MENU_INTENT, PAPERS_INTENT
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.conversation.reading.payment_claims import claims_payment
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ReplyMarkup, SpokenText
from domain.messages.spoken_texts import write_for_speech
from domain.parsing.read_aloud import find_read_aloud
from domain.values.errors import DomainError, ExpiredDialogue
from domain.values.languages import language_in_force

ALBUM_WINDOW = timedelta(hours=1)
"""An album comes within seconds; of one that is forwarded later everything is new."""

PLACE_INTENT = "place"
"""Intent noted for a place that is no answer."""


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """Result of an update from a chat."""

    intent: str
    """Intent understood."""
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
            return await _handle_written(turn, text, is_forwarded=is_forwarded)
        case ChatBegun(link_payload=payload):
            return await _handle_start(turn, payload)
        case ButtonPressed(button_data=data, message_id=message_id, files=given_files):
            turn.given_files = given_files
            return await _handle_press(turn, read_button_answer(data), message_id)
        case SentFile():
            return await _handle_file(turn, chat_event)
        case SharedLocation():
            return await _handle_location(turn, chat_event)
    return await _handle_unread(turn, chat_event)


async def _handle_unread(turn: TurnContext, chat_event: ChatEvent) -> ChatTurn:
    if isinstance(chat_event, UnreadableContent) and chat_event.is_voice:
        return await _handle_voice(turn)
    return await _reply_beside_question(turn, "edited" if isinstance(chat_event, TextEdited) else "unreadable")


async def _handle_voice(turn: TurnContext) -> ChatTurn:
    """Reply to somebody who speaks what would be heard, with the offer of a call; ask what waits again."""
    question = await _repeat_question(turn)
    await store_dialogue(turn)
    reply = vary_reply(turn, turn.render("chat.voice"))
    if question:
        return ChatTurn("voice", (reply, *question))
    return ChatTurn("voice", (with_menu_button(turn, replace(reply, markup=ReplyMarkup(build_call_rows(turn)))),))


async def _reply_beside_question(turn: TurnContext, name: str) -> ChatTurn:
    """Reply that something is not read, and ask what waits for an answer again, with its buttons."""
    question = await _repeat_question(turn)
    await store_dialogue(turn)
    reply = turn.render(f"chat.{name}")
    return ChatTurn(name, (reply, *question) if question else (with_menu_button(turn, reply),))


async def build_greeting(turn: TurnContext) -> RenderedMessage:
    """Return the welcome with the whole menu."""
    return replace(turn.render("chat.welcome"), markup=ReplyMarkup(await build_main_menu(turn)))


async def _handle_written(turn: TurnContext, text: str, *, is_forwarded: bool) -> ChatTurn:
    """Take a text; who types what stands on a button of the question means the button."""
    named_button = None if is_forwarded else find_named_button(build_question_buttons(turn), text)
    if named_button:
        return await _handle_press(turn, read_button_answer(named_button.callback_data), "")
    return await _handle_text(turn, text, is_forwarded=is_forwarded)


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
    offered_files = await offer_waiting_files(turn, answer)
    return ChatTurn(intent, (reply, *offered_files, *(() if asks_question else await _repeat_waiting(turn))))


async def _read_aloud(turn: TurnContext, code: str) -> ChatTurn:
    """Tell the state of a request, of the newest where none is named, in a voice note too."""
    newest = [] if code else await list_candidates(turn, "track")
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
        return await _handle_text(turn, command_text, is_command=True, is_forwarded=True)
    return ChatTurn("start", (await build_greeting(turn),))


async def _handle_press(turn: TurnContext, button_answer: ButtonAnswer, message_id: str) -> ChatTurn:
    if button_answer.verb_call:
        return await _handle_call(turn, button_answer.verb_call)
    if not button_answer.turn_key:
        return await _handle_text(turn, button_answer.answer_text, is_command=True)
    if button_answer.wished_page is not None and button_answer.turn_key == digest_turn(turn.dialogue.as_json()):
        return await _turn_page(turn, button_answer.wished_page, message_id)
    return replace(await _answer_by_button(turn, button_answer), answered_message=message_id)


async def _turn_page(turn: TurnContext, wished_page: str, message_id: str) -> ChatTurn:
    if not wished_page:
        return ChatTurn("page")  # a cell of the calendar that means nothing
    turn.wished_page = wished_page
    pages = await _repeat_and_store(turn)
    return ChatTurn("page", tuple(_in_place_of(message_id, page) for page in pages))


async def _answer_by_button(turn: TurnContext, button_answer: ButtonAnswer) -> ChatTurn:
    """Take what a button says to its question, if that still waits."""
    if button_answer.turn_key != digest_turn(turn.dialogue.as_json()):
        return await _answer_stale_press(turn)
    if not button_answer.amended_field:
        return await _handle_text(turn, button_answer.answer_text)
    question = await amend_answer(turn, button_answer.amended_field)
    return ChatTurn(turn.intent, (await with_markup(turn, question),))


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
    if begins_by_caption(turn, sent_file) and not await is_captioned_paper(turn, sent_file.caption):
        return await _begin_by_caption(turn, sent_file)
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


async def _begin_by_caption(turn: TurnContext, sent_file: SentFile) -> ChatTurn:
    """Do what is written under a file that comes first; the file waits for the request that this becomes, or is the
    slip of what was paid.
    """
    keep_waiting(turn, sent_file)
    turn.given_files = (sent_file,) if sent_file.prepared_file else ()
    if sent_file.album:
        await _begins_album(turn, sent_file.album)
    chat_turn = await _handle_text(turn, sent_file.caption)
    form = turn.conversation.forms.get(turn.dialogue.top.intent) if turn.dialogue.top else None
    takes_papers = form is not None and form.is_service_form and form.service.papers
    notices = (turn.render("chat.file_waits"),) if takes_papers else ()
    return replace(chat_turn, replies=(*notices, *chat_turn.replies))


async def _begins_album(turn: TurnContext, album: str) -> bool:
    """Return whether nothing of an album came before."""
    counter_key = f"album:{turn.address.channel}:{turn.address.recipient}:{album}"
    return await turn.uow.lines.add_hit(counter_key, turn.dependencies.clock.now(), ALBUM_WINDOW) == 1


async def _handle_caption(turn: TurnContext, sent_file: SentFile) -> tuple[RenderedMessage, ...]:
    """Do what is written under a file, where it is more than the code of the request that the file is for, and say so
    of what only looks like a wish; else ask again what waits for an answer. All other words describe the file.
    """
    caption = sent_file.caption
    if claims_payment(caption):
        return (await _handle_text(turn, caption)).replies
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
        if not answer_text and not is_kept:
            wait_with_place(turn, location)
    except DomainError as error:
        return ChatTurn(PLACE_INTENT, (turn.render_error(error), *await _repeat_question(turn)))
    receipt = replace(turn.render("chat.place_kept"), markup=ReplyMarkup(clears_keyboard=True))
    if answer_text:
        answer_turn = await _handle_text(turn, answer_text)
        return replace(answer_turn, replies=(receipt, *answer_turn.replies))
    if is_kept:
        return ChatTurn(PLACE_INTENT, (receipt, *await _repeat_and_store(turn)))
    question = with_menu_button(turn, await offer_uses(turn, location))
    await store_dialogue(turn)
    return ChatTurn(PLACE_INTENT, (question, *await _repeat_waiting(turn)))


async def _handle_call(turn: TurnContext, button_call: tuple[str, ...]) -> ChatTurn:
    """Do what only buttons can; an unknown verb is of a message of ours that is older than this code."""
    verb, subject, detail = (*button_call, "", "")[:3]
    if verb == ButtonVerb.INVOICE and subject and turn.address.channel in turn.dependencies.policy.invoice_channels:
        return ChatTurn(verb, toast=turn.text_of("chat.toasts.invoice"), invoice_token=subject)
    try:
        reply = await HANDLERS_BY_VERB[ButtonVerb(verb)](turn, subject, detail) if verb in HANDLERS_BY_VERB else None
    except DomainError as error:
        reply = with_menu_button(turn, turn.render_error(error))
    await store_dialogue(turn)
    if reply is None:
        return ChatTurn("stale", toast=turn.text_of("chat.toasts.stale"))
    return ChatTurn(verb, (reply, *(await _repeat_waiting(turn) if verb == ButtonVerb.DONE else ())))
