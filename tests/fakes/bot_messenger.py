"""State and operations of a messenger: chats, messages, files, presses, and the Bot API's methods without the HTTP
around.

Bale differs as facts-iran.md and its documentation tell: Markdown is always on, no secret header, no `chat_instance` in
a press, no `my_chat_member`, no `date` in what an edit answers, no `reply_parameters`, no buttons that copy, no silent
messages, no profile, no pins; its documentation has `editMessageText` alone of the edits of text and buttons.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Literal

from aiohttp.web_request import FileField

from tests.fakes.bot_invoices import Invoices, Transaction, describe_payment
from tests.fakes.bot_profile import BotProfile
from tests.fakes.bot_text import TOAST_LIMIT, Refused, check_caption, check_inline, check_text, length, shown_by_bale
from tests.fakes.bot_updates import Updates, Webhook

TOKEN = "7412589630:AAF-0nlyF0rTests_0nlyF0rTests_0nlyF0r"
GET_FILE_BYTES = 20 * 1024 * 1024
BALE_KINDS = frozenset({"message", "edited_message", "callback_query", "pre_checkout_query"})
"""All that Bale ever tells a bot."""

CAN = {"can_join_groups": False, "can_read_all_group_messages": False, "supports_inline_queries": False}


METHODS = {
    name.lower(): name
    for name in (
        *("getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo", "getFile"),
        *("getMyCommands", "setMyCommands", "getMyDescription", "setMyDescription"),
        *("getMyShortDescription", "setMyShortDescription", "pinChatMessage", "unpinChatMessage"),
        *("sendMessage", "sendDocument", "sendPhoto", "sendVoice", "sendChatAction"),
        *("answerCallbackQuery", "editMessageText", "editMessageReplyMarkup"),
        *("sendInvoice", "createInvoiceLink", "answerPreCheckoutQuery", "inquireTransaction"),
    )
}
"""The methods that are there; a caller may write them in any case."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came in: the method (as in `METHODS`) and its parameters, those that are JSON read."""

    method: str
    fields: Mapping[str, Any]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def chat_id(self) -> int:
        """The chat that it names, or 0."""
        try:
            return int(self.fields.get("chat_id", 0))
        except ValueError:
            return 0


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that the messenger keeps."""

    file_id: str
    path: str
    name: str
    content: bytes

    def described(self) -> dict[str, Any]:
        """As the messenger tells it."""
        return {"file_id": self.file_id, "file_unique_id": self.file_id[-9:], "file_size": len(self.content)}


@dataclass(slots=True)
class BotMessage:
    """Message of the bot. `text` is what the person sees (of a file, its caption), `raw` what the bot wrote."""

    message_id: int
    chat_id: int
    text: str
    raw: str
    markup: Mapping[str, Any]
    document: Stored | None = None
    is_photo: bool = False
    edits: int = 0
    is_silent: bool = False
    is_deleted: bool = False
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def buttons(self) -> Mapping[str, Mapping[str, Any]]:
        """The buttons under it, inline or in place of the letters, by label."""
        rows = self.markup.get("inline_keyboard") or self.markup.get("keyboard") or ()
        return {button["text"]: button for row in rows for button in row}

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons, from left to right."""
        return list(self.buttons)


@dataclass(slots=True)
class Chat:
    """A chat that the bot may write into, as the messenger describes it. `state`: open, blocked or gone."""

    described: Mapping[str, Any]
    state: Literal["open", "blocked", "gone"] = "open"


class Messenger:
    """One bot's messenger. `messages` holds what the bot sent, `toasts` what it answered a press with, by its id.

    `pressed` is every press's id, `profile` what the bot told of itself, `pinned` the numbers of the messages that it
    pinned in each chat, `actions` what `sendChatAction` showed where.
    """

    def __init__(self, *, token: str = TOKEN, bale: bool = False) -> None:
        self.token, self.bale = token, bale
        self.messages: list[BotMessage] = []
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, Stored] = {}
        self.toasts: dict[str, str] = {}
        self.pressed: list[str] = []
        self.profile = BotProfile()
        self.pinned: dict[int, list[int]] = {}
        self.actions: list[tuple[int, str]] = []
        self.updates = Updates(allowed=BALE_KINDS if bale else None)
        self.invoices = Invoices(self._tell_paid)
        self.message_ids = count(101)
        self._file_numbers = count(1)

    @property
    def bot(self) -> dict[str, Any]:
        """The bot as the messenger describes it."""
        number = int(self.token.partition(":")[0])
        told = {"id": number, "is_bot": True, "first_name": "پیشخوان", "username": "pishkhan_bot"}
        return told if self.bale else told | CAN

    @property
    def unanswered(self) -> list[str]:
        """The presses that the bot has not answered: the person's button still turns."""
        return [press for press in self.pressed if press not in self.toasts]

    def of(self, chat_id: int) -> list[BotMessage]:
        """Messages of the bot in a chat, in order."""
        return [message for message in self.messages if message.chat_id == chat_id]

    def keep(self, content: bytes, name: str) -> Stored:
        """Keep a file, to be asked for by `getFile`."""
        number = next(self._file_numbers)
        kept = Stored(f"BQACAgQAAxkBAAI{number:09}", f"documents/file_{number}", name, content)
        self.files[kept.file_id] = kept
        return kept

    def described(self, message: BotMessage) -> dict[str, Any]:
        """A message of the bot as the messenger tells it."""
        told = {
            "message_id": message.message_id,
            "from": {name: self.bot[name] for name in ("id", "is_bot", "first_name", "username")},
            "chat": self.chats[message.chat_id].described,
            "date": int(message.at.timestamp()),
        }
        if message.document and message.is_photo:
            told |= {"photo": [message.document.described() | {"width": 800, "height": 320}]}
        elif message.document:
            told |= {"document": message.document.described() | {"file_name": message.document.name}}
        if message.text:
            told |= {"caption" if message.document else "text": message.text}
        inline = "inline_keyboard" in message.markup
        return told | ({"reply_markup": message.markup} if inline else {})

    async def carry_out(self, call: Call) -> object:
        """Do what a call asks for and return its result; `Refused` when the messenger would not."""
        methods: Mapping[str, Callable[[Mapping[str, Any]], Awaitable[object]]] = {
            "getMe": self._me,
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "sendMessage": self._send_message,
            "sendDocument": self._send_document,
            "sendVoice": self._send_voice,
            "sendPhoto": self._send_photo,
            "getFile": self._get_file,
            "answerCallbackQuery": self._answer_press,
            "editMessageText": self._edit_text,
            "sendChatAction": self._act,
            **(self._invoice_methods if self.bale else self._telegram_methods),
        }
        method = methods.get(call.method)
        if method is None:
            raise Refused(404, "Not Found: method not found")
        result = await method(call.fields)
        self.updates.wake()
        return result

    @property
    def _invoice_methods(self) -> Mapping[str, Callable[[Mapping[str, Any]], Awaitable[object]]]:
        return {
            "sendInvoice": self._send_invoice,
            "createInvoiceLink": self._create_invoice_link,
            "answerPreCheckoutQuery": self._answer_query,
            "inquireTransaction": self._inquire_transaction,
        }

    @property
    def _telegram_methods(self) -> Mapping[str, Callable[[Mapping[str, Any]], Awaitable[object]]]:
        return {
            **self.profile.methods,
            "editMessageReplyMarkup": self._edit_markup,
            "pinChatMessage": self._pin,
            "unpinChatMessage": self._unpin,
        }

    async def _pin(self, fields: Mapping[str, Any]) -> object:
        chat_id, named = self._writable(fields), int(fields.get("message_id", 0))
        if all(message.message_id != named for message in self.of(chat_id)):
            raise Refused(400, "Bad Request: message to pin not found")
        pinned = self.pinned.setdefault(chat_id, [])
        self.pinned[chat_id] = [*(one for one in pinned if one != named), named]
        return True

    async def _unpin(self, fields: Mapping[str, Any]) -> object:
        chat_id, named = self._writable(fields), int(fields.get("message_id", 0))
        if named not in self.pinned.get(chat_id, ()):
            raise Refused(400, "Bad Request: message to unpin not found")
        self.pinned[chat_id].remove(named)
        return True

    async def _send_invoice(self, fields: Mapping[str, Any]) -> object:
        chat_id = self._writable(fields)
        invoice = self.invoices.issue(fields)
        message = BotMessage(next(self.message_ids), chat_id, invoice.title, invoice.title, {})
        self.messages.append(message)
        return self.described(message)

    async def _create_invoice_link(self, fields: Mapping[str, Any]) -> object:
        self.invoices.issue(fields)
        return f"https://ble.ir/invoice/{len(self.invoices.issued)}"

    async def _answer_query(self, fields: Mapping[str, Any]) -> object:
        return self.invoices.take_answer(fields)

    async def _inquire_transaction(self, fields: Mapping[str, Any]) -> object:
        return self.invoices.inquire(fields)

    def _tell_paid(self, transaction: Transaction) -> None:
        """Tell the bot that somebody paid, in a message of the payer's chat."""
        payer = transaction.payer_id
        told = {"message_id": next(self.message_ids), "from": {"id": payer, "is_bot": False, "first_name": "?"}}
        chat, date = {"id": payer, "type": "private"}, int(datetime.now(UTC).timestamp())
        payment = {"successful_payment": describe_payment(transaction)}
        self.updates.add("message", payer, told | {"chat": chat, "date": date} | payment)

    async def _me(self, _fields: Mapping[str, Any]) -> object:
        return self.bot

    async def _get_updates(self, fields: Mapping[str, Any]) -> object:
        self._allow(fields)
        offset = int(fields["offset"]) if "offset" in fields else None
        limit, timeout = min(int(fields.get("limit", 100)), 100), float(fields.get("timeout", 0))
        return [update.json() for update in await self.updates.poll(offset, limit, timeout)]

    async def _set_webhook(self, fields: Mapping[str, Any]) -> object:
        url, drop = str(fields.get("url", "")), bool(fields.get("drop_pending_updates"))
        if url and not url.startswith("https://"):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self._allow(fields)
        secret = "" if self.bale else str(fields.get("secret_token", ""))
        webhook = Webhook(url, secret, asyncio.Semaphore(int(fields.get("max_connections", 40))))
        self.updates.set_webhook(webhook if url else None, drop=drop)
        return True

    def _allow(self, fields: Mapping[str, Any]) -> None:
        if not self.bale and "allowed_updates" in fields:
            self.updates.allowed = frozenset(fields["allowed_updates"]) or None

    async def _delete_webhook(self, fields: Mapping[str, Any]) -> object:
        self.updates.set_webhook(None, drop=bool(fields.get("drop_pending_updates")))
        return True

    async def _webhook_info(self, _fields: Mapping[str, Any]) -> object:
        webhook = self.updates.webhook
        waiting = {"pending_update_count": len(self.updates.pending), "has_custom_certificate": False}
        return {"url": webhook.url if webhook else ""} | waiting

    async def _send_message(self, fields: Mapping[str, Any]) -> object:
        chat_id, raw = self._writable(fields), str(fields.get("text", ""))
        message = BotMessage(next(self.message_ids), chat_id, self._shown(check_text(raw)), raw, self._markup(fields))
        message.is_silent = self._is_silent(fields)
        self.messages.append(message)
        return self.described(message)

    async def _send_document(self, fields: Mapping[str, Any]) -> object:
        return self._send_file(fields, "document")

    async def _send_photo(self, fields: Mapping[str, Any]) -> object:
        return self._send_file(fields, "photo")

    def _send_file(self, fields: Mapping[str, Any], kind: str) -> object:
        chat_id, raw, file = self._writable(fields), str(fields.get("caption", "")), self._given(fields, kind)
        text, markup = self._shown(check_caption(raw)), self._markup(fields)
        message = BotMessage(next(self.message_ids), chat_id, text, raw, markup, file, kind == "photo")
        message.is_silent = self._is_silent(fields)
        self.messages.append(message)
        return self.described(message)

    async def _send_voice(self, fields: Mapping[str, Any]) -> object:
        voice = self._given(fields, "voice")
        if not voice.content.startswith(b"OggS") or b"OpusHead" not in voice.content[:64]:
            raise Refused(400, "Bad Request: wrong file type")  # what else comes so is no voice note
        return await self._send_document({**fields, "document": voice.file_id})

    def _given(self, fields: Mapping[str, Any], kind: str = "document") -> Stored:
        given = fields.get(kind)
        if isinstance(given, str) and given.startswith("attach://"):
            given = fields.get(given.removeprefix("attach://"))
        if isinstance(given, FileField):
            given = self.keep(given.file.read(), given.filename).file_id
        file = self.files.get(str(given))
        if file is None or not file.content:
            raise Refused(400, "Bad Request: file must be non-empty" if file else "Bad Request: wrong file identifier")
        return file

    def _writable(self, fields: Mapping[str, Any]) -> int:
        """The chat that a message goes to; refused as the messenger refuses it."""
        if self.bale and "reply_parameters" in fields:
            raise Refused(400, "Bad Request: reply_parameters is not supported")
        if not self.bale and fields.get("parse_mode"):
            raise Refused(400, "Bad Request: unsupported parse_mode")  # here: this fake parses nothing for Telegram
        chat_id = Call("", fields).chat_id
        chat = self.chats.get(chat_id)
        if chat is None:
            raise Refused(400, "Bad Request: chat not found")
        if chat.state != "open":
            why = "bot was blocked by the user" if chat.state == "blocked" else "user is deactivated"
            raise Refused(403, f"Forbidden: {why}")
        return chat_id

    def _shown(self, text: str) -> str:
        return shown_by_bale(text) if self.bale else text

    async def _get_file(self, fields: Mapping[str, Any]) -> object:
        file = self.files.get(str(fields.get("file_id", "")))
        if file is None:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(file.content) > GET_FILE_BYTES:
            raise Refused(400, "Bad Request: file is too big")
        return file.described() | {"file_path": file.path}

    async def _answer_press(self, fields: Mapping[str, Any]) -> object:
        press, text = str(fields.get("callback_query_id", "")), str(fields.get("text", ""))
        if press not in self.unanswered:
            old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
            raise Refused(400, old)
        if length(text) > TOAST_LIMIT:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self.toasts[press] = text
        return True

    async def _edit_text(self, fields: Mapping[str, Any]) -> object:
        raw, markup = str(fields.get("text", "")), self._markup(fields)
        message = self._editable(fields)
        text = self._shown(check_text(raw))
        return self._edited(message, text, raw, markup)

    async def _edit_markup(self, fields: Mapping[str, Any]) -> object:
        message = self._editable(fields)
        return self._edited(message, message.text, message.raw, self._markup(fields))

    def _editable(self, fields: Mapping[str, Any]) -> BotMessage:
        chat_id, named = self._writable(fields), int(fields.get("message_id", 0))
        for message in self.of(chat_id):
            if message.message_id == named and not message.is_deleted:
                return message
        raise Refused(400, "Bad Request: message to edit not found")

    def _edited(self, message: BotMessage, text: str, raw: str, markup: Mapping[str, Any]) -> object:
        if (text, markup) == (message.text, message.markup):
            raise Refused(400, "Bad Request: message is not modified")
        message.text, message.raw, message.markup, message.edits = text, raw, markup, message.edits + 1
        told = self.described(message)
        return {name: told[name] for name in ("message_id", "chat")} if self.bale else told

    async def _act(self, fields: Mapping[str, Any]) -> object:
        self.actions.append((self._writable(fields), str(fields.get("action", ""))))
        return True

    def _markup(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        markup: Mapping[str, Any] = fields.get("reply_markup") or {}
        check_inline(markup.get("inline_keyboard", ()), copies_texts=not self.bale)
        return markup

    def _is_silent(self, fields: Mapping[str, Any]) -> bool:
        if self.bale and "disable_notification" in fields:
            raise Refused(400, "Bad Request: disable_notification is not supported")
        return str(fields.get("disable_notification", "")).lower() == "true"
