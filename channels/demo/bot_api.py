"""The Bot API of the demonstration's messenger: what the bot calls by HTTP is answered in this process.

It is a transport of httpx, so that nothing listens and no call leaves. Source of methods and errors: the Bot API's
documentation, https://core.telegram.org/bots/api.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from email import policy
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl

import httpx

from channels.demo.messenger import ChatFile, ChatMessage, DemoMessenger, PersonChat, describe_file, find_message

BOT = {"id": 1405, "is_bot": True, "first_name": "پیشخوان", "username": "pishkhan_demo_bot"}
MOST_UPDATES = 100

Fields = Mapping[str, Any]
Method = Callable[[Fields], Awaitable[object]]


class MethodRefused(Exception):
    """The messenger does not do what was asked, and says why in the API's words."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


class DemoBotApi(httpx.AsyncBaseTransport):
    """Answers the bot of one messenger."""

    def __init__(self, messenger: DemoMessenger) -> None:
        self._messenger = messenger
        self._methods: Mapping[str, Method] = {
            "getMe": self._get_me,
            "getMyCommands": self._get_commands,
            "getMyDescription": self._get_description,
            "getMyShortDescription": self._get_description,
            "getUpdates": self._get_updates,
            "sendMessage": self._send_message,
            "sendDocument": self._send_document,
            "sendPhoto": self._send_photo,
            "sendVoice": self._send_voice,
            "editMessageText": self._edit_message,
            "editMessageReplyMarkup": self._edit_message,
            "deleteMessage": self._delete_message,
            "answerCallbackQuery": self._answer_press,
            "getFile": self._get_file,
            **dict.fromkeys(
                (
                    *("deleteWebhook", "setMyCommands", "setMyDescription", "setMyShortDescription"),
                    *("sendChatAction", "pinChatMessage", "unpinChatMessage"),
                ),
                self._accept,
            ),
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry out a call, or hand out a file."""
        _, _, name = request.url.path.rpartition("/")
        if file := self._messenger.files.get(name):
            return httpx.Response(200, content=file.content)
        try:
            method = self._methods.get(name)
            if method is None:
                raise MethodRefused(404, "Not Found: method not found")
            return httpx.Response(200, json={"ok": True, "result": await method(await _read_fields(request))})
        except MethodRefused as error:
            refusal = {"ok": False, "error_code": error.status, "description": error.description}
            return httpx.Response(error.status, json=refusal)

    async def _get_me(self, _fields: Fields) -> object:
        return BOT

    async def _get_commands(self, _fields: Fields) -> object:
        return []

    async def _get_description(self, _fields: Fields) -> object:
        return {"description": "", "short_description": ""}

    async def _accept(self, _fields: Fields) -> object:
        return True

    async def _get_updates(self, fields: Fields) -> object:
        offset, messenger = int(fields.get("offset", 0)), self._messenger
        messenger.pending_updates = [one for one in messenger.pending_updates if one["update_id"] >= offset]
        left_seconds = float(fields.get("timeout", 0))
        while not messenger.pending_updates and await messenger.wait_for_change(left_seconds):
            pass  # what changed may be an answer of the bot itself
        return messenger.pending_updates[:MOST_UPDATES]

    async def _send_message(self, fields: Fields) -> object:
        return self._add_message(fields, str(fields.get("text", "")))

    async def _send_document(self, fields: Fields) -> object:
        return self._add_message(fields, str(fields.get("caption", "")), _get_file(fields, "document"))

    async def _send_photo(self, fields: Fields) -> object:
        return self._add_message(fields, str(fields.get("caption", "")), _get_file(fields, "photo"))

    async def _send_voice(self, fields: Fields) -> object:
        return self._add_message(fields, str(fields.get("caption", "")), _get_file(fields, "voice"))

    def _add_message(self, fields: Fields, text: str, upload: tuple[str, bytes] | None = None) -> object:
        chat = self._find_chat(fields)
        file = self._messenger.keep_file(*upload) if upload else None
        markup = fields.get("reply_markup", {})
        message = self._messenger.add_message(chat, text, is_own=False, markup=markup, file=file)
        return _describe_message(chat, message)

    async def _edit_message(self, fields: Fields) -> object:
        chat, message = self._find_bot_message(fields)
        message.text = str(fields.get("text", message.text))
        message.markup = fields.get("reply_markup", {})
        self._messenger.announce_change()
        return _describe_message(chat, message)

    async def _delete_message(self, fields: Fields) -> object:
        chat, message = self._find_bot_message(fields)
        chat.messages.remove(message)
        self._messenger.announce_change()
        return True

    async def _answer_press(self, fields: Fields) -> object:
        chat_id, _, _ = str(fields.get("callback_query_id", "")).partition(":")
        chat = self._messenger.chats.get(int(chat_id) if chat_id.isdecimal() else 0)
        if chat is None:
            raise MethodRefused(400, "Bad Request: query is too old")
        chat.toast = str(fields.get("text", ""))
        self._messenger.announce_change()
        return True

    async def _get_file(self, fields: Fields) -> object:
        file = self._messenger.files.get(str(fields.get("file_id")))
        if file is None:
            raise MethodRefused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return {**describe_file(file), "file_path": file.file_id}

    def _find_chat(self, fields: Fields) -> PersonChat:
        """Return a chat; one of an earlier process, which the database remembers, begins anew."""
        chat_id = str(fields.get("chat_id", ""))
        if not chat_id.isdecimal():
            raise MethodRefused(400, "Bad Request: chat not found")
        return self._messenger.open_chat(int(chat_id), "")

    def _find_bot_message(self, fields: Fields) -> tuple[PersonChat, ChatMessage]:
        chat = self._find_chat(fields)
        message = find_message(chat, int(fields.get("message_id", 0)))
        if message is None or message.is_own:
            raise MethodRefused(400, "Bad Request: message to edit not found")
        return chat, message


def _get_file(fields: Fields, name: str) -> tuple[str, bytes]:
    upload = fields.get(name)
    if isinstance(upload, str):
        upload = fields.get(upload.removeprefix("attach://"))
    if not isinstance(upload, tuple):
        raise MethodRefused(400, "Bad Request: wrong file identifier")
    return upload


async def _read_fields(request: httpx.Request) -> Fields:
    """Return the parameters of a call, of its query and its form: JSON is read, a file is its name and bytes."""
    content, content_type = await request.aread(), request.headers.get("Content-Type", "")
    fields: dict[str, Any] = dict(request.url.params)
    if content_type.startswith("multipart/"):
        fields |= _read_parts(content, content_type)
    else:
        fields |= dict(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True))
    if isinstance(fields.get("reply_markup"), str):
        fields["reply_markup"] = json.loads(fields["reply_markup"])
    return fields


def _read_parts(content: bytes, content_type: str) -> dict[str, Any]:
    form = BytesParser(policy=policy.HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + content)
    parts: dict[str, Any] = {}
    for part in form.iter_parts():
        name, file_name = part.get_param("name", header="Content-Disposition"), part.get_filename()
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes), "no part has parts of its own"  # noqa: S101 - the library writes none
        parts[str(name)] = (file_name, payload) if file_name else payload.decode("utf-8", "replace")
    return parts


def _describe_message(chat: PersonChat, message: ChatMessage) -> dict[str, Any]:
    file: ChatFile | None = message.file
    return {
        "message_id": message.message_id,
        "from": BOT,
        "chat": chat.description,
        "date": int(message.sent_at.timestamp()),
        **({"document": {**describe_file(file), "file_name": file.name}} if file else {}),
        "caption" if file else "text": message.text,
    }
