"""The demonstration's messenger: chats of its people with the bot, kept in the memory of this process.

People write, press and share on a page (`chat.py`); the bot asks for it and answers by the Bot API (`bot_api.py`).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

PHOTO_KINDS: Mapping[bytes, str] = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
"""Beginnings of photos that a page can show → their content type."""

Markup = Mapping[str, Any]
"""`reply_markup` as the Bot API has it."""


@dataclass(frozen=True, slots=True)
class ChatFile:
    """A file of a chat."""

    file_id: str
    """Names it to the bot and in the page's address."""
    name: str
    """As its sender called it."""
    content: bytes
    """All of it."""

    @property
    def photo_type(self) -> str | None:
        """The content type of a photo that can be shown; None for any other file."""
        return next((kind for head, kind in PHOTO_KINDS.items() if self.content.startswith(head)), None)


@dataclass(slots=True)
class ChatMessage:
    """A message of a chat, as it stands now: the bot may edit its own."""

    message_id: int
    """Greater than that of every earlier message, also of earlier processes."""
    is_own: bool
    """Whether the person sent it; else the bot did."""
    text: str
    """Text; of a file its caption."""
    sent_at: datetime
    """In UTC."""
    markup: Markup = field(default_factory=dict)
    """The buttons under it, or in place of the letters."""
    file: ChatFile | None = None
    """File that came with it."""

    @property
    def inline_rows(self) -> Sequence[Sequence[Mapping[str, Any]]]:
        """The buttons under it, by rows."""
        rows: Sequence[Sequence[Mapping[str, Any]]] = self.markup.get("inline_keyboard", ())
        return rows


@dataclass(slots=True)
class PersonChat:
    """One person's chat with the bot."""

    chat_id: int
    """The digits of the person's mobile."""
    name: str
    """As the person calls themselves."""
    messages: list[ChatMessage] = field(default_factory=list)
    """In order."""
    toast: str = ""
    """Toast of the bot about the last press; empty: nothing."""

    @property
    def keyboard_rows(self) -> Sequence[Sequence[Mapping[str, Any]]]:
        """The buttons that stand in place of the letters now."""
        for message in reversed(self.messages):
            if "keyboard" in message.markup:
                rows: Sequence[Sequence[Mapping[str, Any]]] = message.markup["keyboard"]
                return rows
            if "remove_keyboard" in message.markup or message.is_own:
                break
        return ()

    @property
    def description(self) -> dict[str, Any]:
        """The chat, which is its person too, as the Bot API tells it."""
        return {"id": self.chat_id, "type": "private", "first_name": self.name}


class DemoMessenger:
    """Holds the chats, and what the bot was not told yet. Everything is gone when the process ends."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.chats: dict[int, PersonChat] = {}
        self.files: dict[str, ChatFile] = {}
        self.pending_updates: list[dict[str, Any]] = []
        self._changed = asyncio.Event()
        # Numbers must be new to the database, which remembers those of earlier processes.
        first_number = int(datetime.now(UTC).timestamp() * 1000)
        self._message_ids, self._update_ids, self._file_numbers = (count(first_number) for _ in range(3))

    def open_chat(self, chat_id: int, name: str) -> PersonChat:
        """Return a person's chat, which begins with the first message, and know the person by this name."""
        chat = self.chats.setdefault(chat_id, PersonChat(chat_id, name))
        chat.name = name or chat.name
        return chat

    def keep_file(self, name: str, content: bytes) -> ChatFile:
        """Keep a file under a new id."""
        file = ChatFile(f"demo{next(self._file_numbers)}", name, content)
        self.files[file.file_id] = file
        return file

    def add_message(
        self, chat: PersonChat, text: str, *, is_own: bool, markup: Markup | None = None, file: ChatFile | None = None
    ) -> ChatMessage:
        """Put a message at the end of a chat."""
        message = ChatMessage(next(self._message_ids), is_own, text, self._now(), markup or {}, file)
        chat.messages.append(message)
        self.announce_change()
        return message

    def write(self, chat: PersonChat, text: str, **content: object) -> None:
        """The person writes, or shares something, which `content` is as the Bot API has it."""
        message = self.add_message(chat, text, is_own=True)
        self._tell_message(chat, message, content or {"text": text})

    def send_file(self, chat: PersonChat, name: str, content: bytes, caption: str) -> None:
        """The person sends a file; a photo as one."""
        file = self.keep_file(name, content)
        message = self.add_message(chat, caption, is_own=True, file=file)
        described = describe_file(file)
        file_content: dict[str, object] = {"document": {**described, "file_name": name}}
        if file.photo_type:
            file_content = {"photo": [{**described, "width": 800, "height": 600}]}
        self._tell_message(chat, message, {**file_content, **({"caption": caption} if caption else {})})

    def press(self, chat: PersonChat, message_id: int, callback_data: str) -> None:
        """The person presses a button under a message of the bot; one that is not there any more is no press."""
        message = find_message(chat, message_id)
        buttons = [button for row in message.inline_rows for button in row] if message else []
        if message is None or callback_data not in {button.get("callback_data") for button in buttons}:
            return
        chat.toast = ""
        pressed = {"message_id": message_id, "chat": chat.description, "date": int(message.sent_at.timestamp())}
        self._tell(
            "callback_query",
            {
                "id": f"{chat.chat_id}:{next(self._message_ids)}",
                "from": _describe_person(chat),
                "chat_instance": "demo",
                "data": callback_data,
                "message": pressed | {"text": message.text},
            },
        )

    def announce_change(self) -> None:
        """Wake whoever waits for something new."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_for_change(self, seconds: float) -> bool:
        """Return whether something new came within so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                return await self._changed.wait()
        except TimeoutError:
            return False

    def _tell_message(self, chat: PersonChat, message: ChatMessage, content: Mapping[str, object]) -> None:
        head = {"message_id": message.message_id, "date": int(message.sent_at.timestamp())}
        self._tell("message", {**head, "from": _describe_person(chat), "chat": chat.description, **content})

    def _tell(self, kind: str, content: Mapping[str, object]) -> None:
        self.pending_updates.append({"update_id": next(self._update_ids), kind: content})
        self.announce_change()


def find_message(chat: PersonChat, message_id: int) -> ChatMessage | None:
    """Return a message of a chat; None where it is not there."""
    return next((message for message in chat.messages if message.message_id == message_id), None)


def describe_file(file: ChatFile) -> dict[str, Any]:
    """Return a file as the Bot API tells it."""
    return {"file_id": file.file_id, "file_unique_id": file.file_id, "file_size": len(file.content)}


def _describe_person(chat: PersonChat) -> dict[str, Any]:
    return {"id": chat.chat_id, "is_bot": False, "first_name": chat.name}
