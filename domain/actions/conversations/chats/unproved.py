"""A chat that has proved no mobile yet: what services are and cost can be read; all else waits until one is proved.

What the person wanted is kept for a day, and done once the mobile is proved.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from domain.actions.context import ActionContext
from domain.actions.conversations import commands
from domain.actions.conversations.chats.captions import wants_something
from domain.actions.conversations.chats.deep_links import read_link_payload
from domain.actions.conversations.chats.lists import show_tariff
from domain.actions.conversations.chats.papers import ask_use_of_waiting_files
from domain.actions.conversations.chats.proving import (
    check_proof_code,
    link_chat,
    read_own_mobile,
    send_proof_code,
)
from domain.actions.conversations.chats.turn import ChatTurn, build_greeting, handle_chat_event
from domain.actions.conversations.chats.view import with_menu_button
from domain.actions.conversations.chats.waiting_files import keep_waiting
from domain.actions.conversations.enquiries.asides import answer_courtesy, answer_emergency, answer_secret
from domain.actions.conversations.enquiries.contact import describe_contact
from domain.actions.conversations.languages import choose_language, choose_language_by_button
from domain.actions.conversations.price_replies import describe_tariff
from domain.actions.conversations.turn_context import TurnContext, open_turn, store_dialogue
from domain.actions.messages.notify import Address
from domain.actions.messages.verification_codes import extract_code
from domain.chats.chat import (
    ButtonPressed,
    Chat,
    ChatBegun,
    ChatEvent,
    SentFile,
    SharedContact,
    TextEdited,
    TextWritten,
    UnreadableContent,
)
from domain.conversation.buttons.answers import ButtonVerb, read_button_answer
from domain.conversation.buttons.menus import PUBLIC_COMMANDS, build_public_rows
from domain.conversation.dialogue.frames import Dialogue, WaitingFile
from domain.conversation.reading.bot_commands import read_bot_command
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.messages.catalogue import RenderedMessage
from domain.messages.code_spending import CodeDelivery
from domain.messages.keyboards import ReplyMarkup
from domain.messages.ports import StoredDialogue
from domain.parsing.identifiers import find_number_tokens
from domain.parsing.tokens import TokenStream
from domain.values import identifiers
from domain.values.errors import DomainError, InvalidField, MobileNotVerified, TooManyRequests
from domain.values.identifiers import display_mobile
from domain.values.reasons import TooManyRequestsReason
from domain.values.text import persian_digits

DEFERRED_LIFETIME = timedelta(days=1)
DEFERRED_TEXT_KEY = "after"
"""Field of the chat's dialogue for the text that is handled once the mobile is proved."""

DEFERRED_FORWARD_KEY = "after_forwarded"
"""Field for whether that was forwarded, or in a link: then it is asked before it is done."""


async def handle_unproved_event(
    context: ActionContext, chat: Chat, chat_event: ChatEvent, stored_dialogue: StoredDialogue | None
) -> ChatTurn:
    """Answer an update, and prove the mobile where it does; inside the caller's unit of work."""
    turn = open_turn(context, Address(chat.channel, chat.chat_id))
    if isinstance(chat_event, SharedContact):
        return await prove_by_contact(turn, chat, chat_event, stored_dialogue)
    if isinstance(chat_event, TextEdited):
        return ChatTurn("edited", (turn.render("chat.edited"),))
    if isinstance(chat_event, UnreadableContent):
        reply = turn.render("chat.voice") if chat_event.is_voice else turn.render("chat.unreadable")
        return ChatTurn("unreadable", (_with_contact_request(turn, reply),))
    kept_turn = await _keep_file(turn, chat, chat_event, stored_dialogue) if isinstance(chat_event, SentFile) else None
    if early_turn := kept_turn or await _handle_public_call(turn, chat_event):
        return early_turn
    text = _event_text(turn, chat_event)
    if isinstance(chat_event, TextWritten) and (chat_turn := await _prove_by_code(turn, chat, text, stored_dialogue)):
        return chat_turn
    answer = await _answer_at_once(turn, text) or await _answer_public_question(turn, text)
    is_forwarded = isinstance(chat_event, TextWritten) and chat_event.is_forwarded
    wanted = TextWritten(text, is_forwarded or isinstance(chat_event, ChatBegun))
    return answer or await _defer_text(turn, chat, wanted, stored_dialogue)


async def _keep_file(
    turn: TurnContext, chat: Chat, sent_file: SentFile, stored_dialogue: StoredDialogue | None
) -> ChatTurn | None:
    """Keep a file that comes before the mobile is proved, for the request that follows; None where it cannot be."""
    turn.dialogue.files = _waiting_files(turn, stored_dialogue)
    if not keep_waiting(turn, sent_file):
        return None
    now, present_state = turn.dependencies.clock.now(), (stored_dialogue or ({"frames": []},))[0]
    deferred = {DEFERRED_TEXT_KEY: sent_file.caption} if wants_something(turn, sent_file.caption) else {}
    kept_state = {**deferred, **present_state, **turn.dialogue.as_json()}
    await turn.uow.dialogues.save(chat.channel, chat.chat_id, kept_state, now + DEFERRED_LIFETIME)
    question = turn.render("chat.prove_first", label=turn.text_of("chat.share"))
    return ChatTurn("mobile_not_verified", (_with_contact_request(turn, question),))


def _waiting_files(turn: TurnContext, stored_dialogue: StoredDialogue | None) -> list[WaitingFile]:
    if stored_dialogue is None or stored_dialogue[1] <= turn.dependencies.clock.now():
        return []
    return Dialogue.from_json(stored_dialogue[0]).files


async def _answer_at_once(turn: TurnContext, text: str) -> ChatTurn | None:
    """Answer emergencies, bank passwords and courtesies, and who asks where the office is; None for anything else."""
    reply = answer_emergency(turn, text) or answer_secret(turn, text) or answer_courtesy(turn, text)
    if reply is None and turn.dependencies.grammar.parse_message(text, turn.sent_at).intent == "contact":
        turn.intent, reply = "contact", await describe_contact(turn, {})
    return ChatTurn(turn.intent, (_with_public_menu(turn, reply),)) if reply else None


async def _handle_public_call(turn: TurnContext, chat_event: ChatEvent) -> ChatTurn | None:
    """Answer a button of the languages or of the tariff; None for anything else."""
    call = read_button_answer(chat_event.button_data).verb_call if isinstance(chat_event, ButtonPressed) else ()
    verb, subject, detail = (*call, "", "", "")[:3]
    try:
        if verb == ButtonVerb.LANGUAGE:
            return ChatTurn(verb, (await choose_language_by_button(turn, subject),))
        if verb == ButtonVerb.TARIFF:
            return ChatTurn(verb, (_with_public_menu(turn, await show_tariff(turn, subject, detail)),))
    except DomainError as error:
        return ChatTurn(verb, (turn.render_error(error),))
    return None


async def prove_by_contact(
    turn: TurnContext, chat: Chat, contact: SharedContact, stored_dialogue: StoredDialogue | None
) -> ChatTurn:
    """Prove the mobile of a shared contact: the messenger says whether it is the sender's own."""
    try:
        mobile = read_own_mobile(contact.phone_number, contact.is_own)
    except MobileNotVerified as error:
        refusal = turn.render_error(error)
        reply = with_menu_button(turn, refusal) if chat.mobile else _with_contact_request(turn, refusal)
        return ChatTurn("contact", (reply,))
    return await _complete_proof(turn, chat, mobile, stored_dialogue)


async def _prove_by_code(
    turn: TurnContext, chat: Chat, text: str, stored_dialogue: StoredDialogue | None
) -> ChatTurn | None:
    """Send a code to a mobile that was written, or look at a code that was; None for any other text.

    A command is one even with six digits in it, or with a mobile («زنگ بزنید به ۰۹…»): it is not taken for either.
    """
    is_command = _is_command(turn, text)
    if mobile := _find_mobile(text, is_alone=is_command):
        return ChatTurn("mobile", (await _send_code(turn, chat, mobile),))
    code = extract_code(text)
    if code is None or is_command or not await turn.uow.mobile_proofs.find(chat.channel, chat.chat_id):
        return None
    proof_result = await check_proof_code(turn, chat.channel, chat.chat_id, code)
    if isinstance(proof_result, MobileNotVerified):
        return ChatTurn("code", (turn.render_error(proof_result),))
    return await _complete_proof(turn, chat, proof_result, stored_dialogue)


def _find_mobile(text: str, *, is_alone: bool) -> str:
    """Return the one mobile of a text («شماره من ۰۹… است»), of one `is_alone` where it is all of it; empty where there
    is none, or two.
    """
    numbers = [] if is_alone else [number for number, _, _ in find_number_tokens(TokenStream(text))]
    mobiles = set()
    for number in (text, *numbers):
        with suppress(InvalidField):
            mobiles.add(identifiers.parse_mobile(number))
    return mobiles.pop() if len(mobiles) == 1 else ""


async def _send_code(turn: TurnContext, chat: Chat, mobile: str) -> RenderedMessage:
    delivery = await send_proof_code(turn, chat.channel, chat.chat_id, mobile)
    if delivery is not CodeDelivery.SENT:
        is_later = delivery is CodeDelivery.LATER
        reason = TooManyRequestsReason.CODES_LATER if is_later else TooManyRequestsReason.CODES
        return _with_contact_request(turn, turn.render_error(TooManyRequests("mobile", reason)))
    return turn.render("chat.code_sent", mobile=_display_mobile(mobile))


async def _complete_proof(
    turn: TurnContext, chat: Chat, mobile: str, stored_dialogue: StoredDialogue | None
) -> ChatTurn:
    """Link the chat, then do what was wanted before, or welcome."""
    deferred_text = _deferred_text(turn, stored_dialogue)
    is_forwarded = deferred_text is not None and bool((stored_dialogue or ({},))[0].get(DEFERRED_FORWARD_KEY))
    await link_chat(turn, chat, mobile)
    await turn.uow.dialogues.delete(chat.channel, chat.chat_id)
    chat_address = Address(chat.channel, chat.chat_id, mobile)
    proof_text = turn.render("chat.proved", mobile=_display_mobile(mobile))
    proof_reply = replace(proof_text, markup=ReplyMarkup(clears_keyboard=True))
    proved_turn = open_turn(turn, chat_address)
    proved_turn.dialogue.files = _waiting_files(turn, stored_dialogue)
    await store_dialogue(proved_turn)
    if deferred_text is None:
        question = await ask_use_of_waiting_files(proved_turn) or await build_greeting(proved_turn)
        return ChatTurn("proved", (proof_reply, question))
    chat_turn = await handle_chat_event(proved_turn, TextWritten(deferred_text, is_forwarded))
    return ChatTurn(chat_turn.intent, (proof_reply, *chat_turn.replies))


async def _answer_public_question(turn: TurnContext, text: str) -> ChatTurn | None:
    """Answer what anybody may ask: help, what a service is, prices; None for anything else."""
    parsed_text = turn.dependencies.grammar.parse_message(text, turn.dependencies.clock.now())
    if not text or (parsed_text.intent == "help" and "service" not in parsed_text.slots):
        explanation = turn.render("chat.door", label=turn.text_of("chat.share"))
        public_menu = _with_public_menu(turn, turn.render("chat.public"))
        return ChatTurn("help", (_with_contact_request(turn, explanation), public_menu))
    if parsed_text.intent == "help":
        return ChatTurn("help", (_with_public_menu(turn, await commands.explain_service(turn, parsed_text.slots)),))
    if parsed_text.intent == "language":
        return ChatTurn("language", (_with_public_menu(turn, await choose_language(turn, parsed_text.slots)),))
    if parsed_text.intent not in PUBLIC_COMMANDS:
        return None
    try:
        has_subject = bool(parsed_text.slots)
        reply = await (describe_tariff(turn, parsed_text.slots) if has_subject else show_tariff(turn, "", ""))
    except DomainError as error:
        reply = turn.render_error(error)
    return ChatTurn(parsed_text.intent, (_with_public_menu(turn, reply),))


def _is_command(turn: TurnContext, text: str) -> bool:
    return turn.dependencies.grammar.parse_message(text, turn.dependencies.clock.now()).intent != UNKNOWN_INTENT


async def _defer_text(
    turn: TurnContext, chat: Chat, written: TextWritten, stored_dialogue: StoredDialogue | None
) -> ChatTurn:
    """Keep what is wanted for later; what calls no command does not take the place of what does."""
    deferred_text = _deferred_text(turn, stored_dialogue)
    if deferred_text is None or _is_command(turn, written.text) or not _is_command(turn, deferred_text):
        expires_at = turn.dependencies.clock.now() + DEFERRED_LIFETIME
        deferred = {DEFERRED_TEXT_KEY: written.text, DEFERRED_FORWARD_KEY: written.is_forwarded}
        waiting = Dialogue(files=_waiting_files(turn, stored_dialogue)).as_json()
        await turn.uow.dialogues.save(chat.channel, chat.chat_id, {**waiting, **deferred}, expires_at)
    question = turn.render("chat.prove_first", label=turn.text_of("chat.share"))
    return ChatTurn("mobile_not_verified", (_with_contact_request(turn, question),))


def _event_text(turn: TurnContext, chat_event: ChatEvent) -> str:
    """Return what an update says; empty for what only greets."""
    match chat_event:
        case TextWritten(text=text):
            return read_bot_command(text) or text
        case ChatBegun(link_payload=payload):
            return read_link_payload(turn.conversation, payload) or ""
        case ButtonPressed(button_data=data):
            button_answer = read_button_answer(data)
            return "" if button_answer.turn_key or button_answer.verb_call else button_answer.answer_text
    return ""


def _deferred_text(turn: TurnContext, stored_dialogue: StoredDialogue | None) -> str | None:
    if stored_dialogue is None or stored_dialogue[1] <= turn.dependencies.clock.now():
        return None
    return stored_dialogue[0].get(DEFERRED_TEXT_KEY)


def _with_contact_request(turn: TurnContext, reply: RenderedMessage) -> RenderedMessage:
    return replace(reply, markup=ReplyMarkup(contact_label=turn.text_of("chat.share")))


def _with_public_menu(turn: TurnContext, reply: RenderedMessage) -> RenderedMessage:
    has_languages = turn.dependencies.catalogue.is_multilingual
    menu_rows = build_public_rows(turn.conversation, turn.text_of, has_languages=has_languages)
    own_rows = reply.markup.rows if reply.markup else ()
    return replace(reply, markup=ReplyMarkup((*own_rows, *menu_rows)))


def _display_mobile(mobile: str) -> str:
    return persian_digits(display_mobile(mobile))
