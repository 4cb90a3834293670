"""One message into a chat: a text with its buttons, a paper as PDF, the barcode of a bill; or a message that takes the
place of an earlier one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram.constants import MessageLimit
from telegram.error import BadRequest, TelegramError

from channels.telegram.link import BotClient
from channels.telegram.markups import build_inline_markup, build_markup
from channels.telegram.speech import speak
from domain.messages.keyboards import AttachedPaper, CardState, ReplyMarkup
from domain.messages.records import OutboxMessage

_UNCHANGED_PHRASE = "message is not modified"
"""Phrase of a messenger for an edit that would change nothing."""

_NOT_EDITABLE_PHRASES = ("message to edit not found", "message can't be edited", "message_id_invalid")
"""Phrases of a messenger for a message that the person deleted, or that is too old to be changed."""

VOICE_FILE_NAME = "status.ogg"
"""Name of a voice note's file: messengers tell its format by it."""

PrintedPaper = tuple[str, bytes]
PrintPaper = Callable[[AttachedPaper, OutboxMessage], Awaitable[PrintedPaper]]
"""Prints a paper for whoever the message is for: the file's name and its bytes; domain errors say why not."""


@dataclass(frozen=True, slots=True)
class Attachments:
    """Attachments of a message besides its text, when it is sent."""

    print_paper: PrintPaper
    """Prints its paper."""
    draw_barcode: Callable[[str], bytes]
    """Draws the 26 digits of a bill, as a picture."""
    find_status_card: Callable[[OutboxMessage], Awaitable[str]]
    """Finds the messenger's number of the status card that a message takes the place of; empty: there is none yet."""


class ChatWriter:
    """Writes into the chats of one bot; the errors are the library's."""

    def __init__(self, bot_client: BotClient, attachments: Attachments) -> None:
        self._bot_client = bot_client
        self._attachments = attachments

    async def write(self, message: OutboxMessage, markup: ReplyMarkup, printed_paper: PrintedPaper | None) -> int:
        """Send a message, or put it in the place of one that was sent; return the messenger's number of it."""
        if markup.card is not None:
            return await self._write_card(message, markup, markup.card)
        if markup.replaced_message and await self._edit_message(message, markup, markup.replaced_message):
            return int(markup.replaced_message)
        return await self._send_message(message, markup, printed_paper)

    async def _send_message(
        self, message: OutboxMessage, markup: ReplyMarkup, printed_paper: PrintedPaper | None
    ) -> int:
        bot, chat_id, written_text = self._bot_client.bot, int(message.recipient), self._format_text(message)
        telegram_markup = build_markup(markup, self._bot_client.dialect)
        is_silent = True if markup.is_silent else None
        if printed_paper is not None:
            file_name, pdf_content = printed_paper
            sent_message = await bot.send_document(
                chat_id, pdf_content, caption=written_text, filename=file_name, reply_markup=telegram_markup,
                disable_notification=is_silent,
            )  # fmt: skip
        elif markup.barcode:
            picture = self._attachments.draw_barcode(markup.barcode)
            sent_message = await bot.send_photo(
                chat_id, picture, caption=written_text, reply_markup=telegram_markup, disable_notification=is_silent
            )
        elif voice_note := await self._speak(markup, written_text):
            sent_message = await bot.send_voice(
                chat_id, voice_note, caption=written_text, filename=VOICE_FILE_NAME, reply_markup=telegram_markup
            )
        else:
            sent_message = await bot.send_message(
                chat_id, written_text, reply_markup=telegram_markup, disable_notification=is_silent
            )
        return sent_message.message_id

    async def _speak(self, markup: ReplyMarkup, written_text: str) -> bytes | None:
        """Return the voice note of a text that is to be read aloud; None where none can be made."""
        fits_below_voice = len(written_text) <= MessageLimit.CAPTION_LENGTH
        return await speak(markup.spoken) if markup.spoken and fits_below_voice else None

    async def _write_card(self, message: OutboxMessage, markup: ReplyMarkup, card_state: CardState) -> int:
        """Change the status card of a request, or send one and pin it; that of a request which has ended is loosened.

        Pinning is worth no second try: the card is in the chat without it.
        """
        bot, chat_id = self._bot_client.bot, int(message.recipient)
        sent_card = await self._attachments.find_status_card(message)
        is_edited = bool(sent_card) and await self._edit_message(message, markup, sent_card)
        card_number = int(sent_card) if is_edited else await self._send_message(message, markup, None)
        try:
            if card_state is CardState.ENDED and is_edited:
                await bot.unpin_chat_message(chat_id, card_number)
            elif card_state is CardState.OPEN and not is_edited:
                await bot.pin_chat_message(chat_id, card_number, disable_notification=True)
        except TelegramError:
            return card_number
        return card_number

    async def _edit_message(self, message: OutboxMessage, markup: ReplyMarkup, message_number: str) -> bool:
        """Put a text and its buttons in the place of those of an earlier message; False where that is no longer there
        or cannot be changed any more.
        """
        try:
            await self._bot_client.bot.edit_message_text(
                self._format_text(message),
                chat_id=int(message.recipient),
                message_id=int(message_number),
                reply_markup=build_inline_markup(markup, self._bot_client.dialect),
            )
        except BadRequest as error:
            refusal = error.message.lower()
            if any(phrase in refusal for phrase in _NOT_EDITABLE_PHRASES):
                return False
            if _UNCHANGED_PHRASE not in refusal:
                raise
        return True

    def _format_text(self, message: OutboxMessage) -> str:
        return self._bot_client.dialect.format_text(message.text)
